//! `/connectors/{remote}/mapping`: which field goes with which, what becomes of real values, and the options.

mod pair;
mod policy;
mod stages;

use std::collections::BTreeMap;

use actix_web::web::Path;
use askama::Template;
use connector_core::id::{OptionId, UnitKey};
use connector_core::mapping::{Binding, Problem, Severity};
use connector_core::plan::{Deletion, Deletions, Precedence, Side, Strategy};
use strum::VariantArray as _;

use super::fields::Fields;
use super::frame::{Frame, Place};
use super::tool::Tool;
use super::trouble::{Answer, Trouble, see};
use super::visitor::Visitor;
use crate::failure::Failure;
use crate::messages::{self, Lang, Words};
use crate::service::configure::{self, Draft, KeyField, Wanted};
use crate::service::policy::Pairing;
use crate::service::sampling::{self, Sample};

use pair::{FieldView, UnitView};
pub(super) use policy::{Choice, pairings, precedences};
use policy::{DeletionView, MarkView, Switch, deletions, marks, strategies, switches, ties};
use stages::StageTable;

#[derive(Debug, Template)]
#[template(path = "mapping.html")]
struct View {
    t: Words,
    frame: Frame,
    remote: &'static str,
    name: &'static str,
    base: String,
    table: String,
    told: String,
    units: Vec<UnitView>,
    fields: Vec<FieldView>,
    stages: Option<StageTable>,
    /// The name of the field that holds the deals' ids; empty without one.
    key_field: String,
    natural: Vec<NaturalView>,
    strategies: Vec<Choice<Strategy>>,
    create_options: bool,
    deletions: Vec<DeletionView>,
    approve_deletions: bool,
    pairings: Vec<Choice<Pairing>>,
    precedences: Vec<Choice<Precedence>>,
    ties: Vec<Choice<Side>>,
    switches: Vec<Switch>,
    marks: Vec<MarkView>,
    /// Whether one of the advanced settings has to be mended.
    is_advanced_open: bool,
}

/// A unit that may tell which deal a record is.
#[derive(Debug)]
struct NaturalView {
    key: UnitKey,
    name: String,
    is_on: bool,
}

pub(super) async fn show(visitor: Visitor, path: Path<String>) -> Answer {
    let tool = Tool::of(&path).ok_or(Trouble::Missing)?;
    let wanted = wanted(&visitor.query);
    match view(&visitor, tool, wanted).await {
        Err(Trouble::Failure(failure)) if matches!(*failure, Failure::NotConfigured { .. }) => {
            see(format!("/connectors/{}/table", tool.remote))
        }
        view => visitor.page(&view?),
    }
}

/// Saves the mapping if it can work; what cannot is told where it stands, and nothing is saved.
pub(super) async fn save(visitor: Visitor, path: Path<String>, fields: Fields) -> Answer {
    let tool = Tool::of(&path).ok_or(Trouble::Missing)?;
    let is_key_field = fields.get("then") == Some("key-field");
    let mut wanted = wanted(&fields);
    if is_key_field {
        wanted.key_field = KeyField::Create;
    }
    match configure::configure(visitor.app(), tool.remote, wanted.clone()).await {
        Ok(_) if is_key_field => see(format!("/connectors/{}/mapping?done=key-field", tool.remote)),
        Ok(_) => see(format!("/connectors/{}?done=saved", tool.remote)),
        Err(Failure::BrokenMapping { .. } | Failure::Mark { .. }) => {
            let mut view = view(&visitor, tool, Wanted { key_field: KeyField::Found, ..wanted }).await?;
            view.frame = view.frame.noticing("bad", visitor.words().mapping_broken());
            visitor.page(&view)
        }
        Err(failure) => Err(failure.into()),
    }
}

