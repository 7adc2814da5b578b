//! One world after the other, in each of which a run is cut off.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use connector_core::store::{RunStatus, Store as _};
use connector_sandbox::Fault;
use connector_sandbox::Remote;
use crm_sync_server::app::App;
use crm_sync_server::store::RunFilter;
use end_to_end::{Backend, Premises};
use tokio::runtime::{Builder, Runtime};

use super::step::{Point, Step};
use crate::client::Client;
use crate::fuse::{self, When};
use crate::office::Office;
use crate::outcome::Outcome;
use crate::patience::until;
use crate::scene::Scene;
use crate::server::Server;

/// How long after a run its process may still be writing down the last steps.
const STRAGGLERS: Duration = Duration::from_secs(2);

/// A scripted run, its steps, and what it comes to when nobody disturbs it.
#[derive(Debug)]
pub struct Matrix {
    scene: Scene,
    expected: Outcome,
    /// The steps of the undisturbed run.
    pub steps: Vec<Step>,
}

/// What came of one world.
#[derive(Debug, Clone)]
pub struct Ending {
    /// Where the processes died, one after the other.
    pub points: Vec<Point>,
    /// How many of them did: a run that goes on need not come by the same step.
    pub deaths: usize,
    /// Who finished the work.
    pub finisher: Finisher,
    /// What is wrong, in words.
    pub fault: Option<String>,
}

/// Who finished the work of a run that was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finisher {
    /// It was done already.
    Itself,
    /// The process that was started in place of the dead one, by itself.
    Takeover,
    /// The next run that somebody asked for.
    Next,
}

impl Matrix {
    /// Has the run go undisturbed once.
    #[must_use]
    pub fn prepare(remote: Remote, backend: Backend) -> Self {
        runtime().block_on(Self::of(remote, backend))
    }

    async fn of(remote: Remote, backend: Backend) -> Self {
        let scene = Scene::set(remote, backend).await;
        let office = scene.office();
        let log = office.folder.path().join("commits");
        let mut program = office.program();
        fuse::log(&mut program, &log);
        let mut server = Server::start(program).await;
        let client = server.client();
        let (status, answer) = client.sync(office.remote_name()).await.expect("an answer");
        assert_eq!(status, 202, "{answer}");
        let came_to = client.idle(office.remote_name()).await;
        assert_eq!(came_to, "partial", "all but the row that the CRM refuses");
        server.terminate();
        server.ended().await;
        let commits = std::fs::read_to_string(log).expect("a list of commits");
        let steps = Step::of(&office.sandbox.stats(), &commits);
        let expected = Outcome::of(&office).await;
        let matrix = Self { scene, expected, steps };
        let fault = matrix.finish(&office, &office.app().await).await.1;
        assert_eq!(fault, None, "a run after it finds nothing to do");
        matrix
    }

    /// Each step, on both sides; of what the clock has a run do again and again, the first two.
    #[must_use]
    pub fn points(&self) -> Vec<Point> {
        let both = |step: &Step| [When::Before, When::After].map(|when| Point { step: step.clone(), when });
        self.steps.iter().filter(|step| !step.is_repeated()).flat_map(both).collect()
    }

    /// What the undisturbed run comes to.
    #[must_use]
    pub const fn expected(&self) -> &Outcome {
        &self.expected
    }

    /// Plays each of these histories in a world of its own, several at a time; their endings in the same order.
    #[must_use]
    pub fn play(&self, histories: Vec<Vec<Point>>, at_once: usize) -> Vec<Ending> {
        let waiting = Mutex::new(histories.into_iter().enumerate());
        let endings = Mutex::new(BTreeMap::new());
        let play_some = || {
            let runtime = runtime();
            while let Some((place, points)) = next(&waiting) {
                let ending = runtime.block_on(self.world(points));
                endings.lock().unwrap_or_else(PoisonError::into_inner).insert(place, ending);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..at_once {
                scope.spawn(play_some);
            }
        });
        endings.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
    }

    /// One process dies at each of these points in turn; then one is left alone.
    async fn world(&self, points: Vec<Point>) -> Ending {
        let office = self.scene.office();
        let app = office.app().await;
        let mut is_asked = false;
        let mut deaths = 0;
        for point in &points {
            let mut server = start(&office, point).await;
            if server.is_up() && !is_asked {
                is_asked = server.client().sync(office.remote_name()).await.is_ok();
            }
            deaths += usize::from(is_dead(&office, &app, &mut server, point, is_asked).await);
            office.sandbox.clear_faults();
        }
        let (finisher, fault) = self.finish(&office, &app).await;
        Ending { points, deaths, finisher, fault }
    }

