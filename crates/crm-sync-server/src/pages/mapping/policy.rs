//! What is chosen beside the pairs: who wins, what is made, what becomes of deletions.

use std::collections::BTreeMap;

use connector_core::plan::{Deletion, Deletions, Policy, Precedence, Side, Strategy};
use connector_core::unit::Units;
use strum::VariantArray as _;

use super::Context;
use crate::messages::{self, Lang, Words};
use crate::pages::tool::Tool;
use crate::service::marks;
use crate::service::policy::Pairing;

/// One of a few things that can be chosen.
#[derive(Debug)]
pub(in crate::pages) struct Choice<T> {
    pub(in crate::pages) value: T,
    pub(in crate::pages) name: String,
    pub(in crate::pages) why: String,
    pub(in crate::pages) is_on: bool,
}

/// Something that is done or not.
#[derive(Debug)]
pub(super) struct Switch {
    /// Its field of the form.
    pub(super) field: &'static str,
    pub(super) name: String,
    pub(super) why: String,
    pub(super) is_on: bool,
}

/// What becomes of one side when the other is deleted.
#[derive(Debug)]
pub(super) struct DeletionView {
    /// The side that it is done to.
    pub(super) side: Side,
    pub(super) name: String,
    pub(super) steps: Vec<Choice<Deletion>>,
    /// That nothing is marked, if so.
    pub(super) missing: String,
}

/// What marks one side when the other is deleted.
#[derive(Debug)]
pub(super) struct MarkView {
    pub(super) side: Side,
    pub(super) name: String,
    pub(super) places: Vec<MarkPlace>,
    pub(super) value: String,
    pub(super) fault: String,
}

/// A field or a unit that could hold a mark.
#[derive(Debug)]
pub(super) struct MarkPlace {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) is_on: bool,
}

fn choices<T: Copy + PartialEq>(
    all: &[T],
    chosen: T,
    words: impl Fn(T) -> (String, String),
) -> Vec<Choice<T>> {
    let choice = |value: &T| {
        let (name, why) = words(*value);
        Choice { value: *value, name, why, is_on: *value == chosen }
    };
    all.iter().map(choice).collect()
}

pub(super) fn strategies(t: Words, chosen: Strategy) -> Vec<Choice<Strategy>> {
    choices(Strategy::VARIANTS, chosen, |strategy| match strategy {
        Strategy::NewestUnit => (t.strategy_newest_unit(), t.strategy_newest_unit_why()),
        Strategy::NewestRecord => (t.strategy_newest_record(), t.strategy_newest_record_why()),
        Strategy::CrmWins => (t.strategy_crm_wins(), t.strategy_crm_wins_why()),
        Strategy::RemoteWins => (t.strategy_remote_wins(), t.strategy_remote_wins_why()),
        Strategy::Manual => (t.strategy_manual(), t.strategy_manual_why()),
    })
}

/// What becomes of deals and records that were never linked.
pub(in crate::pages) fn pairings(t: Words, chosen: Pairing) -> Vec<Choice<Pairing>> {
    choices(Pairing::VARIANTS, chosen, |pairing| match pairing {
        Pairing::MatchThenCreate => (t.pairing_match_then_create(), t.pairing_match_then_create_why()),
        Pairing::MatchOnly => (t.pairing_match_only(), t.pairing_match_only_why()),
        Pairing::CreateOnly => (t.pairing_create_only(), t.pairing_create_only_why()),
    })
}

/// Which value a new pair starts from.
pub(in crate::pages) fn precedences(t: Words, chosen: Precedence) -> Vec<Choice<Precedence>> {
    choices(Precedence::VARIANTS, chosen, |precedence| match precedence {
        Precedence::Newer => (t.strategy_newest_unit(), t.strategy_newest_unit_why()),
        Precedence::Crm => (t.strategy_crm_wins(), t.strategy_crm_wins_why()),
        Precedence::Remote => (t.strategy_remote_wins(), t.strategy_remote_wins_why()),
        Precedence::Ask => (t.strategy_manual(), t.strategy_manual_why()),
    })
}

pub(super) fn ties(t: Words, chosen: Side) -> Vec<Choice<Side>> {
    choices(Side::VARIANTS, chosen, |side| match side {
        Side::Crm => (t.strategy_crm_wins(), String::new()),
        Side::Remote => (t.strategy_remote_wins(), String::new()),
    })
}

pub(super) fn switches(t: Words, policy: &Policy) -> Vec<Switch> {
    let switch = |field, name, why, is_on| Switch { field, name, why, is_on };
    vec![
        switch("copies", t.copies(), t.copies_why(), policy.copies),
        switch("stamp", t.stamp(), t.stamp_why(), policy.stamp),
        switch(
            "delete_beats_edit",
            t.delete_beats_edit(),
            t.delete_beats_edit_why(),
            policy.delete_beats_edit,
        ),
    ]
}

pub(super) fn deletions(lang: Lang, tool: Tool, chosen: &Deletions) -> Vec<DeletionView> {
    let t = Words(lang);
    let view = |side, name, step| {
        let steps = choices(Deletion::VARIANTS, step, |step| {
            let name = match step {
                Deletion::Off => t.deletion_off(),
                Deletion::Flag => t.deletion_flag(),
                Deletion::Archive => t.deletion_archive(),
                Deletion::Hard => t.deletion_hard(),
            };
            (name, String::new())
        });
        let is_missing = marks::is_missing(chosen, side, tool.remote);
        DeletionView { side, name, steps, missing: if is_missing { t.mark_missing() } else { String::new() } }
    };
    vec![
        view(Side::Remote, t.deletion_of_deal(), chosen.remote),
        view(Side::Crm, messages::deletion_of_record(lang, tool.remote), chosen.crm),
    ]
}

/// The marks of both sides: as they were typed, else as they are.
pub(super) fn marks(
    context: &Context<'_>,
    units: &Units,
    typed: &BTreeMap<Side, (String, String)>,
) -> Vec<MarkView> {
    let (t, draft) = (Words(context.lang), context.draft);
    let link = &draft.settings.connection;
    let deletions = &link.policy.deletions;
    let shown = |value| messages::shown(context.lang, None, value);
    let view = |side, name, all: Vec<(String, String)>, kept: Option<(String, String)>| {
        let (place, value) = typed.get(&side).cloned().or(kept).unwrap_or_default();
        let fault = draft.mark_faults.get(&side).map(|fault| messages::failure(context.lang, fault));
        let place = |(id, name): (String, String)| MarkPlace { is_on: id == place, id, name };
        MarkView {
            side,
            name,
            places: all.into_iter().map(place).collect(),
            value,
            fault: fault.unwrap_or_default(),
        }
    };
    let record_mark = deletions.record_mark.as_ref();
    let deal_mark = deletions.deal_mark.as_ref();
    vec![
        view(
            Side::Remote,
            t.mark_of_record(),
            marks::fields(&draft.schema, &link.mapping, record_mark.map(|(field, _)| field))
                .map(|field| (field.id.to_string(), field.name.clone()))
                .collect(),
            record_mark.map(|(field, value)| (field.to_string(), shown(value))),
        ),
        view(
            Side::Crm,
            t.mark_of_deal(),
            marks::units(units, &link.mapping, deal_mark.map(|(unit, _)| unit))
                .map(|unit| (unit.key.to_string(), unit.name().to_owned()))
                .collect(),
            deal_mark.map(|(unit, value)| (unit.to_string(), shown(value))),
        ),
    ]
}
