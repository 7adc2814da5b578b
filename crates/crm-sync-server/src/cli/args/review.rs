//! The commands with which people look at what runs did, and decide what they left.

use clap::{Args, Subcommand, ValueEnum};
use connector_core::plan::{Answer, Guard, Side};

use super::{Remote, Remotes, named};

/// `undo`
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// The run's id, as `status` prints it, or `last`
    #[arg(value_name = "RUN|last")]
    pub run: String,
    /// Makes and keeps the plan, and applies nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Lets this guard pass, this once
    #[arg(long = "override", value_name = "GUARD", value_parser = named::<Guard>)]
    pub overrides: Vec<Guard>,
    /// Does it without asking
    #[arg(long)]
    pub yes: bool,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `verify`
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Which remote
    #[arg(default_value = "all")]
    pub remote: Remotes,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `conflicts`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ConflictsArgs {
    /// What to do with one
    #[command(subcommand)]
    pub command: Option<ConflictsCommand>,
    /// Which remote
    #[arg(default_value = "all")]
    pub remote: Remotes,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

impl ConflictsArgs {
    /// Whether a program reads.
    #[must_use]
    pub const fn json(&self) -> bool {
        match self.command {
            Some(ConflictsCommand::Use { json, .. }) => json,
            None => self.json,
        }
    }
}

/// What to do with a conflict.
#[derive(Debug, Subcommand)]
pub enum ConflictsCommand {
    /// Makes one side's value that of both
    Use {
        /// The conflict's id, or how it begins
        conflict: String,
        /// Whose value is kept
        side: Kept,
        /// Prints one JSON document
        #[arg(long)]
        json: bool,
    },
}

/// Whose value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kept {
    /// The CRM's
    Crm,
    /// The remote's
    Remote,
}

impl From<Kept> for Side {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Crm => Self::Crm,
            Kept::Remote => Self::Remote,
        }
    }
}

/// `questions`
#[derive(Debug, Args)]
pub struct QuestionsArgs {
    /// Which remote
    #[arg(default_value = "all")]
    pub remote: Remotes,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `answer`
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// The remote
    pub remote: Remote,
    /// What is to become of it
    pub answer: Wish,
    /// The records, as `questions` prints them
    #[arg(required = true, value_name = "RECORD")]
    pub records: Vec<String>,
    /// Lets this guard pass, this once
    #[arg(long = "override", value_name = "GUARD", value_parser = named::<Guard>)]
    pub overrides: Vec<Guard>,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

/// What a person answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Wish {
    /// What is left of it goes too
    Delete,
    /// What is left of it stays, and what was edited comes back
    Keep,
}

impl From<Wish> for Answer {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::Delete => Self::Delete,
            Wish::Keep => Self::Keep,
        }
    }
}
