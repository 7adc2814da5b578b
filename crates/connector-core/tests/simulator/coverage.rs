//! Which cells of the record table the histories reach.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// How often the planner met each case under each strategy, by its own word.
#[derive(Default)]
pub(crate) struct Coverage {
    cells: BTreeMap<(String, String), u64>,
}

/// Rows of the table: nine ways in which a link's sides may stand, and seven others.
pub(crate) const ROWS: usize = 16;

thread_local! {
    static MET: RefCell<Coverage> = RefCell::default();
}

/// Does `work` on this thread; what it came to, and what the planner met in it.
pub(crate) fn watched<T>(work: impl FnOnce() -> T) -> (T, Coverage) {
    // For all threads at once: what one thread alone listens to may be switched off by another one.
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| tracing::subscriber::set_global_default(Listener).unwrap());
    MET.take();
    let done = work();
    (done, MET.take())
}

impl Coverage {
    /// How often each row of the table was reached under this strategy.
    pub(crate) fn of(&self, strategy: impl Debug) -> BTreeMap<String, u64> {
        let strategy = format!("{strategy:?}");
        let own = self.cells.iter().filter(|((_, under), _)| *under == strategy);
        own.map(|((case, _), count)| (case.clone(), *count)).collect()
    }
}

/// Notes what the planner tells on the thread on which it tells it.
struct Listener;

#[derive(Default)]
struct Cell {
    case: String,
    strategy: String,
}

impl Visit for Cell {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "case" => self.case = format!("{value:?}"),
            "strategy" => self.strategy = format!("{value:?}"),
            _ => {}
        }
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "connector_core::decide"
    }

    fn event(&self, event: &Event<'_>) {
        let mut cell = Cell::default();
        event.record(&mut cell);
        MET.with_borrow_mut(|met| *met.cells.entry((cell.case, cell.strategy)).or_default() += 1);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
