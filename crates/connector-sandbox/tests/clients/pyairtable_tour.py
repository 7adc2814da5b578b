"""Walks pyairtable, unmodified, through the sandbox and asserts on every answer.

Reads SANDBOX_URL, SANDBOX_TOKEN, SANDBOX_READ_TOKEN (may only read records) and SANDBOX_BASE from the
environment. Each function below is one step; the first that fails ends the tour with exit status 1.
"""

import os
import traceback
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone

import requests
from pyairtable import Api, formulas as fo, orm
from pyairtable.orm import fields as orm_fields

URL = os.environ["SANDBOX_URL"]
TOKEN = os.environ["SANDBOX_TOKEN"]
BASE = os.environ["SANDBOX_BASE"]

api = Api(TOKEN, endpoint_url=URL)
base = api.base(BASE)

STEPS = []


def step(function):
    STEPS.append(function)
    return function


def deals_fields():
    return [
        {"name": "text", "type": "singleLineText"},
        {"name": "number", "type": "number", "options": {"precision": 2}},
        {"name": "boolean", "type": "checkbox", "options": {"icon": "check", "color": "greenBright"}},
        {
            "name": "datetime",
            "type": "dateTime",
            "options": {
                "dateFormat": {"name": "iso", "format": "YYYY-MM-DD"},
                "timeFormat": {"name": "24hour", "format": "HH:mm"},
                "timeZone": "utc",
            },
        },
        {"name": "day", "type": "date", "options": {"dateFormat": {"name": "iso"}}},
        {"name": "stage", "type": "singleSelect", "options": {"choices": [{"name": "Open"}, {"name": "Won"}]}},
        {"name": "tags", "type": "multipleSelects", "options": {"choices": [{"name": "hot"}, {"name": "big"}]}},
        {"name": "amount", "type": "currency", "options": {"precision": 2, "symbol": "€"}},
        {"name": "chance", "type": "percent", "options": {"precision": 0}},
        {"name": "notes", "type": "multilineText"},
    ]


_table_count = 0


@contextmanager
def fresh_table(name=None):
    """An empty table with the columns above."""
    global _table_count
    _table_count += 1
    table = base.create_table(name or f"Tour {_table_count}", deals_fields())
    yield table
    table.batch_delete([record["id"] for record in table.all()])


@contextmanager
def refused(status, kind=None, *, containing=""):
    """The block must fail with this HTTP status, error type and part of the message."""
    try:
        yield
    except requests.HTTPError as error:
        assert error.response.status_code == status, (error.response.status_code, error.response.text)
        body = error.response.json()["error"]
        found = body["type"] if isinstance(body, dict) else body
        assert kind is None or found == kind, error.response.text
        assert containing in error.response.text.replace('\\"', '"'), error.response.text
    else:
        raise AssertionError(f"expected {status} {kind}, but the call went through")


def ids(records):
    return [record["id"] for record in records]


def texts(records):
    return [record["fields"].get("text") for record in records]


@step
def the_token_has_an_owner_and_reaches_the_base():
    assert api.whoami()["id"].startswith("usr")
    reached = {found.id: found for found in api.bases()}
    assert BASE in reached and reached[BASE].permission_level == "create"
    assert api.base(BASE, validate=True).name == reached[BASE].name


