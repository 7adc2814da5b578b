//! Whole histories of people, syncs, faults and crashes over the engine in memory: after each one, the promises hold.
//!
//! `HISTORIES` sets how many histories each strategy gets (2,000), `SEED` which ones. A history that fails is shrunk
//! and printed with its seed.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a history that cannot be played has failed, and each run says which histories it plays"
)]

mod history;
mod invariants;
mod world;

use connector_core::plan::Strategy;
use history::{Topology, check_histories};

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
