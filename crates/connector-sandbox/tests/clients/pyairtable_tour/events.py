"""Comments and webhooks."""

from tour import api, base, fresh_table, step


@step
def comments_are_written_listed_counted_changed_and_deleted():
    with fresh_table() as table:
        record = table.create({"text": "Text"})
        whoami = api.whoami()["id"]
        table.add_comment(record["id"], f"A comment from @[{whoami}]")
        [comment] = table.comments(record["id"])
        assert whoami in comment.text and comment.author.id == whoami
        assert comment.mentioned[whoami].id == whoami
        assert table.all(count_comments=True)[0]["commentCount"] == 1
        comment.text = "Never mind!"
        comment.save()
        assert comment.text == "Never mind!" and not comment.mentioned
        assert table.comments(record["id"])[0].text == "Never mind!"
        comment.delete()
        assert table.comments(record["id"]) == []
        assert "commentCount" not in table.all(count_comments=True)[0]


@step
def webhooks_report_every_change_in_order():
    with fresh_table() as table:
        schema = table.schema()
        text = schema.field("text").id
        made = base.add_webhook(
            None, {"options": {"filters": {"dataTypes": ["tableData"], "recordChangeScope": table.id}}}
        )
        assert made.id.startswith("ach") and made.mac_secret_base64 and made.expiration_time
        webhook = base.webhook(made.id)
        assert webhook.is_hook_enabled and webhook.cursor_for_next_payload == 1
        webhook.disable_notifications()
        webhook.enable_notifications()

        created = table.create({"text": "Hey there!"})
        [payload] = webhook.payloads()
        assert payload.action_metadata.source == "publicApi" and payload.payload_format == "v0"
        record = payload.changed_tables_by_id[table.id].created_records_by_id[created["id"]]
        assert record.cell_values_by_field_id == {text: "Hey there!"}
        assert list(webhook.payloads(cursor=payload.cursor + 1)) == []

        for index in range(20):
            table.update(created["id"], {"text": str(index)})
        payloads = list(webhook.payloads(cursor=payload.cursor + 1))
        assert [
            seen.changed_tables_by_id[table.id].changed_records_by_id[created["id"]].current.cell_values_by_field_id
            for seen in payloads
        ] == [{text: str(index)} for index in range(20)]
        assert [seen.cursor for seen in payloads] == list(range(2, 22))
        assert len({seen.base_transaction_number for seen in payloads}) == 20
        assert len(list(webhook.payloads(limit=5))) == 5

        table.delete(created["id"])
        last = list(webhook.payloads(cursor=22))
        assert [seen.changed_tables_by_id[table.id].destroyed_record_ids for seen in last] == [[created["id"]]]
        before = webhook.expiration_time
        webhook.extend_expiration()
        assert str(webhook.expiration_time) and before is not None
        assert base.webhook(made.id).cursor_for_next_payload == 23
        webhook.delete()
        assert made.id not in [hook.id for hook in base.webhooks()]
