//! A request's query, in all the spellings that clients use.

/// A decoded query: its keys and values in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(pub(crate) Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b[]=2`; `+` and `%20` are spaces.
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
        });
        Self(pairs.collect())
    }

    /// The last value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// A list, spelled `key[]=`, `key[0]=` or `key=` again and again.
    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        let own = |known: &str| {
            known == key
                || known
                    .strip_prefix(key)
                    .and_then(|rest| rest.strip_prefix('['))
                    .and_then(|rest| rest.strip_suffix(']'))
                    .is_some_and(|index| index.chars().all(|c| c.is_ascii_digit()))
        };
        self.0.iter().filter(|(known, _)| own(known)).map(|(_, value)| value.clone()).collect()
    }
}

/// Decodes percent-encoding; what is not valid is left as it stands.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = (*byte == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_in_their_three_spellings() {
        for query in ["f%5B%5D=A+b&f%5B%5D=C%20d", "f[0]=A%20b&f[1]=C+d", "f=A+b&f=C+d"] {
            assert_eq!(Query::parse(query).list("f"), ["A b", "C d"], "{query}");
        }
        assert!(Query::parse("fields[]=A&f[x]=B").list("f").is_empty());
    }
}
