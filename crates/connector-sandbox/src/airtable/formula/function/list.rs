//! Lists: lookups, links, multiple selects.

use super::super::evaluate::{Arguments, Fault, MAX_TEXT, Outcome};
use super::super::scalar::{Scalar, truncate};
use super::{Function, SEVERAL};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("ARRAYCOMPACT", 1..=1, compact),
    Function::new("ARRAYFLATTEN", SEVERAL, |arguments| arguments.spread().map(Scalar::List)),
    Function::new("ARRAYJOIN", 1..=2, join),
    Function::new("ARRAYSLICE", 2..=3, slice),
    Function::new("ARRAYUNIQUE", 1..=1, unique),
];

fn compact<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let mut items = arguments.items(0)?;
    items.retain(|item| !item.is_empty());
    Ok(Scalar::List(items))
}

fn join<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let items = arguments.items(0)?;
    let separator = if arguments.has(1) { arguments.text(1)? } else { ", ".into() };
    if items.len().saturating_mul(separator.len()) > MAX_TEXT {
        return Err(Fault);
    }
    Ok(items.iter().map(Scalar::text).collect::<Vec<_>>().join(&separator).into())
}

/// `ARRAYSLICE(list, first, last)`: positions count from 1, from the end if negative, both included.
fn slice<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let items = arguments.items(0)?;
    let length = i64::try_from(items.len()).map_err(|_| Fault)?;
    let position = |index: usize| -> Result<i64, Fault> {
        let given = truncate(arguments.number(index)?);
        Ok(if given < 0 { given.saturating_add(length).saturating_add(1) } else { given })
    };
    let first = position(1)?.max(1);
    let last = if arguments.has(2) { position(2)? } else { length };
    let skipped = usize::try_from(first - 1).map_err(|_| Fault)?;
    let taken = usize::try_from(last.saturating_sub(first).saturating_add(1).max(0)).map_err(|_| Fault)?;
    Ok(Scalar::List(items.into_iter().skip(skipped).take(taken).collect()))
}

fn unique<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let mut kept: Vec<Scalar<'a>> = Vec::new();
    for item in arguments.items(0)? {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    Ok(Scalar::List(kept))
}
