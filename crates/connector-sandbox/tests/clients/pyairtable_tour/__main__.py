"""Walks pyairtable, unmodified, through the sandbox and asserts on every answer.

Reads SANDBOX_URL, SANDBOX_TOKEN, SANDBOX_READ_TOKEN (may only read records) and SANDBOX_BASE from the
environment. The modules below hold the steps; the first step that fails ends the tour with exit status 1.
"""

import faulthandler
import traceback

import schema  # noqa: F401
import records  # noqa: F401
import queries  # noqa: F401
import errors  # noqa: F401
import events  # noqa: F401
from tour import STEPS

# The client waits without a limit; this ends the tour nevertheless.
faulthandler.dump_traceback_later(300, exit=True)

for step in STEPS:
    try:
        step()
    except Exception:
        print(f"FAILED  {step.__name__}")
        traceback.print_exc()
        raise SystemExit(1)
    print(f"ok      {step.__name__}")
