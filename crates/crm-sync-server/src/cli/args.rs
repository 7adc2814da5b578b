//! The command line.

mod review;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use connector_core::plan::{Deletion, Guard, Mode, Precedence, Side, Strategy};

pub use self::review::{
    AnswerArgs, ConflictsArgs, ConflictsCommand, Kept, QuestionsArgs, UndoArgs, VerifyArgs, Wish,
};
use crate::app::{AIRTABLE, NOTION};
use crate::service::policy::Pairing;
use crate::settings::Environment;

const EXIT_CODES: &str = "\
Exit codes:
  0  done; also when another sync of the same table is under way and this one did nothing
  1  failed: the message says why
  2  the command line is wrong
  3  done in part: something could not be synced, or Ctrl-C stopped it; of verify: the sides differ
  4  halted: a person has to look first (a guard, or the first sync of a table)";

/// Keeps the deals of a CRM in step with Airtable and Notion.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, after_long_help = EXIT_CODES)]
pub struct Cli {
    /// What the program runs with.
    #[command(flatten)]
    pub environment: Environment,
    /// What to do [default: serve]
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the CRM, its page and other programs over HTTP
    Serve(ServeArgs),
    /// Tells the story of a sync on this machine: no account, no token, no database server
    Demo(DemoArgs),
    /// Connects a table or database: finds its columns, suggests the mapping, checks and stores it
    Configure(ConfigureArgs),
    /// Checks token, table and mapping, shows sample records and what would be lost; writes nothing
    Check(CheckArgs),
    /// Syncs the CRM and a remote: reads, plans, applies
    Sync(SyncArgs),
    /// Makes a plan and keeps it for an hour; changes nothing else
    Plan(PlanArgs),
    /// Applies a kept plan, exactly
    Apply(ApplyArgs),
    /// Takes back what a run did, where nobody has edited it since
    Undo(UndoArgs),
    /// Compares both sides with what they last agreed on; writes nothing
    Verify(VerifyArgs),
    /// Shows what both sides changed, or keeps one side's value
    Conflicts(ConflictsArgs),
    /// Shows what waits for an answer, deletions among it
    Questions(QuestionsArgs),
    /// Answers for records: deletes what is left, or keeps it
    Answer(AnswerArgs),
    /// Shows what is configured and what the last syncs did
    Status(StatusArgs),
    /// Adds the deals of a CSV file with the CRM's headings; a file imported again adds nothing
    ImportCsv(ImportArgs),
    /// Encrypts the stored tokens with another key: the environment's, or a new one in the key file
    RotateKey(RotateKeyArgs),
    /// Takes everything of this program out of the CRM's database again, and leaves the CRM's own
    Retire(RetireArgs),
}

/// A remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Remote {
    /// An Airtable table
    Airtable,
    /// A Notion database
    Notion,
}

/// One remote or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Remotes {
    /// The Airtable table
    Airtable,
    /// The Notion database
    Notion,
    /// All that are configured
    All,
}

impl Remotes {
    /// Whether one remote was asked for, so that its failure is the command's.
    #[must_use]
    pub const fn is_one(self) -> bool {
        !matches!(self, Self::All)
    }

    /// Its name, when one was asked for.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Airtable => Some(AIRTABLE),
            Self::Notion => Some(NOTION),
            Self::All => None,
        }
    }
}

/// `serve`: all it needs is in the environment.
#[derive(Debug, Args)]
pub struct ServeArgs {}

/// `demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Ends after the story instead of staying up
    #[arg(long)]
    pub once: bool,
    /// Where the demo keeps its CRM, its Airtable and its Notion
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    pub data: PathBuf,
    /// Begins anew
    #[arg(long)]
    pub fresh: bool,
}

