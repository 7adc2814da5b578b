//! A deleted deal whose record was edited: it comes back as if it had never been away.

use super::conflict::Conflict;
use super::diff::{Move, Pair, diff};
use super::draft::{Draft, Subject};
use super::inputs::Inputs;
use super::op::{Action, Reason, Rule, UnitChange};
use super::strategy::Side;
use crate::canon::same;
use crate::mutation::{self, Rule::MergeOnRestore};
use crate::snapshot::Row;
use crate::state::{Agreement, Deal, Link};
use crate::value::Value;

/// What each unit of the deal shall hold, in their order, and by which rule; [`Rule::Whole`] is what it held itself.
type Merged = Vec<Option<(Value, Rule)>>;

/// Plans the return of a deal. What it held when it was deleted is merged with what the record holds, as if both were
/// there; where nobody knows what it held, both sides' last agreement stands for it.
///
/// A unit that the deal wins goes to the record with the next run, like any edit of the CRM.
pub(super) fn plan_restore<'a>(
    inputs: &Inputs<'a>,
    subject: Subject<'_>,
    link: &'a Link,
    row: &'a Row,
    draft: &mut Draft,
) {
    let grave = inputs.crm.graves.get(&link.deal).filter(|_| mutation::stands(MergeOnRestore));
    let (merged, conflicts) = match grave {
        Some(grave) => merge(inputs, subject, &grave.deal, link, row, draft),
        None => (merge_agreed(inputs, subject, &link.agreement, row, draft), Vec::new()),
    };
    let mut changes = Vec::with_capacity(merged.len());
    for (unit, value) in inputs.units.iter().zip(merged) {
        match value {
            _ if unit.derived => {}
            Some((after, rule)) if unit.check(&after).is_ok() => {
                changes.push(UnitChange { unit: unit.key.clone(), before: Value::Empty, after, rule });
            }
            // The CRM would refuse the deal.
            _ if unit.required => return,
            _ => {}
        }
    }
    draft.op(subject, Action::RestoreDeal, Reason::EditBeatsDelete(Side::Remote), changes, conflicts);
}

fn merge<'a>(
    inputs: &Inputs<'a>,
    subject: Subject<'_>,
    deal: &'a Deal,
    link: &'a Link,
    row: &'a Row,
    draft: &mut Draft,
) -> (Merged, Vec<Conflict>) {
    let known = deal.values.iter().zip(&link.agreement.crm);
    let mut merged: Merged = known
        .map(|(held, agreed)| if held.is_unknown() { agreed.clone() } else { Some(held.clone()) })
        .map(|value| value.map(|value| (value, Rule::Whole)))
        .collect();
    let mut lost = Vec::new();
    let pair = Pair { deal, remote: &link.agreement.remote, row, base: Some(&link.agreement) };
    for step in diff(inputs, pair) {
        let Move::Carry { from: Side::Remote, rule, cells, conflicts } = step else { continue };
        let carries = |draft: &mut Draft| {
            cells
                .iter()
                .all(|cell| draft.can_carry(subject, cell.unit, cell.bound, Side::Remote, cell.theirs))
        };
        if carries(draft) {
            for cell in &cells {
                if let Some(slot) = merged.get_mut(cell.position) {
                    *slot = Some((cell.theirs.clone(), rule));
                }
            }
            lost.extend(conflicts);
        }
    }
    (merged, lost)
}

/// What both sides last agreed on, and the record's edits since.
fn merge_agreed(
    inputs: &Inputs<'_>,
    subject: Subject<'_>,
    base: &Agreement,
    row: &Row,
    draft: &mut Draft,
) -> Merged {
    let mut merged = Vec::with_capacity(inputs.units.len());
    for (position, (unit, theirs)) in inputs.units.iter().zip(&row.values).enumerate() {
        let agreed = |side: &[Option<Value>]| side.get(position).cloned().flatten();
        let before = agreed(&base.theirs);
        let edited = before.map_or(!theirs.is_empty(), |seen| !same(&unit.kind, &seen, theirs));
        let bound = inputs.binding.bound(position).filter(|_| edited && !theirs.is_unknown());
        merged.push(match bound {
            Some(bound) if draft.can_carry(subject, unit, bound, Side::Remote, theirs) => {
                Some((theirs.clone(), Rule::OneSided))
            }
            _ => agreed(&base.crm).map(|value| (value, Rule::Whole)),
        });
    }
    merged
}
