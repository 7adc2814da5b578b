//! Options of selects and statuses.

use serde_json::{Value, json};

use crate::id::{Id, Random};

/// The colours that options have.
pub(crate) const COLORS: [&str; 10] =
    ["default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red"];

/// An option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SelectOption {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) color: String,
    pub(crate) description: Option<String>,
}

/// A group of a status's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: Id,
    pub(crate) name: &'static str,
    pub(crate) color: &'static str,
    pub(crate) options: Vec<Id>,
}

impl SelectOption {
    /// A new option; the colour is drawn unless one is given.
    pub(crate) fn new(name: &str, color: Option<&str>, random: &mut Random) -> Self {
        let drawn = random.pick(&COLORS).copied().unwrap_or("default");
        Self {
            id: random.uuid(),
            name: name.to_owned(),
            color: color.unwrap_or(drawn).to_owned(),
            description: None,
        }
    }

    /// Names differ without regard to case.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.to_lowercase()
    }

    /// In a value.
    pub(crate) fn json(&self) -> Value {
        json!({"id": &*self.id, "name": self.name, "color": self.color})
    }

    /// In a schema.
    pub(crate) fn definition(&self) -> Value {
        json!({"id": &*self.id, "name": self.name, "color": self.color, "description": self.description})
    }
}

impl Group {
    /// The three groups that every status has, with all options in the first but those named for the others.
    pub(crate) fn three(
        options: &[SelectOption],
        active: &[&str],
        done: &[&str],
        random: &mut Random,
    ) -> Vec<Self> {
        let of = |names: &[&str]| -> Vec<Id> {
            let named = options.iter().filter(|option| names.contains(&option.name.as_str()));
            named.map(|option| option.id.clone()).collect()
        };
        let rest: Vec<&str> = options
            .iter()
            .map(|option| option.name.as_str())
            .filter(|name| !active.contains(name) && !done.contains(name))
            .collect();
        [("To-do", "gray", of(&rest)), ("In progress", "blue", of(active)), ("Complete", "green", of(done))]
            .map(|(name, color, options)| Self { id: random.uuid(), name, color, options })
            .to_vec()
    }

    pub(crate) fn json(&self) -> Value {
        let ids: Vec<&str> = self.options.iter().map(|id| &**id).collect();
        json!({"id": &*self.id, "name": self.name, "color": self.color, "option_ids": ids})
    }
}
