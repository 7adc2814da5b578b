//! The contract of every store, on both databases.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use connector_core::clock::Clock as _;
use connector_core::id::{ConnectionId, DealId, RunId, UnitKey};
use connector_core::plan::Conflict;
use connector_core::store::{LogEntry, RunRecord, Store};
use connector_core::testing::ManualClock;
use connector_core::testing::store_suite::{Roles, StoreHarness};
use connector_core::value::Value;
use crm_sync_server::crm;
use crm_sync_server::store::{ConflictState, DieselStore};

use crate::support::{Crm, Desk, Kind, Place, number, text};

mod on_postgres {
    use super::{Beside, Kind};

    async fn make() -> Beside {
        Beside::new(Kind::Postgres).await
    }
    connector_core::store_suite!(make);
}

mod on_sqlite {
    use super::{Beside, Kind};

    async fn make() -> Beside {
        Beside::new(Kind::Sqlite).await
    }
    connector_core::store_suite!(make);
}

/// A store, and the CRM that a person uses beside it.
struct Beside {
    store: DieselStore,
    clock: ManualClock,
    crm: Mutex<Crm>,
    _place: Place,
}

impl Beside {
    async fn new(kind: Kind) -> Self {
        let Desk { store, clock, crm, place } = Desk::new(kind).await;
        Self { store, clock, crm: Mutex::new(crm), _place: place }
    }

    fn in_crm<T>(&self, work: impl FnOnce(&mut Crm) -> T) -> T {
        work(&mut self.crm.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A value as the CRM's own statements have it.
fn literal(value: &Value) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    match value {
        Value::Empty => "NULL".to_owned(),
        Value::Text(text) => quoted(text),
        Value::Number(number) => number.to_string(),
        Value::Date(date) => quoted(&date.to_string()),
        Value::Tags(tags) => quoted(&tags.join("|")),
        other => panic!("the CRM has no {other}"),
    }
}

#[async_trait]
impl StoreHarness for Beside {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    fn connection(&self) -> ConnectionId {
        "airtable".into()
    }

    fn other_connection(&self) -> ConnectionId {
        "notion".into()
    }

    fn roles(&self) -> Roles {
        Roles {
            text: crm::NOTES.into(),
            number: crm::MONTANT_BRUT.into(),
            date: crm::DATE_ECHEANCE.into(),
            tags: crm::SECTEUR.into(),
        }
    }

    fn sample(&self, n: usize) -> Vec<(UnitKey, Value)> {
        let day = NaiveDate::default() + Days::new(n.try_into().unwrap());
        vec![
            (crm::CLIENT.into(), text(&format!("Client {n}"))),
            (crm::STATUT.into(), text("qualifié")),
            (crm::MONTANT_BRUT.into(), number(&format!("{}.50", n + 1))),
            (crm::SECTEUR.into(), Value::tags(["Santé".to_owned(), format!("Secteur {n}")])),
            (crm::DATE_ECHEANCE.into(), Value::Date(day)),
            (crm::ASSIGNEE.into(), text("Zoé")),
            (crm::NOTES.into(), text(&format!("Notes {n}"))),
        ]
    }

    fn refused(&self) -> (UnitKey, Value) {
        (crm::MONTANT_BRUT.into(), number("0"))
    }

    async fn insert_deal(&self, values: Vec<(UnitKey, Value)>) -> DealId {
        let columns: Vec<_> = values.iter().map(|(unit, _)| unit.as_str()).collect();
        let cells: Vec<_> = values.iter().map(|(_, value)| literal(value)).collect();
        self.in_crm(|crm| {
            crm.execute(&format!(
                "INSERT INTO deals ({}, probabilite, valeur_ponderee) VALUES ({}, 0.3, 1)",
                columns.join(", "),
                cells.join(", ")
            ));
            crm.cell("max(id)", "FROM deals").into()
        })
    }

    async fn edit_deal(&self, id: &DealId, unit: &UnitKey, value: Value) {
        self.in_crm(|crm| {
            crm.execute(&format!("UPDATE deals SET {unit} = {} WHERE id = {id}", literal(&value)));
        });
    }

    async fn delete_deal(&self, id: &DealId) {
        self.in_crm(|crm| crm.execute(&format!("DELETE FROM deals WHERE id = {id}")));
    }

    async fn log(&self, run: &RunId) -> Vec<LogEntry> {
        let lines = self.store.operations(run).await.unwrap();
        lines.into_iter().map(|line| line.entry).collect()
    }

    async fn run(&self, run: &RunId) -> Option<RunRecord> {
        self.store.run_of(run).await.unwrap().map(|run| run.record)
    }

    async fn open_conflicts(&self, connection: &ConnectionId) -> Vec<Conflict> {
        let open = self.store.open_conflicts(connection).await.unwrap();
        open.into_iter().map(|disputed| disputed.conflict).collect()
    }

    async fn decided_conflicts(&self, connection: &ConnectionId) -> Vec<Conflict> {
        let mut decided = Vec::new();
        for deal in self.store.deals().await.unwrap() {
            let disputed = self.store.deal_conflicts(&deal.id).await.unwrap();
            decided.extend(disputed.into_iter().filter(|disputed| {
                disputed.state == ConflictState::Decided && disputed.connection == *connection
            }));
        }
        decided.into_iter().map(|disputed| disputed.conflict).collect()
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn forward(&self, step: TimeDelta) {
        self.clock.advance(step);
    }
}
