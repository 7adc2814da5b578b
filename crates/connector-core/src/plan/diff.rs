//! The three-way comparison of one link, group of units by group of units.

use super::conflict::{Conflict, conflict_id};
use super::inputs::Inputs;
use super::op::Rule;
use super::resolve::{Edits, Verdict, resolve, resolve_first};
use super::strategy::{Side, Strategy};
use crate::canon::same;
use crate::clock::Interval;
use crate::id::{DealId, RemoteId};
use crate::mapping::{Bound, Direction};
use crate::mutation::{self, Rule::ContentComparison, Rule::Hold};
use crate::snapshot::Row;
use crate::state::{Agreement, Deal};
use crate::unit::{Unit, UnitKind};
use crate::value::Value;

/// A deal and its record, side by side.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) deal: &'a Deal,
    pub(super) remote: &'a RemoteId,
    pub(super) row: &'a Row,
    /// What they last agreed on; `None` when they were only just matched.
    pub(super) base: Option<&'a Agreement>,
}

/// One unit of a pair, with its mapping.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) position: usize,
    pub(super) unit: &'a Unit,
    pub(super) bound: &'a Bound,
    pub(super) crm: &'a Value,
    pub(super) theirs: &'a Value,
    base_crm: Option<&'a Value>,
    base_theirs: Option<&'a Value>,
}

