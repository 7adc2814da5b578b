//! Formulas: what their expressions are worth in a row. The language is a part of the service's: literals,
//! `prop("..")`, arithmetic, comparisons, `and`, `or`, `not`, `if`, `empty`, `round` and `now`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::notion::property::Moment;
use crate::notion::world::{millisecond, whole_minute};

/// How many parentheses, calls and signs may be inside one another.
const MAX_DEPTH: usize = 32;

/// What an expression is worth.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Text(String),
    Number(Option<f64>),
    Flag(bool),
    /// A date in the form of the API.
    Date(Option<Value>),
}

impl Outcome {
    /// As a formula's value.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!({"type": "string", "string": (!text.is_empty()).then_some(text)}),
            Self::Number(number) => json!({"type": "number", "number": number.map(crate::number::json)}),
            Self::Flag(flag) => json!({"type": "boolean", "boolean": flag}),
            Self::Date(date) => json!({"type": "date", "date": date}),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.map(|number| number.to_string()).unwrap_or_default(),
            Self::Flag(flag) => flag.to_string(),
            Self::Date(date) => start(date.as_ref()).unwrap_or_default().to_owned(),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Number(number) => number.is_none_or(|number| number == 0.0),
            Self::Flag(flag) => !flag,
            Self::Date(date) => date.is_none(),
        }
    }

    fn is_true(&self) -> bool {
        !self.is_empty()
    }
}

fn start(date: Option<&Value>) -> Option<&str> {
    date?.get("start")?.as_str()
}

/// What an expression is worth; `None` if it is beyond this part of the language.
pub(crate) fn evaluate(
    expression: &str,
    now: DateTime<Utc>,
    property: &dyn Fn(&str) -> Option<Outcome>,
) -> Option<Outcome> {
    let mut reading = Reading { rest: expression, now, property, depth: 0 };
    let outcome = reading.any_of()?;
    reading.rest.trim().is_empty().then_some(outcome)
}

/// An expression, read and computed from left to right.
struct Reading<'a> {
    rest: &'a str,
    now: DateTime<Utc>,
    property: &'a dyn Fn(&str) -> Option<Outcome>,
    depth: usize,
}