/// `configure`
#[derive(Debug, Args)]
pub struct ConfigureArgs {
    /// The remote
    pub remote: Remote,
    /// The base or database: its id, its address or its name [default: the one of before, or the CRM's own setting]
    #[arg(long)]
    pub base: Option<String>,
    /// The table or data source, likewise [default: likewise, or the only one]
    #[arg(long)]
    pub table: Option<String>,
    /// The field of a unit, as statut=Stage; nothing after = unmaps the unit
    #[arg(long, value_name = "UNIT=FIELD", value_parser = pair)]
    pub map: Vec<(String, String)>,
    /// Who wins when both sides changed the same thing
    #[arg(long, value_parser = named::<Strategy>, value_name = "STRATEGY", long_help = "Who wins when both sides changed the same \
        thing: newest_unit (the later edit, the default), newest_record, crm_wins, remote_wins or manual")]
    pub strategy: Option<Strategy>,
    /// Who wins when the order of two edits cannot be known: crm (the default) or remote
    #[arg(long, value_parser = named::<Side>, value_name = "crm|remote")]
    pub tie: Option<Side>,
    /// What becomes of deals and records that were never linked
    #[arg(long, value_parser = named::<Pairing>, value_name = "PAIRING", long_help = "What becomes of deals and records \
        that were never linked: match_then_create (those alike are linked, the rest is made on the other side, the \
        default), match_only (the rest is left alone) or create_only (all are made, whatever looks alike)")]
    pub pairing: Option<Pairing>,
    /// Which value a pair starts from that is linked for the first time and differs
    #[arg(long, value_parser = named::<Precedence>, value_name = "newer|crm|remote|ask", long_help = "Which value a pair \
        starts from that is linked for the first time and differs: newer (the later edit, the default), crm, remote or ask \
        (both stay, and a person decides)")]
    pub precedence: Option<Precedence>,
    /// Lets a copy of a linked record become a deal of its own without being asked about: true or false
    #[arg(long, value_name = "BOOL")]
    pub copies: Option<bool>,
    /// Lets an import write the deal's id into the record that it came from: true or false
    #[arg(long, value_name = "BOOL")]
    pub stamp: Option<bool>,
    /// The field that holds the deals' ids: create, none, or a field's name
    #[arg(long, value_name = "create|NAME|none")]
    pub key_field: Option<String>,
    /// The units that tell which deal a record without id is, with commas
    #[arg(long, value_name = "UNITS", value_delimiter = ',')]
    pub natural_key: Option<Vec<String>>,
    /// Lets a sync add unknown options to select fields: true or false
    #[arg(long, value_name = "BOOL")]
    pub create_options: Option<bool>,
    /// What becomes of a deal whose record was deleted
    #[arg(long, value_parser = named::<Deletion>, value_name = "off|flag|archive|hard", long_help = "What becomes of a deal whose \
        record was deleted: off (it is left alone, the default), flag (it gets the mark), archive or hard (it goes; what it \
        held can be brought back)")]
    pub deletions_in_crm: Option<Deletion>,
    /// What becomes of a record whose deal was deleted
    #[arg(long, value_parser = named::<Deletion>, value_name = "off|flag|archive|hard", long_help = "What becomes of a record whose \
        deal was deleted: off (it is left alone, the default), flag (it gets the mark), archive (it goes to the trash, or \
        gets the mark where there is no trash), hard (it goes, for good where there is no trash)")]
    pub deletions_in_remote: Option<Deletion>,
    /// Lets each deletion wait for an answer: true or false
    #[arg(long, value_name = "BOOL")]
    pub deletions_ask: Option<bool>,
    /// Lets a deletion on the side that is said to win take along what was edited on the other side since: true or false
    #[arg(long, value_name = "BOOL")]
    pub deletions_win: Option<bool>,
    /// What marks a deal whose record was deleted, in a unit that is not mapped, as notes=supprimé
    #[arg(long, value_name = "UNIT=VALUE", value_parser = pair)]
    pub mark_deal: Option<(String, String)>,
    /// What marks a record whose deal was deleted, in a field that is not mapped, as Deleted=yes
    #[arg(long, value_name = "FIELD=VALUE", value_parser = pair)]
    pub mark_record: Option<(String, String)>,
    /// The most requests in a month, as 1000 on Airtable's free plan; 0: no limit
    #[arg(long, value_name = "NUMBER")]
    pub monthly_calls: Option<u64>,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The remote
    #[arg(default_value = "airtable")]
    pub remote: Remote,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `sync`
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// Which remote
    pub remote: Remotes,
    #[command(flatten)]
    way: Way,
    /// Makes and keeps the plan, and applies nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
    /// Lets this guard pass, this once
    #[arg(long = "override", value_name = "GUARD", value_parser = named::<Guard>)]
    pub overrides: Vec<Guard>,
    /// Tries again what was refused too often and set aside
    #[arg(long)]
    pub retry: bool,
    /// Applies the first plan of a table without asking
    #[arg(long)]
    pub yes: bool,
}

