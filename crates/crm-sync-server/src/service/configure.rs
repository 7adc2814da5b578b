//! Connecting a table: which one, which unit is which field, what tells which deal a record is.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_core::connector::DealConnector;
use connector_core::engine::Connection;
use connector_core::fold::fold;
use connector_core::id::{BaseId, OptionId, UnitKey};
use connector_core::mapping::{Direction, Finding, Guess, Mapping, Pair, Severity};
use connector_core::plan::{Deletion, Policy, Precedence, Side, Strategy};
use connector_core::provider::{ConnectorSettings, Container, Place, Provider};
use connector_core::schema::{Field, FieldKind, Schema};
use connector_core::unit::Units;

use super::connection::{Configured, ConnectionSettings, connection_id};
use super::policy::Pairing;
use super::{marks, policy};
use crate::app::App;
use crate::crm;
use crate::failure::Failure;
use crate::store::{ConfigChange, Expected, Version};

/// The name of the field that holds the deals' ids.
pub const KEY_FIELD: &str = "CRM ID";

/// What the user chose; what is absent stays as it is, or is suggested.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The base or database, by id, by an address of the remote's, or by name.
    pub base: Option<String>,
    /// The table or data source, likewise.
    pub table: Option<String>,
    /// Unit to field name or id; an empty name means not mapped.
    pub fields: BTreeMap<String, String>,
    /// Unit to the way its values go.
    pub directions: BTreeMap<String, Direction>,
    /// Option to the stage that it means; an empty one means that its name decides.
    pub stages: BTreeMap<OptionId, String>,
    /// Who wins a conflict.
    pub strategy: Option<Strategy>,
    /// Who wins when the order of two edits cannot be known.
    pub tie: Option<Side>,
    /// What a matched pair starts from whose sides differ.
    pub precedence: Option<Precedence>,
    /// What becomes of deals and records that were never linked.
    pub pairing: Option<Pairing>,
    /// Whether a copy of a linked record becomes a deal of its own unasked.
    pub copies: Option<bool>,
    /// Whether an import may write the deal's id into the record that it came from.
    pub stamp: Option<bool>,
    /// The field for the deals' ids.
    pub key_field: KeyField,
    /// The units that tell which deal a record without id is.
    pub natural_key: Option<Vec<String>>,
    /// Whether unknown options may be made in the remote.
    pub create_options: Option<bool>,
    /// How far a deletion goes on this side when the other side deleted.
    pub deletions: BTreeMap<Side, Deletion>,
    /// Whether each deletion waits for a person.
    pub approve_deletions: Option<bool>,
    /// What marks this side when the other side deleted: a unit or field, and its value; an empty name takes the mark away.
    pub marks: BTreeMap<Side, (String, String)>,
    /// Whether a deletion on the side that is said to win takes along what was edited on the other side since.
    pub delete_beats_edit: Option<bool>,
    /// The most requests in a month; 0 takes the limit away.
    pub monthly_calls: Option<u64>,
    /// Whether a field that the table lacks means “not mapped”, as on the CRM's own page, and is no error.
    pub forgiving: bool,
    /// The state of the settings that is changed, as the one who changes it knows it.
    pub expected: Expected,
}

/// The field that holds the deals' ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum KeyField {
    /// The one of before, or the one that looks like it.
    #[default]
    Found,
    /// Made, unless there is one of its name.
    Create,
    /// This one.
    Named(String),
    /// None.
    None,
}

/// What a configuration came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The connection as it is stored now.
    pub configured: Configured,
    /// The state of its settings.
    pub version: Version,
    /// The table's fields.
    pub schema: Schema,
    /// What the mapping loses; no error among it.
    pub findings: Vec<Finding>,
}

/// A configuration that is not stored yet.
#[derive(Debug)]
pub struct Draft {
    /// What would be stored.
    pub settings: ConnectionSettings,
    /// The state of the settings that it was made from.
    pub made_from: Option<Version>,
    /// The container, opened.
    pub connector: Arc<dyn DealConnector>,
    /// The table's fields.
    pub schema: Schema,
    /// Why pairs were suggested, as far as they were.
    pub guesses: Vec<Guess>,
    /// What is wrong with the mapping or lost by it, the worst first.
    pub findings: Vec<Finding>,
    /// The marks that would not do, each with the reason; the settings still have those of before.
    pub mark_faults: BTreeMap<Side, Failure>,
}