@step
def a_table_is_created_described_and_changed():
    with fresh_table("Schema / tour + é") as table:
        schema = table.schema()
        assert schema.id.startswith("tbl") and schema.name == "Schema / tour + é"
        assert schema.primary_field_id == schema.field("text").id
        assert [field.name for field in schema.fields] == [field["name"] for field in deals_fields()]
        assert schema.field(schema.field("number").id).options.precision == 2
        assert [choice.name for choice in schema.field("stage").options.choices] == ["Open", "Won"]
        assert all(choice.id.startswith("sel") for choice in schema.field("stage").options.choices)
        assert [view.type for view in schema.views] == ["grid"]

        added = table.create_field("extra", "singleSelect", options={"choices": [{"name": "Todo"}]})
        assert added.id.startswith("fld") and table.schema().field(added.id).name == "extra"
        added.name, added.description = "renamed", "Was extra"
        added.save()
        reread = base.schema(force=True).table(table.id).field(added.id)
        assert (reread.name, reread.description) == ("renamed", "Was extra")

        by_name = base.table("Schema / tour + é")
        record = by_name.create({"text": "by name"})
        assert base.table(table.id).get(record["id"]) == record

        schema.name = "Schema tour"
        schema.save()
        assert base.schema(force=True).table(table.id).name == "Schema tour"
        with refused(422):
            table.create_field("text", "singleLineText")


