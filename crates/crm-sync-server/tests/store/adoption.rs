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

/// What the CRM does all day, in its own words: its start, its form, its import, its connector.
fn works(crm: &mut Crm) {
    crm.starts();
    crm.execute(
        "INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee, secteur, date_echeance,
                            assignee, notes)
         VALUES ('Verrerie Nord', 'Négociation', 12500.5, 0.7, 8750.35, 'SaaS|B2B', '2026-12-31', 'Zoé', '');
         INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee)
         VALUES ('Verrerie Nord', 'prospect', 1, 0.1, 0.1);
         UPDATE deals SET client = 'Verrerie Sud', statut = 'gagné - en cours', montant_brut = 8500.1,
                          probabilite = 1, valeur_ponderee = 8500.1, secteur = NULL, date_echeance = NULL,
                          assignee = NULL, notes = NULL
         WHERE assignee = 'Zoé';
         INSERT INTO connector_configs (provider, api_token, base_id, table_name, field_mapping, is_active)
         VALUES ('notion', 'ntn_clear', 'base', 'Deals', '{}', TRUE)
         ON CONFLICT (provider) DO UPDATE SET api_token = excluded.api_token, base_id = excluded.base_id,
             table_name = excluded.table_name, field_mapping = excluded.field_mapping,
             is_active = excluded.is_active, updated_at = CURRENT_TIMESTAMP;
         UPDATE connector_configs SET is_active = FALSE WHERE provider = 'notion';
         INSERT INTO sync_logs (provider, direction, status, records_processed, records_created, records_updated,
                                error_message, started_at, completed_at)
         VALUES ('notion', 'export', 'partial', 3, 1, 1, 'un deal refusé', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP);
         DELETE FROM deals WHERE client = 'Verrerie Nord'",
    );
    let logs =
        crm.column("status", "FROM sync_logs WHERE provider = 'notion' ORDER BY started_at DESC LIMIT 50");
    assert_eq!(logs, [Some("partial".to_owned())]);
}

#[rstest]
#[case::made_by_us_on_postgres(Kind::Postgres, false)]
#[case::made_by_us_on_sqlite(Kind::Sqlite, false)]
#[case::adopted_on_postgres(Kind::Postgres, true)]
#[case::adopted_on_sqlite(Kind::Sqlite, true)]
#[tokio::test]
async fn the_crms_own_statements_run_whoever_made_the_database(#[case] kind: Kind, #[case] is_adopted: bool) {
    let place = Place::new(kind);
    let mut crm = place.crm();
    if is_adopted {
        crm.starts();
        crm.execute(DEALS);
    }
    let store = place.store(&ManualClock::default()).await;
    let before = store.deals().await.unwrap().len();

    works(&mut crm);
    works_again(&mut crm);

    let deals = store.deals().await.unwrap();
    assert_eq!(deals.len(), before + 2, "what it made and did not delete");
    let client = store.units().position(crm::CLIENT).unwrap();
    let amount = store.units().position(crm::MONTANT_BRUT).unwrap();
    let made: Vec<_> = deals.iter().filter(|deal| deal.values[client] == text("Verrerie Sud")).collect();
    assert_eq!(made.len(), 2, "two deals of one client are two");
    assert!(made.iter().all(|deal| deal.values[amount] == number("8500.10")), "{made:?}");
    let configs = store.connector_configs().await.unwrap();
    let notion = configs.iter().find(|config| config.provider == "notion").unwrap();
    assert_eq!((notion.is_active, notion.base_id.as_deref()), (Some(false), Some("base")));
    store.retire().await.unwrap();
    crm.starts();
    assert_eq!(crm.column("id", "FROM deals").len(), before + 2, "the way back leaves the CRM's data whole");
}

/// The same after a restart of the CRM.
fn works_again(crm: &mut Crm) {
    crm.execute("DELETE FROM sync_logs WHERE provider = 'notion'");
    works(crm);
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
