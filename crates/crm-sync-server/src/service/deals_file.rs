//! New deals from a CSV file with the CRM's own headings.
//!
//! A file only adds deals. A row whose client, amount and due date are those of a deal is that deal, as often as there
//! are such deals: importing a file again adds nothing, and two equal rows of one file are two deals.

use std::collections::HashMap;
use std::path::Path;

use chrono::NaiveDate;
use connector_core::canon::canonical;
use connector_core::fold::fold;
use connector_core::id::{FieldId, UnitKey};
use connector_core::lens::{Lens, Note};
use connector_core::plan::Problem;
use connector_core::schema::{Field, FieldKind};
use connector_core::store::Store;
use connector_core::unit::{Unit, Units};
use connector_core::value::Value;

use crate::app::App;
use crate::crm;
use crate::failure::Failure;

/// The units that tell that a row is a deal that is there already.
const IDENTITY: [&str; 3] = [crm::CLIENT, crm::MONTANT_BRUT, crm::DATE_ECHEANCE];

/// What an import came to.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// Rows in the file.
    pub rows: usize,
    /// Deals made.
    pub created: usize,
    /// Rows that were deals already.
    pub known: usize,
    /// Rows that were refused: the line, the client, the unit if it is one, and why.
    pub refused: Vec<(u64, String, Option<UnitKey>, Why)>,
    /// Stages that are none.
    pub unknown_stages: Vec<String>,
}

/// Why a row was refused.
#[derive(Debug, Clone)]
pub enum Why {
    /// A value that the CRM cannot keep.
    Value(Problem),
    /// The CRM's own words.
    Crm(String),
}

/// A row as a deal.
type Row = Vec<(UnitKey, Value)>;

/// Imports the file at `path`.
pub async fn import(app: &App, path: &Path) -> Result<Imported, Failure> {
    let file = |source| Failure::File { path: path.to_owned(), source };
    let text = tokio::fs::read(path).await.map_err(file)?;
    import_text(app, &text, path).await
}

/// Imports a file's contents; `path` is its name in messages.
pub async fn import_text(app: &App, text: &[u8], path: &Path) -> Result<Imported, Failure> {
    let (lines, mut done) = read(app.units(), text, path)?;
    let mut there: HashMap<Vec<Value>, usize> = HashMap::new();
    for deal in app.store.deals().await? {
        let value = |unit: &Unit| app.units().position(unit.key.as_str()).and_then(|at| deal.values.get(at));
        *there.entry(identity(app.units(), value)).or_default() += 1;
    }
    let mut new = Vec::new();
    for (line, row) in lines {
        let value = |unit: &Unit| row.iter().find(|(key, _)| *key == unit.key).map(|(_, value)| value);
        match there.get_mut(&identity(app.units(), value)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                done.known += 1;
            }
            _ => new.push((line, row)),
        }
    }
    let rows: Vec<Row> = new.iter().map(|(_, row)| row.clone()).collect();
    for ((line, row), made) in new.iter().zip(app.store.import_deals(rows).await?) {
        match made {
            Ok(_) => done.created += 1,
            Err(why) => done.refused.push((*line, client(row), None, Why::Crm(why))),
        }
    }
    done.refused.sort_by_key(|(line, ..)| *line);
    Ok(done)
}

/// The rows that can be deals, with their lines, and what was wrong with the others.
fn read(units: &Units, text: &[u8], path: &Path) -> Result<(Vec<(u64, Row)>, Imported), Failure> {
    let wrong = |source| Failure::Csv { path: path.to_owned(), source };
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).from_reader(text);
    let columns = columns(units, reader.headers().map_err(wrong)?);
    let missing: Vec<String> = units
        .iter()
        .filter(|unit| unit.required && columns.iter().flatten().all(|(found, _)| found.key != unit.key))
        .map(|unit| unit.name().to_owned())
        .collect();
    if !missing.is_empty() {
        return Err(Failure::CsvColumns { path: path.to_owned(), missing });
    }
    let (mut rows, mut done) = (Vec::new(), Imported::default());
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        done.rows += 1;
        let mut row: Row = Vec::with_capacity(columns.len());
        let mut trouble = None;
        for (column, cell) in columns.iter().zip(&record) {
            let Some((unit, lens)) = column else { continue };
            let decoded = lens.decode(&Value::text(cell_text(unit, cell)));
            if let Some(Note::UnknownStage { word, .. }) = &decoded.note
                && !done.unknown_stages.contains(word)
            {
                done.unknown_stages.push(word.clone());
            }
            let problem = match (&decoded.value, unit.check(&decoded.value)) {
                (Value::Unknown(why), _) => Some(Problem::Unreadable { why: why.clone() }),
                (_, Err(fault)) => Some(Problem::Fault { fault }),
                _ => None,
            };
            if let Some(problem) = problem {
                trouble.get_or_insert((unit.key.clone(), problem));
            }
            row.push((unit.key.clone(), canonical(&unit.kind, &decoded.value).into_owned()));
        }
        match trouble {
            None => rows.push((line, row)),
            Some((unit, problem)) => done.refused.push((line, client(&row), Some(unit), Why::Value(problem))),
        }
    }
    Ok((rows, done))
}

