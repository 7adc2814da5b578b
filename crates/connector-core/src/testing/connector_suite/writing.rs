//! Writing: batches, partial updates, refusals, deletions.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::harness::{
    Harness, applied, assert_cells, catch_up, cell, create, creation, full_deal, listed, number, read,
    refused, text, two_options, update, write, write_well,
};
use crate::connector::{Change, DealConnectorExt as _, Outcome, Presence};
use crate::error::ErrorKind;
use crate::value::{Choice, Value};

/// One change among many that the remote refuses: the others are written, and each outcome stands in its place.
pub async fn outcomes_come_in_order_and_a_refused_change_spares_the_others(harness: &dyn Harness) {
    let fields = harness.fields();
    let connector = harness.connector();
    let existing = create(harness, vec![(fields.text.clone(), text("Existing"))]).await;
    let gone = create(harness, vec![(fields.text.clone(), text("Gone"))]).await;
    harness.delete(&gone).await;
    let unknown = Value::Choice(Choice { id: None, name: "No such option".into() });
    let mut changes = vec![
        creation(harness, "One"),
        Change::Create { stamp: None, cells: vec![(fields.select.clone(), unknown)] },
        creation(harness, "Two"),
        update(&existing, &fields.text, text("Three")),
        update(&gone, &fields.text, text("Never")),
        creation(harness, "Four"),
    ];
    let most = connector.capabilities().batch.get();
    let expected = [Some("One"), None, Some("Two"), Some("Three"), None, Some("Four")];
    changes.truncate(most);
    let sent = changes.len();
    let outcomes = connector.write(changes).await;
    assert_eq!(outcomes.len(), sent, "one outcome for each change");
    for (outcome, expected) in outcomes.into_iter().zip(expected) {
        if let Some(name) = expected {
            assert_eq!(applied(outcome).0.cell(&fields.text), &text(name));
        } else {
            assert!(!refused(outcome).kind().ends_run(), "it concerns one deal only");
        }
    }
    catch_up(harness);
    let names: BTreeSet<String> = listed(harness, vec![fields.text.clone()])
        .await
        .values()
        .map(|deal| deal.cell(&fields.text).to_string())
        .collect();
    let applied = expected.into_iter().take(sent).flatten().map(|name| text(name).to_string());
    assert!(applied.collect::<BTreeSet<_>>().is_subset(&names), "{names:?}");
    assert!(!names.contains(&text("Never").to_string()));
}

/// More changes than one call takes are cut by the caller, and none is lost.
pub async fn more_changes_than_a_batch_are_written_in_order(harness: &dyn Harness) {
    let connector = harness.connector();
    let count = 2 * connector.capabilities().batch.get() + 1;
    let changes = (0..count).map(|n| creation(harness, &format!("Deal {n}"))).collect();
    let outcomes = connector.write_all(changes).await;
    assert_eq!(outcomes.len(), count);
    for (n, outcome) in outcomes.into_iter().enumerate() {
        assert_eq!(applied(outcome).0.cell(&harness.fields().text), &text(&format!("Deal {n}")));
    }
    catch_up(harness);
    assert_eq!(listed(harness, Vec::new()).await.len(), count);
}

/// Nothing to write, nothing written.
pub async fn writing_nothing_answers_nothing(harness: &dyn Harness) {
    assert!(harness.connector().write(Vec::new()).await.is_empty());
    assert!(listed(harness, Vec::new()).await.is_empty());
}

/// Only the cells given are written.
pub async fn a_partial_update_leaves_other_cells_alone(harness: &dyn Harness) {
    let fields = harness.fields();
    let mut cells = full_deal(harness).await;
    let id = create(harness, cells.clone()).await;
    write_well(harness, update(&id, &fields.number, number("7"))).await;
    for (field, value) in &mut cells {
        if *field == fields.number {
            *value = number("7");
        }
    }
    let Presence::Live(deal) = read(harness, &id, &fields.writable()).await else {
        panic!("the deal is in the container");
    };
    assert_cells(&deal, &cells);
}

/// A cell of any kind can be cleared, and then holds nothing.
pub async fn a_cleared_cell_is_read_as_empty(harness: &dyn Harness) {
    let fields = harness.fields();
    let id = create(harness, full_deal(harness).await).await;
    for field in fields.writable() {
        let (deal, _) = write_well(harness, update(&id, &field, Value::Empty)).await;
        assert!(is_nothing(deal.cell(&field)), "field {field} in the answer");
        assert!(is_nothing(&cell(harness, &id, &field).await), "field {field}");
    }
    let deals = listed(harness, fields.writable()).await;
    assert!(deals[&id].cells.iter().all(|(_, value)| is_nothing(value)), "{:?}", deals[&id]);
}

/// An outcome tells the deal as the remote now holds it.
pub async fn a_written_deal_is_told_as_it_stands(harness: &dyn Harness) {
    let cells = full_deal(harness).await;
    let (made, _) = write_well(harness, Change::Create { stamp: None, cells: cells.clone() }).await;
    assert_cells(&made, &cells);
    let number_field = &harness.fields().number;
    let (updated, _) = write_well(harness, update(&made.id, number_field, number("2"))).await;
    assert_eq!(updated.id, made.id);
    assert_eq!(updated.cell(number_field), &number("2"));
}