/// What is to become of one group of units.
pub(super) enum Move<'a> {
    /// Both sides changed, and now hold the same: note it, and whose edit it was by this rule if it was the remote's.
    Agree { cells: Vec<Cell<'a>>, rule: Rule },
    /// This side's values go to the other.
    Carry { from: Side, rule: Rule, cells: Vec<Cell<'a>>, conflicts: Vec<Conflict> },
    /// A person decides.
    Wait(Vec<Conflict>),
    /// A value cannot be read: leave the group alone.
    Unreadable(Vec<Cell<'a>>),
    /// A person took the change back: leave the group alone, though this side still holds it.
    Held { from: Side, cells: Vec<Cell<'a>> },
}

impl<'a> Pair<'a> {
    /// The mapped units of one group.
    fn cells(self, inputs: &Inputs<'a>, group: &[usize]) -> Vec<Cell<'a>> {
        group.iter().filter_map(|&position| self.cell(inputs, position)).collect()
    }

    fn cell(self, inputs: &Inputs<'a>, position: usize) -> Option<Cell<'a>> {
        let base = |side: fn(&Agreement) -> &[Option<Value>]| {
            self.base.and_then(|base| side(base).get(position)?.as_ref())
        };
        // What only one side is known to have held was no agreement.
        let agreed = base(|base| &base.crm).zip(base(|base| &base.theirs));
        let (crm, theirs) = (self.deal.values.get(position)?, self.row.values.get(position)?);
        let seems_untouched = |edited| !mutation::stands(ContentComparison) && is_old(inputs, edited);
        Some(Cell {
            position,
            unit: inputs.units.at(position)?,
            bound: inputs.binding.bound(position)?,
            crm,
            theirs,
            base_crm: if seems_untouched(self.deal.edited) { Some(crm) } else { agreed.map(|both| both.0) },
            base_theirs: if seems_untouched(self.row.edited) {
                Some(theirs)
            } else {
                agreed.map(|both| both.1)
            },
        })
    }

    /// Whether nothing mapped changed on either side: the usual case, told without allocating.
    pub(super) fn is_settled(self, inputs: &Inputs<'a>) -> bool {
        (0..inputs.units.len()).filter_map(|position| self.cell(inputs, position)).all(|cell| {
            !cell.is_unknown() && cell.has_base() && !cell.changed(Side::Crm) && !cell.changed(Side::Remote)
        })
    }
}

/// Whether an edit is not newer than the last run: what engines go by that compare times instead of contents.
fn is_old(inputs: &Inputs<'_>, edited: Option<Interval>) -> bool {
    let last = inputs.state.baseline.as_ref();
    edited.zip(last).is_some_and(|(edited, last)| edited.lo <= last.seen_at)
}

impl<'a> Cell<'a> {
    pub(super) const fn value(&self, side: Side) -> &'a Value {
        match side {
            Side::Crm => self.crm,
            Side::Remote => self.theirs,
        }
    }

    const fn base(&self, side: Side) -> Option<&'a Value> {
        match side {
            Side::Crm => self.base_crm,
            Side::Remote => self.base_theirs,
        }
    }

    const fn has_base(&self) -> bool {
        self.base_crm.is_some() && self.base_theirs.is_some()
    }

    const fn is_unknown(&self) -> bool {
        self.crm.is_unknown() || self.theirs.is_unknown()
    }

    pub(super) fn changed(&self, side: Side) -> bool {
        self.base(side).is_none_or(|base| !same(&self.unit.kind, base, self.value(side)))
    }

    fn agrees(&self) -> bool {
        self.bound.lens.agrees(self.crm, self.theirs)
    }

    /// Whether the two sides agreed on less than what the CRM held.
    fn is_finer(&self) -> bool {
        self.base_crm.zip(self.base_theirs).is_some_and(|(crm, theirs)| !same(&self.unit.kind, crm, theirs))
    }

    /// The only side whose edits count, when the unit is mapped one way.
    fn authority(&self) -> Option<Side> {
        match self.bound.direction {
            Direction::Both if self.unit.derived => Some(Side::Crm),
            Direction::Both => None,
            Direction::ToRemote => Some(Side::Crm),
            Direction::ToCrm => Some(Side::Remote),
        }
    }

    fn conflict(
        &self,
        pair: Pair<'_>,
        edits: Edits<'_>,
        strategy: Strategy,
        verdict: Option<Verdict>,
    ) -> Conflict {
        Conflict {
            id: conflict_id(pair.remote, &self.unit.key, self.base_crm, self.crm, self.theirs),
            deal: pair.deal.id.clone(),
            remote: pair.remote.clone(),
            unit: self.unit.key.clone(),
            base: self.base_crm.cloned(),
            crm: self.crm.clone(),
            theirs: self.theirs.clone(),
            crm_edited: edits.crm,
            remote_edited: edits.remote,
            strategy,
            winner: verdict.map(|verdict| verdict.winner),
            tie: verdict.is_some_and(|verdict| verdict.tie),
            clock_suspect: edits.clock_suspect && verdict.is_some_and(Verdict::is_by_time),
        }
    }
}

/// What is to become of every group of a pair.
pub(super) fn diff<'a>(inputs: &Inputs<'a>, pair: Pair<'a>) -> Vec<Move<'a>> {
    let mut moves: Vec<Move<'a>> = inputs
        .units
        .groups()
        .iter()
        .flat_map(|group| {
            let cells = pair.cells(inputs, group);
            let step = compare(inputs, pair, &cells);
            let rest = step.as_ref().and_then(|step| already_equal(step, &cells));
            [rest, step].into_iter().flatten()
        })
        .collect();
    if inputs.policy.strategy == Strategy::NewestRecord {
        follow_the_record(inputs, pair, &mut moves);
    }
    moves
}

fn compare<'a>(inputs: &Inputs<'a>, pair: Pair<'a>, cells: &[Cell<'a>]) -> Option<Move<'a>> {
    if cells.is_empty() {
        return None;
    }
    if cells.iter().any(Cell::is_unknown) {
        return Some(Move::Unreadable(cells.iter().filter(|cell| cell.is_unknown()).copied().collect()));
    }
    let crm = cells.iter().any(|cell| cell.changed(Side::Crm));
    let theirs = cells.iter().any(|cell| cell.changed(Side::Remote));
    if !crm && !theirs {
        return None;
    }
    if cells.iter().all(Cell::agrees) {
        return Some(Move::Agree { cells: cells.to_vec(), rule: authorship(inputs, pair, cells) });
    }
    if let Some(from) = held(inputs, pair, cells) {
        let cells = cells.iter().filter(|cell| !cell.agrees()).copied().collect();
        return Some(Move::Held { from, cells });
    }
    let carry = |from, rule| {
        let cells = cells.iter().filter(|cell| !cell.agrees()).copied().collect();
        Some(Move::Carry { from, rule, cells, conflicts: Vec::new() })
    };
    if let Some(authority) = cells.iter().find_map(Cell::authority) {
        // Nothing to carry, and what the other side holds was there before the two met: it stays.
        if cells.iter().all(|cell| !cell.has_base() && cell.value(authority).is_empty()) {
            return Some(Move::Agree { cells: cells.to_vec(), rule: Rule::Same });
        }
        return match (authority, crm, theirs) {
            (Side::Crm, false, _) | (Side::Remote, _, false) => None,
            (_, true, true) => Some(overrule(inputs, pair, cells, authority)),
            _ => carry(authority, Rule::OneSided),
        };
    }
    if cells.iter().all(Cell::has_base) {
        return match (crm, theirs) {
            (true, false) => carry(Side::Crm, Rule::OneSided),
            (false, true) => Some(overwrite(inputs, pair, cells)),
            _ => Some(contest(inputs, pair, cells)),
        };
    }
    // They never agreed on this unit: what only one side holds is simply taken over.
    if cells.iter().all(|cell| cell.crm.is_empty()) {
        return carry(Side::Remote, Rule::Filled);
    }
    if cells.iter().all(|cell| cell.theirs.is_empty()) {
        return carry(Side::Crm, Rule::Filled);
    }
    Some(contest(inputs, pair, cells))
}

