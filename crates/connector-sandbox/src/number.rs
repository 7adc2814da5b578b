//! Numbers as the providers write them.

use serde_json::{Number, Value};

/// A finite number without a fraction where there is none; null for what is not finite.
pub(crate) fn json(number: f64) -> Value {
    number.to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}
