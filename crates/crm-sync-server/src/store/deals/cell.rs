//! What a cell of the CRM says, whatever was once typed into it.

use chrono::NaiveDate;
use connector_core::canon::rounded;
use connector_core::unit::UnitKind;
use connector_core::value::Value;
use rust_decimal::Decimal;

use crate::crm::TAG_SEPARATOR;

/// The value of a cell, given as text; [`Value::Unknown`] with the reason when it makes no sense.
pub(super) fn parse(kind: &UnitKind, cell: Option<&str>) -> Value {
    let Some(text) = cell.filter(|text| !text.trim().is_empty()) else { return Value::Empty };
    match kind {
        UnitKind::Text { .. } | UnitKind::Stage(_) => Value::text(text),
        UnitKind::Number { scale } | UnitKind::Money { scale } => {
            number(text, *scale).map_or_else(|| unknown(text, "a number"), Value::Number)
        }
        UnitKind::Date => date(text).map_or_else(|| unknown(text, "a date (YYYY-MM-DD)"), Value::Date),
        UnitKind::Tags => Value::tags(text.split(TAG_SEPARATOR).map(str::trim).filter(|tag| !tag.is_empty())),
        UnitKind::Flag | UnitKind::Instant => unknown(text, "something that the CRM has a column for"),
    }
}

/// With the digits of an amount: SQLite's 8500.1 is 8500.10, and its 0.30000000000000004 is 0.30.
fn number(text: &str, scale: u32) -> Option<Decimal> {
    let text = text.trim();
    let number = text.parse().or_else(|_| Decimal::from_scientific(text)).ok()?;
    let mut number = rounded(number, scale);
    number.rescale(scale);
    Some(number)
}

/// A date, or the date of a date and time.
fn date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let day = text.split(['T', ' ']).next()?;
    NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()
}

fn unknown(text: &str, wanted: &str) -> Value {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    Value::Unknown(format!("“{shown}” is not {wanted}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::crm;

    const MONEY: UnitKind = UnitKind::Money { scale: 2 };

    #[rstest]
    #[case::numeric("8500.10", "8500.10")]
    #[case::float("8500.1", "8500.10")]
    #[case::whole_float("8500.0", "8500.00")]
    #[case::noise("0.30000000000000004", "0.30")]
    #[case::large_float("1.0e+15", "1000000000000000.00")]
    #[case::blanks(" 12 ", "12.00")]
    fn an_amount_has_its_cents(#[case] cell: &str, #[case] amount: &str) {
        let Value::Number(number) = parse(&MONEY, Some(cell)) else { panic!("{cell} is a number") };
        assert_eq!(number.to_string(), amount);
    }

    #[rstest]
    #[case::null(None)]
    #[case::nothing(Some(""))]
    #[case::blanks(Some("  "))]
    fn no_value_has_many_faces(#[case] cell: Option<&str>) {
        for kind in [MONEY, UnitKind::Date, UnitKind::Tags, UnitKind::Text { max: None }] {
            assert_eq!(parse(&kind, cell), Value::Empty);
        }
    }

    #[rstest]
    #[case(UnitKind::Date, "31/12/2026")]
    #[case(UnitKind::Date, "0000-00-00")]
    #[case(MONEY, "8 500,10 €")]
    #[case(MONEY, "Inf")]
    fn what_makes_no_sense_is_quoted(#[case] kind: UnitKind, #[case] cell: &str) {
        let Value::Unknown(why) = parse(&kind, Some(cell)) else { panic!("{cell} makes no sense") };
        assert!(why.contains(cell), "{why}");
    }

    #[test]
    fn a_date_may_carry_a_time() {
        let day = Value::Date(NaiveDate::from_ymd_opt(2026, 12, 31).unwrap());
        for cell in ["2026-12-31", "2026-12-31 00:00:00", "2026-12-31T09:30:00"] {
            assert_eq!(parse(&UnitKind::Date, Some(cell)), day, "{cell}");
        }
    }

    #[test]
    fn tags_are_cut_and_a_stage_is_left_as_typed() {
        assert_eq!(parse(&UnitKind::Tags, Some("SaaS| B2B||")), Value::tags(["SaaS", "B2B"]));
        let stage = UnitKind::Stage(crm::stages());
        assert_eq!(parse(&stage, Some("Prospect ")), Value::Text("Prospect ".into()));
    }
}
