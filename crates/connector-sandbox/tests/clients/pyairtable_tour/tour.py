"""What the steps share: the client, tables of their own, and the look at a refusal."""

import os
from contextlib import contextmanager

import requests
from pyairtable import Api

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
                "timeZone": "client",
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
