//! The order of rows: empty cells first, selects by their choices' order, texts without regard to case.

use std::cmp::Ordering;

use crate::airtable::cell::Cell;
use crate::airtable::field::Field;
use crate::airtable::formula::Scalar;
use crate::airtable::read::Reader;
use crate::airtable::table::{Row, Table};

/// What a cell is ordered by.
#[derive(Clone, Debug)]
enum Key {
    Empty,
    Number(f64),
    Text(String),
}

impl Key {
    fn of(reader: &Reader<'_>, table: &Table, row: &Row, field: &Field) -> Self {
        if let Some(Cell::Choices(ids)) = row.cells.get(&field.id) {
            let position = field.kind.choices().iter().position(|choice| ids.first() == Some(&choice.id));
            return Self::Number(position.and_then(|at| u32::try_from(at).ok()).map_or(f64::MAX, f64::from));
        }
        match reader.scalar(table, row, field) {
            Scalar::Blank => Self::Empty,
            Scalar::Number(number) => Self::Number(number),
            Scalar::Bool(value) => Self::Number(f64::from(u8::from(value))),
            Scalar::Instant(instant) => Self::Text(crate::airtable::time_format::iso(instant)),
            other => Self::Text(other.text().to_lowercase()),
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.total_cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (left, right) => left.rank().cmp(&right.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Empty => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
        }
    }
}

/// Sorts rows by fields (true: descending), keeping the order of equals.
pub(crate) fn sort<'a>(
    reader: &Reader<'a>,
    table: &'a Table,
    rows: &mut Vec<&'a Row>,
    by: &[(&'a Field, bool)],
) {
    if by.is_empty() {
        return;
    }
    let mut keyed: Vec<(Vec<Key>, &'a Row)> = rows
        .drain(..)
        .map(|row| (by.iter().map(|(field, _)| Key::of(reader, table, row, field)).collect(), row))
        .collect();
    keyed.sort_by(|(left, _), (right, _)| {
        let levels = left.iter().zip(right).zip(by);
        let mut orders = levels.map(|((left, right), (_, descending))| {
            let order = left.order(right);
            if *descending { order.reverse() } else { order }
        });
        orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    rows.extend(keyed.into_iter().map(|(_, row)| row));
}
