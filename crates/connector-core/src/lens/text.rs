//! Text, which can be read from nearly everything.
//!
//! | field | cell | unit |
//! |---|---|---|
//! | text, e-mail, web address, telephone | as written | the same |
//! | number, currency, percent, duration | 0.12 | `0.12`, `12 %`; back if it is surely a number |
//! | checkbox | checked | `yes` |
//! | date, date and time | 2026-12-31 | `2026-12-31` |
//! | select | an option | its name; back if the option exists or may be made |
//! | people | Ana, Bo | `Ana, Bo`; back by e-mail address only |
//! | links, files | Acme | `Acme`, read only |
//! | body | Markdown | the same; back into records of ours only |

use rust_decimal::Decimal;

use super::date::{instant_as_text, parse_date, parse_instant};
use super::fidelity::{Fidelity, Loss};
use super::flag::{YES, yes_or_no};
use super::note::{Decoded, Note};
use super::number::{
    duration_as_text, parse_duration, parse_number, parse_percentage, percentage_as_text, rating,
};
use super::option::Options;
use super::person::{links_as_text, people_as_text, person_from_email};
use super::refusal::{Refusal, shown};
use super::{Format, Obstacle, wrong_kind};
use crate::schema::FieldKind;
use crate::value::{Choice, Value};

#[derive(Debug)]
pub(super) struct TextFormat {
    field: FieldKind,
    options: Options,
}

impl TextFormat {
    pub(super) fn new(field: FieldKind, options: Options) -> Self {
        Self { field, options }
    }

    fn number_as_text(&self, number: Decimal) -> Option<String> {
        match &self.field {
            FieldKind::Percent { .. } => percentage_as_text(number),
            FieldKind::Duration => Some(duration_as_text(number)),
            _ => Some(number.normalize().to_string()),
        }
    }

    /// What becomes of words that are to be options.
    fn option_losses(&self) -> Vec<Loss> {
        let words = if self.options.creates() { Loss::OnlyOptionNames } else { Loss::OnlyOptions };
        vec![words, Loss::SpelledAsOption]
    }
}

impl Format for TextFormat {
    fn fidelity(&self) -> Fidelity {
        let parsed = |loss| Fidelity::lossy(vec![loss, Loss::Reformatted], Vec::new());
        match &self.field {
            FieldKind::Text { .. } | FieldKind::Email | FieldKind::Url | FieldKind::Phone => Fidelity::EXACT,
            FieldKind::RichText => Fidelity::lossy(vec![Loss::Styles], vec![Loss::Styles]),
            FieldKind::Body => {
                Fidelity::lossy(vec![Loss::OnlyOurRecords], vec![Loss::Styles, Loss::ReadOneByOne])
            }
            FieldKind::Number { .. } | FieldKind::Currency { .. } => parsed(Loss::OnlyNumbers),
            FieldKind::Percent { .. } => parsed(Loss::OnlyPercentages),
            FieldKind::Duration => parsed(Loss::OnlyDurations),
            FieldKind::Rating { max } => parsed(Loss::OnlyRatings { max: *max }),
            FieldKind::Checkbox => parsed(Loss::OnlyYesNo),
            FieldKind::Date => parsed(Loss::OnlyDates),
            FieldKind::DateTime => parsed(Loss::OnlyInstants),
            FieldKind::Select { .. } => Fidelity::lossy(self.option_losses(), Vec::new()),
            FieldKind::MultiSelect { .. } => Fidelity::lossy(self.option_losses(), vec![Loss::OptionsJoined]),
            FieldKind::People { .. } => Fidelity::lossy(vec![Loss::OnlyEmails], vec![Loss::PeopleAsNames]),
            FieldKind::Links { .. } => Fidelity::import_only(&self.field, vec![Loss::LinksAsNames]),
            FieldKind::Files | FieldKind::Other { .. } => {
                Fidelity::import_only(&self.field, vec![Loss::AsText])
            }
        }
    }

    fn decode(&self, cell: &Value) -> Decoded {
        match cell {
            Value::Empty | Value::Unknown(_) => Decoded::of(cell.clone()),
            Value::Text(text) => Decoded::of(Value::text(text.as_str())),
            Value::Number(number) => self.number_as_text(*number).map_or_else(
                || Decoded::unknown("the number is too large"),
                |text| Decoded::of(Value::text(text)),
            ),
            Value::Flag(flag) => Decoded::of(Value::text(if *flag { YES } else { "" })),
            Value::Date(date) => Decoded::of(Value::text(date.to_string())),
            Value::Instant(at) => Decoded::of(Value::text(instant_as_text(*at))),
            Value::Period(period) => Decoded::of(Value::text(period.to_string())),
            Value::Tags(tags) => Decoded::of(Value::text(tags.join(", "))),
            Value::Choice(choice) => Decoded::of(Value::text(choice.name.as_str())),
            Value::Choices(choices) => choices_as_text(choices),
            Value::People(people) => people_as_text(people),
            Value::Links(links) => links_as_text(links),
        }
    }

