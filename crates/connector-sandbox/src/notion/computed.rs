//! Rollups and formulas: what is computed when it is read.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::notion::data_source::DataSource;
use crate::notion::formula::{self, Outcome};
use crate::notion::object::{extended, text};
use crate::notion::page::Page;
use crate::notion::property::{Kind, Property};
use crate::notion::read::Reader;
use crate::notion::rich_text::plain;

/// The rolled-up property and what it holds in each related page.
struct Rolled<'a> {
    target: &'a Property,
    values: Vec<Value>,
}

impl<'a> Reader<'a> {
    /// The value of a formula or a rollup.
    pub(crate) fn computed(&self, source: &'a DataSource, page: &'a Page, property: &'a Property) -> Value {
        let function = match &property.kind {
            Kind::Formula { expression } => {
                let operand = |name: &str| self.operand(source, page, source.property(name)?);
                let outcome = formula::evaluate(expression, self.now, &operand);
                return outcome.map_or_else(unsupported, |outcome| outcome.json());
            }
            Kind::Rollup { function, .. } => function,
            _ => return Value::Null,
        };
        let rolled = self.rolled(source, page, property);
        if rolled.as_ref().is_some_and(|rolled| is_computed(rolled.target)) {
            return extended(unsupported(), [("function", json!(function))]);
        }
        let (target, values) = match &rolled {
            Some(rolled) => (Some(rolled.target), rolled.values.as_slice()),
            None => (None, &[][..]),
        };
        let kind = target.map_or("", |target| target.kind.name());
        let value = aggregate(function, kind, values);
        let value = extended(value, [("function", json!(function))]);
        if text(&value, "type") != Some("array") {
            return value;
        }
        let items = values.iter().map(|value| json!({"type": kind, kind: value})).collect();
        extended(value, [("array", items)])
    }

    /// What a formula sees of another property of its row.
    fn operand(&self, source: &'a DataSource, page: &'a Page, property: &'a Property) -> Option<Outcome> {
        if matches!(property.kind, Kind::Formula { .. }) {
            return None;
        }
        let value = self.value(source, page, property);
        let name = |value: &Value| text(value, "name").unwrap_or_default().to_owned();
        let day = |start: &Value| json!({"start": start, "end": null, "time_zone": null});
        Some(match &property.kind {
            Kind::Title | Kind::RichText => {
                Outcome::Text(plain(page.text(&property.id), &|id| self.world.name(id)))
            }
            Kind::Number { .. } => Outcome::Number(value.as_f64()),
            Kind::Rollup { .. } => Outcome::Number(Some(value.get("number")?.as_f64()?)),
            Kind::Checkbox => Outcome::Flag(value.as_bool().unwrap_or_default()),
            Kind::Select { .. } | Kind::Status { .. } => Outcome::Text(name(&value)),
            Kind::Url | Kind::Email | Kind::PhoneNumber => {
                Outcome::Text(value.as_str().unwrap_or_default().to_owned())
            }
            Kind::Date => Outcome::Date((!value.is_null()).then_some(value)),
            Kind::CreatedTime | Kind::LastEditedTime => Outcome::Date(Some(day(&value))),
            _ => return None,
        })
    }

    /// Every value of a rollup by itself, with its type; lists fall apart into their elements.
    pub(crate) fn rolled_up(
        &self,
        source: &'a DataSource,
        page: &'a Page,
        property: &'a Property,
    ) -> Vec<Value> {
        let Some(rolled) = self.rolled(source, page, property) else { return Vec::new() };
        let kind = rolled.target.kind.name();
        let splits = rolled.target.kind.is_listed();
        let elements = rolled.values.into_iter().flat_map(|value| match value {
            Value::Array(elements) if splits => elements,
            whole => vec![whole],
        });
        elements.map(|value| json!({"type": kind, kind: value})).collect()
    }

