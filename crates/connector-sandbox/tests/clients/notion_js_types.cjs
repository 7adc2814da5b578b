// Holds what the sandbox's Notion answers against the types that @notionhq/client declares, field by field.
//
// Each answer becomes a literal in a TypeScript program, so that a member that is missing, superfluous or of
// another type is an error of the compiler. Reads the same variables as the tour.
"use strict";

const path = require("node:path");
const { Client, collectPaginatedAPI } = require("@notionhq/client");
const ts = require("typescript");

const env = process.env;
const notion = new Client({ auth: env.SANDBOX_TOKEN, baseUrl: env.SANDBOX_URL, logger: () => {} });
const text = (content) => [{ text: { content } }];

// Recorded answers of the service have these members, the client's types do not.
function declared(key, member) {
  const undeclared =
    ["request_id", "email_verified"].includes(key) ||
    (key === "has_more" && this.type === "relation") ||
    member?.type === "last_visited_time";
  return undeclared ? undefined : member;
}

// Nor does the client declare what schemas say of these types of property.
const UNDECLARED_PROPERTIES = ["verification", "button", "place", "last_visited_time"];

const answers = [];
const note = (type, value) => {
  answers.push([type, JSON.parse(JSON.stringify(value, declared))]);
  return value;
};

async function visit() {
  const user = note("UserObjectResponse", await notion.users.me());
  note("ListUsersResponse", await notion.users.list({})).results.forEach((one) => note("UserObjectResponse", one));
  note("UserObjectResponse", await notion.users.retrieve({ user_id: user.id }));

  note("DatabaseObjectResponse", await notion.databases.retrieve({ database_id: env.SANDBOX_DATABASE }));
  const source = await notion.dataSources.retrieve({ data_source_id: env.SANDBOX_DATA_SOURCE });
  const known = ([, property]) => !UNDECLARED_PROPERTIES.includes(property.type);
  const properties = Object.fromEntries(Object.entries(source.properties).filter(known));
  note("DataSourceObjectResponse", { ...source, properties });
  note("ListDataSourceTemplatesResponse", await notion.dataSources.listTemplates({ data_source_id: source.id }));

  const found = note("SearchResponse", await notion.search({ page_size: 3 }));
  found.results.forEach((one) => note("PageObjectResponse", one));
  const rows = await notion.dataSources.query({ data_source_id: source.id, page_size: 12 });
  note("QueryDataSourceResponse", rows);
  rows.results.forEach((page) => note("PageObjectResponse", page));
  const full = rows.results.find((page) => page.properties.Company.relation.length > 0);
  for (const [name, { id, type }] of Object.entries(full.properties)) {
    if (type === "last_visited_time") continue;
    const item = await notion.pages.properties.retrieve({ page_id: full.id, property_id: id });
    note(item.object === "list" ? "PropertyItemListResponse" : "PropertyItemObjectResponse", item);
  }

  const page = await notion.pages.create({
    parent: { page_id: env.SANDBOX_PARENT_PAGE },
    properties: { title: text("Types") },
    icon: { emoji: "🧪" },
    cover: { external: { url: "https://a.example/cover.png" } },
  });
  note("PageObjectResponse", page);
  for (let start = 0; start < BLOCKS.length; start += 100) {
    const made = await notion.blocks.children.append({ block_id: page.id, children: BLOCKS.slice(start, start + 100) });
    note("AppendBlockChildrenResponse", made);
  }
  const append = { action: "append_blocks", record: page.id, blocks: SHOWN, remote: "notion" };
  const headers = { "content-type": "application/json" };
  await fetch(`${env.SANDBOX_CONTROL_URL}/edit`, { method: "POST", headers, body: JSON.stringify(append) });
  for (const block_id of [page.id, env.SANDBOX_PARENT_PAGE]) {
    note("ListBlockChildrenResponse", await notion.blocks.children.list({ block_id }));
    for (const block of await collectPaginatedAPI(notion.blocks.children.list, { block_id })) {
      note("BlockObjectResponse", block);
      for (const inner of await collectPaginatedAPI(notion.blocks.children.list, { block_id: block.id }).catch(() => [])) {
        note("BlockObjectResponse", inner);
      }
    }
  }
  note("BlockObjectResponse", await notion.blocks.retrieve({ block_id: page.id }));
  note("CommentObjectResponse", await notion.comments.create({ parent: { page_id: page.id }, rich_text: text("hi") }));
  note("ListCommentsResponse", await notion.comments.list({ block_id: page.id }));

  const parts = { mode: "multi_part", filename: "a.pdf", number_of_parts: 2 };
  for (const asked of [{ filename: "a.txt" }, parts]) note("FileUploadObjectResponse", await notion.fileUploads.create(asked));
  note("ListFileUploadsResponse", await notion.fileUploads.list({}));
  note("ListCustomEmojisResponse", await notion.customEmojis.list({}));
  note("PageMarkdownResponse", await notion.pages.retrieveMarkdown({ page_id: page.id }));
}

