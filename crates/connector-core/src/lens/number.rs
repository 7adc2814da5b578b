//! Numbers and amounts.
//!
//! | field | cell | unit |
//! |---|---|---|
//! | number, currency | 12500.5 | 12500.5, at the unit's scale |
//! | percent | 0.12 (12 %) | 0.12, for numbers only |
//! | duration | 5400 (1:30:00) | 5400, for numbers only |
//! | rating | 3 | 3, for numbers only |
//! | text | `12 500,50 €` | 12500.5 |

mod notation;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

pub(super) use notation::{
    duration_as_text, parse_duration, parse_number, parse_percentage, percentage_as_text,
};

use super::fidelity::{Fidelity, Loss};
use super::note::{Decoded, Note};
use super::refusal::Refusal;
use super::{Format, Obstacle, unreadable, wrong_kind};
use crate::canon::{self, rounded};
use crate::schema::FieldKind;
use crate::unit::UnitKind;
use crate::value::Value;

#[derive(Debug)]
pub(super) struct NumberFormat {
    unit: UnitKind,
    scale: u32,
    field: FieldKind,
}

impl NumberFormat {
    pub(super) const fn plain(scale: u32, field: FieldKind) -> Self {
        Self { unit: UnitKind::Number { scale }, scale, field }
    }

    pub(super) const fn money(scale: u32, field: FieldKind) -> Self {
        Self { unit: UnitKind::Money { scale }, scale, field }
    }

    const fn is_money(&self) -> bool {
        matches!(self.unit, UnitKind::Money { .. })
    }

    /// What the remote shows after the point, in the unit's measure, if it says so.
    const fn shown_scale(&self) -> Option<u32> {
        match &self.field {
            FieldKind::Number { scale } | FieldKind::Currency { scale, .. } => *scale,
            // 12.5 % is 0.125.
            FieldKind::Percent { scale: Some(scale) } => Some(scale.saturating_add(2)),
            FieldKind::Duration | FieldKind::Rating { .. } => Some(0),
            _ => None,
        }
    }

    /// Whether what is shown is coarser than the unit, or finer.
    fn shown_losses(&self) -> Fidelity {
        match self.shown_scale() {
            Some(shown) if shown < self.scale => {
                Fidelity::lossy(vec![Loss::ShownRounded { scale: shown }], Vec::new())
            }
            Some(shown) if shown > self.scale => {
                Fidelity::lossy(Vec::new(), vec![Loss::Rounded { scale: self.scale }])
            }
            _ => Fidelity::EXACT,
        }
    }

    fn text(&self, number: Decimal) -> String {
        let number = rounded(number, self.scale);
        match usize::try_from(self.scale) {
            Ok(places) if self.is_money() => format!("{number:.places$}"),
            _ => number.to_string(),
        }
    }

    /// A number in text; a percentage is one, but no amount.
    fn parse(&self, text: &str) -> Option<Decimal> {
        parse_number(text).or_else(|| if self.is_money() { None } else { parse_percentage(text) })
    }
}

impl Format for NumberFormat {
    fn fidelity(&self) -> Fidelity {
        match &self.field {
            FieldKind::Number { .. } | FieldKind::Currency { .. } => self.shown_losses(),
            FieldKind::Percent { .. } if !self.is_money() => self.shown_losses(),
            FieldKind::Duration if !self.is_money() => match self.scale {
                0 => Fidelity::EXACT,
                _ => Fidelity::lossy(vec![Loss::Rounded { scale: 0 }], Vec::new()),
            },
            FieldKind::Rating { max } if !self.is_money() => {
                Fidelity::lossy(vec![Loss::OnlyRatings { max: *max }], Vec::new())
            }
            FieldKind::Text { .. } | FieldKind::RichText => {
                Fidelity::lossy(Vec::new(), vec![Loss::OnlyNumbers, Loss::Reformatted])
            }
            FieldKind::Percent { .. }
            | FieldKind::Duration
            | FieldKind::Rating { .. }
            | FieldKind::Email
            | FieldKind::Url
            | FieldKind::Phone
            | FieldKind::Checkbox
            | FieldKind::Date
            | FieldKind::DateTime
            | FieldKind::Select { .. }
            | FieldKind::MultiSelect { .. }
            | FieldKind::People { .. }
            | FieldKind::Links { .. }
            | FieldKind::Files
            | FieldKind::Body
            | FieldKind::Other { .. } => Fidelity::none(&self.unit, &self.field),
        }
    }

