//! What a sync costs: `cargo xtask bench`. A figure beyond its aim ends with exit code 1.

mod memory;
mod planning;

use std::io::Write as _;

/// One measured figure and what it is held against.
struct Figure {
    what: &'static str,
    value: f64,
    unit: &'static str,
    aim: f64,
}

fn main() -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if std::env::args().nth(1).as_deref() == Some(memory::CHILD) {
        writeln!(out, "{}", memory::sync_many()?)?;
        return Ok(());
    }
    let mut missed = 0;
    writeln!(out, "{:<72} {:>12} {:>12}", "what", "measured", "at most")?;
    for figure in planning::measure()?.into_iter().chain(memory::measure()?) {
        let Figure { what, value, unit, aim } = figure;
        let miss = if value > aim { "  beyond the aim" } else { "" };
        missed += usize::from(value > aim);
        writeln!(
            out,
            "{what:<72} {:>12} {:>12}{miss}",
            format!("{value:.2} {unit}"),
            format!("{aim:.0} {unit}")
        )?;
    }
    anyhow::ensure!(missed == 0, "{missed} figures are beyond their aim");
    Ok(())
}
