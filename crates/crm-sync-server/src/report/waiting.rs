//! What waits for a person.

use serde_json::{Value, json};

use super::list::Text;
use super::{Speaker, disputed, question};
use crate::messages;
use crate::service::questions::Asked;
use crate::store::Disputed;

/// How much of a conflict's id tells it from others.
const HANDLE: usize = 10;

/// The conflicts of a connection as text: those that wait, and the last ones that were decided.
#[must_use]
pub fn conflicts(speaker: &Speaker<'_>, open: &[Disputed], decided: &[Disputed]) -> String {
    let Speaker { lang, remote, .. } = *speaker;
    let mut text = Text::default();
    let told = |conflicts: &[Disputed]| conflicts.iter().map(|one| named(speaker, one)).collect::<Vec<_>>();
    if open.is_empty() {
        text.line(&messages::no_conflict(lang, remote));
    }
    text.whole_list(speaker, &messages::conflicts_title(lang, false), &told(open));
    text.whole_list(speaker, &messages::decided_title(lang), &told(decided));
    if !open.is_empty() || !decided.is_empty() {
        text.line("");
        text.line(&messages::conflicts_next(lang));
    }
    text.end()
}

fn named(speaker: &Speaker<'_>, one: &Disputed) -> String {
    let conflict = &one.conflict;
    let handle = conflict.id.get(..HANDLE).unwrap_or(&conflict.id);
    let deal = messages::handle(speaker.lang, conflict.deal.as_str());
    format!("{handle} · {}", disputed(speaker, &deal, conflict))
}

/// The conflicts of a connection as a document.
#[must_use]
pub fn conflicts_json(remote: &str, open: &[Disputed], decided: &[Disputed]) -> Value {
    let told = |conflicts: &[Disputed]| -> Vec<Value> {
        let one = |one: &Disputed| json!({"noted_at": one.noted, "run": one.run, "conflict": one.conflict});
        conflicts.iter().map(one).collect()
    };
    json!({"remote": remote, "open": told(open), "decided": told(decided)})
}

/// What the last run asked, as text.
#[must_use]
pub fn questions(speaker: &Speaker<'_>, asked: Option<&Asked>) -> String {
    let Speaker { lang, remote, .. } = *speaker;
    let mut text = Text::default();
    let told: Vec<String> =
        asked.iter().flat_map(|asked| &asked.questions).map(|one| question(speaker, one)).collect();
    if told.is_empty() {
        text.line(&messages::no_question(lang, remote));
        return text.end();
    }
    text.whole_list(speaker, &messages::questions_title(lang), &told);
    text.line("");
    text.line(&messages::questions_next(lang, remote));
    text.end()
}
