//! `/connectors/{remote}/mapping`: which field goes with which, what becomes of real values, and the options.

mod pair;
mod stages;

use actix_web::web::Path;
use askama::Template;
use connector_core::id::{OptionId, UnitKey};
use connector_core::mapping::{Binding, Problem, Severity};
use connector_core::plan::{Deletion, Deletions, Side, Strategy};
use strum::VariantArray as _;

use super::fields::Fields;
use super::frame::{Frame, Place};
use super::tool::Tool;
use super::trouble::{Answer, Trouble, see};
use super::visitor::Visitor;
use crate::failure::Failure;
use crate::messages::{self, Lang, Words};
use crate::service::configure::{self, Draft, KeyField, Wanted};
use crate::service::sampling::{self, Sample};

use pair::{FieldView, UnitView};
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
    strategies: Vec<StrategyView>,
    create_options: bool,
    deletions: Vec<DeletionView>,
    approve_deletions: bool,
}

/// What becomes of one side when the other is deleted.
#[derive(Debug)]
struct DeletionView {
    /// The side that it is done to.
    side: Side,
    name: String,
    steps: Vec<DeletionStep>,
}

#[derive(Debug)]
struct DeletionStep {
    value: Deletion,
    name: String,
    is_on: bool,
}

/// A unit that may tell which deal a record is.
#[derive(Debug)]
struct NaturalView {
    key: UnitKey,
    name: String,
    is_on: bool,
}

#[derive(Debug)]
struct StrategyView {
    value: Strategy,
    name: String,
    why: String,
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
        Err(Failure::BrokenMapping { .. }) => {
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
    let stages = fields.below("stage.").map(|(option, stage)| (OptionId::from(option), stage.to_owned()));
    Wanted {
        fields: pairs.map(|(unit, field)| (unit.to_owned(), field.to_owned())).collect(),
        directions: ways.collect(),
        stages: stages.collect(),
        strategy: fields.get("strategy").and_then(|strategy| strategy.parse().ok()),
        natural_key: Some(fields.all("natural").map(str::to_owned).collect()),
        create_options: Some(fields.get("create_options").is_some()),
        deletions: Side::VARIANTS.iter().filter_map(deletion).collect(),
        approve_deletions: Some(fields.get("approve_deletions").is_some()),
        ..wanted
    }
}

async fn view(visitor: &Visitor, tool: Tool, wanted: Wanted) -> Result<View, Trouble> {
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let draft = configure::draft(app, tool.remote, wanted).await?;
    let sample = sampling::sample(app, draft.connector.as_ref(), &draft.schema).await?;
    let settings = &draft.settings;
    let link = &settings.connection;
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
        strategies: strategies(t, link.policy.strategy),
        create_options: link.create_options,
        deletions: deletions(lang, tool, &link.policy.deletions),
        // Nothing is deleted unasked unless somebody unticks it.
        approve_deletions: link.policy.deletions.approval || link.policy.deletions == Deletions::default(),
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

fn deletions(lang: Lang, tool: Tool, chosen: &Deletions) -> Vec<DeletionView> {
    let t = Words(lang);
    let view = |side, name, is_on: Deletion| {
        // A mark asks for a field of its own, which these pages do not choose.
        let offered = Deletion::VARIANTS.iter().filter(|step| **step != Deletion::Flag || is_on == **step);
        let step = |value: &Deletion| DeletionStep {
            value: *value,
            name: match value {
                Deletion::Off => t.deletion_off(),
                Deletion::Flag => t.deletion_flag(),
                Deletion::Archive => t.deletion_archive(),
                Deletion::Hard => t.deletion_hard(),
            },
            is_on: *value == is_on,
        };
        DeletionView { side, name, steps: offered.map(step).collect() }
    };
    vec![
        view(Side::Remote, t.deletion_of_deal(), chosen.remote),
        view(Side::Crm, messages::deletion_of_record(lang, tool.remote), chosen.crm),
    ]
}

fn strategies(t: Words, chosen: Strategy) -> Vec<StrategyView> {
    let view = |value: &Strategy| {
        let (name, why) = match value {
            Strategy::NewestUnit => (t.strategy_newest_unit(), t.strategy_newest_unit_why()),
            Strategy::NewestRecord => (t.strategy_newest_record(), t.strategy_newest_record_why()),
            Strategy::CrmWins => (t.strategy_crm_wins(), t.strategy_crm_wins_why()),
            Strategy::RemoteWins => (t.strategy_remote_wins(), t.strategy_remote_wins_why()),
            Strategy::Manual => (t.strategy_manual(), t.strategy_manual_why()),
        };
        StrategyView { value: *value, name, why, is_on: *value == chosen }
    };
    Strategy::VARIANTS.iter().map(view).collect()
}
