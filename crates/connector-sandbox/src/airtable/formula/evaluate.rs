//! From the tree to a value.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::Row;
use super::ast::{Expression, Operator, Prepared};
use super::function::Function;
use super::scalar::{Scalar, truncate};

/// The longest text that a formula may build, in bytes: far above the 100,000 characters of a cell.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// The formula's `#ERROR!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault;

/// A value, or the error that spreads to everything computed from it.
pub(super) type Outcome<'a> = Result<Scalar<'a>, Fault>;

/// The evaluation of a formula for one row.
#[derive(Clone, Copy)]
pub(super) struct Evaluation<'a> {
    pub(super) row: &'a dyn Row,
    pub(super) now: DateTime<Utc>,
}

impl<'a> Evaluation<'a> {
    pub(super) fn of(&self, expression: &'a Expression) -> Outcome<'a> {
        match expression {
            Expression::Text(text) => Ok(Scalar::Text(Cow::Borrowed(text))),
            Expression::Number(number) => Ok(Scalar::Number(*number)),
            Expression::Field(name) => match self.row.cell(name) {
                None => Ok(Scalar::Blank),
                Some(Scalar::Error) => Err(Fault),
                Some(scalar) => Ok(scalar),
            },
            Expression::Negate(inner) => self.of(inner)?.number().map(|n| Scalar::Number(-n)).ok_or(Fault),
            Expression::Chain { first, rest } => self.chain(first, rest),
            Expression::Call { function, arguments, prepared } => {
                (function.apply)(&Arguments { evaluation: *self, expressions: arguments, prepared })
            }
        }
    }

    fn chain(&self, first: &'a Expression, rest: &'a [(Operator, Expression)]) -> Outcome<'a> {
        let mut value = self.of(first)?;
        for (operator, operand) in rest {
            value = combine(value, *operator, &self.of(operand)?)?;
        }
        Ok(value)
    }
}

fn combine<'a>(left: Scalar<'a>, operator: Operator, right: &Scalar<'a>) -> Outcome<'a> {
    let arithmetic = |compute: fn(f64, f64) -> f64| {
        let (left, right) = (left.number().ok_or(Fault)?, right.number().ok_or(Fault)?);
        Ok(Scalar::Number(compute(left, right)))
    };
    match operator {
        Operator::Equal => Ok(left.equals(right).into()),
        Operator::Unequal => Ok((!left.equals(right)).into()),
        Operator::Less => Ok(left.order(right).is_some_and(std::cmp::Ordering::is_lt).into()),
        Operator::LessOrEqual => Ok(left.order(right).is_some_and(std::cmp::Ordering::is_le).into()),
        Operator::Greater => Ok(left.order(right).is_some_and(std::cmp::Ordering::is_gt).into()),
        Operator::GreaterOrEqual => Ok(left.order(right).is_some_and(std::cmp::Ordering::is_ge).into()),
        Operator::Add => arithmetic(|left, right| left + right),
        Operator::Subtract => arithmetic(|left, right| left - right),
        Operator::Multiply => arithmetic(|left, right| left * right),
        Operator::Divide => arithmetic(|left, right| left / right),
        Operator::Join => {
            let mut joined = left.into_text().into_owned();
            let added = right.text();
            if joined.len() + added.len() > MAX_TEXT {
                return Err(Fault);
            }
            joined.push_str(&added);
            Ok(joined.into())
        }
    }
}

/// A call's arguments, evaluated when a function asks for them: `IF` needs one branch only.
pub(super) struct Arguments<'a> {
    evaluation: Evaluation<'a>,
    expressions: &'a [Expression],
    prepared: &'a Prepared,
}

impl<'a> Arguments<'a> {
    pub(super) fn len(&self) -> usize {
        self.expressions.len()
    }

    /// Whether the optional argument at `index` was given.
    pub(super) fn has(&self, index: usize) -> bool {
        index < self.len()
    }

    /// The argument at `index`; blank if it was left out.
    pub(super) fn scalar(&self, index: usize) -> Outcome<'a> {
        self.expressions.get(index).map_or(Ok(Scalar::Blank), |expression| self.evaluation.of(expression))
    }

    pub(super) fn text(&self, index: usize) -> Result<Cow<'a, str>, Fault> {
        self.scalar(index).map(Scalar::into_text)
    }

    pub(super) fn number(&self, index: usize) -> Result<f64, Fault> {
        self.scalar(index)?.number().ok_or(Fault)
    }

    /// A number of characters or a position, never below 0.
    pub(super) fn count(&self, index: usize) -> Result<usize, Fault> {
        usize::try_from(truncate(self.number(index)?).max(0)).map_err(|_| Fault)
    }

    pub(super) fn instant(&self, index: usize) -> Result<DateTime<Utc>, Fault> {
        self.scalar(index)?.instant().ok_or(Fault)
    }

    /// All arguments, lists spread out.
    pub(super) fn spread(&self) -> Result<Vec<Scalar<'a>>, Fault> {
        let mut items = Vec::new();
        for index in 0..self.len() {
            flatten(self.scalar(index)?, &mut items);
        }
        Ok(items)
    }

    /// The items of the list at `index`; a single value is a list of one, blank of none.
    pub(super) fn items(&self, index: usize) -> Result<Vec<Scalar<'a>>, Fault> {
        let mut items = Vec::new();
        match self.scalar(index)? {
            Scalar::Blank => {}
            scalar => flatten(scalar, &mut items),
        }
        Ok(items)
    }

    /// The call that stands at `index`, if the argument is one.
    pub(super) fn call(&self, index: usize) -> Option<(&'static Function, Arguments<'a>)> {
        match self.expressions.get(index) {
            Some(Expression::Call { function, arguments, prepared }) => {
                Some((function, Arguments { evaluation: self.evaluation, expressions: arguments, prepared }))
            }
            _ => None,
        }
    }

    pub(super) fn prepared(&self) -> &'a Prepared {
        self.prepared
    }

    pub(super) fn row(&self) -> &'a dyn Row {
        self.evaluation.row
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.evaluation.now
    }
}

fn flatten<'a>(scalar: Scalar<'a>, into: &mut Vec<Scalar<'a>>) {
    match scalar {
        Scalar::List(items) => items.into_iter().for_each(|item| flatten(item, into)),
        other => into.push(other),
    }
}
