//! A write of one to ten records: checked as a whole, then applied as a whole.

use serde_json::{Map, Value, json};

use crate::airtable::call::{Call, Display};
use crate::airtable::failure::Failure;
use crate::airtable::field::Field;
use crate::airtable::request;
use crate::airtable::route::is_id;
use crate::airtable::table::{Row, Table};
use crate::airtable::transaction::{Cells, Transaction};
use crate::airtable::upsert::MergeKey;
use crate::airtable::webhook::Source;
use crate::airtable::world::Base;
use crate::airtable::write::{Additions, Writer};
use crate::id::{Id, Random};
use crate::settings::Permission;

/// How many records a request may write.
pub(crate) const BATCH: usize = 10;

/// What a write does with the rows it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Create,
    /// Changes the given cells.
    Update,
    /// Changes the given cells and clears the others.
    Replace,
}

/// A record as a request gives it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) fields: &'a Map<String, Value>,
}

/// The records of a body, and whether they came in a list.
pub(crate) fn given<'a>(
    body: &'a Map<String, Value>,
    mode: Mode,
    record: Option<&'a str>,
) -> Result<(Vec<Given<'a>>, bool), Failure> {
    match body.get("records") {
        Some(records) if record.is_none() => given_list(records, mode).map(|given| (given, true)),
        _ if record.is_none() && mode != Mode::Create => Err(Failure::records(shape(mode))),
        _ => match body.get("fields") {
            Some(Value::Object(fields)) => Ok((vec![Given { id: record, fields }], false)),
            Some(_) => Err(Failure::invalid_request()),
            None => Err(Failure::missing_fields()),
        },
    }
}

fn shape(mode: Mode) -> &'static str {
    match mode {
        Mode::Create => {
            "You must provide an array of up to 10 record objects, each with a \"fields\" object for cell values."
        }
        Mode::Update | Mode::Replace => {
            "You must provide an array of up to 10 record objects, each with an \"id\" ID field and a \"fields\" \
             object for cell values."
        }
    }
}

fn given_list(records: &Value, mode: Mode) -> Result<Vec<Given<'_>>, Failure> {
    let refused = || Failure::records(shape(mode));
    let records =
        records.as_array().filter(|records| (1..=BATCH).contains(&records.len())).ok_or_else(refused)?;
    let mut given: Vec<Given<'_>> = Vec::with_capacity(records.len());
    for record in records {
        let fields = record.get("fields").and_then(Value::as_object).ok_or_else(refused)?;
        let id = match record.get("id") {
            None => None,
            Some(id) if mode != Mode::Create => {
                Some(id.as_str().filter(|id| is_id(id, "rec")).ok_or_else(refused)?)
            }
            Some(_) => return Err(refused()),
        };
        if id.is_some() && given.iter().any(|other| other.id == id) {
            return Err(twice());
        }
        given.push(Given { id, fields });
    }
    Ok(given)
}

fn twice() -> Failure {
    Failure::records("You cannot update the same record multiple times in a single request.")
}

/// A write that was accepted.
#[derive(Debug)]
pub(crate) struct Accepted {
    table: Id,
    additions: Additions,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    id: Id,
    is_new: bool,
    cells: Cells,
}

/// Makes the table ready for an upsert; one that is refused is refused when it is checked.
pub(crate) fn prepare(call: &Call<'_>, base: &mut Base, body: &Map<String, Value>) {
    let Some(merge) = body.get("performUpsert") else { return };
    let found =
        call.table(base).ok().and_then(|table| Some((table.id.clone(), MergeKey::parse(table, merge).ok()?)));
    if let Some((table, key)) = found
        && let Some(table) = base.table_mut(&table)
    {
        table.index_by(key.fields());
    }
}

