//! The crash matrix: a scripted run, killed at each of its steps, and what comes of it.
//!
//! A step is a call of the remote or a commit in the database. At each the process dies twice, in two worlds that begin
//! alike: before the step, and after it with the answer lost. Another process is started in its place, and nobody touches
//! anything; in the end both sides and our books must hold what they hold after a run that nobody disturbed.

mod history;
mod step;
mod table;

pub use history::{Ending, Finisher, Matrix};
pub use step::{Point, Step};
pub use table::table;
