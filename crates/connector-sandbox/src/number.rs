//! Numbers as the providers write them.

use serde_json::{Number, Value};

/// A finite number without a fraction where there is none; null for what is not finite. Zero has no sign, as in
/// JavaScript's JSON: the sum of nothing would have one.
pub(crate) fn json(number: f64) -> Value {
    (number + 0.0).to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_written_as_short_as_they_are() {
        let sum_of_nothing: f64 = [].iter().sum();
        for (number, text) in [(sum_of_nothing, "0"), (2.0, "2"), (-0.5, "-0.5"), (f64::NAN, "null")] {
            assert_eq!(super::json(number).to_string(), text);
        }
        assert_eq!(super::json(8_500.1).to_string(), "8500.1");
    }
}
