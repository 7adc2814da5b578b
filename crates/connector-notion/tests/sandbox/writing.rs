//! Writes: what they cost, and what becomes of those that go wrong.

use std::time::Duration;

use chrono::TimeDelta;
use connector_core::ErrorKind;
use connector_core::connector::{Change, DealConnectorExt, Outcome};
use connector_core::value::Value;
use connector_sandbox::{Change as PersonDoes, Edit, Fault, Knobs, Remote};
use futures::future::join_all;

use crate::world::{PAGE, PAGES, ids, list, number, set, stamped, with_deals, write_one};

#[tokio::test]
async fn creations_and_updates_cost_a_request_each() {
    let world = with_deals(0);
    let connector = world.connect(false);
    connector.schema().await.unwrap();
    world.sandbox.reset_stats();
    let changes = (0..30).map(|deal| stamped(&world, &format!("deal-{deal}"), Vec::new())).collect();
    assert_eq!(connector.write_all(changes).await.len(), 30);
    assert_eq!((world.sandbox.stats().requests(), ids(&world).len()), (30, 30));
    world.sandbox.reset_stats();
    let id = ids(&world).remove(0);
    let outcome = write_one(&*connector, set(&id, &world.field("Amount"), number("7"))).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
    assert_eq!((world.sandbox.stats().requests_to("PATCH", PAGE), world.sandbox.stats().requests()), (1, 1));
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_unknown_and_found_once_the_index_has_it() {
    let world = with_deals(0);
    let connector = world.connect(false);
    world.sandbox.freeze_clock(true);
    world.sandbox.set_knobs(Knobs { index_lag_ms: 30_000, ..world.sandbox.knobs() });
    world.sandbox.fault(Fault::drop_answer().on("POST", PAGES).of(Remote::Notion).once());
    let outcome = write_one(&*connector, stamped(&world, "deal-1", Vec::new())).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!(world.sandbox.stats().requests_to("POST", PAGES), 1, "it was not sent again");
    let (key, keys) = (world.field("Brief"), ["deal-1".to_owned()]);
    assert!(connector.find(&key, &keys, &[]).await.unwrap().is_empty(), "not yet");
    let lag = connector.capabilities().lookup_lag;
    assert!(lag >= TimeDelta::seconds(60));
    world.sandbox.advance_clock(lag.to_std().unwrap_or(Duration::ZERO));
    assert_eq!(connector.find(&key, &keys, &[]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_creation_that_was_saved_though_the_server_failed_is_read_and_not_made_twice() {
    let world = with_deals(0);
    let connector = world.connect(false);
    world.sandbox.fault(Fault::status(503).applied().on("POST", PAGES).of(Remote::Notion).once());
    let name = world.field("Name");
    let outcome =
        write_one(&*connector, stamped(&world, "deal-1", vec![(name.clone(), Value::text("Acme"))])).await;
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(deal.cell(&name), &Value::text("Acme"));
    assert_eq!(ids(&world), [deal.id]);
}

#[tokio::test]
async fn conflicts_in_the_middle_of_a_run_are_tried_again_and_the_others_go_on() {
    let world = with_deals(8);
    let connector = world.connect(false);
    let amount = world.field("Amount");
    world.sandbox.fault(Fault::status(409).on("PATCH", PAGE).of(Remote::Notion).skip(2).times(3));
    let ids = ids(&world);
    let writes = ids.iter().map(|id| write_one(&*connector, set(id, &amount, number("42"))));
    let outcomes = join_all(writes).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Applied { .. })), "{outcomes:?}");
    let deals = list(&*connector, std::slice::from_ref(&amount)).await;
    assert!(deals.iter().all(|deal| deal.cell(&amount) == &number("42")));
}

#[tokio::test]
async fn a_conflict_that_does_not_end_concerns_its_page_only() {
    let world = with_deals(2);
    let connector = world.connect(false);
    world.sandbox.fault(Fault::status(409).on("PATCH", PAGE).of(Remote::Notion).times(5));
    let (amount, ids) = (world.field("Amount"), ids(&world));
    let outcome = write_one(&*connector, set(&ids[0], &amount, number("1"))).await;
    let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
    assert!(!error.kind().ends_run() && !error.kind().is_transient(), "{error}");
    let outcome = write_one(&*connector, set(&ids[1], &amount, number("1"))).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_page_in_the_trash_is_not_written_a_locked_one_is_and_a_moved_one_concerns_itself() {
    let world = with_deals(3);
    let connector = world.connect(false);
    let (amount, ids) = (world.field("Amount"), ids(&world));
    let edit = |change| world.sandbox.edit(&Edit::new(change).of(Remote::Notion)).unwrap();
    edit(PersonDoes::DeleteRecord { record: ids[0].to_string() });
    edit(PersonDoes::LockRecord { record: ids[1].to_string(), locked: true });
    edit(PersonDoes::MoveRecord { record: ids[2].to_string(), to: "Companies".into() });
    let mut kinds = Vec::new();
    for id in &ids {
        kinds.push(match write_one(&*connector, set(id, &amount, number("5"))).await {
            Outcome::Applied { .. } => None,
            Outcome::Refused(error) => Some(error.kind()),
            Outcome::Unknown(error) => panic!("{error}"),
        });
    }
    assert_eq!(kinds, [Some(ErrorKind::RecordMissing), None, Some(ErrorKind::RecordMissing)]);
    let restored = write_one(&*connector, Change::Restore { id: ids[0].clone() }).await;
    assert!(matches!(restored, Outcome::Applied { .. }), "{restored:?}");
}

#[tokio::test]
async fn a_new_option_is_made_with_leave_and_has_an_id_at_once() {
    let world = with_deals(1);
    let connector = world.connect(true);
    let (priority, id) = (world.field("Priority"), ids(&world).remove(0));
    let new = Value::Choice(connector_core::value::Choice { id: None, name: "Critique".into() });
    let outcome = write_one(&*connector, set(&id, &priority, new)).await;
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    let Value::Choice(choice) = deal.cell(&priority) else { panic!("{deal:?}") };
    let schema = connector.schema().await.unwrap();
    let options = schema.field(&priority).unwrap().kind.options();
    assert!(options.iter().any(|option| Some(&option.id) == choice.id.as_ref()));
}
