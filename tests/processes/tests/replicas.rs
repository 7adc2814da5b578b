//! Two servers beside one PostgreSQL: whatever happens to one of them, what was asked for happens once.

use std::collections::BTreeSet;
use std::time::Duration;

use connector_core::store::RunStatus;
use end_to_end::Backend;
use futures::future::join_all;
use serde_json::{Value, json};
use test_processes::{Office, Server, until};

/// The answers of a hundred callers are waited for together.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_requests_to_two_servers_make_one_run() {
    let office = Office::open(Backend::Postgres, 3).await;
    office.slow_down(Duration::from_millis(400));
    let (one, other) = tokio::join!(Server::start(office.program()), Server::start(office.program()));
    let clients = [one.client(), other.client()];
    let asking = (0..100).map(|number| {
        let client = clients[number % 2].clone();
        tokio::spawn(async move {
            match number % 4 {
                0 | 1 => client.post("/api/sync/airtable/export", &json!({})).await.unwrap(),
                _ => client.post("/api/sync/airtable", &json!({"direction": "export"})).await.unwrap(),
            }
        })
    });
    let answers: Vec<(u16, Value)> = join_all(asking).await.into_iter().map(Result::unwrap).collect();
    one.client().idle("airtable").await;

    let (waited, told): (Vec<_>, Vec<_>) = answers.iter().partition(|(status, _)| *status == 200);
    assert_eq!((waited.len(), told.len()), (50, 50), "{answers:#?}");
    for (_, answer) in waited {
        assert_eq!(
            (&answer["status"], &answer["records_created"]),
            (&json!("success"), &json!(3)),
            "{answer}"
        );
    }
    let ids: BTreeSet<_> = told.iter().map(|(status, answer)| (*status, answer["run"].to_string())).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let begun = told.iter().filter(|(_, answer)| answer["started"] == true).count();
    assert!(begun <= 1, "{begun} of them began a run");
    let runs = office.runs().await;
    assert_eq!(
        runs.iter().map(|run| (run.status, run.counts.created_remote)).collect::<Vec<_>>(),
        [(RunStatus::Ok, 3)]
    );
    office.assert_agreed(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_run_of_a_killed_server_is_finished_by_the_other_without_a_duplicate() {
    let office = Office::open(Backend::Postgres, 60).await;
    office.slow_down(Duration::from_millis(200));
    let (mut killed, survivor) =
        tokio::join!(Server::start(office.program()), Server::start(office.program()));
    killed.client().sync("airtable").await.unwrap();
    until("records are written", async || (office.writes() > 1).then_some(())).await;

    killed.kill();

    office.slow_down(Duration::ZERO);
    let runs = ended(&office, 2).await;
    let told: Vec<_> = runs.iter().map(|run| (run.status, run.trigger.as_str(), &run.continues)).collect();
    let cut_off = Some(runs[0].id.clone());
    let expected = [(RunStatus::Interrupted, "crm", &None), (RunStatus::Ok, "crm", &cut_off)];
    assert_eq!(told, expected, "{}", office.told());
    office.assert_agreed(60).await;
    drop(survivor);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_thaws_after_its_lease_writes_nothing_more_and_says_so() {
    let office = Office::open(Backend::Postgres, 60).await;
    office.slow_down(Duration::from_millis(200));
    let (frozen, survivor) = tokio::join!(Server::start(office.program()), Server::start(office.program()));
    let client = frozen.client();
    let waiting = tokio::spawn(async move { client.post("/api/sync/airtable/export", &json!({})).await });
    until("records are written", async || (office.writes() > 1).then_some(())).await;

    frozen.freeze();
    // While the frozen one's last transaction is open, the other may have to leave a deal to a further run.
    until("the other has finished", async || {
        survivor.client().idle("airtable").await;
        let runs = office.runs().await;
        (runs.last()?.status == RunStatus::Ok).then_some(())
    })
    .await;
    office.assert_agreed(60).await;
    let writes = office.writes();
    frozen.thaw();

    let (status, answer) = waiting.await.unwrap().unwrap();
    assert_eq!((status, &answer["success"]), (500, &json!(false)), "{answer}");
    until("it says so", async || office.told().contains("lost its connection").then_some(())).await;
    assert_eq!(office.writes(), writes, "{}", office.told());
    office.assert_agreed(60).await;
    let (_, state) = frozen.client().get("/api/sync/airtable").await.unwrap();
    assert_eq!(state["status"], "success", "it goes on answering");
}

/// Waits until there are so many runs and all of them have ended.
async fn ended(office: &Office, count: usize) -> Vec<connector_core::store::RunRecord> {
    until("the runs have ended", async || {
        let runs = office.runs().await;
        (runs.len() == count && runs.iter().all(|run| run.finished.is_some())).then_some(runs)
    })
    .await
}
