//! Deals that take over the record of a deal that is gone: two were merged into a new one, or one was made again.

use std::collections::{BTreeMap, HashSet};

use super::diff::deal_label;
use super::draft::{Draft, Subject};
use super::identity::{Identity, ambiguous, by_natural_key, intent_for};
use super::inputs::Inputs;
use super::linked::plan_with_base;
use super::op::{Action, Reason};
use crate::id::{DealId, RemoteId};
use crate::snapshot::Row;
use crate::state::{Agreement, Deal, Link, LinkStatus};

/// A record whose deal is gone.
#[derive(Clone, Copy)]
pub(super) struct Orphan<'a> {
    link: &'a Link,
    row: &'a Row,
}

/// New deals with the natural key of a record whose deal is gone: taken when it is one of each, asked otherwise. The
/// record would have a double, and the columns that are not mapped would stay with nobody.
pub(super) fn match_survivors<'a>(
    inputs: &Inputs<'a>,
    deals: &mut BTreeMap<&'a DealId, &'a Deal>,
    identity: &mut Identity<'a>,
) {
    let mut orphans = orphans(inputs, identity);
    if orphans.is_empty() {
        return;
    }
    let may_survive = |deal: &&Deal| {
        inputs.only.is_none_or(|only| only.contains(&deal.id)) && intent_for(inputs, &deal.id).is_none()
    };
    let survivors = by_natural_key(inputs, deals.values().copied().filter(may_survive), |deal| &deal.values);
    let mut placed: HashSet<&RemoteId> = HashSet::new();
    for (key, ours) in survivors {
        let Some(theirs) = orphans.remove(&key) else { continue };
        for deal in &ours {
            deals.remove(&deal.id);
        }
        placed.extend(theirs.iter().map(|orphan| &orphan.link.agreement.remote));
        if let ([deal], [orphan]) = (ours.as_slice(), theirs.as_slice()) {
            identity.survivors.push((*deal, *orphan));
        } else {
            let theirs = theirs.iter().map(|orphan| &orphan.link.agreement.remote);
            identity.questions.push(ambiguous(inputs, &ours, theirs));
        }
    }
    identity.links.retain(|link| !placed.contains(&link.agreement.remote));
}

/// Records whose deal is gone and of which no person said anything, by natural key.
fn orphans<'a>(inputs: &Inputs<'a>, identity: &Identity<'a>) -> BTreeMap<String, Vec<Orphan<'a>>> {
    if inputs.binding.natural_key().is_empty() {
        return BTreeMap::new();
    }
    let orphan = |link: &&'a Link| {
        let remote = &link.agreement.remote;
        let is_one = !inputs.crm.deals.contains_key(&link.deal) && !inputs.answers.contains_key(remote);
        let row = inputs.remote.rows.get(remote).filter(|_| is_one)?;
        Some(Orphan { link, row })
    };
    by_natural_key(inputs, identity.links.iter().filter_map(orphan), |orphan| &orphan.row.values)
}

/// Plans that the deal takes over the record: what either holds otherwise than was agreed on was edited since.
pub(super) fn plan_survivor<'a>(inputs: &Inputs<'a>, deal: &'a Deal, orphan: Orphan<'a>, draft: &mut Draft) {
    let Orphan { link, row } = orphan;
    let name = deal_label(inputs, deal);
    let remote = &link.agreement.remote;
    let gone = Subject { deal: Some(&link.deal), remote: Some(remote), label: &name, edited: None };
    draft.op(gone, Action::Release, Reason::Inherited, Vec::new(), Vec::new());
    let base = Agreement { status: LinkStatus::Live, ..link.agreement.clone() };
    plan_with_base(inputs, Reason::Inherited, &base, deal, row, draft);
}
