//! Truth, choice and errors.

use super::super::evaluate::{Arguments, Fault, Outcome};
use super::super::scalar::Scalar;
use super::{Function, SEVERAL};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("AND", SEVERAL, and),
    Function::new("BLANK", 0..=0, |_| Ok(Scalar::Blank)),
    Function::new("ERROR", 0..=1, |_| Err(Fault)),
    Function::new("FALSE", 0..=0, |_| Ok(false.into())),
    Function::new("IF", 2..=3, choose),
    Function::new("ISERROR", 1..=1, |arguments| Ok(arguments.scalar(0).is_err().into())),
    Function::new("NOT", 1..=1, |arguments| Ok((!arguments.scalar(0)?.is_kept()).into())),
    Function::new("OR", SEVERAL, or),
    Function::new("SWITCH", 2..=usize::MAX, switch),
    Function::new("TRUE", 0..=0, |_| Ok(true.into())),
    Function::new("XOR", SEVERAL, xor),
];

/// Stops at the first argument that decides, so that an error behind it is not seen.
fn and<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    for index in 0..arguments.len() {
        if !arguments.scalar(index)?.is_kept() {
            return Ok(false.into());
        }
    }
    Ok(true.into())
}

fn or<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    for index in 0..arguments.len() {
        if arguments.scalar(index)?.is_kept() {
            return Ok(true.into());
        }
    }
    Ok(false.into())
}

fn xor<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let mut odd = false;
    for index in 0..arguments.len() {
        odd ^= arguments.scalar(index)?.is_kept();
    }
    Ok(odd.into())
}

fn choose<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    arguments.scalar(if arguments.scalar(0)?.is_kept() { 1 } else { 2 })
}

/// `SWITCH(value, pattern, result, ..., default)`.
fn switch<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let value = arguments.scalar(0)?;
    let mut index = 1;
    while arguments.has(index + 1) {
        if value.equals(&arguments.scalar(index)?) {
            return arguments.scalar(index + 1);
        }
        index += 2;
    }
    arguments.scalar(index)
}
