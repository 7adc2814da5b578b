//! What is known of the record besides its cells.

use std::borrow::Cow;

use super::super::ast::Prepared;
use super::super::evaluate::Arguments;
use super::super::scalar::Scalar;
use super::Function;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("CREATED_TIME", 0..=0, |arguments| Ok(arguments.row().created_time().into())),
    Function::new("LAST_MODIFIED_TIME", 0..=usize::MAX, |arguments| Ok(last_modified_time(arguments))),
    Function::new("RECORD_ID", 0..=0, |arguments| {
        Ok(Scalar::Text(Cow::Borrowed(arguments.row().record_id())))
    }),
];

/// Blank when the named fields were never edited.
fn last_modified_time<'a>(arguments: &Arguments<'a>) -> Scalar<'a> {
    let fields: &[String] = match arguments.prepared() {
        Prepared::Fields(fields) => fields,
        Prepared::Nothing | Prepared::Regex(_) => &[],
    };
    arguments.row().modified_time(fields).map_or(Scalar::Blank, Scalar::Instant)
}
