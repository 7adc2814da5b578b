"""Walks the last notion-client that speaks 2022-06-28, unmodified, through the sandbox's Notion.

Reads the same variables as the tour of today's client. The first step that fails ends the tour with exit status 1.
"""

import faulthandler
import logging
import os

from notion_client import APIErrorCode, APIResponseError, Client
from notion_client.helpers import collect_paginated_api, is_full_database, is_full_page

faulthandler.dump_traceback_later(300, exit=True)

DATABASE = os.environ["SANDBOX_DATABASE"]
PARENT = os.environ["SANDBOX_PARENT_PAGE"]
notion = Client(
    auth=os.environ["SANDBOX_TOKEN"], base_url=os.environ["SANDBOX_URL"], log_level=logging.CRITICAL
)


def text(content):
    return [{"text": {"content": content}}]


def plain(runs):
    return "".join(run["plain_text"] for run in runs)


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except APIResponseError as error:
        assert error.code == code, (error.code, str(error))
    else:
        raise AssertionError(f"expected {code}, but the call went through")


assert notion.users.me()["type"] == "bot"
assert len(collect_paginated_api(notion.users.list, page_size=2)) == 6
found = notion.search(query="deals", filter={"property": "object", "value": "database"})
assert [result["id"] for result in found["results"]] == [DATABASE]

rows = collect_paginated_api(notion.databases.query, database_id=DATABASE)
assert len({row["id"] for row in rows}) == 250 and all(is_full_page(row) for row in rows)
assert rows[0]["parent"] == {"type": "database_id", "database_id": DATABASE}
assert "properties" in notion.databases.retrieve(DATABASE)

schema = {"Name": {"title": {}}, "Amount": {"number": {"format": "euro"}}, "Done": {"checkbox": {}}}
database = notion.databases.create(parent={"page_id": PARENT}, title=text("Tour"), properties=schema)
assert is_full_database(database) and sorted(database["properties"]) == ["Amount", "Done", "Name"]
changed = notion.databases.update(database["id"], properties={"Amount": {"name": "Value"}})
assert changed["properties"]["Value"]["id"] == database["properties"]["Amount"]["id"]

parent = {"database_id": database["id"]}
page = notion.pages.create(parent=parent, properties={"Name": {"title": text("Acme")}, "Value": {"number": 5}})
notion.pages.create(parent=parent, properties={"Name": {"title": text("Bolt")}}, children=[], icon=None)
large = {"property": "Value", "number": {"greater_than": 1}}
names = [{"property": "Name", "direction": "descending"}]
found = notion.databases.query(database_id=database["id"], filter=large)
assert [row["id"] for row in found["results"]] == [page["id"]]
found = notion.databases.query(database_id=database["id"], sorts=names)
assert [plain(row["properties"]["Name"]["title"]) for row in found["results"]] == ["Bolt", "Acme"]
assert notion.pages.update(page["id"], archived=True)["archived"]
assert len(notion.databases.query(database_id=database["id"])["results"]) == 1
assert not notion.pages.update(page["id"], archived=False)["archived"]

children = [{"paragraph": {"rich_text": text("one")}}, {"to_do": {"rich_text": text("two")}}]
[one, _] = notion.blocks.children.append(page["id"], children=children)["results"]
between = [{"quote": {"rich_text": text("between")}}]
notion.blocks.children.append(page["id"], children=between, after=one["id"])
notion.blocks.delete(one["id"])
notion.blocks.update(one["id"], archived=False)
blocks = collect_paginated_api(notion.blocks.children.list, block_id=page["id"], page_size=1)
assert [block["type"] for block in blocks] == ["paragraph", "quote", "to_do"]

nobody = "393abc1e-0000-8111-a222-333344445555"
refused(APIErrorCode.ObjectNotFound, notion.pages.retrieve, page_id=nobody)
refused(APIErrorCode.ValidationError, notion.pages.create, parent=parent, properties={"Nope": {"number": 1}})
refused(APIErrorCode.InvalidRequestURL, notion.request, path=f"data_sources/{nobody}", method="GET")
