//! Why a value cannot be written to a field.

use serde::{Deserialize, Serialize};

use super::fidelity::{Obstacle, quoted};

/// Why a value cannot be written to a field: the value, what the field takes, what to do.
///
/// Texts in it are cut at 60 characters, and hidden when the unit is sensitive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// The field has no such option, and none may be made.
    #[error("“{name}” is no option of the field, which has {}{}; add the option or choose one of these", quoted(.options), and_more(*.more))]
    NoSuchOption {
        /// What was asked for.
        name: String,
        /// Some of the field's options: at most [`Refusal::OPTIONS_SHOWN`].
        options: Vec<String>,
        /// How many more there are.
        more: usize,
    },
    /// A new option would have a comma in its name, which remotes refuse or take for two.
    #[error(
        "“{name}” has a comma, and no option can be made with one; add the option by hand or drop the comma"
    )]
    OptionWithComma {
        /// What was asked for.
        name: String,
    },
    /// The text is longer than the field takes.
    #[error("it has {chars} characters, and the field takes at most {max}; shorten it")]
    TooLong {
        /// The most that the field takes.
        max: usize,
        /// What the text has.
        chars: usize,
    },
    /// The field takes people, and this names none for sure.
    #[error("“{value}” is no e-mail address, and only that tells which person is meant; write the address")]
    NotAPerson {
        /// The text.
        value: String,
    },
    /// The remote does not let programs write the field.
    #[error("the field “{field}” is computed by the remote and cannot be written; map a field that can")]
    ReadOnly {
        /// The field's name.
        field: String,
    },
    /// The field takes numbers.
    #[error("“{value}” is not surely a number; write it as 12500.50")]
    NotANumber {
        /// The text.
        value: String,
    },
    /// The field takes percentages.
    #[error("“{value}” is no percentage; write it as 12 %")]
    NotAPercentage {
        /// The text.
        value: String,
    },
    /// The field takes lengths of time.
    #[error("“{value}” is no length of time; write it as 1:30:00")]
    NotADuration {
        /// The text.
        value: String,
    },
    /// The field takes stars.
    #[error(
        "“{value}” is no whole number from 1 to {max}, which is what the field takes; change it or clear it"
    )]
    NotARating {
        /// The number.
        value: String,
        /// The most stars.
        max: u32,
    },
    /// The field takes dates.
    #[error("“{value}” is no date; write it as 2026-12-31")]
    NotADate {
        /// The text.
        value: String,
    },
    /// The field takes instants.
    #[error("“{value}” is no instant; write it as 2026-12-31T08:00:00Z")]
    NotAnInstant {
        /// The text.
        value: String,
    },
    /// The field takes yes or no.
    #[error("“{value}” is neither yes nor no; write one of these")]
    NotYesOrNo {
        /// The text.
        value: String,
    },
    /// The deal's stage is none of the vocabulary.
    #[error("“{value}” is no stage; the stages are {}", quoted(.stages))]
    NotAStage {
        /// The word.
        value: String,
        /// The stages.
        stages: Vec<String>,
    },
    /// The field takes one option.
    #[error("there are {count}, and the field takes one; keep one or map a field that takes several")]
    OnlyOne {
        /// How many there are.
        count: usize,
    },
    /// A tag contains what separates tags in text.
    #[error("the tag “{tag}” contains |, which separates tags in a text field; rename the tag")]
    TagWithSeparator {
        /// The tag.
        tag: String,
    },
    /// The value itself could not be read.
    #[error("the value could not be read ({why}), so it is not written")]
    Unreadable {
        /// Why.
        why: String,
    },
    /// The value is not of the unit's kind: a fault of the embedding program.
    #[error("{value} is not what the unit holds")]
    WrongKind {
        /// The value.
        value: String,
    },
    /// No value can go this way.
    #[error(transparent)]
    Impossible(Obstacle),
}

impl Refusal {
    /// The most options that a refusal lists.
    pub const OPTIONS_SHOWN: usize = 8;

    /// Hides the contents of the value.
    pub(super) fn concealed(mut self) -> Self {
        match &mut self {
            Self::NoSuchOption { name: value, .. }
            | Self::OptionWithComma { name: value }
            | Self::TagWithSeparator { tag: value }
            | Self::Unreadable { why: value }
            | Self::NotAPerson { value }
            | Self::NotANumber { value }
            | Self::NotAPercentage { value }
            | Self::NotADuration { value }
            | Self::NotADate { value }
            | Self::NotAnInstant { value }
            | Self::NotYesOrNo { value }
            | Self::NotARating { value, .. }
            | Self::NotAStage { value, .. }
            | Self::WrongKind { value } => "…".clone_into(value),
            Self::TooLong { .. } | Self::ReadOnly { .. } | Self::OnlyOne { .. } | Self::Impossible(_) => {}
        }
        self
    }
}

/// A text cut for a message.
pub(super) fn shown(text: &str) -> String {
    const SHOWN_CHARS: usize = 60;
    let mut cut: String = text.trim().chars().take(SHOWN_CHARS).collect();
    if text.trim().chars().nth(SHOWN_CHARS).is_some() {
        cut.push('…');
    }
    cut
}

fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" and {more} more") }
}
