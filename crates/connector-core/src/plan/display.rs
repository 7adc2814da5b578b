//! Plans as sentences, in English, for logs, tests and library users.

use std::collections::BTreeMap;
use std::fmt;

use super::guard::Trip;
use super::op::{Action, Op, Plan, Reason, Rule, UnitChange};
use super::question::{Notice, Question, QuestionKind};
use super::strategy::Side;

impl fmt::Display for Plan {
    /// One line that counts, then one for each guard, operation, open conflict, question and notice.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
        for op in &self.ops {
            *counts.entry(op.action).or_default() += 1;
        }
        write!(
            f,
            "{} of {} pairs unchanged",
            self.reading.unchanged,
            self.reading.deals.max(self.reading.records)
        )?;
        for (action, count) in counts {
            write!(f, ", {count} to {}", verb(action))?;
        }
        writeln!(f)?;
        self.trips.iter().try_for_each(|trip| writeln!(f, "stopped: {trip}"))?;
        self.ops.iter().try_for_each(|op| writeln!(f, "{op}"))?;
        for conflict in &self.conflicts {
            writeln!(
                f,
                "deal {}, {}: the CRM says {}, the remote says {}; a person decides",
                conflict.deal, conflict.unit, conflict.crm, conflict.theirs
            )?;
        }
        self.questions.iter().try_for_each(|question| writeln!(f, "{question}"))?;
        self.notices.iter().try_for_each(|notice| writeln!(f, "{notice}"))
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. {} {}", self.seq, verb(self.action), self.label)?;
        for (position, change) in self.changes.iter().enumerate() {
            f.write_str(if position == 0 { ": " } else { "; " })?;
            match self.action {
                Action::UpdateDeal | Action::UpdateRecord | Action::FlagDeal => write!(f, "{change}")?,
                Action::DeleteDeal | Action::DeleteRecord => write!(f, "{} {}", change.unit, change.before)?,
                _ => write!(f, "{} {}", change.unit, change.after)?,
            }
        }
        write!(f, " ({})", self.reason)?;
        for conflict in &self.conflicts {
            if let Some(loser) = conflict.loser() {
                write!(f, " [keeps {loser} of {} in the ledger]", conflict.unit)?;
            }
            if conflict.clock_suspect {
                f.write_str(" [by clocks that differ]")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for UnitChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} → {}", self.unit, self.before, self.after)?;
        match self.rule {
            Rule::Later => f.write_str(", the later edit"),
            Rule::Tie => f.write_str(", a tie"),
            Rule::Preferred => f.write_str(", by preference"),
            Rule::WholeRecord => f.write_str(", with its record"),
            Rule::Filled => f.write_str(", filled"),
            Rule::OneSided | Rule::Same | Rule::Whole => Ok(()),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited(side) => write!(f, "edited in {}", name(*side)),
            Self::New(side) => write!(f, "new in {}", name(*side)),
            Self::Deleted(side) => write!(f, "deleted in {}", name(*side)),
            Self::EditBeatsDelete(side) => {
                write!(f, "edited in {} after it was deleted in {}", name(*side), name(side.other()))
            }
            Self::Matched => f.write_str("both are the same deal"),
            Self::Replaced => f.write_str("in the place of a deleted record"),
            Self::Inherited => f.write_str("a new deal takes over the record of one that is gone"),
            Self::Adopted => f.write_str("made by a run that was cut off"),
            Self::Converged => f.write_str("both sides came to the same"),
            Self::Chosen => f.write_str("chosen by a person"),
            Self::Swept => f.write_str("made twice by a run that was cut off"),
            Self::Undone => f.write_str("taken back"),
            Self::Unstamped => f.write_str("it does not carry its deal's id"),
        }
    }
}

impl fmt::Display for Trip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.guard)?;
        if let Some(side) = self.side {
            write!(f, " in {}", name(side))?;
        }
        if let Some(unit) = &self.unit {
            write!(f, ", {unit}")?;
        }
        write!(f, ": {} of {}", self.count, self.of)
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.label)?;
        match self.kind {
            QuestionKind::Ambiguous => {
                f.write_str("several deals or records have this key; which belong together?")?;
            }
            QuestionKind::Copy => {
                f.write_str("a record carries the id of a deal that has another record; a copy?")?;
            }
            QuestionKind::Restored => {
                f.write_str("a record of a deleted deal is there again; bring the deal back?")?;
            }
            QuestionKind::UnknownStamp => {
                f.write_str("a record carries the id of a deal that does not exist")?;
            }
            QuestionKind::SecondDeal => f.write_str("a second deal claims a record that is linked")?,
            QuestionKind::EditedAfterDelete(side) => write!(
                f,
                "edited in {} after it was deleted in {}; delete or keep?",
                name(side),
                name(side.other())
            )?,
            QuestionKind::DeletedOn(side) => {
                write!(f, "deleted in {}; delete it in {}?", name(side), name(side.other()))?;
            }
            QuestionKind::LostCreate => {
                f.write_str("several records look like one that a cut-off run was making")?;
            }
            QuestionKind::Merged => {
                f.write_str("deleted in the CRM, where another deal has this key; merged, or delete it in the remote?")?;
            }
            QuestionKind::Vanished => f.write_str("its record is not to be seen, and may not be deleted")?,
        }
        let deals = self.deals.iter().map(|id| format!("deal {id}"));
        let records = self.remotes.iter().map(|id| format!("record {id}"));
        write!(f, " ({})", deals.chain(records).collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.label.is_empty() {
            write!(f, "{}, ", self.label)?;
        }
        match (&self.field, &self.unit) {
            (Some(field), _) => write!(f, "{field}")?,
            (None, Some(unit)) => write!(f, "{unit}")?,
            (None, None) if self.label.is_empty() => return write!(f, "{}", self.problem),
            (None, None) => f.write_str("record")?,
        }
        if !self.value.is_empty() && !self.value.is_unknown() {
            write!(f, " {}", self.value)?;
        }
        write!(f, ": {}", self.problem)
    }
}

const fn verb(action: Action) -> &'static str {
    match action {
        Action::Link => "link",
        Action::Agree => "note as agreed",
        Action::Forget => "forget",
        Action::Release => "release",
        Action::UpdateDeal => "update in the CRM",
        Action::RestoreDeal => "bring back in the CRM",
        Action::CreateDeal => "create in the CRM",
        Action::UpdateRecord => "update in the remote",
        Action::CreateRecord => "create in the remote",
        Action::RecreateRecord => "create again in the remote",
        Action::RestoreRecord => "take from the trash in the remote",
        Action::Stamp => "stamp",
        Action::FlagDeal => "mark in the CRM",
        Action::FlagRecord => "mark in the remote",
        Action::DeleteRecord => "delete in the remote",
        Action::DeleteDeal => "delete in the CRM",
    }
}

const fn name(side: Side) -> &'static str {
    match side {
        Side::Crm => "the CRM",
        Side::Remote => "the remote",
    }
}
