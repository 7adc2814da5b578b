//! Equality as people mean it: canonical forms, so that a round trip is never a change.

use std::borrow::Cow;

use rust_decimal::{Decimal, RoundingStrategy};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::fold::fold;
use crate::unit::UnitKind;
use crate::value::Value;

/// Whether `a` and `b` mean the same for a unit of `kind`.
///
/// An unknown value is the same as nothing, not even as itself.
#[must_use]
pub fn same(kind: &UnitKind, a: &Value, b: &Value) -> bool {
    if a.is_unknown() || b.is_unknown() {
        return false;
    }
    // Unchanged values are the rule, and equal as they stand.
    a == b || canonical(kind, a) == canonical(kind, b)
}

/// The canonical form of `value` for a unit of `kind`; applying it twice changes nothing more.
///
/// Text is in NFC with line feeds and without white space at its end; numbers have the unit's scale; stages are the
/// vocabulary's; tags are trimmed, sorted and single; whatever is empty is [`Value::Empty`].
#[must_use]
pub fn canonical<'v>(kind: &UnitKind, value: &'v Value) -> Cow<'v, Value> {
    match (kind, value) {
        (UnitKind::Stage(vocabulary), Value::Text(word)) => match vocabulary.resolve(word) {
            Some(stage) if stage == word => Cow::Borrowed(value),
            Some(stage) => Cow::Owned(Value::Text(stage.to_owned())),
            None => Cow::Owned(Value::text(fold(word))),
        },
        (_, Value::Text(text)) => match canonical_text(text) {
            Cow::Borrowed(same) if same.len() == text.len() && !same.is_empty() => Cow::Borrowed(value),
            other => Cow::Owned(Value::text(other)),
        },
        (UnitKind::Number { scale } | UnitKind::Money { scale }, Value::Number(number)) => {
            Cow::Owned(Value::Number(rounded(*number, *scale)))
        }
        (_, Value::Number(number)) => Cow::Owned(Value::Number(number.normalize())),
        (_, Value::Flag(false)) => Cow::Owned(Value::Empty),
        (_, Value::Tags(tags)) => Cow::Owned(canonical_tags(tags)),
        (_, Value::Choices(list)) if list.is_empty() => Cow::Owned(Value::Empty),
        (_, Value::People(list)) if list.is_empty() => Cow::Owned(Value::Empty),
        (_, Value::Links(list)) if list.is_empty() => Cow::Owned(Value::Empty),
        _ => Cow::Borrowed(value),
    }
}

/// A decimal with at most `scale` digits after the point, halves away from zero, and no zeros at the end.
#[must_use]
pub fn rounded(number: Decimal, scale: u32) -> Decimal {
    number.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero).normalize()
}

fn canonical_text(text: &str) -> Cow<'_, str> {
    let text = text.trim_end();
    if !text.contains('\r') && (text.is_ascii() || is_nfc(text)) {
        return Cow::Borrowed(text);
    }
    let composed: String = text.replace("\r\n", "\n").replace('\r', "\n").nfc().collect();
    Cow::Owned(composed)
}

fn canonical_tags(tags: &[String]) -> Value {
    let mut tags: Vec<String> = tags
        .iter()
        .map(|tag| canonical_text(tag.trim()).into_owned())
        .filter(|tag| !tag.is_empty())
        .collect();
    tags.sort_unstable();
    tags.dedup();
    Value::tags(tags)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::stage::Vocabulary;

    const TEXT: UnitKind = UnitKind::Text { max: None };
    const MONEY: UnitKind = UnitKind::Money { scale: 2 };

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    #[rstest]
    #[case::nfd_and_nfc(TEXT, text("Cafe\u{301}"), text("Café"))]
    #[case::line_ends(TEXT, text("a\r\nb"), text("a\nb"))]
    #[case::a_newline_at_the_end(TEXT, text("a\n"), text("a"))]
    #[case::blanks_are_nothing(TEXT, text("  "), Value::Empty)]
    #[case::a_float_of_sqlite(MONEY, number("8500.1"), number("8500.10"))]
    #[case::half_a_cent(MONEY, number("1.005"), number("1.01"))]
    #[case::unchecked(UnitKind::Flag, Value::Flag(false), Value::Empty)]
    #[case::order_of_tags(UnitKind::Tags, Value::tags(["b", "a "]), Value::tags(["a", "b", "b"]))]
    #[case::no_tags(UnitKind::Tags, Value::Tags(vec![" ".into()]), Value::Empty)]
    #[case::odd_case_of_a_stage(UnitKind::Stage(Vocabulary::new(["prospect"])), text("Prospect "), text("prospect"))]
    fn noise_is_no_difference(#[case] kind: UnitKind, #[case] a: Value, #[case] b: Value) {
        assert!(same(&kind, &a, &b));
        let once = canonical(&kind, &a).into_owned();
        assert_eq!(canonical(&kind, &once).as_ref(), &once);
    }

    #[rstest]
    #[case::case_of_text(TEXT, text("acme"), text("ACME"))]
    #[case::blanks_at_the_start(TEXT, text(" a"), text("a"))]
    #[case::zero_is_not_nothing(MONEY, number("0"), Value::Empty)]
    #[case::a_cent(MONEY, number("1.00"), number("1.01"))]
    #[case::unknown_is_not_even_itself(TEXT, Value::Unknown("?".into()), Value::Unknown("?".into()))]
    fn a_difference_is_kept(#[case] kind: UnitKind, #[case] a: Value, #[case] b: Value) {
        assert!(!same(&kind, &a, &b));
    }
}
