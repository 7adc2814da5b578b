//! How faithfully a pair carries values, said before anything is written.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::schema::FieldKind;
use crate::unit::UnitKind;

/// What becomes of values in each direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fidelity {
    /// From the deal's unit to the remote's cell.
    pub to_remote: Carries,
    /// From the remote's cell to the deal's unit.
    pub to_crm: Carries,
}

/// What becomes of values in one direction.
///
/// The length of text is no part of this: a text that is too long is refused where it is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "carries", content = "because", rename_all = "snake_case")]
pub enum Carries {
    /// Every value arrives, and comes back the same.
    Exact,
    /// Some values are changed on the way, or refused: how.
    Lossy(Vec<Loss>),
    /// No value can go this way: why.
    Impossible(Obstacle),
}

/// How some values are changed on their way, or which ones are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "loss", rename_all = "snake_case")]
pub enum Loss {
    /// Bold, links and other styles may be rewritten.
    Styles,
    /// The same meaning in our own notation: `12 500,00 €` becomes `12500`.
    Reformatted,
    /// Each record whose text was edited costs calls of its own to read.
    ReadOneByOne,
    /// Only records that we made and that nobody edited since are written.
    OnlyOurRecords,
    /// Text that is no number is not carried.
    OnlyNumbers,
    /// Text that is no percentage is not carried.
    OnlyPercentages,
    /// Text that is no length of time is not carried.
    OnlyDurations,
    /// What is not a whole number from 1 to `max` is not carried.
    OnlyRatings {
        /// The most stars.
        max: u32,
    },
    /// Text that is no ISO date is not carried.
    OnlyDates,
    /// Text that is no ISO instant is not carried.
    OnlyInstants,
    /// Words other than yes and no are not carried.
    OnlyYesNo,
    /// Text that is no e-mail address is not carried.
    OnlyEmails,
    /// Words that are no option of the field are not carried.
    OnlyOptions,
    /// New options are made for words that the remote takes as an option's name; other words are not carried.
    OnlyOptionNames,
    /// Words take the spelling of the option.
    SpelledAsOption,
    /// More than one at once is not carried.
    OnlyOne,
    /// Several options become one text with commas.
    OptionsJoined,
    /// A tag that contains the separator `|` is not carried.
    TagsWithSeparator,
    /// Rounded to `scale` digits after the point.
    Rounded {
        /// Digits after the point.
        scale: u32,
    },
    /// Carried whole, but the remote shows `scale` digits after the point, and equal so far counts as equal.
    ShownRounded {
        /// Digits after the point.
        scale: u32,
    },
    /// The time of the day is dropped.
    TimeOfDay,
    /// People become their names.
    PeopleAsNames,
    /// Linked records become their names; if one is not known, nothing is carried.
    LinksAsNames,
    /// Whatever it is becomes text, if it can.
    AsText,
    /// These stages have no option, so they are not carried.
    StagesWithoutOption {
        /// The stages.
        stages: Vec<String>,
    },
    /// These options mean no stage.
    OptionsWithoutStage {
        /// The names of the options.
        options: Vec<String>,
        /// The stage that they become; without it they are not carried.
        become_stage: Option<String>,
    },
    /// Several options mean one stage; going back, the first is written.
    OptionsMerged {
        /// The stage.
        stage: String,
        /// The names of its options, the one that is written first.
        options: Vec<String>,
    },
    /// Text that means no stage.
    UnknownWords {
        /// The stage that it becomes; without it, it is not carried.
        become_stage: Option<String>,
    },
}

/// Why no value can go one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "obstacle", rename_all = "snake_case")]
pub enum Obstacle {
    /// The CRM computes the unit.
    #[error("the CRM computes it, so it is only sent")]
    Derived,
    /// The remote does not let programs write the field.
    #[error("the remote computes the field, so it is only read")]
    ReadOnly,
    /// A date would have to invent a time of the day.
    #[error("a date has no time of the day, and the field wants one; choose a field of dates without time")]
    NoTimeOfDay,
    /// Fields of this kind can only be read into such a unit.
    #[error("a {field} field can only be read into this; choose a field of another type to send it")]
    ImportOnly {
        /// The kind of the field.
        field: String,
    },
    /// The kinds have nothing in common.
    #[error("{unit} and a {field} field have no value in common; choose a field of another type")]
    Kinds {
        /// The kind of the unit.
        unit: String,
        /// The kind of the field.
        field: String,
    },
}

impl Fidelity {
    pub(super) const EXACT: Self = Self { to_remote: Carries::Exact, to_crm: Carries::Exact };

    /// Each direction loses these; a direction that loses nothing is exact.
    pub(super) fn lossy(to_remote: Vec<Loss>, to_crm: Vec<Loss>) -> Self {
        Self { to_remote: to_remote.into(), to_crm: to_crm.into() }
    }

    /// Only read, losing these.
    pub(super) fn import_only(field: &FieldKind, to_crm: Vec<Loss>) -> Self {
        Self { to_remote: Carries::Impossible(Obstacle::import_only(field)), to_crm: to_crm.into() }
    }

    /// Neither read nor sent.
    pub(super) fn none(unit: &UnitKind, field: &FieldKind) -> Self {
        let obstacle = Obstacle::kinds(unit, field);
        Self { to_remote: Carries::Impossible(obstacle.clone()), to_crm: Carries::Impossible(obstacle) }
    }
}