@step
def records_are_created_read_changed_replaced_and_deleted():
    with fresh_table() as table:
        record = table.create({"text": "A", "number": 1, "boolean": True})
        assert record["id"].startswith("rec") and len(record["id"]) == 17
        assert record["createdTime"].endswith(".000Z")
        assert table.get(record["id"]) == record
        assert record["fields"] == {"text": "A", "number": 1, "boolean": True}

        changed = table.update(record["id"], {"text": "B"})
        assert changed["fields"] == {"text": "B", "number": 1, "boolean": True}
        assert table.update(record["id"], {"number": 2}, replace=True)["fields"] == {"number": 2}
        assert table.delete(record["id"]) == {"id": record["id"], "deleted": True}
        with refused(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"):
            table.get(record["id"])

        many = table.batch_create([{"text": str(index), "number": index} for index in range(25)])
        assert texts(many) == [str(index) for index in range(25)] and len(set(ids(many))) == 25
        changes = [{"id": record["id"], "fields": {"text": "C"}} for record in many]
        assert all(record["fields"]["text"] == "C" for record in table.batch_update(changes))
        replaced = table.batch_update(changes, replace=True)
        assert all(record["fields"] == {"text": "C"} for record in replaced)
        deleted = table.batch_delete(ids(many))
        assert deleted == [{"id": record["id"], "deleted": True} for record in many]
        assert table.all() == []


@step
def empty_cells_are_absent_and_zero_is_not():
    with fresh_table() as table:
        filled = {"text": "x", "number": 0, "boolean": True, "tags": ["hot"], "day": "2024-05-01"}
        record = table.create(filled)
        assert record["fields"] == filled
        for cleared in (
            {"text": "", "number": None, "boolean": False, "tags": [], "day": None},
            {name: None for name in filled},
        ):
            assert table.update(record["id"], filled)["fields"] == filled
            assert table.update(record["id"], cleared)["fields"] == {}
        assert table.create({})["fields"] == {}


@step
def lists_are_paged_limited_sorted_and_narrowed():
    with fresh_table() as table:
        created = table.batch_create(
            [{"text": f"Record {index:02}", "number": index % 7, "notes": "n"} for index in range(40)]
        )
        pages = list(table.iterate(page_size=10, max_records=25))
        assert [len(page) for page in pages] == [10, 10, 5]
        assert len({record["id"] for page in pages for record in page}) == 25
        assert [len(page) for page in table.iterate(page_size=20)] == [20, 20]
        assert sorted(ids(table.all(page_size=7))) == sorted(ids(created))
        assert len(table.all(max_records=3)) == 3

        assert texts(table.all(sort=["text"])) == texts(created)
        assert texts(table.all(sort=["-text"], page_size=9)) == texts(created)[::-1]
        both = table.all(sort=["-number", "text"])
        expected = sorted(created, key=lambda record: (-record["fields"]["number"], record["fields"]["text"]))
        assert ids(both) == ids(expected)
        assert set(table.first(fields=["number"])["fields"]) <= {"number"}
        number = table.schema().field("number").id
        assert set(table.first(fields=[number, "text"])["fields"]) == {"number", "text"}
        assert len(table.all(view="Grid view")) == 40
        assert len(table.all(view=table.schema().views[0].id)) == 40
        assert table.first(formula="FALSE()") is None


@step
def every_option_of_a_list_works_in_the_url_and_in_the_body():
    with fresh_table() as table:
        record = table.create({"text": "abracadabra"})
        by_id = {**record, "fields": {table.schema().field("text").id: "abracadabra"}}
        long = f"text != '{'x' * 17000}'"
        for formula in ({}, {"formula": long}):
            for options in (
                {"view": "Grid view"},
                {"max_records": 1},
                {"page_size": 1},
                {"offset": ""},
                {"fields": ["text", "number"]},
                {"cell_format": "json"},
                {"sort": ["text", "-number"]},
                {"time_zone": "utc"},
                {"user_locale": "en-ie"},
                {"cell_format": "string", "time_zone": "Europe/Paris", "user_locale": "fr"},
            ):
                assert table.all(**formula, **options) == [record], options
            assert table.all(**formula, use_field_ids=True) == [by_id]


@step
def string_cells_are_written_for_a_zone():
    with fresh_table() as table:
        record = table.create(
            {
                "text": "x",
                "number": 1.5,
                "boolean": True,
                "datetime": "2024-05-01T22:30:00.000Z",
                "tags": ["hot", "big"],
                "amount": 1250,
            }
        )
        options = {"cell_format": "string", "time_zone": "Europe/Paris", "user_locale": "en-gb"}
        cells = table.get(record["id"], **options)["fields"]
        assert all(isinstance(cell, str) for cell in cells.values()), cells
        assert cells["number"] == "1.50" and cells["tags"] == "hot, big" and "1,250.00" in cells["amount"]
        assert cells["datetime"].startswith("2024-05-02"), cells
        assert table.all(**options)[0]["fields"] == cells
        with refused(422):
            table.all(cell_format="string")


@step
def field_ids_replace_names():
    with fresh_table() as table:
        text = table.schema().field("text").id
        record = table.create({text: "Hello"}, use_field_ids=True)
        assert record["fields"] == {text: "Hello"}
        assert table.get(record["id"], use_field_ids=True) == record
        assert table.update(record["id"], {text: "Bye"}, use_field_ids=True)["fields"] == {text: "Bye"}
        assert table.get(record["id"])["fields"] == {"text": "Bye"}
        many = table.batch_create([{text: "Alpha"}, {text: "Bravo"}], use_field_ids=True)
        assert [record["fields"] for record in many] == [{text: "Alpha"}, {text: "Bravo"}]
        formula = fo.OR(fo.RECORD_ID().eq(record["id"]) for record in many)
        assert ids(table.all(formula=formula, use_field_ids=True)) == ids(many)
        always = Api(TOKEN, endpoint_url=URL, use_field_ids=True).table(BASE, table.id)
        assert always.first(formula=fo.match({text: "Alpha"}))["fields"] == {text: "Alpha"}
        upserted = table.batch_upsert(
            [{"fields": {text: "Alpha", "number": 8}}], key_fields=[text], use_field_ids=True
        )
        assert upserted["records"][0]["fields"] == {text: "Alpha", table.schema().field("number").id: 8}


@step
def formulas_match_quotes_numbers_and_dates():
    with fresh_table() as table:
        now = datetime.now(timezone.utc)
        stamp = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03}Z"
        values = [
            {"text": "Contact's Name", "number": 12345},
            {"text": 'Some "Quote"', "boolean": True},
            {"text": "back\\slash", "number": 0},
            {"text": "late", "datetime": stamp, "day": "2024-05-01"},
            {"text": "tagged", "tags": ["hot", "big"], "stage": "Won"},
        ]
        created = table.batch_create(values)

        def found(formula):
            return texts(table.all(formula=formula, sort=["text"]))

        for value in values:
            assert found(fo.match({"text": value["text"]})) == [value["text"]], value
        assert found(fo.match({"text": "Contact's Name", "number": 12345})) == ["Contact's Name"]
        assert found(fo.match({"text": "Contact's Name", "number": 1})) == []
        assert found(fo.match({"text": "Contact's Name", "number": 1}, match_any=True)) == ["Contact's Name"]
        assert found(fo.match({"boolean": True})) == ['Some "Quote"']
        assert found(fo.match({"datetime": now})) == ["late"]
        assert found(fo.FIND(stamp[:10], fo.Field("datetime"))) == ["late"]
        assert found(fo.match({"day": date(2024, 5, 1)})) == ["late"]
        assert found(fo.IS_AFTER(fo.Field("datetime"), now - timedelta(seconds=1))) == ["late"]
        assert found(fo.IS_AFTER(fo.Field("datetime"), now + timedelta(seconds=1))) == []
        assert found("AND({stage}='Won', {tags}='hot, big')") == ["tagged"]
        assert found("NOT({stage}='')") == ["tagged"]
        assert found("{number} > 100") == ["Contact's Name"]
        assert found("REGEX_MATCH({text}, '^[a-z]+$')") == ["late", "tagged"]
        assert found("LOWER(LEFT({text}, 4)) & '!' = 'some!'") == ['Some "Quote"']
        assert len(found("IS_AFTER(LAST_MODIFIED_TIME(), '2020-01-01')")) == 5
        assert found(f"{{{table.schema().field('text').id}}}='late'") == ["late"]
        assert ids(table.all(formula=fo.RECORD_ID().eq(created[1]["id"]))) == [created[1]["id"]]

        for wrong in ("{text", "NOPE()", "1 +", "text == 'a'"):
            with refused(422, "INVALID_FILTER_BY_FORMULA", containing="Please check your formula text."):
                table.all(formula=wrong)
        with refused(422, "INVALID_FILTER_BY_FORMULA", containing="Unknown field names: nowhere"):
            table.all(formula="{Nowhere}=1")


