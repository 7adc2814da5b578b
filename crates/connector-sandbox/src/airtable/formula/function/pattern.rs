//! The patterns that dates are written and read with: `YYYY-MM-DD HH:mm`, `[week] W`, `LL`.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The tokens, longest first where one starts with another.
const TOKENS: [&str; 47] = [
    "YYYY", "YY", "MMMM", "MMM", "MM", "Mo", "M", "DDDD", "DDD", "DD", "Do", "D", "dddd", "ddd", "dd", "d",
    "HH", "H", "hh", "h", "mm", "m", "ss", "s", "SSS", "SS", "S", "A", "a", "ZZ", "Z", "X", "x", "WW", "W",
    "ww", "w", "Q", "E", "e", "LTS", "LT", "LLLL", "LLL", "LL", "L", "l",
];

/// A date pattern in the syntax that Airtable shares with Moment.js, in English.
#[derive(Debug)]
pub(super) struct DatePattern<'a> {
    pieces: Vec<Piece<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Token(&'static str),
    Literal(&'a str),
}

impl<'a> DatePattern<'a> {
    /// Splits a pattern; what is no token stands for itself, as does what is in brackets.
    pub(super) fn new(pattern: &'a str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = pattern;
        while let Some(first) = rest.chars().next() {
            let bracketed = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'));
            if let Some((literal, after)) = bracketed {
                pieces.push(Piece::Literal(literal));
                rest = after;
            } else if let Some(token) = TOKENS.into_iter().find(|token| rest.starts_with(token)) {
                match spelled_out(token) {
                    Some(longer) => pieces.extend(DatePattern::new(longer).pieces),
                    None => pieces.push(Piece::Token(token)),
                }
                rest = rest.get(token.len()..).unwrap_or_default();
            } else {
                let (literal, after) = rest.split_at(first.len_utf8());
                pieces.push(Piece::Literal(literal));
                rest = after;
            }
        }
        Self { pieces }
    }

    /// Writes a point in time, in its zone.
    pub(super) fn format(&self, instant: &DateTime<Tz>) -> String {
        let mut written = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => written.push_str(literal),
                Piece::Token(token) => written.push_str(&format_token(token, instant)),
            }
        }
        written
    }

    /// Reads a point in time; UTC unless the pattern has an offset.
    pub(super) fn parse(&self, text: &str) -> Option<DateTime<Utc>> {
        let mut parts = Parts::default();
        let mut rest = text.trim();
        for piece in &self.pieces {
            rest = match piece {
                Piece::Literal(literal) => rest.strip_prefix(literal)?,
                Piece::Token(token) => parts.read(token, rest)?,
            };
        }
        parts.assemble()
    }
}

/// The localised forms, as American English writes them.
fn spelled_out(token: &str) -> Option<&'static str> {
    Some(match token {
        "L" => "MM/DD/YYYY",
        "l" => "M/D/YYYY",
        "LL" => "MMMM D, YYYY",
        "LLL" => "MMMM D, YYYY h:mm A",
        "LLLL" => "dddd, MMMM D, YYYY h:mm A",
        "LT" => "h:mm A",
        "LTS" => "h:mm:ss A",
        _ => return None,
    })
}

