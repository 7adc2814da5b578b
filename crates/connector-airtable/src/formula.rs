//! Formulas for `filterByFormula`, built so that no text can escape from its quotes.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use connector_core::id::{FieldId, RemoteId};
use serde::Serialize;

/// A formula that is true for the records to list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Formula(String);

impl Formula {
    /// The records with one of these ids.
    pub(crate) fn record_is_one_of(ids: &[RemoteId]) -> Self {
        Self::any(ids.iter().map(|id| format!("RECORD_ID()={}", quote(id.as_str()))))
    }

    /// The records in whose `field` there is one of these texts.
    pub(crate) fn field_is_one_of(field: &FieldId, texts: &[String]) -> Self {
        let field = field.as_str().replace('}', "\\}");
        Self::any(texts.iter().map(|text| format!("{{{field}}}={}", quote(text))))
    }

    /// The records made or edited by a person or program after `instant`. `LAST_MODIFIED_TIME()` is blank for
    /// a record that was never edited, and must be compared with a time, since text is greater than any.
    pub(crate) fn touched_after(instant: DateTime<Utc>) -> Self {
        let at = quote(&instant.to_rfc3339_opts(SecondsFormat::Millis, true));
        Self::any(
            ["CREATED_TIME()", "LAST_MODIFIED_TIME()"]
                .map(|time| format!("IS_AFTER({time},DATETIME_PARSE({at}))"))
                .into_iter(),
        )
    }

    /// The formula's text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn any(terms: impl ExactSizeIterator<Item = String>) -> Self {
        let alone = terms.len() == 1;
        let joined = terms.collect::<Vec<_>>().join(",");
        Self(if alone { joined } else { format!("OR({joined})") })
    }
}

/// A string literal that means `text`.
fn quote(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for c in text.chars() {
        match c {
            '\\' | '\'' => {
                literal.push('\\');
                literal.push(c);
            }
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c => {
                // Writing to a `String` cannot fail.
                let _ = literal.write_char(c);
            }
        }
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads one literal as Airtable does; gives its text and what follows it.
    fn parse(formula: &str) -> Option<(String, &str)> {
        let mut text = String::new();
        let mut chars = formula.strip_prefix('\'')?.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\'' => return Some((text, &formula[at + 2..])),
                '\\' => text.push(match chars.next()?.1 {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    other => other,
                }),
                c => text.push(c),
            }
        }
        None
    }

    #[test]
    fn texts_are_looked_for_by_field_id() {
        let formula = Formula::field_is_one_of(&"fldKey".into(), &["a".into(), "it's".into()]);
        assert_eq!(formula.as_str(), r"OR({fldKey}='a',{fldKey}='it\'s')");
    }

    #[test]
    fn one_record_needs_no_or() {
        assert_eq!(Formula::record_is_one_of(&["rec1".into()]).as_str(), "RECORD_ID()='rec1'");
    }

    #[test]
    fn times_are_compared_with_times() {
        let formula = Formula::touched_after(DateTime::from_timestamp(0, 0).unwrap());
        assert_eq!(
            formula.as_str(),
            "OR(IS_AFTER(CREATED_TIME(),DATETIME_PARSE('1970-01-01T00:00:00.000Z')),\
             IS_AFTER(LAST_MODIFIED_TIME(),DATETIME_PARSE('1970-01-01T00:00:00.000Z')))"
        );
    }

    proptest! {
        #[test]
        fn a_quoted_text_reads_back_and_ends_where_it_should(text in "(?s).{0,40}", hard in "['\"\\\\{}(),\n\t]{0,12}") {
            let text = format!("{text}{hard}");
            let formula = format!("{},rest", quote(&text));
            prop_assert_eq!(parse(&formula), Some((text, ",rest")));
        }
    }
}