@step
def a_formula_too_long_for_the_url_goes_into_the_body():
    with fresh_table() as table:
        created = table.batch_create([{"text": f"Record {index}"} for index in range(500)])
        formula = fo.OR(fo.RECORD_ID().eq(record["id"]) for record in created[:-1])
        assert len(str(formula)) > api.MAX_URL_LENGTH
        for page_size in (10, 50):
            pages = table.iterate(formula=formula, page_size=page_size)
            first, second = next(pages), next(pages)
            assert len(first) == len(second) == page_size
            assert set(ids(first)).isdisjoint(ids(second))
        for max_records in (10, 50):
            assert len(table.all(formula=formula, max_records=max_records)) == max_records
        pages = list(table.iterate(formula=formula, page_size=10, max_records=25))
        assert [len(page) for page in pages] == [10, 10, 5]
        assert sorted(ids(table.all(formula=formula))) == sorted(ids(created[:-1]))


@step
def upserts_match_by_id_by_key_and_else_create():
    with fresh_table() as table:
        one, two = table.batch_create([{"text": "One"}, {"text": "Two"}])
        result = table.batch_upsert(
            [
                {"id": one["id"], "fields": {"number": 3}},
                {"fields": {"text": "Two", "number": 4}},
                {"fields": {"text": "Three", "number": 5}},
            ],
            key_fields=["text"],
        )
        assert set(result["updatedRecords"]) == {one["id"], two["id"]}
        assert result["createdRecords"] == [result["records"][2]["id"]]
        assert [record["fields"] for record in result["records"]] == [
            {"text": "One", "number": 3},
            {"text": "Two", "number": 4},
            {"text": "Three", "number": 5},
        ]
        result = table.batch_upsert(
            [
                {"id": one["id"], "fields": {"number": 3}},
                {"fields": {"text": "Two"}},
                {"fields": {"text": "Three", "number": 6}},
                {"fields": {"text": None, "number": 7}},
            ],
            key_fields=["text"],
            replace=True,
        )
        assert [record["fields"] for record in result["records"]] == [
            {"number": 3},
            {"text": "Two"},
            {"text": "Three", "number": 6},
            {"number": 7},
        ]
        table.create({"text": "Two"})
        with refused(422, containing="Cannot update more than one record"):
            table.batch_upsert([{"fields": {"text": "Two", "number": 9}}], key_fields=["text"])
        with refused(422, "ROW_DOES_NOT_EXIST"):
            table.batch_upsert([{"id": "recAAAAAAAAAAAAAA", "fields": {"number": 1}}], key_fields=["text"])
        assert fo.match({"number": 9}) and table.first(formula=fo.match({"number": 9})) is None


