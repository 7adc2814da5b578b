//! Plans, results and findings as text for people and as JSON for programs.

mod checkup;
mod history;
mod json;
mod list;
mod plan;
mod result;
mod runs_file;
mod verification;
mod waiting;

pub use checkup::checkup;
pub use history::{Standing, configured, imported, status};
pub use json::{checkup_json, connections_json, imported_json, plan_json, run_json};
pub use plan::{disputed, notice, plan, question};
pub use result::result;
pub use runs_file::runs_file;
pub use verification::{drift, verification, verification_json};
pub use waiting::{conflicts, conflicts_json, questions};

use connector_core::id::UnitKey;
use connector_core::unit::{Unit, Units};
use connector_core::value::Value;

use crate::messages::{self, Lang};

/// What a report needs to know to speak: the language, the units, the remote.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    /// The language.
    pub lang: Lang,
    /// What a deal is made of.
    pub units: &'a Units,
    /// The remote: `airtable`.
    pub remote: &'a str,
}

impl Speaker<'_> {
    /// What people call a unit.
    #[must_use]
    pub fn unit(&self, key: &UnitKey) -> String {
        self.units.get(key.as_str()).map_or_else(|| key.to_string(), |unit| unit.name().to_owned())
    }

    /// What a unit holds, as people write it.
    #[must_use]
    pub fn value(&self, key: &UnitKey, value: &Value) -> String {
        messages::value(self.lang, self.units.get(key.as_str()).map(|unit| &unit.kind), value)
    }

    /// What a unit holds, in a place of its own.
    #[must_use]
    pub fn shown(&self, key: &UnitKey, value: &Value) -> String {
        messages::shown(self.lang, self.units.get(key.as_str()).map(|unit| &unit.kind), value)
    }

    fn unit_at(&self, position: usize) -> Option<&Unit> {
        self.units.at(position)
    }
}
