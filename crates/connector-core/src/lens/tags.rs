//! Tags, a set of words.
//!
//! | field | cell | unit |
//! |---|---|---|
//! | multi-select | SaaS, B2B | the same set |
//! | select | SaaS | one tag |
//! | text | `SaaS, B2B`, `SaaS\|B2B` | both |
//! | people, links | Ana, Bo | their names, read only |

use super::fidelity::{Fidelity, Loss};
use super::note::{Decoded, Note};
use super::option::Options;
use super::person::{names_of_links, names_of_people, unresolved};
use super::refusal::{Refusal, shown};
use super::{Format, Obstacle, unreadable, wrong_kind};
use crate::schema::FieldKind;
use crate::unit::UnitKind;
use crate::value::{Choice, Value};

#[derive(Debug)]
pub(super) struct TagsFormat {
    field: FieldKind,
    options: Options,
}

impl TagsFormat {
    pub(super) const fn new(field: FieldKind, options: Options) -> Self {
        Self { field, options }
    }

    fn option_losses(&self) -> Vec<Loss> {
        let words = if self.options.creates() { Loss::OnlyOptionNames } else { Loss::OnlyOptions };
        vec![words, Loss::SpelledAsOption]
    }

    /// Each tag's option once, in the order of the tags.
    fn choices(&self, tags: &[&str]) -> Result<Vec<Choice>, Refusal> {
        let mut choices: Vec<Choice> = Vec::with_capacity(tags.len());
        for tag in tags {
            let choice = self.options.choose(tag)?;
            if !choices.contains(&choice) {
                choices.push(choice);
            }
        }
        Ok(choices)
    }
}

impl Format for TagsFormat {
    fn fidelity(&self) -> Fidelity {
        match &self.field {
            FieldKind::MultiSelect { .. } => Fidelity::lossy(self.option_losses(), Vec::new()),
            FieldKind::Select { .. } => {
                let mut to_remote = self.option_losses();
                to_remote.push(Loss::OnlyOne);
                Fidelity::lossy(to_remote, Vec::new())
            }
            FieldKind::Text { .. } | FieldKind::RichText => {
                Fidelity::lossy(vec![Loss::TagsWithSeparator], vec![Loss::Reformatted])
            }
            FieldKind::People { .. } => Fidelity::import_only(&self.field, vec![Loss::PeopleAsNames]),
            FieldKind::Links { .. } => Fidelity::import_only(&self.field, vec![Loss::LinksAsNames]),
            FieldKind::Email
            | FieldKind::Url
            | FieldKind::Phone
            | FieldKind::Number { .. }
            | FieldKind::Currency { .. }
            | FieldKind::Percent { .. }
            | FieldKind::Duration
            | FieldKind::Rating { .. }
            | FieldKind::Checkbox
            | FieldKind::Date
            | FieldKind::DateTime
            | FieldKind::Files
            | FieldKind::Body
            | FieldKind::Other { .. } => Fidelity::none(&UnitKind::Tags, &self.field),
        }
    }

    fn decode(&self, cell: &Value) -> Decoded {
        match cell {
            Value::Tags(tags) => Decoded::of(Value::tags(tags.iter().cloned())),
            Value::Text(text) => Decoded::of(Value::tags(split(text))),
            Value::Choice(choice) => Decoded::of(Value::tags([choice.name.as_str()])),
            Value::Choices(choices) => {
                Decoded::of(Value::tags(choices.iter().map(|choice| choice.name.as_str())))
            }
            Value::People(people) => {
                let names = names_of_people(people);
                Decoded::noted(Value::tags(names.clone()), Note::PeopleAsNames { names })
            }
            Value::Links(links) => {
                names_of_links(links).map_or_else(unresolved, |names| Decoded::of(Value::tags(names)))
            }
            _ => unreadable(cell, "words"),
        }
    }

    fn encode(&self, value: &Value) -> Result<Value, Refusal> {
        let Value::Tags(tags) = value else { return Err(wrong_kind(value)) };
        let tags: Vec<&str> = tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()).collect();
        match &self.field {
            FieldKind::MultiSelect { .. } => self.choices(&tags).map(Value::Choices),
            FieldKind::Select { .. } => {
                let mut choices = self.choices(&tags)?;
                match (choices.pop(), choices.len()) {
                    (Some(choice), 0) => Ok(Value::Choice(choice)),
                    (_, others) => Err(Refusal::OnlyOne { count: others.saturating_add(1) }),
                }
            }
            FieldKind::Text { max } => super::text::within(&join(&tags)?, *max),
            FieldKind::RichText => Ok(Value::text(join(&tags)?)),
            other => Err(Refusal::Impossible(Obstacle::import_only(other))),
        }
    }
}

const SEPARATOR: char = '|';

/// The tags of a text: between `|` if there is one, else between commas.
fn split(text: &str) -> Vec<String> {
    let separator = if text.contains(SEPARATOR) { SEPARATOR } else { ',' };
    text.split(separator).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The text of tags: with commas, or with `|` when a tag contains a comma.
fn join(tags: &[&str]) -> Result<String, Refusal> {
    if let Some(tag) = tags.iter().find(|tag| tag.contains(SEPARATOR)) {
        return Err(Refusal::TagWithSeparator { tag: shown(tag) });
    }
    Ok(match tags {
        // A separator at the end tells that the comma is none.
        [only] if only.contains(',') => format!("{only} {SEPARATOR}"),
        _ if tags.iter().any(|tag| tag.contains(',')) => tags.join(" | "),
        _ => tags.join(", "),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::lens::option::tests::{multi_select, select};

    fn format(field: FieldKind, creates: bool) -> TagsFormat {
        let options = Options::new(&field, creates);
        TagsFormat::new(field, options)
    }

    #[rstest]
    #[case("SaaS|B2B", &["SaaS", "B2B"])]
    #[case(" SaaS , B2B,", &["SaaS", "B2B"])]
    #[case("Food, drinks |", &["Food, drinks"])]
    #[case(" , ", &[])]
    fn tags_are_read_from_text(#[case] text: &str, #[case] tags: &[&str]) {
        assert_eq!(split(text), tags);
    }

    #[rstest]
    #[case(&["SaaS", "B2B"], "SaaS, B2B")]
    #[case(&["Food, drinks", "B2B"], "Food, drinks | B2B")]
    #[case(&["Food, drinks"], "Food, drinks |")]
    fn tags_are_written_so_that_they_are_read_again(#[case] tags: &[&str], #[case] text: &str) {
        assert_eq!(join(tags).unwrap(), text);
        assert_eq!(split(text), tags);
    }

    #[test]
    fn a_tag_is_written_once_with_its_options_spelling() {
        let encoded = format(multi_select(&["SaaS"]), false).encode(&Value::tags(["saas", "SaaS"]));
        assert_eq!(encoded, Ok(Value::Choices(vec![Choice { id: Some("o0".into()), name: "SaaS".into() }])));
    }

    #[test]
    fn one_option_takes_one_tag() {
        let format = format(select(&["SaaS", "B2B"]), false);
        assert!(format.encode(&Value::tags(["B2B"])).is_ok());
        assert_eq!(format.encode(&Value::tags(["SaaS", "B2B"])), Err(Refusal::OnlyOne { count: 2 }));
    }

    #[test]
    fn people_are_read_as_tags_and_never_written() {
        let format = format(FieldKind::People { many: true }, false);
        assert!(matches!(format.encode(&Value::tags(["Ana"])), Err(Refusal::Impossible(_))));
    }
}
