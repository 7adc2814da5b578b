"""What is refused, and in which words."""

import os

from pyairtable import Api

from tour import BASE, URL, api, base, fresh_table, refused, step


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
