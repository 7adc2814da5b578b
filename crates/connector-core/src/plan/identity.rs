//! Who is who: which deal belongs to which record, by link, by stamp, by what an interrupted run meant to write, by
//! natural key; and what cannot be told.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::TimeDelta;

use super::decide::{Case, Decision};
use super::diff::{deal_label, label};
use super::inputs::Inputs;
use super::question::{Answer, Question, QuestionKind};
use super::survivor::{Orphan, match_survivors};
use crate::canon::{canonical, same};
use crate::id::{DealId, RemoteId, UnitKey};
use crate::mutation::{self, Rule::CopyCheck};
use crate::snapshot::{Absence, Row};
use crate::state::{Deal, Intent, Link, LinkStatus};
use crate::value::Value;

/// How the deals and records of both snapshots belong together; each stands in one of these only.
#[derive(Default)]
pub(super) struct Identity<'a> {
    /// Links in force, those with a side deleted included.
    pub(super) links: Vec<&'a Link>,
    /// New deals and new records that are the same thing.
    pub(super) matched: Vec<(&'a Deal, &'a RemoteId, &'a Row)>,
    /// Records that an interrupted run made for a deal.
    pub(super) adopted: Vec<(&'a Intent, &'a Deal, &'a RemoteId, &'a Row)>,
    /// Records that an interrupted run made a second time for a deal.
    pub(super) swept: Vec<(&'a Deal, &'a RemoteId, &'a Row)>,
    /// Deals whose record is gone, and its only copy.
    pub(super) copies: Vec<(&'a Link, &'a Deal, &'a RemoteId, &'a Row)>,
    /// New deals that take over the record of a deal that is gone.
    pub(super) survivors: Vec<(&'a Deal, Orphan<'a>)>,
    /// Deals without a record.
    pub(super) deals: Vec<&'a Deal>,
    /// Records without a deal.
    pub(super) records: Vec<(&'a RemoteId, &'a Row)>,
    /// What only a person can tell.
    pub(super) questions: Vec<Question>,
    /// Linked records that carry the id of another deal.
    pub(super) claimed: HashSet<RemoteId>,
}

/// Sorts both snapshots out. Everything comes out in the order of ids.
pub(super) fn identify<'a>(inputs: &Inputs<'a>) -> Identity<'a> {
    let mut identity = Identity::default();
    let mut linked_deals: HashMap<&DealId, &Link> = HashMap::with_capacity(inputs.state.links.len());
    let mut linked_records: HashMap<&RemoteId, &Link> = HashMap::with_capacity(inputs.state.links.len());
    let mut being_replaced: Vec<&Link> = Vec::new();
    for link in &inputs.state.links {
        linked_records.insert(&link.agreement.remote, link);
        if is_being_replaced(inputs, link) {
            being_replaced.push(link);
        } else if link.agreement.status != LinkStatus::Tombstone {
            linked_deals.insert(&link.deal, link);
            identity.links.push(link);
        }
    }

    let mut deals: BTreeMap<&DealId, &Deal> =
        inputs.crm.deals.iter().filter(|(id, _)| !linked_deals.contains_key(id)).collect();
    let mut records: BTreeMap<&RemoteId, &Row> = BTreeMap::new();
    for (id, row) in &inputs.remote.rows {
        match linked_records.get(id).copied() {
            None => {
                records.insert(id, row);
            }
            // A person wants it back, or gone.
            Some(link)
                if link.agreement.status == LinkStatus::Tombstone
                    && inputs.answers.contains_key(id)
                    && !linked_deals.contains_key(&link.deal) =>
            {
                deals.remove(&link.deal);
                identity.links.push(link);
            }
            Some(link)
                if link.agreement.status == LinkStatus::Tombstone
                    && inputs.decide(Case::RestoredRecord) == Decision::Ask =>
            {
                identity.questions.push(Question {
                    kind: QuestionKind::Restored,
                    deals: vec![link.deal.clone()],
                    remotes: vec![id.clone()],
                    label: label(inputs, &row.values, id.as_str()),
                });
            }
            Some(_) => {}
        }
    }
    find_claims(inputs, &linked_records, &linked_deals, &mut deals, &mut identity);
    match_stamps(inputs, &linked_deals, &mut deals, &mut records, &mut identity);
    match_lost_creations(inputs, &mut deals, &mut records, &mut identity);
    // What an earlier run began to make again is not there yet: the deal still has its old link.
    identity.links.extend(being_replaced.into_iter().filter(|link| deals.remove(&link.deal).is_some()));
    identity.links.sort_by(|a, b| a.deal.cmp(&b.deal));
    if inputs.remote.complete && inputs.policy.matching {
        match_keys(inputs, &mut deals, &mut records, &mut identity);
        match_survivors(inputs, &mut deals, &mut identity);
    }
    identity.deals = deals.into_values().collect();
    identity.records = records.into_iter().collect();
    identity.questions.sort_by(|a, b| (&a.deals, &a.remotes).cmp(&(&b.deals, &b.remotes)));
    identity
}