/// What the form says; a query without a form says only which table.
fn wanted(fields: &Fields) -> Wanted {
    let owned = |name: &str| fields.get(name).map(str::to_owned);
    let wanted = Wanted { base: owned("base"), table: owned("table"), ..Wanted::default() };
    if fields.get("form").is_none() {
        return wanted;
    }
    let pairs = fields.below("field.");
    let ways = fields.below("way.").filter_map(|(unit, way)| Some((unit.to_owned(), way.parse().ok()?)));
    let deletion = |side: &Side| Some((*side, fields.get(&format!("deletion.{side}"))?.parse().ok()?));
    let deletions: BTreeMap<Side, Deletion> = Side::VARIANTS.iter().filter_map(deletion).collect();
    // As long as nothing is passed on there is nothing to approve, and a setting that changed asks for an approval itself.
    let are_passed_on = deletions.values().any(|deletion| *deletion != Deletion::Off);
    let mark = |side: &Side| {
        let part = |part| fields.get(&format!("mark.{side}.{part}")).unwrap_or_default().to_owned();
        (*side, (part("place"), part("value")))
    };
    let stages = fields.below("stage.").map(|(option, stage)| (OptionId::from(option), stage.to_owned()));
    Wanted {
        fields: pairs.map(|(unit, field)| (unit.to_owned(), field.to_owned())).collect(),
        directions: ways.collect(),
        stages: stages.collect(),
        strategy: fields.get("strategy").and_then(|strategy| strategy.parse().ok()),
        tie: fields.get("tie").and_then(|side| side.parse().ok()),
        precedence: fields.get("precedence").and_then(|precedence| precedence.parse().ok()),
        pairing: fields.get("pairing").and_then(|pairing| pairing.parse().ok()),
        copies: Some(fields.get("copies").is_some()),
        stamp: Some(fields.get("stamp").is_some()),
        natural_key: Some(fields.all("natural").map(str::to_owned).collect()),
        create_options: Some(fields.get("create_options").is_some()),
        deletions,
        approve_deletions: are_passed_on.then(|| fields.get("approve_deletions").is_some()),
        delete_beats_edit: Some(fields.get("delete_beats_edit").is_some()),
        marks: Side::VARIANTS.iter().map(mark).collect(),
        ..wanted
    }
}

async fn view(visitor: &Visitor, tool: Tool, wanted: Wanted) -> Result<View, Trouble> {
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let typed = wanted.marks.clone();
    let draft = configure::draft(app, tool.remote, wanted).await?;
    let sample = sampling::sample(app, draft.connector.as_ref(), &draft.schema).await?;
    let settings = &draft.settings;
    let link = &settings.connection;
    let policy = &link.policy;
    let binding = Binding::new(app.units(), &link.mapping, &draft.schema, link.create_options);
    let context = Context { lang, tool, draft: &draft, sample: &sample, binding: &binding };
    let key_field = link.mapping.key_field.as_ref().and_then(|key| draft.schema.field(key));
    let natural = app.units().iter().filter(|unit| !unit.derived).map(|unit| NaturalView {
        key: unit.key.clone(),
        name: unit.name().to_owned(),
        is_on: link.mapping.natural_key.contains(&unit.key),
    });
    Ok(View {
        t,
        frame: visitor.frame(t.mapping_step(), Place::Connectors).await?,
        remote: tool.remote,
        name: tool.name(),
        base: settings.base.to_string(),
        table: settings.table.to_string(),
        told: messages::table_named(lang, &settings.table_name),
        units: app.units().iter().enumerate().map(|(at, unit)| UnitView::new(&context, at, unit)).collect(),
        fields: pair::fields(&context),
        stages: StageTable::of(&context, app.units()),
        key_field: key_field.map(|field| field.name.clone()).unwrap_or_default(),
        natural: natural.collect(),
        strategies: strategies(t, policy.strategy),
        create_options: link.create_options,
        deletions: deletions(lang, tool, &policy.deletions),
        // Nothing is deleted unasked unless somebody unticks it.
        approve_deletions: policy.deletions.approval || policy.deletions == Deletions::default(),
        pairings: pairings(t, Pairing::of(policy)),
        precedences: precedences(t, policy.precedence),
        ties: ties(t, policy.tie),
        switches: switches(t, policy),
        marks: marks(&context, app.units(), &typed),
        is_advanced_open: !draft.mark_faults.is_empty(),
    })
}

/// What all parts of the page are about.
struct Context<'a> {
    lang: Lang,
    tool: Tool,
    draft: &'a Draft,
    sample: &'a Sample,
    binding: &'a Binding,
}

impl Context<'_> {
    /// What is wrong with a unit's pair or lost by it, in words, the worst first.
    fn told(&self, unit: &UnitKey) -> Vec<(Severity, String)> {
        let about = self.draft.findings.iter().filter(|finding| {
            finding.unit.as_ref() == Some(unit) && !matches!(finding.problem, Problem::NoKeyField)
        });
        about
            .map(|finding| {
                let bare = connector_core::mapping::Finding { unit: None, field: None, ..finding.clone() };
                (finding.severity, messages::finding(self.lang, &bare, None, self.tool.remote))
            })
            .collect()
    }
}
