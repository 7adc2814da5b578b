//! Deciding: a pure function from what both sides hold and last agreed on to what should be done.
//!
//! Read in this order: [`Inputs`], `planner` (the whole of it on one page), `identity` (who is who), `linked`, `restore`,
//! `survivor` and `fresh` (what to do with a pair, with a deleted deal, with a deal in its place, and with what is new),
//! `deletion` (how far one goes), `diff` (the three-way comparison), [`decide()`] (the record table), `resolve` (who
//! wins), `guard` (what looks like an accident); [`Plan`] is what comes out. [`plan_undo`] goes the way back.

mod choose;
mod conflict;
mod decide;
mod deletion;
mod diff;
mod display;
mod draft;
mod fresh;
mod guard;
mod identity;
mod inputs;
mod linked;
mod op;
mod planner;
mod question;
mod resolve;
mod restore;
mod strategy;
mod survivor;
mod trouble;
mod undo;
mod verify;

pub use choose::plan_choice;
pub use conflict::{Conflict, conflict_id};
pub use decide::{Case, Decision, Fate, decide};
pub use deletion::{Deletion, Deletions};
pub use guard::{Guard, Trip};
pub use inputs::{Inputs, Limits, Policy};
pub use op::{Action, Mode, Op, Plan, Purpose, Reading, Reason, Rule, UnitChange};
pub use planner::plan;
pub use question::{Answer, Lasting, Notice, Problem, Question, QuestionKind};
pub use strategy::{Precedence, Side, Strategy};
pub(crate) use trouble::attempt;
pub use undo::plan_undo;
pub use verify::{Drift, DriftKind, UnitDrift, Verification, verify};
