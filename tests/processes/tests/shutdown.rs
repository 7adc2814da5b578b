//! A server that is asked to end.

use std::time::{Duration, Instant};

use connector_core::store::RunStatus;
use end_to_end::Backend;
use rstest::rstest;
use test_processes::{Office, Server, until};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_is_asked_to_end_is_gone_within_a_second_and_another_goes_on_at_once(
    #[case] backend: Backend,
) {
    let office = Office::open(backend, 200).await;
    let mut ending = Server::start(office.program()).await;
    let client = ending.client();
    let (_, answer) = client.sync("airtable").await.unwrap();
    let path = format!("/runs/{}/events", answer["run"].as_str().unwrap());
    let followers: Vec<_> = (0..20)
        .map(|_| {
            let (client, path) = (client.clone(), path.clone());
            tokio::spawn(async move { client.read(&path).await })
        })
        .collect();
    until("records are written", async || (office.writes() > 0).then_some(())).await;
    // An answer that takes longer than the server has.
    office.slow_down(Duration::from_secs(5));
    let writes = office.writes();
    until("a request is under way", async || (office.writes() > writes).then_some(())).await;

    let asked = Instant::now();
    ending.terminate();
    let status = ending.ended().await;

    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert!(status.success(), "{status}");
    for follower in followers {
        assert_eq!(follower.await.unwrap().unwrap(), 200, "a stream comes to its end");
    }
    let runs = office.runs().await;
    assert_eq!(runs.iter().map(|run| run.status).collect::<Vec<_>>(), [RunStatus::Interrupted]);
    let held = office.app().await.store.running(&office.connection).await.unwrap();
    assert_eq!(held, None, "the connection is free");

    office.slow_down(Duration::ZERO);
    let other = Server::start(office.program()).await;
    until("the rest is done", async || {
        let runs = office.runs().await;
        (runs.last()?.status == RunStatus::Ok).then_some(())
    })
    .await;
    let runs = office.runs().await;
    let told: Vec<_> = runs.iter().map(|run| (run.trigger.as_str(), &run.continues)).collect();
    assert_eq!(told, [("crm", &None), ("crm", &Some(runs[0].id.clone()))]);
    office.assert_agreed(200).await;
    drop(other);
}