/// Whether an earlier run began to make a record in the place of one that was deleted.
fn is_being_replaced(inputs: &Inputs<'_>, link: &Link) -> bool {
    link.agreement.status != LinkStatus::Tombstone
        && inputs.remote.absent.get(&link.agreement.remote) == Some(&Absence::Deleted)
        && inputs.crm.deals.contains_key(&link.deal)
        && intent_for(inputs, &link.deal).is_some()
}

/// Records that carry a deal's id.
fn match_stamps<'a>(
    inputs: &Inputs<'a>,
    linked: &HashMap<&DealId, &'a Link>,
    deals: &mut BTreeMap<&'a DealId, &'a Deal>,
    records: &mut BTreeMap<&'a RemoteId, &'a Row>,
    identity: &mut Identity<'a>,
) {
    let mut claims: BTreeMap<&str, Vec<(&RemoteId, &Row)>> = BTreeMap::new();
    for (&id, &row) in &*records {
        if let Some(stamp) = row.stamp.as_deref() {
            claims.entry(stamp).or_default().push((id, row));
        }
    }
    for (stamp, claimants) in claims {
        for (id, _) in &claimants {
            records.remove(*id);
        }
        let deal = DealId::from(stamp);
        let is_linked = linked.get(&deal).is_some_and(|link| inputs.crm.deals.contains_key(&link.deal));
        let is_own = |id: &RemoteId| !is_linked && is_kept(inputs, id);
        let (own, claimants): (Vec<_>, Vec<_>) = claimants.into_iter().partition(|(id, _)| is_own(id));
        records.extend(own);
        if claimants.is_empty() {
            continue;
        }
        let ask = |kind| Question {
            kind,
            deals: vec![deal.clone()],
            remotes: claimants.iter().map(|(id, _)| (*id).clone()).collect(),
            label: claimants
                .first()
                .map_or_else(String::new, |(id, row)| label(inputs, &row.values, id.as_str())),
        };
        match (deals.get(&deal).copied(), linked.get(&deal), claimants.as_slice()) {
            (Some(found), _, [(id, row)])
                if inputs.remote.complete || intent_for(inputs, &found.id).is_some() =>
            {
                deals.remove(&deal);
                // A record with nothing of what was sent is another one, on which a person wrote the deal's id.
                let ours = |intent: &&Intent| resembles(inputs, row, &intent.payload);
                match intent_for(inputs, &found.id).filter(ours) {
                    Some(intent) => identity.adopted.push((intent, found, id, row)),
                    None => identity.matched.push((found, id, row)),
                }
            }
            // One page of an unfinished listing: another record may carry the same stamp.
            (Some(_), _, [_]) => {
                deals.remove(&deal);
            }
            (Some(found), _, several) => {
                deals.remove(&deal);
                match sweep(inputs, found, several) {
                    Some((intent, (id, row), swept)) => {
                        identity.adopted.push((intent, found, id, row));
                        identity.swept.extend(swept.into_iter().map(|(id, row)| (found, id, row)));
                    }
                    None => identity.questions.push(ask(QuestionKind::Ambiguous)),
                }
            }
            (None, Some(link), _) if inputs.crm.deals.contains_key(&link.deal) => {
                if let Some(question) = place_copies(inputs, link, &claimants, records, identity) {
                    identity.questions.push(question);
                }
            }
            (None, Some(_), _) => identity.questions.push(ask(QuestionKind::Restored)),
            (None, None, _) => {
                let known = inputs.state.links.iter().any(|link| link.deal == deal);
                identity.questions.push(ask(if known {
                    QuestionKind::Restored
                } else {
                    QuestionKind::UnknownStamp
                }));
            }
        }
    }
}

