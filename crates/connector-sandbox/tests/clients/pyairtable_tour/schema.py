"""Who the token is, what it reaches, and what tables look like."""

from pyairtable import Api, formulas as fo

from tour import BASE, TOKEN, URL, api, base, deals_fields, fresh_table, ids, refused, step


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
