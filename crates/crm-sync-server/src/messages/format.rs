//! Numbers, amounts, dates and values as people of a language write them.

use chrono::{DateTime, Datelike, Local, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};
use connector_core::clock::Interval;
use connector_core::unit::UnitKind;
use connector_core::value::{Person, Value};
use rust_decimal::Decimal;

use super::{Lang, say};

/// Keeps a number on one line.
const NO_BREAK: char = '\u{a0}';
/// The most characters of a text that are shown.
const SHOWN_CHARS: usize = 60;

const MONTHS_FR: [&str; 12] =
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A whole number with its thousands apart.
#[must_use]
pub fn whole(lang: Lang, number: usize) -> String {
    grouped(lang, &number.to_string())
}

/// A number with the language's separators.
#[must_use]
pub fn number(lang: Lang, number: Decimal) -> String {
    let text = number.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut shown =
        if number.is_sign_negative() && !number.is_zero() { "-".to_owned() } else { String::new() };
    shown.push_str(&grouped(lang, whole));
    if !fraction.is_empty() {
        shown.push(match lang {
            Lang::Fr => ',',
            Lang::En => '.',
        });
        shown.push_str(fraction);
    }
    shown
}

/// An amount in euros, with its cents.
#[must_use]
pub fn money(lang: Lang, amount: Decimal) -> String {
    let mut cents = connector_core::canon::rounded(amount, 2);
    cents.rescale(2);
    let shown = number(lang, cents);
    match lang {
        Lang::Fr => format!("{shown}{NO_BREAK}€"),
        Lang::En => shown.strip_prefix('-').map_or_else(|| format!("€{shown}"), |rest| format!("-€{rest}")),
    }
}