impl Reading<'_> {
    /// Takes a sign or word if it comes next.
    fn take(&mut self, wanted: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some(after) = rest.strip_prefix(wanted) else { return false };
        let is_word = wanted.ends_with(char::is_alphanumeric);
        if is_word && after.starts_with(char::is_alphanumeric) {
            return false;
        }
        self.rest = after;
        true
    }

    fn take_first(&mut self, wanted: &[&'static str]) -> Option<&'static str> {
        wanted.iter().copied().find(|sign| self.take(sign))
    }

    fn any_of(&mut self) -> Option<Outcome> {
        let mut left = self.all_of()?;
        while self.take_first(&["or", "||"]).is_some() {
            let right = self.all_of()?;
            left = Outcome::Flag(left.is_true() || right.is_true());
        }
        Some(left)
    }

    fn all_of(&mut self) -> Option<Outcome> {
        let mut left = self.comparison()?;
        while self.take_first(&["and", "&&"]).is_some() {
            let right = self.comparison()?;
            left = Outcome::Flag(left.is_true() && right.is_true());
        }
        Some(left)
    }

    fn comparison(&mut self) -> Option<Outcome> {
        let left = self.sum()?;
        let Some(sign) = self.take_first(&["==", "!=", ">=", "<=", ">", "<"]) else { return Some(left) };
        let right = self.sum()?;
        let order = match (&left, &right) {
            (Outcome::Number(left), Outcome::Number(right)) => left.partial_cmp(right)?,
            (Outcome::Date(left), Outcome::Date(right)) => {
                let instant =
                    |date: &Option<Value>| Some(Moment::parse(start(date.as_ref())?, None)?.instant());
                instant(left).cmp(&instant(right))
            }
            _ => left.text().cmp(&right.text()),
        };
        Some(Outcome::Flag(match sign {
            "==" => order.is_eq(),
            "!=" => order.is_ne(),
            ">=" => order.is_ge(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            _ => order.is_lt(),
        }))
    }

    fn sum(&mut self) -> Option<Outcome> {
        let mut left = self.product()?;
        while let Some(sign) = self.take_first(&["+", "-"]) {
            let right = self.product()?;
            left = match (sign, &left, &right) {
                ("+", Outcome::Text(_), _) | ("+", _, Outcome::Text(_)) => {
                    Outcome::Text(left.text() + &right.text())
                }
                ("+", Outcome::Number(left), Outcome::Number(right)) => {
                    Outcome::Number(both(*left, *right, |left, right| left + right))
                }
                (_, Outcome::Number(left), Outcome::Number(right)) => {
                    Outcome::Number(both(*left, *right, |left, right| left - right))
                }
                _ => return None,
            };
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Outcome> {
        let mut left = self.single()?;
        while let Some(sign) = self.take_first(&["*", "/", "%"]) {
            let (Outcome::Number(one), Outcome::Number(other)) = (&left, self.single()?) else { return None };
            left = Outcome::Number(both(*one, other, |one, other| match sign {
                "*" => one * other,
                "/" => one / other,
                _ => one % other,
            }));
        }
        Some(left)
    }

    fn single(&mut self) -> Option<Outcome> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let outcome = self.term();
        self.depth -= 1;
        outcome
    }

    fn term(&mut self) -> Option<Outcome> {
        if self.take("(") {
            let inner = self.any_of()?;
            return self.take(")").then_some(inner);
        }
        if self.take("-") {
            let Outcome::Number(number) = self.single()? else { return None };
            return Some(Outcome::Number(number.map(|number| -number)));
        }
        if self.take_first(&["not", "!"]).is_some() {
            let outcome = self.single()?;
            return Some(Outcome::Flag(!outcome.is_true()));
        }
        if let Some(word) = self.take_first(&["true", "false"]) {
            return Some(Outcome::Flag(word == "true"));
        }
        if let Some(name) = self.take_first(&["prop", "if", "empty", "round", "now"]) {
            return self.call(name);
        }
        let rest = self.rest.trim_start();
        if rest.starts_with('"') {
            return self.quoted().map(Outcome::Text);
        }
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let number = number.parse().ok()?;
        self.rest = after;
        Some(Outcome::Number(Some(number)))
    }

    fn quoted(&mut self) -> Option<String> {
        let (text, after) = self.rest.trim_start().strip_prefix('"')?.split_once('"')?;
        let text = text.to_owned();
        self.rest = after;
        Some(text)
    }

    fn call(&mut self, name: &str) -> Option<Outcome> {
        if !self.take("(") {
            return None;
        }
        let outcome = match name {
            "prop" => {
                let property = self.quoted()?;
                (self.property)(&property)?
            }
            "now" => {
                let now = millisecond(whole_minute(self.now));
                Outcome::Date(Some(json!({"start": now, "end": null, "time_zone": null})))
            }
            "if" => {
                let condition = self.any_of()?;
                let then = self.take(",").then(|| self.any_of())??;
                let otherwise = self.take(",").then(|| self.any_of())??;
                if condition.is_true() { then } else { otherwise }
            }
            "empty" => Outcome::Flag(self.any_of()?.is_empty()),
            _ => {
                let Outcome::Number(number) = self.any_of()? else { return None };
                Outcome::Number(number.map(f64::round))
            }
        };
        self.take(")").then_some(outcome)
    }
}

/// Computes with two numbers; an empty one makes the result empty, as does a division by zero.
fn both(left: Option<f64>, right: Option<f64>, compute: impl Fn(f64, f64) -> f64) -> Option<f64> {
    Some(compute(left?, right?)).filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(expression: &str) -> Option<Value> {
        let date = json!({"start": "2026-12-01", "end": null, "time_zone": null});
        let property = |name: &str| match name {
            "Amount" => Some(Outcome::Number(Some(12.5))),
            "Nothing" => Some(Outcome::Number(None)),
            "Name" => Some(Outcome::Text("Acme".to_owned())),
            "Due" => Some(Outcome::Date(Some(date.clone()))),
            _ => None,
        };
        let now = "2026-07-04T09:08:53.017Z".parse().unwrap();
        evaluate(expression, now, &property).map(|outcome| outcome.json())
    }

    #[test]
    fn expressions_are_worth_a_text_a_number_a_flag_or_a_date() {
        for (expression, kind, value) in [
            ("1 + 2 * 3 - (4 / 8)", "number", json!(6.5)),
            ("-prop(\"Amount\") * 2", "number", json!(-25)),
            ("prop(\"Nothing\") + 1", "number", json!(null)),
            ("1 / 0", "number", json!(null)),
            ("round(2.6)", "number", json!(3)),
            ("prop(\"Name\") + \" / \" + prop(\"Amount\")", "string", json!("Acme / 12.5")),
            ("if(empty(prop(\"Nothing\")), \"\", \"x\")", "string", json!(null)),
            ("prop(\"Amount\") > 12 and not (prop(\"Name\") == \"Bolt\")", "boolean", json!(true)),
            ("now() >= prop(\"Due\") or false", "boolean", json!(false)),
        ] {
            assert_eq!(worth(expression), Some(json!({"type": kind, kind: value})), "{expression}");
        }
        assert_eq!(worth("now()").unwrap()["date"]["start"], "2026-07-04T09:08:00.000+00:00");
        assert_eq!(worth("prop(\"Due\")").unwrap()["date"]["start"], "2026-12-01");
    }

    #[test]
    fn what_is_beyond_them_is_worth_nothing() {
        for expression in ["", "map(1)", "prop(\"Nope\")", "1 +", "(1", "\"a\" - 1", "orange", "1 2"] {
            assert_eq!(worth(expression), None, "{expression}");
        }
        assert_eq!(worth(&"(".repeat(1000)), None);
    }
}