fn format_token(token: &str, instant: &DateTime<Tz>) -> String {
    let month =
        usize::try_from(instant.month0()).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or("");
    let weekday_number = instant.weekday().num_days_from_sunday();
    let weekday = usize::try_from(weekday_number).ok().and_then(|i| WEEKDAYS.get(i)).copied().unwrap_or("");
    let milliseconds = instant.timestamp_subsec_millis();
    let week = (instant.ordinal0() + first_weekday(instant)) / 7 + 1;
    match token {
        "YYYY" => format!("{:04}", instant.year()),
        "YY" => format!("{:02}", instant.year().rem_euclid(100)),
        "Q" => (instant.month0() / 3 + 1).to_string(),
        "MMMM" => month.to_owned(),
        "MMM" => short(month, 3),
        "MM" => two(instant.month()),
        "Mo" => ordinal(instant.month()),
        "M" => instant.month().to_string(),
        "DDDD" => format!("{:03}", instant.ordinal()),
        "DDD" => instant.ordinal().to_string(),
        "DD" => two(instant.day()),
        "Do" => ordinal(instant.day()),
        "D" => instant.day().to_string(),
        "dddd" => weekday.to_owned(),
        "ddd" => short(weekday, 3),
        "dd" => short(weekday, 2),
        "d" | "e" => weekday_number.to_string(),
        "E" => instant.weekday().number_from_monday().to_string(),
        "WW" => two(instant.iso_week().week()),
        "W" => instant.iso_week().week().to_string(),
        "ww" => two(week),
        "w" => week.to_string(),
        "HH" => two(instant.hour()),
        "H" => instant.hour().to_string(),
        "hh" => two(instant.hour12().1),
        "h" => instant.hour12().1.to_string(),
        "mm" => two(instant.minute()),
        "m" => instant.minute().to_string(),
        "ss" => two(instant.second()),
        "s" => instant.second().to_string(),
        "SSS" => format!("{milliseconds:03}"),
        "SS" => two(milliseconds / 10),
        "S" => (milliseconds / 100).to_string(),
        "A" => if instant.hour12().0 { "PM" } else { "AM" }.to_owned(),
        "a" => if instant.hour12().0 { "pm" } else { "am" }.to_owned(),
        "Z" => offset(instant, ":"),
        "ZZ" => offset(instant, ""),
        "X" => instant.timestamp().to_string(),
        "x" => instant.timestamp_millis().to_string(),
        _ => String::new(),
    }
}

/// The weekday of the first of January, counting from Sunday.
fn first_weekday(instant: &DateTime<Tz>) -> u32 {
    (instant.weekday().num_days_from_sunday() + 371 - instant.ordinal0()) % 7
}

fn two(number: u32) -> String {
    format!("{number:02}")
}

fn short(name: &str, length: usize) -> String {
    name.chars().take(length).collect()
}

fn ordinal(number: u32) -> String {
    let suffix = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

fn offset(instant: &DateTime<Tz>, separator: &str) -> String {
    let seconds = instant.offset().fix().local_minus_utc();
    let minutes = seconds.abs() / 60;
    let mut written = String::from(if seconds < 0 { "-" } else { "+" });
    // Writing to a string cannot fail.
    let _ = write!(written, "{:02}{separator}{:02}", minutes / 60, minutes % 60);
    written
}

/// What has been read so far.
#[derive(Default)]
struct Parts {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    millisecond: u32,
    afternoon: Option<bool>,
    offset_minutes: i64,
    epoch_milliseconds: Option<i64>,
}

impl Parts {
    /// Reads one token from the start of `text` and returns what follows it.
    fn read<'t>(&mut self, token: &str, text: &'t str) -> Option<&'t str> {
        let (number, after) = match token {
            "YYYY" => digits(text, 4)?,
            "SSS" | "DDDD" | "DDD" => digits(text, 3)?,
            "X" | "x" => digits(text, 15)?,
            "S" => digits(text, 1)?,
            "MMMM" | "MMM" => return self.read_month(text),
            "dddd" | "ddd" | "dd" => return read_name(text, &WEEKDAYS).map(|(_, after)| after),
            "A" | "a" => return self.read_half(text),
            "Z" | "ZZ" => return self.read_offset(text),
            _ => digits(text, 2)?,
        };
        let small = u32::try_from(number).ok();
        match token {
            "YYYY" => self.year = i32::try_from(number).ok(),
            "YY" => self.year = i32::try_from(if number > 68 { 1900 + number } else { 2000 + number }).ok(),
            "MM" | "M" | "Mo" => self.month = small,
            "DD" | "D" => self.day = small,
            "Do" => {
                self.day = small;
                return ["st", "nd", "rd", "th"].iter().find_map(|suffix| after.strip_prefix(suffix));
            }
            "HH" | "H" | "hh" | "h" => self.hour = small?,
            "mm" | "m" => self.minute = small?,
            "ss" | "s" => self.second = small?,
            "SSS" => self.millisecond = small?,
            "SS" => self.millisecond = small? * 10,
            "S" => self.millisecond = small? * 100,
            "X" => self.epoch_milliseconds = number.checked_mul(1_000),
            "x" => self.epoch_milliseconds = Some(number),
            _ => return None,
        }
        Some(after)
    }

    fn read_month<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (index, after) = read_name(text, &MONTHS)?;
        self.month = u32::try_from(index + 1).ok();
        Some(after)
    }

    fn read_half<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (half, after) = text.split_at_checked(2)?;
        self.afternoon = Some(match half.to_ascii_lowercase().as_str() {
            "am" => false,
            "pm" => true,
            _ => return None,
        });
        Some(after)
    }

    fn read_offset<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        if let Some(after) = text.strip_prefix('Z') {
            return Some(after);
        }
        let sign = if text.starts_with('-') { -1 } else { 1 };
        let (hours, after) = digits(text.strip_prefix(['+', '-'])?, 2)?;
        let (minutes, after) = digits(after.strip_prefix(':').unwrap_or(after), 2)?;
        self.offset_minutes = sign * (hours * 60 + minutes);
        Some(after)
    }

    fn assemble(self) -> Option<DateTime<Utc>> {
        if let Some(milliseconds) = self.epoch_milliseconds {
            return Utc.timestamp_millis_opt(milliseconds).single();
        }
        let hour = match (self.afternoon, self.hour) {
            (Some(false), 12) => 0,
            (Some(true), hour) if hour < 12 => hour + 12,
            (_, hour) => hour,
        };
        let day = NaiveDate::from_ymd_opt(self.year?, self.month.unwrap_or(1), self.day.unwrap_or(1))?;
        let time = NaiveTime::from_hms_milli_opt(hour, self.minute, self.second, self.millisecond)?;
        day.and_time(time).and_utc().checked_sub_signed(TimeDelta::try_minutes(self.offset_minutes)?)
    }
}

