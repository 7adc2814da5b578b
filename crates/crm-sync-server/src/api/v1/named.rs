//! The words that stand for one of a few things, as requests and answers write them: documented from the very lists that
//! they are read from.

use connector_core::{mapping, plan, state, store};
use serde::{Deserialize, Serialize};
use strum::VariantArray as _;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::app::{AIRTABLE, NOTION};
use crate::service::policy;

macro_rules! named {
    ($(#[doc = $doc:literal] $name:ident: $of:ty = $all:expr;)+) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name(pub(crate) $of);

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                one_of($doc, $all.iter().map(ToString::to_string))
            }
        }

        impl ToSchema for $name {}
    )+};
}

fn one_of(doc: &str, words: impl Iterator<Item = String>) -> RefOr<Schema> {
    let word = ObjectBuilder::new().schema_type(Type::String).description(Some(doc.trim()));
    word.enum_values(Some(words)).into()
}

named! {
    /// Which way a run goes.
    Mode: plan::Mode = plan::Mode::VARIANTS;
    /// How a run stands.
    RunStatus: store::RunStatus = store::RunStatus::VARIANTS;
    /// What an operation does.
    Action: plan::Action = plan::Action::VARIANTS;
    /// What became of an operation.
    Outcome: store::OpOutcome = store::OpOutcome::VARIANTS;
    /// By which rule a unit moves.
    Rule: plan::Rule = plan::Rule::VARIANTS;
    /// What stops a plan that looks like an accident.
    Guard: plan::Guard = plan::Guard::VARIANTS;
    /// Who wins when both sides changed the same unit.
    Strategy: plan::Strategy = plan::Strategy::VARIANTS;
    /// What becomes of deals and records that were never linked: match and then create, only match, or only create.
    Pairing: policy::Pairing = policy::Pairing::VARIANTS;
    /// One of the two sides.
    Side: plan::Side = plan::Side::VARIANTS;
    /// Which value a pair starts from that is linked for the first time and differs.
    Precedence: plan::Precedence = plan::Precedence::VARIANTS;
    /// Which way the values of a pair go.
    Direction: mapping::Direction = mapping::Direction::VARIANTS;
    /// Whether a deal and a record are kept in agreement.
    LinkStatus: state::LinkStatus = state::LinkStatus::VARIANTS;
    /// How bad a finding is.
    Severity: mapping::Severity = [mapping::Severity::Info, mapping::Severity::Warning, mapping::Severity::Error];
    /// How far a deletion goes on the other side.
    Deletion: plan::Deletion = plan::Deletion::VARIANTS;
    /// What a person says to a question.
    Answer: plan::Answer = plan::Answer::VARIANTS;
    /// How sure a suggestion is.
    Confidence: mapping::Confidence = [mapping::Confidence::Sure, mapping::Confidence::Likely];
}

/// A remote, by its name in paths.
#[derive(Debug)]
pub(crate) struct Remote;

impl PartialSchema for Remote {
    fn schema() -> RefOr<Schema> {
        one_of("A remote.", [AIRTABLE, NOTION].into_iter().map(str::to_owned))
    }
}

impl ToSchema for Remote {}
