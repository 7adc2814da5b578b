//! The conformance suite of stores: what every [`Store`](crate::store::Store) must do, whatever database it writes to.
//!
//! Implement [`StoreHarness`] for an empty store and list the tests with [`store_suite!`](crate::store_suite):
//!
//! ```text
//! async fn make() -> MyHarness { … }
//! connector_core::store_suite!(make);
//! ```

pub mod books;
pub mod deals;
pub mod graves;
mod harness;
pub mod leases;
pub mod links;
pub mod origins;
pub mod values;

pub use harness::{Roles, StoreHarness};

/// Makes a named `#[tokio::test]` of each function of the suite.
///
/// `$make` is an `async fn() -> impl StoreHarness` that gives an empty store for each test.
#[macro_export]
macro_rules! store_suite {
    ($make:path) => {
        $crate::suite_tests! { store_suite, $make =>
            deals::deals_come_by_id;
            deals::an_insert_gives_an_id_and_fills_link_and_log;
            deals::units_not_given_to_a_new_deal_are_empty;
            deals::an_update_writes_only_the_units_given;
            deals::an_expectation_is_compared_as_people_mean_it;
            deals::a_stale_effect_leaves_nothing_behind;
            deals::an_effect_on_a_deleted_deal_is_stale;
            deals::a_refused_effect_leaves_nothing_behind;
            deals::a_refused_insert_leaves_no_deal;
            deals::a_restored_deal_has_its_old_id;
            deals::a_deal_that_is_there_is_not_restored;
            deals::a_kept_deal_may_be_gone;
            deals::later_effects_see_what_earlier_ones_of_the_commit_wrote;
            deals::a_thousand_effects_go_in_one_commit;
            graves::a_deleted_deal_leaves_what_it_held;
            graves::a_deal_that_comes_back_was_edited_when_it_was;
            graves::a_sync_signs_the_graves_it_digs;
            graves::a_deal_that_moved_is_not_deleted;
            values::a_whole_deal_comes_back;
            values::text_comes_back_as_its_author_wrote_it;
            values::text_with_nul_is_refused_or_stripped;
            values::numbers_come_back_exactly;
            values::dates_come_back_on_the_same_day;
            values::tags_come_back_as_a_set;
            values::an_unreadable_value_is_never_written;
            values::a_persons_edit_is_read;
            links::what_was_written_is_remembered;
            links::an_unknown_connection_remembers_nothing;
            links::a_link_is_rewritten_by_its_record;
            links::a_tombstone_is_kept_beside_the_link_in_force;
            links::a_record_in_force_is_not_taken_by_another_deal;
            links::a_deal_has_one_link_in_force;
            links::a_link_can_be_rewritten_without_naming_its_deal;
            links::connections_do_not_see_each_other;
            links::an_intent_is_put_replaced_and_closed;
            links::a_baseline_stays_until_the_next_one;
            links::troubles_are_those_last_named;
            books::open_conflicts_are_those_last_named;
            books::a_decided_conflict_is_kept_with_the_value_that_lost;
            books::the_log_keeps_every_line_in_order;
            books::a_run_is_rewritten_by_its_id;
            books::a_plan_is_kept_as_it_was;
            books::a_plan_is_applied_once;
            leases::one_run_has_the_connection;
            leases::a_released_lease_is_free_and_its_fence_is_past;
            leases::an_expired_lease_is_taken_over;
            leases::a_fenced_commit_leaves_nothing_behind;
            leases::a_renewed_lease_lasts;
            leases::an_expired_lease_that_nobody_took_goes_on;
            leases::releasing_a_lost_lease_does_not_free_it;
            leases::each_connection_has_a_lease_of_its_own;
            origins::an_origin_stays_as_long_as_the_value;
            origins::another_units_edit_leaves_an_origin;
            origins::a_later_origin_replaces_the_earlier_one;
            origins::a_value_that_was_brought_is_no_edit;
        }
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_function_of_the_suite_is_left_out() {
        let groups = [
            include_str!("books.rs"),
            include_str!("deals.rs"),
            include_str!("graves.rs"),
            include_str!("leases.rs"),
            include_str!("links.rs"),
            include_str!("origins.rs"),
            include_str!("values.rs"),
        ];
        crate::testing::suite::assert_all_are_listed(include_str!("mod.rs"), &groups);
    }
}