const lines = { rich_text: text("x") };
const external = { external: { url: "https://a.example/a.bin" } };
const BLOCKS = [
  ...["paragraph", "heading_1", "heading_2", "heading_3", "heading_4", "bulleted_list_item", "numbered_list_item",
    "to_do", "toggle", "quote", "callout", "template"].map((type) => ({ [type]: lines })),
  { paragraph: { rich_text: [
    { mention: { page: { id: env.SANDBOX_PARENT_PAGE } } },
    { mention: { database: { id: env.SANDBOX_DATABASE } } },
    { mention: { date: { start: "2026-12-01" } } },
    { equation: { expression: "x" } },
    { text: { content: "y", link: { url: "https://a.example" } }, annotations: { bold: true, color: "red" } },
  ] } },
  { code: { ...lines, language: "rust" } },
  { equation: { expression: "x" } },
  ...["divider", "breadcrumb", "table_of_contents"].map((type) => ({ [type]: {} })),
  ...["bookmark", "embed"].map((type) => ({ [type]: { url: "https://a.example" } })),
  ...["image", "video", "audio", "pdf", "file"].map((type) => ({ [type]: external })),
  { link_to_page: { page_id: env.SANDBOX_PARENT_PAGE } },
  { synced_block: { synced_from: null, children: [{ divider: {} }] } },
  { table: { table_width: 1, children: [{ table_row: { cells: [text("x")] } }] } },
  { column_list: { children: [1, 2].map(() => ({ column: { children: [{ divider: {} }] } })) } },
  { tab: { children: [{ paragraph: lines }] } },
];
const SHOWN = [
  { unsupported: { block_type: "form" } },
  { link_preview: { url: "https://a.example" } },
  { meeting_notes: { title: text("Point"), status: "notes_ready" } },
];

// The errors of the compiler, one a line.
function errors() {
  const folder = path.dirname(path.dirname(require.resolve("@notionhq/client/package.json")));
  const file = path.join(folder, "answers.ts");
  const types = [...new Set(answers.map(([type]) => type))].map((type) => `  ${type},`);
  const literals = answers.map(([type, value], index) => `export const a${index}: ${type} = ${JSON.stringify(value)};`);
  const endpoints = path.join(folder, "client", "build", "src", "api-endpoints");
  const source = [`import type {`, ...types, `} from ${JSON.stringify(endpoints)};`, ...literals].join("\n");
  const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...more) =>
    name === file ? ts.createSourceFile(name, source, ...more) : read(name, ...more);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map((error) => {
    const at = error.file?.fileName === file ? source.slice(0, error.start).split("\n").length - types.length - 3 : -1;
    const near = at >= 0 ? ` in a ${answers[at]?.[0]}, near ${source.slice(error.start, error.start + 80)}` : "";
    return ts.flattenDiagnosticMessageText(error.messageText, "\n") + near;
  });
}

visit().then(() => {
  const found = errors();
  console.log(found.join("\n\n"));
  console.log(`${answers.length} answers, ${found.length} errors`);
  process.exit(found.length === 0 ? 0 : 1);
});