/// A day.
#[must_use]
pub fn day(lang: Lang, day: NaiveDate) -> String {
    let (number, year) = (day.day(), day.year());
    let at = usize::try_from(day.month0()).unwrap_or_default();
    let of = |months: [&'static str; 12]| months.get(at).copied().unwrap_or_default();
    match lang {
        Lang::Fr if number == 1 => format!("1er {} {year}", of(MONTHS_FR)),
        Lang::Fr => format!("{number} {} {year}", of(MONTHS_FR)),
        Lang::En => format!("{number} {} {year}", of(MONTHS_EN)),
    }
}

/// An instant in this machine's time zone.
#[must_use]
pub fn moment(lang: Lang, at: DateTime<Utc>) -> String {
    moment_in(lang, at, &Local)
}

fn moment_in(lang: Lang, at: DateTime<Utc>, zone: &impl TimeZone) -> String {
    let at = at.with_timezone(zone).naive_local();
    let (date, hour, minute) = (day(lang, at.date()), at.hour(), at.minute());
    say!(lang, "{date} à {hour:02}:{minute:02}", "{date} at {hour:02}:{minute:02}")
}

/// When something was edited, as far as known: to the second, since two edits are compared.
#[must_use]
pub fn edited(lang: Lang, edited: Option<Interval>) -> String {
    let Some(Interval { lo, hi }) = edited else { return say!(lang, "heure inconnue", "time unknown") };
    let middle = lo + (hi - lo) / 2;
    let (date, time) = (day(lang, middle.with_timezone(&Local).date_naive()), middle.with_timezone(&Local));
    let time = time.format("%H:%M:%S");
    if hi - lo < TimeDelta::seconds(1) {
        say!(lang, "modifié le {date} à {time}", "edited {date} at {time}")
    } else {
        say!(lang, "modifié le {date} vers {time}", "edited {date} at about {time}")
    }
}

/// What a unit holds, shortly.
#[must_use]
pub fn value(lang: Lang, kind: Option<&UnitKind>, value: &Value) -> String {
    match (value, kind) {
        (Value::Empty, _) => say!(lang, "(vide)", "(empty)"),
        (Value::Text(text), Some(UnitKind::Stage(_))) => text.clone(),
        (Value::Text(text), _) => lang.quoted(&short(text)),
        (Value::Number(amount), Some(UnitKind::Money { .. })) => money(lang, *amount),
        (Value::Number(amount), _) => number(lang, *amount),
        (Value::Flag(flag), _) => match (lang, flag) {
            (Lang::Fr, true) => "oui".into(),
            (Lang::Fr, false) => "non".into(),
            (Lang::En, true) => "yes".into(),
            (Lang::En, false) => "no".into(),
        },
        (Value::Date(date), _) => day(lang, *date),
        (Value::Instant(at), _) => moment(lang, *at),
        (Value::Tags(tags), _) => tags.join(", "),
        (Value::Unknown(_), _) => say!(lang, "(illisible)", "(unreadable)"),
        (other, _) => other.to_string(),
    }
}

/// What a unit or a cell holds, shortly and without quotation marks: for a place of its own, as in a table.
#[must_use]
pub fn shown(lang: Lang, kind: Option<&UnitKind>, held: &Value) -> String {
    let names = |names: Vec<&str>| short(&names.join(", "));
    match held {
        Value::Text(text) => short(text),
        Value::Choice(choice) => short(&choice.name),
        Value::Choices(choices) => names(choices.iter().map(|choice| choice.name.as_str()).collect()),
        Value::People(people) => names(people.iter().map(Person::label).collect()),
        Value::Links(links) => {
            names(links.iter().map(|link| link.name.as_deref().unwrap_or(link.id.as_str())).collect())
        }
        _ => value(lang, kind, held),
    }
}

/// A text on one line, cut where it is long.
#[must_use]
pub fn short(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    let mut shown: String = line.chars().filter(|letter| !letter.is_control()).take(SHOWN_CHARS).collect();
    if line.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

fn grouped(lang: Lang, digits: &str) -> String {
    let separator = match lang {
        Lang::Fr => NO_BREAK,
        Lang::En => ',',
    };
    let length = digits.chars().count();
    let mut shown = String::with_capacity(length + length / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (length - position).is_multiple_of(3) {
            shown.push(separator);
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With ordinary blanks, to be read in a test.
    fn plain(text: &str) -> String {
        text.replace(NO_BREAK, " ")
    }

    #[test]
    fn amounts_are_written_as_in_the_country() {
        for (cents, fr, en) in [
            (1_250_000, "12 500,00 €", "€12,500.00"),
            (850_010, "8 500,10 €", "€8,500.10"),
            (-5, "-0,05 €", "-€0.05"),
            (0, "0,00 €", "€0.00"),
            (12_345_678_900, "123 456 789,00 €", "€123,456,789.00"),
        ] {
            let amount = Decimal::new(cents, 2).normalize();
            assert_eq!(plain(&money(Lang::Fr, amount)), fr);
            assert_eq!(money(Lang::En, amount), en);
        }
    }

    #[test]
    fn days_and_moments_are_written_as_in_the_country() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        assert_eq!(day(Lang::Fr, date), "23 nov. 2026");
        assert_eq!(day(Lang::En, date), "23 Nov 2026");
        assert_eq!(day(Lang::Fr, NaiveDate::from_ymd_opt(2027, 2, 1).unwrap()), "1er févr. 2027");
        let at = "2026-11-23T14:05:59Z".parse().unwrap();
        assert_eq!(moment_in(Lang::Fr, at, &Utc), "23 nov. 2026 à 14:05");
        assert_eq!(moment_in(Lang::En, at, &Utc), "23 Nov 2026 at 14:05");
    }

    #[test]
    fn the_time_of_an_edit_is_as_exact_as_it_is_known() {
        let second = |at: i64| DateTime::from_timestamp(1_795_442_700 + at, 0).unwrap();
        let exact = edited(Lang::Fr, Some(Interval::at(second(3))));
        assert!(
            exact.starts_with("modifié le") && exact.contains(" à ") && exact.ends_with(":03"),
            "{exact}"
        );
        let about = edited(Lang::En, Some(Interval::new(second(2), second(4))));
        assert!(about.contains("at about") && about.ends_with(":03"), "{about}");
        assert_eq!(edited(Lang::Fr, None), "heure inconnue");
    }

    #[test]
    fn a_long_text_is_cut_and_stays_on_one_line() {
        let text = format!("un\ndeux\t{}", "é".repeat(80));
        let shown = short(&text);
        assert_eq!(shown.chars().count(), SHOWN_CHARS + 1);
        assert!(shown.starts_with("un deux é") && shown.ends_with('…'));
    }

    #[test]
    fn a_value_is_shown_by_what_its_unit_holds() {
        let amount = Value::Number(Decimal::from(9000));
        assert_eq!(plain(&value(Lang::Fr, Some(&UnitKind::Money { scale: 2 }), &amount)), "9 000,00 €");
        assert_eq!(value(Lang::En, None, &amount), "9,000");
        assert_eq!(value(Lang::Fr, None, &Value::Empty), "(vide)");
        assert_eq!(value(Lang::Fr, None, &Value::text("Été")), "« Été »");
    }
}
