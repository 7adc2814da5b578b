//! Who wins a contested group: by the times of the edits, by preference, or nobody.

use chrono::{DateTime, Utc};

use super::diff::{Cell, Pair};
use super::inputs::Inputs;
use super::op::Rule;
use super::strategy::{Precedence, Side, Strategy};
use crate::canon::same;
use crate::clock::{Interval, Skew};
use crate::id::ConnectionId;
use crate::snapshot::Row;
use crate::state::{Agreement, Origin};

/// When each side was edited, as far as known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edits<'a> {
    pub(super) crm: Option<Interval>,
    pub(super) remote: Option<Interval>,
    /// When the CRM's value was brought there from another remote: that one, and the pair's own.
    pub(super) remotes: Option<(&'a ConnectionId, &'a ConnectionId)>,
    /// Whether the remote's clock and ours differ by minutes.
    pub(super) clock_suspect: bool,
}

/// Who wins, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) winner: Side,
    pub(super) rule: Rule,
    pub(super) tie: bool,
}

impl Verdict {
    /// Whether the times of the edits decided, or were to.
    pub(super) const fn is_by_time(self) -> bool {
        matches!(self.rule, Rule::Later | Rule::Tie)
    }
}

impl<'a> Edits<'a> {
    /// The times of the last edits of these cells; of the CRM's, only those that it changed count.
    ///
    /// A group may hold edits of the CRM's own beside what another remote brought. Where the CRM wins, its own make it
    /// win; where the remote wins, it has to beat the other remote's: else it would matter which of them came first.
    pub(super) fn of(inputs: &Inputs<'a>, pair: Pair<'a>, cells: &[Cell<'a>], strategy: Strategy) -> Self {
        let seen = seen_at(inputs, pair);
        let edit = |cell: &Cell<'a>| match carried(pair, cell) {
            Some(origin) => (origin.edited, Some(&origin.connection)),
            None => (known(pair.deal.edited, seen, inputs.crm.read), None),
        };
        let mut changed: Vec<_> = cells.iter().filter(|cell| cell.changed(Side::Crm)).map(edit).collect();
        let is_brought = |from: Option<&ConnectionId>| from.is_some_and(|from| from != inputs.connection);
        let counts = match strategy {
            Strategy::CrmWins => Some(false),
            Strategy::RemoteWins => Some(true),
            Strategy::NewestUnit | Strategy::NewestRecord | Strategy::Manual => None,
        };
        if let Some(brought) = counts
            && changed.iter().any(|(_, from)| is_brought(*from) == brought)
        {
            changed.retain(|(_, from)| is_brought(*from) == brought);
        }
        let last = changed.into_iter().reduce(|a, b| if b.0.hi > a.0.hi { b } else { a });
        let from = last.and_then(|(_, from)| from).filter(|from| is_brought(Some(*from)));
        Self {
            crm: last.map(|(edited, _)| edited),
            remote: Some(remote_edit(inputs, pair)),
            remotes: from.map(|from| (from, inputs.connection)),
            clock_suspect: inputs.remote.skew.is_some_and(Skew::is_suspect),
        }
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

/// When a record whose deal is gone was last edited, as far as known.
pub(super) fn edit_since(inputs: &Inputs<'_>, base: &Agreement, row: &Row) -> Interval {
    known(row.edited, agreed_at(inputs, base), inputs.remote.read)
}

/// The latest moment at which both sides were seen to agree.
fn seen_at(inputs: &Inputs<'_>, pair: Pair<'_>) -> Option<DateTime<Utc>> {
    agreed_at(inputs, pair.base?)
}

fn agreed_at(inputs: &Inputs<'_>, base: &Agreement) -> Option<DateTime<Utc>> {
    let run = inputs.state.baseline.as_ref().filter(|baseline| !baseline.unsettled.contains(&base.remote));
    base.seen_at.max(run.map(|baseline| baseline.seen_at))
}

/// An edit that nobody dated happened before the reading, and after the oldest time that every database can keep.
fn known(edited: Option<Interval>, seen: Option<DateTime<Utc>>, read: Interval) -> Interval {
    edited.unwrap_or(Interval { lo: DateTime::UNIX_EPOCH, hi: read.hi }).refined(seen, read.hi)
}

/// Where a value came from which a sync brought into the CRM, if it is still that value.
fn carried<'a>(pair: Pair<'a>, cell: &Cell<'_>) -> Option<&'a Origin> {
    let origin = pair.deal.origins.iter().find(|origin| origin.unit == cell.unit.key)?;
    same(&cell.unit.kind, &origin.value, cell.crm).then_some(origin)
}

/// Decides a group that both sides changed since they agreed; `None` leaves it to a person.
///
/// A side that is said to win is the CRM or a remote: between two remotes, one of whose values is already in the CRM,
/// the later edit wins, so that it does not matter which of them came first.
pub(super) fn resolve(strategy: Strategy, tie: Side, edits: Edits<'_>) -> Option<Verdict> {
    match strategy {
        Strategy::NewestUnit | Strategy::NewestRecord => Some(later(tie, edits)),
        Strategy::CrmWins | Strategy::RemoteWins if edits.remotes.is_some() => Some(later(tie, edits)),
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
    edits: Edits<'_>,
) -> Option<Verdict> {
    match (strategy, first) {
        (Strategy::Manual, _) | (Strategy::NewestUnit | Strategy::NewestRecord, Precedence::Ask) => None,
        _ if edits.remotes.is_some() => Some(later(tie, edits)),
        (Strategy::CrmWins, _) | (_, Precedence::Crm) => Some(preferred(Side::Crm)),
        (Strategy::RemoteWins, _) | (_, Precedence::Remote) => Some(preferred(Side::Remote)),
        (Strategy::NewestUnit | Strategy::NewestRecord, Precedence::Newer) => Some(later(tie, edits)),
    }
}

const fn preferred(winner: Side) -> Verdict {
    Verdict { winner, rule: Rule::Preferred, tie: false }
}

fn later(tie: Side, edits: Edits<'_>) -> Verdict {
    let after = |a: Option<Interval>, b: Option<Interval>| a.zip(b).is_some_and(|(a, b)| a.is_after(b));
    if after(edits.crm, edits.remote) {
        Verdict { winner: Side::Crm, rule: Rule::Later, tie: false }
    } else if after(edits.remote, edits.crm) {
        Verdict { winner: Side::Remote, rule: Rule::Later, tie: false }
    } else {
        Verdict { winner: preferred_in_tie(tie, edits), rule: Rule::Tie, tie: true }
    }
}

/// Who wins when nobody can know the order.
///
/// Against the CRM's own edits it is the side that the settings name. Between two remotes it must be an order that
/// fits that one, or three sides would beat each other in a circle and the first to run would decide: where the CRM wins
/// ties, a remote beats it by the start of its interval, so remotes are compared by their starts; where remotes win
/// ties, by their ends. Equal ones go by name.
fn preferred_in_tie(tie: Side, edits: Edits<'_>) -> Side {
    let (Some((brought, own)), Some(crm), Some(remote)) = (edits.remotes, edits.crm, edits.remote) else {
        return tie;
    };
    let key = |edit: Interval| if tie == Side::Crm { edit.lo } else { edit.hi };
    if (key(crm), brought) > (key(remote), own) { Side::Crm } else { Side::Remote }
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

    fn edits(crm: Option<Interval>, remote: Option<Interval>) -> Edits<'static> {
        Edits { crm, remote, remotes: None, clock_suspect: false }
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
        let verdict = resolve(Strategy::NewestUnit, Side::Remote, edits(crm, remote)).unwrap();
        assert_eq!((verdict.winner, verdict.tie), (winner, tie));
    }

    #[test]
    fn a_preferred_side_wins_whatever_the_times() {
        let edits = edits(at(10), at(20));
        assert_eq!(resolve(Strategy::CrmWins, Side::Remote, edits), Some(preferred(Side::Crm)));
        assert_eq!(resolve(Strategy::Manual, Side::Remote, edits), None);
        assert_eq!(resolve_first(Strategy::NewestUnit, Precedence::Ask, Side::Crm, edits), None);
    }

    /// Every three edits of the CRM and of two remotes have one winner, whichever remote meets the CRM first.
    #[rstest]
    fn three_sides_never_beat_each_other_in_a_circle(
        #[values(Strategy::NewestUnit, Strategy::CrmWins, Strategy::RemoteWins)] strategy: Strategy,
        #[values(Side::Crm, Side::Remote)] tie: Side,
    ) {
        let intervals: Vec<Interval> = (0..5)
            .flat_map(|lo| (lo..5).map(move |hi| Interval::new(at(lo).unwrap().lo, at(hi).unwrap().lo)))
            .collect();
        let (one, two) = (ConnectionId::from("one"), ConnectionId::from("two"));
        for crm in &intervals {
            for first in &intervals {
                for second in &intervals {
                    let a = outcome(strategy, tie, *crm, [(&one, *first), (&two, *second)]);
                    let b = outcome(strategy, tie, *crm, [(&two, *second), (&one, *first)]);
                    assert_eq!(a, b, "{crm:?} {first:?} {second:?}");
                }
            }
        }
    }

    /// Whose value the CRM holds after both remotes met it in this order: the CRM's own, or that of a remote.
    fn outcome(
        strategy: Strategy,
        tie: Side,
        crm: Interval,
        remotes: [(&ConnectionId, Interval); 2],
    ) -> Option<&ConnectionId> {
        let mut holds = (None, crm);
        for (own, edit) in remotes {
            let edits = Edits {
                crm: Some(holds.1),
                remote: Some(edit),
                remotes: holds.0.map(|brought| (brought, own)),
                clock_suspect: false,
            };
            if resolve(strategy, tie, edits).unwrap().winner == Side::Remote {
                holds = (Some(own), edit);
            }
        }
        holds.0
    }
}
