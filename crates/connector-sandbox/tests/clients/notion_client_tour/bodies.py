"""Blocks, Markdown, files and comments."""

import io

from notion_client.helpers import collect_paginated_api, is_full_block

from tour import HAS_ARCHIVED, PARENT, notion, plain, refused, step, text


def paragraph(content, **more):
    return {"paragraph": {"rich_text": text(content), **more}}


def inside(block):
    return collect_paginated_api(notion.blocks.children.list, block_id=block, page_size=2)


def words(blocks):
    return [plain(block[block["type"]]["rich_text"]) for block in blocks]


def fresh_page(*children):
    parent = {"page_id": PARENT}
    return notion.pages.create(parent=parent, properties={"title": text("Body")}, children=list(children))["id"]


@step
def blocks_are_appended_nested_and_placed():
    page = fresh_page(paragraph("one"), {"heading_1": {"rich_text": text("two")}})
    first = inside(page)[0]
    assert is_full_block(first)
    outer = {"toggle": {"rich_text": text("three"), "children": [paragraph("inner", children=[paragraph("deep")])]}}
    [made] = notion.blocks.children.append(page, children=[outer])["results"]
    assert made["has_children"] and words(inside(made["id"])) == ["inner"]
    assert words(inside(inside(made["id"])[0]["id"])) == ["deep"]
    where = {"after": first["id"]} if HAS_ARCHIVED else {"position": {"type": "start"}}
    notion.blocks.children.append(page, children=[paragraph("new")], **where)
    expected = ["one", "new", "two", "three"] if HAS_ARCHIVED else ["new", "one", "two", "three"]
    assert words(inside(page)) == expected
    with refused("validation_error", 400, containing="body.children.length should be ≤ `100`, instead was `101`"):
        notion.blocks.children.append(page, children=[paragraph("x")] * 101)
    with refused("validation_error", 400, containing="body.children[0].paragraph.rich_text should be defined"):
        notion.blocks.children.append(page, children=[{"paragraph": {}}])


@step
def blocks_are_changed_deleted_and_restored():
    page = fresh_page(paragraph("one"), paragraph("two"))
    block = inside(page)[0]["id"]
    assert words([notion.blocks.update(block, **paragraph("ONE"))]) == ["ONE"]
    assert notion.blocks.delete(block)["in_trash"]
    assert words(inside(page)) == ["two"]
    assert not notion.blocks.update(block, in_trash=False)["in_trash"]
    assert words([notion.blocks.retrieve(block)]) == ["ONE"] and words(inside(page)) == ["ONE", "two"]
    with refused("validation_error", 400, containing="Expected block type paragraph in request body"):
        notion.blocks.update(block, heading_1={"rich_text": []})


@step
def a_body_is_read_and_changed_as_markdown():
    page = fresh_page(paragraph("one"))
    assert notion.pages.retrieve_markdown(page_id=page)["markdown"] == "one"
    content = {"content": "## New\n\nHello"}
    changed = notion.pages.update_markdown(page_id=page, type="insert_content", insert_content=content)
    assert changed["markdown"] == "one\n## New\nHello"
    placed = {"content": "between", "after": "on...e"}
    changed = notion.pages.update_markdown(page_id=page, type="insert_content", insert_content=placed)
    assert changed["markdown"] == "one\nbetween\n## New\nHello"
    later = {"type": "insert_content", "insert_content": {"content": "# Later"}, "allow_async": True}
    task = notion.request(f"pages/{page}/markdown", "PATCH", body=later)
    assert notion.request(f"async_tasks/{task['id']}", "GET")["status"] == "succeeded"


@step
def a_file_is_sent_and_listed():
    upload = notion.file_uploads.create(mode="single_part", filename="a.txt", content_type="text/plain")
    file = io.BytesIO(b"This is a file")
    file.name = "a.txt"
    sent = notion.file_uploads.send(file_upload_id=upload["id"], file=file)
    assert (sent["status"], sent["content_length"]) == ("uploaded", 14)
    assert notion.file_uploads.retrieve(file_upload_id=upload["id"])["status"] == "uploaded"
    assert upload["id"] in [one["id"] for one in notion.file_uploads.list(status="uploaded")["results"]]


@step
def comments_are_made_and_listed():
    page = fresh_page()
    comment = notion.comments.create(parent={"page_id": page}, rich_text=text("hello"))
    assert comment["created_by"]["id"] == notion.users.me()["id"]
    notion.comments.create(discussion_id=comment["discussion_id"], rich_text=text("again"))
    found = collect_paginated_api(notion.comments.list, block_id=page, page_size=1)
    assert [plain(one["rich_text"]) for one in found] == ["hello", "again"]
    assert plain(notion.comments.retrieve(comment["id"])["rich_text"]) == "hello"
