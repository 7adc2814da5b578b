//! Conflicts that a person decides: a plan of one decision, applied as any other, only if both sides still hold what the
//! person saw.

use connector_core::clock::Interval;
use connector_core::engine::{Connection, EngineError, Report};
use connector_core::id::{ConnectionId, PlanId};
use connector_core::plan::{Action, Conflict, Mode, Op, Plan, Reading, Reason, Rule, Side, UnitChange};
use connector_core::store::Store as _;

use super::connection;
use super::sync::{self, Order};
use crate::app::App;
use crate::failure::Failure;
use crate::store::{ConflictState, Disputed};

/// Makes the value of `keep` that of both sides.
///
/// An open conflict costs one write, to the other side. One that was decided before costs two, since both sides hold
/// the value that won then. No other conflict is touched.
pub async fn decide(app: &App, connection: &ConnectionId, id: &str, keep: Side) -> Result<Report, Failure> {
    let missing = || Failure::from(EngineError::NoPlan(PlanId::from(id)));
    let disputed = app.store.conflict(connection, id).await?.ok_or_else(missing)?;
    let configured = connection::of_id(app, connection).await?.ok_or_else(missing)?;
    let schema = connection::connector(app, &configured).await?.schema().await?;
    let link = &configured.settings.connection;
    let fingerprint = link.mapping.fingerprint(&schema).to_string();
    let plan = plan(app, link, fingerprint, &disputed, keep);
    app.store.save_plan(&plan).await?;
    let order = Order { trigger: "page".into(), ..Order::new(Mode::Sync) };
    Ok(sync::apply(app, &plan.id, order).await?.1)
}

fn plan(app: &App, link: &Connection, fingerprint: String, disputed: &Disputed, keep: Side) -> Plan {
    let conflict = &disputed.conflict;
    let now = app.clock.now();
    let sides: &[Side] = match disputed.state {
        ConflictState::Decided => &[Side::Crm, Side::Remote],
        ConflictState::Open | ConflictState::Closed => &[keep.other()],
    };
    let ops = (1..).zip(sides).map(|(seq, side)| op(seq, conflict, *side, keep, disputed.state));
    Plan {
        id: PlanId::from(app.new_id()),
        connection: link.id.clone(),
        made_at: now,
        mode: Mode::Sync,
        fingerprint,
        // Nothing was listed, so nothing is concluded about anything else.
        reading: Reading { deals: 0, records: 0, unchanged: 0, complete: false, read: Interval::at(now) },
        ops: ops.collect(),
        conflicts: Vec::new(),
        questions: Vec::new(),
        notices: Vec::new(),
        trips: Vec::new(),
        masked: Vec::new(),
        calls: 2,
    }
}

/// Writes the value that is kept to `side`, which holds the other one.
fn op(seq: u32, conflict: &Conflict, side: Side, keep: Side, state: ConflictState) -> Op {
    let of = |side| match side {
        Side::Crm => conflict.crm.clone(),
        Side::Remote => conflict.theirs.clone(),
    };
    let holds = match state {
        ConflictState::Decided => conflict.winner.unwrap_or(keep.other()),
        ConflictState::Open | ConflictState::Closed => side,
    };
    let change =
        UnitChange { unit: conflict.unit.clone(), before: of(holds), after: of(keep), rule: Rule::Preferred };
    Op {
        seq,
        action: if side == Side::Crm { Action::UpdateDeal } else { Action::UpdateRecord },
        deal: Some(conflict.deal.clone()),
        remote: Some(conflict.remote.clone()),
        label: conflict.deal.to_string(),
        reason: Reason::Edited(keep),
        changes: vec![change],
        // Noted once, with the last of the writes.
        conflicts: if side == keep.other() {
            vec![Conflict { winner: Some(keep), ..conflict.clone() }]
        } else {
            Vec::new()
        },
        edited: None,
    }
}
