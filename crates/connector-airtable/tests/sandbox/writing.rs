//! Batches, refusals and lost answers.

use connector_core::ErrorKind;
use connector_core::connector::{Change, DealConnectorExt as _, Outcome};
use connector_core::id::RemoteId;
use connector_core::value::{Linked, Value};
use connector_sandbox::{Edit, Fault};
use rstest::rstest;
use serde_json::json;

use crate::world::{ROWS, ids, number, set, stamped, with_deals, write_one};

#[rstest]
#[case::one_bad_value(&[3])]
#[case::two(&[0, 9])]
#[case::all(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9])]
#[tokio::test]
async fn good_rows_are_written_though_airtable_refuses_others(#[case] bad: &[usize]) {
    let world = with_deals(10);
    let connector = world.connect(false);
    let (amount, company) = (world.field("Amount"), world.field("Company"));
    // Only the remote can know that the linked record is not there.
    let gone = Value::Links(vec![Linked { id: "recNNNNNNNNNNNNNN".into(), name: None }]);
    let change = |(at, id): (usize, &RemoteId)| {
        if bad.contains(&at) { set(id, &company, gone.clone()) } else { set(id, &amount, number("7")) }
    };
    let changes = ids(&world).iter().enumerate().map(change).collect();
    connector.schema().await.unwrap();
    world.sandbox.reset_stats();
    let outcomes = connector.write(changes).await;
    for (at, outcome) in outcomes.iter().enumerate() {
        assert_eq!(matches!(outcome, Outcome::Applied { .. }), !bad.contains(&at), "row {at}: {outcome:?}");
    }
    let most = if bad.len() == 1 { 9 } else { 19 };
    assert!(world.sandbox.stats().requests_to("PATCH", ROWS) <= most, "{:?}", world.sandbox.stats());
}

#[tokio::test]
async fn rows_that_are_gone_are_left_out_by_their_name() {
    let world = with_deals(10);
    let connector = world.connect(false);
    let (ids, amount) = (ids(&world), world.field("Amount"));
    world.sandbox.edit(&Edit::delete_record(ids[4].as_str())).unwrap();
    connector.schema().await.unwrap();
    world.sandbox.reset_stats();
    let outcomes = connector.write(ids.iter().map(|id| set(id, &amount, number("7"))).collect()).await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Applied { .. })).count(), 9);
    assert!(matches!(&outcomes[4], Outcome::Refused(error) if error.kind() == ErrorKind::RecordMissing));
    assert_eq!(world.sandbox.stats().requests_to("PATCH", ROWS), 2);

    let outcomes = connector.write(ids.iter().map(|id| Change::Delete { id: id.clone() }).collect()).await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Applied { .. })).count(), 9);
    assert!(matches!(&outcomes[4], Outcome::Refused(error) if error.kind() == ErrorKind::RecordMissing));
    assert_eq!(world.sandbox.stats().requests_to("DELETE", ROWS), 2);
}

#[rstest]
#[case::the_answer(Fault::drop_answer())]
#[case::a_part_of_the_answer(Fault::cut_body())]
#[case::the_request(Fault::drop_request())]
#[tokio::test]
async fn a_stamped_creation_that_loses_something_is_made_once(#[case] fault: Fault) {
    let world = with_deals(0);
    let connector = world.connect(false);
    world.sandbox.fault(fault.on("PATCH", ROWS).once());
    let outcome = write_one(&*connector, stamped(&world, "deal-1", Vec::new())).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
    assert_eq!(ids(&world).len(), 1);
    assert_eq!(world.sandbox.faults(), []);
}

#[rstest]
#[case::the_answer(Fault::drop_answer(), 1)]
#[case::a_part_of_the_answer(Fault::cut_body(), 1)]
#[case::the_request(Fault::drop_request(), 0)]
#[tokio::test]
async fn a_creation_without_a_stamp_that_loses_something_is_not_repeated(
    #[case] fault: Fault,
    #[case] made: usize,
) {
    let world = with_deals(0);
    let connector = world.connect(false);
    world.sandbox.fault(fault.on("POST", ROWS).once());
    let outcome = write_one(&*connector, Change::Create { stamp: None, cells: Vec::new() }).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!(ids(&world).len(), made);
}

#[tokio::test]
async fn a_key_that_two_deals_have_is_refused_and_spares_the_others() {
    let world = with_deals(2);
    for id in ids(&world) {
        world.sandbox.edit(&Edit::update_record(id.as_str(), json!({"Reference": "twice"}))).unwrap();
    }
    let connector = world.connect(false);
    let changes = ["one", "twice", "two"].map(|key| stamped(&world, key, Vec::new()));
    let outcomes = connector.write(changes.into()).await;
    let applied: Vec<_> = outcomes.iter().map(|outcome| matches!(outcome, Outcome::Applied { .. })).collect();
    assert_eq!(applied, [true, false, true], "{outcomes:?}");
}

#[tokio::test]
async fn the_same_key_twice_in_one_call_makes_one_deal() {
    let world = with_deals(0);
    let connector = world.connect(false);
    let changes = ["Acme", "Acme SA"]
        .map(|name| stamped(&world, "deal-1", vec![(world.field("Name"), Value::text(name))]));
    let outcomes = connector.write(changes.into()).await;
    assert!(matches!(
        outcomes[..],
        [Outcome::Applied { adopted: false, .. }, Outcome::Applied { adopted: true, .. }]
    ));
    assert_eq!(ids(&world).len(), 1);
}

#[tokio::test]
async fn a_hundred_deals_are_made_in_ten_calls() {
    let world = with_deals(0);
    let connector = world.connect(false);
    let changes = (0..100).map(|deal| stamped(&world, &format!("deal-{deal}"), Vec::new())).collect();
    connector.schema().await.unwrap();
    world.sandbox.reset_stats();
    assert_eq!(connector.write_all(changes).await.len(), 100);
    assert_eq!((world.sandbox.stats().requests(), ids(&world).len()), (10, 100));
}