/// Checks a write: field names first, then rows, then values.
pub(crate) fn plan(
    call: &Call<'_>,
    base: &Base,
    random: &mut Random,
    (body, given): (&Map<String, Value>, &[Given<'_>]),
    mode: Mode,
) -> Result<Accepted, Failure> {
    let table = call.table(base)?;
    let typecast = request::switch(body, "typecast")?;
    let merge = body.get("performUpsert").map(|merge| MergeKey::parse(table, merge)).transpose()?;
    if mode != Mode::Create && merge.is_none() && given.iter().any(|record| record.id.is_none()) {
        return Err(Failure::records(shape(mode)));
    }
    let named: Vec<Vec<(&Field, &Value)>> =
        given.iter().map(|record| name(table, record)).collect::<Result<_, _>>()?;
    let mut writer = Writer {
        base,
        table,
        random,
        now: call.now,
        typecast,
        may_add_choices: call.holder.grant.permission >= Permission::Create,
        attachment_delay: call.attachment_delay(),
        additions: Additions::default(),
    };
    let mut steps: Vec<Step> = Vec::with_capacity(given.len());
    for (record, cells) in given.iter().zip(&named) {
        let row = match (record.id, &merge) {
            (Some(id), _) => Some(table.rows.get(id).ok_or_else(|| Failure::no_row(id))?),
            (None, Some(merge)) => merge.find(&mut writer, cells)?,
            (None, None) => None,
        };
        let step = step(&mut writer, row, cells, mode)?;
        if steps.iter().any(|other| other.id == step.id) {
            return Err(twice());
        }
        steps.push(step);
    }
    Ok(Accepted { table: table.id.clone(), additions: writer.additions, steps })
}

fn name<'a>(table: &'a Table, given: &Given<'a>) -> Result<Vec<(&'a Field, &'a Value)>, Failure> {
    let named = given.fields.iter().map(|(key, value)| {
        table.field(key).map(|field| (field, value)).ok_or_else(|| Failure::unknown_field(key))
    });
    named.collect()
}

fn step(
    writer: &mut Writer<'_>,
    row: Option<&Row>,
    cells: &[(&Field, &Value)],
    mode: Mode,
) -> Result<Step, Failure> {
    let mut converted: Cells = Vec::with_capacity(cells.len());
    for (field, value) in cells {
        converted.push((field.id.clone(), writer.convert(field, value, row)?));
    }
    if let (Mode::Replace, Some(row)) = (mode, row) {
        let given = |field: &Id| cells.iter().any(|(given, _)| given.id == *field);
        let computed = |id: &Id| writer.table.field(id).is_none_or(|field| field.kind.is_computed());
        let rest = row.cells.keys().filter(|field| !given(field) && !computed(field));
        converted.extend(rest.map(|field| (field.clone(), None)));
    }
    let id = row.map_or_else(|| writer.random.id("rec"), |row| row.id.clone());
    Ok(Step { id, is_new: row.is_none(), cells: converted })
}

impl Accepted {
    /// Applies the write and answers with the records as they are then, computed cells included.
    pub(crate) fn apply(self, call: &Call<'_>, base: &mut Base, display: &Display) -> Vec<Value> {
        let ids: Vec<Id> = self.steps.iter().map(|step| step.id.clone()).collect();
        let mut transaction = Transaction::new(base, &call.holder.user, call.now);
        transaction.add(&self.table, self.additions);
        for step in self.steps {
            if step.is_new {
                transaction.create(&self.table, &step.id, step.cells);
            } else {
                transaction.write(&self.table, &step.id, step.cells);
            }
        }
        transaction.commit(Source::PublicApi);
        let reader = call.reader(base);
        let table = base.table(&self.table);
        let rows = ids.iter().filter_map(|id| table.and_then(|table| Some((table, table.rows.get(id)?))));
        rows.map(|(table, row)| display.record(&reader, table, row)).collect()
    }

    /// The ids of created and of updated records: what an upsert tells.
    pub(crate) fn outcome(&self) -> (Value, Value) {
        let ids = |new| self.steps.iter().filter(move |step| step.is_new == new).map(|step| json!(&*step.id));
        (ids(true).collect(), ids(false).collect())
    }
}
