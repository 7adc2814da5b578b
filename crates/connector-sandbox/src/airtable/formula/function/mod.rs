//! The functions of the language: one table per theme, each row a name, how many arguments, and the code.

mod calendar;
mod date;
mod list;
mod logic;
mod number;
mod pattern;
mod record;
pub(super) mod regex;
mod text;

use std::fmt;
use std::ops::RangeInclusive;

use super::evaluate::{Arguments, Outcome};

/// Any number of arguments from one up.
const SEVERAL: RangeInclusive<usize> = 1..=usize::MAX;

/// One function.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) arity: RangeInclusive<usize>,
    pub(super) apply: for<'a> fn(&Arguments<'a>) -> Outcome<'a>,
}

impl Function {
    const fn new(
        name: &'static str,
        arity: RangeInclusive<usize>,
        apply: for<'a> fn(&Arguments<'a>) -> Outcome<'a>,
    ) -> Self {
        Self { name, arity, apply }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// Finds a function by its name, in any case.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    [
        logic::FUNCTIONS,
        record::FUNCTIONS,
        text::FUNCTIONS,
        number::FUNCTIONS,
        date::FUNCTIONS,
        calendar::FUNCTIONS,
        regex::FUNCTIONS,
        list::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
    .find(|function| function.name.eq_ignore_ascii_case(name))
}
