//! Either side may have come first: databases that the CRM made, and that we made.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use connector_core::store::{Store as _, StoreError};
use connector_core::testing::ManualClock;
use connector_core::value::Value;
use crm_sync_server::crm;
use crm_sync_server::store::DieselStore;
use rstest::rstest;

use crate::support::{Crm, Desk, Kind, Place, number, text};

const DEALS: &str = "
    INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee, secteur, date_echeance, notes)
    VALUES ('Acme', 'Prospect ', 8500.1, 0.1, 850.01, 'SaaS|B2B', '2026-12-31', ''),
           ('Acme', 'GAGNÉ', 1000, 1, 1000, '', NULL, NULL);
    INSERT INTO connector_configs (provider, api_token, field_mapping, is_active)
    VALUES ('airtable', 'secret', '{\"client\": \"Name\"}', TRUE);
    INSERT INTO sync_logs (provider, direction, status) VALUES ('airtable', 'import', 'success');";

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_database_that_the_crm_made_is_adopted_as_it_is(#[case] kind: Kind) {
    let place = Place::new(kind);
    let mut crm = place.crm();
    crm.starts();
    crm.execute(DEALS);
    let everything = |crm: &mut Crm| {
        let row = "id || client || statut || montant_brut || coalesce(notes, 'null') || updated_at";
        [crm.column(row, "FROM deals ORDER BY id"), crm.column("api_token", "FROM connector_configs")]
    };
    let before = everything(&mut crm);

    let store = place.store(&ManualClock::default()).await;
    drop(place.store(&ManualClock::default()).await);

    assert_eq!(everything(&mut crm), before);
    let deals = store.deals().await.unwrap();
    let value = |deal: usize, unit: &str| deals[deal].values[store.units().position(unit).unwrap()].clone();
    assert_eq!(value(0, crm::STATUT), text("Prospect "));
    assert_eq!(format!("{}", value(0, crm::MONTANT_BRUT)), "8500.10");
    assert_eq!(value(0, crm::SECTEUR), Value::tags(["SaaS", "B2B"]));
    assert_eq!(value(0, crm::DATE_ECHEANCE), Value::Date("2026-12-31".parse().unwrap()));
    assert_eq!(value(0, crm::NOTES), Value::Empty);
    assert_eq!(value(1, crm::PROBABILITE), number("1.00"));
    assert_eq!(value(1, crm::SECTEUR), Value::Empty);
    assert_eq!(deals[0].edited, None, "nobody saw when it was edited");
    let configs = store.connector_configs().await.unwrap();
    assert_eq!(configs[0].field_mapping.as_deref(), Some("{\"client\": \"Name\"}"));
    assert_eq!(configs[0].is_active, Some(true));
    assert_eq!(store.sync_logs(None, 50).await.unwrap().len(), 1);
}

