//! Pairs: what to do with a link, and with a deal and a record that were just matched.

use std::collections::BTreeMap;

use super::decide::{Case, Decision, Fate, told};
use super::deletion::plan_deletion;
use super::diff::{Move, Pair, base_label, deal_label, diff};
use super::draft::{Draft, Subject};
use super::inputs::Inputs;
use super::op::{Action, Reason, Rule, UnitChange};
use super::question::{Answer, Problem, Question, QuestionKind};
use super::resolve::{edit_since, remote_edit};
use super::restore::plan_restore;
use super::strategy::{Side, Strategy};
use crate::canon::same;
use crate::id::RemoteId;
use crate::mapping::Direction;
use crate::snapshot::{Absence, Row};
use crate::state::{Agreement, Deal, Intent, Link, LinkStatus};
use crate::unit::Unit;
use crate::value::Value;

/// Plans one link.
pub(super) fn plan_link<'a>(inputs: &Inputs<'a>, link: &'a Link, draft: &mut Draft) {
    let base = &link.agreement;
    let deal = inputs.crm.deals.get(&link.deal);
    let row = inputs.remote.rows.get(&base.remote);
    if let (Some(deal), Some(row)) = (deal, row) {
        let pair = Pair { deal, remote: &base.remote, row, base: Some(base) };
        plan_pair(inputs, pair, draft);
        return;
    }
    let absence = inputs.remote.absent.get(&base.remote);
    // Not listed and not asked for: nothing is known about it.
    if row.is_none() && absence.is_none() {
        return;
    }
    let name = deal.map_or_else(|| base_label(inputs, &link.deal, base), |deal| deal_label(inputs, deal));
    let subject = Subject {
        deal: Some(&link.deal),
        remote: Some(&base.remote),
        label: &name,
        edited: row.map(|row| edit_since(inputs, base, row)),
    };
    let ask = |kind| Question {
        kind,
        deals: vec![link.deal.clone()],
        remotes: vec![base.remote.clone()],
        label: name.clone(),
    };
    if matches!(absence, Some(Absence::Elsewhere | Absence::Vanished)) {
        draft.questions.push(ask(QuestionKind::Vanished));
        return;
    }
    let fates = (deal_fate(inputs, deal, base), row_fate(inputs, row, base));
    let strategy = strategy_between(inputs, link, deal);
    let decision = told(Case::Linked { crm: fates.0, remote: fates.1 }, strategy);
    let decision = match (inputs.policy.delete_beats_edit, strategy, fates) {
        (true, Strategy::CrmWins, (Fate::Deleted, Fate::Modified)) => Decision::Delete(Side::Remote),
        (true, Strategy::RemoteWins, (Fate::Modified, Fate::Deleted)) => Decision::Delete(Side::Crm),
        _ => decision,
    };
    match answered(decision, inputs.answers.get(&base.remote), link, fates) {
        Decision::Delete(side) => plan_deletion(inputs, subject, link, side, (deal, row), draft),
        Decision::Forget => {
            draft.op(subject, Action::Forget, Reason::Deleted(Side::Crm), Vec::new(), Vec::new());
        }
        Decision::Restore => {
            if let Some(row) = row {
                plan_restore(inputs, subject, link, row, draft);
            }
        }
        Decision::Recreate => {
            if let Some(deal) = deal {
                let changes = super::fresh::record_changes(inputs, subject, deal, draft);
                draft.op(
                    subject,
                    Action::RecreateRecord,
                    Reason::EditBeatsDelete(Side::Crm),
                    changes,
                    Vec::new(),
                );
            }
        }
        Decision::Ask => {
            let kind = match fates {
                (Fate::Deleted, Fate::Modified) => QuestionKind::EditedAfterDelete(Side::Remote),
                (Fate::Modified, Fate::Deleted) => QuestionKind::EditedAfterDelete(Side::Crm),
                (Fate::Deleted, _) => QuestionKind::DeletedOn(Side::Crm),
                _ => QuestionKind::DeletedOn(Side::Remote),
            };
            draft.questions.push(ask(kind));
        }
        Decision::Nothing
        | Decision::Merge
        | Decision::LinkAndMerge
        | Decision::LinkAndAsk
        | Decision::Create(_) => {}
    }
}