impl Obstacle {
    pub(super) fn import_only(field: &FieldKind) -> Self {
        Self::ImportOnly { field: field.name().to_owned() }
    }

    pub(super) fn kinds(unit: &UnitKind, field: &FieldKind) -> Self {
        Self::Kinds { unit: unit_name(unit).to_owned(), field: field.name().to_owned() }
    }
}

impl From<Vec<Loss>> for Carries {
    /// No loss at all is exact.
    fn from(losses: Vec<Loss>) -> Self {
        if losses.is_empty() { Self::Exact } else { Self::Lossy(losses) }
    }
}

impl Carries {
    /// Whether any value can go this way.
    #[must_use]
    pub const fn is_possible(&self) -> bool {
        !matches!(self, Self::Impossible(_))
    }

    /// What is lost; nothing when exact or impossible.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        match self {
            Self::Lossy(losses) => losses,
            Self::Exact | Self::Impossible(_) => &[],
        }
    }

    /// Why no value can go this way, if none can.
    #[must_use]
    pub const fn obstacle(&self) -> Option<&Obstacle> {
        match self {
            Self::Impossible(obstacle) => Some(obstacle),
            Self::Exact | Self::Lossy(_) => None,
        }
    }
}

/// What a unit of this kind is called in a sentence.
const fn unit_name(kind: &UnitKind) -> &'static str {
    match kind {
        UnitKind::Text { .. } => "text",
        UnitKind::Number { .. } => "a number",
        UnitKind::Money { .. } => "an amount",
        UnitKind::Flag => "yes or no",
        UnitKind::Date => "a date",
        UnitKind::Instant => "an instant",
        UnitKind::Stage(_) => "a stage",
        UnitKind::Tags => "tags",
    }
}

impl fmt::Display for Fidelity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to the remote: {}; to the CRM: {}", self.to_remote, self.to_crm)
    }
}

impl fmt::Display for Carries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact => f.write_str("exact"),
            Self::Impossible(obstacle) => write!(f, "impossible, since {obstacle}"),
            Self::Lossy(losses) => {
                for (position, loss) in losses.iter().enumerate() {
                    if position > 0 {
                        f.write_str("; ")?;
                    }
                    write!(f, "{loss}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Styles => f.write_str("bold, links and other styles may be rewritten"),
            Self::Reformatted => f.write_str("values take a plain notation, as 12500 or 2026-12-31"),
            Self::OnlyNumbers => f.write_str("text that is no number is left out"),
            Self::OnlyPercentages => f.write_str("text that is no percentage, as 12 %, is left out"),
            Self::OnlyDurations => f.write_str("text that is no length of time, as 1:30:00, is left out"),
            Self::OnlyRatings { max } => write!(f, "what is not a whole number from 1 to {max} is left out"),
            Self::ReadOneByOne => f.write_str(
                "each record that was edited, and each one at first, costs a call or more of its own",
            ),
            Self::OnlyOurRecords => {
                f.write_str("only records that this program made and nobody edited since are written")
            }
            Self::OnlyDates => f.write_str("text that is no date, as 2026-12-31, is left out"),
            Self::OnlyInstants => {
                f.write_str("text that is no instant, as 2026-12-31T08:00:00Z, is left out")
            }
            Self::OnlyYesNo => f.write_str("words other than yes and no are left out"),
            Self::OnlyEmails => f.write_str("a person is found by e-mail address only; names are left out"),
            Self::OnlyOptions => f.write_str("words that are no option of the field are left out"),
            Self::OnlyOptionNames => {
                f.write_str("new words become new options; those with a comma are left out")
            }
            Self::SpelledAsOption => f.write_str("words take the spelling of the option"),
            Self::OnlyOne => f.write_str("more than one at once is left out"),
            Self::OptionsJoined => f.write_str("several options become one text with commas"),
            Self::TagsWithSeparator => f.write_str("a tag that contains | is left out"),
            Self::Rounded { scale } => write!(f, "rounded to {scale} digits after the point"),
            Self::ShownRounded { scale } => {
                write!(f, "the remote shows {scale} digits after the point, and more are not compared")
            }
            Self::TimeOfDay => f.write_str("the time of the day is dropped; the day is that of UTC"),
            Self::PeopleAsNames => f.write_str("people become their names"),
            Self::LinksAsNames => f.write_str("linked records become their names"),
            Self::AsText => f.write_str("what is found becomes text, if it can"),
            Self::StagesWithoutOption { stages } => {
                write!(f, "no option means {}; add one to the field or choose one", quoted(stages))
            }
            Self::OptionsWithoutStage { options, become_stage: Some(stage) } => {
                write!(
                    f,
                    "options without a stage become “{stage}” ({}); choose a stage for each",
                    quoted(options)
                )
            }
            Self::OptionsWithoutStage { options, become_stage: None } => {
                write!(
                    f,
                    "options without a stage are left out ({}); choose a stage for each",
                    quoted(options)
                )
            }
            Self::OptionsMerged { stage, options } => {
                write!(f, "{} all mean “{stage}”; going back, the first is written", quoted(options))
            }
            Self::UnknownWords { become_stage: Some(stage) } => {
                write!(f, "text that means no stage becomes “{stage}”")
            }
            Self::UnknownWords { become_stage: None } => f.write_str("text that means no stage is left out"),
        }
    }
}

/// Words in quotation marks, with commas.
pub(super) fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("“{word}”")).collect::<Vec<_>>().join(", ")
}
