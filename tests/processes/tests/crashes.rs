//! A run that is killed anywhere ends as if it had not been.

use connector_sandbox::Remote;
use end_to_end::Backend;
use rstest::rstest;
use test_processes::matrix::{Ending, Matrix, table};

/// Worlds at a time: most of them wait for a dead process's lease to run out.
const AT_ONCE: usize = 10;

#[rstest]
#[case::airtable_and_sqlite(Remote::Airtable, Backend::Sqlite)]
#[case::airtable_and_postgres(Remote::Airtable, Backend::Postgres)]
#[case::notion_and_sqlite(Remote::Notion, Backend::Sqlite)]
#[case::notion_and_postgres(Remote::Notion, Backend::Postgres)]
fn a_run_killed_at_any_step_ends_like_one_that_was_not(#[case] remote: Remote, #[case] backend: Backend) {
    let matrix = Matrix::prepare(remote, backend);
    let points = matrix.points().into_iter().map(|point| vec![point]).collect();

    let endings = matrix.play(points, AT_ONCE);

    println!("{}", table(&endings));
    let faults: Vec<_> = endings.iter().filter(|ending| ending.fault.is_some()).collect();
    assert!(faults.is_empty(), "{faults:#?}\nexpected:\n{:?}", matrix.expected());
    let must_die = |ending: &&Ending| ending.points.iter().any(|point| !point.step.is_timed());
    let alive: Vec<_> = endings.iter().filter(must_die).filter(|ending| ending.deaths == 0).collect();
    assert!(alive.is_empty(), "these steps were not met: {alive:#?}");
}