/// The side whose change of a group a person took back: all that it changed is what it held then, and nobody has edited
/// the other side. It waits for a plan that is approved, or for another mapping.
fn held<'a>(inputs: &Inputs<'a>, pair: Pair<'a>, cells: &[Cell<'a>]) -> Option<Side> {
    let base = pair.base.filter(|base| !base.held.is_empty() && mutation::stands(Hold))?;
    let last = inputs.state.baseline.as_ref();
    if inputs.approved || last.is_some_and(|last| last.fingerprint != inputs.fingerprint) {
        return None;
    }
    let edited = |side| cells.iter().any(|cell| cell.changed(side));
    let from = match (edited(Side::Crm), edited(Side::Remote)) {
        (true, false) => Side::Crm,
        (false, true) => Side::Remote,
        _ => return None,
    };
    let waits = |cell: &Cell<'_>| {
        let held = base.held.get(&cell.unit.key);
        held.is_some_and(|held| same(&cell.unit.kind, held, cell.value(from)))
    };
    cells.iter().filter(|cell| cell.changed(from)).all(waits).then_some(from)
}

/// The cells of a group that is carried which need not be, for both sides changed them to the same.
fn already_equal<'a>(step: &Move<'a>, cells: &[Cell<'a>]) -> Option<Move<'a>> {
    let Move::Carry { from, rule, .. } = step else { return None };
    let changed = |cell: &&Cell<'a>| cell.changed(Side::Crm) || cell.changed(Side::Remote);
    let equal: Vec<Cell<'a>> = cells.iter().filter(|cell| cell.agrees()).filter(changed).copied().collect();
    let rule = if *from == Side::Remote && *rule != Rule::OneSided { *rule } else { Rule::Same };
    (!equal.is_empty()).then_some(Move::Agree { cells: equal, rule })
}

/// A group that only the remote changed. What the CRM held in more detail than the remote could is in the ledger.
fn overwrite<'a>(inputs: &Inputs<'a>, pair: Pair<'a>, cells: &[Cell<'a>]) -> Move<'a> {
    let strategy = Strategy::NewestUnit;
    let edits = Edits::of(inputs, pair, cells, strategy);
    let verdict = Verdict { winner: Side::Remote, rule: Rule::OneSided, tie: false };
    let cells: Vec<Cell<'a>> = cells.iter().filter(|cell| !cell.agrees()).copied().collect();
    let finer = cells.iter().filter(|cell| cell.is_finer());
    let conflicts = finer.map(|cell| cell.conflict(pair, edits, strategy, Some(verdict))).collect();
    Move::Carry { from: Side::Remote, rule: Rule::OneSided, cells, conflicts }
}

/// A group that both sides changed to different values.
fn contest<'a>(inputs: &Inputs<'a>, pair: Pair<'a>, cells: &[Cell<'a>]) -> Move<'a> {
    let (strategy, edits, verdict) = judge(inputs, pair, cells);
    let cells: Vec<Cell<'a>> = cells.iter().filter(|cell| !cell.agrees()).copied().collect();
    let conflicts = cells.iter().map(|cell| cell.conflict(pair, edits, strategy, verdict)).collect();
    match verdict {
        Some(verdict) => Move::Carry { from: verdict.winner, rule: verdict.rule, cells, conflicts },
        None => Move::Wait(conflicts),
    }
}

/// By which strategy and times a group goes that both sides changed, and who wins.
fn judge<'a>(
    inputs: &Inputs<'a>,
    pair: Pair<'a>,
    cells: &[Cell<'a>],
) -> (Strategy, Edits<'a>, Option<Verdict>) {
    let strategy = cells.iter().find_map(|cell| cell.bound.strategy).unwrap_or(inputs.policy.strategy);
    let edits = Edits::of(inputs, pair, cells, strategy);
    let verdict = if cells.iter().all(Cell::has_base) {
        resolve(strategy, inputs.policy.tie, edits)
    } else {
        resolve_first(strategy, inputs.policy.precedence, inputs.policy.tie, edits)
    };
    (strategy, edits, verdict)
}

