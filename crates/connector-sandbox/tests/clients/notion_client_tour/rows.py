"""Pages: created, queried, paged through, changed, put into the trash and taken back."""

import asyncio

from notion_client import AsyncClient
from notion_client.helpers import async_collect_paginated_api, collect_paginated_api

from tour import DATA_SOURCE, HAS_ARCHIVED, OPTIONS, TOKEN, fresh_table, make, notion, plain, refused, step, text


def query(source=DATA_SOURCE, **more):
    return collect_paginated_api(notion.data_sources.query, data_source_id=source, **more)


@step
def a_row_is_created_read_and_cleared():
    _, source = fresh_table()
    deal = query(page_size=100)[0]
    values = {
        "Name": {"title": text("Acme")},
        "Notes": {"rich_text": text("ligne\n🥐")},
        "Amount": {"number": 12.5},
        "Stage": {"select": {"name": "won"}},
        "Tags": {"multi_select": [{"name": "hot"}]},
        "Status": {"status": {"name": "Done"}},
        "Close": {"date": {"start": "2026-12-01T10:00:00+01:00"}},
        "Done": {"checkbox": True},
        "Deals": {"relation": [{"id": deal["id"]}]},
    }
    page = make(source, values, children=[], icon=None, cover=None)
    read = notion.pages.retrieve(page["id"])["properties"]
    assert read == page["properties"]
    assert (plain(read["Name"]["title"]), plain(read["Notes"]["rich_text"])) == ("Acme", "ligne\n🥐")
    assert read["Stage"]["select"]["name"] == "Won"
    assert read["Close"]["date"]["start"] == "2026-12-01T10:00:00.000+01:00"
    thinned = notion.pages.retrieve(page["id"], filter_properties=[read["Amount"]["id"], "title"])
    assert sorted(thinned["properties"]) == ["Amount", "Name"]
    cleared = {"Amount": {"number": None}, "Stage": {"select": None}, "Tags": {"multi_select": []}}
    after = notion.pages.update(page["id"], properties=cleared)["properties"]
    assert [after[name][kind] for name, kind in (("Amount", "number"), ("Stage", "select"))] == [None, None]
    item = notion.pages.properties.retrieve(page["id"], read["Name"]["id"])
    assert item["results"][0]["title"]["plain_text"] == "Acme"
    amount = notion.pages.properties.retrieve(page["id"], read["Amount"]["id"])
    assert (amount["object"], amount["number"]) == ("property_item", None)


@step
def queries_filter_sort_and_page_to_the_end():
    assert len({page["id"] for page in query()}) == 250
    won = query(filter={"property": "Status", "status": {"equals": "Gagné"}}, page_size=10)
    assert won and all(page["properties"]["Status"]["status"]["name"] == "Gagné" for page in won)
    large = query(
        filter={
            "or": [
                {"property": "Amount", "number": {"greater_than_or_equal_to": 20000}},
                {"and": [{"property": "Signed", "checkbox": {"equals": True}}, {"property": "Amount", "number": {"is_not_empty": True}}]},
            ]
        },
        sorts=[{"property": "Amount", "direction": "descending"}],
    )
    amounts = [page["properties"]["Amount"]["number"] for page in large]
    assert amounts and amounts == sorted(amounts, reverse=True)
    last = large[-1]["properties"]["Name"]["title"]
    named = query(filter={"property": "Name", "title": {"equals": plain(last)}})
    assert large[-1]["id"] in [page["id"] for page in named]
    with refused("validation_error", 400, containing="Could not find property with name or id: Nope"):
        query(filter={"property": "Nope", "number": {"equals": 1}})


@step
def the_asynchronous_client_pages_too():
    async def count():
        async with AsyncClient(auth=TOKEN, **OPTIONS) as client:
            return len(await async_collect_paginated_api(client.data_sources.query, data_source_id=DATA_SOURCE))

    assert asyncio.run(count()) == 250


@step
def pages_go_to_the_trash_come_back_and_move():
    _, source = fresh_table()
    _, other = fresh_table()
    page = make(source, {"Name": {"title": text("Mover")}})["id"]
    assert notion.pages.update(page, in_trash=True)["in_trash"]
    assert query(source) == [] and notion.pages.retrieve(page)["in_trash"]
    with refused("validation_error", 400, containing="unarchive the block"):
        notion.pages.update(page, properties={"Amount": {"number": 1}})
    assert not notion.pages.update(page, in_trash=False)["in_trash"]
    assert [found["id"] for found in query(source)] == [page]
    if HAS_ARCHIVED:
        assert notion.pages.update(page, archived=True)["archived"]
        assert not notion.pages.update(page, archived=False)["archived"]
    else:
        with refused("validation_error", 400, containing="body.archived should be not present"):
            notion.pages.update(page, archived=True)
    moved = notion.pages.move(page, parent={"type": "data_source_id", "data_source_id": other})
    assert moved["parent"]["data_source_id"] == other
    assert (query(source), [found["id"] for found in query(other)]) == ([], [page])
