//! Running a target.

use std::env;
use std::fs;
use std::io::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::change::change;
use crate::shape::Shape;

/// How many inputs the short run of the suite tries, and for how long at most.
const SHORT: (u64, Duration) = (20_000, Duration::from_secs(2));
/// The most inputs that are kept to be changed further.
const KEPT: usize = 4_000;
/// The longest input, in bytes.
const LONGEST: usize = 64 * 1024;

/// Gives a target inputs until the time is over. The target panics where a promise is broken, and tells what it reached.
///
/// # Panics
/// When the target did, with the input that made it.
pub fn fuzz(target: &str, mut run: impl FnMut(&[u8], &mut Shape)) {
    let number = |variable: &str| env::var(variable).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("FUZZ_SEED").unwrap_or(1);
    let seconds = number("FUZZ_SECONDS");
    let (most, time) = seconds.map_or(SHORT, |seconds| (u64::MAX, Duration::from_secs(seconds)));
    let mut chance = StdRng::seed_from_u64(seed);
    let mut shape = Shape::default();
    let mut kept = corpus(target);
    let (begun, mut executions) = (Instant::now(), 0_u64);
    let mut queue = kept.clone();
    queue.push(Vec::new());
    while executions < most && (begun.elapsed() < time || !queue.is_empty()) {
        let input = queue.pop().unwrap_or_else(|| changed(&mut chance, &kept));
        if seconds.is_some() {
            // A stack that overflows leaves no time for more.
            write(target, "last", &input);
        }
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| run(&input, &mut shape)));
        executions += 1;
        if outcome.is_err() {
            let file = write(target, &format!("seed-{seed}-{executions}"), &input);
            fail(target, &file, &input);
        }
        if shape.take_new() && kept.len() < KEPT {
            kept.push(input);
        }
    }
    let took = begun.elapsed().as_millis().max(1);
    let rate = u128::from(executions) * 1_000 / took;
    let told =
        format!("{target}: {executions} executions, {rate}/s, {} shapes reached, seed {seed}", shape.count());
    writeln!(std::io::stdout().lock(), "{told}").ok();
}

/// An input that was kept, or nothing yet, with a few changes.
fn changed(chance: &mut StdRng, kept: &[Vec<u8>]) -> Vec<u8> {
    let pick = |chance: &mut StdRng| match kept.len() {
        0 => Vec::new(),
        count => kept.get(chance.random_range(0..count)).cloned().unwrap_or_default(),
    };
    let mut input = pick(chance);
    for _ in 0..chance.random_range(1..=4_u8) {
        let other = pick(chance);
        input = change(chance, input, &other);
        input.truncate(LONGEST);
    }
    input
}

/// The files that belong to a target, in the order of their names.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.iter().filter_map(|file| fs::read(file).ok()).collect()
}

fn write(target: &str, name: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz");
    let file = folder.join(format!("{target}-{name}"));
    fs::create_dir_all(&folder).and_then(|()| fs::write(&file, input)).ok();
    file
}

#[expect(clippy::panic, reason = "a broken promise fails the test that the target is")]
fn fail(target: &str, file: &Path, input: &[u8]) -> ! {
    let shown = String::from_utf8_lossy(input.get(..400).unwrap_or(input));
    panic!("{target} broke a promise over {} bytes, kept in {}: {shown:?}", input.len(), file.display())
}
