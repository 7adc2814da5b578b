//! Whether both sides still hold what they last agreed on: a comparison that changes nothing.

use serde::{Deserialize, Serialize};

use super::diff::{base_label, deal_label};
use super::inputs::Inputs;
use crate::canon::same;
use crate::clock::Interval;
use crate::id::{DealId, RemoteId, UnitKey};
use crate::snapshot::Row;
use crate::state::{Agreement, Deal, LinkStatus};
use crate::value::Value;

/// What a comparison of both sides with their last agreement found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// From the start to the end of the reading.
    pub read: Interval,
    /// Whether the remote was read to its end; if not, records may be missing here that are there.
    pub complete: bool,
    /// Links in force.
    pub links: usize,
    /// Of these, those that agree in every mapped unit, or agree to differ.
    pub agreeing: usize,
    /// Where the sides differ, by deal.
    pub drifts: Vec<Drift>,
}

/// One thing that a sync would have to deal with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The deal.
    pub deal: DealId,
    /// The record.
    pub remote: RemoteId,
    /// How people call it.
    pub label: String,
    /// What is different.
    pub kind: DriftKind,
}

/// How two sides of a link differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// One unit holds different values.
    Unit(Box<UnitDrift>),
    /// The deal is gone.
    NoDeal,
    /// The record is not to be seen.
    NoRecord,
}

/// A unit that holds different values on the two sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitDrift {
    /// Which unit.
    pub unit: UnitKey,
    /// What the CRM holds.
    pub crm: Value,
    /// What the remote holds.
    pub theirs: Value,
    /// What the CRM held when they last agreed; absent when they never did.
    pub agreed: Option<Value>,
}

/// Compares both sides of every link in force with each other and with what they last agreed on.
#[must_use]
pub fn verify(inputs: &Inputs<'_>) -> Verification {
    let mut links: Vec<_> =
        inputs.state.links.iter().filter(|link| link.agreement.status == LinkStatus::Live).collect();
    links.sort_by(|a, b| a.deal.cmp(&b.deal));
    let (mut drifts, mut agreeing) = (Vec::new(), 0_usize);
    for link in &links {
        let base = &link.agreement;
        let deal = inputs.crm.deals.get(&link.deal);
        let kinds = match (deal, inputs.remote.rows.get(&base.remote)) {
            (Some(deal), Some(row)) => units_that_differ(inputs, deal, row, base),
            (None, _) => vec![DriftKind::NoDeal],
            (Some(_), None) => vec![DriftKind::NoRecord],
        };
        if kinds.is_empty() {
            agreeing = agreeing.saturating_add(1);
        }
        let label =
            deal.map_or_else(|| base_label(inputs, &link.deal, base), |deal| deal_label(inputs, deal));
        drifts.extend(kinds.into_iter().map(|kind| Drift {
            deal: link.deal.clone(),
            remote: base.remote.clone(),
            label: label.clone(),
            kind,
        }));
    }
    Verification {
        read: Interval::new(
            inputs.remote.read.lo.min(inputs.crm.read.lo),
            inputs.remote.read.hi.max(inputs.crm.read.hi),
        ),
        complete: inputs.remote.complete,
        links: links.len(),
        agreeing,
        drifts,
    }
}

fn units_that_differ(inputs: &Inputs<'_>, deal: &Deal, row: &Row, base: &Agreement) -> Vec<DriftKind> {
    let values = inputs.units.iter().zip(deal.values.iter().zip(&row.values)).enumerate();
    let differing = values.filter_map(|(position, (unit, (crm, theirs)))| {
        let bound = inputs.binding.bound(position)?;
        let agreed = |side: &'_ [Option<Value>]| side.get(position).cloned().flatten();
        let (ours, there) = (agreed(&base.crm), agreed(&base.theirs));
        let stands =
            |agreed: &Option<Value>, now| agreed.as_ref().is_some_and(|it| same(&unit.kind, it, now));
        let waits = |now| base.held.get(&unit.key).is_some_and(|held| same(&unit.kind, held, now));
        // After a loss that was declared both sides agree to differ, and after an undoing, until somebody edits one.
        let is_agreed = bound.lens.agrees(crm, theirs)
            || ((stands(&ours, crm) || waits(crm)) && (stands(&there, theirs) || waits(theirs)));
        let is_read = !crm.is_unknown() && !theirs.is_unknown();
        let drift = || UnitDrift {
            unit: unit.key.clone(),
            crm: crm.clone(),
            theirs: theirs.clone(),
            agreed: ours.clone(),
        };
        (is_read && !is_agreed).then(|| DriftKind::Unit(Box::new(drift())))
    });
    differing.collect()
}