/// The unit of each column, by any of the unit's names.
fn columns<'u>(units: &'u Units, headings: &csv::StringRecord) -> Vec<Option<(&'u Unit, Lens)>> {
    let mut taken: Vec<&UnitKey> = Vec::new();
    let mut columns = Vec::with_capacity(headings.len());
    for heading in headings {
        let called = |unit: &&Unit| {
            fold(unit.key.as_str()) == fold(heading)
                || unit.names.iter().any(|name| fold(name) == fold(heading))
        };
        let unit = units.iter().filter(|unit| !unit.derived).find(called);
        let unit = unit.filter(|unit| !taken.contains(&&unit.key));
        columns.push(unit.map(|unit| {
            taken.push(&unit.key);
            let field = Field {
                id: FieldId::from(heading),
                name: heading.to_owned(),
                kind: FieldKind::Text { max: None },
                writable: true,
                primary: false,
            };
            (unit, Lens::new(unit, &field, &std::collections::BTreeMap::new(), false))
        }));
    }
    columns
}

/// The cell, with a date in the French order written as an ISO date.
fn cell_text(unit: &Unit, cell: &str) -> String {
    let cell = cell.trim();
    if unit.key.as_str() == crm::DATE_ECHEANCE
        && let Ok(day) = NaiveDate::parse_from_str(cell, "%d/%m/%Y")
    {
        return day.to_string();
    }
    cell.to_owned()
}

/// French spreadsheets write semicolons.
fn delimiter(text: &[u8]) -> u8 {
    let heading = String::from_utf8_lossy(text.split(|byte| *byte == b'\n').next().unwrap_or_default());
    if heading.matches(';').count() > heading.matches(',').count() { b';' } else { b',' }
}

fn identity<'v>(units: &Units, value: impl Fn(&Unit) -> Option<&'v Value>) -> Vec<Value> {
    let of = |key: &str| {
        let unit = units.get(key)?;
        let value = canonical(&unit.kind, value(unit)?).into_owned();
        Some(match value {
            Value::Text(text) => Value::Text(fold(&text)),
            Value::Number(number) => Value::Number(number.normalize()),
            other => other,
        })
    };
    IDENTITY.into_iter().map(|key| of(key).unwrap_or(Value::Empty)).collect()
}

fn client(row: &Row) -> String {
    match row.iter().find(|(key, _)| key.as_str() == crm::CLIENT) {
        Some((_, Value::Text(client))) => client.clone(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> (Vec<(u64, Row)>, Imported) {
        read(&crm::units().unwrap(), text.as_bytes(), Path::new("deals.csv")).unwrap()
    }

    #[test]
    fn the_crms_headings_are_understood_in_any_order() {
        let (rows, done) = rows(
            "Status,Task Name,Montant Deal,Due Date,Ignored\nwon,Été SAS,\"12 500,50 €\",31/12/2026,x\nLead,B,8500.1,2026-01-05,\n",
        );
        assert_eq!((done.rows, done.refused.len()), (2, 0));
        let (_, row) = &rows[0];
        assert!(row.contains(&("statut".into(), Value::text("gagné"))), "{row:?}");
        assert!(
            row.contains(&("date_echeance".into(), Value::Date("2026-12-31".parse().unwrap()))),
            "{row:?}"
        );
        assert!(row.contains(&("montant_brut".into(), Value::Number("12500.5".parse().unwrap()))), "{row:?}");
    }

    #[test]
    fn a_bad_row_stops_no_other_and_says_its_line() {
        let (rows, done) = rows("Client;Montant;Statut\n;10;won\nA;0;won\nB;abc;won\nC;5;perdu\n");
        assert_eq!(rows.len(), 1);
        let lines: Vec<u64> = done.refused.iter().map(|(line, ..)| *line).collect();
        assert_eq!(lines, [2, 3, 4]);
        assert_eq!(done.unknown_stages, ["perdu"]);
    }

    #[test]
    fn a_file_without_a_needed_column_is_refused_whole() {
        let failed = read(&crm::units().unwrap(), b"Task Name,Status\nA,won\n", Path::new("deals.csv"));
        assert!(matches!(failed, Err(Failure::CsvColumns { missing, .. }) if missing == ["Montant"]));
    }
}
