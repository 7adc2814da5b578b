//! The tree that a formula becomes.

use regex::Regex;

use super::function::Function;

/// One node. Chains of operators of the same rank are one node, so that the tree's depth is bounded by the
/// formula's nesting and not by its length.
#[derive(Debug)]
pub(super) enum Expression {
    Text(String),
    Number(f64),
    Field(String),
    Negate(Box<Expression>),
    Chain { first: Box<Expression>, rest: Vec<(Operator, Expression)> },
    Call { function: &'static Function, arguments: Vec<Expression>, prepared: Prepared },
}

/// What a call needs and what is the same for every row.
#[derive(Debug)]
pub(super) enum Prepared {
    Nothing,
    /// The fields given to `LAST_MODIFIED_TIME`.
    Fields(Vec<String>),
    /// The literal pattern of a `REGEX_...` function.
    Regex(Regex),
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Join,
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operator {
    /// How strongly it binds: 0 is weakest.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Equal
            | Self::Unequal
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual => 0,
            Self::Join => 1,
            Self::Add | Self::Subtract => 2,
            Self::Multiply | Self::Divide => 3,
        }
    }

    /// The rank of the operators that bind most strongly.
    pub(super) const HIGHEST_RANK: u8 = 3;
}

impl Expression {
    /// Calls `visit` for each field reference, left to right.
    pub(super) fn visit_fields<'a>(&'a self, visit: &mut dyn FnMut(&'a str)) {
        match self {
            Self::Text(_) | Self::Number(_) => {}
            Self::Field(name) => visit(name),
            Self::Negate(inner) => inner.visit_fields(visit),
            Self::Chain { first, rest } => {
                first.visit_fields(visit);
                for (_, operand) in rest {
                    operand.visit_fields(visit);
                }
            }
            Self::Call { arguments, .. } => {
                for argument in arguments {
                    argument.visit_fields(visit);
                }
            }
        }
    }

    /// The record ids outside of which this is certainly false.
    pub(super) fn record_ids(&self) -> Option<Vec<&str>> {
        match self {
            Self::Chain { first, rest } => match (first.as_ref(), rest.as_slice()) {
                (Self::Call { function, .. }, [(Operator::Equal, Self::Text(id))])
                | (Self::Text(id), [(Operator::Equal, Self::Call { function, .. })])
                    if function.name == "RECORD_ID" =>
                {
                    Some(vec![id])
                }
                _ => None,
            },
            Self::Call { function, arguments, .. } if function.name == "OR" => {
                let ids: Option<Vec<_>> = arguments.iter().map(Self::record_ids).collect();
                ids.map(|ids| ids.concat())
            }
            Self::Call { function, arguments, .. } if function.name == "AND" => {
                arguments.iter().find_map(Self::record_ids)
            }
            _ => None,
        }
    }
}
