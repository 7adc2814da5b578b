//! From tokens to the tree.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::FormulaError;
use super::ast::{Expression, Operator, Prepared};
use super::function::{self, Function};
use super::lexer::Token;

/// How many parentheses, calls and signs may stand inside one another.
pub(super) const MAX_DEPTH: usize = 100;

/// Builds the tree; `end` is the offset just after the formula.
pub(super) fn parse(tokens: Vec<(usize, Token)>, end: usize) -> Result<Expression, FormulaError> {
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), end, depth: 0 };
    let root = parser.read_chain(0)?;
    match parser.tokens.next() {
        None => Ok(root),
        Some((position, _)) => Err(FormulaError::Syntax { position }),
    }
}

struct Parser {
    tokens: Peekable<IntoIter<(usize, Token)>>,
    end: usize,
    depth: usize,
}

impl Parser {
    /// Reads operands joined by operators of this rank or stronger.
    fn read_chain(&mut self, rank: u8) -> Result<Expression, FormulaError> {
        if rank > Operator::HIGHEST_RANK {
            return self.read_operand();
        }
        let first = self.read_chain(rank + 1)?;
        let mut rest = Vec::new();
        while let Some(operator) = self.take_operator(rank) {
            rest.push((operator, self.read_chain(rank + 1)?));
        }
        Ok(if rest.is_empty() { first } else { Expression::Chain { first: Box::new(first), rest } })
    }

    fn take_operator(&mut self, rank: u8) -> Option<Operator> {
        match self.tokens.peek() {
            Some((_, Token::Operator(operator))) if operator.rank() == rank => {
                let operator = *operator;
                self.tokens.next();
                Some(operator)
            }
            _ => None,
        }
    }

    fn read_operand(&mut self) -> Result<Expression, FormulaError> {
        let (position, token) = self.tokens.next().ok_or(FormulaError::Syntax { position: self.end })?;
        match token {
            Token::Text(text) => Ok(Expression::Text(text)),
            Token::Number(number) => Ok(Expression::Number(number)),
            Token::Field(name) => Ok(Expression::Field(name)),
            Token::Word(word) if self.take(&Token::Open) => self.read_call(&word),
            Token::Word(word) => Ok(Expression::Field(word)),
            Token::Operator(Operator::Subtract) => {
                self.nested(Self::read_operand).map(|inner| Expression::Negate(Box::new(inner)))
            }
            Token::Open => {
                let inner = self.nested(|parser| parser.read_chain(0))?;
                self.expect_close()?;
                Ok(inner)
            }
            Token::Operator(_) | Token::Close | Token::Comma => Err(FormulaError::Syntax { position }),
        }
    }

    fn read_call(&mut self, name: &str) -> Result<Expression, FormulaError> {
        let function = function::find(name).ok_or_else(|| FormulaError::UnknownFunction(name.to_owned()))?;
        let mut arguments = Vec::new();
        if !self.take(&Token::Close) {
            arguments.push(self.nested(|parser| parser.read_chain(0))?);
            while self.take(&Token::Comma) {
                arguments.push(self.nested(|parser| parser.read_chain(0))?);
            }
            self.expect_close()?;
        }
        if !function.arity.contains(&arguments.len()) {
            return Err(FormulaError::ArgumentCount { function: function.name, count: arguments.len() });
        }
        let prepared = prepare(function, &arguments);
        Ok(Expression::Call { function, arguments, prepared })
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Expression, FormulaError>,
    ) -> Result<Expression, FormulaError> {
        if self.depth == MAX_DEPTH {
            return Err(FormulaError::TooDeep);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn take(&mut self, wanted: &Token) -> bool {
        self.tokens.next_if(|(_, token)| token == wanted).is_some()
    }

    fn expect_close(&mut self) -> Result<(), FormulaError> {
        match self.tokens.next() {
            Some((_, Token::Close)) => Ok(()),
            Some((position, _)) => Err(FormulaError::Syntax { position }),
            None => Err(FormulaError::Syntax { position: self.end }),
        }
    }
}

fn prepare(function: &Function, arguments: &[Expression]) -> Prepared {
    match (function.name, arguments) {
        ("LAST_MODIFIED_TIME", fields) => Prepared::Fields(
            fields
                .iter()
                .filter_map(|field| match field {
                    Expression::Field(name) => Some(name.clone()),
                    _ => None,
                })
                .collect(),
        ),
        ("REGEX_MATCH" | "REGEX_EXTRACT" | "REGEX_REPLACE", [_, Expression::Text(pattern), ..]) => {
            function::regex::compile(pattern).map_or(Prepared::Nothing, Prepared::Regex)
        }
        _ => Prepared::Nothing,
    }
}
