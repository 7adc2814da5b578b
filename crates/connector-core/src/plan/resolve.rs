//! Who wins a contested group: by the times of the edits, by preference, or nobody.

use chrono::{DateTime, Utc};

use super::diff::{Cell, Pair};
use super::inputs::Inputs;
use super::op::Rule;
use super::strategy::{Precedence, Side, Strategy};
use crate::canon::same;
use crate::clock::Interval;
use crate::snapshot::Row;

/// When each side was edited, as far as known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edits {
    pub(super) crm: Option<Interval>,
    pub(super) remote: Option<Interval>,
}

/// Who wins, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) winner: Side,
    pub(super) rule: Rule,
    pub(super) tie: bool,
}

impl Edits {
    /// The times of the last edits of these cells.
    pub(super) fn of<'a>(inputs: &Inputs<'a>, pair: Pair<'a>, cells: &[Cell<'a>]) -> Self {
        let seen = seen_at(inputs, pair);
        let remote = remote_edit(inputs, pair);
        let crm = cells.iter().map(|cell| match carried(pair, cell) {
            Some(origin) => origin,
            None => known(pair.deal.edited, seen, inputs.crm.read),
        });
        Self { crm: crm.reduce(|a, b| if b.hi > a.hi { b } else { a }), remote: Some(remote) }
    }
}

/// When a record that is not linked yet was last edited, as far as known.
pub(super) fn first_edit(inputs: &Inputs<'_>, row: &Row) -> Interval {
    known(row.edited, None, inputs.remote.read)
}

/// When the record was last edited, as far as known.
pub(super) fn remote_edit(inputs: &Inputs<'_>, pair: Pair<'_>) -> Interval {
    known(pair.row.edited, seen_at(inputs, pair), inputs.remote.read)
}

/// The latest moment at which both sides were seen to agree.
fn seen_at(inputs: &Inputs<'_>, pair: Pair<'_>) -> Option<DateTime<Utc>> {
    let link = pair.base?.seen_at;
    let run = inputs.state.baseline.as_ref().filter(|baseline| !baseline.unsettled.contains(pair.remote));
    link.max(run.map(|baseline| baseline.seen_at))
}

/// An edit that nobody dated happened before the reading, and after the oldest time that every database can keep.
fn known(edited: Option<Interval>, seen: Option<DateTime<Utc>>, read: Interval) -> Interval {
    edited.unwrap_or(Interval { lo: DateTime::UNIX_EPOCH, hi: read.hi }).refined(seen, read.hi)
}

/// The time that came with a value which a sync brought into the CRM, if it is still that value.
fn carried(pair: Pair<'_>, cell: &Cell<'_>) -> Option<Interval> {
    let origin = pair.deal.origins.iter().find(|origin| origin.unit == cell.unit.key)?;
    same(&cell.unit.kind, &origin.value, cell.crm).then_some(origin.edited)
}

/// Decides a group that both sides changed since they agreed; `None` leaves it to a person.
pub(super) fn resolve(strategy: Strategy, tie: Side, edits: Edits) -> Option<Verdict> {
    match strategy {
        Strategy::NewestUnit | Strategy::NewestRecord => Some(later(tie, edits)),
        Strategy::CrmWins => Some(preferred(Side::Crm)),
        Strategy::RemoteWins => Some(preferred(Side::Remote)),
        Strategy::Manual => None,
    }
}

/// Decides a group that the sides never agreed on: the strategy's side, else the initial precedence.
pub(super) fn resolve_first(
    strategy: Strategy,
    first: Precedence,
    tie: Side,
    edits: Edits,
) -> Option<Verdict> {
    match (strategy, first) {
        (Strategy::Manual, _) | (Strategy::NewestUnit | Strategy::NewestRecord, Precedence::Ask) => None,
        (Strategy::CrmWins, _) | (_, Precedence::Crm) => Some(preferred(Side::Crm)),
        (Strategy::RemoteWins, _) | (_, Precedence::Remote) => Some(preferred(Side::Remote)),
        (Strategy::NewestUnit | Strategy::NewestRecord, Precedence::Newer) => Some(later(tie, edits)),
    }
}

const fn preferred(winner: Side) -> Verdict {
    Verdict { winner, rule: Rule::Preferred, tie: false }
}

fn later(tie: Side, edits: Edits) -> Verdict {
    let after = |a: Option<Interval>, b: Option<Interval>| a.zip(b).is_some_and(|(a, b)| a.is_after(b));
    if after(edits.crm, edits.remote) {
        Verdict { winner: Side::Crm, rule: Rule::Later, tie: false }
    } else if after(edits.remote, edits.crm) {
        Verdict { winner: Side::Remote, rule: Rule::Later, tie: false }
    } else {
        Verdict { winner: tie, rule: Rule::Tie, tie: true }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(seconds: i64) -> Option<Interval> {
        DateTime::from_timestamp(seconds, 0).map(Interval::at)
    }

    fn minute(seconds: i64) -> Option<Interval> {
        at(seconds).map(|at| Interval { lo: at.lo, hi: at.lo + chrono::TimeDelta::milliseconds(59_999) })
    }

    #[rstest]
    #[case::the_crm_is_later(at(20), at(10), Side::Crm, false)]
    #[case::the_remote_is_later(at(10), at(20), Side::Remote, false)]
    #[case::within_a_floored_minute(at(30), minute(0), Side::Remote, true)]
    #[case::nothing_is_known(None, at(1), Side::Remote, true)]
    fn the_later_edit_wins_and_a_tie_is_said_to_be_one(
        #[case] crm: Option<Interval>,
        #[case] remote: Option<Interval>,
        #[case] winner: Side,
        #[case] tie: bool,
    ) {
        let verdict = resolve(Strategy::NewestUnit, Side::Remote, Edits { crm, remote }).unwrap();
        assert_eq!((verdict.winner, verdict.tie), (winner, tie));
    }

    #[test]
    fn a_preferred_side_wins_whatever_the_times() {
        let edits = Edits { crm: at(10), remote: at(20) };
        assert_eq!(resolve(Strategy::CrmWins, Side::Remote, edits), Some(preferred(Side::Crm)));
        assert_eq!(resolve(Strategy::Manual, Side::Remote, edits), None);
        assert_eq!(resolve_first(Strategy::NewestUnit, Precedence::Ask, Side::Crm, edits), None);
    }
}