/// Up to `most` digits from the start of a text, and what follows.
fn digits(text: &str, most: usize) -> Option<(i64, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, after) = text.split_at_checked(length)?;
    Some((number.parse().ok()?, after))
}

/// A full or three-letter name from the start of a text, in any case.
fn read_name<'t>(text: &'t str, names: &[&str]) -> Option<(usize, &'t str)> {
    let starts = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    names.iter().enumerate().find_map(|(index, name)| {
        let spelling = [*name, name.get(..3)?].into_iter().find(|spelling| starts(spelling))?;
        Some((index, text.get(spelling.len()..)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant() -> DateTime<Tz> {
        "2024-05-01T22:07:09.045Z".parse::<DateTime<Utc>>().unwrap().with_timezone(&Tz::UTC)
    }

    #[test]
    fn tokens_are_written_as_the_vendor_documents_them() {
        let cases = [
            ("YYYY-MM-DD HH:mm:ss.SSS", "2024-05-01 22:07:09.045"),
            ("M/D/YY h:mma", "5/1/24 10:07pm"),
            ("dddd, MMMM Do [at] hh A", "Wednesday, May 1st at 10 PM"),
            ("ddd DDD W w Q", "Wed 122 18 18 2"),
            ("LL", "May 1, 2024"),
            ("l LT", "5/1/2024 10:07 PM"),
            ("X x", "1714601229 1714601229045"),
            ("Z ZZ", "+00:00 +0000"),
        ];
        for (pattern, expected) in cases {
            assert_eq!(DatePattern::new(pattern).format(&instant()), expected, "{pattern}");
        }
    }

    #[test]
    fn a_zone_moves_what_is_written() {
        let paris = instant().with_timezone(&Tz::Europe__Paris);
        assert_eq!(DatePattern::new("YYYY-MM-DD HH:mm Z").format(&paris), "2024-05-02 00:07 +02:00");
    }

    #[test]
    fn what_was_written_is_read_back() {
        for pattern in
            ["YYYY-MM-DD HH:mm:ss.SSS", "D MMM YYYY hh:mm:ss.SSS A", "x", "YYYY-MM-DDTHH:mm:ss.SSSZ"]
        {
            let pattern = DatePattern::new(pattern);
            let written = pattern.format(&instant().with_timezone(&Tz::UTC));
            assert_eq!(pattern.parse(&written), Some(instant().to_utc()), "{written}");
        }
    }

    #[test]
    fn what_does_not_fit_the_pattern_is_refused() {
        for (pattern, text) in
            [("YYYY-MM-DD", "01/05/2024"), ("YYYY-MM-DD", "2024-13-01"), ("HH:mm", "10:00")]
        {
            assert_eq!(DatePattern::new(pattern).parse(text), None, "{pattern} {text}");
        }
    }
}
