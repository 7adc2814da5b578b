//! Operations that were refused run after run, and are set aside.

use std::collections::{HashMap, HashSet};

use super::draft::Draft;
use super::inputs::Inputs;
use super::op::{Action, Op};
use super::question::{Notice, Problem};
use crate::digest::digest;
use crate::id::{DealId, RemoteId};
use crate::state::Trouble;
use crate::value::Value;

/// A name for what an operation is to do: the same until either side of it is edited.
pub(crate) fn attempt(op: &Op) -> String {
    let id = |id: Option<&str>| id.unwrap_or_default().to_owned();
    let mut parts = vec![
        op.action.to_string(),
        id(op.deal.as_ref().map(DealId::as_str)),
        id(op.remote.as_ref().map(RemoteId::as_str)),
    ];
    for change in &op.changes {
        parts.extend([
            change.unit.to_string(),
            format!("{:?}", change.before),
            format!("{:?}", change.after),
        ]);
    }
    digest(parts.iter().map(String::as_str))
}

/// The operations to try: those that were refused too often are left out and told, unless a person asked for them again.
pub(super) fn without_troubles(inputs: &Inputs<'_>, ops: Vec<Op>, draft: &mut Draft) -> Vec<Op> {
    if inputs.retry || inputs.state.troubles.is_empty() {
        return ops;
    }
    let troubles: HashMap<&str, &Trouble> =
        inputs.state.troubles.iter().map(|trouble| (trouble.attempt.as_str(), trouble)).collect();
    let mut unmade: HashSet<RemoteId> = HashSet::new();
    let mut tried = Vec::with_capacity(ops.len());
    for op in ops {
        let attempt = attempt(&op);
        match troubles.get(attempt.as_str()).filter(|trouble| trouble.is_set_aside()) {
            None => tried.push(op),
            Some(trouble) => {
                draft.notices.push(notice(&op, attempt, trouble));
                unmade.extend(op.remote.filter(|_| op.action == Action::CreateDeal));
            }
        }
    }
    // A record whose deal is not made has no id to carry.
    tried.retain(|op| op.deal.is_some() || op.remote.as_ref().is_none_or(|remote| !unmade.contains(remote)));
    tried
}

fn notice(op: &Op, attempt: String, trouble: &Trouble) -> Notice {
    let (times, why) = (trouble.times, trouble.message.clone());
    Notice {
        deal: op.deal.clone(),
        remote: op.remote.clone(),
        label: op.label.clone(),
        unit: None,
        field: None,
        value: Value::Empty,
        problem: Problem::SetAside { attempt, times, why },
    }
}
