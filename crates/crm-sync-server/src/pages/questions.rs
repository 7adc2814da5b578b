//! What the last run of each connection asked: deletions that wait for an approval, and whatever else only a person can
//! say.

use std::collections::{BTreeMap, BTreeSet};

use connector_core::id::{ConnectionId, RemoteId};
use connector_core::plan::{Answer as Said, Mode, Question, QuestionKind};

use super::fields::Fields;
use super::live::ASKED_BY;
use super::trouble::{Answer, Trouble, see};
use super::visitor::Visitor;
use crate::app::App;
use crate::failure::Failure;
use crate::messages::{self, Lang, Words};
use crate::service::connection::{self, Configured};
use crate::service::questions;
use crate::worker::{Job, Work};

/// One question, with the answers that it takes.
#[derive(Debug)]
pub(super) struct QuestionView {
    pub(super) connection: ConnectionId,
    pub(super) record: RemoteId,
    pub(super) label: String,
    pub(super) told: String,
    pub(super) answers: Vec<(Said, String)>,
}

/// The questions that can be answered here.
pub(super) async fn waiting(app: &App, lang: Lang) -> Result<Vec<QuestionView>, Failure> {
    let mut found = Vec::new();
    for configured in connection::all(app).await? {
        let asked = questions::waiting(app, &configured.settings.connection.id).await?;
        let asked = asked.map(|asked| asked.found.questions).unwrap_or_default();
        found.extend(asked.iter().filter_map(|question| view(lang, &configured, question)));
    }
    Ok(found)
}

fn view(lang: Lang, configured: &Configured, question: &Question) -> Option<QuestionView> {
    let answers = answers(Words(lang), question.kind);
    if answers.is_empty() {
        return None;
    }
    Some(QuestionView {
        connection: configured.settings.connection.id.clone(),
        record: question.remotes.first()?.clone(),
        label: messages::short(&question.label),
        told: messages::question(lang, question.kind, &configured.remote),
        answers,
    })
}

/// What can be said to a question of this kind; nothing where it is settled in the tool itself.
fn answers(t: Words, kind: QuestionKind) -> Vec<(Said, String)> {
    match kind {
        QuestionKind::DeletedOn(_) => {
            vec![(Said::Delete, t.answer_delete()), (Said::Keep, t.answer_leave())]
        }
        QuestionKind::EditedAfterDelete(_) => {
            vec![(Said::Keep, t.answer_bring_back()), (Said::Delete, t.answer_delete())]
        }
        QuestionKind::Copy => vec![(Said::Keep, t.answer_own_deal())],
        _ => Vec::new(),
    }
}

/// Does what the answer says, by a run that touches nothing else.
pub(super) async fn answer(visitor: Visitor, fields: Fields) -> Answer {
    let connection = ConnectionId::from(fields.get("connection").ok_or(Trouble::Missing)?);
    let record = RemoteId::from(fields.get("record").ok_or(Trouble::Missing)?);
    let said: Said = fields.get("answer").and_then(|said| said.parse().ok()).ok_or(Trouble::Missing)?;
    let work = Work::Run { mode: Mode::Sync, only: Some(BTreeSet::new()) };
    let job = Job { answers: BTreeMap::from([(record, said)]), ..Job::new(connection, work, ASKED_BY) };
    let handle = visitor.site().worker.start(job).await?;
    see(format!("/runs/{}", handle.run))
}
