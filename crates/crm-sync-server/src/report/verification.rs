//! Where both sides differ.

use connector_core::plan::{Drift, DriftKind, Side, Verification};
use serde_json::{Value, json};

use super::Speaker;
use super::list::Text;
use crate::messages;
use crate::service::verify::Verified;

/// A comparison as text.
#[must_use]
pub fn verification(speaker: &Speaker<'_>, found: &Verification) -> String {
    let Speaker { lang, remote, .. } = *speaker;
    let mut text = Text::default();
    text.line(&messages::verified(lang, Verified::from(found), remote));
    let drifts: Vec<String> = found.drifts.iter().map(|one| drift(speaker, one)).collect();
    text.whole_list(speaker, &messages::drifts_title(lang), &drifts);
    if !drifts.is_empty() {
        text.line("");
        text.line(&messages::drift_next(lang, remote));
    }
    text.end()
}

/// One difference: what each side holds, and what both last agreed on.
#[must_use]
pub fn drift(speaker: &Speaker<'_>, drift: &Drift) -> String {
    let Speaker { lang, remote, .. } = *speaker;
    let label = messages::short(&drift.label);
    let side = |side, value: &_, unit| {
        let shown = speaker.value(unit, value);
        messages::drift_side(lang, side, &shown, remote)
    };
    match &drift.kind {
        DriftKind::NoDeal => format!("{label}\n{}", messages::drift_gone(lang, Side::Crm, remote)),
        DriftKind::NoRecord => format!("{label}\n{}", messages::drift_gone(lang, Side::Remote, remote)),
        DriftKind::Unit(unit) => {
            let agreed = unit.agreed.as_ref().map(|agreed| speaker.value(&unit.unit, agreed));
            [
                format!("{label} — {}", speaker.unit(&unit.unit)),
                side(Side::Crm, &unit.crm, &unit.unit),
                side(Side::Remote, &unit.theirs, &unit.unit),
                messages::drift_agreed(lang, agreed.as_deref()),
            ]
            .join("\n")
        }
    }
}

/// A comparison as a document.
#[must_use]
pub fn verification_json(remote: &str, found: &Verification) -> Value {
    let verified = Verified::from(found);
    let status = if verified.is_in_agreement() { "in_agreement" } else { "drift" };
    json!({"remote": remote, "status": status, "verification": found})
}
