//! What a cell or a unit holds, with one form for each meaning.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::{OptionId, RemoteId};

/// What a remote's cell or a deal's unit holds.
///
/// A cell is turned into a unit's value, and back, by a [`Lens`](crate::lens::Lens). On the unit's side only
/// `Empty`, `Text`, `Number`, `Flag`, `Date`, `Instant`, `Tags` and `Unknown` occur.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// Nothing: absent, null, `""` and `[]` are one. Written to a cell, it clears it.
    Empty,
    /// Text as its author wrote it.
    Text(String),
    /// An exact decimal: amounts, numbers, percentages as fractions, durations in seconds.
    Number(Decimal),
    /// A checkbox.
    Flag(bool),
    /// A civil date, without zone.
    Date(NaiveDate),
    /// An instant, in UTC.
    Instant(DateTime<Utc>),
    /// More than a civil date, in a field of dates: a time of day where it was entered, an end.
    Period(Period),
    /// A set of words, as a deal keeps them.
    Tags(Vec<String>),
    /// One option of a select field.
    Choice(Choice),
    /// Several options of a select field.
    Choices(Vec<Choice>),
    /// People of the remote's workspace.
    People(Vec<Person>),
    /// Records of another container.
    Links(Vec<Linked>),
    /// There is something, and it could not be read whole: why. Never written, never counted as a change.
    Unknown(String),
}

/// What a calendar keeps besides a civil date.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// When it begins.
    pub start: Moment,
    /// When it ends, if it is a range.
    pub end: Option<Moment>,
    /// The IANA name of the zone that its times are meant in, if they are meant in one.
    pub zone: Option<String>,
}

/// A civil date, or a time of day where it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Moment {
    /// A civil date.
    Day(NaiveDate),
    /// A time, with its offset from UTC.
    Time(DateTime<FixedOffset>),
}

/// One option of a select field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choice {
    /// The option's id; absent when only a name is known, as for an option still to be made.
    pub id: Option<OptionId>,
    /// The option's name, as people see it now.
    pub name: String,
}

/// A person of the remote's workspace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// The person's id in the remote.
    pub id: String,
    /// The e-mail address, if the remote tells it.
    pub email: Option<String>,
    /// The name, if the remote tells it.
    pub name: Option<String>,
}

/// A record of another container that a cell points at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Linked {
    /// The record.
    pub id: RemoteId,
    /// What people see of it: its primary field; absent when it was not resolved.
    pub name: Option<String>,
}

impl Value {
    /// Text, or `Empty` for `""`.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// Tags, or `Empty` for none.
    pub fn tags<T: Into<String>>(tags: impl IntoIterator<Item = T>) -> Self {
        let tags: Vec<String> = tags.into_iter().map(Into::into).collect();
        if tags.is_empty() { Self::Empty } else { Self::Tags(tags) }
    }

    /// Whether this is [`Value::Empty`].
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Whether this is [`Value::Unknown`].
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

impl std::fmt::Display for Value {
    /// Shortly, for plans and logs: long text is cut at 60 characters.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("(empty)"),
            Self::Text(text) => write_quoted(f, text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
            Self::Date(date) => write!(f, "{date}"),
            Self::Instant(at) => write!(f, "{}", at.format("%Y-%m-%d %H:%M:%S UTC")),
            Self::Period(period) => write!(f, "{period}"),
            Self::Tags(tags) => write_list(f, tags.iter().map(String::as_str)),
            Self::Choice(choice) => write_quoted(f, &choice.name),
            Self::Choices(choices) => write_list(f, choices.iter().map(|choice| choice.name.as_str())),
            Self::People(people) => write_list(f, people.iter().map(Person::label)),
            Self::Links(links) => {
                write_list(f, links.iter().map(|link| link.name.as_deref().unwrap_or(link.id.as_str())))
            }
            Self::Unknown(why) => write!(f, "(unreadable: {why})"),
        }
    }
}

impl Period {
    /// The same period begun on `day`: its times of day and its length in days stay. `None` beyond the calendar.
    #[must_use]
    pub fn moved_to(&self, day: NaiveDate) -> Option<Self> {
        let days = day.signed_duration_since(self.start.day());
        let moved = |moment: Moment| match moment {
            Moment::Day(day) => day.checked_add_signed(days).map(Moment::Day),
            Moment::Time(at) => at.checked_add_signed(days).map(Moment::Time),
        };
        let end = match self.end {
            Some(end) => Some(moved(end)?),
            None => None,
        };
        Some(Self { start: moved(self.start)?, end, zone: self.zone.clone() })
    }
}

impl Moment {
    /// The civil date where it was entered.
    #[must_use]
    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Time(at) => at.date_naive(),
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.start)?;
        match self.end {
            Some(end) => write!(f, " → {end}"),
            None => Ok(()),
        }
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Time(at) => write!(f, "{}", at.format("%Y-%m-%d %H:%M %:z")),
        }
    }
}

impl Person {
    /// What to call this person: name, else e-mail, else id.
    #[must_use]
    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or(&self.id)
    }
}

const SHOWN_CHARS: usize = 60;

fn write_quoted(f: &mut std::fmt::Formatter<'_>, text: &str) -> std::fmt::Result {
    let mut shown: String =
        text.chars().take(SHOWN_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    write!(f, "“{shown}”")
}

fn write_list<'a>(f: &mut std::fmt::Formatter<'_>, items: impl Iterator<Item = &'a str>) -> std::fmt::Result {
    for (position, item) in items.enumerate() {
        if position > 0 {
            f.write_str(", ")?;
        }
        f.write_str(item)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_moved_to_another_day_keeps_its_times_and_its_length() {
        let period = Period {
            start: Moment::Time("2026-05-03T23:30:00+02:00".parse().unwrap()),
            end: Some(Moment::Time("2026-05-04T01:00:00+02:00".parse().unwrap())),
            zone: None,
        };
        assert_eq!(period.start.day(), "2026-05-03".parse().unwrap(), "where it was entered");
        let moved = period.moved_to("2026-06-01".parse().unwrap()).unwrap();
        assert_eq!(moved.to_string(), "2026-06-01 23:30 +02:00 → 2026-06-02 01:00 +02:00");
    }
}
