//! Cells as formulas see them, and the computed types.

use std::borrow::Cow;

use chrono::{DateTime, NaiveTime, Utc};

use crate::airtable::cell::Cell;
use crate::airtable::field::{Field, Kind};
use crate::airtable::formula::{self, Scalar};
use crate::airtable::read::{MAX_DEPTH, Reader, choice_names};
use crate::airtable::table::{Row, Table};

impl<'a> Reader<'a> {
    /// A cell as a formula's operand.
    pub(crate) fn scalar(&self, table: &'a Table, row: &'a Row, field: &'a Field) -> Scalar<'a> {
        self.scalar_at(table, row, field, 0)
    }

    pub(crate) fn scalar_at(
        &self,
        table: &'a Table,
        row: &'a Row,
        field: &'a Field,
        depth: u8,
    ) -> Scalar<'a> {
        if depth >= MAX_DEPTH {
            return Scalar::Error;
        }
        match &field.kind {
            Kind::AutoNumber => Scalar::Number(f64::from(row.number)),
            Kind::Button { label } => Scalar::Text(Cow::Borrowed(label)),
            Kind::CreatedBy => self.person_name(&row.created_by),
            Kind::LastModifiedBy => self.person_name(&row.modified_by),
            Kind::CreatedTime { result } => Scalar::Instant(in_result(row.created, result)),
            Kind::LastModifiedTime { fields, result } => {
                let names: Vec<String> = fields.iter().map(|field| (**field).to_owned()).collect();
                modified(table, row, &names)
                    .map_or(Scalar::Blank, |time| Scalar::Instant(in_result(time, result)))
            }
            Kind::Count { link } => {
                let count = u32::try_from(self.linked(table, row, link).count()).unwrap_or(u32::MAX);
                Scalar::Number(f64::from(count))
            }
            Kind::Formula { parsed, .. } => {
                let view = RowView { reader: *self, table, row, depth: depth + 1 };
                parsed.evaluate(&view, self.now).into_owned()
            }
            Kind::Rollup { link, target, parsed, .. } => {
                let values = self.looked_up(table, row, (link, target), depth);
                let view = RollupView { values, row };
                parsed.evaluate(&view, self.now).into_owned()
            }
            Kind::Lookup { link, target } => {
                let values = self.looked_up(table, row, (link, target), depth);
                if values.is_empty() { Scalar::Blank } else { Scalar::List(values) }
            }
            _ => row
                .cells
                .get(&field.id)
                .map_or(Scalar::Blank, |cell| self.cell_scalar(table, row, (field, cell), depth)),
        }
    }

    fn looked_up(
        &self,
        table: &'a Table,
        row: &'a Row,
        (link, target): (&str, &str),
        depth: u8,
    ) -> Vec<Scalar<'a>> {
        let mut found = Vec::new();
        for (linked, other) in self.linked(table, row, link) {
            match linked.field(target).map(|field| self.scalar_at(linked, other, field, depth + 1)) {
                Some(Scalar::List(values)) => found.extend(values),
                None | Some(Scalar::Blank) => {}
                Some(value) => found.push(value),
            }
        }
        found
    }

    fn cell_scalar(
        &self,
        table: &'a Table,
        row: &'a Row,
        (field, cell): (&'a Field, &'a Cell),
        depth: u8,
    ) -> Scalar<'a> {
        match cell {
            Cell::Text(text) | Cell::Barcode { text, .. } => Scalar::Text(Cow::Borrowed(text)),
            Cell::Number(number) => Scalar::Number(*number),
            Cell::Checked => Scalar::Bool(true),
            Cell::Choices(ids) => {
                list(choice_names(field, ids).map(|name| Scalar::Text(Cow::Borrowed(name))))
            }
            Cell::Day(day) => Scalar::Instant(day.and_time(NaiveTime::MIN).and_utc()),
            Cell::Instant(instant) => Scalar::Instant(*instant),
            // A linked record counts as its primary cell, not as its id.
            Cell::Links(_) => list(self.linked(table, row, &field.id).filter_map(|(linked, other)| {
                linked.primary().map(|primary| self.scalar_at(linked, other, primary, depth + 1))
            })),
            Cell::Attachments(files) => {
                list(files.iter().map(|file| Scalar::Text(Cow::Borrowed(file.filename.as_str()))))
            }
            Cell::People(ids) => list(ids.iter().map(|id| self.person_name(id))),
        }
    }

    fn person_name(&self, id: &str) -> Scalar<'a> {
        self.base.person(id).map_or(Scalar::Blank, |person| Scalar::Text(Cow::Borrowed(person.name.as_str())))
    }
}

/// When one of these fields (none: any) was last edited.
fn modified(table: &Table, row: &Row, fields: &[String]) -> Option<DateTime<Utc>> {
    if fields.is_empty() {
        return Some(row.modified());
    }
    let ids = fields.iter().filter_map(|name| table.field(name));
    ids.filter_map(|field| row.edited.get(&field.id)).max().copied()
}

/// A time field that shows only days hides the time of day from formulas too.
fn in_result(time: DateTime<Utc>, result: &Kind) -> DateTime<Utc> {
    match result {
        Kind::Date { .. } => time.date_naive().and_time(NaiveTime::MIN).and_utc(),
        _ => time,
    }
}

fn list<'a>(items: impl Iterator<Item = Scalar<'a>>) -> Scalar<'a> {
    let mut items: Vec<Scalar<'a>> = items.collect();
    match items.len() {
        0 => Scalar::Blank,
        1 => items.pop().unwrap_or(Scalar::Blank),
        _ => Scalar::List(items),
    }
}

/// A record as formulas see it.
#[derive(Debug)]
pub(crate) struct RowView<'a> {
    pub(crate) reader: Reader<'a>,
    pub(crate) table: &'a Table,
    pub(crate) row: &'a Row,
    pub(crate) depth: u8,
}

impl formula::Row for RowView<'_> {
    fn cell(&self, field: &str) -> Option<Scalar<'_>> {
        let field = self.table.field(field)?;
        match self.reader.scalar_at(self.table, self.row, field, self.depth) {
            Scalar::Blank => None,
            scalar => Some(scalar),
        }
    }

    fn record_id(&self) -> &str {
        &self.row.id
    }

    fn created_time(&self) -> DateTime<Utc> {
        self.row.created
    }

    fn modified_time(&self, fields: &[String]) -> Option<DateTime<Utc>> {
        modified(self.table, self.row, fields)
    }
}

/// What a rollup's formula sees: the looked-up cells under the name `values`.
struct RollupView<'a> {
    values: Vec<Scalar<'a>>,
    row: &'a Row,
}

impl formula::Row for RollupView<'_> {
    fn cell(&self, field: &str) -> Option<Scalar<'_>> {
        (field == "values").then(|| Scalar::List(self.values.clone()))
    }

    fn record_id(&self) -> &str {
        &self.row.id
    }

    fn created_time(&self) -> DateTime<Utc> {
        self.row.created
    }

    fn modified_time(&self, _fields: &[String]) -> Option<DateTime<Utc>> {
        Some(self.row.modified())
    }
}