/// Whether a person said of a record that matches nothing for certain that it is a deal of its own.
fn is_kept(inputs: &Inputs<'_>, record: &RemoteId) -> bool {
    inputs.remote.complete && inputs.answers.get(record) == Some(&Answer::Keep)
}

type Claimant<'a> = (&'a RemoteId, &'a Row);

/// Of records that all carry one deal's id: the one that stays and those that an interrupted run made beside it, when that
/// is certain. Those hold exactly what was sent and are not older than the attempt; at most one of them was edited since,
/// and it stays. They go to the trash, where there is one.
fn sweep<'a>(
    inputs: &Inputs<'a>,
    deal: &Deal,
    claimants: &[Claimant<'a>],
) -> Option<(&'a Intent, Claimant<'a>, Vec<Claimant<'a>>)> {
    let intent =
        intent_for(inputs, &deal.id).filter(|_| inputs.remote.complete && inputs.capabilities.restores)?;
    let is_ours = |row: &Row| row.created.is_some() && may_come_from(intent, row);
    let (mut untouched, edited): (Vec<Claimant<'a>>, Vec<Claimant<'a>>) =
        claimants.iter().partition(|(_, row)| is_ours(row) && holds(inputs, row, &intent.payload));
    untouched.sort_by_key(|(id, row)| (row.created, *id));
    let stays = match edited.as_slice() {
        [] => untouched.remove(0),
        [(id, row)] if is_ours(row) && resembles(inputs, row, &intent.payload) => (*id, *row),
        _ => return None,
    };
    Some((intent, stays, untouched))
}

/// Linked records on which a person wrote the id of another deal that has no record, or whose record is gone: the link
/// stays, and that deal waits. A record made for it would be taken for the one that carries its id.
fn find_claims<'a>(
    inputs: &Inputs<'a>,
    linked: &HashMap<&RemoteId, &'a Link>,
    linked_deals: &HashMap<&DealId, &'a Link>,
    deals: &mut BTreeMap<&'a DealId, &'a Deal>,
    identity: &mut Identity<'a>,
) {
    for (id, row) in &inputs.remote.rows {
        let Some(claimant) = row.stamp.as_deref().map(DealId::from) else { continue };
        let is_elsewhere =
            |link: &&Link| link.agreement.status != LinkStatus::Tombstone && link.deal != claimant;
        if !linked.get(id).is_some_and(is_elsewhere) || inputs.answers.contains_key(id) {
            continue;
        }
        let has_record = linked_deals
            .get(&claimant)
            .is_some_and(|link| inputs.remote.rows.contains_key(&link.agreement.remote));
        let waits = inputs.crm.deals.get(&claimant).filter(|_| !has_record);
        if let Some(deal) = waits.filter(|_| inputs.decide(Case::SecondDeal) == Decision::Ask) {
            identity.links.retain(|link| link.deal != claimant);
            identity.claimed.insert(id.clone());
            identity.questions.push(Question {
                kind: QuestionKind::SecondDeal,
                deals: vec![deal.id.clone()],
                remotes: vec![id.clone()],
                label: deal_label(inputs, deal),
            });
        }
    }
    let claimed: Vec<&Question> =
        identity.questions.iter().filter(|question| question.kind == QuestionKind::SecondDeal).collect();
    deals.retain(|id, _| !claimed.iter().any(|question| question.deals.contains(id)));
}

/// Records that carry the id of a deal with a record of its own. Copies are deals of their own where the settings or a
/// person say so; the only copy of a deleted record takes its place; the rest is a question.
fn place_copies<'a>(
    inputs: &Inputs<'a>,
    link: &'a Link,
    claimants: &[(&'a RemoteId, &'a Row)],
    records: &mut BTreeMap<&'a RemoteId, &'a Row>,
    identity: &mut Identity<'a>,
) -> Option<Question> {
    if inputs.decide(Case::SecondRecord) != Decision::Ask || !mutation::stands(CopyCheck) {
        return None;
    }
    let is_gone = inputs.remote.absent.get(&link.agreement.remote) == Some(&Absence::Deleted);
    if is_gone {
        // While copies of it are there, the record does not count as deleted.
        identity.links.retain(|other| other.agreement.remote != link.agreement.remote);
    }
    if let (true, [(id, row)], Some(deal)) = (is_gone, claimants, inputs.crm.deals.get(&link.deal)) {
        identity.copies.push((link, deal, id, row));
        return None;
    }
    let is_deal = |id: &RemoteId| {
        let answered = inputs.answers.get(id) == Some(&Answer::Keep);
        !is_gone && inputs.remote.complete && (inputs.policy.copies || answered)
    };
    let (own, asked): (Vec<_>, Vec<_>) = claimants.iter().copied().partition(|(id, _)| is_deal(id));
    records.extend(own);
    let (_, first) = asked.first()?;
    Some(Question {
        kind: QuestionKind::Copy,
        deals: vec![link.deal.clone()],
        remotes: asked.iter().map(|(id, _)| (*id).clone()).collect(),
        label: label(inputs, &first.values, link.deal.as_str()),
    })
}

