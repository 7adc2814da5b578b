"""Cells and records: written, changed, linked, deleted."""

from datetime import datetime, timezone

from pyairtable import formulas as fo, orm
from pyairtable.orm import fields as orm_fields

from tour import BASE, TOKEN, api, base, fresh_table, ids, refused, step, texts


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


@step
def computed_cells_follow_the_write_and_refuse_their_own():
    deals, companies = base.table("Deals"), base.table("Companies")
    company = companies.create({"Name": "Atelier", "City": "Lyon", "Revenue": 120000})
    deal = deals.create({"Name": "Comptoir", "Amount": 1000, "Probability": 0.25, "Company": [company["id"]]})
    fields = deal["fields"]
    assert (fields["Weighted Amount"], fields["Company Count"]) == (250, 1)
    assert (fields["Company City"], fields["Company Revenue"]) == (["Lyon"], 120000)
    assert fields["Created"] == deal["createdTime"] and fields["Modified"].endswith(".000Z")
    assert fields["Number"] >= 1 and fields["Created By"]["id"] == api.whoami()["id"]
    assert "Signed" not in fields and fields["Open"]["label"]
    assert deals.update(deal["id"], {"Amount": None})["fields"]["Weighted Amount"] == 0
    for computed in ("Weighted Amount", "Company City", "Created", "Modified", "Number", "Company Count"):
        message = f'Field "{computed}" cannot accept a value because the field is computed'
        with refused(422, "INVALID_VALUE_FOR_COLUMN", containing=message):
            deals.update(deal["id"], {computed: 1})
        with refused(422, "INVALID_VALUE_FOR_COLUMN", containing=message):
            deals.update(deal["id"], {computed: 1}, typecast=True)
    number = fields["Number"]
    with refused(422):
        deals.batch_create([{"Name": "fine"}, {"Amount": "wrong"}])
    assert deals.create({"Name": "next"})["fields"]["Number"] == number + 1
    assert deals.update(deal["id"], {"Brief": "#title\n* point"})["fields"]["Brief"] == "#title\n- point\n"


@step
def changes_are_found_by_their_time():
    with fresh_table() as table:
        first, second = table.batch_create([{"text": "first"}, {"text": "second"}])
        text, number = (table.schema().field(name).id for name in ("text", "number"))
        assert table.all(formula=f"LAST_MODIFIED_TIME({{{number}}})") == []
        table.update(first["id"], {"number": 1})
        assert ids(table.all(formula=f"LAST_MODIFIED_TIME({{{number}}})")) == [first["id"]]
        assert table.all(formula=f"LAST_MODIFIED_TIME({{{text}}})") == []
        for formula in ("CREATED_TIME()", "LAST_MODIFIED_TIME()"):
            assert len(table.all(formula=f"IS_AFTER({formula}, DATEADD(NOW(), -1, 'minutes'))")) == 2
            assert table.all(formula=f"IS_AFTER({formula}, DATEADD(NOW(), 1, 'minutes'))") == []
