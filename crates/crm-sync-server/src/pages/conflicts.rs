//! `/conflicts`: what both sides changed: to decide, and decided.

use askama::Template;
use connector_core::id::{ConnectionId, DealId, UnitKey};
use connector_core::plan::{Mode, Side};
use connector_core::store::RunStatus;

use super::fields::Fields;
use super::frame::{Frame, Place};
use super::names::Names;
use super::paging::Paging;
use super::questions::{self, QuestionView};
use super::trouble::{Answer, Trouble, see};
use super::visitor::Visitor;
use crate::messages::{self, Words};
use crate::report::Speaker;
use crate::service::sync::Order;
use crate::service::{conflicts, connection};
use crate::store::Disputed;

/// How many decided conflicts one page shows.
const DECIDED: usize = 20;
/// How many open ones are shown at once.
const OPEN: usize = 50;

#[derive(Debug, Template)]
#[template(path = "conflicts.html")]
struct View {
    t: Words,
    frame: Frame,
    questions: Vec<QuestionView>,
    open: Vec<ConflictView>,
    decided: Vec<ConflictView>,
    paging: Paging,
    more: String,
}

/// One conflict: its values beside each other.
#[derive(Debug)]
struct ConflictView {
    connection: ConnectionId,
    id: String,
    deal: DealId,
    label: String,
    unit: String,
    base: String,
    versions: Vec<Version>,
    noted: String,
}

/// What one side says.
#[derive(Debug)]
struct Version {
    side: Side,
    name: String,
    value: String,
    edited: String,
    won: bool,
    /// What the button says; empty without one.
    action: String,
}

pub(super) async fn show(visitor: Visitor) -> Answer {
    let (t, lang, app) = (visitor.words(), visitor.lang, visitor.app());
    let mut open: Vec<Disputed> = Vec::new();
    for configured in connection::all(app).await? {
        open.extend(app.store.open_conflicts(&configured.settings.connection.id).await?);
    }
    let page = visitor.query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let paging = Paging::of(DECIDED, lang, app.store.count_decided_conflicts().await?, page);
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let decided = app.store.decided_conflicts_page(number(paging.before()), number(DECIDED)).await?;
    let names = Names::read(app).await?;
    let view = |disputed: &Disputed| {
        let remote = connection::remote_of(&disputed.connection);
        let speaker = Speaker { lang, units: app.units(), remote };
        ConflictView::new(&speaker, disputed, names.of(&disputed.conflict.deal))
    };
    let more = open.len().saturating_sub(OPEN);
    let view = View {
        t,
        frame: visitor.frame(t.conflicts_title(), Place::Conflicts).await?,
        questions: questions::waiting(app, lang).await?,
        open: open.iter().take(OPEN).map(view).collect(),
        decided: decided.iter().map(view).collect(),
        paging,
        more: if more > 0 { messages::and_more(lang, more) } else { String::new() },
    };
    visitor.page(&view)
}

/// Keeps one side's value, on both.
pub(super) async fn decide(visitor: Visitor, fields: Fields) -> Answer {
    let connection = ConnectionId::from(fields.get("connection").ok_or(Trouble::Missing)?);
    let id = fields.get("id").ok_or(Trouble::Missing)?;
    let keep: Side = fields.get("keep").and_then(|side| side.parse().ok()).ok_or(Trouble::Missing)?;
    let order = Order { trigger: "page".into(), ..Order::new(Mode::Sync) };
    let report = conflicts::decide(visitor.app(), &connection, id, keep, order).await?;
    match report.record.status {
        RunStatus::Ok => see("/conflicts?done=resolved"),
        _ => see(format!("/runs/{}", report.record.id)),
    }
}

impl ConflictView {
    fn new(speaker: &Speaker<'_>, disputed: &Disputed, label: String) -> Self {
        let (lang, t, conflict) = (speaker.lang, Words(speaker.lang), &disputed.conflict);
        let unit: &UnitKey = &conflict.unit;
        let version = |side: Side| {
            let (value, edited) = match side {
                Side::Crm => (&conflict.crm, conflict.crm_edited),
                Side::Remote => (&conflict.theirs, conflict.remote_edited),
            };
            let won = conflict.winner == Some(side);
            Version {
                side,
                name: messages::capitalised(&messages::side_name(lang, side, speaker.remote)),
                value: speaker.shown(unit, value),
                edited: messages::edited(lang, edited),
                won,
                action: match conflict.winner {
                    None => t.conflict_keep(),
                    Some(winner) if winner != side => t.conflict_use_other(),
                    Some(_) => String::new(),
                },
            }
        };
        let base = conflict.base.as_ref().map(|base| speaker.shown(unit, base));
        Self {
            connection: disputed.connection.clone(),
            id: conflict.id.clone(),
            deal: conflict.deal.clone(),
            label,
            unit: speaker.unit(unit),
            base: base.unwrap_or_else(|| t.conflict_never()),
            versions: [Side::Crm, Side::Remote].map(version).into(),
            noted: messages::moment(lang, disputed.noted),
        }
    }
}
