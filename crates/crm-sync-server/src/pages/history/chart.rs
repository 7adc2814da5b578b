//! The chart of the runs: bars that the server draws, with the same numbers as text.

use super::totals;
use crate::messages::{self, Lang};
use crate::service::connection;
use crate::store::Run;

/// How many runs the chart shows.
const BARS: usize = 30;
/// The size of the drawing, in its own units.
const WIDTH: u64 = 720;
const HEIGHT: u64 = 150;
/// Where the bars stand.
const BASE: u64 = 126;
const TOP: u64 = 14;
const LEFT: u64 = 44;

/// The chart of the last runs, oldest first.
#[derive(Debug)]
pub(super) struct Chart {
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) base: u64,
    pub(super) top: u64,
    pub(super) left: u64,
    /// Where the date of the first bar begins.
    pub(super) first_date: u64,
    /// The greatest number, beside the upper line.
    pub(super) most: String,
    pub(super) bars: Vec<Bar>,
    /// All of it in a sentence.
    pub(super) told: String,
    pub(super) first: String,
    pub(super) last: String,
}

/// One run.
#[derive(Debug)]
pub(super) struct Bar {
    pub(super) run: String,
    pub(super) told: String,
    pub(super) when: String,
    pub(super) remote: String,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) failed: u64,
    pub(super) pieces: Vec<Piece>,
}

/// A rectangle of one bar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) class: &'static str,
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
}

impl Chart {
    /// The chart of these runs, given newest first; none without two of them.
    pub(super) fn of(lang: Lang, runs: &[Run]) -> Option<Self> {
        let shown: Vec<&Run> = runs.iter().take(BARS).rev().collect();
        let (first, last) = (shown.first()?, shown.last().filter(|_| shown.len() > 1)?);
        let sum = |(created, updated, failed): (u64, u64, u64)| created + updated + failed;
        let most = shown.iter().map(|run| sum(totals(run))).max().unwrap_or_default().max(1);
        let count = u64::try_from(shown.len()).unwrap_or(u64::MAX);
        let bar = ((WIDTH - LEFT) / count).min(40) * 7 / 10;
        // From one end to the other, the oldest and the newest above their dates.
        let step = (WIDTH - LEFT - bar) / (count - 1);
        let first_date = WIDTH - bar - step * (count - 1);
        let bars: Vec<Bar> = shown
            .iter()
            .zip(0_u64..)
            .map(|(run, place)| {
                let (created, updated, failed) = totals(run);
                let when = messages::moment(lang, run.record.started);
                Bar {
                    run: run.record.id.to_string(),
                    told: messages::bar_told(lang, &when, created, updated, failed),
                    when,
                    remote: messages::remote_name(connection::remote_of(&run.connection)).to_owned(),
                    created,
                    updated,
                    failed,
                    pieces: pieces(first_date + place * step, bar, most, [created, updated, failed]),
                }
            })
            .collect();
        let total =
            |of: fn(&Bar) -> u64| usize::try_from(bars.iter().map(of).sum::<u64>()).unwrap_or(usize::MAX);
        let told = messages::chart_told(
            lang,
            bars.len(),
            total(|bar| bar.created),
            total(|bar| bar.updated),
            total(|bar| bar.failed),
        );
        Some(Self {
            width: WIDTH,
            height: HEIGHT,
            base: BASE,
            top: TOP,
            left: LEFT,
            first_date,
            most: messages::whole(lang, usize::try_from(most).unwrap_or(usize::MAX)),
            told,
            first: messages::moment(lang, first.record.started),
            last: messages::moment(lang, last.record.started),
            bars,
        })
    }
}

/// The rectangles of one bar, each on the one before; what is there shows, however little it is.
fn pieces(x: u64, width: u64, most: u64, numbers: [u64; 3]) -> Vec<Piece> {
    let mut y = BASE;
    let mut pieces = Vec::new();
    for (class, number) in ["created", "updated", "failed"].into_iter().zip(numbers) {
        if number > 0 {
            let height = (number.saturating_mul(BASE - TOP) / most).max(2);
            y = y.saturating_sub(height);
            pieces.push(Piece { class, x, y, width, height });
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_stands_on_its_line_and_a_single_failure_is_seen_beside_thousands() {
        let drawn = pieces(10, 8, 10_001, [10_000, 0, 1]);
        assert_eq!(drawn.len(), 2);
        assert_eq!(drawn[0].y + drawn[0].height, BASE);
        assert_eq!(drawn[1], Piece { class: "failed", x: 10, y: drawn[0].y - 2, width: 8, height: 2 });
    }
}
