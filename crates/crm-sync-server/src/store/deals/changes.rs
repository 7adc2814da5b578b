//! What is to be written to a deal, checked and in the columns' types.

use chrono::{Datelike as _, NaiveDate};
use connector_core::canon::rounded;
use connector_core::id::UnitKey;
use connector_core::unit::{Unit, UnitKind, Units};
use connector_core::value::Value;
use rust_decimal::Decimal;

use super::row::Row;
use crate::crm::{self, TAG_SEPARATOR};

/// What a column that may be empty shall hold.
pub(super) type Nullable<T> = Option<T>;

/// The most characters of a cell of tags.
const TAGS_MAX: usize = 100;

/// The least amount that is too much for `numeric(12, 2)`.
const TOO_MUCH: Decimal = Decimal::from_parts(1_410_065_408, 2, 0, false, 0);

/// New contents of some columns; `None` leaves a column alone.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) client: Option<String>,
    pub(super) statut: Option<String>,
    pub(super) montant_brut: Option<Decimal>,
    pub(super) secteur: Option<Nullable<String>>,
    pub(super) date_echeance: Option<Nullable<NaiveDate>>,
    pub(super) assignee: Option<Nullable<String>>,
    pub(super) notes: Option<Nullable<String>>,
    pub(super) probabilite: Option<Decimal>,
    pub(super) valeur_ponderee: Option<Decimal>,
}

impl Changes {
    /// The columns of a new deal; or why the CRM cannot keep it.
    pub(super) fn whole(units: &Units, values: &[(UnitKey, Value)]) -> Result<Self, String> {
        let given = |unit: &Unit| values.iter().any(|(key, _)| *key == unit.key);
        let missing = units.iter().filter(|unit| !unit.derived && !given(unit));
        let missing: Vec<_> = missing.map(|unit| (unit.key.clone(), Value::Empty)).collect();
        let mut changes = Self::default();
        for (unit, value) in values.iter().chain(&missing) {
            changes.set(units, unit, value)?;
        }
        changes.derive(units, None);
        Ok(changes)
    }

    /// The columns to change of a deal; or why the CRM cannot keep them.
    pub(super) fn some(units: &Units, row: &Row, values: &[(UnitKey, Value)]) -> Result<Self, String> {
        let mut changes = Self::default();
        for (unit, value) in values {
            changes.set(units, unit, value)?;
        }
        if changes.statut.is_some() || changes.montant_brut.is_some() {
            changes.derive(units, Some(row));
        }
        Ok(changes)
    }

    fn set(&mut self, units: &Units, key: &UnitKey, value: &Value) -> Result<(), String> {
        let unit = units.get(key.as_str()).ok_or_else(|| format!("{key}: no such unit"))?;
        let refused = |why: &str| format!("{}: {why}", unit.key);
        if unit.derived {
            return Err(refused("the CRM computes it"));
        }
        unit.check(value).map_err(|fault| refused(&fault.to_string()))?;
        match key.as_str() {
            crm::CLIENT => self.client = Some(text(value).map_err(refused)?.unwrap_or_default()),
            crm::STATUT => self.statut = Some(stage(unit, value).map_err(refused)?),
            crm::MONTANT_BRUT => self.montant_brut = Some(amount(unit, value).map_err(refused)?),
            crm::SECTEUR => self.secteur = Some(tags(value).map_err(refused)?),
            crm::DATE_ECHEANCE => self.date_echeance = Some(date(value).map_err(refused)?),
            crm::ASSIGNEE => self.assignee = Some(text(value).map_err(refused)?),
            crm::NOTES => self.notes = Some(text(value).map_err(refused)?),
            _ => return Err(refused("the CRM has no such column")),
        }
        Ok(())
    }

    /// Computes what the CRM would compute. A deal whose stage or amount makes no sense keeps what it has.
    fn derive(&mut self, units: &Units, row: Option<&Row>) {
        let held = |key: &str| Some(row?.value(units.get(key)?));
        let stage = self.statut.clone().or_else(|| match held(crm::STATUT)? {
            Value::Text(word) => vocabulary(units)?.resolve(&word).map(ToOwned::to_owned),
            _ => None,
        });
        let amount = self.montant_brut.or_else(|| match held(crm::MONTANT_BRUT)? {
            Value::Number(number) => Some(number),
            _ => None,
        });
        let Some(probability) = stage.as_deref().and_then(crm::probability) else { return };
        self.probabilite = Some(probability);
        self.valeur_ponderee = amount.map(|amount| crm::weighted(amount, probability));
    }
}

fn vocabulary(units: &Units) -> Option<&connector_core::stage::Vocabulary> {
    match &units.get(crm::STATUT)?.kind {
        UnitKind::Stage(stages) => Some(stages),
        _ => None,
    }
}

const OTHER_KIND: &str = "it cannot hold this value";
const NUL: &str = "text must not contain NUL";

fn text(value: &Value) -> Result<Nullable<String>, &'static str> {
    match value {
        Value::Empty => Ok(None),
        Value::Text(text) if text.contains('\0') => Err(NUL),
        Value::Text(text) => Ok(Some(text.clone())),
        _ => Err(OTHER_KIND),
    }
}