/// Whose edit it is that both sides hold: another remote must find the time of the one that would have won.
fn authorship<'a>(inputs: &Inputs<'a>, pair: Pair<'a>, cells: &[Cell<'a>]) -> Rule {
    let edited = |side| cells.iter().any(|cell| cell.changed(side));
    if !(edited(Side::Crm) && edited(Side::Remote)) || cells.iter().any(|cell| cell.authority().is_some()) {
        return Rule::Same;
    }
    match judge(inputs, pair, cells).2 {
        Some(Verdict { winner: Side::Remote, rule, .. }) => rule,
        _ => Rule::Same,
    }
}

/// A group mapped one way that was edited on both sides: its own side stays, the other's edit is kept as lost.
fn overrule<'a>(inputs: &Inputs<'a>, pair: Pair<'a>, cells: &[Cell<'a>], authority: Side) -> Move<'a> {
    let verdict = Verdict { winner: authority, rule: Rule::Preferred, tie: false };
    let strategy = if authority == Side::Crm { Strategy::CrmWins } else { Strategy::RemoteWins };
    let edits = Edits::of(inputs, pair, cells, strategy);
    let cells: Vec<Cell<'a>> = cells.iter().filter(|cell| !cell.agrees()).copied().collect();
    let other = authority.other();
    let lost = cells.iter().filter(|cell| cell.changed(other) && !cell.value(other).is_empty());
    let conflicts = lost.map(|cell| cell.conflict(pair, edits, strategy, Some(verdict))).collect();
    Move::Carry { from: authority, rule: Rule::Preferred, cells, conflicts }
}

/// Record-level last write wins: once one unit is in conflict, every unit comes from the side that won, and what the
/// other side had changed is kept as lost.
fn follow_the_record<'a>(inputs: &Inputs<'a>, pair: Pair<'a>, moves: &mut [Move<'a>]) {
    let contested: Vec<Cell<'a>> = moves
        .iter()
        .filter_map(|step| match step {
            Move::Carry { cells, conflicts, .. }
                if conflicts.iter().any(|c| c.strategy == Strategy::NewestRecord) =>
            {
                Some(cells.as_slice())
            }
            _ => None,
        })
        .flatten()
        .copied()
        .collect();
    if contested.is_empty() {
        return;
    }
    let edits = Edits::of(inputs, pair, &contested, Strategy::NewestRecord);
    let Some(verdict) = resolve(Strategy::NewestRecord, inputs.policy.tie, edits) else { return };
    for step in moves {
        let Move::Carry { from, rule, cells, conflicts } = step else { continue };
        let bound_otherwise =
            cells.iter().any(|cell| cell.bound.strategy.is_some() || cell.authority().is_some());
        if bound_otherwise || *rule == Rule::Filled {
            continue;
        }
        if conflicts.is_empty() && *from == verdict.winner {
            continue;
        }
        *rule = if conflicts.is_empty() { Rule::WholeRecord } else { verdict.rule };
        *from = verdict.winner;
        *conflicts = cells
            .iter()
            .map(|cell| cell.conflict(pair, edits, Strategy::NewestRecord, Some(verdict)))
            .collect();
    }
}

/// What people call a deal or a record: its first required text, else `otherwise`.
pub(super) fn label(inputs: &Inputs<'_>, values: &[Value], otherwise: &str) -> String {
    let names = |unit: &Unit| unit.required && matches!(unit.kind, UnitKind::Text { .. });
    match inputs.units.iter().zip(values).find(|(unit, _)| names(unit)) {
        Some((_, Value::Text(text))) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => otherwise.to_owned(),
    }
}

/// How a deal is called.
pub(super) fn deal_label(inputs: &Inputs<'_>, deal: &Deal) -> String {
    label(inputs, &deal.values, deal.id.as_str())
}

/// How a deal that is gone was called.
pub(super) fn base_label(inputs: &Inputs<'_>, deal: &DealId, base: &Agreement) -> String {
    let values: Vec<Value> = base.crm.iter().map(|value| value.clone().unwrap_or(Value::Empty)).collect();
    label(inputs, &values, deal.as_str())
}
