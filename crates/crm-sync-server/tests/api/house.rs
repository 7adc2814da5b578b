//! A founder's house: a CRM's database, an Airtable on loopback, and the server between them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use connector_sandbox::{Edit, Sandbox, Settings as SandboxSettings};
use crm_sync_server::app::App;
use crm_sync_server::serve::Server;
use crm_sync_server::settings::Settings;
use crm_sync_server::web::Site;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::document::Document;
use crate::place::{Crm, Kind, Place};

/// How a CRM of the first version stands in its database: with its token in clear, and its odd rows.
const FIRST_VERSION: &str = "
    INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee, secteur, date_echeance, notes)
    VALUES ('Acme', 'Prospect ', 8500.1, 0.1, 850.01, 'SaaS|B2B', '2026-12-31', ''),
           ('Acme', 'GAGNÉ', 1000, 1, 1000, '', NULL, NULL);
    INSERT INTO sync_logs (provider, direction, status, error_message)
    VALUES ('airtable', 'import', 'error', 'Token <b>invalide</b>');";

/// The names that the CRM's page offers.
pub(crate) fn names() -> Value {
    json!({
        "client": "Name", "statut": "Status", "montant_brut": "Amount", "secteur": "Sector",
        "date_echeance": "Due Date", "assignee": "Assignee", "notes": "Notes",
    })
}

/// The house; it is cleared away with the value.
pub(crate) struct House {
    pub(crate) place: Place,
    pub(crate) sandbox: Sandbox,
    pub(crate) address: SocketAddr,
    pub(crate) document: Arc<Document>,
    /// Where the server keeps its key.
    pub(crate) data: TempDir,
    client: Client,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// An answer that is as documented.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The answer's member, after its status was looked at.
    #[track_caller]
    pub(crate) fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl House {
    /// One whose database we make.
    pub(crate) async fn fresh(kind: Kind) -> Self {
        Self::open(Place::new(kind), Self::sandbox(), |_| {}).await
    }

    /// One whose tokens are given by the environment.
    pub(crate) async fn with_tokens(kind: Kind) -> Self {
        let sandbox = Self::sandbox();
        let tokens = [sandbox.airtable_token(), sandbox.notion_token()].map(|token| Some(token.into()));
        let [airtable, notion] = tokens;
        Self::open(Place::new(kind), sandbox, |settings| {
            settings.airtable.token = airtable;
            settings.notion.token = notion;
        })
        .await
    }

    /// One that wants a key to be shown.
    pub(crate) async fn with_key(kind: Kind, key: &str) -> Self {
        Self::open(Place::new(kind), Self::sandbox(), |settings| settings.api_key = Some(key.into())).await
    }

    /// One whose database the CRM made, with rows and a configuration of the first version.
    pub(crate) async fn adopted(kind: Kind) -> Self {
        let (place, sandbox) = (Place::new(kind), Self::sandbox());
        let mut crm = place.crm();
        crm.starts();
        crm.execute(FIRST_VERSION);
        crm.execute(&format!(
            "INSERT INTO connector_configs (provider, api_token, base_id, table_name, field_mapping) \
             VALUES ('airtable', '{}', '{}', 'Deals', '{}')",
            sandbox.airtable_token(),
            sandbox.airtable_base_id(),
            names()
        ));
        Self::open(place, sandbox, |_| {}).await
    }

    fn sandbox() -> Sandbox {
        Sandbox::start(SandboxSettings { deals: 0, ..SandboxSettings::default() }).unwrap()
    }

    async fn open(place: Place, sandbox: Sandbox, change: impl FnOnce(&mut Settings)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            database: place.database(),
            data: data.path().to_owned(),
            bind: "127.0.0.1:0".parse().unwrap(),
            ..Settings::default()
        };
        sandbox.airtable_url().clone_into(&mut settings.airtable.endpoint);
        sandbox.notion_url().clone_into(&mut settings.notion.endpoint);
        change(&mut settings);
        let stop = CancellationToken::new();
        let app = App::open(&settings).await.unwrap();
        let site = Site::new(app, &settings, stop.clone()).await.unwrap();
        let server = Server::bind(site, settings.bind).unwrap();
        let address = server.addresses()[0];
        let task = tokio::spawn(async move { server.run().await.unwrap() });
        let client = Client::builder().timeout(Duration::from_mins(1)).no_proxy().build().unwrap();
        let document = Arc::new(Document::of_the_server());
        Self { place, sandbox, address, document, data, client, stop, task }
    }

