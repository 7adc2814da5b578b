"""What is refused, and what is tried again."""

from notion_client import APIErrorCode, RetryOptions
from notion_client.errors import HTTPResponseError, is_notion_client_error

from tour import DATA_SOURCE, READ_TOKEN, connect, control, fault, make, notion, refused, step, text

NOBODY = "393abc1e-0000-8111-a222-333344445555"


@step
def errors_carry_the_codes_that_the_client_knows():
    with refused(APIErrorCode.Unauthorized, 401, containing="API token is invalid."):
        connect("nobody").pages.retrieve(NOBODY)
    with refused(APIErrorCode.ObjectNotFound, 404, containing=f"Could not find page with ID: {NOBODY}"):
        notion.pages.retrieve(NOBODY)
    with refused(APIErrorCode.ValidationError, 400, containing="path.page_id should be a valid uuid"):
        notion.pages.retrieve("AAA")
    with refused(APIErrorCode.RestrictedResource, 403):
        parent = {"data_source_id": DATA_SOURCE}
        connect(READ_TOKEN).pages.create(parent=parent, properties={})
    with refused(APIErrorCode.InvalidRequestURL, 400):
        notion.request("nowhere", "GET")
    with refused(APIErrorCode.ValidationError, 400, containing="Nope is not a property that exists."):
        make(DATA_SOURCE, {"Nope": {"number": 1}})
    with refused(APIErrorCode.ValidationError, 400, containing='Status option "Perdue" does not exist'):
        make(DATA_SOURCE, {"Status": {"status": {"name": "Perdue"}}})
    with refused(APIErrorCode.ValidationError, 400, containing="should be ≤ `2000`, instead was `2001`"):
        make(DATA_SOURCE, {"Notes": {"rich_text": text("x" * 2001)}})
    for status, code in ((409, APIErrorCode.ConflictError), (500, APIErrorCode.InternalServerError), (503, APIErrorCode.ServiceUnavailable)):
        fault({"answer": {"status": status}})
        with refused(code, status):
            make(DATA_SOURCE)


@step
def what_is_no_error_of_the_api_is_told_as_such():
    for answer in ({"status": 502, "shape": "html"}, {"status": 504, "shape": "empty"}):
        fault({"answer": answer})
        try:
            make(DATA_SOURCE)
        except HTTPResponseError as error:
            assert is_notion_client_error(error) and error.status == answer["status"]
        else:
            raise AssertionError("the call went through")


@step
def what_the_service_asks_to_repeat_is_repeated():
    def asked():
        routes = control("GET", "/stats")["routes"]
        return sum(route["requests"] for route in routes if route["route"] == "/v1/search")

    before = asked()
    fault({"answer": {"status": 429, "retry_after": 1}})
    notion.search(page_size=1)
    assert asked() == before + 2
    fault({"answer": {"status": 500}})
    assert connect(retry=RetryOptions(initial_retry_delay_ms=1)).users.me()["type"] == "bot"
    fault({"answer": {"status": 429, "retry_after": 0}}, times=3)
    with refused(APIErrorCode.RateLimited, 429):
        connect(retry=RetryOptions(initial_retry_delay_ms=1)).users.me()
