//! The CRM's stages against the options of the field that holds them.

use connector_core::id::OptionId;
use connector_core::unit::{UnitKind, Units};

use super::Context;
use crate::messages;

/// The options of the field, each with the stage that it means.
#[derive(Debug)]
pub(super) struct StageTable {
    pub(super) rows: Vec<OptionRow>,
    /// On how many rows the numbers rest.
    pub(super) told: String,
}

#[derive(Debug)]
pub(super) struct OptionRow {
    pub(super) id: OptionId,
    pub(super) name: String,
    /// How many rows hold it.
    pub(super) rows: usize,
    pub(super) stages: Vec<StageChoice>,
    /// Whether rows hold it although it means no stage.
    pub(super) is_lost: bool,
}

#[derive(Debug)]
pub(super) struct StageChoice {
    pub(super) name: String,
    pub(super) is_on: bool,
}

impl StageTable {
    /// The table, if the unit of stages has a field with options.
    pub(super) fn of(context: &Context<'_>, units: &Units) -> Option<Self> {
        let mapping = &context.draft.settings.connection.mapping;
        let (unit, vocabulary) = units.iter().find_map(|unit| match &unit.kind {
            UnitKind::Stage(vocabulary) => Some((unit, vocabulary)),
            _ => None,
        })?;
        let options = context.draft.settings.stage_options(&context.draft.schema, unit);
        if options.is_empty() {
            return None;
        }
        let field = &mapping.pair(&unit.key)?.field;
        let rows = options.into_iter().map(|(option, stage)| {
            let rows = context.sample.holding(field, &option.id);
            let choice =
                |name: &String| StageChoice { name: name.clone(), is_on: stage == Some(name.as_str()) };
            OptionRow {
                id: option.id.clone(),
                name: option.name.clone(),
                rows,
                stages: vocabulary.stages().iter().map(choice).collect(),
                is_lost: rows > 0 && stage.is_none(),
            }
        });
        let told =
            messages::rows_looked_at(context.lang, context.sample.records.len(), context.sample.is_whole);
        Some(Self { rows: rows.collect(), told })
    }
}
