//! When deals were made and edited, and where a person finds them.

use chrono::TimeDelta;

use super::harness::{Harness, catch_up, create, listed, text};

/// How far a remote may round or be late.
const TOLERANCE: TimeDelta = TimeDelta::seconds(61);

/// The instant of creation, if told, is about when it was made, and stays when the deal is edited.
pub async fn a_new_deal_tells_when_it_was_made(harness: &dyn Harness) {
    let field = &harness.fields().text;
    let before = harness.now();
    let id = create(harness, vec![(field.clone(), text("New"))]).await;
    let after = harness.now();
    let Some(created) = listed(harness, vec![field.clone()]).await[&id].created else { return };
    assert!(before - TOLERANCE <= created && created <= after + TOLERANCE, "{created}");
    harness.forward(TimeDelta::minutes(5));
    harness.edit(&id, field, text("Edited")).await;
    assert_eq!(listed(harness, vec![field.clone()]).await[&id].created, Some(created));
}

/// The true instant of an edit lies in the interval that is told; a later edit is told as later.
pub async fn an_edit_is_dated_no_more_exactly_than_the_remote_knows(harness: &dyn Harness) {
    let field = &harness.fields().text;
    let id = create(harness, vec![(field.clone(), text("New"))]).await;
    let mut last = None;
    for name in ["Once", "Twice"] {
        harness.forward(TimeDelta::minutes(5));
        let before = harness.now();
        harness.edit(&id, field, text(name)).await;
        let after = harness.now();
        catch_up(harness);
        let Some(edited) = listed(harness, vec![field.clone()]).await[&id].edited else { return };
        assert!(edited.lo <= after && before <= edited.hi, "{edited:?} does not hold {before} to {after}");
        assert!(last.is_none_or(|last| edited.is_after(last)), "{edited:?} is not after {last:?}");
        last = Some(edited);
    }
}

/// A person can be sent there.
pub async fn a_deal_has_an_address_that_a_person_can_open(harness: &dyn Harness) {
    let field = &harness.fields().text;
    let id = create(harness, vec![(field.clone(), text("New"))]).await;
    let deals = listed(harness, vec![field.clone()]).await;
    if let Some(url) = &deals[&id].url {
        assert!(url.starts_with("https://"), "{url}");
    }
}