pub(super) fn intent_for<'a>(inputs: &Inputs<'a>, deal: &DealId) -> Option<&'a Intent> {
    inputs.state.intents.iter().find(|intent| intent.deal == *deal && intent.sent_at.is_some())
}

/// Records without a stamp that an interrupted run may have made, where no field holds stamps.
fn match_lost_creations<'a>(
    inputs: &Inputs<'a>,
    deals: &mut BTreeMap<&'a DealId, &'a Deal>,
    records: &mut BTreeMap<&'a RemoteId, &'a Row>,
    identity: &mut Identity<'a>,
) {
    if inputs.binding.key_field().is_some() {
        return;
    }
    let mut unseen: Vec<&Intent> = Vec::new();
    for intent in inputs.state.intents.iter().filter(|intent| intent.sent_at.is_some()) {
        let deal = deals.get(&intent.deal).copied();
        if deal.is_none() && inputs.crm.deals.contains_key(&intent.deal) {
            // It has a record by now; or its record may be gone, and what was begun in its place is not to be told yet.
            if !has_record(inputs, &intent.deal) {
                records.retain(|_, row| row.stamp.is_some() || !may_come_from(intent, row));
            }
            continue;
        }
        let alike = unstamped(records, |row| holds(inputs, row, &intent.payload));
        match (deal, alike.as_slice()) {
            (_, []) => unseen.push(intent),
            (Some(deal), [(id, row)]) => identity.adopted.push((intent, deal, id, row)),
            (Some(_), several) => {
                identity.questions.push(lost_creation(inputs, QuestionKind::LostCreate, intent, several));
            }
            // Its deal was deleted before it was seen: it must not come back as a new one.
            (None, several) => {
                identity.questions.push(lost_creation(inputs, QuestionKind::Restored, intent, several));
            }
        }
        if !alike.is_empty() {
            deals.remove(&intent.deal);
        }
        for (id, _) in alike {
            records.remove(id);
        }
    }
    // It may have been made and edited since: whatever came after the attempt could be it.
    let mut suspects = BTreeSet::new();
    for intent in unseen {
        let since = unstamped(records, |row| may_come_from(intent, row));
        if !since.is_empty() {
            identity.questions.push(lost_creation(inputs, QuestionKind::LostCreate, intent, &since));
            deals.remove(&intent.deal);
            suspects.extend(since.into_iter().map(|(id, _)| id));
        }
    }
    records.retain(|id, _| !suspects.contains(id));
}

/// Whether a record that is linked to the deal was listed.
fn has_record(inputs: &Inputs<'_>, deal: &DealId) -> bool {
    let of_deal = inputs.state.links.iter().filter(|link| link.deal == *deal);
    of_deal
        .filter(|link| link.agreement.status != LinkStatus::Tombstone)
        .any(|link| inputs.remote.rows.contains_key(&link.agreement.remote))
}

fn unstamped<'a>(
    records: &BTreeMap<&'a RemoteId, &'a Row>,
    wanted: impl Fn(&Row) -> bool,
) -> Vec<(&'a RemoteId, &'a Row)> {
    let wanted = |row: &Row| row.stamp.is_none() && wanted(row);
    records.iter().filter(|(_, row)| wanted(row)).map(|(&id, &row)| (id, row)).collect()
}

fn lost_creation(
    inputs: &Inputs<'_>,
    kind: QuestionKind,
    intent: &Intent,
    records: &[(&RemoteId, &Row)],
) -> Question {
    let deal = inputs.crm.deals.get(&intent.deal).map(|deal| deal_label(inputs, deal));
    let named = || records.first().map(|(id, row)| label(inputs, &row.values, id.as_str()));
    Question {
        kind,
        deals: vec![intent.deal.clone()],
        remotes: records.iter().map(|(id, _)| (*id).clone()).collect(),
        label: deal.or_else(named).unwrap_or_default(),
    }
}

