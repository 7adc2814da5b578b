"""Users, search, databases and data sources."""

from notion_client.helpers import (
    collect_paginated_api,
    is_full_data_source,
    is_full_database,
    is_full_page,
    is_full_user,
)

from tour import DATA_SOURCE, DATABASE, HAS_ARCHIVED, PARENT, fresh_table, notion, plain, step, text


@step
def users_are_listed_to_the_end():
    me = notion.users.me()
    assert is_full_user(me) and me["type"] == "bot"
    users = collect_paginated_api(notion.users.list, page_size=2)
    assert len(users) == 6
    person = next(user for user in users if user["type"] == "person")
    assert "@" in notion.users.retrieve(person["id"])["person"]["email"]


@step
def search_finds_pages_and_data_sources():
    found = notion.search(query="deals", filter={"property": "object", "value": "data_source"})
    assert [result["id"] for result in found["results"]] == [DATA_SOURCE]
    assert found["type"] == "page_or_data_source"
    pages = collect_paginated_api(notion.search, filter={"property": "object", "value": "page"})
    assert len(pages) > 250 and all(is_full_page(page) for page in pages)


@step
def a_database_leads_to_its_data_source():
    database = notion.databases.retrieve(DATABASE)
    assert is_full_database(database)
    assert database["data_sources"] == [{"id": DATA_SOURCE, "name": "Deals"}]
    assert ("archived" in database) == HAS_ARCHIVED
    source = notion.data_sources.retrieve(DATA_SOURCE)
    assert is_full_data_source(source)
    assert source["parent"] == {"type": "database_id", "database_id": DATABASE}
    assert source["database_parent"] == {"type": "page_id", "page_id": PARENT}
    assert notion.data_sources.list_templates(DATA_SOURCE)["templates"] == []


@step
def a_schema_is_changed_and_a_second_data_source_added():
    database, source = fresh_table()
    before = notion.data_sources.retrieve(source)["properties"]
    change = {"Notes": {"name": "Remarks"}, "Amount": None, "Extra": {"number": {"format": "percent"}}}
    after = notion.data_sources.update(source, properties=change)["properties"]
    assert after["Remarks"]["id"] == before["Notes"]["id"] and "Amount" not in after
    parent = {"type": "database_id", "database_id": database["id"]}
    notion.data_sources.create(parent=parent, properties={"Name": {"title": {}}}, title=text("Second"))
    sources = notion.databases.retrieve(database["id"])["data_sources"]
    assert [found["name"] for found in sources][1] == "Second"
    assert plain(notion.databases.update(database["id"], title=text("Renamed"))["title"]) == "Renamed"
    assert notion.databases.update(database["id"], in_trash=True)["in_trash"]
    assert not notion.databases.update(database["id"], in_trash=False)["in_trash"]
