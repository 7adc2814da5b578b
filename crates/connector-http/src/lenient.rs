//! Members of an answer that may come otherwise than documented: `null`, of another shape, or with one odd element.
//!
//! Providers add types, keys and values without notice. What is not understood counts as not given, so that one odd
//! member fails neither its record nor the listing that shows it. What a conclusion rests upon, such as a record's id,
//! is not read so.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Reads a member; the default of its type where it is `null` or of another shape.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Page {
///     #[serde(default, deserialize_with = "connector_http::lenient::or_default")]
///     in_trash: bool,
/// }
/// let page: Page = serde_json::from_str(r#"{"in_trash":null}"#)?;
/// assert!(!page.in_trash);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// Those of the JSON itself.
pub fn or_default<'de, T, D>(member: D) -> Result<T, D::Error>
where
    T: DeserializeOwned + Default,
    D: Deserializer<'de>,
{
    let held = Box::<RawValue>::deserialize(member)?;
    Ok(serde_json::from_str(held.get()).unwrap_or_default())
}

/// Reads the elements of a list that can be read; none where there is no list.
///
/// # Errors
/// Those of the JSON itself.
pub fn elements<'de, T, D>(member: D) -> Result<Vec<T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let held: Vec<Box<RawValue>> = or_default(member)?;
    Ok(held.iter().filter_map(|element| serde_json::from_str(element.get()).ok()).collect())
}

/// Reads what stands in `held`, as [`or_default`] does.
#[must_use]
pub fn value<T: DeserializeOwned + Default>(held: &serde_json::Value) -> T {
    // By way of its text, so that what reads raw parts can be read.
    serde_json::from_str(&held.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Odd {
        #[serde(default, deserialize_with = "or_default")]
        flag: bool,
        #[serde(default, deserialize_with = "or_default")]
        name: Option<String>,
        #[serde(default, deserialize_with = "elements")]
        parts: Vec<Part>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Part {
        id: String,
    }

    fn read(text: &str) -> Odd {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_not_understood_counts_as_not_given() {
        let nothing = Odd { flag: false, name: None, parts: Vec::new() };
        for odd in [
            "{}",
            r#"{"flag":null,"name":null,"parts":null}"#,
            r#"{"flag":"yes","name":{"of":1},"parts":{"id":"a"}}"#,
            r#"{"flag":1,"name":3,"parts":[{},null,7]}"#,
        ] {
            assert_eq!(read(odd), nothing, "{odd}");
        }
    }

    #[test]
    fn what_is_understood_stays_beside_what_is_not() {
        let odd = read(r#"{"flag":true,"name":"n","parts":[{"id":"a","new":1},{"id":null},{"id":"b"}]}"#);
        let parts = ["a", "b"].map(|id| Part { id: id.to_owned() });
        assert_eq!(odd, Odd { flag: true, name: Some("n".to_owned()), parts: parts.into() });
    }
}