    /// Starts a process that is left alone, and holds what comes of it against what should.
    async fn finish(&self, office: &Office, app: &App) -> (Finisher, Option<String>) {
        let server = Server::start(office.program()).await;
        let client = server.client();
        until("the rest of the run is done", async || is_quiet(office, app).await.then_some(())).await;
        let finisher = finisher(office, app).await;
        let difference = self.expected.difference(&Outcome::of(office).await);
        if finisher != Finisher::Next && !difference.is_empty() {
            return (finisher, Some(format!("it is not what an undisturbed run leaves:\n{difference}")));
        }
        let_a_minute_pass(office);
        let writes = office.writes();
        sync(&client, office).await;
        if finisher != Finisher::Next && office.writes() > writes {
            return (finisher, Some("the next run still wrote into the remote".to_owned()));
        }
        let difference = self.expected.difference(&Outcome::of(office).await);
        let told = format!("after the next run it is not what an undisturbed run leaves:\n{difference}");
        (finisher, (!difference.is_empty()).then_some(told))
    }
}

/// Each world has a thread of its own.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// The next history that nobody has taken yet.
fn next<T>(waiting: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).next()
}

/// A process that dies at this point, as far as it comes by.
async fn start(office: &Office, point: &Point) -> Server {
    let mut program = office.program();
    match &point.step {
        Step::Commit { tables, number } => fuse::set(&mut program, tables, *number, point.when),
        Step::Call { method, route, number } => {
            let fault = match point.when {
                When::Before => Fault::hold_request(),
                When::After => Fault::hold_answer(),
            };
            let earlier = u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX);
            office.sandbox.reset_stats();
            office.sandbox.fault(fault.on(method, route).skip(earlier).once());
        }
    }
    Server::start(program).await
}

/// Waits until the process is dead, or has nothing left to do; whether it is dead.
async fn is_dead(office: &Office, app: &App, server: &mut Server, point: &Point, is_asked: bool) -> bool {
    let is_struck = async |server: &mut Server| match &point.step {
        Step::Commit { .. } => server.is_killed(),
        Step::Call { .. } => {
            let is_held =
                office.sandbox.stats().routes.iter().any(|route| route.statuses.contains_key("held"));
            if is_held {
                server.kill();
            }
            is_held
        }
    };
    let died = until("a process dies, or has nothing to do", async || {
        if is_struck(server).await {
            return Some(true);
        }
        (is_asked && is_quiet(office, app).await).then_some(false)
    })
    .await;
    if died {
        return true;
    }
    let late = until("the last steps are written down", async || is_struck(server).await.then_some(()));
    tokio::time::timeout(STRAGGLERS, late).await.is_ok()
}

/// Whether nobody is at work, and nothing is left that somebody will go on with.
async fn is_quiet(office: &Office, app: &App) -> bool {
    let is_free = async || app.store.running(&office.connection).await.expect("a database").is_none();
    let left = async || app.store.orphans::<serde_json::Value>().await.expect("a database");
    // Asked twice: what is left is nobody's business while somebody is at work.
    is_free().await && left().await.is_empty() && is_free().await
}

/// Who came to the end of the work.
async fn finisher(office: &Office, app: &App) -> Finisher {
    let filter = RunFilter { connection: Some(office.connection.clone()), ..RunFilter::default() };
    let last = app.store.runs(filter, 1).await.expect("a database").pop().expect("the scene's run").record;
    let waits = app.store.state(&office.connection).await.expect("a database").intents;
    match last.trigger.as_str() {
        // Whoever was cut off had noted nothing.
        "scene" => Finisher::Next,
        // It could not go on, and says why; or a creation may have reached the remote, which does not show it yet.
        _ if last.message.is_some() || !waits.is_empty() => Finisher::Next,
        _ if last.continues.is_some() => Finisher::Takeover,
        _ if matches!(last.status, RunStatus::Ok | RunStatus::Partial) => Finisher::Itself,
        _ => Finisher::Next,
    }
}

/// So long may Notion not show a page that it has: until then, nothing that was sent is sent again.
fn let_a_minute_pass(office: &Office) {
    let back = match office.premises {
        Premises::Folder(_) => "strftime('%Y-%m-%dT%H:%M:%f000Z', sent_at, '-61 seconds')",
        Premises::Server(_) => "sent_at - interval '61 seconds'",
    };
    office.premises.execute(&format!("UPDATE sync_intents SET sent_at = {back} WHERE sent_at IS NOT NULL"));
}

/// A run of its own, to its end.
async fn sync(client: &Client, office: &Office) {
    until("a run begins", async || {
        let (_, answer) = client.sync(office.remote_name()).await.expect("an answer");
        (answer.get("started")?.as_bool()?).then_some(())
    })
    .await;
    client.idle(office.remote_name()).await;
}