/// A deletion is seen at once by reading, and undone where the connector says that it can be.
pub async fn a_deleted_deal_can_be_restored_where_it_says_so(harness: &dyn Harness) {
    let fields = harness.fields();
    let cells = full_deal(harness).await;
    let id = create(harness, cells.clone()).await;
    write_well(harness, Change::Delete { id: id.clone() }).await;
    assert!(!matches!(read(harness, &id, &[]).await, Presence::Live(_)));
    let restored = write(harness.connector(), Change::Restore { id: id.clone() }).await;
    if harness.connector().capabilities().restores {
        assert_eq!(applied(restored).0.id, id);
        catch_up(harness);
        assert_cells(&listed(harness, fields.writable()).await[&id], &cells);
    } else {
        assert_eq!(refused(restored).kind(), ErrorKind::Unsupported);
        assert!(listed(harness, Vec::new()).await.is_empty());
    }
}

/// An update of a deal that somebody deleted concerns this deal only, and brings nothing back.
pub async fn a_deal_that_is_gone_is_neither_updated_nor_made_again(harness: &dyn Harness) {
    let field = &harness.fields().text;
    let id = create(harness, vec![(field.clone(), text("Gone"))]).await;
    harness.delete(&id).await;
    let error = refused(write(harness.connector(), update(&id, field, text("Never"))).await);
    assert_eq!(error.kind(), ErrorKind::RecordMissing, "{error}");
    let again = write(harness.connector(), Change::Delete { id }).await;
    assert!(!matches!(again, Outcome::Unknown(_)), "{again:?}");
    catch_up(harness);
    assert!(listed(harness, Vec::new()).await.is_empty());
}

/// A field that is gone ends the run: the schema must be read again.
pub async fn an_unknown_field_is_refused(harness: &dyn Harness) {
    let unknown = &harness.fields().unknown;
    let change = Change::Create { stamp: None, cells: vec![(unknown.clone(), text("x"))] };
    let error = refused(write(harness.connector(), change).await);
    assert_eq!(error.kind(), ErrorKind::SchemaChanged, "{error}");
    catch_up(harness);
    assert!(listed(harness, Vec::new()).await.is_empty());
}

/// What the remote computes cannot be written.
pub async fn a_computed_field_is_refused(harness: &dyn Harness) {
    let Some(computed) = &harness.fields().computed else { return };
    let id = create(harness, vec![(harness.fields().text.clone(), text("A deal"))]).await;
    refused(write(harness.connector(), update(&id, computed, text("x"))).await);
}

/// A value that a field cannot hold is refused, not bent.
pub async fn a_value_of_another_kind_is_refused(harness: &dyn Harness) {
    let fields = harness.fields();
    let id = create(harness, full_deal(harness).await).await;
    for (field, wrong) in [
        (&fields.number, text("a lot")),
        (&fields.date, text("tomorrow")),
        (&fields.checkbox, number("12")),
        (&fields.select, number("1")),
    ] {
        let before = cell(harness, &id, field).await;
        let error = refused(write(harness.connector(), update(&id, field, wrong)).await);
        assert!(!error.kind().is_transient(), "{error}");
        assert_eq!(cell(harness, &id, field).await, before);
    }
}

/// What could not be read whole must not be written over.
pub async fn an_unreadable_value_is_never_written(harness: &dyn Harness) {
    let field = &harness.fields().text;
    let id = create(harness, vec![(field.clone(), text("Kept"))]).await;
    refused(write(harness.connector(), update(&id, field, Value::Unknown("cut off".into()))).await);
    assert_eq!(cell(harness, &id, field).await, text("Kept"));
}

/// Without the user's leave no option is made, and the deal stays as it was.
pub async fn an_unknown_option_is_refused_and_not_made(harness: &dyn Harness) {
    let fields = harness.fields();
    let [known, _] = two_options(harness, &fields.select).await;
    let id = create(harness, vec![(fields.select.clone(), Value::Choice(known.clone()))]).await;
    let before = harness.connector().schema().await.expect("a schema");
    let new = Choice { id: None, name: "Made by a program".into() };
    for (field, value) in
        [(&fields.select, Value::Choice(new.clone())), (&fields.multi_select, Value::Choices(vec![new]))]
    {
        let error = refused(write(harness.connector(), update(&id, field, value)).await);
        assert_eq!(error.kind(), ErrorKind::Rejected, "{error}");
    }
    assert_eq!(harness.connector().schema().await.expect("a schema"), before);
    assert_eq!(cell(harness, &id, &fields.select).await, Value::Choice(known));
}

/// With the user's leave an option is made, and is an option like the others.
pub async fn an_unknown_option_is_made_when_the_user_allowed_it(harness: &dyn Harness) {
    let Some(connector) = harness.option_maker() else { return };
    let field = &harness.fields().select;
    let id = create(harness, vec![(harness.fields().text.clone(), text("A deal"))]).await;
    let new = Value::Choice(Choice { id: None, name: "Made by a program".into() });
    applied(write(connector, update(&id, field, new)).await);
    let schema = harness.connector().schema().await.expect("a schema");
    let options = schema.field(field).map(|field| field.kind.options()).unwrap_or_default();
    let made = options.iter().find(|option| option.name == "Made by a program").expect("the new option");
    let expected = Choice { id: Some(made.id.clone()), name: made.name.clone() };
    assert_eq!(cell(harness, &id, field).await, Value::Choice(expected));
}

/// Writes under way at once do not disturb each other.
pub async fn as_many_writes_as_promised_may_be_under_way_at_once(harness: &dyn Harness) {
    let connector = harness.connector();
    let many = connector.capabilities().in_flight.get();
    let writes = (0..many).map(|n| write(connector, creation(harness, &format!("Deal {n}"))));
    let made: BTreeSet<_> = join_all(writes).await.into_iter().map(|outcome| applied(outcome).0.id).collect();
    assert_eq!(made.len(), many);
    catch_up(harness);
    assert_eq!(listed(harness, Vec::new()).await.into_keys().collect::<BTreeSet<_>>(), made);
}

/// An unchecked checkbox is nothing, as remotes have it.
fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Empty | Value::Flag(false))
}
