//! Yes and no.
//!
//! | field | cell | unit |
//! |---|---|---|
//! | checkbox | unchecked, absent | no |
//! | text | `yes`, `oui`, `x` | yes |
//! | select | `Oui` | yes, read only |

use super::fidelity::{Fidelity, Loss};
use super::note::Decoded;
use super::refusal::Refusal;
use super::{Format, Obstacle, unreadable, wrong_kind};
use crate::fold::fold;
use crate::schema::FieldKind;
use crate::unit::UnitKind;
use crate::value::Value;

#[derive(Debug)]
pub(super) struct FlagFormat {
    field: FieldKind,
}

impl FlagFormat {
    pub(super) const fn new(field: FieldKind) -> Self {
        Self { field }
    }
}

impl Format for FlagFormat {
    fn fidelity(&self) -> Fidelity {
        match &self.field {
            FieldKind::Checkbox => Fidelity::EXACT,
            FieldKind::Text { .. } | FieldKind::RichText => {
                Fidelity::lossy(Vec::new(), vec![Loss::OnlyYesNo, Loss::Reformatted])
            }
            FieldKind::Select { .. } => Fidelity::import_only(&self.field, vec![Loss::OnlyYesNo]),
            FieldKind::Email
            | FieldKind::Url
            | FieldKind::Phone
            | FieldKind::Number { .. }
            | FieldKind::Currency { .. }
            | FieldKind::Percent { .. }
            | FieldKind::Duration
            | FieldKind::Rating { .. }
            | FieldKind::Date
            | FieldKind::DateTime
            | FieldKind::MultiSelect { .. }
            | FieldKind::People { .. }
            | FieldKind::Links { .. }
            | FieldKind::Files
            | FieldKind::Body
            | FieldKind::Other { .. } => Fidelity::none(&UnitKind::Flag, &self.field),
        }
    }

    fn decode(&self, cell: &Value) -> Decoded {
        let flag = match cell {
            Value::Flag(flag) => Some(*flag),
            Value::Text(text) => yes_or_no(text),
            Value::Choice(choice) => yes_or_no(&choice.name),
            _ => None,
        };
        flag.map_or_else(|| unreadable(cell, "yes or no"), |flag| Decoded::of(Value::Flag(flag)))
    }

    fn encode(&self, value: &Value) -> Result<Value, Refusal> {
        match (value, &self.field) {
            (Value::Flag(flag), FieldKind::Checkbox) => Ok(Value::Flag(*flag)),
            (Value::Flag(flag), FieldKind::Text { .. } | FieldKind::RichText) => {
                Ok(Value::text(if *flag { YES } else { NO }))
            }
            (Value::Flag(_), field) => Err(Refusal::Impossible(Obstacle::import_only(field))),
            _ => Err(wrong_kind(value)),
        }
    }
}

/// How yes is written as text.
pub(super) const YES: &str = "yes";
const NO: &str = "no";

/// Yes or no in the words of people, English and French, in any case.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "yes" | "y" | "true" | "oui" | "o" | "vrai" | "x" | "1" | "checked" | "done" | "fait" => Some(true),
        "no" | "n" | "false" | "non" | "faux" | "0" | "unchecked" => Some(false),
        // Folding drops signs.
        "" if text.trim().starts_with(['✓', '✔', '✅', '☑']) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Oui", Some(true))]
    #[case(" x ", Some(true))]
    #[case("✓", Some(true))]
    #[case("FAUX", Some(false))]
    #[case("peut-être", None)]
    #[case("", None)]
    fn words_of_both_languages_are_read(#[case] text: &str, #[case] flag: Option<bool>) {
        assert_eq!(yes_or_no(text), flag);
    }

    #[test]
    fn a_select_is_read_and_never_written() {
        let format = FlagFormat::new(crate::lens::option::tests::select(&["Oui", "Non"]));
        let cell = Value::Choice(crate::value::Choice { id: None, name: "Oui".into() });
        assert_eq!(format.decode(&cell).value, Value::Flag(true));
        assert!(matches!(format.encode(&Value::Flag(true)), Err(Refusal::Impossible(_))));
    }
}
