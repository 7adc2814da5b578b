//! Arithmetic. A formula has one kind of number, the double.

use super::super::evaluate::{Arguments, Fault, Outcome};
use super::super::scalar::{Scalar, widen};
use super::{Function, SEVERAL};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("ABS", 1..=1, |arguments| single(arguments, f64::abs)),
    Function::new("AVERAGE", SEVERAL, average),
    Function::new("CEILING", 1..=2, |arguments| to_multiple(arguments, f64::ceil)),
    Function::new("COUNT", SEVERAL, |arguments| tally(arguments, |item| matches!(item, Scalar::Number(_)))),
    Function::new("COUNTA", SEVERAL, |arguments| tally(arguments, |item| !item.is_empty())),
    Function::new("COUNTALL", SEVERAL, |arguments| tally(arguments, |_| true)),
    Function::new("EVEN", 1..=1, |arguments| single(arguments, |number| away_from_zero(number / 2.0) * 2.0)),
    Function::new("EXP", 1..=1, |arguments| single(arguments, f64::exp)),
    Function::new("FLOOR", 1..=2, |arguments| to_multiple(arguments, f64::floor)),
    Function::new("INT", 1..=1, |arguments| single(arguments, f64::floor)),
    Function::new("LOG", 1..=2, logarithm),
    Function::new("MAX", SEVERAL, |arguments| extreme(arguments, std::cmp::Ordering::Greater)),
    Function::new("MIN", SEVERAL, |arguments| extreme(arguments, std::cmp::Ordering::Less)),
    Function::new("MOD", 2..=2, |arguments| {
        pair(arguments, |number, divisor| number - divisor * (number / divisor).floor())
    }),
    Function::new("ODD", 1..=1, |arguments| single(arguments, odd)),
    Function::new("POWER", 2..=2, |arguments| pair(arguments, f64::powf)),
    Function::new("ROUND", 1..=2, |arguments| to_precision(arguments, f64::round)),
    Function::new("ROUNDDOWN", 1..=2, |arguments| to_precision(arguments, f64::trunc)),
    Function::new("ROUNDUP", 1..=2, |arguments| to_precision(arguments, away_from_zero)),
    Function::new("SQRT", 1..=1, |arguments| single(arguments, f64::sqrt)),
    Function::new("SUM", SEVERAL, |arguments| Ok(numbers(arguments)?.into_iter().sum::<f64>().into())),
    Function::new("VALUE", 1..=1, value),
];

fn single<'a>(arguments: &Arguments<'a>, compute: fn(f64) -> f64) -> Outcome<'a> {
    arguments.number(0).map(|number| compute(number).into())
}

fn pair<'a>(arguments: &Arguments<'a>, compute: fn(f64, f64) -> f64) -> Outcome<'a> {
    Ok(compute(arguments.number(0)?, arguments.number(1)?).into())
}

fn away_from_zero(number: f64) -> f64 {
    number.abs().ceil().copysign(number)
}

fn odd(number: f64) -> f64 {
    let magnitude = (((number.abs() - 1.0) / 2.0).ceil() * 2.0 + 1.0).max(1.0);
    magnitude.copysign(number)
}

/// The second argument is the multiple to round to, 1 if left out.
fn to_multiple<'a>(arguments: &Arguments<'a>, round: fn(f64) -> f64) -> Outcome<'a> {
    let multiple = if arguments.has(1) { arguments.number(1)? } else { 1.0 };
    Ok((round(arguments.number(0)? / multiple) * multiple).into())
}

/// The second argument is the number of decimals, 0 if left out.
fn to_precision<'a>(arguments: &Arguments<'a>, round: fn(f64) -> f64) -> Outcome<'a> {
    let scale = 10_f64.powf(arguments.number(1)?.trunc());
    Ok((round(arguments.number(0)? * scale) / scale).into())
}

fn logarithm<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let number = arguments.number(0)?;
    Ok(if arguments.has(1) { number.log(arguments.number(1)?) } else { number.log10() }.into())
}

/// The numbers among the arguments: blanks and texts do not count.
fn numbers(arguments: &Arguments<'_>) -> Result<Vec<f64>, Fault> {
    let items = arguments.spread()?;
    Ok(items.iter().filter(|item| **item != Scalar::Blank).filter_map(Scalar::number).collect())
}

fn average<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let numbers = numbers(arguments)?;
    let count = widen(i64::try_from(numbers.len()).map_err(|_| Fault)?);
    Ok((numbers.iter().sum::<f64>() / count).into())
}

fn tally<'a>(arguments: &Arguments<'a>, counts: fn(&Scalar<'_>) -> bool) -> Outcome<'a> {
    let count = arguments.spread()?.iter().filter(|item| counts(item)).count();
    Ok(widen(i64::try_from(count).map_err(|_| Fault)?).into())
}

/// The largest or smallest number, or point in time if all are; 0 if there is none.
fn extreme<'a>(arguments: &Arguments<'a>, wanted: std::cmp::Ordering) -> Outcome<'a> {
    let mut found: Option<Scalar<'a>> = None;
    for item in arguments.spread()? {
        let comparable = matches!(item, Scalar::Number(_) | Scalar::Bool(_) | Scalar::Instant(_));
        if comparable && found.as_ref().is_none_or(|best| item.order(best) == Some(wanted)) {
            found = Some(item);
        }
    }
    Ok(found.unwrap_or(Scalar::Number(0.0)))
}

/// Reads a number from text, without currency signs, spaces and thousands separators.
fn value<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    match arguments.scalar(0)? {
        Scalar::Text(text) => {
            let digits: String =
                text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | 'e' | 'E')).collect();
            digits.parse::<f64>().map(Scalar::Number).map_err(|_| Fault)
        }
        scalar => scalar.number().map(Scalar::Number).ok_or(Fault),
    }
}
