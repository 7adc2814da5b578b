"""Many threads at once: pyairtable's own quick retries must carry every one of them through the rate limit.

Reads the same variables as the tour.
"""

import faulthandler
import os
from concurrent.futures import ThreadPoolExecutor

from pyairtable import Api

faulthandler.dump_traceback_later(300, exit=True)

api = Api(os.environ["SANDBOX_TOKEN"], endpoint_url=os.environ["SANDBOX_URL"])
table = api.table(os.environ["SANDBOX_BASE"], "Deals")


def create_and_delete(thread):
    created = table.batch_create([{"Name": f"thread {thread}, record {number}"} for number in range(20)])
    table.batch_delete([record["id"] for record in created])


with ThreadPoolExecutor(max_workers=25) as executor:
    list(executor.map(create_and_delete, range(25)))
assert table.all() == []
