//! What the doctor says.

use connector_core::lens::Carries;
use connector_core::plan::Side;
use connector_core::provider::Identity;

use super::{Lang, loss, obstacle, remote_name, say, side_name, whole};
use crate::app::NOTION;
use crate::service::budget::Budget;
use crate::service::check::{Prediction, Records};

/// The token works: whose it is.
#[must_use]
pub fn token_works(lang: Lang, identity: &Identity, remote: &str) -> String {
    let (there, who) = (remote_name(remote), identity.label.as_deref().unwrap_or(&identity.id));
    let told = say!(lang, "Le jeton {there} fonctionne ({who}).", "The {there} token works ({who}).");
    match &identity.scopes {
        None => told,
        Some(scopes) => {
            let scopes = scopes.join(", ");
            say!(lang, "{told} Droits : {scopes}.", "{told} Scopes: {scopes}.")
        }
    }
}

/// What the token may not do, and where to change that.
#[must_use]
pub fn scopes_missing(lang: Lang, scopes: &[&str], remote: &str) -> String {
    let (there, scopes) = (remote_name(remote), scopes.join(", "));
    say!(
        lang,
        "Le jeton {there} n'a pas les droits {scopes}. Ajoutez-les-lui sur airtable.com/create/tokens, ou créez-en un autre.",
        "The {there} token lacks the scopes {scopes}. Add them at airtable.com/create/tokens, or create another one."
    )
}

/// The remote does not say what the token may do.
#[must_use]
pub fn rights_untold(lang: Lang, remote: &str) -> String {
    if remote == NOTION {
        return say!(
            lang,
            "Notion ne dit pas d'avance si l'intégration peut écrire : donnez-lui, dans ses réglages, la lecture, la mise à jour et l'insertion de contenu.",
            "Notion does not tell beforehand whether the integration may write: in its settings, let it read, update and insert content."
        );
    }
    say!(
        lang,
        "Airtable ne dit pas d'avance si le jeton peut écrire : donnez-lui data.records:read, data.records:write et schema.bases:read.",
        "Airtable does not tell beforehand whether the token may write: give it data.records:read, data.records:write and schema.bases:read."
    )
}

/// Which table is connected.
#[must_use]
pub fn table_chosen(lang: Lang, table: &str, base: &str) -> String {
    let table = lang.quoted(table);
    say!(lang, "Table {table} de la base {base}.", "Table {table} of base {base}.")
}

/// The table can be read.
#[must_use]
pub fn fields_read(lang: Lang, fields: usize, records: Option<Records>) -> String {
    let (fields, one, several) = match lang {
        Lang::Fr => (lang.count(fields, "champ", "champs"), "ligne", "lignes"),
        Lang::En => (lang.count(fields, "field", "fields"), "record", "records"),
    };
    let records = records.map_or_else(String::new, |Records { count, is_exact }| {
        let counted = lang.count(count, one, several);
        if is_exact {
            format!(", {counted}")
        } else {
            say!(lang, ", plus de {counted}", ", more than {counted}")
        }
    });
    say!(lang, "La table est lisible : {fields}{records}.", "The table can be read: {fields}{records}.")
}

/// The heading of the findings.
#[must_use]
pub fn findings_title(lang: Lang) -> String {
    say!(lang, "À savoir sur les associations", "To know about the mapping")
}

/// The heading of what each field carries.
#[must_use]
pub fn carried_title(lang: Lang) -> String {
    say!(lang, "Ce que chaque champ transporte", "What each field carries")
}

/// The heading of the sample rows.
#[must_use]
pub fn sample_title(lang: Lang, remote: &str) -> String {
    let there = remote_name(remote);
    say!(lang, "Exemples de lignes {there}, lues comme des deals", "Sample records of {there}, read as deals")
}

/// What becomes of values on their way to one side.
#[must_use]
pub fn carries(lang: Lang, carries: &Carries, side: Side, remote: &str) -> String {
    let name = side_name(lang, side, remote);
    let what = match carries {
        Carries::Exact => say!(lang, "tout arrive, sans perte", "everything arrives, nothing is lost"),
        Carries::Impossible(why) => obstacle(lang, why),
        Carries::Lossy(losses) => {
            losses.iter().map(|lost| loss(lang, lost)).collect::<Vec<_>>().join(&say!(lang, " ; ", "; "))
        }
    };
    say!(lang, "vers {name} : {what}", "to {name}: {what}")
}

/// What a sync would cost.
#[must_use]
pub fn prediction(lang: Lang, told: &Prediction, remote: &str) -> String {
    let there = remote_name(remote);
    let (linked, page) = (whole(lang, told.linked), told.page);
    let Prediction { idle, creations, .. } = told;
    let calls = say!(
        lang,
        "Requêtes prévues à {there} : {idle} sans rien à faire ({linked} lignes liées, une de plus par {page} lignes), {creations} au plus pour créer les deals qui manquent.",
        "Expected requests to {there}: {idle} with nothing to do ({linked} linked records, one more for each {page} records), {creations} at most to create the missing deals."
    );
    let minutes = told.idle.saturating_add(*creations).div_ceil(told.per_minute.max(1));
    let most = told.per_minute;
    let calls = match lang {
        Lang::Fr => format!(
            "{calls}\n{there} laisse passer {most} requêtes par minute : au plus {} pour tout cela.",
            lang.count(minutes, "minute", "minutes")
        ),
        Lang::En => format!(
            "{calls}\n{there} lets {most} requests a minute through: at most {} for all that.",
            lang.count(minutes, "minute", "minutes")
        ),
    };
    match told.bodies {
        None => calls,
        Some(bodies) => say!(
            lang,
            "{calls}\nCorps des pages : {bodies} de plus au moins à la première lecture, puis une au moins par page modifiée.",
            "{calls}\nPage bodies: {bodies} more at least when they are read first, then one at least for each page that was edited."
        ),
    }
}

/// The requests of this month: sent, foreseen, allowed; and what to do when they will not suffice.
#[must_use]
pub fn budget(lang: Lang, budget: &Budget, remote: &str) -> String {
    let there = remote_name(remote);
    let whole = |number: u64| whole(lang, usize::try_from(number).unwrap_or(usize::MAX));
    let (used, foreseen) = (whole(budget.used), whole(budget.foreseen));
    let told = say!(
        lang,
        "Requêtes à {there} ce mois-ci : {used}, environ {foreseen} à la fin du mois à ce rythme",
        "Requests to {there} this month: {used}, about {foreseen} at the end of the month at this pace"
    );
    match budget.limit {
        None if remote == NOTION => format!("{told}."),
        None => say!(
            lang,
            "{told}. Airtable en permet 1 000 par mois en offre gratuite, 100 000 en offre Team : donnez la vôtre par « crm-sync-server configure airtable --monthly-calls ».",
            "{told}. Airtable allows 1,000 a month on its free plan, 100,000 on Team: give yours by “crm-sync-server configure airtable --monthly-calls”."
        ),
        Some(limit) if budget.foreseen > limit => {
            let limit = whole(limit);
            say!(
                lang,
                "{told}, pour une limite de {limit}. Synchronisez moins souvent, ou changez d'abonnement.",
                "{told}, of a limit of {limit}. Sync less often, or change the plan."
            )
        }
        Some(limit) => {
            let limit = whole(limit);
            say!(lang, "{told}, pour une limite de {limit}.", "{told}, of a limit of {limit}.")
        }
    }
}
