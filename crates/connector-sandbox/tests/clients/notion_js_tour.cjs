// Walks @notionhq/client, unmodified, through the sandbox's Notion and asserts on every answer.
//
// Reads SANDBOX_URL, SANDBOX_CONTROL_URL, SANDBOX_TOKEN, SANDBOX_READ_TOKEN (may write nothing), SANDBOX_DATABASE,
// SANDBOX_DATA_SOURCE (both of 250 deals), SANDBOX_PARENT_PAGE and, for another version than the client's own,
// SANDBOX_NOTION_VERSION from the environment. The first step that fails ends the tour with exit status 1.
"use strict";

const assert = require("node:assert/strict");
const {
  APIErrorCode,
  APIResponseError,
  Client,
  ClientErrorCode,
  collectAllDataSourceRows,
  collectPaginatedAPI,
  extractNotionId,
  isFullBlock,
  isFullComment,
  isFullDatabase,
  isFullDataSource,
  isFullPage,
  isFullUser,
  isNotionClientError,
  iteratePaginatedAPI,
} = require("@notionhq/client");

const env = process.env;
const DATA_SOURCE = env.SANDBOX_DATA_SOURCE;
const PARENT = env.SANDBOX_PARENT_PAGE;
const hasArchived = (env.SANDBOX_NOTION_VERSION ?? Client.defaultNotionVersion) < "2026-03-11";

const connect = (options = {}) =>
  new Client({
    auth: env.SANDBOX_TOKEN,
    baseUrl: env.SANDBOX_URL,
    notionVersion: env.SANDBOX_NOTION_VERSION,
    retry: { initialRetryDelayMs: 1 },
    logger: () => {},
    ...options,
  });
const notion = connect();
const steps = {};

const text = (content) => [{ text: { content } }];
const plain = (runs) => runs.map((run) => run.plain_text).join("");
const paragraph = (content, children) => ({ paragraph: { rich_text: text(content), children } });
const words = (blocks) => blocks.map((block) => plain(block[block.type].rich_text));

