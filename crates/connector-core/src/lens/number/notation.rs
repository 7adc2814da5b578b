//! Numbers as people write them, in French and in English, independent of the machine's locale.

use rust_decimal::Decimal;

/// A number in plain, French or English notation, with or without a currency.
///
/// `None` also for what two countries read differently: `12,500` is twelve and a half here and twelve thousand five
/// hundred there. One point alone is always decimal, as in our own notation.
pub(in crate::lens) fn parse_number(text: &str) -> Option<Decimal> {
    let unsigned = without_currency(text);
    let (negative, digits) = match unsigned.strip_prefix(['-', '−']) {
        Some(rest) => (true, without_currency(rest)),
        None => (false, unsigned.strip_prefix('+').unwrap_or(unsigned)),
    };
    let (whole, fraction) = split_at_decimal_sign(digits)?;
    let whole = ungrouped(whole)?;
    if !fraction.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    // Zeros at the end would count as digits, of which there may be 28.
    let number = match fraction.trim_end_matches('0') {
        "" => Decimal::from_str_exact(&whole).ok()?,
        fraction => Decimal::from_str_exact(&format!("{whole}.{fraction}")).ok()?,
    };
    Some(if negative { -number } else { number })
}

/// A fraction from a percentage; the sign is needed, since `0.5` alone could mean both.
pub(in crate::lens) fn parse_percentage(text: &str) -> Option<Decimal> {
    let number = parse_number(text.trim().strip_suffix('%')?)?;
    number.checked_mul(Decimal::new(1, 2)).map(|fraction| fraction.normalize())
}

/// A fraction as a percentage.
pub(in crate::lens) fn percentage_as_text(fraction: Decimal) -> Option<String> {
    Some(format!("{} %", fraction.checked_mul(Decimal::ONE_HUNDRED)?.normalize()))
}

/// Seconds from `h:mm` or `h:mm:ss`, with decimals of seconds.
pub(in crate::lens) fn parse_duration(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut parts = text.split(':');
    let hours = digits(parts.next()?)?;
    let minutes = digits(parts.next()?).filter(|minutes| *minutes < Decimal::from(60))?;
    let seconds = match parts.next() {
        Some(seconds) if seconds.starts_with(|c: char| c.is_ascii_digit()) => {
            Decimal::from_str_exact(seconds).ok().filter(|seconds| *seconds < Decimal::from(60))?
        }
        Some(_) => return None,
        None => Decimal::ZERO,
    };
    if parts.next().is_some() {
        return None;
    }
    let total = hours.checked_mul(Decimal::from(3_600))?.checked_add(minutes * Decimal::from(60))?;
    let total = total.checked_add(seconds)?.normalize();
    Some(if negative { -total } else { total })
}

/// Seconds as `h:mm:ss`, with decimals of seconds if there are any.
pub(in crate::lens) fn duration_as_text(seconds: Decimal) -> String {
    let sign = if seconds.is_sign_negative() && !seconds.is_zero() { "-" } else { "" };
    let (whole, fraction) = (seconds.abs().trunc(), seconds.abs().fract().normalize());
    let (minute, hour) = (Decimal::from(60), Decimal::from(3_600));
    let hours = (whole - whole % hour) / hour;
    let minutes = (whole % hour - whole % minute) / minute;
    let fraction = fraction.to_string();
    let decimals = fraction.strip_prefix("0.").map(|decimals| format!(".{decimals}")).unwrap_or_default();
    let (minutes, seconds) = (minutes.normalize().to_string(), (whole % minute).normalize().to_string());
    format!("{sign}{}:{minutes:0>2}:{seconds:0>2}{decimals}", hours.normalize())
}

fn digits(text: &str) -> Option<Decimal> {
    let all_digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if all_digits { Decimal::from_str_exact(text).ok() } else { None }
}

/// Without blanks and a currency at either end.
fn without_currency(text: &str) -> &str {
    const CURRENCIES: [&str; 8] = ["€", "$", "£", "¥", "EUR", "USD", "GBP", "CHF"];
    let text = text.trim();
    for currency in CURRENCIES {
        if let Some(rest) = text.strip_prefix(currency).or_else(|| text.strip_suffix(currency)) {
            return rest.trim();
        }
    }
    text
}

