//! What the examples share.

use std::io::Write as _;

/// Prints a line.
pub fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")
}