    fn decode(&self, cell: &Value) -> Decoded {
        let number = match cell {
            Value::Number(number) => Some(*number),
            Value::Text(text) => self.parse(text),
            _ => None,
        };
        let Some(from) = number else { return unreadable(cell, "surely a number") };
        let to = rounded(from, self.scale);
        if to == from {
            Decoded::of(Value::Number(to))
        } else {
            Decoded::noted(Value::Number(to), Note::Rounded { from, to })
        }
    }

    fn encode(&self, value: &Value) -> Result<Value, Refusal> {
        let Value::Number(number) = value else { return Err(wrong_kind(value)) };
        match &self.field {
            FieldKind::Number { .. } | FieldKind::Currency { .. } | FieldKind::Percent { .. } => {
                Ok(Value::Number(rounded(*number, self.scale)))
            }
            FieldKind::Duration => Ok(Value::Number(rounded(*number, 0))),
            FieldKind::Rating { max } => rating(*number, *max),
            FieldKind::Text { .. } | FieldKind::RichText => Ok(Value::Text(self.text(*number))),
            other => Err(Refusal::Impossible(Obstacle::kinds(&self.unit, other))),
        }
    }

    /// At the coarser scale of both sides, so that a remote that rounds what it shows does not seem to disagree.
    fn same(&self, kind: &UnitKind, a: &Value, b: &Value) -> bool {
        match (a, b, self.shown_scale()) {
            (Value::Number(a), Value::Number(b), Some(shown)) if shown < self.scale => {
                rounded(*a, shown) == rounded(*b, shown)
            }
            _ => canon::same(kind, a, b),
        }
    }
}

/// So many stars, as a cell.
pub(super) fn rating(number: Decimal, max: u32) -> Result<Value, Refusal> {
    let stars = number.normalize();
    match stars.to_u32() {
        Some(whole) if stars.is_integer() && (1..=max).contains(&whole) => Ok(Value::Number(stars)),
        _ => Err(Refusal::NotARating { value: stars.to_string(), max }),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    #[rstest]
    #[case(FieldKind::Number { scale: None }, number("8500.10"), number("8500.1"))]
    #[case(FieldKind::Number { scale: None }, number("1.005"), number("1.01"))]
    #[case(FieldKind::Currency { scale: Some(0), symbol: None }, number("12.34"), number("12.34"))]
    #[case(FieldKind::RichText, Value::text("12 500,50 €"), number("12500.5"))]
    #[case(FieldKind::RichText, Value::text("12,500.50"), number("12500.5"))]
    fn an_amount_is_read(#[case] field: FieldKind, #[case] cell: Value, #[case] value: Value) {
        assert_eq!(NumberFormat::money(2, field).decode(&cell).value, value);
    }

    #[test]
    fn digits_that_the_crm_does_not_keep_are_told() {
        let decoded = NumberFormat::money(2, FieldKind::Number { scale: None }).decode(&number("1.234"));
        assert_eq!(decoded.note.unwrap().to_string(), "1.234 was rounded to 1.23");
    }

    #[test]
    fn an_amount_in_text_has_all_its_digits() {
        let format = NumberFormat::money(2, FieldKind::Text { max: None });
        assert_eq!(format.encode(&number("12500.5")), Ok(Value::text("12500.50")));
        assert!(format.decode(&Value::text("12 %")).value.is_unknown());
    }

    #[test]
    fn a_remote_that_shows_no_cents_agrees_with_an_amount_that_has_some() {
        let format = NumberFormat::money(2, FieldKind::Currency { scale: Some(0), symbol: None });
        assert!(format.same(&format.unit, &number("12.34"), &number("12")));
        assert!(!format.same(&format.unit, &number("12.34"), &number("13")));
        assert_eq!(format.encode(&number("12.34")), Ok(number("12.34")), "the remote may keep them");
    }

    #[rstest]
    #[case("3", true)]
    #[case("3.0", true)]
    #[case("0", false)]
    #[case("2.5", false)]
    #[case("6", false)]
    fn stars_are_whole_and_not_too_many(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(rating(text.parse().unwrap(), 5).is_ok(), fits);
    }

    #[test]
    fn an_amount_is_no_percentage() {
        let fidelity = NumberFormat::money(2, FieldKind::Percent { scale: None }).fidelity();
        assert!(!fidelity.to_remote.is_possible() && !fidelity.to_crm.is_possible());
        assert_eq!(NumberFormat::plain(2, FieldKind::Percent { scale: Some(0) }).fidelity(), Fidelity::EXACT);
    }
}