/// Whether a record is not older than the attempt to make it; both clocks may be off by some minutes.
fn may_come_from(intent: &Intent, row: &Row) -> bool {
    const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
    row.created.zip(intent.sent_at).is_none_or(|(made, sent)| made >= sent - TOLERANCE)
}

fn holds(inputs: &Inputs<'_>, row: &Row, payload: &[(UnitKey, Value)]) -> bool {
    payload.iter().all(|(key, sent)| still_holds(inputs, row, key, sent))
}

/// Whether a record still holds something of what was sent.
fn resembles(inputs: &Inputs<'_>, row: &Row, payload: &[(UnitKey, Value)]) -> bool {
    payload.iter().any(|(key, sent)| !sent.is_empty() && still_holds(inputs, row, key, sent))
}

fn still_holds(inputs: &Inputs<'_>, row: &Row, key: &UnitKey, sent: &Value) -> bool {
    let position = inputs.units.position(key.as_str());
    let unit = position.and_then(|position| inputs.units.at(position));
    let lens = position.and_then(|position| inputs.binding.lens(position));
    match (unit, lens, position.and_then(|position| row.values.get(position))) {
        (Some(unit), Some(lens), Some(now)) => same(&unit.kind, sent, now) || lens.agrees(sent, now),
        _ => true,
    }
}

/// New deals and new records with one natural key: taken when it is one of each, asked otherwise.
fn match_keys<'a>(
    inputs: &Inputs<'a>,
    deals: &mut BTreeMap<&'a DealId, &'a Deal>,
    records: &mut BTreeMap<&'a RemoteId, &'a Row>,
    identity: &mut Identity<'a>,
) {
    if inputs.binding.natural_key().is_empty() {
        return;
    }
    let deals_by_key = by_natural_key(inputs, deals.values().copied(), |deal| &deal.values);
    let theirs = records.iter().map(|(id, row)| (*id, *row));
    let records_by_key = by_natural_key(inputs, theirs, |(_, row)| &row.values);
    let mut taken: HashSet<&DealId> = HashSet::new();
    for (key, theirs) in records_by_key {
        let Some(ours) = deals_by_key.get(&key) else { continue };
        let theirs: Vec<_> = theirs.into_iter().filter(|(id, _)| !is_kept(inputs, id)).collect();
        if theirs.is_empty() {
            continue;
        }
        taken.extend(ours.iter().map(|deal| &deal.id));
        for (id, _) in &theirs {
            records.remove(*id);
        }
        if let ([deal], [(id, row)]) = (ours.as_slice(), theirs.as_slice()) {
            identity.matched.push((deal, id, row));
        } else {
            identity.questions.push(ambiguous(inputs, ours, theirs.iter().map(|(id, _)| *id)));
        }
    }
    deals.retain(|id, _| !taken.contains(id));
}

/// Several deals or records have one natural key.
pub(super) fn ambiguous<'a>(
    inputs: &Inputs<'_>,
    ours: &[&Deal],
    theirs: impl Iterator<Item = &'a RemoteId>,
) -> Question {
    Question {
        kind: QuestionKind::Ambiguous,
        deals: ours.iter().map(|deal| deal.id.clone()).collect(),
        remotes: theirs.cloned().collect(),
        label: ours.first().map_or_else(String::new, |deal| deal_label(inputs, deal)),
    }
}

/// Those that have a natural key, by it.
pub(super) fn by_natural_key<T>(
    inputs: &Inputs<'_>,
    all: impl Iterator<Item = T>,
    values: impl Fn(&T) -> &[Value],
) -> BTreeMap<String, Vec<T>> {
    let mut found: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for one in all {
        if let Some(key) = natural_key(inputs, values(&one)) {
            found.entry(key).or_default().push(one);
        }
    }
    found
}

/// The key's canonical text, without case; `None` when one of its units is empty.
pub(super) fn natural_key(inputs: &Inputs<'_>, values: &[Value]) -> Option<String> {
    let mut key = String::new();
    for &position in inputs.binding.natural_key() {
        let unit = inputs.units.at(position)?;
        let value = values.get(position)?;
        if value.is_unknown() {
            return None;
        }
        match canonical(&unit.kind, value).as_ref() {
            Value::Empty => return None,
            Value::Text(text) => key.push_str(&text.trim().to_lowercase()),
            other => key.push_str(&other.to_string()),
        }
        key.push('\u{1f}');
    }
    Some(key)
}