@step
def typecast_converts_and_its_absence_refuses():
    with fresh_table() as table:
        with refused(422, "INVALID_MULTIPLE_CHOICE_OPTIONS", containing="Insufficient permissions"):
            table.create({"stage": "Brand new"})
        with refused(422, "INVALID_VALUE_FOR_COLUMN", containing="number"):
            table.create({"number": "1200"})
        with refused(422, "INVALID_VALUE_FOR_COLUMN"):
            table.create({"day": "not a day"})
        assert table.all() == []
        record = table.create({"stage": "Brand new", "number": "1200"}, typecast=True)
        assert record["fields"] == {"stage": "Brand new", "number": 1200}
        choices = base.schema(force=True).table(table.id).field("stage").options.choices
        assert [choice.name for choice in choices] == ["Open", "Won", "Brand new"]
        assert all(len(choice.id) == 17 for choice in choices)


@step
def links_keep_both_sides_and_read_as_primary_text_in_formulas():
    with fresh_table() as deals, fresh_table() as people:
        link = deals.create_field("people", "multipleRecordLinks", options={"linkedTableId": people.id})
        inverse_id = link.options.inverse_link_field_id
        inverse = base.schema(force=True).table(people.id).field(inverse_id)
        assert inverse.options.linked_table_id == deals.id
        ann, bob = people.batch_create([{"text": "Ann"}, {"text": "Bob"}])
        deal = deals.create({"text": "Deal", "people": ids([ann, bob])})
        assert deal["fields"]["people"] == ids([ann, bob])
        assert people.get(ann["id"])["fields"][inverse.name] == [deal["id"]]
        assert ids(deals.all(formula="{people}='Ann, Bob'")) == [deal["id"]]
        with refused(422, "ROW_DOES_NOT_EXIST"):
            deals.update(deal["id"], {"people": ["recAAAAAAAAAAAAAA"]})
        people.delete(ann["id"])
        assert deals.get(deal["id"])["fields"]["people"] == [bob["id"]]
        assert "people" not in deals.update(deal["id"], {"people": []})["fields"]
        assert inverse.name not in people.get(bob["id"])["fields"]
        cast = deals.update(deal["id"], {"people": ["Bob", "Cleo"]}, typecast=True)
        assert cast["fields"]["people"][0] == bob["id"]
        assert people.get(cast["fields"]["people"][1])["fields"]["text"] == "Cleo"