impl SyncArgs {
    /// Which way.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.way.mode()
    }
}

/// `plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The remote
    pub remote: Remote,
    #[command(flatten)]
    way: Way,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

impl PlanArgs {
    /// Which way.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.way.mode()
    }
}

#[derive(Debug, Args)]
struct Way {
    /// Only from the remote into the CRM
    #[arg(long, conflicts_with = "export")]
    import: bool,
    /// Only from the CRM into the remote
    #[arg(long)]
    export: bool,
}

impl Way {
    fn mode(&self) -> Mode {
        match (self.import, self.export) {
            (true, _) => Mode::Import,
            (_, true) => Mode::Export,
            _ => Mode::Sync,
        }
    }
}

/// `apply`
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The plan's id, as `plan` and `sync --dry-run` print it
    pub plan: String,
    /// Operations to leave out, by their number in the plan, with commas
    #[arg(long, value_name = "SEQ", value_delimiter = ',')]
    pub without: Vec<u32>,
    /// Lets this guard pass, this once
    #[arg(long = "override", value_name = "GUARD", value_parser = named::<Guard>)]
    pub overrides: Vec<Guard>,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `status`
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `import-csv`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file
    pub file: PathBuf,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `rotate-key`
#[derive(Debug, Args)]
pub struct RotateKeyArgs {
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `retire`
#[derive(Debug, Args)]
pub struct RetireArgs {
    /// What becomes of the stored tokens: clear (put back unencrypted, for a CRM that uses them) or forgotten
    #[arg(long, value_name = "clear|forgotten")]
    pub tokens: TokensLeft,
    /// Does it without asking
    #[arg(long)]
    pub yes: bool,
}

/// What becomes of the stored tokens when this program goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TokensLeft {
    /// They lie in clear again, as the CRM would have stored them.
    Clear,
    /// They are gone.
    Forgotten,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (unit, field) = text.split_once('=').ok_or("statut=Stage")?;
    Ok((unit.trim().to_owned(), field.trim().to_owned()))
}

/// One of an enum's values by its name; otherwise all the names, which the message about the value goes on with.
fn named<T: std::str::FromStr + strum::VariantArray + std::fmt::Display>(text: &str) -> Result<T, String> {
    text.replace('-', "_").parse().map_err(|_| {
        let names: Vec<String> = T::VARIANTS.iter().map(ToString::to_string).collect();
        names.join(", ")
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_guard_is_named_with_either_sign() {
        assert_eq!(named("mass-delete"), Ok(Guard::MassDelete));
        assert_eq!(named("mass_delete"), Ok(Guard::MassDelete));
        assert!(named::<Guard>("all").unwrap_err().contains("create_flood"));
    }

    #[test]
    fn a_sync_goes_one_way_or_both() {
        let mode = |arguments: &[&str]| {
            let cli = Cli::try_parse_from([&["crm-sync-server", "sync", "airtable"], arguments].concat());
            match cli.map(|cli| cli.command) {
                Ok(Some(Command::Sync(sync))) => Some(sync.mode()),
                _ => None,
            }
        };
        assert_eq!(mode(&[]), Some(Mode::Sync));
        assert_eq!(mode(&["--import"]), Some(Mode::Import));
        assert_eq!(mode(&["--export"]), Some(Mode::Export));
        assert_eq!(mode(&["--import", "--export"]), None);
    }
}