/// What is done once a person has answered, where the table leaves it to one.
fn answered(decision: Decision, answer: Option<&Answer>, link: &Link, fates: (Fate, Fate)) -> Decision {
    let is_back = link.agreement.status == LinkStatus::Tombstone;
    match (decision, answer, fates) {
        (Decision::Delete(Side::Remote), Some(Answer::Keep), _) if is_back => Decision::Restore,
        (Decision::Ask, Some(Answer::Keep), (Fate::Deleted, Fate::Modified)) => Decision::Restore,
        (Decision::Ask, Some(Answer::Keep), (Fate::Modified, Fate::Deleted)) => Decision::Recreate,
        (Decision::Ask, Some(_), (Fate::Deleted, _)) => Decision::Delete(Side::Remote),
        (Decision::Ask, Some(_), _) => Decision::Delete(Side::Crm),
        (Decision::Restore, Some(Answer::Delete), _) if is_back => Decision::Delete(Side::Remote),
        (decision, _, _) => decision,
    }
}

/// The strategy for a link with a side deleted. One that names the CRM or the remote as the winner says nothing between
/// two remotes: an edit that another one brought beats a deletion here, and an edit here beats a deletion that another
/// one brought, whichever of them came first.
fn strategy_between(inputs: &Inputs<'_>, link: &Link, deal: Option<&Deal>) -> Strategy {
    let brought = |deal: &Deal| {
        edits(inputs, Side::Crm, &deal.values, &link.agreement).any(|unit| is_brought(inputs, deal, unit))
    };
    let buried = || {
        let grave = inputs.crm.graves.get(&link.deal);
        grave.and_then(|grave| grave.by.as_ref()).is_some_and(|by| by != inputs.connection)
    };
    match inputs.policy.strategy {
        Strategy::RemoteWins if deal.is_some_and(brought) => Strategy::NewestUnit,
        Strategy::CrmWins if deal.is_none() && buried() => Strategy::NewestUnit,
        strategy => strategy,
    }
}

fn deal_fate(inputs: &Inputs<'_>, deal: Option<&Deal>, base: &Agreement) -> Fate {
    deal.map_or(Fate::Deleted, |deal| fate(inputs, Side::Crm, &deal.values, base))
}

fn row_fate(inputs: &Inputs<'_>, row: Option<&Row>, base: &Agreement) -> Fate {
    row.map_or(Fate::Deleted, |row| fate(inputs, Side::Remote, &row.values, base))
}

fn fate(inputs: &Inputs<'_>, side: Side, now: &[Value], base: &Agreement) -> Fate {
    if edits(inputs, side, now, base).next().is_some() { Fate::Modified } else { Fate::Unchanged }
}

/// The mapped units in which what one side holds differs from what it held, or was never agreed on; what cannot be read
/// does not count, nor does what was there before the unit was mapped to its field.
pub(super) fn edits<'i>(
    inputs: &Inputs<'i>,
    side: Side,
    now: &'i [Value],
    base: &'i Agreement,
) -> impl Iterator<Item = &'i Unit> {
    let (units, binding) = (inputs.units, inputs.binding);
    let held = match side {
        Side::Crm => &base.crm,
        Side::Remote => &base.theirs,
    };
    let fields = inputs.state.baseline.as_ref().and_then(|last| last.fields.as_ref());
    units.iter().zip(now.iter().zip(held)).enumerate().filter_map(move |(position, (unit, (now, before)))| {
        let bound = binding.bound(position)?;
        let is_new = fields.is_some_and(|fields| fields.get(&unit.key) != Some(&bound.field));
        let travels = match side {
            Side::Crm => bound.direction != Direction::ToCrm,
            Side::Remote => bound.direction != Direction::ToRemote && !unit.derived,
        };
        let edited = match before {
            Some(before) => !same(&unit.kind, before, now),
            None => travels && !now.is_empty() && !is_new && base.status == LinkStatus::Live,
        };
        (edited && !now.is_unknown()).then_some(unit)
    })
}