impl Draft {
    /// Itself, unless a mark would not do.
    pub fn marked(mut self) -> Result<Self, Failure> {
        self.mark_faults.pop_first().map_or(Ok(self), |(_, fault)| Err(fault))
    }

    /// Itself, unless the mapping cannot work or a mark would not do.
    pub fn sound(self, remote: &str) -> Result<Self, Failure> {
        let is_fault = |finding: &&Finding| finding.severity == Severity::Error;
        let faults: Vec<Finding> = self.findings.iter().filter(is_fault).cloned().collect();
        if faults.is_empty() {
            return self.marked();
        }
        Err(Failure::BrokenMapping { remote: remote.to_owned(), findings: faults })
    }
}

/// Finds the table, makes the mapping, checks and stores it; [`Failure::Changed`] if somebody else changed the settings
/// since they were read.
pub async fn configure(app: &App, remote: &str, wanted: Wanted) -> Result<Outcome, Failure> {
    let Draft { settings, made_from, schema, findings, .. } =
        draft(app, remote, wanted).await?.sound(remote)?;
    let (id, row) = (&settings.connection.id, crm_row(&settings));
    let stored = app.store.configure(id, remote, &settings, row, Expected::State(made_from)).await?;
    let version = stored.ok_or(Failure::Changed)?;
    Ok(Outcome { configured: Configured { remote: remote.to_owned(), settings }, version, schema, findings })
}

/// Finds the table, makes the mapping and checks it; stores nothing.
pub async fn draft(app: &App, remote: &str, wanted: Wanted) -> Result<Draft, Failure> {
    let provider = app.provider(remote).await?;
    let made_from = app.store.settings_version(remote).await?;
    if matches!(&wanted.expected, Expected::State(known) if *known != made_from) {
        return Err(Failure::Changed);
    }
    let old = app.store.connector_config(remote).await?;
    let before = super::connection::of_remote(app, remote).await.ok().map(|configured| configured.settings);
    let missing = || Failure::NotConfigured { remote: remote.to_owned() };

    let old_base = old.as_ref().and_then(|row| row.base_id.clone()).filter(|base| !base.trim().is_empty());
    let known_base = before.as_ref().map(|before| before.base.to_string()).or(old_base);
    let place =
        find_base(provider.as_ref(), &wanted.base.clone().or(known_base).ok_or_else(missing)?).await?;
    let old_table =
        old.as_ref().and_then(|row| row.table_name.clone()).filter(|name| !name.trim().is_empty());
    let known_table =
        before.as_ref().filter(|before| before.base == place.base).map(|before| before.table.to_string());
    let pasted = place.container.map(|table| table.to_string());
    let chosen = wanted.table.clone().or(pasted).or(known_table);
    let table = find_table(provider.as_ref(), &place.base, chosen, old_table).await?;
    let base = table.base.clone();

    let id = connection_id(remote, &base, &table.id);
    let before = before.filter(|before| before.connection.id == id);
    let mut policy = before.as_ref().map_or_else(Policy::default, |before| before.connection.policy.clone());
    policy::choose(&mut policy, &wanted);
    let kept = before.as_ref().is_some_and(|before| before.connection.create_options);
    let monthly_calls = wanted.monthly_calls.or(before.as_ref().and_then(|before| before.monthly_calls));
    let create_options = wanted.create_options.unwrap_or(kept);

    let settings = ConnectorSettings { base: base.clone(), container: table.id.clone(), create_options };
    let connector = provider.connect(settings)?;
    let mut schema = connector.schema().await?;
    let names = old.and_then(|row| row.field_mapping).and_then(|json| serde_json::from_str(&json).ok());
    let mapping = before.map(|before| before.connection.mapping);
    let mut mapping = mapping.unwrap_or_else(|| first_mapping(app.units(), &schema, names.as_ref()));
    choose_fields(app.units(), &schema, &mut mapping, &wanted)?;
    choose_ways(app.units(), &schema, &mut mapping, &wanted);
    choose_key(app.units(), &mut mapping, wanted.natural_key)?;
    choose_key_field(connector.as_ref(), &mut schema, &mut mapping, &wanted.key_field).await?;
    let mark_faults = marks::choose(app.units(), &schema, &mapping, &mut policy.deletions, &wanted.marks);

    let findings = mapping.check(app.units(), &schema);
    let guesses = Mapping::suggest(app.units(), &schema).guesses;
    let connection = Connection { id, mapping, policy, create_options };
    let settings = ConnectionSettings {
        base,
        table: table.id,
        table_name: table.name,
        connection,
        monthly_calls: monthly_calls.filter(|calls| *calls > 0),
    };
    Ok(Draft { settings, made_from, connector, schema, guesses, findings, mark_faults })
}

