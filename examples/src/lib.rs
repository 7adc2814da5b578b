//! What the examples share, and a third connector as short as one can be: [`slate`].

pub mod slate;

use std::io::Write as _;

/// Prints a line.
pub fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")
}