/// Whether a unit of the deal came from another remote.
fn is_brought(inputs: &Inputs<'_>, deal: &Deal, unit: &Unit) -> bool {
    deal.origins.iter().any(|origin| origin.unit == unit.key && origin.connection != *inputs.connection)
}

/// Plans a deal and a record that belong together and are both there.
fn plan_pair<'a>(inputs: &Inputs<'a>, pair: Pair<'a>, draft: &mut Draft) {
    let unstamped = inputs.policy.stamp
        && inputs.binding.key_field().is_some()
        && pair.row.stamp.as_deref() != Some(pair.deal.id.as_str())
        && !draft.claimed.contains(pair.remote);
    let released = pair.base.is_some_and(|base| base.status != LinkStatus::Live);
    if let Some(base) = pair.base {
        let case = Case::Linked {
            crm: deal_fate(inputs, Some(pair.deal), base),
            remote: row_fate(inputs, Some(pair.row), base),
        };
        let is_quiet = inputs.decide(case) == Decision::Nothing && pair.is_settled(inputs);
        if is_quiet && !released && !unstamped {
            draft.unchanged += 1;
            return;
        }
    }
    let name = deal_label(inputs, pair.deal);
    let subject = Subject {
        deal: Some(&pair.deal.id),
        remote: Some(pair.remote),
        label: &name,
        edited: Some(remote_edit(inputs, pair)),
    };
    if released {
        // Deleted, and there again: the link is in force again.
        draft.op(subject, Action::Agree, Reason::Matched, Vec::new(), Vec::new());
    }
    carry_out(inputs, pair, subject, draft);
    if unstamped {
        draft.op(subject, Action::Stamp, Reason::Unstamped, Vec::new(), Vec::new());
    }
}

/// Turns what should become of each group into operations of this pair.
fn carry_out<'a>(inputs: &Inputs<'a>, pair: Pair<'a>, subject: Subject<'_>, draft: &mut Draft) {
    let mut agreed = Vec::new();
    let mut pulled = (Vec::new(), Vec::new());
    let mut pushed = (Vec::new(), Vec::new());
    for step in diff(inputs, pair) {
        match step {
            Move::Agree { cells, rule } => agreed.extend(cells.iter().map(|cell| cell.agreement(rule))),
            Move::Wait(conflicts) => draft.conflicts.extend(conflicts),
            Move::Unreadable(cells) => {
                for cell in cells {
                    for value in [cell.crm, cell.theirs] {
                        if let Value::Unknown(why) = value {
                            let problem = Problem::Unreadable { why: why.clone() };
                            draft.notice(subject, cell.unit, Some(cell.bound), value, problem);
                        }
                    }
                }
            }
            Move::Held { from, cells } => {
                for cell in cells {
                    draft.notice(subject, cell.unit, Some(cell.bound), cell.value(from), Problem::Held);
                }
            }
            Move::Carry { from, rule, cells, conflicts } => {
                let possible = cells
                    .iter()
                    .all(|cell| draft.can_carry(subject, cell.unit, cell.bound, from, cell.value(from)));
                if !possible {
                    continue;
                }
                if from == Side::Remote {
                    for cell in &cells {
                        draft.tell_notes(inputs, subject, pair.row, cell.position);
                    }
                }
                let (changes, lost) = if from == Side::Crm { &mut pushed } else { &mut pulled };
                changes.extend(cells.iter().map(|cell| cell.change(from, rule)));
                lost.extend(conflicts);
            }
        }
    }
    if !agreed.is_empty() {
        draft.op(subject, Action::Agree, Reason::Converged, agreed, Vec::new());
    }
    let reason = |from| if pair.base.is_some() { Reason::Edited(from) } else { Reason::Matched };
    if !pulled.0.is_empty() {
        draft.op(subject, Action::UpdateDeal, reason(Side::Remote), pulled.0, pulled.1);
    }
    if !pushed.0.is_empty() {
        draft.op(subject, Action::UpdateRecord, reason(Side::Crm), pushed.0, pushed.1);
    }
}

