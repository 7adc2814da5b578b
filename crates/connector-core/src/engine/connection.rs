//! What is kept in agreement, and how.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::digest::digest;
use crate::id::ConnectionId;
use crate::mapping::Mapping;
use crate::plan::{Limits, Policy};
use crate::schema::Schema;

/// A CRM and one container that are kept in agreement, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id: the links hang on it, so another container is another connection.
    pub id: ConnectionId,
    /// Which unit is which field.
    pub mapping: Mapping,
    /// What the user chose.
    pub policy: Policy,
    /// Whether unknown options may be made in the remote.
    pub create_options: bool,
}

impl Connection {
    /// What these settings mean for `schema`, in one short text: a plan that was made with another one is refused, and
    /// the first run with another one asks for an approval.
    ///
    /// It covers the mapping's [`Fingerprint`](crate::mapping::Fingerprint) and every choice that decides what is done.
    /// It leaves out the limits of the guards, which only stop, and what an override lets pass for one run.
    #[must_use]
    pub fn fingerprint(&self, schema: &Schema) -> String {
        let mapping = self.mapping.fingerprint(schema);
        let options = self.create_options.then_some("create_options");
        let choices = choices(&self.policy);
        let choices = choices.iter().map(String::as_str);
        digest([mapping.as_str()].into_iter().chain(options).chain(choices))
    }
}

/// What was chosen and is not the default, so that a choice which a later version adds asks nobody for anything.
fn choices(policy: &Policy) -> Vec<String> {
    let deciding = |policy: &Policy| {
        let policy = Policy { limits: Limits::default(), overrides: BTreeSet::new(), ..policy.clone() };
        match serde_json::to_value(policy) {
            Ok(serde_json::Value::Object(members)) => members,
            _ => serde_json::Map::new(),
        }
    };
    let usual = deciding(&Policy::default());
    let chosen = deciding(policy).into_iter().filter(|(name, choice)| usual.get(name) != Some(choice));
    chosen.map(|(name, choice)| format!("{name}={choice}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Deletion, Guard, Precedence, Side, Strategy};

    fn connection() -> Connection {
        Connection {
            id: "airtable".into(),
            mapping: Mapping::default(),
            policy: Policy::default(),
            create_options: false,
        }
    }

    fn changed(edit: impl FnOnce(&mut Connection)) -> bool {
        let schema = Schema { container: "deals".into(), name: "Deals".into(), fields: Vec::new() };
        let mut connection = connection();
        edit(&mut connection);
        connection.fingerprint(&schema) != self::connection().fingerprint(&schema)
    }

    #[test]
    fn each_choice_that_decides_what_is_done_changes_it() {
        assert!(changed(|connection| connection.policy.strategy = Strategy::Manual));
        assert!(changed(|connection| connection.policy.tie = Side::Remote));
        assert!(changed(|connection| connection.policy.precedence = Precedence::Ask));
        assert!(changed(|connection| connection.policy.matching = false));
        assert!(changed(|connection| connection.policy.create = false));
        assert!(changed(|connection| connection.policy.copies = true));
        assert!(changed(|connection| connection.policy.stamp = false));
        assert!(changed(|connection| connection.policy.deletions.crm = Deletion::Hard));
        assert!(changed(|connection| connection.policy.delete_beats_edit = true));
        assert!(changed(|connection| connection.create_options = true));
        assert!(changed(|connection| connection.mapping.key_field = Some("key".into())));
    }

    #[test]
    fn what_only_stops_or_lets_pass_changes_nothing() {
        assert!(!changed(|connection| connection.policy.limits.calls = Some(100)));
        assert!(!changed(|connection| connection.policy.overrides = BTreeSet::from([Guard::Budget])));
        assert!(!changed(|connection| connection.id = "another".into()));
    }
}
