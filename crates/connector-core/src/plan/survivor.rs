//! Deals that take over the record of a deal that is gone: two were merged into a new one, or one was made again.

use std::collections::{BTreeMap, HashSet};

use super::diff::deal_label;
use super::draft::{Draft, Subject};
use super::identity::{Identity, intent_for, natural_key};
use super::inputs::Inputs;
use super::linked::plan_with_base;
use super::op::{Action, Reason};
use super::question::{Question, QuestionKind};
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
    let mut survivors: BTreeMap<String, Vec<&'a Deal>> = BTreeMap::new();
    for &deal in deals.values() {
        let is_wanted = inputs.only.is_none_or(|only| only.contains(&deal.id));
        let key = natural_key(inputs, &deal.values).filter(|key| orphans.contains_key(key));
        if let Some(key) = key.filter(|_| is_wanted && intent_for(inputs, &deal.id).is_none()) {
            survivors.entry(key).or_default().push(deal);
        }
    }
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
            identity.questions.push(Question {
                kind: QuestionKind::Ambiguous,
                deals: ours.iter().map(|deal| deal.id.clone()).collect(),
                remotes: theirs.iter().map(|orphan| orphan.link.agreement.remote.clone()).collect(),
                label: ours.first().map_or_else(String::new, |deal| deal_label(inputs, deal)),
            });
        }
    }
    identity.links.retain(|link| !placed.contains(&link.agreement.remote));
}

/// Records whose deal is gone and of which no person said anything, by natural key.
fn orphans<'a>(inputs: &Inputs<'a>, identity: &Identity<'a>) -> BTreeMap<String, Vec<Orphan<'a>>> {
    let mut orphans: BTreeMap<String, Vec<Orphan<'a>>> = BTreeMap::new();
    if inputs.binding.natural_key().is_empty() {
        return orphans;
    }
    for &link in &identity.links {
        let remote = &link.agreement.remote;
        if inputs.crm.deals.contains_key(&link.deal) || inputs.answers.contains_key(remote) {
            continue;
        }
        let row = inputs.remote.rows.get(remote);
        if let Some((row, key)) = row.and_then(|row| Some((row, natural_key(inputs, &row.values)?))) {
            orphans.entry(key).or_default().push(Orphan { link, row });
        }
    }
    orphans
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
