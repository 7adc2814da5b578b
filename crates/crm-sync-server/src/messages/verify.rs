//! Whether both sides hold what they agreed on.

use connector_core::plan::Side;

use super::{Lang, capitalised, moment, remote_name, say, side_name};
use crate::service::verify::Verified;
use crate::store::Found;

/// How a comparison came out, with its numbers.
#[must_use]
pub fn verified(lang: Lang, found: Verified, remote: &str) -> String {
    let there = remote_name(remote);
    let links = match lang {
        Lang::Fr => lang.count(found.links, "paire comparée", "paires comparées"),
        Lang::En => lang.count(found.links, "pair compared", "pairs compared"),
    };
    let told = if found.drifts == 0 {
        say!(lang, "CRM et {there} sont en accord : {links}.", "The CRM and {there} agree: {links}.")
    } else {
        let drifts = match lang {
            Lang::Fr => lang.count(found.drifts, "écart", "écarts"),
            Lang::En => lang.count(found.drifts, "difference", "differences"),
        };
        let agreeing = super::whole(lang, found.agreeing);
        say!(
            lang,
            "CRM et {there} diffèrent : {drifts} ({links}, dont {agreeing} en accord).",
            "The CRM and {there} differ: {drifts} ({links}, of which {agreeing} agree)."
        )
    };
    if found.complete {
        return told;
    }
    let cut = say!(
        lang,
        "La lecture de {there} s'est interrompue : des lignes qui semblent manquer sont peut-être là.",
        "The reading of {there} broke off: records that seem to be missing may be there."
    );
    format!("{told} {cut}")
}

/// When both sides were compared last, and how it came out.
#[must_use]
pub fn last_verified(lang: Lang, last: Option<&Found<Verified>>) -> String {
    let Some(Found { at, found }) = last else {
        return say!(lang, "Jamais vérifié (« verify »).", "Never verified (“verify”).");
    };
    let at = moment(lang, *at);
    let drifts = match lang {
        Lang::Fr => lang.count(found.drifts, "écart", "écarts"),
        Lang::En => lang.count(found.drifts, "difference", "differences"),
    };
    say!(lang, "Vérifié le {at} : {drifts}.", "Verified on {at}: {drifts}.")
}

/// The heading of what differs.
#[must_use]
pub fn drifts_title(lang: Lang) -> String {
    say!(lang, "Écarts", "Differences")
}

/// What one side holds where the sides differ.
#[must_use]
pub fn drift_side(lang: Lang, side: Side, shown: &str, remote: &str) -> String {
    let name = capitalised(&side_name(lang, side, remote));
    say!(lang, "{name} : {shown}", "{name}: {shown}")
}

/// What both sides last agreed on.
#[must_use]
pub fn drift_agreed(lang: Lang, shown: Option<&str>) -> String {
    match shown {
        Some(shown) => say!(lang, "Dernier accord : {shown}", "Last agreement: {shown}"),
        None => say!(lang, "Jamais mis en accord", "Never agreed on"),
    }
}

/// A side of a pair is gone.
#[must_use]
pub fn drift_gone(lang: Lang, side: Side, remote: &str) -> String {
    let there = remote_name(remote);
    match side {
        Side::Crm => say!(lang, "le deal n'est plus dans le CRM", "the deal is no longer in the CRM"),
        Side::Remote => {
            say!(lang, "la ligne n'est plus visible dans {there}", "the record is not to be seen in {there}")
        }
    }
}

/// What to do about differences.
#[must_use]
pub fn drift_next(lang: Lang, remote: &str) -> String {
    say!(
        lang,
        "Rien n'a été modifié. « crm-sync-server plan {remote} » montre ce qu'une synchronisation en ferait.",
        "Nothing was changed. “crm-sync-server plan {remote}” shows what a sync would do about it."
    )
}