/// The connection as the CRM's own page shows it: by names.
fn crm_row(settings: &ConnectionSettings) -> ConfigChange {
    let pairs = &settings.connection.mapping.pairs;
    let names: BTreeMap<&str, &str> =
        pairs.iter().map(|pair| (pair.unit.as_str(), pair.label.as_str())).collect();
    ConfigChange {
        base_id: Some(settings.base.to_string()),
        table_name: Some(settings.table_name.clone()),
        field_mapping: serde_json::to_string(&names).ok(),
        is_active: Some(true),
    }
}

async fn find_base(provider: &dyn Provider, wanted: &str) -> Result<Place, Failure> {
    // Ids are taken as they are: a token may open a base without being allowed to list them.
    if let Some(place) = provider.locate(wanted) {
        return Ok(place);
    }
    let bases = provider.bases().await?;
    let found = bases.iter().find(|base| fold(&base.name) == fold(wanted));
    let found = found.map(|base| Place { base: base.id.clone(), container: None });
    found.ok_or_else(|| Failure::NoBase {
        remote: provider.name().to_owned(),
        wanted: wanted.to_owned(),
        known: bases.iter().map(|base| base.name.clone()).collect(),
    })
}

/// The table that was chosen; else the only one; else the one that an earlier program called so.
async fn find_table(
    provider: &dyn Provider,
    base: &BaseId,
    chosen: Option<String>,
    called_before: Option<String>,
) -> Result<Container, Failure> {
    let tables = provider.containers(base).await?;
    let called = |wanted: &str| {
        let place = provider.locate(wanted);
        let id = place.map(|place| place.container.map_or(place.base.to_string(), |table| table.to_string()));
        let is_exact =
            |table: &&Container| table.name == wanted || table.id.as_str() == id.as_deref().unwrap_or(wanted);
        let found = tables.iter().find(is_exact);
        found.or_else(|| tables.iter().find(|table| fold(&table.name) == fold(wanted))).cloned()
    };
    let names = || tables.iter().map(|table| table.name.clone()).collect();
    let remote = provider.name().to_owned();
    match (chosen.or_else(|| called_before.filter(|_| tables.len() > 1)), tables.as_slice()) {
        (Some(wanted), _) => {
            called(&wanted).ok_or_else(|| Failure::NoTable { remote, wanted, known: names() })
        }
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(Failure::WhichTable { remote, known: names() }),
    }
}

/// The names that an earlier program kept, else what names and types suggest.
fn first_mapping(units: &Units, schema: &Schema, names: Option<&BTreeMap<String, String>>) -> Mapping {
    let mut mapping = match names {
        Some(names) => Mapping::by_names(units, schema, names).mapping,
        None => Mapping::default(),
    };
    if mapping.pairs.is_empty() {
        mapping = Mapping::suggest(units, schema).mapping;
    }
    let client = UnitKey::from(crm::CLIENT);
    if mapping.natural_key.is_empty() && mapping.pair(&client).is_some() {
        mapping.natural_key.push(client);
    }
    mapping
}

