//! What a run came to, without the ids and times that differ from one run to the next.

use std::collections::BTreeMap;
use std::fmt;

use connector_core::id::DealId;
use connector_core::state::Deal;
use connector_core::store::Store as _;
use connector_core::value::Value;
use connector_sandbox::Remote;
use crm_sync_server::app::App;
use crm_sync_server::crm;
use crm_sync_server::service::configure::KEY_FIELD;
use serde_json::Value as Json;

use crate::office::Office;
use crate::scene::MARK;

/// The cells of a record that a sync reads or writes.
const FIELDS: [&str; 8] = ["Name", "Status", "Amount", "Sector", "Due Date", "Assignee", "Notes", MARK];

/// Everything that both sides and our books hold: the deals, the records, the links between them, creations that were
/// begun, and the values that lost. One line each, in order.
#[derive(Clone, PartialEq, Eq)]
pub struct Outcome(Vec<String>);

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl Outcome {
    /// As it stands in this office. Nobody may be at work in it.
    pub async fn of(office: &Office) -> Self {
        let app = office.app().await;
        let store = &app.store;
        let deals = store.deals().await.expect("a database");
        let state = store.state(&office.connection).await.expect("a database");
        let linked: Vec<DealId> = state.links.iter().map(|link| link.deal.clone()).collect();
        let graves = store.graves(&linked).await.expect("a database");
        let labels: BTreeMap<&str, String> = deals
            .iter()
            .chain(graves.iter().map(|grave| &grave.deal))
            .map(|deal| (deal.id.as_str(), label(&app, deal)))
            .collect();
        let label_of = |deal: &str| labels.get(deal).map_or("nobody", String::as_str);

        let mut lines: Vec<String> = deals.iter().map(|deal| format!("deal {}", whole(&app, deal))).collect();
        lines.extend(graves.iter().map(|grave| format!("grave {}", whole(&app, &grave.deal))));
        let records = records(office);
        for (id, record) in &records {
            let found = state.links.iter().filter(|link| link.agreement.remote.as_str() == id);
            let mut linked_to: Vec<_> = found
                .map(|link| {
                    let agreement = &link.agreement;
                    let (crm, theirs) = (values(&agreement.crm), values(&agreement.theirs));
                    let deal = label_of(link.deal.as_str());
                    format!("{} with {deal}, agreed on {crm} and {theirs}", agreement.status)
                })
                .collect();
            linked_to.sort();
            lines.push(format!(
                "record {}; stamped {}; linked {linked_to:?}",
                record.cells,
                label_of(&record.stamp)
            ));
        }
        let gone =
            |link: &&connector_core::state::Link| !records.contains_key(link.agreement.remote.as_str());
        for link in state.links.iter().filter(gone) {
            lines.push(format!("link of a record that is gone: {} with {}", link.agreement.status, {
                label_of(link.deal.as_str())
            }));
        }
        for intent in &state.intents {
            lines.push(format!("intent of {}", label_of(intent.deal.as_str())));
        }
        for deal in &linked {
            for disputed in store.deal_conflicts(deal).await.expect("a database") {
                let conflict = &disputed.conflict;
                lines.push(format!(
                    "conflict {}, {}: {}, {} in the CRM, {} in the remote, won by {:?}",
                    label_of(deal.as_str()),
                    conflict.unit,
                    disputed.state,
                    conflict.crm,
                    conflict.theirs,
                    conflict.winner,
                ));
            }
        }
        lines.sort();
        Self(lines)
    }

    /// The lines that only one of two outcomes has: `-` this one, `+` the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> String {
        let missing = |from: &Self, of: &Self, sign: char| -> Vec<String> {
            let mut rest = of.0.clone();
            let mut missing = Vec::new();
            for line in &from.0 {
                match rest.iter().position(|other| other == line) {
                    Some(position) => drop(rest.remove(position)),
                    None => missing.push(format!("{sign} {line}")),
                }
            }
            missing
        };
        [missing(self, other, '-'), missing(other, self, '+')].concat().join("\n")
    }
}

/// What tells a deal from others in a list: two may have the same name.
fn label(app: &App, deal: &Deal) -> String {
    let unit = |key| app.units().position(key).and_then(|position| deal.values.get(position));
    let shown = |key| unit(key).map(Value::to_string).unwrap_or_default();
    format!("{} at {}", shown(crm::CLIENT), shown(crm::MONTANT_BRUT))
}

fn whole(app: &App, deal: &Deal) -> String {
    let cells = app.units().iter().zip(&deal.values);
    let cells: Vec<_> = cells.map(|(unit, value)| format!("{}: {value}", unit.key)).collect();
    cells.join(", ")
}

fn values(values: &[Option<Value>]) -> String {
    let shown = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), Value::to_string);
    values.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// A record of the remote.
struct Record {
    cells: String,
    stamp: String,
}

/// All records, those in the trash too, by id.
fn records(office: &Office) -> BTreeMap<String, Record> {
    let sandbox = &office.sandbox;
    match office.remote {
        Remote::Airtable => {
            let record = |id: String| {
                let found = sandbox.airtable_record(&id).expect("a record");
                let cell = |name: &str| found.pointer(&format!("/fields/{name}")).cloned();
                let cells = FIELDS.map(|name| cell(name).unwrap_or_default().to_string());
                let stamp = cell(KEY_FIELD).unwrap_or_default();
                (id, Record { cells: cells.join(", "), stamp: text(&stamp) })
            };
            sandbox.airtable_record_ids().into_iter().map(record).collect()
        }
        Remote::Notion => {
            let world = sandbox.world();
            let sources = world.pointer("/notion/data_sources").and_then(Json::as_array);
            let pages = sources.into_iter().flatten().filter(|source| {
                source.get("id").and_then(Json::as_str) == Some(sandbox.notion_data_source_id())
            });
            let pages = pages.filter_map(|source| source.get("pages")?.as_array()).flatten();
            let record = |page: &Json| {
                let cell = |name: &str| page.pointer(&format!("/properties/{name}")).cloned();
                let trash = page.get("in_trash").cloned().unwrap_or_default();
                let cells = FIELDS.map(|name| plain(&cell(name).unwrap_or_default()));
                let stamp = cell(KEY_FIELD).unwrap_or_default();
                let id = page.get("id").map(text).unwrap_or_default();
                let cells = format!("{}, in the trash: {trash}", cells.join(", "));
                (id, Record { cells, stamp: plain(&stamp) })
            };
            pages.map(record).collect()
        }
    }
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

/// What a person sees in a property of Notion.
fn plain(property: &Json) -> String {
    let kind = property.get("type").and_then(Json::as_str).unwrap_or_default();
    match property.get(kind) {
        Some(Json::Array(parts)) => {
            let shown = |part: &Json| {
                let words = part.get("plain_text").or_else(|| part.get("name"));
                words.map(text).unwrap_or_default()
            };
            parts.iter().map(shown).collect()
        }
        Some(Json::Object(option)) => option.get("name").map(text).unwrap_or_default(),
        other => other.cloned().unwrap_or_default().to_string(),
    }
}
