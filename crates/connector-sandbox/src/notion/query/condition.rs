//! One condition on one value.

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, Utc};
use serde_json::Value;

use crate::notion::failure::Failure;
use crate::notion::input::Input;
use crate::notion::object::text;
use crate::notion::property::Moment;
use crate::notion::read::Reader;

/// Where a status's group stands beside its name.
pub(super) const GROUP: &str = "group";

const EMPTY: &str = "is_empty";
const NOT_EMPTY: &str = "is_not_empty";

/// The comparisons of a property type.
fn operators(kind: &str) -> &'static [&'static str] {
    match kind {
        "title" | "rich_text" | "url" | "email" | "phone_number" => &[
            "equals",
            "does_not_equal",
            "contains",
            "does_not_contain",
            "starts_with",
            "ends_with",
            EMPTY,
            NOT_EMPTY,
        ],
        "number" | "unique_id" => &[
            "equals",
            "does_not_equal",
            "greater_than",
            "less_than",
            "greater_than_or_equal_to",
            "less_than_or_equal_to",
            EMPTY,
            NOT_EMPTY,
        ],
        "checkbox" => &["equals", "does_not_equal"],
        "select" | "status" => &["equals", "does_not_equal", EMPTY, NOT_EMPTY],
        "multi_select" | "people" | "created_by" | "last_edited_by" | "relation" => {
            &["contains", "does_not_contain", EMPTY, NOT_EMPTY]
        }
        "date" | "created_time" | "last_edited_time" => &[
            "equals",
            "before",
            "after",
            "on_or_before",
            "on_or_after",
            "this_week",
            "past_week",
            "past_month",
            "past_year",
            "next_week",
            "next_month",
            "next_year",
            EMPTY,
            NOT_EMPTY,
        ],
        "files" => &[EMPTY, NOT_EMPTY],
        "verification" => &["status"],
        "formula" => &["string", "checkbox", "number", "date"],
        "rollup" => &["any", "every", "none", "number", "date"],
        _ => &[],
    }
}

/// A condition that fits its property's type.
#[derive(Debug)]
pub(super) struct Condition<'a> {
    kind: &'a str,
    operator: &'static str,
    operand: &'a Value,
    /// The condition on the parts or the result of a computed value.
    inner: Option<Box<Condition<'a>>>,
}

impl<'a> Condition<'a> {
    /// Reads the one condition of an object.
    pub(super) fn read(input: &Input<'a>, kind: &'a str) -> Result<Self, Failure> {
        let object = input.object()?;
        let known = operators(kind);
        let operator = known.iter().find(|operator| object.contains_key(**operator)).copied();
        let operator = match (operator, known.first()) {
            (Some(operator), _) => operator,
            (None, Some(first)) => return Err(input.member(first).expected("defined")),
            (None, None) => return Err(input.expected("not present")),
        };
        if let Some(other) = object.keys().find(|key| *key != operator) {
            return Err(input.member(other).expected("not present"));
        }
        let member = input.member(operator);
        let inner = match (kind, operator) {
            ("rollup", "any" | "every" | "none") => {
                let inside = member.object()?.keys().next();
                let inside = inside.ok_or_else(|| member.expected("an object with one condition"))?;
                Some(Self::read(&member.member(inside), inside)?)
            }
            ("formula", "string") => Some(Self::read(&member, "rich_text")?),
            ("formula" | "rollup", result) => Some(Self::read(&member, result)?),
            _ => None,
        };
        let operand = member.value().unwrap_or(&Value::Null);
        check(&member, kind, operator)?;
        Ok(Self { kind, operator, operand, inner: inner.map(Box::new) })
    }

    /// Whether a value, in the form of answers, passes.
    pub(super) fn admits(&self, value: &Value, reader: &Reader<'_>) -> bool {
        match self.operator {
            EMPTY => return is_empty(value),
            NOT_EMPTY => return !is_empty(value),
            _ => {}
        }
        match self.kind {
            "title" | "rich_text" | "url" | "email" | "phone_number" => self.text(&plain(value)),
            "number" => self.number(value.as_f64()),
            "unique_id" => self.number(value.get("number").and_then(Value::as_f64)),
            "checkbox" => (value == self.operand) == (self.operator == "equals"),
            "select" | "status" => {
                let own = [text(value, "name"), text(value, GROUP)];
                self.names(|name| own.contains(&Some(name))) == (self.operator == "equals")
            }
            "multi_select" => self.holds(value, |item, name| text(item, "name") == Some(name)),
            "people" | "relation" => self.holds(value, |item, id| self.is_user(item, id, reader)),
            "created_by" | "last_edited_by" => {
                self.names(|id| self.is_user(value, id, reader)) == (self.operator == "contains")
            }
            "date" | "created_time" | "last_edited_time" => {
                instant(value).is_some_and(|at| self.time(at, reader.now))
            }
            "verification" => {
                let state = text(value, "state")
                    .map_or("none", |state| if state == "unverified" { "none" } else { state });
                self.operand == state
            }
            _ => self.computed(value, reader),
        }
    }

    fn computed(&self, value: &Value, reader: &Reader<'_>) -> bool {
        let Some(inner) = &self.inner else { return false };
        let part = |item: &Value| {
            let kind = text(item, "type").unwrap_or_default();
            item.get(kind).is_some_and(|value| inner.admits(value, reader))
        };
        let items = value.get("array").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        match self.operator {
            "any" => items.iter().any(part),
            "every" => items.iter().all(part),
            "none" => !items.iter().any(part),
            result => value.get(result).is_some_and(|value| inner.admits(value, reader)),
        }
    }

