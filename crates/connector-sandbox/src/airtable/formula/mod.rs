//! Airtable's formula language: what `filterByFormula` and formula fields are written in.
//!
//! A formula is parsed once and evaluated for each row. Parsing is bounded in length and nesting and
//! evaluation in the size of texts, so that no formula can exhaust the process.
//!
//! Where the vendor is silent the comment at the place says what was chosen.

mod ast;
mod evaluate;
mod function;
mod lexer;
mod parser;
mod scalar;

use chrono::{DateTime, Utc};

pub(crate) use scalar::Scalar;

use ast::Expression;
use evaluate::Evaluation;

/// The longest formula accepted, in bytes. The URL limit is 16,000 characters; a POST body may carry more.
const MAX_LENGTH: usize = 100_000;

/// What a formula is evaluated against: one record.
pub(crate) trait Row {
    /// The cell of the field with this name or id; `None` for an empty cell.
    fn cell(&self, field: &str) -> Option<Scalar<'_>>;
    /// The record's `rec...` id.
    fn record_id(&self) -> &str;
    /// When the record was made.
    fn created_time(&self) -> DateTime<Utc>;
    /// When one of these fields (names or ids; none means any field) was last edited; `None` if never.
    fn modified_time(&self, fields: &[String]) -> Option<DateTime<Utc>>;
}

/// Why a text is not a formula.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormulaError {
    /// Longer than the bound.
    #[error("the formula has more than {MAX_LENGTH} bytes")]
    TooLong,
    /// Nested deeper than the bound.
    #[error("the formula is nested more than {} levels deep", parser::MAX_DEPTH)]
    TooDeep,
    /// A character or word that has no place where it stands.
    #[error("the formula cannot be read from byte {position}")]
    Syntax {
        /// Offset in bytes of the first offending character.
        position: usize,
    },
    /// A function that does not exist.
    #[error("there is no function {0}")]
    UnknownFunction(String),
    /// A function with too few or too many arguments.
    #[error("{function} does not take {count} arguments")]
    ArgumentCount {
        /// The function's name.
        function: &'static str,
        /// How many were given.
        count: usize,
    },
}

/// A parsed formula.
#[derive(Debug)]
pub(crate) struct Formula {
    root: Expression,
}

impl Formula {
    /// Reads a formula.
    pub(crate) fn parse(text: &str) -> Result<Self, FormulaError> {
        if text.len() > MAX_LENGTH {
            return Err(FormulaError::TooLong);
        }
        parser::parse(lexer::split(text)?, text.len()).map(|root| Self { root })
    }

    /// The fields it reads, as written (name or id), each once, in order of appearance.
    pub(crate) fn references(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.root.visit_fields(&mut |field| {
            if !found.contains(&field) {
                found.push(field);
            }
        });
        found
    }

    /// The only record ids it can keep, when it says so itself (`RECORD_ID()='rec...'`, alone or in an
    /// `OR`); `None` when any record may match. Lets a caller look rows up instead of reading them all.
    pub(crate) fn record_ids(&self) -> Option<Vec<&str>> {
        self.root.record_ids()
    }

    /// The formula's value for a row.
    pub(crate) fn evaluate<'a>(&'a self, row: &'a dyn Row, now: DateTime<Utc>) -> Scalar<'a> {
        Evaluation { row, now }.of(&self.root).unwrap_or(Scalar::Error)
    }
}

#[cfg(test)]
mod tests;
