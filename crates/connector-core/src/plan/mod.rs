//! Deciding: a pure function from what both sides hold and last agreed on to what should be done.

mod conflict;
mod guard;
mod op;
mod question;
mod strategy;

pub use conflict::{Conflict, conflict_id};
pub use guard::{Guard, Trip};
pub use op::{Action, Mode, Op, Plan, Reading, Reason, Rule, UnitChange};
pub use question::{Notice, Problem, Question, QuestionKind};
pub use strategy::{Precedence, Side, Strategy};
