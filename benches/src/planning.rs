//! Planning 100,000 linked deals of seven units of which none changed, against cloning the two snapshots.

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use connector_core::clock::Interval;
use connector_core::connector::Capabilities;
use connector_core::mapping::{Binding, Mapping};
use connector_core::plan::{Inputs, Mode, Policy, plan};
use connector_core::schema::{Field, FieldKind, FieldOption, Schema};
use connector_core::snapshot::{CrmSnapshot, RemoteSnapshot, Row};
use connector_core::stage::Vocabulary;
use connector_core::state::{Agreement, Deal, Link, LinkStatus, State};
use connector_core::unit::{Unit, UnitKind, Units};
use connector_core::value::Value;

use crate::Figure;

const DEALS: usize = 100_000;
const ROUNDS: usize = 7;
const AIM: f64 = 5.0;

pub(crate) fn measure() -> anyhow::Result<Vec<Figure>> {
    let units = units()?;
    let schema = schema();
    let mapping = Mapping::suggest(&units, &schema).mapping;
    ensure!(mapping.pairs.len() == units.len(), "every unit is mapped");
    let binding = Binding::new(&units, &mapping, &schema, false);
    let read = Interval::at(DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
    let (crm, remote, state) = world(read)?;
    let (id, connection, policy) = ("plan".into(), "bench".into(), Policy::default());
    let one = NonZeroUsize::MIN;
    let capabilities = Capabilities {
        batch: one,
        in_flight: one,
        read_batch: one,
        page: one,
        create_is_idempotent: true,
        lookup_lag: TimeDelta::zero(),
        feed: None,
        restores: false,
    };
    let inputs = Inputs {
        id: &id,
        connection: &connection,
        units: &units,
        binding: &binding,
        policy: &policy,
        mode: Mode::Sync,
        only: None,
        answers: &BTreeMap::new(),
        approved: false,
        retry: false,
        fingerprint: "",
        state: &state,
        crm: &crm,
        remote: &remote,
        capabilities: &capabilities,
    };
    let (mut cloning, mut planning) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        cloning.push(timed(|| (crm.clone(), remote.clone())));
        planning.push(timed(|| plan(&inputs)));
    }
    let made = plan(&inputs);
    ensure!(
        made.ops.is_empty() && made.reading.unchanged == DEALS,
        "nothing changed, and all of it was compared"
    );
    let ratio = median(planning).as_secs_f64() / median(cloning).as_secs_f64();
    Ok(vec![Figure {
        what: "planning 100,000 unchanged deals, in clonings of both snapshots",
        value: ratio,
        unit: "x",
        aim: AIM,
    }])
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = black_box(work());
    let took = start.elapsed();
    drop(result);
    took
}

fn median(mut rounds: Vec<Duration>) -> Duration {
    rounds.sort();
    rounds.get(rounds.len() / 2).copied().unwrap_or_default()
}

fn units() -> anyhow::Result<Units> {
    let stages = Vocabulary::new(["prospect", "qualifié", "négociation", "gagné"]);
    Ok(Units::new([
        Unit::new("client", UnitKind::Text { max: Some(255) }, "Name").required(),
        Unit::new("stage", UnitKind::Stage(stages), "Status").required(),
        Unit::new("amount", UnitKind::Money { scale: 2 }, "Amount").required().positive(),
        Unit::new("sector", UnitKind::Tags, "Sector"),
        Unit::new("due", UnitKind::Date, "Due Date"),
        Unit::new("assignee", UnitKind::Text { max: Some(100) }, "Assignee"),
        Unit::new("notes", UnitKind::Text { max: None }, "Notes"),
    ])?)
}

fn schema() -> Schema {
    let text = FieldKind::Text { max: None };
    let options = |names: &[&str]| -> Vec<FieldOption> {
        names.iter().map(|name| FieldOption { id: (*name).into(), name: (*name).to_owned() }).collect()
    };
    let stages = options(&["Prospect", "Qualifié", "Négociation", "Gagné"]);
    let field = |id: &str, name: &str, kind| Field {
        id: id.into(),
        name: name.to_owned(),
        kind,
        writable: true,
        primary: id == "name",
    };
    Schema {
        container: "deals".into(),
        name: "Deals".to_owned(),
        fields: vec![
            field("name", "Name", text.clone()),
            field("status", "Status", FieldKind::Select { options: stages, extensible: false }),
            field("amount", "Amount", FieldKind::Currency { scale: Some(2), symbol: None }),
            field("sector", "Sector", FieldKind::MultiSelect { options: Vec::new(), extensible: false }),
            field("due", "Due Date", FieldKind::Date),
            field("assignee", "Assignee", text.clone()),
            field("notes", "Notes", text),
        ],
    }
}

fn world(read: Interval) -> anyhow::Result<(CrmSnapshot, RemoteSnapshot, State)> {
    let mut crm = CrmSnapshot { deals: HashMap::with_capacity(DEALS), graves: HashMap::new(), read };
    let mut remote = RemoteSnapshot {
        rows: HashMap::with_capacity(DEALS),
        absent: HashMap::new(),
        complete: true,
        read,
        skew: None,
    };
    let mut state = State::default();
    let seen_at: Option<DateTime<Utc>> = Some(read.lo);
    for number in 0..DEALS {
        let values = values(number)?;
        let deal = number.to_string();
        let record = format!("rec{number:014}");
        let base: Box<[Option<Value>]> = values.iter().cloned().map(Some).collect();
        state.links.push(Link {
            deal: deal.as_str().into(),
            agreement: Agreement {
                remote: record.as_str().into(),
                status: LinkStatus::Live,
                crm: base.clone(),
                theirs: base,
                seen_at,
                held: BTreeMap::new(),
            },
        });
        let row = Row { values: values.clone(), notes: Vec::new(), stamp: None, edited: None, created: None };
        remote.rows.insert(record.as_str().into(), row);
        let id = deal.as_str().into();
        crm.deals.insert(deal.into(), Deal { id, values, edited: None, origins: Vec::new() });
    }
    Ok((crm, remote, state))
}

fn values(number: usize) -> anyhow::Result<Box<[Value]>> {
    let stages = ["prospect", "qualifié", "négociation", "gagné"];
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).context("a day")?;
    let stage = stages.get(number % stages.len()).context("a stage")?;
    Ok(Box::new([
        Value::Text(format!("Société Exemple {number}")),
        Value::Text((*stage).to_owned()),
        Value::Number((u64::try_from(number)? * 137 + 5).into()),
        Value::tags(["SaaS", "B2B"]),
        Value::Date(day + TimeDelta::days(i64::try_from(number % 365)?)),
        Value::Text("Camille Durand".to_owned()),
        Value::Text(format!("Rappeler le client numéro {number} après la démonstration.")),
    ]))
}
