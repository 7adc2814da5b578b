// Walks the last @notionhq/client that speaks 2022-06-28, unmodified, through the sandbox's Notion.
//
// Reads the same variables as the tour of today's client. The first step that fails ends the tour with exit status 1.
"use strict";

const assert = require("node:assert/strict");
const {
  APIErrorCode,
  Client,
  collectPaginatedAPI,
  isFullDatabase,
  isFullPage,
  isNotionClientError,
} = require("notionhq-client-2022");

const env = process.env;
const notion = new Client({ auth: env.SANDBOX_TOKEN, baseUrl: env.SANDBOX_URL, logger: () => {} });
const text = (content) => [{ text: { content } }];
const plain = (runs) => runs.map((run) => run.plain_text).join("");
const steps = {};

async function refused(call, code, status, message) {
  await assert.rejects(call, (error) => {
    assert.ok(isNotionClientError(error), String(error));
    assert.deepEqual([error.code, error.status], [code, status], String(error));
    if (message) assert.match(error.message, message);
    return true;
  });
}

async function freshTable(title) {
  const database = await notion.databases.create({
    parent: { type: "page_id", page_id: env.SANDBOX_PARENT_PAGE },
    title: text(title),
    properties: {
      Name: { title: {} },
      Amount: { number: { format: "euro" } },
      Stage: { select: { options: [{ name: "Open" }, { name: "Won" }] } },
      Deals: { relation: { database_id: env.SANDBOX_DATABASE, single_property: {} } },
    },
  });
  assert.ok(isFullDatabase(database));
  return database;
}

const row = (database_id, properties = {}) => notion.pages.create({ parent: { database_id }, properties });

steps["users and search"] = async () => {
  assert.equal((await notion.users.me({})).type, "bot");
  assert.equal((await collectPaginatedAPI(notion.users.list, { page_size: 2 })).length, 6);
  const found = await notion.search({ query: "deals", filter: { property: "object", value: "database" } });
  assert.deepEqual(found.results.map((result) => [result.object, result.id]), [["database", env.SANDBOX_DATABASE]]);
  assert.equal(found.type, "page_or_database");
};

steps["a database is a table with a schema"] = async () => {
  const database = await freshTable("Tour 2022");
  assert.deepEqual(Object.keys(database.properties).sort(), ["Amount", "Deals", "Name", "Stage"]);
  assert.equal(database.properties.Deals.relation.database_id, env.SANDBOX_DATABASE);
  assert.equal(database.data_sources, undefined);
  const properties = { Stage: null, Amount: { name: "Value" }, Done: { checkbox: {} } };
  const changed = await notion.databases.update({ database_id: database.id, properties, title: text("Changed") });
  assert.deepEqual(Object.keys(changed.properties).sort(), ["Deals", "Done", "Name", "Value"]);
  assert.equal(changed.properties.Value.id, database.properties.Amount.id);
  assert.equal(plain(changed.title), "Changed");
};

steps["rows are created, queried to the end, updated, archived and restored"] = async () => {
  const all = await collectPaginatedAPI(notion.databases.query, { database_id: env.SANDBOX_DATABASE });
  assert.equal(new Set(all.map((page) => page.id)).size, 250);
  assert.ok(all.every(isFullPage));
  assert.deepEqual(all[0].parent, { type: "database_id", database_id: env.SANDBOX_DATABASE });
  const { id } = await freshTable("Rows");
  const page = await row(id, { Name: { title: text("Acme") }, Amount: { number: 5 }, Stage: { select: { name: "Won" } } });
  await row(id, { Name: { title: text("Bolt") } });
  const filter = { and: [{ property: "Stage", select: { equals: "Won" } }, { property: "Amount", number: { less_than: 9 } }] };
  const found = await notion.databases.query({ database_id: id, filter, sorts: [{ property: "Amount", direction: "ascending" }] });
  assert.deepEqual(found.results.map((result) => result.id), [page.id]);
  const update = (change) => notion.pages.update({ page_id: page.id, ...change });
  assert.equal((await update({ properties: { Amount: { number: null } } })).properties.Amount.number, null);
  assert.equal((await update({ archived: true })).archived, true);
  assert.equal((await notion.databases.query({ database_id: id })).results.length, 1);
  assert.equal((await update({ archived: false })).archived, false);
  const item = await notion.pages.properties.retrieve({ page_id: page.id, property_id: "title" });
  assert.equal(item.results[0].title.plain_text, "Acme");
};

steps["blocks and comments"] = async () => {
  const page = await notion.pages.create({
    parent: { page_id: env.SANDBOX_PARENT_PAGE },
    properties: { title: text("Body") },
    children: [{ paragraph: { rich_text: text("one") } }],
  });
  const [one] = (await notion.blocks.children.list({ block_id: page.id })).results;
  const children = [{ to_do: { rich_text: text("two") } }];
  await notion.blocks.children.append({ block_id: page.id, children, after: one.id });
  await notion.blocks.update({ block_id: one.id, paragraph: { rich_text: text("ONE") } });
  assert.equal((await notion.blocks.delete({ block_id: one.id })).archived, true);
  await notion.blocks.update({ block_id: one.id, archived: false });
  const blocks = await collectPaginatedAPI(notion.blocks.children.list, { block_id: page.id, page_size: 1 });
  assert.deepEqual(blocks.map((block) => plain(block[block.type].rich_text)), ["ONE", "two"]);
  await notion.comments.create({ parent: { page_id: page.id }, rich_text: text("hi") });
  assert.equal((await notion.comments.list({ block_id: page.id })).results.length, 1);
};

steps["errors, those of databases that this version cannot show included"] = async () => {
  const nobody = "393abc1e-0000-8111-a222-333344445555";
  await refused(() => notion.databases.retrieve({ database_id: nobody }), APIErrorCode.ObjectNotFound, 404);
  await refused(() => row(env.SANDBOX_DATABASE, { Nope: { number: 1 } }), APIErrorCode.ValidationError, 400);
  const { id } = await freshTable("Two sources");
  const response = await fetch(`${env.SANDBOX_URL}/v1/data_sources`, {
    method: "POST",
    headers: { authorization: `Bearer ${env.SANDBOX_TOKEN}`, "notion-version": "2025-09-03", "content-type": "application/json" },
    body: JSON.stringify({ parent: { database_id: id }, properties: { Name: { title: {} } } }),
  });
  assert.equal(response.status, 200);
  for (const call of [() => notion.databases.retrieve({ database_id: id }), () => row(id)]) {
    await refused(call, APIErrorCode.ValidationError, 400, /multiple data sources are not supported in this API version/);
  }
  const path = `data_sources/${nobody}/query`;
  await refused(() => notion.request({ path, method: "post", body: {} }), APIErrorCode.InvalidRequestURL, 400);
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
