//! Edit times, by the triggers on the CRM's table.

use chrono::{TimeDelta, Utc};
use connector_core::clock::Interval;
use connector_core::state::Origin;
use connector_core::store::{DealWrite, Effect};
use crm_sync_server::crm;
use rstest::rstest;

use crate::support::{Desk, Kind, effect, number, text, update};

fn brought(deal: DealWrite, unit: &str, value: connector_core::value::Value) -> Effect {
    let at = "2026-03-01T10:00:00.123456Z".parse().unwrap();
    let origin = Origin { unit: unit.into(), value, edited: Interval::at(at), connection: "airtable".into() };
    Effect { origins: vec![origin], ..effect(deal) }
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn an_edit_of_the_crm_is_timed(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let asked = Utc::now() - TimeDelta::milliseconds(1);
    let id = desk.crm.add("Acme");
    let added = desk.deal(&id).await.edited.unwrap();
    desk.crm.execute("UPDATE deals SET updated_at = '2000-01-01 00:00:00'");
    assert_eq!(desk.deal(&id).await.edited, Some(added), "nothing that a sync carries was edited");

    desk.crm.execute("UPDATE deals SET client = 'Acme', montant_brut = 1000");
    assert_eq!(desk.deal(&id).await.edited, Some(added), "the same values again are no edit");
    assert!(desk.crm.cell("updated_at", "FROM deals").starts_with("2000"));

    desk.crm.execute("UPDATE deals SET montant_brut = 2000");
    let edited = desk.deal(&id).await.edited.unwrap();
    assert!(asked <= added.lo && added.lo <= edited.lo && edited.hi <= Utc::now(), "{added:?} {edited:?}");
    assert!(!desk.crm.cell("updated_at", "FROM deals").starts_with("2000"), "updated_at moves as well");

    desk.crm.execute("DELETE FROM deals");
    assert_eq!(desk.crm.cell("count(*)", "FROM sync_deal_edits"), "0");
}

#[tokio::test]
async fn a_session_in_another_zone_does_not_move_an_edit() {
    let mut desk = Desk::new(Kind::Postgres).await;
    desk.crm.execute("SET TIME ZONE 'Pacific/Auckland'");
    let asked = Utc::now();
    let id = desk.crm.add("Acme");
    let edited = desk.deal(&id).await.edited.unwrap();
    assert!((edited.lo - asked).abs() < TimeDelta::minutes(5), "{edited:?}");

    desk.crm.execute("UPDATE deals SET client = 'Zenith'");
    let behind = desk.crm.cell("now()::timestamp - updated_at < interval '5 minutes'", "FROM deals");
    assert_eq!(behind, "true", "updated_at is in the session's zone, like its default");
}

#[tokio::test]
async fn the_crm_needs_no_rights_on_our_tables() {
    let mut desk = Desk::new(Kind::Postgres).await;
    let role = format!("crm_{}", desk.crm.cell("current_database()", ""));
    desk.crm.execute(&format!(
        "CREATE ROLE {role}; GRANT SELECT, INSERT, UPDATE, DELETE ON deals TO {role};
         GRANT USAGE ON SEQUENCE deals_id_seq TO {role}; SET ROLE {role}"
    ));
    let id = desk.crm.add("Acme");
    desk.crm.execute("UPDATE deals SET client = 'Zenith'");
    assert!(desk.deal(&id).await.edited.is_some());
    desk.crm.execute("DELETE FROM deals; RESET ROLE");
    desk.crm.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn what_a_sync_brings_is_no_edit_and_what_a_person_takes_back_is_one(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let id = desk.crm.add("Acme");
    desk.crm.execute("UPDATE sync_deal_edits SET edited_at = '2026-01-01T00:00:00.000000Z'");
    let edited = desk.deal(&id).await.edited;

    let write = update(&id, crm::MONTANT_BRUT, number("1000"), number("2000"));
    desk.commit(vec![brought(write, crm::MONTANT_BRUT, number("2000"))]).await;
    let deal = desk.deal(&id).await;
    assert_eq!(deal.edited, edited);
    assert_eq!(deal.origins.len(), 1);
    assert_eq!(deal.origins[0].edited.lo.timestamp_subsec_micros(), 123_456);

    desk.commit(vec![effect(update(&id, crm::MONTANT_BRUT, number("2000"), number("1000")))]).await;
    let deal = desk.deal(&id).await;
    assert!(deal.edited.unwrap().is_after(edited.unwrap()));
    assert_eq!(deal.origins, [], "the value is no longer the one that was brought");
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn an_origin_ends_with_an_edit_even_back_to_its_value(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let id = desk.crm.add("Acme");
    let write = update(&id, crm::CLIENT, text("Acme"), text("Zenith"));
    desk.commit(vec![brought(write, crm::CLIENT, text("Zenith"))]).await;
    assert_eq!(desk.deal(&id).await.origins.len(), 1);

    desk.crm.execute("UPDATE deals SET notes = 'called'");
    assert_eq!(desk.deal(&id).await.origins.len(), 1, "another unit was edited");
    desk.crm.execute("UPDATE deals SET client = 'Acme'");
    desk.crm.execute("UPDATE deals SET client = 'Zenith'");
    assert_eq!(desk.deal(&id).await.origins, []);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn switched_off_no_time_is_known(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let id = desk.crm.add("Acme");
    assert!(desk.store.edit_times().await.unwrap());

    desk.store.set_edit_times(false).await.unwrap();

    assert!(!desk.store.edit_times().await.unwrap());
    desk.crm.execute("UPDATE deals SET updated_at = '2000-01-01 00:00:00'");
    desk.crm.execute("UPDATE deals SET client = 'Zenith'");
    assert_eq!(desk.deal(&id).await.edited, None);
    assert!(desk.crm.cell("updated_at", "FROM deals").starts_with("2000"));

    desk.store.set_edit_times(true).await.unwrap();
    assert_eq!(desk.deal(&id).await.edited, None, "what happened meanwhile was not seen");
    desk.crm.execute("UPDATE deals SET client = 'Acme'");
    assert!(desk.deal(&id).await.edited.is_some());
}

#[tokio::test]
async fn the_triggers_do_not_fire_each_other() {
    let mut desk = Desk::new(Kind::Sqlite).await;
    desk.crm.execute("PRAGMA recursive_triggers = ON");
    let id = desk.crm.add("Acme");
    desk.crm.execute("UPDATE deals SET client = 'Zenith'");
    desk.crm.execute("INSERT OR REPLACE INTO deals SELECT * FROM deals");
    assert!(desk.deal(&id).await.edited.is_some());
}