/// Plans a new deal and a new record that carry the same stamp or key.
pub(super) fn plan_match<'a>(
    inputs: &Inputs<'a>,
    deal: &'a Deal,
    remote: &'a RemoteId,
    row: &'a Row,
    draft: &mut Draft,
) {
    let name = deal_label(inputs, deal);
    let subject = Subject { deal: Some(&deal.id), remote: Some(remote), label: &name, edited: None };
    // Who wins where they differ, or that a person decides, is said unit by unit.
    if matches!(inputs.decide(Case::Matched), Decision::LinkAndMerge | Decision::LinkAndAsk) {
        let begun = inputs.state.intents.iter().any(|intent| intent.deal == deal.id);
        let in_force = |link: &Link| link.deal == deal.id && link.agreement.status != LinkStatus::Tombstone;
        let replaces = begun && inputs.state.links.iter().any(in_force);
        let reason = if replaces { Reason::Replaced } else { Reason::Matched };
        draft.op(subject, Action::Link, reason, Vec::new(), Vec::new());
    }
    plan_pair(inputs, Pair { deal, remote, row, base: None }, draft);
}

/// Plans the only copy of a deleted record: it takes the record's place, and what it holds otherwise was edited since.
pub(super) fn plan_copy<'a>(
    inputs: &Inputs<'a>,
    link: &Link,
    deal: &'a Deal,
    remote: &'a RemoteId,
    row: &'a Row,
    draft: &mut Draft,
) {
    let base = Agreement { remote: remote.clone(), status: LinkStatus::Live, ..link.agreement.clone() };
    plan_with_base(inputs, Reason::Replaced, &base, deal, row, draft);
}

/// Plans a record that an interrupted run made for a deal: what was sent is what both sides agreed on, so that edits
/// made since show up as edits.
pub(super) fn plan_adoption<'a>(
    inputs: &Inputs<'a>,
    intent: &Intent,
    deal: &'a Deal,
    remote: &'a RemoteId,
    row: &'a Row,
    draft: &mut Draft,
) {
    let base = sent_agreement(inputs, intent, remote);
    plan_with_base(inputs, Reason::Adopted, &base, deal, row, draft);
}

/// Links a deal to a record about which something is known that both held.
pub(super) fn plan_with_base(
    inputs: &Inputs<'_>,
    reason: Reason,
    base: &Agreement,
    deal: &Deal,
    row: &Row,
    draft: &mut Draft,
) {
    let name = deal_label(inputs, deal);
    let remote = &base.remote;
    let subject = Subject { deal: Some(&deal.id), remote: Some(remote), label: &name, edited: None };
    let changes =
        inputs.units.iter().zip(base.crm.iter().zip(&base.theirs)).filter_map(|(unit, (crm, theirs))| {
            let (before, after) = (crm.clone()?, theirs.clone()?);
            Some(UnitChange { unit: unit.key.clone(), before, after, rule: Rule::Same })
        });
    draft.op(subject, Action::Link, reason, changes.collect(), Vec::new());
    plan_pair(inputs, Pair { deal, remote, row, base: Some(base) }, draft);
}

/// What both sides held when the record was made: the payload, and what the remote made of it.
fn sent_agreement(inputs: &Inputs<'_>, intent: &Intent, remote: &RemoteId) -> Agreement {
    let mut crm = vec![None; inputs.units.len()];
    let mut theirs = vec![None; inputs.units.len()];
    for (key, sent) in &intent.payload {
        let Some(position) = inputs.units.position(key.as_str()) else { continue };
        let Some(lens) = inputs.binding.lens(position) else { continue };
        let arrived = lens.encode(sent).map_or(Value::Empty, |cell| lens.decode(&cell).value);
        if let (Some(ours), Some(there)) = (crm.get_mut(position), theirs.get_mut(position)) {
            *ours = Some(sent.clone());
            *there = Some(arrived);
        }
    }
    Agreement {
        remote: remote.clone(),
        status: LinkStatus::Live,
        crm: crm.into(),
        theirs: theirs.into(),
        seen_at: intent.sent_at,
        held: BTreeMap::new(),
    }
}