fn choose_fields(
    units: &Units,
    schema: &Schema,
    mapping: &mut Mapping,
    wanted: &Wanted,
) -> Result<(), Failure> {
    let mut unknown_units = Vec::new();
    let mut unknown_fields = Vec::new();
    for (key, name) in &wanted.fields {
        let Some(unit) = unit_called(units, key) else {
            unknown_units.push(key.clone());
            continue;
        };
        mapping.pairs.retain(|pair| pair.unit != unit.key);
        if name.trim().is_empty() {
            continue;
        }
        match field_called(schema, name) {
            Some(field) => {
                mapping.pairs.retain(|pair| pair.field != field.id);
                mapping.pairs.push(Pair::new(unit, field));
            }
            None => unknown_fields.push(name.clone()),
        }
    }
    if wanted.forgiving {
        return Ok(());
    }
    refuse_units(units, unknown_units)?;
    if unknown_fields.is_empty() {
        return Ok(());
    }
    let known = schema.fields.iter().map(|field| field.name.clone()).collect();
    Err(Failure::UnknownFields { wanted: unknown_fields, known })
}

/// Which way each pair goes, and what its options mean.
fn choose_ways(units: &Units, schema: &Schema, mapping: &mut Mapping, wanted: &Wanted) {
    for (key, direction) in &wanted.directions {
        let unit = unit_called(units, key).map(|unit| &unit.key);
        if let Some(pair) = mapping.pairs.iter_mut().find(|pair| Some(&pair.unit) == unit) {
            pair.direction = *direction;
        }
    }
    for pair in &mut mapping.pairs {
        let options = schema.field(&pair.field).map(|field| field.kind.options()).unwrap_or_default();
        for option in options {
            match wanted.stages.get(&option.id).map(|stage| stage.trim()) {
                Some("") => drop(pair.stages.remove(&option.id)),
                Some(stage) => drop(pair.stages.insert(option.id.clone(), stage.to_owned())),
                None => {}
            }
        }
    }
}

fn choose_key(units: &Units, mapping: &mut Mapping, wanted: Option<Vec<String>>) -> Result<(), Failure> {
    let Some(wanted) = wanted else { return Ok(()) };
    let (mut key, mut unknown) = (Vec::new(), Vec::new());
    for name in wanted.into_iter().filter(|name| !name.trim().is_empty()) {
        match unit_called(units, &name) {
            Some(unit) => key.push(unit.key.clone()),
            None => unknown.push(name),
        }
    }
    refuse_units(units, unknown)?;
    mapping.natural_key = key;
    Ok(())
}

async fn choose_key_field(
    connector: &dyn DealConnector,
    schema: &mut Schema,
    mapping: &mut Mapping,
    wanted: &KeyField,
) -> Result<(), Failure> {
    match wanted {
        KeyField::Found => {}
        KeyField::None => mapping.key_field = None,
        KeyField::Named(name) => {
            let known = || schema.fields.iter().map(|field| field.name.clone()).collect();
            let field = field_called(schema, name)
                .ok_or_else(|| Failure::UnknownFields { wanted: vec![name.clone()], known: known() })?;
            mapping.key_field = Some(field.id.clone());
        }
        KeyField::Create => {
            let is_text = |field: &&Field| matches!(field.kind, FieldKind::Text { .. }) && field.writable;
            let field = if let Some(field) = field_called(schema, KEY_FIELD).filter(is_text) {
                field.clone()
            } else {
                let field = connector.create_key_field(KEY_FIELD).await?;
                schema.fields.push(field.clone());
                field
            };
            mapping.key_field = Some(field.id);
        }
    }
    Ok(())
}

pub(super) fn unit_called<'u>(units: &'u Units, name: &str) -> Option<&'u connector_core::unit::Unit> {
    units.get(name).or_else(|| units.iter().find(|unit| fold(unit.name()) == fold(name)))
}

pub(super) fn field_called<'s>(schema: &'s Schema, name: &str) -> Option<&'s Field> {
    let exact = schema.fields.iter().find(|field| field.id.as_str() == name || field.name == name);
    exact.or_else(|| schema.fields.iter().find(|field| fold(&field.name) == fold(name)))
}

fn refuse_units(units: &Units, unknown: Vec<String>) -> Result<(), Failure> {
    if unknown.is_empty() {
        return Ok(());
    }
    let known = units.iter().map(|unit| unit.key.to_string()).collect();
    Err(Failure::UnknownUnits { wanted: unknown, known })
}
