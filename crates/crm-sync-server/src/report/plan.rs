//! A plan, for the person who approves it: numbers first, then each thing by name.

use connector_core::plan::{Action, Conflict, Notice, Op, Plan, Purpose, Question, Reason, Side};
use strum::VariantArray as _;

use super::Speaker;
use super::list::Text;
use crate::crm;
use crate::messages;
use crate::service::notices::Group;

/// The whole plan as text.
#[must_use]
pub fn plan(speaker: &Speaker<'_>, plan: &Plan) -> String {
    let Speaker { lang, remote, .. } = *speaker;
    let mut text = Text::default();
    let (blocked, altered): (Vec<&Notice>, Vec<&Notice>) =
        plan.notices.iter().partition(|notice| notice.problem.blocks());
    let is_undo = matches!(plan.purpose, Purpose::Undo { .. });
    if let Purpose::Undo { run } = &plan.purpose {
        text.line(&messages::undo_title(lang, run, plan.id.as_str()));
        text.notices(speaker, &messages::undo_stays_title(lang), &blocked);
        text.line("");
    } else {
        text.line(&messages::plan_title(lang, plan.mode, remote, plan.id.as_str()));
        text.line(&messages::plan_reading(lang, &plan.reading, remote));
    }
    let writes = |op: &&Op| op.action.target().is_some() && op.action != Action::Stamp;
    if plan.ops.iter().any(|op| writes(&op)) {
        for side in [Side::Remote, Side::Crm] {
            let ops = || plan.ops.iter().filter(|op| writes(op) && op.action.target() == Some(side));
            let created = ops().filter(|op| op.action.creates()).count();
            let deleted = ops().filter(|op| op.action.deletes()).count();
            let updated = ops().count().saturating_sub(created).saturating_sub(deleted);
            if created + updated + deleted > 0 {
                text.line(&messages::plan_side(lang, side, (created, updated, deleted), remote));
            }
        }
        text.line(&messages::plan_cost(lang, plan.calls, remote));
    } else if plan.purpose == Purpose::Agree {
        text.line(&messages::plan_empty(lang));
    } else {
        text.line(&messages::undo_empty(lang));
    }
    let trips: Vec<String> = plan
        .trips
        .iter()
        .map(|trip| {
            let unit = trip.unit.as_ref().map(|unit| speaker.unit(unit));
            messages::trip(lang, trip, unit.as_deref(), remote)
        })
        .collect();
    text.list(speaker, &messages::trips_title(lang), &trips);
    for action in Action::VARIANTS {
        let items: Vec<String> =
            plan.ops.iter().filter(|op| op.action == *action).map(|op| operation(speaker, op)).collect();
        let is_shown = action.target().is_some() || matches!(action, Action::Release | Action::Link);
        if is_shown && *action != Action::Stamp {
            text.list(speaker, &messages::ops_title(lang, *action, remote), &items);
        }
    }
    let decided: Vec<String> = plan
        .ops
        .iter()
        .flat_map(|op| op.conflicts.iter().map(|conflict| disputed(speaker, &op.label, conflict)))
        .collect();
    text.list(speaker, &messages::conflicts_title(lang, true), &decided);
    let open: Vec<String> =
        plan.conflicts.iter().map(|conflict| disputed(speaker, conflict.deal.as_str(), conflict)).collect();
    text.list(speaker, &messages::conflicts_title(lang, false), &open);
    if !is_undo {
        text.notices(speaker, &messages::refused_title(lang), &blocked);
    }
    text.notices(speaker, &messages::altered_title(lang), &altered);
    let questions: Vec<String> = plan.questions.iter().map(|one| question(speaker, one)).collect();
    text.list(speaker, &messages::questions_title(lang), &questions);
    text.end()
}

/// One operation: the deal, and what changes of it.
fn operation(speaker: &Speaker<'_>, op: &Op) -> String {
    let label = messages::short(&op.label);
    match op.action {
        Action::UpdateDeal | Action::UpdateRecord => {
            let mut told = label;
            if let Reason::Edited(side) = op.reason {
                let why = messages::edited_on(speaker.lang, side, speaker.remote);
                told = format!("{told} ({why})");
            }
            for change in &op.changes {
                let (before, after) =
                    (speaker.value(&change.unit, &change.before), speaker.value(&change.unit, &change.after));
                let unit = speaker.unit(&change.unit);
                told.push('\n');
                told.push_str(&messages::unit_change(speaker.lang, &unit, &before, &after, change.rule));
            }
            told
        }
        Action::CreateDeal
        | Action::CreateRecord
        | Action::RecreateRecord
        | Action::RestoreRecord
        | Action::RestoreDeal => {
            let shown = [crm::MONTANT_BRUT, crm::STATUT, crm::DATE_ECHEANCE];
            let values: Vec<String> = shown
                .iter()
                .filter_map(|key| op.changes.iter().find(|change| change.unit.as_str() == *key))
                .filter(|change| !change.after.is_empty())
                .map(|change| speaker.value(&change.unit, &change.after))
                .collect();
            if values.is_empty() { label } else { format!("{label} — {}", values.join(", ")) }
        }
        _ => label,
    }
}

/// A conflict: both values with their times, and who wins why.
#[must_use]
pub fn disputed(speaker: &Speaker<'_>, label: &str, conflict: &Conflict) -> String {
    let Speaker { lang, remote, .. } = *speaker;
    let shown = |side: Side| match side {
        Side::Crm => speaker.value(&conflict.unit, &conflict.crm),
        Side::Remote => speaker.value(&conflict.unit, &conflict.theirs),
    };
    let loser = conflict.loser().map_or_else(String::new, |value| speaker.value(&conflict.unit, value));
    [
        format!("{} — {}", messages::short(label), speaker.unit(&conflict.unit)),
        messages::conflict_side(lang, conflict, Side::Crm, &shown(Side::Crm), remote),
        messages::conflict_side(lang, conflict, Side::Remote, &shown(Side::Remote), remote),
        messages::conflict_verdict(lang, conflict, &loser, remote),
    ]
    .join("\n")
}

/// A value that cannot be carried: deal, field, value, remedy; of several deals, what they share, then who they are.
#[must_use]
pub fn notice(speaker: &Speaker<'_>, group: &Group) -> String {
    let (lang, notice) = (speaker.lang, &group.notice);
    let label = messages::short(&notice.label);
    let is_shared = group.count > 1;
    let mut head = if is_shared { String::new() } else { label.clone() };
    if let Some(unit) = &notice.unit {
        head.push_str(if head.is_empty() { "" } else { " — " });
        head.push_str(&speaker.unit(unit));
        if let Some(field) = &notice.field {
            head = format!("{head} ({})", lang.quoted(field));
        }
        // What concerns the whole field is no value's, and that a value is empty, the problem says itself.
        if !label.is_empty() && !notice.value.is_empty() {
            head = format!("{head} = {}", speaker.value(unit, &notice.value));
        }
    }
    let concerned =
        if is_shared { messages::concerned(lang, group.count, &group.labels) } else { String::new() };
    let lines = [head, messages::problem(lang, &notice.problem), concerned];
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// What only a person can say.
#[must_use]
pub fn question(speaker: &Speaker<'_>, question: &Question) -> String {
    let ids: Vec<&str> = question.remotes.iter().map(connector_core::id::RemoteId::as_str).collect();
    let ids = if ids.is_empty() { String::new() } else { format!(" ({})", ids.join(", ")) };
    let told = messages::question(speaker.lang, question.kind, speaker.remote);
    format!("{}{ids}\n{told}", messages::short(&question.label))
}
