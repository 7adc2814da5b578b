// Walks airtable.js, unmodified, through the sandbox and asserts on every answer.
//
// Reads SANDBOX_URL, SANDBOX_TOKEN, SANDBOX_READ_TOKEN (may only read records) and SANDBOX_BASE from the
// environment. Each step runs on a table of its own; the first that fails ends the tour with exit status 1.
"use strict";

const assert = require("node:assert/strict");
const Airtable = require("airtable");

const { SANDBOX_URL, SANDBOX_TOKEN, SANDBOX_READ_TOKEN, SANDBOX_BASE } = process.env;

const base = new Airtable({ apiKey: SANDBOX_TOKEN, endpointUrl: SANDBOX_URL }).base(SANDBOX_BASE);
const steps = {};
let tables = 0;

// An empty table; airtable.js has no call for this.
async function freshTable(name = `Js tour ${++tables}`) {
  const fields = [
    { name: "text", type: "singleLineText" },
    { name: "number", type: "number", options: { precision: 2 } },
    { name: "done", type: "checkbox", options: { icon: "check", color: "greenBright" } },
    { name: "stage", type: "singleSelect", options: { choices: [{ name: "Open" }, { name: "Won" }] } },
  ];
  const response = await fetch(`${SANDBOX_URL}/v0/meta/bases/${SANDBOX_BASE}/tables`, {
    method: "POST",
    headers: { Authorization: `Bearer ${SANDBOX_TOKEN}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name, fields }),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

async function refused(call, statusCode, error, message) {
  await assert.rejects(call, (failure) => {
    assert.deepEqual([failure.statusCode, failure.error], [statusCode, error], String(failure));
    if (message) assert.match(failure.message, message);
    return true;
  });
}

const ids = (records) => records.map((record) => record.id);
const texts = (records) => records.map((record) => record.get("text"));
const rows = (count, offset = 0) =>
  Array.from({ length: count }, (_, index) => ({
    fields: { text: `Record ${String(index + offset).padStart(2, "0")}`, number: index + offset },
  }));

async function fill(table, count) {
  const created = [];
  for (let start = 0; start < count; start += 10) {
    created.push(...(await table.create(rows(Math.min(10, count - start), start))));
  }
  return created;
}

steps["one record is created, found, updated, replaced and destroyed"] = async () => {
  const table = base((await freshTable()).id);
  const record = await table.create({ text: "A", number: 1, done: true });
  assert.deepEqual(record.fields, { text: "A", number: 1, done: true });
  assert.match(record._rawJson.createdTime, /\.000Z$/);
  assert.deepEqual((await table.find(record.id)).fields, record.fields);
  assert.deepEqual((await table.update(record.id, { text: "B" })).fields, { text: "B", number: 1, done: true });
  assert.deepEqual((await table.replace(record.id, { number: 2 })).fields, { number: 2 });
  await record.patchUpdate({ text: "by the record" });
  assert.equal(record.get("text"), "by the record");
  await record.putUpdate({ text: "only" });
  assert.deepEqual(record.fields, { text: "only" });
  await record.fetch();
  assert.deepEqual(record.fields, { text: "only" });
  assert.equal((await table.destroy(record.id)).id, record.id);
  await refused(() => table.find(record.id), 403, "NOT_AUTHORIZED");
};

steps["many records are created, updated, replaced and destroyed"] = async () => {
  const table = base((await freshTable()).id);
  const created = await table.create(rows(10));
  assert.deepEqual(texts(created), rows(10).map((row) => row.fields.text));
  const changed = await table.update(created.map(({ id }) => ({ id, fields: { text: "C" } })));
  assert.deepEqual(ids(changed), ids(created));
  assert.ok(changed.every((record) => record.get("text") === "C" && record.get("number") !== undefined));
  const replaced = await table.replace(created.map(({ id }) => ({ id, fields: { text: "D" } })));
  assert.ok(replaced.every((record) => record.get("number") === undefined));
  assert.deepEqual(ids(await table.destroy(ids(created))), ids(created));
  assert.deepEqual(await table.select().all(), []);
};

steps["callbacks work as promises do"] = async () => {
  const table = base((await freshTable()).id);
  const called = (run) =>
    new Promise((resolve, reject) => run((failure, value) => (failure ? reject(failure) : resolve(value))));
  const record = await called((done) => table.create({ text: "called back" }, done));
  assert.equal((await called((done) => table.find(record.id, done))).get("text"), "called back");
  const pages = [];
  await called((done) =>
    table.select().eachPage((records, next) => {
      pages.push(records.length);
      next();
    }, done),
  );
  assert.deepEqual(pages, [1]);
};

steps["lists are paged, limited, sorted, filtered and narrowed"] = async () => {
  const table = base((await freshTable("Js / tour & é")).name);
  const created = await fill(table, 30);
  for (const method of ["get", "post"]) {
    const sizes = [];
    const seen = new Set();
    await table.select({ pageSize: 10, maxRecords: 25, method }).eachPage((records, next) => {
      sizes.push(records.length);
      ids(records).forEach((id) => seen.add(id));
      next();
    });
    assert.deepEqual(sizes, [10, 10, 5], method);
    assert.equal(seen.size, 25);
    const sort = [{ field: "number", direction: "desc" }, { field: "text" }];
    assert.deepEqual(ids(await table.select({ sort, pageSize: 7, method }).all()), ids(created).reverse());
    assert.equal((await table.select({ pageSize: 4, method }).firstPage()).length, 4);
    const filterByFormula = "AND({number} >= 10, {number} < 12, {text} != \"it's\")";
    assert.equal((await table.select({ filterByFormula, fields: ["text"], method }).all()).length, 2);
    const narrow = await table.select({ filterByFormula, fields: ["text"], method }).firstPage();
    assert.deepEqual(Object.keys(narrow[0].fields), ["text"]);
    assert.equal((await table.select({ view: "Grid view", method }).all()).length, 30);
    const strings = { cellFormat: "string", timeZone: "Europe/Paris", userLocale: "fr", method };
    assert.equal(typeof (await table.select(strings).firstPage())[0].get("number"), "string");
    const byId = await table.select({ returnFieldsByFieldId: true, maxRecords: 1, method }).firstPage();
    assert.ok(Object.keys(byId[0].fields).every((key) => key.startsWith("fld")));
  }
};

steps["a query too long for the URL goes into the body"] = async () => {
  const table = base((await freshTable()).id);
  const created = await fill(table, 40);
  const absent = Array.from({ length: 460 }, (_, index) => `rec${String(index).padStart(14, "0")}`);
  const terms = [...ids(created).slice(1), ...absent].map((id) => `RECORD_ID()='${id}'`);
  assert.equal(terms.length, 499);
  const filterByFormula = `OR(${terms.join(",")})`;
  const found = await table.select({ filterByFormula, pageSize: 15 }).all();
  assert.deepEqual(ids(found).sort(), ids(created).slice(1).sort());
};

steps["the deprecated list call pages by hand"] = async () => {
  const table = base((await freshTable()).id);
  await fill(table, 12);
  const page = (limit, offset) =>
    new Promise((resolve, reject) =>
      table.list(limit, offset, {}, (failure, records, next) => (failure ? reject(failure) : resolve({ records, next }))),
    );
  const first = await page(10, undefined);
  assert.equal(first.records.length, 10);
  const second = await page(10, first.next);
  assert.equal(second.records.length, 2);
  assert.equal(second.next, undefined);
};

steps["typecast adds a choice and its absence refuses"] = async () => {
  const table = base((await freshTable()).id);
  await refused(() => table.create({ stage: "New" }), 422, "INVALID_MULTIPLE_CHOICE_OPTIONS", /New/);
  assert.equal((await table.create({ stage: "New" }, { typecast: true })).get("stage"), "New");
  const [many] = await table.create([{ fields: { stage: "Newer", number: "7" } }], { typecast: true });
  assert.deepEqual(many.fields, { stage: "Newer", number: 7 });
};

steps["upsert options pass through"] = async () => {
  const table = base((await freshTable()).id);
  const [first] = await table.create([{ fields: { text: "key" } }]);
  const performUpsert = { fieldsToMergeOn: ["text"] };
  const records = await table.update(
    [{ fields: { text: "key", number: 1 } }, { fields: { text: "other", number: 2 } }],
    { performUpsert },
  );
  assert.equal(records[0].id, first.id);
  assert.deepEqual(records.map((record) => record.get("number")), [1, 2]);
};

steps["errors carry the status and type that the client maps them to"] = async () => {
  const { id } = await freshTable();
  const table = base(id);
  const open = (apiKey, baseId = SANDBOX_BASE) => new Airtable({ apiKey, endpointUrl: SANDBOX_URL }).base(baseId)(id);
  await refused(() => open("patNobody").select().all(), 401, "AUTHENTICATION_REQUIRED");
  await refused(() => open(SANDBOX_READ_TOKEN).create({ text: "x" }), 403, "NOT_AUTHORIZED");
  await refused(() => open(SANDBOX_TOKEN, "appAAAAAAAAAAAAAA").select().all(), 404, "NOT_FOUND");
  await refused(() => base("Nowhere").select().all(), 403, "NOT_AUTHORIZED");
  await refused(() => table.find("recAAAAAAAAAAAAAA"), 403, "NOT_AUTHORIZED");
  await refused(() => table.find("rec1"), 404, "NOT_FOUND");
  await refused(() => table.create({ nope: 1 }), 422, "UNKNOWN_FIELD_NAME", /Unknown field name: "nope"/);
  await refused(() => table.create({ number: "x" }), 422, "INVALID_VALUE_FOR_COLUMN");
  await refused(() => table.create(rows(11)), 422, "INVALID_RECORDS");
  await refused(
    () => table.update([{ id: "recAAAAAAAAAAAAAA", fields: {} }]),
    422,
    "ROW_DOES_NOT_EXIST",
    /Record ID recAAAAAAAAAAAAAA does not exist in this table/,
  );
  await refused(() => table.select({ filterByFormula: "{" }).all(), 422, "INVALID_FILTER_BY_FORMULA");
  assert.deepEqual(await table.select().all(), []);
};

// The client repeats a refused request for ever; this ends the tour nevertheless.
setTimeout(() => {
  console.log("FAILED  the tour takes minutes");
  process.exit(1);
}, 300_000).unref();

(async () => {
  for (const [name, run] of Object.entries(steps)) {
    try {
      await run();
    } catch (failure) {
      console.log(`FAILED  ${name}`);
      console.log(failure);
      process.exit(1);
    }
    console.log(`ok      ${name}`);
  }
})();
