//! Many who ask while a sync runs: nobody is refused, and the sync comes to the same.

use std::time::Duration;

use connector_core::store::RunStatus;
use end_to_end::Backend;
use rstest::rstest;
use test_processes::{Load, Office, Server};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_and_followers_meet_no_error_while_a_sync_runs(#[case] backend: Backend) {
    let office = Office::open(backend, 150).await;
    let server = Server::start(office.program()).await;
    let client = server.client();
    let (_, answer) = client.sync("airtable").await.unwrap();
    let run = answer["run"].as_str().unwrap();
    let followers: Vec<_> = (0..20)
        .map(|_| {
            let (client, path) = (client.clone(), format!("/api/v1/runs/{run}/events"));
            tokio::spawn(async move { client.read(&path).await })
        })
        .collect();
    let paths = [
        "/api/sync/airtable",
        "/api/sync/logs",
        "/api/v1/runs",
        "/api/v1/deals",
        "/healthz",
        "/history",
        "/",
    ];

    let load = Load { clients: 40, time: Duration::from_secs(4), rate: Some(100) };
    let figures = load.read(&client, &paths.map(str::to_owned)).await;

    assert!(figures.faults.is_empty(), "{:#?}", figures.faults);
    assert!(figures.times.len() > 40, "{} answers", figures.times.len());
    for follower in followers {
        assert_eq!(follower.await.unwrap().unwrap(), 200, "a stream comes to its end with the run");
    }
    client.idle("airtable").await;
    let runs = office.runs().await;
    let told: Vec<_> = runs.iter().map(|run| (run.status, run.counts.created_remote)).collect();
    assert_eq!(told, [(RunStatus::Ok, 150)]);
    office.assert_agreed(150).await;
}
