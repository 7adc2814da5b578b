"""Walks notion-client, unmodified, through the sandbox's Notion and asserts on every answer.

Reads SANDBOX_URL, SANDBOX_CONTROL_URL, SANDBOX_TOKEN, SANDBOX_READ_TOKEN (may write nothing), SANDBOX_DATABASE,
SANDBOX_DATA_SOURCE (both of 250 deals), SANDBOX_PARENT_PAGE and, for another version than the client's own,
SANDBOX_NOTION_VERSION from the environment. The first step that fails ends the tour with exit status 1.
"""

import faulthandler
import traceback

import tables  # noqa: F401
import rows  # noqa: F401
import bodies  # noqa: F401
import errors  # noqa: F401
from tour import STEPS

# The client waits for a minute and tries again; this ends the tour nevertheless.
faulthandler.dump_traceback_later(300, exit=True)

for step in STEPS:
    try:
        step()
    except Exception:
        print(f"FAILED  {step.__name__}")
        traceback.print_exc()
        raise SystemExit(1)
    print(f"ok      {step.__name__}")