#[tokio::test]
async fn junk_in_loose_columns_spoils_only_its_own_cell() {
    let place = Place::new(Kind::Sqlite);
    let mut crm = place.crm();
    crm.starts();
    crm.execute(
        "INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee, date_echeance, notes)
         VALUES ('a', 'perdu', '12,50 €', 'x', '', '', x'ff41'),
                ('b', 'prospect', 0.1 + 0.2, 0.1, 0.03, '31/12/2026', 7)",
    );
    let store = place.store(&ManualClock::default()).await;

    let deals = store.deals().await.unwrap();

    let value = |deal: usize, unit: &str| deals[deal].values[store.units().position(unit).unwrap()].clone();
    assert_eq!(value(0, crm::CLIENT), text("a"));
    assert_eq!(value(0, crm::STATUT), text("perdu"));
    assert!(matches!(value(0, crm::MONTANT_BRUT), Value::Unknown(why) if why.contains("12,50 €")));
    assert!(value(0, crm::PROBABILITE).is_unknown());
    assert_eq!(value(0, crm::DATE_ECHEANCE), Value::Empty);
    assert_eq!(value(0, crm::NOTES), text("\u{FFFD}A"));
    assert_eq!(value(1, crm::MONTANT_BRUT), number("0.30"));
    assert!(matches!(value(1, crm::DATE_ECHEANCE), Value::Unknown(why) if why.contains("31/12/2026")));
    assert_eq!(value(1, crm::NOTES), text("7"));
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn the_crm_works_on_a_database_that_we_made(#[case] kind: Kind) {
    let Desk { mut crm, store, place: _place, .. } = Desk::new(kind).await;

    crm.starts();
    crm.execute(DEALS);
    crm.execute("UPDATE deals SET statut = 'qualifié' WHERE id = 1; DELETE FROM deals WHERE id = 2");

    assert_eq!(crm.column("statut", "FROM deals"), [Some("qualifié".to_owned())]);
    assert_eq!(crm.cell("records_created", "FROM sync_logs"), "0", "the columns' defaults are the CRM's");
    assert_eq!(store.deals().await.unwrap().len(), 1);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_programs_may_start_at_once(#[case] kind: Kind) {
    let place = Place::new(kind);
    let open = || {
        let clock = Arc::new(ManualClock::default());
        tokio::spawn(DieselStore::open(place.database(), crm::units().unwrap(), clock))
    };
    let starting: Vec<_> = (0..4).map(|_| open()).collect();
    for started in starting {
        started.await.unwrap().unwrap();
    }
    let versions = place.crm().column("version", "FROM sync_migrations ORDER BY version");
    let versions: Vec<_> = versions.into_iter().flatten().collect();
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut known: Vec<String> =
        folders.map(|name| name.to_str().unwrap().split('_').next().unwrap().to_owned()).collect();
    known.sort();
    assert_eq!(versions, known);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    desk.crm.execute("INSERT INTO sync_migrations (version) VALUES ('9999')");

    let clock = Arc::new(desk.clock.clone());
    let opened = DieselStore::open(desk.place.database(), crm::units().unwrap(), clock).await;

    let error = opened.unwrap_err().to_string();
    assert!(error.contains("newer version") && error.contains("9999"), "{error}");
}

/// Every column of every table, and whether it may be empty.
fn columns(kind: Kind, crm: &mut Crm) -> Vec<String> {
    let rows = match kind {
        Kind::Postgres => crm.column(
            "table_name || '.' || column_name || CASE is_nullable WHEN 'YES' THEN ' or null' ELSE '' END",
            "FROM information_schema.columns WHERE table_schema = current_schema()",
        ),
        Kind::Sqlite => crm.column(
            "t.name || '.' || c.name || CASE WHEN c.\"notnull\" OR c.pk THEN '' ELSE ' or null' END",
            "FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        ),
    };
    let mut columns: Vec<_> = rows.into_iter().flatten().collect();
    columns.sort();
    columns
}

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let mut postgres = Desk::new(Kind::Postgres).await;
    let mut sqlite = Desk::new(Kind::Sqlite).await;

    let on_postgres = columns(Kind::Postgres, &mut postgres.crm);
    assert!(on_postgres.contains(&"sync_links.seen_at or null".to_owned()), "{on_postgres:#?}");
    assert_eq!(on_postgres, columns(Kind::Sqlite, &mut sqlite.crm));
}

/// Everything that a database holds, as text: tables, indexes, triggers and functions, and the CRM's rows.
fn everything(kind: Kind, crm: &mut Crm) -> Vec<Option<String>> {
    let mut all = match kind {
        Kind::Postgres => crm.column(
            "kind || ' ' || name",
            "FROM (
                SELECT 'table' AS kind, tablename AS name FROM pg_tables WHERE schemaname = current_schema()
                UNION ALL SELECT 'column', table_name || '.' || column_name || ' ' || data_type
                    || coalesce(column_default, '') FROM information_schema.columns
                    WHERE table_schema = current_schema()
                UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = current_schema()
                UNION ALL SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
                UNION ALL SELECT 'function', proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
            ) AS things ORDER BY 1",
        ),
        Kind::Sqlite => crm.column("sql", "FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1"),
    };
    let deal =
        "id || client || statut || montant_brut || probabilite || coalesce(notes, 'null') || updated_at";
    all.extend(crm.column(deal, "FROM deals ORDER BY id"));
    all.extend(crm.column("provider || coalesce(field_mapping, '')", "FROM connector_configs ORDER BY id"));
    all.extend(crm.column("provider || status || records_created", "FROM sync_logs ORDER BY id"));
    all
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn the_way_back_leaves_the_database_as_the_crm_had_made_it(#[case] kind: Kind) {
    let place = Place::new(kind);
    let mut crm = place.crm();
    crm.starts();
    crm.execute(DEALS);
    let before = everything(kind, &mut crm);
    let store = place.store(&ManualClock::default()).await;
    assert_ne!(everything(kind, &mut crm), before);

    store.retire().await.unwrap();

    assert_eq!(everything(kind, &mut crm), before);
    crm.execute("UPDATE deals SET client = 'Zenith' WHERE id = 1");
    let again = place.store(&ManualClock::default()).await;
    assert_eq!(again.deals().await.unwrap().len(), 2, "and it may come back");
}

#[tokio::test]
async fn the_way_back_waits_for_a_run_that_is_under_way() {
    let desk = Desk::new(Kind::Sqlite).await;
    desk.store.assert_idle().await.unwrap();
    let lease = desk.lease().await;
    let busy = desk.store.assert_idle().await.unwrap_err();
    assert!(matches!(busy, StoreError::Held(run) if run == lease.run));
}
