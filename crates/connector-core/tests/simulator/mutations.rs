//! A rule that can be taken away unseen is not tested: without any one of these, some history breaks a promise.

use connector_core::mutation::{Rule, without};
use connector_core::plan::Strategy;
use rstest::rstest;

use crate::history::{Draw, Topology, play_all};

#[rstest]
#[case::content_comparison(Rule::ContentComparison, Topology::One)]
#[case::copy_check(Rule::CopyCheck, Topology::One)]
#[case::read_before_write(Rule::ReadBeforeWrite, Topology::One)]
#[case::merge_on_restore(Rule::MergeOnRestore, Topology::One)]
#[case::create_intent(Rule::CreateIntent, Topology::One)]
#[case::carried_origin(Rule::CarriedOrigin, Topology::Two)]
#[case::complete_listing(Rule::CompleteListing, Topology::One)]
#[case::own_field(Rule::OwnField, Topology::One)]
#[case::hold(Rule::Hold, Topology::One)]
fn the_simulator_misses_a_rule_that_is_taken_away(#[case] rule: Rule, #[case] topology: Topology) {
    let draw = Draw { histories: 10_000, ..Draw::from_environment() };
    let violation = without(rule, || play_all(Strategy::NewestUnit, topology, draw, 0));
    let violation = violation.expect_err("nothing was missed");
    println!("without {rule:?}: {}", violation.lines().next().unwrap_or_default());
}
