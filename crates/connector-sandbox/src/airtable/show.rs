//! `cellFormat=string`: cells as the texts that a person sees.

use chrono_tz::Tz;

use crate::airtable::cell::Cell;
use crate::airtable::field::{Field, Kind};
use crate::airtable::formula::Scalar;
use crate::airtable::read::Reader;
use crate::airtable::table::{Row, Table};

impl<'a> Reader<'a> {
    /// A cell as text, for a reader in this zone and locale; `None` if it is empty.
    pub(crate) fn text(
        &self,
        table: &'a Table,
        row: &'a Row,
        field: &'a Field,
        (zone, locale): (Tz, &str),
    ) -> Option<String> {
        let scalar = self.scalar(table, row, field);
        let kind = match &field.kind {
            Kind::CreatedTime { result }
            | Kind::LastModifiedTime { result, .. }
            | Kind::Formula { result, .. }
            | Kind::Rollup { result, .. } => result,
            kind => kind,
        };
        if let Some(Cell::Choices(_) | Cell::Links(_) | Cell::People(_)) = row.cells.get(&field.id) {
            return Some(listed(&scalar));
        }
        let text = show(kind, &scalar, (zone, locale));
        (!text.is_empty()).then_some(text)
    }
}

fn show(kind: &Kind, scalar: &Scalar<'_>, reader: (Tz, &str)) -> String {
    match (kind, scalar) {
        (_, Scalar::List(items)) => {
            items.iter().map(|item| show(kind, item, reader)).collect::<Vec<_>>().join(", ")
        }
        (Kind::Number { precision }, Scalar::Number(number)) => {
            format!("{number:.*}", usize::from(*precision))
        }
        (Kind::Currency { precision, symbol }, Scalar::Number(number)) => {
            let sign = if *number < 0.0 { "-" } else { "" };
            format!("{sign}{symbol}{}", grouped(number.abs(), *precision))
        }
        (Kind::Percent { precision }, Scalar::Number(number)) => {
            format!("{:.*}%", usize::from(*precision), number * 100.0)
        }
        (Kind::Duration { format }, Scalar::Number(seconds)) => duration(format, *seconds),
        (Kind::Checkbox { .. }, Scalar::Bool(true)) => "checked".to_owned(),
        (Kind::Date { style }, Scalar::Instant(instant)) => style.show(instant.date_naive(), reader.1),
        (Kind::DateTime { stamp }, Scalar::Instant(instant)) => stamp.show(*instant, reader.0, reader.1),
        (_, Scalar::Error) => "#ERROR!".to_owned(),
        (_, scalar) => scalar.text().into_owned(),
    }
}

/// Names in one text; a name with a comma is quoted.
fn listed(scalar: &Scalar<'_>) -> String {
    let quoted = |name: &str| if name.contains(',') { format!("\"{name}\"") } else { name.to_owned() };
    match scalar {
        Scalar::List(items) => items.iter().map(|item| quoted(&item.text())).collect::<Vec<_>>().join(", "),
        single => single.text().into_owned(),
    }
}

/// A number with a comma between thousands.
fn grouped(number: f64, precision: u8) -> String {
    let plain = format!("{number:.*}", usize::from(precision));
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

fn duration(format: &str, seconds: f64) -> String {
    let hours = (seconds / 3600.0).floor();
    let minutes = ((seconds - hours * 3600.0) / 60.0).floor();
    let rest = seconds - hours * 3600.0 - minutes * 60.0;
    match format {
        "h:mm" => format!("{hours}:{minutes:02}"),
        "h:mm:ss.S" => format!("{hours}:{minutes:02}:{rest:04.1}"),
        "h:mm:ss.SS" => format!("{hours}:{minutes:02}:{rest:05.2}"),
        "h:mm:ss.SSS" => format!("{hours}:{minutes:02}:{rest:06.3}"),
        _ => format!("{hours}:{minutes:02}:{:02}", rest.floor()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_durations_are_written_for_people() {
        assert_eq!(grouped(1_234_567.5, 2), "1,234,567.50");
        assert_eq!(grouped(999.0, 0), "999");
        assert_eq!(duration("h:mm", 5400.0), "1:30");
        assert_eq!(duration("h:mm:ss.SS", 61.5), "0:01:01.50");
    }
}