async function control(method, path, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${env.SANDBOX_CONTROL_URL}${path}`, { method, headers, body: JSON.stringify(body) });
  assert.ok(response.ok, await response.clone().text());
  return response.json();
}

const fault = (effect, more = {}) => control("POST", "/faults", { remote: "notion", times: 1, effect, ...more });

async function refused(call, code, status, message) {
  await assert.rejects(call, (error) => {
    assert.ok(isNotionClientError(error), String(error));
    assert.deepEqual([error.code, error.status], [code, status], String(error));
    if (message) assert.match(error.message, message);
    if (APIResponseError.isAPIResponseError(error)) assert.match(error.request_id, /^[0-9a-f-]{36}$/);
    return true;
  });
}

// A database of our own with a property of every type that can be made, and its data source.
let tables = 0;
async function freshTable() {
  const database = await notion.databases.create({
    parent: { type: "page_id", page_id: PARENT },
    title: text(`Tour ${++tables}`),
    description: text("made by a script"),
    initial_data_source: {
      properties: {
        Name: { title: {} },
        Notes: { rich_text: {} },
        Amount: { number: { format: "euro" } },
        Stage: { select: { options: [{ name: "Open", color: "gray" }, { name: "Won", color: "green" }] } },
        Tags: { multi_select: { options: [] } },
        Status: { status: {} },
        Close: { date: {} },
        Done: { checkbox: {} },
        Site: { url: {} },
        Mail: { email: {} },
        Tel: { phone_number: {} },
        Owner: { people: {} },
        Files: { files: {} },
        Deals: { relation: { data_source_id: DATA_SOURCE, type: "single_property", single_property: {} } },
        Total: { rollup: { relation_property_name: "Deals", rollup_property_name: "Amount", function: "sum" } },
        Double: { formula: { expression: 'prop("Amount") * 2' } },
        Number: { unique_id: { prefix: "T" } },
        Created: { created_time: {} },
        Author: { created_by: {} },
        Edited: { last_edited_time: {} },
        Editor: { last_edited_by: {} },
      },
    },
  });
  assert.ok(isFullDatabase(database));
  assert.equal(plain(database.title), `Tour ${tables}`);
  return database;
}

const row = (source, properties = {}, more = {}) =>
  notion.pages.create({ parent: { type: "data_source_id", data_source_id: source }, properties, ...more });

steps["the bot knows itself, and users are listed to the end"] = async () => {
  const me = await notion.users.me();
  assert.ok(isFullUser(me) && me.type === "bot");
  assert.equal(me.bot.owner.type, "workspace");
  const users = [];
  for await (const user of iteratePaginatedAPI(notion.users.list, { page_size: 2 })) users.push(user);
  assert.equal(users.length, 6);
  const person = users.find((user) => user.type === "person");
  assert.match(person.person.email, /@/);
  assert.deepEqual((await notion.users.retrieve({ user_id: person.id })).id, person.id);
};

steps["search finds pages and data sources by their titles"] = async () => {
  const found = await notion.search({ query: "deals", filter: { property: "object", value: "data_source" } });
  assert.deepEqual(found.results.map((result) => result.id), [DATA_SOURCE]);
  assert.ok(isFullDataSource(found.results[0]));
  const sort = { timestamp: "last_edited_time", direction: "ascending" };
  const pages = await collectPaginatedAPI(notion.search, { filter: { property: "object", value: "page" }, sort });
  assert.ok(pages.length > 250 && pages.every(isFullPage));
  await refused(() => notion.search({ filter: { property: "object", value: "database" } }), "validation_error", 400);
};

steps["a database leads to its data source, whose schema has every property"] = async () => {
  const database = await notion.databases.retrieve({ database_id: env.SANDBOX_DATABASE });
  assert.deepEqual(database.data_sources, [{ id: DATA_SOURCE, name: "Deals" }]);
  assert.equal(extractNotionId(database.url), database.id);
  assert.equal("archived" in database, hasArchived);
  const source = await notion.dataSources.retrieve({ data_source_id: DATA_SOURCE });
  assert.ok(isFullDataSource(source));
  assert.deepEqual(source.database_parent, { type: "page_id", page_id: PARENT });
  assert.equal(source.properties.Name.id, "title");
  const templates = await notion.dataSources.listTemplates({ data_source_id: DATA_SOURCE });
  assert.deepEqual(templates.templates, []);
};

steps["a row of every writable type is created, read whole and cleared"] = async () => {
  const [{ id: source }] = (await freshTable()).data_sources;
  const person = (await notion.users.list({})).results.find((user) => user.type === "person");
  const deal = (await notion.dataSources.query({ data_source_id: DATA_SOURCE, page_size: 1 })).results[0];
  const page = await row(source, {
    Name: { title: text("Acme") },
    Notes: { rich_text: [{ text: { content: "bold", link: { url: "https://a.example" } }, annotations: { bold: true } }] },
    Amount: { number: 12.5 },
    Stage: { select: { name: "won" } },
    Tags: { multi_select: [{ name: "hot" }, { name: "new" }] },
    Status: { status: { name: "Done" } },
    Close: { date: { start: "2026-12-01", end: "2026-12-24" } },
    Done: { checkbox: true },
    Site: { url: "https://a.example" },
    Mail: { email: "a@a.example" },
    Tel: { phone_number: "01" },
    Owner: { people: [{ id: person.id }] },
    Files: { files: [{ name: "a.pdf", external: { url: "https://a.example/a.pdf" } }] },
    Deals: { relation: [{ id: deal.id }] },
  }, { icon: { type: "emoji", emoji: "💼" }, cover: null, children: [] });
  assert.ok(isFullPage(page));
  const read = (await notion.pages.retrieve({ page_id: page.id })).properties;
  assert.deepEqual(read, page.properties);
  assert.equal(plain(read.Name.title), "Acme");
  assert.equal(read.Notes.rich_text[0].href, "https://a.example");
  assert.equal(read.Stage.select.name, "Won");
  assert.deepEqual(read.Tags.multi_select.map((option) => option.name), ["hot", "new"]);
  assert.equal(read.Status.status.name, "Done");
  assert.deepEqual(read.Close.date, { start: "2026-12-01", end: "2026-12-24", time_zone: null });
  assert.equal(read.Owner.people[0].id, person.id);
  assert.deepEqual(read.Deals, { id: read.Deals.id, type: "relation", relation: [{ id: deal.id }], has_more: false });
  assert.equal(read.Total.rollup.number, deal.properties.Amount.number ?? 0);
  assert.deepEqual(read.Double.formula, { type: "number", number: 25 });
  assert.deepEqual(read.Number.unique_id, { prefix: "T", number: 1 });
  assert.equal(read.Created.created_time, page.created_time);
  const schema = (await notion.dataSources.retrieve({ data_source_id: source })).properties;
  assert.deepEqual(schema.Tags.multi_select.options.map((option) => option.name), ["hot", "new"]);

  const some = await notion.pages.retrieve({ page_id: page.id, filter_properties: [read.Amount.id, "title"] });
  assert.deepEqual(Object.keys(some.properties).sort(), ["Amount", "Name"]);
  const cleared = await notion.pages.update({
    page_id: page.id,
    properties: {
      Name: { title: [] }, Notes: { rich_text: [] }, Amount: { number: null }, Stage: { select: null },
      Tags: { multi_select: [] }, Status: { status: null }, Close: { date: null }, Done: { checkbox: false },
      Site: { url: null }, Mail: { email: null }, Tel: { phone_number: null }, Owner: { people: [] },
      Files: { files: [] }, Deals: { relation: [] },
    },
    icon: null,
  });
  assert.equal(cleared.icon, null);
  for (const [name, value] of Object.entries(cleared.properties)) {
    const writable = !["Total", "Double", "Number", "Created", "Author", "Edited", "Editor"].includes(name);
    const found = value[value.type];
    if (name === "Status") assert.equal(found.name, "Not started");
    else if (writable) assert.ok(found === null || found === false || found.length === 0, name);
  }
};

steps["property items are read one by one and page by page"] = async () => {
  const [{ id: source }] = (await freshTable()).data_sources;
  const deals = (await notion.dataSources.query({ data_source_id: DATA_SOURCE, page_size: 30 })).results;
  const relation = deals.map((deal) => ({ id: deal.id }));
  const page = await row(source, { Name: { title: text("Thirty") }, Amount: { number: 3 }, Deals: { relation } });
  assert.equal(page.properties.Deals.relation.length, 25);
  assert.equal(page.properties.Deals.has_more, true);
  const item = (name, more) =>
    notion.pages.properties.retrieve({ page_id: page.id, property_id: page.properties[name].id, ...more });
  const amount = await item("Amount");
  assert.deepEqual([amount.object, amount.type, amount.number], ["property_item", "number", 3]);
  const title = await item("Name");
  assert.equal(title.results[0].title.plain_text, "Thirty");
  const all = await collectPaginatedAPI((args) => item("Deals", args), { page_size: 7 });
  assert.deepEqual(all.map((one) => one.relation), relation);
  assert.equal((await item("Total")).property_item.rollup.type, "number");
};

steps["queries filter, sort and are paged to the end"] = async () => {
  const all = await collectPaginatedAPI(notion.dataSources.query, { data_source_id: DATA_SOURCE });
  assert.equal(new Set(all.map((page) => page.id)).size, 250);
  const ask = async (filter, sorts) =>
    collectPaginatedAPI(notion.dataSources.query, { data_source_id: DATA_SOURCE, filter, sorts, page_size: 50 });
  const won = await ask({ property: "Status", status: { equals: "Gagné" } });
  assert.ok(won.length > 0 && won.every((page) => page.properties.Status.status.name === "Gagné"));
  const big = await ask(
    {
      and: [
        { property: "Amount", number: { greater_than: 1000 } },
        { or: [{ property: "Signed", checkbox: { equals: true } }, { property: "Priority", select: { is_empty: true } }] },
      ],
    },
    [{ property: "Amount", direction: "descending" }],
  );
  const amounts = big.map((page) => page.properties.Amount.number);
  assert.ok(amounts.length > 0 && amounts.every((amount, index) => amount > 1000 && amount <= (amounts[index - 1] ?? Infinity)));
  const recent = await ask({ timestamp: "created_time", created_time: { on_or_before: all[0].created_time } }, [
    { timestamp: "created_time", direction: "ascending" },
  ]);
  assert.equal(recent.length, 250);
  const bad = (filter) => () => notion.dataSources.query({ data_source_id: DATA_SOURCE, filter });
  await refused(bad({ property: "Nope", number: { equals: 1 } }), "validation_error", 400, /Could not find property with name or id: Nope/);
  await refused(bad({ property: "Amount", number: { less_than: 9, greater_than: 1 } }), "validation_error", 400, /body.filter.number.less_than should be not present/);
  await refused(bad({ property: "Amount", rich_text: { equals: "1" } }), "validation_error", 400, /does not match/);
};

steps["a capped query says so, and the client reads past the cap"] = async () => {
  await control("PATCH", "/knobs", { query_row_limit: 60 });
  const query = { data_source_id: DATA_SOURCE, page_size: 100 };
  const capped = await notion.dataSources.query(query);
  assert.deepEqual(capped.request_status, { type: "incomplete", incomplete_reason: "query_result_limit_reached" });
  assert.deepEqual([capped.results.length, capped.has_more, capped.next_cursor], [60, false, null]);
  assert.equal((await collectAllDataSourceRows(notion, { data_source_id: DATA_SOURCE })).length, 250);
  await control("PATCH", "/knobs", { query_row_limit: 10000 });
  assert.equal((await notion.dataSources.query(query)).request_status, undefined);
};

steps["a schema is changed property by property, and a database gets a second data source"] = async () => {
  const database = await freshTable();
  const [{ id: source }] = database.data_sources;
  const before = (await notion.dataSources.retrieve({ data_source_id: source })).properties;
  const changed = await notion.dataSources.update({
    data_source_id: source,
    properties: { Notes: { name: "Remarks" }, Amount: null, Extra: { number: { format: "percent" } } },
  });
  assert.equal(changed.properties.Remarks.id, before.Notes.id);
  assert.equal(changed.properties.Amount, undefined);
  assert.equal(changed.properties.Extra.number.format, "percent");
  const second = await notion.dataSources.create({
    parent: { type: "database_id", database_id: database.id },
    properties: { Name: { title: {} } },
    title: text("Second"),
  });
  const names = (await notion.databases.retrieve({ database_id: database.id })).data_sources.map(({ name }) => name);
  assert.deepEqual(names, [`Tour ${tables}`, "Second"]);
  const moved = await notion.pages.move({
    page_id: (await row(source, { Name: { title: text("Mover") } })).id,
    parent: { type: "data_source_id", data_source_id: second.id },
  });
  assert.equal(moved.parent.data_source_id, second.id);
  assert.equal(plain(moved.properties.Name.title), "Mover");
  const renamed = await notion.databases.update({ database_id: database.id, title: text("Renamed"), is_inline: true });
  assert.deepEqual([plain(renamed.title), renamed.is_inline], ["Renamed", true]);
};

steps["pages and databases go to the trash and come back"] = async () => {
  const database = await freshTable();
  const [{ id: source }] = database.data_sources;
  const page = await row(source);
  const rows = async () => (await notion.dataSources.query({ data_source_id: source })).results.length;
  const trash = (in_trash) => notion.pages.update({ page_id: page.id, in_trash });
  assert.equal((await trash(true)).in_trash, true);
  assert.equal(await rows(), 0);
  assert.equal((await notion.pages.retrieve({ page_id: page.id })).in_trash, true);
  const write = () => notion.pages.update({ page_id: page.id, properties: { Amount: { number: 1 } } });
  await refused(write, "validation_error", 400, /unarchive the block/);
  assert.equal((await trash(false)).in_trash, false);
  assert.equal(await rows(), 1);
  const archive = () => notion.pages.update({ page_id: page.id, archived: true });
  if (hasArchived) assert.equal((await archive()).archived, true);
  else await refused(archive, "validation_error", 400, /body.archived should be not present/);
  const gone = await notion.blocks.delete({ block_id: page.id });
  assert.deepEqual([gone.type, gone.in_trash], ["child_page", true]);
  const away = await notion.databases.update({ database_id: database.id, in_trash: true });
  assert.equal(away.in_trash, true);
  assert.equal((await notion.databases.update({ database_id: database.id, in_trash: false })).in_trash, false);
};

steps["blocks are appended nested, listed, changed, deleted and restored"] = async () => {
  const page = await notion.pages.create({
    parent: { page_id: PARENT },
    properties: { title: text("Blocks") },
    children: [paragraph("one"), { heading_2: { rich_text: text("two") } }],
  });
  const list = (block_id = page.id, page_size = 2) => collectPaginatedAPI(notion.blocks.children.list, { block_id, page_size });
  const first = await list();
  assert.ok(first.every(isFullBlock));
  assert.deepEqual(words(first), ["one", "two"]);
  const made = await notion.blocks.children.append({
    block_id: page.id,
    children: [
      { toggle: { rich_text: text("outer"), children: [paragraph("inner", [{ to_do: { rich_text: text("deep"), checked: true } }])] } },
      { code: { rich_text: text("let x"), language: "javascript" } },
      { callout: { rich_text: text("look"), icon: { emoji: "👀" } } },
    ],
  });
  assert.deepEqual(words(made.results), ["outer", "let x", "look"]);
  const [outer] = made.results;
  assert.equal(outer.has_children, true);
  const [inner] = await list(outer.id);
  assert.deepEqual(inner.parent, { type: "block_id", block_id: outer.id });
  assert.deepEqual((await list(inner.id))[0].to_do.checked, true);
  const where = hasArchived ? { after: first[0].id } : { position: { type: "after_block", after_block: { id: first[0].id } } };
  await notion.blocks.children.append({ block_id: page.id, children: [paragraph("one and a half")], ...where });
  assert.deepEqual(words(await list()), ["one", "one and a half", "two", "outer", "let x", "look"]);
  for (const [name, payload] of Object.entries({
    divider: {},
    equation: { expression: "x^2" },
    bookmark: { url: "https://a.example" },
    image: { external: { url: "https://a.example/a.png" } },
    table: { table_width: 2, children: [{ table_row: { cells: [text("a"), text("b")] } }] },
    column_list: { children: [{ column: { children: [paragraph("l")] } }, { column: { children: [paragraph("r")] } }] },
  })) {
    const { results } = await notion.blocks.children.append({ block_id: page.id, children: [{ [name]: payload }] });
    assert.equal(results[0].type, name);
    assert.deepEqual((await notion.blocks.retrieve({ block_id: results[0].id }))[name], results[0][name]);
  }
  const block_id = first[0].id;
  const changed = await notion.blocks.update({ block_id, paragraph: { rich_text: text("ONE"), color: "red" } });
  assert.deepEqual([plain(changed.paragraph.rich_text), changed.paragraph.color], ["ONE", "red"]);
  assert.equal((await notion.blocks.delete({ block_id })).in_trash, true);
  assert.equal(words((await list()).slice(0, 1))[0], "one and a half");
  assert.equal((await notion.blocks.update({ block_id, in_trash: false })).in_trash, false);
  assert.equal(words((await list()).slice(0, 1))[0], "ONE");
  const many = Array.from({ length: 101 }, () => paragraph("x"));
  const tooMany = () => notion.blocks.children.append({ block_id: page.id, children: many });
  await refused(tooMany, "validation_error", 400, /body.children.length should be ≤ `100`, instead was `101`/);
};

steps["pages in a page have their places"] = async () => {
  const properties = { title: text("Inner") };
  const outer = await notion.pages.create({ parent: { page_id: PARENT }, properties, children: [paragraph("a"), paragraph("b")] });
  const parent = { page_id: outer.id };
  const inside = async () => (await notion.blocks.children.list({ block_id: outer.id })).results.map(({ id }) => id);
  const [a, b] = await inside();
  const make = async (position) => (await notion.pages.create({ parent, properties, position })).id;
  const first = await make({ type: "page_start" });
  const last = await make(undefined);
  const second = await make({ type: "after_block", after_block: { id: a } });
  assert.deepEqual(await inside(), [first, a, second, b, last]);
  const row = { parent: { data_source_id: DATA_SOURCE }, properties: {}, position: { type: "page_start" } };
  await refused(() => notion.pages.create(row), "validation_error", 400, /body.position should be not present/);
};

steps["comments are made, listed, changed and deleted"] = async () => {
  const page = await row(DATA_SOURCE, { Name: { title: text("Talk") } });
  const comment = await notion.comments.create({ parent: { page_id: page.id }, rich_text: text("hello") });
  assert.ok(isFullComment(comment));
  await notion.comments.create({ discussion_id: comment.discussion_id, rich_text: text("and again") });
  const list = await collectPaginatedAPI(notion.comments.list, { block_id: page.id, page_size: 1 });
  assert.deepEqual(list.map((one) => plain(one.rich_text)), ["hello", "and again"]);
  const changed = await notion.comments.update({ comment_id: comment.id, rich_text: text("bye") });
  assert.equal(plain(changed.rich_text), "bye");
  assert.equal(plain((await notion.comments.retrieve({ comment_id: comment.id })).rich_text), "bye");
  await notion.comments.delete({ comment_id: comment.id });
  await refused(() => notion.comments.retrieve({ comment_id: comment.id }), "object_not_found", 404);
  await notion.pages.update({ page_id: page.id, in_trash: true });
};

steps["files are sent whole, in parts or from elsewhere, and put into a row"] = async () => {
  const file = (data) => ({ filename: "devis.txt", data: new Blob([data], { type: "text/plain" }) });
  const whole = await notion.fileUploads.create({ mode: "single_part", filename: "devis.txt" });
  assert.deepEqual([whole.status, whole.content_type], ["pending", "text/plain"]);
  const [{ id: source }] = (await freshTable()).data_sources;
  const attach = (id) => row(source, { Files: { files: [{ file_upload: { id } }] } });
  await refused(() => attach(whole.id), "validation_error", 400, /has not been sent/);
  const sent = await notion.fileUploads.send({ file_upload_id: whole.id, file: file("hello") });
  assert.deepEqual([sent.status, sent.content_length, sent.upload_url], ["uploaded", 5, undefined]);
  const [attached] = (await attach(whole.id)).properties.Files.files;
  assert.deepEqual([attached.type, attached.name], ["file", "devis.txt"]);
  assert.match(attached.file.url, /devis\.txt\?/);

  const parts = await notion.fileUploads.create({ mode: "multi_part", filename: "devis.txt", number_of_parts: 2 });
  const file_upload_id = parts.id;
  await notion.fileUploads.send({ file_upload_id, file: file("one"), part_number: "1" });
  await refused(() => notion.fileUploads.complete({ file_upload_id }), "validation_error", 400, /1 of 2 parts/);
  const half = await notion.fileUploads.send({ file_upload_id, file: file("two"), part_number: "2" });
  assert.deepEqual([half.status, half.number_of_parts], ["pending", { total: 2, sent: 2 }]);
  assert.equal((await notion.fileUploads.complete({ file_upload_id })).status, "uploaded");

  const elsewhere = { mode: "external_url", filename: "a.pdf", external_url: "https://a.example/a.pdf" };
  const fetched = await notion.fileUploads.create(elsewhere);
  assert.equal((await notion.fileUploads.retrieve({ file_upload_id: fetched.id })).status, "uploaded");
  await notion.fileUploads.create({});
  const uploads = await collectPaginatedAPI(notion.fileUploads.list, { page_size: 2 });
  assert.deepEqual(uploads.map((upload) => upload.status), ["pending", "uploaded", "uploaded", "uploaded"]);
  assert.equal((await notion.fileUploads.list({ status: "pending" })).results.length, 1);
};

steps["a body is read and changed as Markdown"] = async () => {
  const page = await notion.pages.create({
    parent: { page_id: PARENT },
    properties: { title: text("Markdown") },
    markdown: "# One\n\n- a\n\t- b",
  });
  const page_id = page.id;
  const read = async () => (await notion.pages.retrieveMarkdown({ page_id })).markdown;
  assert.equal(await read(), "# One\n- a\n\t- b");
  assert.deepEqual(words((await notion.blocks.children.list({ block_id: page_id })).results), ["One", "a"]);
  const change = (type, payload, more = {}) => notion.pages.updateMarkdown({ page_id, type, [type]: payload, ...more });
  assert.equal((await change("insert_content", { content: "- [x] c" })).markdown, "# One\n- a\n\t- b\n- [x] c");
  const updates = [{ old_str: "One", new_str: "Two" }];
  assert.equal((await change("update_content", { content_updates: updates })).markdown, "# Two\n- a\n\t- b\n- [x] c");
  const again = () => change("update_content", { content_updates: updates });
  await refused(again, "validation_error", 400, /Could not find `old_str`/);
  const task = await change("replace_content", { new_str: "> end" }, { allow_async: true });
  assert.equal(task.status, "queued");
  assert.equal((await notion.asyncTasks.retrieve({ task_id: task.id })).result.markdown, "> end");
  assert.equal(await read(), "> end");
  assert.deepEqual((await notion.customEmojis.list({})).results, []);
};

steps["errors carry the codes that the client knows"] = async () => {
  const nobody = "393abc1e-0000-8111-a222-333344445555";
  const get = (client, page_id) => () => client.pages.retrieve({ page_id });
  await refused(get(connect({ auth: "nobody" }), nobody), APIErrorCode.Unauthorized, 401, /API token is invalid/);
  await refused(get(notion, nobody), APIErrorCode.ObjectNotFound, 404, /Could not find page with ID: 393abc1e/);
  await refused(get(notion, "AAA"), APIErrorCode.ValidationError, 400, /path.page_id should be a valid uuid, instead was `"AAA"`/);
  const reader = connect({ auth: env.SANDBOX_READ_TOKEN });
  const make = (client) => () => client.pages.create({ parent: { data_source_id: DATA_SOURCE }, properties: {} });
  await refused(make(reader), APIErrorCode.RestrictedResource, 403);
  await refused(() => notion.request({ path: "nowhere", method: "get" }), APIErrorCode.InvalidRequestURL, 400);
  await refused(() => notion.views.list({}), "invalid_request", 400, /The sandbox does not play GET \/v1\/views/);
  const wrong = (properties) => () => notion.pages.create({ parent: { data_source_id: DATA_SOURCE }, properties });
  await refused(wrong({ Nope: { number: 1 } }), APIErrorCode.ValidationError, 400, /Nope is not a property that exists/);
  await refused(wrong({ Sector: { multi_select: [{ name: "a, b" }] } }), APIErrorCode.ValidationError, 400, /commas not allowed/);
  await refused(wrong({ Notes: { rich_text: text("x".repeat(2001)) } }), APIErrorCode.ValidationError, 400, /should be ≤ `2000`, instead was `2001`/);
  for (const [status, code] of [[409, "conflict_error"], [500, "internal_server_error"], [503, "service_unavailable"], [504, "gateway_timeout"]]) {
    await fault({ answer: { status } });
    await refused(make(notion), code, status);
  }
  for (const shape of ["html", "empty"]) {
    await fault({ answer: { status: 502, shape } });
    await refused(make(notion), ClientErrorCode.ResponseError, 502);
  }
  const committed = await fault({ answer: { status: 503, applied: true } }).then(() => make(notion)().catch((error) => error));
  assert.match(committed.message, /^The change was saved, but the response could not be built in time/);
  const saved = await notion.pages.retrieve({ page_id: committed.additional_data.committed_resource_id });
  await notion.pages.update({ page_id: saved.id, in_trash: true });
};

steps["what the service asks to repeat is repeated"] = async () => {
  const posts = async () => {
    const { routes } = await control("GET", "/stats");
    return routes.find((route) => route.remote === "notion" && route.method === "POST" && route.route === "/v1/search")?.requests ?? 0;
  };
  for (const status of [429, 529]) {
    const before = await posts();
    await fault({ answer: { status } }, { times: 2 });
    await notion.search({ page_size: 1 });
    assert.equal(await posts(), before + 3);
  }
  await fault({ answer: { status: 429, retry_after: 1 } });
  const began = Date.now();
  await notion.users.me();
  assert.ok(Date.now() - began >= 900, "Retry-After was not waited for");
  await fault({ answer: { status: 500 } });
  assert.equal((await notion.users.me()).type, "bot");
  await fault({ answer: { status: 429 } }, { times: 3 });
  await refused(() => notion.users.me(), APIErrorCode.RateLimited, 429);
};

(async () => {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step();
    } catch (error) {
      console.log(`FAILED  ${name}\n${error.stack}\n${error.body ?? ""}`);
      process.exit(1);
    }
    console.log(`ok      ${name}`);
  }
})();
