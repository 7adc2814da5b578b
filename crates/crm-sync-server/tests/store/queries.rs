//! What pages and the command line ask for.

use std::collections::BTreeMap;

use connector_core::clock::Clock as _;
use connector_core::connector::Usage;
use connector_core::plan::{Conflict, Mode, Purpose, Side, Strategy};
use connector_core::store::{
    Commit, Counts, DealWrite, Effect, LogEntry, OpOutcome, RunRecord, RunStatus, Store as _, StoreError,
};
use connector_core::value::Value;
use crm_sync_server::crm;
use crm_sync_server::store::{ConfigChange, ConflictState, Look, NewSyncLog, RunFilter};
use rstest::rstest;

use crate::support::{Desk, Kind, effect, log, number, text};

fn run(id: &str, status: RunStatus) -> RunRecord {
    let started = "2026-03-01T10:00:00.000001Z".parse().unwrap();
    RunRecord {
        id: id.into(),
        purpose: Purpose::Agree,
        mode: Mode::Import,
        trigger: "page".into(),
        continues: Some("run-0".into()),
        plan: None,
        started,
        finished: (status != RunStatus::Running).then_some(started),
        status,
        counts: Counts { read: 7, created_crm: 2, ..Counts::default() },
        usage: Usage { calls: 3, waited_ms: 250 },
        message: None,
        overrides: vec!["mass_delete: zoé".into()],
    }
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn runs_are_filtered_by_remote_way_and_status(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let lease = desk.lease().await;
    for (id, status) in [("run-1", RunStatus::Ok), ("run-2", RunStatus::Failed)] {
        let commit = Commit { run: Some(run(id, status)), ..Commit::default() };
        desk.store.commit(&lease, commit).await.unwrap();
    }
    let found = async |filter: RunFilter| desk.store.runs(filter, 9).await.unwrap().len();
    let mode = run("run-1", RunStatus::Ok).mode;
    assert_eq!(found(RunFilter { status: Some(RunStatus::Failed), ..RunFilter::default() }).await, 1);
    assert_eq!(found(RunFilter { mode: Some(mode), ..RunFilter::default() }).await, 2);
    assert_eq!(found(RunFilter { remote: Some("notion".into()), ..RunFilter::default() }).await, 0);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn runs_are_listed_newest_first_page_by_page(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let lease = desk.lease().await;
    for id in ["run-1", "run-2", "run-3"] {
        for status in [RunStatus::Running, RunStatus::Ok] {
            let commit = Commit { run: Some(run(id, status)), ..Commit::default() };
            desk.store.commit(&lease, commit).await.unwrap();
        }
    }
    let newest = desk.store.runs(RunFilter::default(), 2).await.unwrap();
    let ids: Vec<_> = newest.iter().map(|run| run.record.id.as_str()).collect();
    assert_eq!(ids, ["run-3", "run-2"]);
    let before = RunFilter {
        before: Some("run-2".into()),
        connection: Some("airtable".into()),
        ..RunFilter::default()
    };
    let older = desk.store.runs(before, 2).await.unwrap();
    assert_eq!(older.iter().map(|run| &run.record).collect::<Vec<_>>(), [&run("run-1", RunStatus::Ok)]);
    assert_eq!(desk.store.last_run(&"airtable".into()).await.unwrap(), newest.into_iter().next());
    assert_eq!(desk.store.last_run(&"notion".into()).await.unwrap(), None);
    let one = desk.store.run_of(&"run-2".into()).await.unwrap().unwrap();
    assert_eq!(one.record, run("run-2", RunStatus::Ok));
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_run_shows_which_one_took_it_back_until_that_one_is_taken_back(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let lease = desk.lease().await;
    let undo = |id: &str, of: &str, status| RunRecord {
        purpose: Purpose::Undo { run: of.into() },
        ..run(id, status)
    };
    let ended = async |record: RunRecord| {
        let commit = Commit { run: Some(record), ..Commit::default() };
        desk.store.commit(&lease, commit).await.unwrap();
    };
    let undone_by = async |id: &str| desk.store.run_of(&id.into()).await.unwrap().unwrap().undone_by;
    ended(run("run-1", RunStatus::Ok)).await;
    ended(undo("run-2", "run-1", RunStatus::Halted)).await;
    assert_eq!(undone_by("run-1").await, None, "it changed nothing");
    ended(undo("run-3", "run-1", RunStatus::Ok)).await;
    assert_eq!(undone_by("run-1").await, Some("run-3".into()));
    ended(undo("run-4", "run-3", RunStatus::Ok)).await;
    assert_eq!((undone_by("run-1").await, undone_by("run-3").await), (None, Some("run-4".into())));
    ended(undo("run-5", "run-4", RunStatus::Ok)).await;
    let listed = desk.store.runs(RunFilter::default(), 9).await.unwrap();
    let by: Vec<_> = listed.iter().map(|run| run.undone_by.as_ref().map(ToString::to_string)).collect();
    assert_eq!(by, [None, Some("run-5".into()), None, None, Some("run-3".into())]);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn what_a_look_found_takes_the_place_of_what_the_last_one_did(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let found = async |look| desk.store.last_look::<Vec<u32>>(&"airtable".into(), look).await.unwrap();
    assert_eq!(found(Look::Verification).await, None);
    for drifts in [vec![1, 2], Vec::new()] {
        desk.store.keep_look(&"airtable".into(), Look::Verification, &drifts).await.unwrap();
        let last = found(Look::Verification).await.unwrap();
        assert_eq!((last.found, last.at), (drifts, desk.clock.now()));
        desk.clock.advance(chrono::TimeDelta::hours(1));
    }
    assert_eq!(found(Look::Questions).await, None);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn the_history_of_a_deal_shows_every_line_newest_first(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let line =
        |seq, label: &str| Effect { log: Some(log(seq, label)), ..effect(DealWrite::Keep("1".into())) };
    desk.commit(vec![line(1, "first"), line(2, "second"), line(3, "with nul \0")]).await;

    let history = desk.store.deal_history(&"1".into(), None, 2).await.unwrap();

    let labels: Vec<_> = history.iter().map(|line| line.entry.label.as_str()).collect();
    assert_eq!(labels, ["with nul \u{FFFD}", "second"]);
    assert_eq!(history[1].run, "run-1".into());
    assert_eq!(history[1].entry.reason, log(2, "second").reason);
    assert_eq!(desk.store.deal_history(&"no number".into(), None, 2).await.unwrap(), []);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn what_was_refused_is_counted_by_its_reason_the_most_frequent_first(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let line = |seq, label: &str, outcome, why: &str| {
        let entry = LogEntry { outcome, message: Some(why.to_owned()), ..log(seq, label) };
        Effect { log: Some(entry), ..effect(DealWrite::Keep("1".into())) }
    };
    desk.commit(vec![
        line(1, "A", OpOutcome::Refused, "locked"),
        line(2, "B", OpOutcome::Applied, "locked"),
        line(3, "C", OpOutcome::Unknown, "gone"),
        line(4, "D", OpOutcome::Refused, "locked"),
        line(5, "E", OpOutcome::Refused, "locked"),
    ])
    .await;
    let refused = desk.store.refused(&"run-1".into(), 10, 2).await.unwrap();
    let told: Vec<_> =
        refused.iter().map(|one| (one.message.as_str(), one.count, one.labels.join(" "))).collect();
    assert_eq!(told, [("locked", 3, "A D".to_owned()), ("gone", 1, "C".to_owned())]);
    assert_eq!(desk.store.refused(&"run-1".into(), 1, 2).await.unwrap().len(), 1);
    assert_eq!(desk.store.refused(&"run-2".into(), 10, 2).await.unwrap(), []);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_conflict_is_open_until_it_is_decided_superseded_or_goes_away(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let conflict = |id: &str, winner| Conflict {
        id: id.to_owned(),
        deal: "1".into(),
        remote: "rec1".into(),
        unit: if id == "w" { crm::NOTES.into() } else { crm::CLIENT.into() },
        base: Some(text("a")),
        crm: text("b"),
        theirs: text("c"),
        crm_edited: None,
        remote_edited: None,
        strategy: Strategy::Manual,
        winner,
        tie: false,
        clock_suspect: false,
    };
    let lease = desk.lease().await;
    let open = |ids: &[&str]| Commit {
        open_conflicts: Some(ids.iter().map(|id| conflict(id, None)).collect()),
        ..Commit::default()
    };
    desk.store.commit(&lease, open(&["w", "x", "y", "z", "x"])).await.unwrap();
    let first = desk.store.open_conflicts(&"airtable".into()).await.unwrap();
    assert_eq!(first.len(), 4);

    desk.clock.advance(chrono::TimeDelta::hours(1));
    let decided = conflict("y", Some(Side::Remote));
    let effects = vec![Effect { conflicts: vec![decided.clone()], ..effect(DealWrite::Keep("1".into())) }];
    let commit = Commit { effects, ..open(&["x"]) };
    desk.store.commit(&lease, commit).await.unwrap();

    let still = desk.store.open_conflicts(&"airtable".into()).await.unwrap();
    let x = first.into_iter().find(|disputed| disputed.conflict.id == "x").unwrap();
    assert_eq!(still, [x], "it was noted when it was first met");
    let states: BTreeMap<_, _> = desk
        .store
        .deal_conflicts(&"1".into())
        .await
        .unwrap()
        .into_iter()
        .map(|disputed| (disputed.conflict.id, disputed.state))
        .collect();
    let expected = [
        ("w".to_owned(), ConflictState::Closed),
        ("x".to_owned(), ConflictState::Open),
        ("y".to_owned(), ConflictState::Decided),
        ("z".to_owned(), ConflictState::Superseded),
    ];
    assert_eq!(states, expected.into());
    let found = desk.store.conflict(&"airtable".into(), "y").await.unwrap().unwrap();
    assert_eq!(found.conflict, decided);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn decided_conflicts_are_read_part_by_part_newest_first(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let lease = desk.lease().await;
    for id in ["a", "b", "c"] {
        desk.clock.advance(chrono::TimeDelta::minutes(1));
        // Of one moment, and yet always in one order.
        let both = ["0", "1"].map(|part| decided_conflict(&format!("{id}{part}")));
        let effects = vec![Effect { conflicts: both.into(), ..effect(DealWrite::Keep("1".into())) }];
        desk.store.commit(&lease, Commit { effects, ..Commit::default() }).await.unwrap();
    }
    let part = async |before| {
        let found = desk.store.decided_conflicts_page(before, 4).await.unwrap();
        found.into_iter().map(|disputed| disputed.conflict.id).collect::<Vec<_>>()
    };
    assert_eq!(part(0).await, ["c0", "c1", "b0", "b1"]);
    assert_eq!(part(4).await, ["a0", "a1"]);
    assert_eq!(desk.store.count_decided_conflicts().await.unwrap(), 6);
}

fn decided_conflict(id: &str) -> Conflict {
    Conflict {
        id: id.to_owned(),
        deal: "1".into(),
        remote: "rec1".into(),
        unit: crm::CLIENT.into(),
        base: None,
        crm: text("b"),
        theirs: text("c"),
        crm_edited: None,
        remote_edited: None,
        strategy: Strategy::CrmWins,
        winner: Some(Side::Crm),
        tie: false,
        clock_suspect: false,
    }
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn settings_of_a_connection_carry_a_version(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let settings = |table: &str| BTreeMap::from([("table".to_owned(), table.to_owned())]);
    let id = "airtable".into();
    assert_eq!(desk.store.save_connection(&id, "airtable", &settings("tbl1")).await.unwrap(), 1);
    assert_eq!(desk.store.save_connection(&id, "airtable", &settings("tbl2")).await.unwrap(), 2);

    let saved = desk.store.connection::<BTreeMap<String, String>>(&id).await.unwrap().unwrap();
    assert_eq!((saved.version, saved.settings), (2, settings("tbl2")));
    let unread = desk.store.connections::<Vec<u8>>().await.unwrap_err();
    assert!(matches!(unread, StoreError::Corrupt { table: "sync_connections", .. }));
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn the_crm_sees_our_settings_and_runs_in_its_own_tables(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    desk.crm.execute("INSERT INTO connector_configs (provider, api_token) VALUES ('notion', 'secret')");
    let change = ConfigChange { base_id: Some("db1".into()), is_active: Some(false), ..Default::default() };
    let saved = desk.store.save_connector_config("notion", change).await.unwrap();
    assert_eq!((saved.base_id.as_deref(), saved.is_active), (Some("db1"), Some(false)));
    assert_eq!(desk.crm.cell("api_token", "FROM connector_configs"), "secret", "it is not ours to touch");
    let fresh = desk.store.save_connector_config("airtable", ConfigChange::default()).await.unwrap();
    assert_eq!(fresh.is_active, Some(true), "the column's default");
    assert_eq!(desk.store.connector_configs().await.unwrap().len(), 2);
    assert_eq!(desk.store.connector_config("airtable").await.unwrap(), Some(fresh));

    let started = "2026-03-01T10:00:00Z".parse().unwrap();
    let line = NewSyncLog {
        provider: "notion".into(),
        direction: "import".into(),
        status: "partial".into(),
        processed: 3,
        created: 1,
        updated: 1,
        error: Some("Acme : montant manquant".into()),
        started,
        completed: started + chrono::TimeDelta::seconds(5),
    };
    desk.store.add_sync_log(line).await.unwrap();
    let lines = desk.store.sync_logs(Some("notion"), 20).await.unwrap();
    assert_eq!(lines[0].error.as_deref(), Some("Acme : montant manquant"));
    assert_eq!(desk.store.sync_logs(Some("airtable"), 20).await.unwrap(), []);
    let zone = match kind {
        Kind::Postgres => "(started_at AT TIME ZONE current_setting('TimeZone')) AT TIME ZONE 'UTC'",
        Kind::Sqlite => "started_at",
    };
    assert_eq!(desk.crm.cell(zone, "FROM sync_logs"), "2026-03-01 10:00:00");
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn an_import_takes_the_good_rows_and_says_what_is_wrong_with_the_others(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let row = |client: Value, amount: &str| {
        vec![(crm::CLIENT.into(), client), (crm::MONTANT_BRUT.into(), number(amount))]
    };
    let rows = vec![row(text("Acme"), "1"), row(Value::Empty, "1"), row(text("Zenith"), "2.5")];

    let added = desk.store.import_deals(rows).await.unwrap();

    assert_eq!(added[0], Ok("1".into()));
    assert!(added[1].as_ref().is_err_and(|why| why.starts_with(crm::CLIENT)));
    let deals = desk.store.deals().await.unwrap();
    assert_eq!(deals.len(), 2);
    assert!(deals.iter().all(|deal| deal.edited.is_some()), "a person brought them");
}
