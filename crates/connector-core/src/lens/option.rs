//! The options of a select field, found by id and by name.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::refusal::{Refusal, shown};
use crate::id::OptionId;
use crate::schema::{FieldKind, FieldOption};
use crate::value::Choice;

/// The most characters of a new option's name (Notion's limit, the lower of the two).
const MAX_NAME_CHARS: usize = 100;

/// The options of one field; none for a field that has none.
#[derive(Debug, Clone)]
pub(super) struct Options {
    list: Vec<FieldOption>,
    /// Name without case and blanks around it → position in `list`; of two, the first.
    names: HashMap<String, usize>,
    creates: bool,
}

impl Options {
    pub(super) fn new(kind: &FieldKind, create_options: bool) -> Self {
        let extensible = match kind {
            FieldKind::Select { extensible, .. } | FieldKind::MultiSelect { extensible, .. } => *extensible,
            _ => false,
        };
        let list = kind.options().to_vec();
        let mut names = HashMap::with_capacity(list.len());
        for (at, option) in list.iter().enumerate() {
            names.entry(caseless(&option.name)).or_insert(at);
        }
        Self { list, names, creates: extensible && create_options }
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, FieldOption> {
        self.list.iter()
    }

    /// Whether a word without option becomes a new one.
    pub(super) const fn creates(&self) -> bool {
        self.creates
    }

    /// The option of a cell: by its id, else by its name.
    pub(super) fn of_choice(&self, choice: &Choice) -> Option<&FieldOption> {
        self.by_id(choice.id.as_ref()).or_else(|| self.named(&choice.name))
    }

    fn by_id(&self, id: Option<&OptionId>) -> Option<&FieldOption> {
        let id = id?;
        self.list.iter().find(|option| option.id == *id)
    }

    /// The option with this name: spelled so, else in any case. Remotes take no two names that differ in case only.
    pub(super) fn named(&self, name: &str) -> Option<&FieldOption> {
        self.list
            .iter()
            .find(|option| option.name == name)
            .or_else(|| self.names.get(&caseless(name)).and_then(|at| self.list.get(*at)))
    }

    /// The option to write for a word: one that exists, else a new one if that is allowed.
    pub(super) fn choose(&self, word: &str) -> Result<Choice, Refusal> {
        if let Some(option) = self.named(word) {
            return Ok(choice(option));
        }
        if !self.creates {
            return Err(self.refuse(word));
        }
        let name = word.trim();
        if name.contains(',') {
            return Err(Refusal::OptionWithComma { name: shown(name) });
        }
        if name.chars().nth(MAX_NAME_CHARS).is_some() {
            return Err(Refusal::TooLong { max: MAX_NAME_CHARS, chars: name.chars().count() });
        }
        Ok(Choice { id: None, name: name.to_owned() })
    }

    /// The refusal of a word that is no option.
    pub(super) fn refuse(&self, word: &str) -> Refusal {
        let options =
            self.list.iter().take(Refusal::OPTIONS_SHOWN).map(|option| option.name.clone()).collect();
        Refusal::NoSuchOption {
            name: shown(word),
            options,
            more: self.list.len().saturating_sub(Refusal::OPTIONS_SHOWN),
        }
    }
}

/// The cell's form of an option that exists.
pub(super) fn choice(option: &FieldOption) -> Choice {
    Choice { id: Some(option.id.clone()), name: option.name.clone() }
}

fn caseless(name: &str) -> String {
    name.trim().nfc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A single select field with these options, whose ids are `o0`, `o1`, …
    pub(crate) fn select(names: &[&str]) -> FieldKind {
        FieldKind::Select { options: options(names), extensible: true }
    }

    /// The same with several at once.
    pub(crate) fn multi_select(names: &[&str]) -> FieldKind {
        FieldKind::MultiSelect { options: options(names), extensible: true }
    }

    fn options(names: &[&str]) -> Vec<FieldOption> {
        let option = |(at, name): (usize, &&str)| FieldOption {
            id: OptionId::from(format!("o{at}")),
            name: (*name).to_owned(),
        };
        names.iter().enumerate().map(option).collect()
    }

    #[test]
    fn an_option_is_found_in_any_case_but_its_own_first() {
        let options = Options::new(&select(&["saas", "SaaS", "E\u{301}nergie"]), false);
        assert_eq!(options.choose("SaaS").unwrap().id, Some("o1".into()));
        assert_eq!(options.choose(" SAAS ").unwrap().id, Some("o0".into()));
        assert_eq!(options.choose("énergie").unwrap().id, Some("o2".into()));
    }

    #[test]
    fn an_unknown_option_is_refused_with_those_that_exist() {
        let names: Vec<String> = (0..10).map(|at| format!("n{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let refusal = Options::new(&select(&names), false).choose("Gagné").unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "“Gagné” is no option of the field, which has “n0”, “n1”, “n2”, “n3”, “n4”, “n5”, “n6”, “n7” and 2 more; \
             add the option or choose one of these"
        );
    }

    #[test]
    fn a_new_option_is_made_only_where_allowed_and_without_comma() {
        let options = Options::new(&select(&[]), true);
        assert_eq!(options.choose(" New ").unwrap(), Choice { id: None, name: "New".into() });
        assert_eq!(options.choose("a, b"), Err(Refusal::OptionWithComma { name: "a, b".into() }));
        assert_eq!(options.choose(&"x".repeat(101)), Err(Refusal::TooLong { max: 100, chars: 101 }));
        let status = FieldKind::Select { options: Vec::new(), extensible: false };
        assert!(Options::new(&status, true).choose("New").is_err());
    }
}