/// What stands before and after the decimal sign; `None` when it cannot be told which sign that is.
fn split_at_decimal_sign(digits: &str) -> Option<(&str, &str)> {
    let count = |sign: char| digits.chars().filter(|c| *c == sign).count();
    match (count('.'), count(',')) {
        (1, 0) => digits.split_once('.'),
        (0, 1) => digits.split_once(',').filter(|(whole, fraction)| {
            // Three digits after a comma may be thousands, unless nothing could be grouped before it.
            fraction.len() != 3 || whole.len() > 3 || *whole == "0"
        }),
        (_, 0) | (0, _) => Some((digits, "")),
        (1, _) if digits.rfind('.') > digits.rfind(',') => digits.split_once('.'),
        (_, 1) if digits.rfind(',') > digits.rfind('.') => digits.split_once(','),
        _ => None,
    }
}

/// The digits of a whole number, without what stands between groups of three.
fn ungrouped(whole: &str) -> Option<String> {
    let is_separator = |c: char| c == ',' || c == '.' || c == '\'' || c == '’' || c.is_whitespace();
    let mut separators = whole.chars().filter(|c| is_separator(*c));
    let separator = separators.next();
    if separators.any(|other| Some(other) != separator) {
        return None;
    }
    let mut groups = whole.split(is_separator);
    let first = groups.next()?;
    let all_digits = |group: &str| !group.is_empty() && group.chars().all(|c| c.is_ascii_digit());
    let first_fits = all_digits(first) && (separator.is_none() || first.len() <= 3);
    if first_fits && groups.all(|group| all_digits(group) && group.len() == 3) {
        Some(whole.chars().filter(char::is_ascii_digit).collect())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("12500", "12500")]
    #[case("12500.5", "12500.5")]
    #[case("12 500,00 €", "12500")]
    #[case("12\u{a0}500,5", "12500.5")]
    #[case("12\u{202f}500\u{202f}€", "12500")]
    #[case("12,500.00", "12500")]
    #[case("$12,500.00", "12500")]
    #[case("1.234.567,89", "1234567.89")]
    #[case("1,234,567", "1234567")]
    #[case("1'234.50 CHF", "1234.5")]
    #[case("-1 234,5", "-1234.5")]
    #[case("−5", "-5")]
    #[case("- 5 €", "-5")]
    #[case("0,500", "0.5")]
    #[case("1,5", "1.5")]
    #[case("1.234", "1.234")]
    #[case("1234,567", "1234.567")]
    fn both_notations_are_read(#[case] text: &str, #[case] number: &str) {
        assert_eq!(parse_number(text), Some(number.parse().unwrap()));
    }

    #[rstest]
    #[case("12,500")]
    #[case("1,23,456")]
    #[case("12 50")]
    #[case("1 234'567")]
    #[case("1.2.3,4,5")]
    #[case("12 k€")]
    #[case("about 12")]
    #[case("1e6")]
    #[case(".5")]
    #[case("")]
    #[case("€")]
    #[case("99999999999999999999999999999999")]
    fn what_is_not_surely_a_number_is_none(#[case] text: &str) {
        assert_eq!(parse_number(text), None);
    }

    #[rstest]
    #[case("12 %", Some("0.12"))]
    #[case("12,5%", Some("0.125"))]
    #[case("12", None)]
    fn a_percentage_needs_its_sign(#[case] text: &str, #[case] fraction: Option<&str>) {
        assert_eq!(parse_percentage(text), fraction.map(|text| text.parse().unwrap()));
    }

    #[rstest]
    #[case("5400", "1:30:00")]
    #[case("59.5", "0:00:59.5")]
    #[case("-61", "-0:01:01")]
    #[case("360000", "100:00:00")]
    fn a_duration_is_written_and_read(#[case] seconds: Decimal, #[case] text: &str) {
        assert_eq!(duration_as_text(seconds), text);
        assert_eq!(parse_duration(text), Some(seconds));
    }

    #[rstest]
    #[case("1:75")]
    #[case("1:30:00:00")]
    #[case("90")]
    #[case("1:3x")]
    fn what_is_no_duration_is_none(#[case] text: &str) {
        assert_eq!(parse_duration(text), None);
    }
}
