//! `typecast`: the loose forms of text that are accepted for other types.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::airtable::field::Kind;

/// The value in the type's own form; `None` if it is left as it is. Selects, links and people are looked up
/// by name where they are converted.
pub(crate) fn loosen(kind: &Kind, value: &Value) -> Option<Value> {
    match (kind, value) {
        (Kind::Number { .. } | Kind::Currency { .. } | Kind::Percent { .. }, Value::String(text)) => {
            number(text).map(|number| json!(number))
        }
        (Kind::Duration { .. }, Value::String(text)) => {
            duration(text).or_else(|| number(text)).map(|s| json!(s))
        }
        (Kind::Rating { .. }, Value::String(text)) => {
            text.trim().parse::<u8>().ok().map(|stars| json!(stars))
        }
        (Kind::Checkbox { .. }, Value::String(text)) => match text.trim().to_lowercase().as_str() {
            "true" | "1" | "checked" | "yes" => Some(json!(true)),
            "false" | "0" | "unchecked" | "no" | "" => Some(json!(false)),
            _ => None,
        },
        (Kind::Checkbox { .. }, Value::Number(number)) => Some(json!(number.as_f64() != Some(0.0))),
        (Kind::Date { .. } | Kind::DateTime { .. }, Value::String(text)) => {
            loose_day(text).map(|day| json!(day))
        }
        (Kind::MultipleSelects { .. } | Kind::Links(_), Value::String(text)) => Some(
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| json!(part)).collect(),
        ),
        (
            Kind::SingleLineText
            | Kind::MultilineText
            | Kind::RichText
            | Kind::Email
            | Kind::Url
            | Kind::PhoneNumber
            | Kind::SingleSelect { .. },
            Value::Number(_) | Value::Bool(_),
        ) => Some(json!(value.to_string())),
        _ => None,
    }
}

/// `"$1,200"` is 1200 and `"12%"` 0.12.
fn number(text: &str) -> Option<f64> {
    let kept: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '%')).collect();
    match kept.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|number| number / 100.0),
        None => kept.parse().ok(),
    }
}

/// `h:mm` or `h:mm:ss`, in seconds.
fn duration(text: &str) -> Option<f64> {
    let parts: Vec<f64> = text.split(':').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [hours, minutes] => Some(hours * 3600.0 + minutes * 60.0),
        [hours, minutes, seconds] => Some(hours * 3600.0 + minutes * 60.0 + seconds),
        _ => None,
    }
}

/// American dates and dates in words, as ISO.
fn loose_day(text: &str) -> Option<String> {
    ["%m/%d/%Y", "%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%Y/%m/%d"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(text.trim(), format).ok())
        .map(|day| day.format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_percentages_and_durations_are_read() {
        assert_eq!(number("$1,200"), Some(1200.0));
        assert_eq!(number("12%"), Some(0.12));
        assert_eq!(number("many"), None);
        assert_eq!(duration("1:30"), Some(5400.0));
        assert_eq!(loose_day("5/1/2024").as_deref(), Some("2024-05-01"));
    }
}
