"""What the steps share: the client, tables of their own, and the look at a refusal."""

import json
import logging
import os
from contextlib import contextmanager
from urllib.request import Request, urlopen

from notion_client import APIResponseError, Client

URL = os.environ["SANDBOX_URL"]
CONTROL_URL = os.environ["SANDBOX_CONTROL_URL"]
TOKEN = os.environ["SANDBOX_TOKEN"]
READ_TOKEN = os.environ["SANDBOX_READ_TOKEN"]
DATABASE = os.environ["SANDBOX_DATABASE"]
DATA_SOURCE = os.environ["SANDBOX_DATA_SOURCE"]
PARENT = os.environ["SANDBOX_PARENT_PAGE"]
VERSION = os.environ.get("SANDBOX_NOTION_VERSION")
HAS_ARCHIVED = (VERSION or "") < "2026-03-11"

OPTIONS = {"base_url": URL, "log_level": logging.CRITICAL}
if VERSION:
    OPTIONS["notion_version"] = VERSION


def connect(token=TOKEN, **more):
    return Client(auth=token, **OPTIONS, **more)


notion = connect()

STEPS = []


def step(function):
    STEPS.append(function)
    return function


def text(content):
    return [{"text": {"content": content}}]


def plain(runs):
    return "".join(run["plain_text"] for run in runs)


def control(method, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = Request(f"{CONTROL_URL}{path}", data, {"content-type": "application/json"}, method=method)
    with urlopen(request) as response:
        return json.load(response)


def fault(effect, **more):
    control("POST", "/faults", {"remote": "notion", "times": 1, "effect": effect, **more})


_table_count = 0


def fresh_table():
    """An empty database, and the id of its data source."""
    global _table_count
    _table_count += 1
    database = notion.databases.create(
        parent={"type": "page_id", "page_id": PARENT},
        title=text(f"Tour {_table_count}"),
        initial_data_source={
            "properties": {
                "Name": {"title": {}},
                "Notes": {"rich_text": {}},
                "Amount": {"number": {"format": "euro"}},
                "Stage": {"select": {"options": [{"name": "Open"}, {"name": "Won"}]}},
                "Tags": {"multi_select": {"options": []}},
                "Status": {"status": {}},
                "Close": {"date": {}},
                "Done": {"checkbox": {}},
                "Deals": {"relation": {"data_source_id": DATA_SOURCE, "type": "single_property", "single_property": {}}},
            }
        },
    )
    return database, database["data_sources"][0]["id"]


def make(source, properties=None, **more):
    parent = {"type": "data_source_id", "data_source_id": source}
    return notion.pages.create(parent=parent, properties=properties or {}, **more)


@contextmanager
def refused(code, status, *, containing=""):
    """The block must fail with this code, HTTP status and part of the message."""
    try:
        yield
    except APIResponseError as error:
        assert (error.code, error.status) == (code, status), (error.code, error.status, str(error))
        assert containing in str(error), str(error)
    else:
        raise AssertionError(f"expected {status} {code}, but the call went through")