    fn encode(&self, value: &Value) -> Result<Value, Refusal> {
        let Value::Text(text) = value else { return Err(wrong_kind(value)) };
        let value = || shown(text);
        match &self.field {
            FieldKind::Text { max } => within(text, *max),
            FieldKind::RichText | FieldKind::Email | FieldKind::Url | FieldKind::Phone | FieldKind::Body => {
                Ok(Value::Text(text.clone()))
            }
            FieldKind::Number { .. } | FieldKind::Currency { .. } => {
                parse_number(text).map(Value::Number).ok_or_else(|| Refusal::NotANumber { value: value() })
            }
            FieldKind::Percent { .. } => parse_percentage(text)
                .map(Value::Number)
                .ok_or_else(|| Refusal::NotAPercentage { value: value() }),
            FieldKind::Duration => parse_duration(text)
                .map(Value::Number)
                .ok_or_else(|| Refusal::NotADuration { value: value() }),
            FieldKind::Rating { max } => parse_number(text)
                .ok_or_else(|| Refusal::NotARating { value: value(), max: *max })
                .and_then(|stars| rating(stars, *max)),
            FieldKind::Checkbox => {
                yes_or_no(text).map(Value::Flag).ok_or_else(|| Refusal::NotYesOrNo { value: value() })
            }
            FieldKind::Date => {
                parse_date(text).map(Value::Date).ok_or_else(|| Refusal::NotADate { value: value() })
            }
            FieldKind::DateTime => parse_instant(text)
                .map(Value::Instant)
                .ok_or_else(|| Refusal::NotAnInstant { value: value() }),
            FieldKind::Select { .. } => self.options.choose(text).map(Value::Choice),
            FieldKind::MultiSelect { .. } => {
                self.options.choose(text).map(|choice| Value::Choices(vec![choice]))
            }
            FieldKind::People { .. } => person_from_email(text).map(|person| Value::People(vec![person])),
            FieldKind::Links { .. } | FieldKind::Files | FieldKind::Other { .. } => {
                Err(Refusal::Impossible(Obstacle::import_only(&self.field)))
            }
        }
    }
}

/// The text, if it is not longer than `max`.
pub(super) fn within(text: &str, max: Option<usize>) -> Result<Value, Refusal> {
    match max {
        Some(max) if text.chars().nth(max).is_some() => {
            Err(Refusal::TooLong { max, chars: text.chars().count() })
        }
        _ => Ok(Value::Text(text.to_owned())),
    }
}

fn choices_as_text(choices: &[Choice]) -> Decoded {
    let names: Vec<String> = choices.iter().map(|choice| choice.name.clone()).collect();
    let text = Value::text(names.join(", "));
    if names.len() > 1 { Decoded::noted(text, Note::OptionsJoined { names }) } else { Decoded::of(text) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::lens::option::tests::{multi_select, select};

    fn format(field: FieldKind) -> TextFormat {
        let options = Options::new(&field, false);
        TextFormat::new(field, options)
    }

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    #[rstest]
    #[case(FieldKind::Number { scale: None }, number("12500.50"), "12500.5")]
    #[case(FieldKind::Percent { scale: None }, number("0.125"), "12.5 %")]
    #[case(FieldKind::Duration, number("5400"), "1:30:00")]
    #[case(FieldKind::Rating { max: 5 }, number("4"), "4")]
    #[case(FieldKind::Checkbox, Value::Flag(true), "yes")]
    #[case(FieldKind::Date, Value::Date("2026-12-31".parse().unwrap()), "2026-12-31")]
    #[case(FieldKind::DateTime, Value::Instant("2026-12-31T08:00:00Z".parse().unwrap()), "2026-12-31T08:00:00Z")]
    fn a_cell_of_another_type_is_read_and_written_back(
        #[case] field: FieldKind,
        #[case] cell: Value,
        #[case] text: &str,
    ) {
        let format = format(field);
        assert_eq!(format.decode(&cell).value, Value::text(text));
        let written = format.encode(&Value::text(text)).unwrap();
        assert_eq!(format.decode(&written).value, Value::text(text));
    }

    #[rstest]
    #[case(FieldKind::Number { scale: None })]
    #[case(FieldKind::Percent { scale: None })]
    #[case(FieldKind::Duration)]
    #[case(FieldKind::Rating { max: 5 })]
    #[case(FieldKind::Checkbox)]
    #[case(FieldKind::Date)]
    #[case(FieldKind::DateTime)]
    #[case(select(&["A"]))]
    #[case(multi_select(&["A"]))]
    #[case(FieldKind::People { many: true })]
    #[case(FieldKind::Files)]
    fn text_that_does_not_fit_is_refused(#[case] field: FieldKind) {
        assert!(format(field).encode(&Value::text("Not yet known")).is_err());
    }

    #[test]
    fn several_options_are_read_as_one_text_and_one_is_written() {
        let format = format(multi_select(&["SaaS", "B2B"]));
        let choice = |name: &str| Choice { id: None, name: name.into() };
        let both = format.decode(&Value::Choices(vec![choice("SaaS"), choice("B2B")]));
        assert_eq!(both.value, Value::text("SaaS, B2B"));
        assert!(both.note.is_some());
        let one = format.encode(&Value::text("saas")).unwrap();
        assert_eq!(one, Value::Choices(vec![Choice { id: Some("o0".into()), name: "SaaS".into() }]));
    }

    #[test]
    fn text_beyond_the_fields_limit_is_refused_by_its_characters() {
        let format = format(FieldKind::Text { max: Some(3) });
        assert!(format.encode(&Value::text("éàü")).is_ok());
        assert_eq!(format.encode(&Value::text("abcd")), Err(Refusal::TooLong { max: 3, chars: 4 }));
    }
}
