//! Whole histories of people, syncs, faults and crashes over the engine in memory: after each one, the promises hold.
//!
//! `HISTORIES` sets how many histories each strategy gets with one remote and with two (10,000), `SEED` which ones. A
//! history that fails is shrunk and printed with its seed. `cargo xtask simulate` plays more of them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a history that cannot be played has failed, and each run says which histories it plays"
)]

mod coverage;
mod history;
mod invariants;
mod mutations;
mod people;
mod trace;
mod world;

use connector_core::plan::Strategy;
use history::{Draw, Topology, check_histories, trace_of};

#[test]
fn nothing_is_lost_and_both_sides_converge_when_the_newest_unit_wins() {
    check_histories(Strategy::NewestUnit, Topology::One);
}

#[test]
fn three_tools_agree_in_any_order_when_the_newest_unit_wins() {
    check_histories(Strategy::NewestUnit, Topology::Two);
}

#[test]
fn nothing_is_lost_and_both_sides_converge_when_the_newest_record_wins() {
    check_histories(Strategy::NewestRecord, Topology::One);
}

#[test]
fn three_tools_agree_when_the_newest_record_wins() {
    check_histories(Strategy::NewestRecord, Topology::Two);
}

#[test]
fn nothing_is_lost_and_both_sides_converge_when_the_crm_wins() {
    check_histories(Strategy::CrmWins, Topology::One);
}

#[test]
fn three_tools_agree_in_any_order_when_the_crm_wins() {
    check_histories(Strategy::CrmWins, Topology::Two);
}

#[test]
fn nothing_is_lost_and_both_sides_converge_when_the_remote_wins() {
    check_histories(Strategy::RemoteWins, Topology::One);
}

#[test]
fn three_tools_agree_in_any_order_when_the_remote_wins() {
    check_histories(Strategy::RemoteWins, Topology::Two);
}

#[test]
fn nothing_is_lost_and_only_open_conflicts_differ_when_a_person_decides() {
    check_histories(Strategy::Manual, Topology::One);
}

#[test]
fn three_tools_agree_but_for_open_conflicts_when_a_person_decides() {
    check_histories(Strategy::Manual, Topology::Two);
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for topology in [Topology::One, Topology::Two] {
        let draw = Draw { histories: 40, seed: 11 };
        let (one, two) =
            (trace_of(Strategy::NewestUnit, topology, draw), trace_of(Strategy::NewestUnit, topology, draw));
        let differ = one.iter().zip(&two).find(|(one, two)| one != two);
        assert!(one == two, "{differ:#?}");
        assert!(one.len() > 1_000, "{} lines", one.len());
    }
}
