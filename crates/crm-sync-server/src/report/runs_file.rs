//! The history as a file for a spreadsheet.

use crate::service::connection;
use crate::store::Run;

/// The columns.
const HEAD: [&str; 14] = [
    "run",
    "started",
    "finished",
    "remote",
    "direction",
    "status",
    "created_crm",
    "updated_crm",
    "created_remote",
    "updated_remote",
    "conflicts",
    "failed",
    "requests",
    "message",
];

/// The runs as CSV, with a line of headings.
pub fn runs_file(runs: &[Run]) -> Result<Vec<u8>, csv::Error> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(HEAD)?;
    for run in runs {
        let (record, counts) = (&run.record, &run.record.counts);
        file.write_record([
            record.id.to_string(),
            record.started.to_rfc3339(),
            record.finished.map(|at| at.to_rfc3339()).unwrap_or_default(),
            connection::remote_of(&run.connection).to_owned(),
            record.mode.to_string(),
            record.status.to_string(),
            counts.created_crm.to_string(),
            counts.pulled.to_string(),
            counts.created_remote.to_string(),
            counts.pushed.to_string(),
            counts.conflicts.to_string(),
            (counts.failed + counts.stale).to_string(),
            record.usage.calls.to_string(),
            inert(record.message.as_deref().unwrap_or_default()),
        ])?;
    }
    file.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// A text that a spreadsheet does not take for a formula, whatever blanks stand before the sign.
fn inert(text: &str) -> String {
    let is_formula =
        text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_takes_no_message_for_a_formula() {
        for text in ["=HYPERLINK(1)", " =1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n"] {
            assert_eq!(inert(text), format!("'{text}"));
        }
        assert_eq!(inert("a = b"), "a = b");
    }
}