    /// The same, whose answers are seen by this document.
    pub(crate) fn seen_by(self, document: &Arc<Document>) -> Self {
        Self { document: document.clone(), ..self }
    }

    pub(crate) fn crm(&self) -> Crm {
        self.place.crm()
    }

    /// Asks for the end and waits for it.
    pub(crate) async fn close(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    /// Sends a request, and holds its answer against the document.
    #[track_caller]
    pub(crate) fn send(&self, request: reqwest::RequestBuilder) -> impl Future<Output = Answer> {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let sent = self.client.execute(request);
        async move {
            let answer = sent.await.unwrap();
            let (status, headers) = (answer.status(), answer.headers().clone());
            let answer = Answer { status: status.as_u16(), headers, text: answer.text().await.unwrap() };
            self.hold(&method, &path, status, &answer);
            answer
        }
    }

    fn hold(&self, method: &Method, path: &str, status: StatusCode, answer: &Answer) {
        // A page, which is none of the document's.
        if path == "/api/docs" {
            return;
        }
        let content_type = answer.header("content-type").split(';').next().unwrap_or_default();
        let held = self.document.holds(method.as_str(), path, status.as_u16(), content_type, &answer.text);
        held.unwrap_or_else(|why| panic!("{method} {path} {status}: {why}\n{}", answer.text));
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// A POST without a body, as the CRM's page sends it.
    pub(crate) async fn press(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    /// A PUT of the state that the header names.
    pub(crate) async fn put_if(&self, path: &str, (header, tag): (&str, &str), body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).header(header, tag).json(&body)).await
    }

    /// A request in English, without a body.
    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.request(method, path).header("accept-language", "en");
        self.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// Asks until the answer is as it should be.
    pub(crate) async fn until(&self, path: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..600 {
            let answer = self.get(path).await;
            if answer.status == 200 && is_it(&answer.json()) {
                return answer.json();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} never came to it: {:?}", self.get(path).await);
    }

    /// Asks until the answer has this status.
    pub(crate) async fn until_status(&self, path: &str, headers: &[(&str, &str)], status: u16) {
        for _ in 0..600 {
            if self.ask(Method::GET, path, headers).await.status == status {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} never answered {status}");
    }

    /// Connects Airtable's table of deals by the product's own addresses; the `ETag`.
    pub(crate) async fn connect(&self) -> String {
        if self.get("/api/v1/connections/airtable").await.ok(200)["token"] == "absent" {
            let token = json!({"token": self.sandbox.airtable_token()});
            self.put("/api/v1/connections/airtable/token", token).await.ok(200);
        }
        let body = json!({"base": self.sandbox.airtable_base_id(), "table": "Deals"});
        let path = "/api/v1/connections/airtable/configuration";
        let answer = self.put_if(path, ("if-none-match", "*"), body).await;
        answer.ok(201);
        answer.header("etag").to_owned()
    }

    /// Fills in the CRM's own form.
    pub(crate) async fn configure(&self) {
        let body = json!({
            "api_token": self.sandbox.airtable_token(),
            "base_id": self.sandbox.airtable_base_id(),
            "table_name": "Deals",
            "field_mapping": names(),
        });
        self.put("/api/connectors/config/airtable", body).await.ok(200);
    }

    /// Makes all kept plans too old.
    pub(crate) fn age_plans(&self) {
        self.crm().execute(match self.place {
            Place::Postgres(_) => {
                r#"UPDATE sync_plans SET plan = jsonb_set(plan, '{made_at}', '"2020-01-01T00:00:00Z"')"#
            }
            Place::Sqlite(_) => {
                "UPDATE sync_plans SET plan = json_set(plan, '$.made_at', '2020-01-01T00:00:00Z')"
            }
        });
    }

    /// Takes away what the server needs of its database.
    pub(crate) fn break_database(&self) {
        for table in ["sync_migrations", "sync_connections", "sync_runs", "sync_logs", "connector_configs"] {
            self.crm().execute(&format!("DROP TABLE {table}"));
        }
    }

    /// Adds a record, as a person would.
    pub(crate) fn record(&self, fields: Value) {
        self.sandbox.edit(&Edit::create_record(fields)).unwrap();
    }

    /// Adds a deal, as the CRM's form does.
    pub(crate) fn deal(&self, client: &str) {
        self.crm().execute(&format!(
            "INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee) \
             VALUES ('{client}', 'prospect', 1000, 0.1, 100)"
        ));
    }

    /// The deals' clients, in their order.
    pub(crate) fn clients(&self) -> Vec<String> {
        self.crm().column("client", "FROM deals ORDER BY id").into_iter().flatten().collect()
    }
}
