//! The conformance suite of connectors: what every [`DealConnector`](crate::connector::DealConnector) must do,
//! whatever remote it speaks to.
//!
//! Implement [`Harness`] for a connector on a fresh, empty container and list the tests with
//! [`connector_suite!`](crate::connector_suite):
//!
//! ```text
//! async fn make() -> MyHarness { … }
//! connector_core::connector_suite!(make);
//! ```
//!
//! Which tests apply is told by [`Capabilities`](crate::connector::Capabilities), never by a connector's name.

mod harness;
pub mod keys;
pub mod listing;
pub mod reading;
pub mod times;
pub mod values;
pub mod writing;

pub use harness::{Fields, Harness};

/// Makes a named `#[tokio::test]` of each function of the suite.
///
/// `$make` is an `async fn() -> impl Harness` that gives a fresh, empty container for each test.
#[macro_export]
macro_rules! connector_suite {
    ($make:path) => {
        $crate::suite_tests! { connector_suite, $make =>
            listing::an_empty_container_lists_nothing;
            listing::a_listing_goes_on_beyond_one_page;
            listing::a_sample_stops_at_its_limit;
            listing::a_listing_reads_only_the_fields_asked_for;
            listing::a_listing_of_an_unknown_field_fails;
            listing::a_page_tells_the_remotes_clock_in_whole_seconds;
            listing::a_deleted_deal_is_not_listed;
            listing::a_feed_tells_what_changed_since_its_cursor;
            listing::without_a_feed_nothing_is_listed_since_a_cursor;
            reading::the_schema_names_the_fields_and_their_options;
            reading::deals_are_read_in_the_order_asked;
            reading::a_deleted_deal_is_told_apart_from_a_live_one;
            reading::more_deals_are_read_than_one_request_takes;
            reading::reading_nothing_answers_nothing;
            reading::reading_gives_only_the_fields_asked_for;
            reading::reading_an_unknown_field_fails;
            reading::a_persons_edit_is_read;
            reading::usage_grows_with_every_call;
            keys::a_deal_is_found_by_its_key_however_hostile;
            keys::only_the_whole_key_is_found;
            keys::a_found_deal_gives_only_the_fields_asked_for;
            keys::many_keys_are_looked_up_at_once;
            keys::a_deleted_deal_is_not_found;
            keys::finding_in_an_unknown_field_fails;
            keys::a_repeated_creation_adopts_where_it_says_so;
            keys::adopting_leaves_other_cells_alone;
            keys::a_key_field_can_be_made_and_used;
            keys::a_key_field_of_a_taken_name_is_refused;
            writing::outcomes_come_in_order_and_a_refused_change_spares_the_others;
            writing::more_changes_than_a_batch_are_written_in_order;
            writing::writing_nothing_answers_nothing;
            writing::a_partial_update_leaves_other_cells_alone;
            writing::a_cleared_cell_is_read_as_empty;
            writing::a_written_deal_is_told_as_it_stands;
            writing::a_deleted_deal_can_be_restored_where_it_says_so;
            writing::a_deal_that_is_gone_is_neither_updated_nor_made_again;
            writing::an_unknown_field_is_refused;
            writing::a_computed_field_is_refused;
            writing::a_value_of_another_kind_is_refused;
            writing::an_unreadable_value_is_never_written;
            writing::an_unknown_option_is_refused_and_not_made;
            writing::an_unknown_option_is_made_when_the_user_allowed_it;
            writing::as_many_writes_as_promised_may_be_under_way_at_once;
            values::text_comes_back_as_its_author_wrote_it;
            values::long_text_comes_back_whole;
            values::numbers_come_back_exactly;
            values::dates_come_back_on_the_same_day;
            values::a_checkbox_comes_back;
            values::options_come_back_with_their_ids;
            values::an_option_is_known_by_its_name_alone;
            times::a_new_deal_tells_when_it_was_made;
            times::an_edit_is_dated_no_more_exactly_than_the_remote_knows;
            times::a_deal_has_an_address_that_a_person_can_open;
        }
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_function_of_the_suite_is_left_out() {
        let groups = [
            include_str!("keys.rs"),
            include_str!("listing.rs"),
            include_str!("reading.rs"),
            include_str!("times.rs"),
            include_str!("values.rs"),
            include_str!("writing.rs"),
        ];
        crate::testing::suite::assert_all_are_listed(include_str!("mod.rs"), &groups);
    }
}