/// The column takes no NULL: a deal without a stage is at the one that unknown words become.
fn stage(unit: &Unit, value: &Value) -> Result<String, &'static str> {
    let UnitKind::Stage(stages) = &unit.kind else { return Err(OTHER_KIND) };
    let stage = match text(value)? {
        Some(word) => stages.resolve(&word).ok_or("it is no stage")?.to_owned(),
        None => stages.fallback().ok_or("it is empty, and a deal needs it")?.to_owned(),
    };
    // Another vocabulary than the CRM's could not be weighted.
    crm::probability(&stage).map(|_| stage).ok_or("the CRM knows no probability for this stage")
}

fn amount(unit: &Unit, value: &Value) -> Result<Decimal, &'static str> {
    let (UnitKind::Money { scale }, Value::Number(number)) = (&unit.kind, value) else {
        return Err(OTHER_KIND);
    };
    let number = rounded(*number, *scale);
    if number.abs() < TOO_MUCH { Ok(number) } else { Err("it has more than ten digits before the point") }
}

fn tags(value: &Value) -> Result<Nullable<String>, &'static str> {
    let tags = match value {
        Value::Empty => return Ok(None),
        Value::Tags(tags) => tags,
        _ => return Err(OTHER_KIND),
    };
    if tags.iter().any(|tag| tag.contains('\0')) {
        return Err(NUL);
    }
    if tags.iter().any(|tag| tag.contains(TAG_SEPARATOR)) {
        return Err("a tag must not contain “|”, which stands between tags");
    }
    let joined = tags.join(&TAG_SEPARATOR.to_string());
    match joined.chars().nth(TAGS_MAX) {
        Some(_) => Err("all tags together have more than 100 characters"),
        None => Ok(Some(joined).filter(|joined| !joined.is_empty())),
    }
}

fn date(value: &Value) -> Result<Nullable<NaiveDate>, &'static str> {
    match value {
        Value::Empty => Ok(None),
        Value::Date(day) if (1..=9999).contains(&day.year()) => Ok(Some(*day)),
        Value::Date(_) => Err("its year is not between 1 and 9999"),
        _ => Err(OTHER_KIND),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn change(key: &str, value: &Value) -> Result<Changes, String> {
        let mut changes = Changes::default();
        changes.set(&crm::units().unwrap(), &key.into(), value).map(|()| changes)
    }

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    #[rstest]
    #[case(crm::CLIENT, Value::Empty)]
    #[case(crm::CLIENT, Value::Text("a\0b".into()))]
    #[case(crm::CLIENT, Value::Unknown("cut off".into()))]
    #[case(crm::MONTANT_BRUT, number("0"))]
    #[case(crm::MONTANT_BRUT, number("10000000000"))]
    #[case(crm::MONTANT_BRUT, number("9999999999.999"))]
    #[case(crm::STATUT, Value::Text("perdu".into()))]
    #[case(crm::SECTEUR, Value::tags(["SaaS|B2B"]))]
    #[case(crm::SECTEUR, Value::tags(["x".repeat(101)]))]
    #[case(crm::DATE_ECHEANCE, Value::Date(NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap()))]
    #[case(crm::DATE_ECHEANCE, Value::Text("2026-01-01".into()))]
    #[case(crm::PROBABILITE, number("0.5"))]
    #[case("couleur", Value::Empty)]
    fn what_a_column_cannot_keep_is_refused_by_name(#[case] unit: &str, #[case] value: Value) {
        let why = change(unit, &value).unwrap_err();
        assert!(why.starts_with(unit), "{why}");
    }

    #[test]
    fn a_value_is_written_as_the_crm_writes_it() {
        assert_eq!(
            change(crm::STATUT, &Value::Text(" WON ".into())).unwrap().statut.as_deref(),
            Some("gagné")
        );
        assert_eq!(change(crm::STATUT, &Value::Empty).unwrap().statut.as_deref(), Some("prospect"));
        assert_eq!(
            change(crm::MONTANT_BRUT, &number("9999999999.994")).unwrap().montant_brut,
            Some("9999999999.99".parse().unwrap())
        );
        assert_eq!(
            change(crm::SECTEUR, &Value::tags(["SaaS", "B2B"])).unwrap().secteur,
            Some(Some("SaaS|B2B".to_owned()))
        );
    }

    #[test]
    fn a_new_deal_is_weighted_and_lacks_nothing_that_it_needs() {
        let units = crm::units().unwrap();
        let client = (crm::CLIENT.into(), Value::Text("Acme".into()));
        let amount = (crm::MONTANT_BRUT.into(), number("8500.10"));
        let whole = Changes::whole(&units, &[client.clone(), amount]).unwrap();
        assert_eq!(whole.statut.as_deref(), Some("prospect"));
        assert_eq!(whole.valeur_ponderee, Some("850.01".parse().unwrap()));
        assert!(Changes::whole(&units, &[client]).unwrap_err().starts_with(crm::MONTANT_BRUT));
    }
}
