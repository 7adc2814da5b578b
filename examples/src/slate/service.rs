//! The remote: a table in memory with columns, rows of texts and its own words for refusing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A row: texts by the id of the column. What is empty is absent.
pub type Row = BTreeMap<String, String>;

/// The service. Cloning it gives another client of the same table.
#[derive(Debug, Clone, Default)]
pub struct Slate(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    columns: Vec<Column>,
    rows: BTreeMap<u64, Row>,
    last: u64,
}

/// A column of the table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its id.
    pub id: String,
    /// Its name now.
    pub name: String,
    /// What its cells are meant to hold.
    pub kind: Kind,
}

/// What a column is meant to hold. Choices are kept by their ids.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Anything.
    Text,
    /// Digits.
    Number,
    /// A day, as `2026-12-31`.
    Day,
    /// `x`, or nothing.
    Tick,
    /// One of these, as id and name.
    Choice(Vec<(String, String)>),
    /// Some of these, between `;`.
    Choices(Vec<(String, String)>),
    /// How many characters the first column has; the service computes it.
    Length,
}

/// What the service says when it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such row.
    NoSuchRow,
    /// There is no such column.
    NoSuchColumn,
    /// There is a column of that name already.
    NameTaken,
}

impl Slate {
    /// A table without rows.
    #[must_use]
    pub fn new(columns: Vec<Column>) -> Self {
        Self(Arc::new(Mutex::new(Table { columns, ..Table::default() })))
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        self.table().columns.clone()
    }

    /// At most `most` rows after row `after`, in the order of their ids.
    #[must_use]
    pub fn rows(&self, after: u64, most: usize) -> Vec<(u64, Row)> {
        let table = self.table();
        let rows = table.rows.range(after.saturating_add(1)..).take(most);
        rows.map(|(id, row)| (*id, table.shown(row))).collect()
    }

    /// One row.
    #[must_use]
    pub fn row(&self, id: u64) -> Option<Row> {
        let table = self.table();
        table.rows.get(&id).map(|row| table.shown(row))
    }

    /// Makes a row, or changes some cells of one; an empty text clears a cell. All or nothing.
    ///
    /// # Errors
    /// If there is no such row or column.
    pub fn write(&self, id: Option<u64>, cells: &Row) -> Result<(u64, Row), Refusal> {
        let mut table = self.table();
        let known = |column: &String| table.columns.iter().any(|known| known.id == *column);
        if !cells.keys().all(known) {
            return Err(Refusal::NoSuchColumn);
        }
        if id.is_some_and(|id| !table.rows.contains_key(&id)) {
            return Err(Refusal::NoSuchRow);
        }
        table.last += u64::from(id.is_none());
        let id = id.unwrap_or(table.last);
        let row = table.rows.entry(id).or_default();
        row.extend(cells.clone());
        row.retain(|_, text| !text.is_empty());
        let row = row.clone();
        Ok((id, table.shown(&row)))
    }

    /// Removes a row for good.
    ///
    /// # Errors
    /// If there is no such row.
    pub fn remove(&self, id: u64) -> Result<(), Refusal> {
        self.table().rows.remove(&id).map(drop).ok_or(Refusal::NoSuchRow)
    }

    /// Adds a column of texts.
    ///
    /// # Errors
    /// If its name is taken.
    pub fn add_column(&self, name: &str) -> Result<Column, Refusal> {
        let mut table = self.table();
        if table.columns.iter().any(|column| column.name == name) {
            return Err(Refusal::NameTaken);
        }
        let column =
            Column { id: format!("column {}", table.columns.len()), name: name.to_owned(), kind: Kind::Text };
        table.columns.push(column.clone());
        Ok(column)
    }

    /// Adds a choice to a column, if it has some.
    pub fn add_choice(&self, column: &str, name: &str) {
        let mut table = self.table();
        let Some(column) = table.columns.iter_mut().find(|known| known.id == column) else { return };
        if let Kind::Choice(choices) | Kind::Choices(choices) = &mut column.kind {
            choices.push((format!("{} {}", column.id, choices.len()), name.to_owned()));
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// The row with what is computed.
    fn shown(&self, row: &Row) -> Row {
        let first = self.columns.first().and_then(|column| row.get(&column.id));
        let length = first.map_or(0, |text| text.chars().count()).to_string();
        let computed = self.columns.iter().filter(|column| matches!(column.kind, Kind::Length));
        let mut shown = row.clone();
        shown.extend(computed.map(|column| (column.id.clone(), length.clone())));
        shown
    }
}