@step
def errors_carry_the_documented_status_type_and_message():
    with fresh_table() as table:
        record = table.create({"text": "x"})
        stranger = Api("patNobody", endpoint_url=URL).table(BASE, table.id)
        with refused(401, "AUTHENTICATION_REQUIRED", containing="Authentication required"):
            stranger.all()
        reader = Api(os.environ["SANDBOX_READ_TOKEN"], endpoint_url=URL).table(BASE, table.id)
        assert reader.get(record["id"]) == record
        with refused(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"):
            reader.create({"text": "y"})
        with refused(404, "NOT_FOUND"):
            api.table("appAAAAAAAAAAAAAA", "Any").all()
        with refused(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"):
            api.base("appAAAAAAAAAAAAAA").schema()
        with refused(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"):
            base.table("Nowhere").all()
        with refused(404, "NOT_FOUND"):
            table.get("rec1")
        for call in (
            lambda: table.get("recAAAAAAAAAAAAAA"),
            lambda: table.update("recAAAAAAAAAAAAAA", {"text": "y"}),
            lambda: table.delete("recAAAAAAAAAAAAAA"),
        ):
            with refused(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"):
                call()
        unknown = {"id": "recAAAAAAAAAAAAAA", "fields": {"text": "y"}}
        known = {"id": record["id"], "fields": {"text": "changed"}}
        with refused(422, "ROW_DOES_NOT_EXIST", containing="Record ID recAAAAAAAAAAAAAA does not exist"):
            table.batch_update([known, unknown])
        with refused(422, "INVALID_RECORDS", containing="multiple times in a single request"):
            table.batch_update([known, known])
        with refused(404, "NOT_FOUND", containing='Could not find a record with ID "recAAAAAAAAAAAAAA".'):
            table.batch_delete([record["id"], "recAAAAAAAAAAAAAA"])
        with refused(422, "UNKNOWN_FIELD_NAME", containing='Unknown field name: "nope"'):
            table.batch_create([{"text": "fine"}, {"nope": 1}])
        for options in ({"fields": ["nope"]}, {"sort": ["nope"]}):
            with refused(422, "UNKNOWN_FIELD_NAME", containing='Unknown field name: "nope"'):
                table.all(**options)
        with refused(422, "INVALID_PAGE_SIZE_ARGUMENT"):
            table.all(page_size=101)
        with refused(422, "INVALID_OFFSET_VALUE", containing="The value of offset nonsense is invalid"):
            table.all(offset="nonsense")
        with refused(422, "VIEW_NAME_NOT_FOUND"):
            table.all(view="Nowhere")
        with refused(422, "INVALID_RECORDS"):
            api.post(table.urls.records, json={"records": [{"fields": {}} for _ in range(11)]})
        with refused(422, "INVALID_REQUEST_MISSING_FIELDS"):
            api.post(table.urls.records, json={"text": "y"})
        assert table.all() == [record]


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


@step
def attachments_get_an_id_and_keep_their_names():
    with fresh_table() as table:
        files = table.create_field("files", "multipleAttachments")
        urls = [{"url": "https://example.com/a.png", "filename": name} for name in ("a.png", "b.png")]
        record = table.create({"text": "x", "files": urls})
        [first, second] = table.get(record["id"])["fields"]["files"]
        assert (first["filename"], second["filename"]) == ("a.png", "b.png")
        assert first["id"].startswith("att") and first["url"] and first["id"] != second["id"]
        kept = table.update(record["id"], {files.id: [{"id": second["id"]}]})
        assert [file["id"] for file in kept["fields"]["files"]] == [second["id"]]
        assert "files" not in table.update(record["id"], {"files": []})["fields"]


@step
def the_orm_saves_and_fetches():
    with fresh_table() as table:

        class Deal(orm.Model):
            text = orm_fields.TextField("text")
            number = orm_fields.NumberField("number")
            boolean = orm_fields.CheckboxField("boolean")
            when = orm_fields.DatetimeField("datetime")
            day = orm_fields.DateField("day")

            class Meta:
                api_key = TOKEN
                base_id = BASE
                table_name = table.id

        Deal.meta.api = api
        now = datetime.now(timezone.utc).replace(microsecond=123000)
        deal = Deal(text="Orm", number=1.5, boolean=True, when=now, day=now.date())
        assert deal.save().created and deal.id
        deal.text = "Changed"
        assert not deal.save().created
        again = Deal.from_id(deal.id)
        assert (again.text, again.number, again.boolean) == ("Changed", 1.5, True)
        assert (again.when, again.day) == (now, now.date())
        assert [found.id for found in Deal.all(formula=Deal.text.eq("Changed"))] == [deal.id]
        assert deal.delete()


def main():
    for function in STEPS:
        try:
            function()
        except Exception:
            print(f"FAILED  {function.__name__}")
            traceback.print_exc()
            raise SystemExit(1)
        print(f"ok      {function.__name__}")


main()