    /// The operand is one name or several, any of which will do.
    fn names(&self, is: impl Fn(&str) -> bool) -> bool {
        match self.operand {
            Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
            single => single.as_str().is_some_and(is),
        }
    }

    fn holds(&self, value: &Value, same: impl Fn(&Value, &str) -> bool) -> bool {
        let items = value.as_array().map_or(&[][..], Vec::as_slice);
        self.names(|name| items.iter().any(|item| same(item, name))) == (self.operator == "contains")
    }

    /// Whether an id, with or without dashes, or `me` for the asking bot, is this item's.
    fn is_user(&self, item: &Value, id: &str, reader: &Reader<'_>) -> bool {
        let wanted = if id == "me" && self.kind != "relation" {
            Some(reader.holder.bot.clone())
        } else {
            crate::notion::input::uuid(id)
        };
        wanted.is_some_and(|wanted| text(item, "id") == Some(&*wanted))
    }

    /// Without regard to case.
    fn text(&self, found: &str) -> bool {
        let (found, wanted) =
            (found.to_lowercase(), self.operand.as_str().unwrap_or_default().to_lowercase());
        match self.operator {
            "equals" => found == wanted,
            "does_not_equal" => found != wanted,
            "contains" => found.contains(&wanted),
            "does_not_contain" => !found.contains(&wanted),
            "starts_with" => found.starts_with(&wanted),
            _ => found.ends_with(&wanted),
        }
    }

    fn number(&self, found: Option<f64>) -> bool {
        let wanted = self.operand.as_f64();
        match self.operator {
            "equals" => found.is_some() && found == wanted,
            "does_not_equal" => found != wanted,
            operator => found.zip(wanted).is_some_and(|(found, wanted)| match operator {
                "greater_than" => found > wanted,
                "less_than" => found < wanted,
                "greater_than_or_equal_to" => found >= wanted,
                _ => found <= wanted,
            }),
        }
    }

    fn time(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let today = now.date_naive();
        let within = |range: Option<(NaiveDate, NaiveDate)>| {
            range.is_some_and(|(from, to)| (from..=to).contains(&at.date_naive()))
        };
        let month = Months::new(1);
        match self.operator {
            "this_week" => {
                let week = today.week(chrono::Weekday::Mon);
                return within(Some((week.first_day(), week.last_day())));
            }
            "past_week" => return within(today.checked_sub_days(Days::new(7)).map(|from| (from, today))),
            "past_month" => return within(today.checked_sub_months(month).map(|from| (from, today))),
            "past_year" => {
                return within(today.checked_sub_months(Months::new(12)).map(|from| (from, today)));
            }
            "next_week" => return within(today.checked_add_days(Days::new(7)).map(|to| (today, to))),
            "next_month" => return within(today.checked_add_months(month).map(|to| (today, to))),
            "next_year" => return within(today.checked_add_months(Months::new(12)).map(|to| (today, to))),
            _ => {}
        }
        let Some((from, to)) = self.operand.as_str().and_then(|word| span(word, today)) else { return false };
        match self.operator {
            "equals" => from <= at && at < to || at == from,
            "before" => at < from,
            "after" => at >= to && at != from,
            "on_or_before" => at < to || at == from,
            _ => at >= from,
        }
    }
}

/// Refuses an operand of the wrong kind.
fn check(member: &Input<'_>, kind: &str, operator: &str) -> Result<(), Failure> {
    match (kind, operator) {
        (_, EMPTY | NOT_EMPTY) => match member.value() {
            Some(Value::Bool(true)) => Ok(()),
            _ => Err(member.expected("`true`")),
        },
        ("title" | "rich_text" | "url" | "email" | "phone_number", _) => member.text().map(drop),
        ("number" | "unique_id", _) => match member.value() {
            Some(Value::Number(_)) => Ok(()),
            _ => Err(member.expected("a number")),
        },
        ("checkbox", _) => member.boolean().map(drop),
        (
            "date" | "created_time" | "last_edited_time",
            "equals" | "before" | "after" | "on_or_before" | "on_or_after",
        ) => {
            let word = member.text()?;
            span(word, NaiveDate::MIN.checked_add_months(Months::new(12)).unwrap_or_default())
                .map(drop)
                .ok_or_else(|| member.expected("a valid ISO 8601 date string"))
        }
        _ => Ok(()),
    }
}

/// From when until before when an operand reaches: a day in UTC, or an instant.
fn span(word: &str, today: NaiveDate) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let day = match word {
        "today" => Some(today),
        "tomorrow" => today.succ_opt(),
        "yesterday" => today.pred_opt(),
        "one_week_ago" => today.checked_sub_days(Days::new(7)),
        "one_week_from_now" => today.checked_add_days(Days::new(7)),
        "one_month_ago" => today.checked_sub_months(Months::new(1)),
        "one_month_from_now" => today.checked_add_months(Months::new(1)),
        _ => match Moment::parse(word, None)? {
            Moment::Day(day) => Some(day),
            Moment::At(at) => return Some((at.to_utc(), at.to_utc())),
        },
    };
    let start = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    Some((start(day?), start(day?.succ_opt()?)))
}

/// When a date value or a time begins.
pub(super) fn instant(value: &Value) -> Option<DateTime<Utc>> {
    let written = text(value, "start").or_else(|| value.as_str())?;
    Moment::parse(written, None).map(Moment::instant)
}

/// The text of a value: of rich text, names, or a line.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(line) => line.clone(),
        Value::Array(items) => {
            items.iter().filter_map(|item| text(item, "plain_text").or_else(|| text(item, "name"))).collect()
        }
        other => text(other, "name").unwrap_or_default().to_owned(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(line) => line.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
