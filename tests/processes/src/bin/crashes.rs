//! The crash matrix with more deaths than in the suite, and its table: `cargo xtask crashes`.

use std::env;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use connector_sandbox::Remote;
use end_to_end::Backend;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use test_processes::matrix::{Ending, Matrix, Point, table};

/// Worlds at a time: most of them wait for a dead process's lease to run out.
const AT_ONCE: usize = 16;
/// How often the work of a history is cut off: once more, and it would be given up.
const DEATHS: usize = 3;

fn main() -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut report = HEADING.to_owned();
    let mut faults = Vec::new();
    let (rounds, seed) = (number("ROUNDS", 2)?, number("SEED", 1)?);
    for (remote, remote_name) in [(Remote::Airtable, "Airtable"), (Remote::Notion, "Notion")] {
        for (backend, backend_name) in [(Backend::Sqlite, "SQLite"), (Backend::Postgres, "PostgreSQL")] {
            let start = Instant::now();
            let matrix = Matrix::prepare(remote, backend);
            let points = matrix.points();
            let once: Vec<Vec<Point>> = points.iter().map(|point| vec![point.clone()]).collect();
            let single = matrix.play(once, AT_ONCE);
            let mut random = StdRng::seed_from_u64(seed);
            let histories = (0..rounds).flat_map(|_| points.clone()).map(|first| {
                let further = (1..DEATHS).filter_map(|_| points.choose(&mut random).cloned());
                std::iter::once(first).chain(further).collect()
            });
            let repeated = matrix.play(histories.collect(), AT_ONCE);
            let differ = single.iter().chain(&repeated).filter(|ending| ending.fault.is_some()).count();
            let told = format!(
                "{} worlds with {} deaths, then {} worlds with {} deaths, several in each, at random steps \
                 (seed {seed}). **{differ} differ.**",
                single.len(),
                deaths(&single),
                repeated.len(),
                deaths(&repeated),
            );
            write!(report, "\n## {remote_name} and {backend_name}\n\n{told}\n\n{}", table(&single))?;
            writeln!(out, "{remote_name} and {backend_name}: {told} {:.0} s", start.elapsed().as_secs_f64())?;
            faults.extend(single.into_iter().chain(repeated).filter(|ending| ending.fault.is_some()));
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CRASHES.md");
    std::fs::write(file, report)?;
    anyhow::ensure!(faults.is_empty(), "{faults:#?}");
    Ok(())
}

fn deaths(endings: &[Ending]) -> usize {
    endings.iter().map(|ending| ending.deaths).sum()
}

/// A number out of the environment.
fn number(variable: &str, usual: u64) -> anyhow::Result<u64> {
    env::var(variable).ok().map_or(Ok(usual), |given| Ok(given.parse()?))
}

const HEADING: &str = "\
# Killed at every step

Written by `cargo xtask crashes`; docs/TESTING.md tells more.

A sync both ways is played against the sandbox, over sockets, by the server's own program. Both sides agree on six deals;
then one is edited and a cell cleared in the CRM, one likewise in the remote, where it also loses its stamp; two are
edited on both sides, each side once the later; one is deleted on each side, with deletions that archive; the CRM gets two
new deals of one client; the remote gets two, one of which the CRM refuses for want of an amount.

For each call of the remote and each commit in the database, the process is killed (SIGKILL) in two worlds that begin
alike: before the step, and after it with the answer lost. Another process is started in its place, and nobody touches
anything. In the end deals, graves, records (the trash included), stamps, links with what they agreed on, open creations
and the ledger must be what they are after a run that nobody disturbed, but for ids and the log, and one more run must
find nothing to do.

| in the tables | means |
|---|---|
| gone on with | the process that was started in its place finished the work by itself |
| was done | all was done when it died |
| done by the next run | the next run did the rest: the one that died had noted nothing yet; or it had sent a page to Notion, whose listings may not show a new page for a minute, and until then nothing is sent again |
| not met | the clock decides whether a run comes to this step, and it did not |
| DIFFERS | a broken promise |
";
