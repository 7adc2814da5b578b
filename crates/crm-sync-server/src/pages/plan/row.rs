//! One operation on one line: the deal, what is done, old and new value of each field.

use std::collections::BTreeSet;

use connector_core::id::DealId;
use connector_core::plan::{Op, UnitChange};

use crate::messages;
use crate::report::{self, Speaker};

/// One operation.
#[derive(Debug)]
pub(in crate::pages) struct OpRow {
    pub(in crate::pages) seq: u32,
    pub(in crate::pages) label: String,
    pub(in crate::pages) deal: Option<DealId>,
    pub(in crate::pages) name: String,
    /// Whether it writes, and can be left out.
    pub(in crate::pages) writes: bool,
    pub(in crate::pages) is_ticked: bool,
    /// Whether it makes something: then its fields stand beside each other.
    pub(in crate::pages) is_new: bool,
    pub(in crate::pages) changes: Vec<ChangeView>,
    /// The conflicts that it decides, in sentences.
    pub(in crate::pages) conflicts: Vec<String>,
}

/// One field, before and after.
#[derive(Debug)]
pub(in crate::pages) struct ChangeView {
    pub(in crate::pages) unit: String,
    /// Empty for something new.
    pub(in crate::pages) before: String,
    pub(in crate::pages) after: String,
}

impl OpRow {
    pub(in crate::pages) fn new(speaker: &Speaker<'_>, op: &Op, left_out: &BTreeSet<u32>) -> Self {
        let disputed = op.conflicts.iter().map(|conflict| report::disputed(speaker, &op.label, conflict));
        Self {
            seq: op.seq,
            label: messages::short(&op.label),
            deal: op.deal.clone(),
            name: messages::operation_name(speaker.lang, op.action, speaker.remote),
            writes: super::writes(op),
            is_ticked: !left_out.contains(&op.seq),
            is_new: op.action.creates(),
            changes: changes(speaker, &op.changes, op.action.creates(), op.action.target().is_some()),
            conflicts: disputed.collect(),
        }
    }
}

/// What changes; of something new, what it holds.
pub(in crate::pages) fn changes(
    speaker: &Speaker<'_>,
    changes: &[UnitChange],
    is_new: bool,
    writes: bool,
) -> Vec<ChangeView> {
    let shown = changes.iter().filter(|change| writes && !(is_new && change.after.is_empty()));
    shown
        .map(|change| ChangeView {
            unit: speaker.unit(&change.unit),
            before: if is_new { String::new() } else { speaker.shown(&change.unit, &change.before) },
            after: speaker.shown(&change.unit, &change.after),
        })
        .collect()
}