    fn rolled(&self, source: &'a DataSource, page: &'a Page, property: &'a Property) -> Option<Rolled<'a>> {
        let Kind::Rollup { relation, target, .. } = &property.kind else { return None };
        let link = source.property(relation)?;
        let other = self.world.sources.get(&link.kind.relation()?.source)?;
        let target = other.property(target)?;
        if !self.holder.sees(self.world, &other.id) {
            return None;
        }
        // A rollup of rollups or formulas is not followed, so that none can lead back to itself.
        if is_computed(target) {
            return Some(Rolled { target, values: Vec::new() });
        }
        let pages = page.related(&link.id).iter().filter_map(|id| self.world.pages.get(id));
        let values = pages.filter(|page| !page.trashed).map(|page| self.value(other, page, target)).collect();
        Some(Rolled { target, values })
    }
}

/// Whether a value comes from other values, maybe from those that ask for it.
fn is_computed(property: &Property) -> bool {
    matches!(property.kind, Kind::Rollup { .. } | Kind::Formula { .. })
}

fn unsupported() -> Value {
    json!({"type": "unsupported", "unsupported": {}})
}

/// A rollup's result; an array's elements are filled in by the caller.
fn aggregate(function: &str, kind: &str, values: &[Value]) -> Value {
    let filled = values.iter().filter(|value| !is_empty(value)).count();
    let checked = values.iter().filter(|value| **value == json!(true)).count();
    let all = values.len();
    match function {
        "count" => count(all),
        "count_values" => count(values.iter().map(parts).sum()),
        "not_empty" => count(filled),
        "empty" => count(all - filled),
        "unique" => count(distinct(values)),
        "percent_empty" => share(all - filled, all),
        "percent_not_empty" => share(filled, all),
        "checked" => count(checked),
        "unchecked" => count(all - checked),
        "percent_checked" => share(checked, all),
        "percent_unchecked" => share(all - checked, all),
        "sum" | "average" | "median" | "min" | "max" | "range" if kind == "number" => {
            number(statistic(function, values))
        }
        "earliest_date" | "latest_date" | "date_range" | "min" | "max" | "range" => {
            dates(function, kind, values)
        }
        _ => json!({"type": "array", "array": []}),
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// How many values one value counts for: each element of a list.
fn parts(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(items) => items.len(),
        _ => 1,
    }
}

fn distinct(values: &[Value]) -> usize {
    let mut seen: Vec<&Value> = Vec::new();
    for value in values.iter().filter(|value| !is_empty(value)) {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen.len()
}

fn number(value: Option<f64>) -> Value {
    json!({"type": "number", "number": value.map(crate::number::json)})
}

fn count(count: usize) -> Value {
    json!({"type": "number", "number": count})
}

fn share(part: usize, whole: usize) -> Value {
    let float = |count: usize| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
    number((whole > 0).then(|| float(part) / float(whole)))
}

fn statistic(function: &str, values: &[Value]) -> Option<f64> {
    let mut numbers: Vec<f64> = values.iter().filter_map(Value::as_f64).collect();
    numbers.sort_by(f64::total_cmp);
    let (least, most) = (numbers.first().copied(), numbers.last().copied());
    let sum: f64 = numbers.iter().sum();
    let count = u32::try_from(numbers.len()).map_or(f64::from(u32::MAX), f64::from);
    match function {
        "sum" => Some(sum),
        "average" => (!numbers.is_empty()).then(|| sum / count),
        "min" => least,
        "max" => most,
        "range" => Some(most? - least?),
        _ => {
            let upper = numbers.get(numbers.len() / 2)?;
            let lower = numbers.get((numbers.len() - 1) / 2)?;
            Some(f64::midpoint(*lower, *upper))
        }
    }
}

/// The first, the last, or both of the dates.
fn dates(function: &str, kind: &str, values: &[Value]) -> Value {
    let text = |value: &Value| {
        let text = if kind == "date" { self::text(value, "start") } else { value.as_str() };
        text.map(str::to_owned)
    };
    let instant = |text: &String| -> DateTime<Utc> {
        crate::notion::property::Moment::parse(text, None)
            .map(crate::notion::property::Moment::instant)
            .unwrap_or_default()
    };
    let mut found: Vec<String> = values.iter().filter_map(text).collect();
    found.sort_by_key(instant);
    let (first, last) = (found.first(), found.last());
    let date = match function {
        "latest_date" | "max" => last.map(|last| json!({"start": last, "end": null, "time_zone": null})),
        "date_range" | "range" => first.map(|first| json!({"start": first, "end": last, "time_zone": null})),
        _ => first.map(|first| json!({"start": first, "end": null, "time_zone": null})),
    };
    json!({"type": "date", "date": date})
}
