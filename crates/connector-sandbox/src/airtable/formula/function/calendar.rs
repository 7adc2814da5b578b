//! Weeks and working days.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};

use super::super::evaluate::{Arguments, Fault, Outcome};
use super::super::scalar::{parse_instant, truncate, widen};
use super::Function;

/// The most working days that `WORKDAY` steps over: about forty years.
const MAX_STEPS: i64 = 10_000;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("WEEKDAY", 1..=2, weekday),
    Function::new("WEEKNUM", 1..=2, week_number),
    Function::new("WORKDAY", 2..=3, workday),
    Function::new("WORKDAY_DIFF", 2..=3, workday_difference),
];

/// How many days a day is after the start of its week: Sunday, or Monday if asked for.
fn days_into_week(arguments: &Arguments<'_>, day: NaiveDate) -> Result<u32, Fault> {
    let monday = arguments.has(1) && arguments.text(1)?.eq_ignore_ascii_case("monday");
    let weekday = day.weekday();
    Ok(if monday { weekday.num_days_from_monday() } else { weekday.num_days_from_sunday() })
}

fn weekday<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let day = arguments.instant(0)?.date_naive();
    Ok(f64::from(days_into_week(arguments, day)?).into())
}

/// Week 1 holds the first of January.
fn week_number<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let day = arguments.instant(0)?.date_naive();
    let first = day.with_ordinal(1).ok_or(Fault)?;
    Ok(f64::from((day.ordinal0() + days_into_week(arguments, first)?) / 7 + 1).into())
}

/// The holidays of the third argument: dates separated by commas.
fn holidays(arguments: &Arguments<'_>) -> Result<Vec<NaiveDate>, Fault> {
    let text = arguments.text(2)?;
    Ok(text.split(',').filter_map(parse_instant).map(|instant| instant.date_naive()).collect())
}

fn is_working(day: NaiveDate, holidays: &[NaiveDate]) -> bool {
    day.weekday().num_days_from_monday() < 5 && !holidays.contains(&day)
}

/// The day that is so many working days after (or, if negative, before) the first.
fn workday<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let count = truncate(arguments.number(1)?);
    if count.abs() > MAX_STEPS {
        return Err(Fault);
    }
    let holidays = holidays(arguments)?;
    let mut day = arguments.instant(0)?.date_naive();
    for _ in 0..count.abs() {
        loop {
            let next = if count < 0 { day.pred_opt() } else { day.succ_opt() };
            day = next.ok_or(Fault)?;
            if is_working(day, &holidays) {
                break;
            }
        }
    }
    Ok(start_of(day).into())
}

fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// How many working days from the first to the second, both included; negative if they are turned round.
fn workday_difference<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let (first, second) = (arguments.instant(0)?.date_naive(), arguments.instant(1)?.date_naive());
    let (from, to) = (first.min(second), first.max(second));
    let days = (to - from).num_days() + 1;
    let leftover = (0..u64::try_from(days % 7).map_err(|_| Fault)?)
        .filter_map(|step| from.checked_add_days(Days::new(step)))
        .filter(|day| is_working(*day, &[]))
        .count();
    let mut free = holidays(arguments)?;
    free.sort_unstable();
    free.dedup();
    let free = free.iter().filter(|day| (from..=to).contains(*day) && is_working(**day, &[])).count();
    let count = |number: usize| i64::try_from(number).map_err(|_| Fault);
    let total = days / 7 * 5 + count(leftover)? - count(free)?;
    Ok(widen(if second < first { -total } else { total }).into())
}
