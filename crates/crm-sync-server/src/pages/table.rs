//! `/connectors/{remote}/table`: which table, from what the token can see or from a pasted address.

use actix_web::web::Path;
use askama::Template;
use connector_core::fold::fold;
use connector_core::id::BaseId;
use connector_core::provider::Base;

use super::fields::Fields;
use super::frame::{Frame, Place};
use super::tool::Tool;
use super::trouble::{Answer, Trouble, see};
use super::visitor::Visitor;
use crate::failure::Failure;
use crate::logs::filtered;
use crate::messages::{self, Words};
use crate::service::connection;

/// Up to so many bases, all their tables are shown at once; with more, those of one that is chosen.
const SHOWN_AT_ONCE: usize = 4;

#[derive(Debug, Template)]
#[template(path = "table.html")]
struct View {
    t: Words,
    frame: Frame,
    remote: &'static str,
    name: &'static str,
    example: &'static str,
    pasted: String,
    fault: String,
    seen_title: String,
    query: String,
    nothing: String,
    bases: Vec<BaseView>,
}

#[derive(Debug)]
struct BaseView {
    id: String,
    name: String,
    is_read_only: bool,
    /// What a search looks at.
    text: String,
    tables: Vec<TableView>,
}

#[derive(Debug)]
struct TableView {
    id: String,
    name: String,
    is_chosen: bool,
}

pub(super) async fn show(visitor: Visitor, path: Path<String>) -> Answer {
    let tool = Tool::of(&path).ok_or(Trouble::Missing)?;
    let view = view(&visitor, tool, "", String::new()).await?;
    visitor.page(&view)
}

/// Opens a pasted address: its table, or the tables of its base.
pub(super) async fn open(visitor: Visitor, path: Path<String>, fields: Fields) -> Answer {
    let tool = Tool::of(&path).ok_or(Trouble::Missing)?;
    let text = fields.get("address").unwrap_or_default();
    let Some(located) = visitor.app().provider(tool.remote).await?.locate(text) else {
        let view = view(&visitor, tool, text, visitor.words().table_no_address()).await?;
        return visitor.page(&view);
    };
    let base = located.base;
    match located.container {
        Some(table) => see(format!("/connectors/{}/mapping?base={base}&table={table}", tool.remote)),
        None => see(format!("/connectors/{}/table?base={base}", tool.remote)),
    }
}

async fn view(visitor: &Visitor, tool: Tool, pasted: &str, fault: String) -> Result<View, Trouble> {
    let (t, app) = (visitor.words(), visitor.app());
    let provider = app.provider(tool.remote).await?;
    let query = visitor.query.get("q").unwrap_or_default();
    let wanted = visitor.query.get("base").map(BaseId::from);
    let chosen =
        connection::of_remote(app, tool.remote).await.ok().map(|configured| configured.settings.table);
    let mut seen = provider.bases().await.map_err(Failure::from)?;
    if let Some(base) = wanted.clone().filter(|base| seen.iter().all(|known| known.id != *base)) {
        // A token may open a base without being allowed to list it.
        seen.push(Base { name: base.to_string(), id: base, writable: None });
    }
    let all_at_once = seen.len() <= SHOWN_AT_ONCE;
    let mut bases = Vec::new();
    for base in seen {
        let mut tables = Vec::new();
        if wanted.as_ref().map_or(all_at_once, |wanted| *wanted == base.id) {
            for table in provider.containers(&base.id).await.map_err(Failure::from)? {
                let is_chosen = chosen.as_ref() == Some(&table.id);
                tables.push(TableView { id: table.id.to_string(), name: table.name, is_chosen });
            }
        }
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        let text = fold(&format!("{} {}", base.name, names.join(" ")));
        if query.is_empty() || text.contains(&fold(query)) {
            let is_read_only = base.writable == Some(false);
            bases.push(BaseView { id: base.id.to_string(), name: base.name, is_read_only, text, tables });
        }
    }
    Ok(View {
        t,
        frame: visitor.frame(messages::table_title(visitor.lang, tool.remote), Place::Connectors).await?,
        remote: tool.remote,
        name: tool.name(),
        example: tool.example,
        pasted: filtered(pasted),
        fault,
        seen_title: t.table_seen(),
        query: query.to_owned(),
        nothing: if query.is_empty() { t.table_nothing() } else { t.table_not_found() },
        bases,
    })
}
