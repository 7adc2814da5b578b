//! Stages and the options, or words, that mean them.
//!
//! | field | cell | stage |
//! |---|---|---|
//! | select | an option that the mapping names | the one it is mapped to, whatever its name |
//! | select | an option called `Closed won` | the one of that variant |
//! | select | an option called `?` | the vocabulary's fallback with a note, else unknown |
//! | text | `closed won` | likewise |

use std::collections::{BTreeMap, HashMap};

use super::fidelity::{Fidelity, Loss};
use super::note::{Decoded, Note};
use super::option::{Options, choice};
use super::refusal::{Refusal, shown};
use super::{Format, Obstacle, unreadable, wrong_kind};
use crate::fold::fold;
use crate::id::OptionId;
use crate::schema::{FieldKind, FieldOption};
use crate::stage::Vocabulary;
use crate::unit::UnitKind;
use crate::value::{Choice, Value};

#[derive(Debug)]
pub(super) struct StageFormat {
    vocabulary: Vocabulary,
    field: FieldKind,
    options: Options,
    /// The stages that the mapping gives to options, as the vocabulary spells them.
    mapped: HashMap<OptionId, String>,
    /// The options of each stage that has any; the first is written.
    written: BTreeMap<String, Vec<FieldOption>>,
}

impl StageFormat {
    pub(super) fn new(
        vocabulary: Vocabulary,
        field: FieldKind,
        options: Options,
        stages: &BTreeMap<OptionId, String>,
    ) -> Self {
        let spelled =
            |(id, stage): (&OptionId, &String)| Some((id.clone(), vocabulary.resolve(stage)?.to_owned()));
        let mapped: HashMap<OptionId, String> = stages.iter().filter_map(spelled).collect();
        let mut written: BTreeMap<String, Vec<FieldOption>> = BTreeMap::new();
        for option in options.iter() {
            let stage =
                mapped.get(&option.id).map(String::as_str).or_else(|| vocabulary.resolve(&option.name));
            if let Some(stage) = stage {
                written.entry(stage.to_owned()).or_default().push(option.clone());
            }
        }
        for (stage, options) in &mut written {
            // Stable: among equals the remote's order decides.
            options
                .sort_by_key(|option| (fold(&option.name) != fold(stage), !mapped.contains_key(&option.id)));
        }
        Self { vocabulary, field, options, mapped, written }
    }

    /// The stage of an option, by the mapping, then by its name.
    fn stage_of(&self, choice: &Choice) -> Decoded {
        let option = self.options.of_choice(choice);
        let id = choice.id.as_ref().or_else(|| option.map(|option| &option.id));
        match id.and_then(|id| self.mapped.get(id)) {
            Some(stage) => Decoded::of(Value::text(stage.as_str())),
            None => self.stage_called(&choice.name),
        }
    }

    /// The stage that a word means.
    fn stage_called(&self, word: &str) -> Decoded {
        match (self.vocabulary.resolve(word), self.vocabulary.fallback()) {
            (Some(stage), _) => Decoded::of(Value::text(stage)),
            (None, Some(stage)) => {
                let note = Note::UnknownStage { word: shown(word), became: stage.to_owned() };
                Decoded::noted(Value::text(stage), note)
            }
            (None, None) => Decoded::unknown(format!("“{}” is no stage", shown(word))),
        }
    }

    /// The option to write for a stage.
    fn option_for(&self, stage: &str) -> Result<Choice, Refusal> {
        match self.written.get(stage).and_then(|options| options.first()) {
            Some(option) => Ok(choice(option)),
            // An option of that name that the mapping gave to another stage would be read as that one.
            None if self.options.named(stage).is_some() => Err(self.options.refuse(stage)),
            None => self.options.choose(stage),
        }
    }

    fn option_fidelity(&self, several: bool) -> Fidelity {
        let without: Vec<String> = self
            .vocabulary
            .stages()
            .iter()
            .filter(|stage| self.option_for(stage).is_err())
            .cloned()
            .collect();
        let mut to_remote = Vec::new();
        if !without.is_empty() {
            to_remote.push(Loss::StagesWithoutOption { stages: without });
        }

        let mut to_crm = Vec::new();
        let means_a_stage = |option: &FieldOption| {
            self.mapped.contains_key(&option.id) || self.vocabulary.resolve(&option.name).is_some()
        };
        let unmapped: Vec<String> = self
            .options
            .iter()
            .filter(|option| !means_a_stage(option))
            .map(|option| option.name.clone())
            .collect();
        if !unmapped.is_empty() {
            to_crm.push(Loss::OptionsWithoutStage { options: unmapped, become_stage: self.fallback() });
        }
        for (stage, options) in self.written.iter().filter(|(_, options)| options.len() > 1) {
            let options = options.iter().map(|option| option.name.clone()).collect();
            to_crm.push(Loss::OptionsMerged { stage: stage.clone(), options });
        }
        if several {
            to_crm.push(Loss::OnlyOne);
        }
        Fidelity::lossy(to_remote, to_crm)
    }

    fn fallback(&self) -> Option<String> {
        self.vocabulary.fallback().map(str::to_owned)
    }
}

impl Format for StageFormat {
    fn fidelity(&self) -> Fidelity {
        match &self.field {
            FieldKind::Select { .. } => self.option_fidelity(false),
            FieldKind::MultiSelect { .. } => self.option_fidelity(true),
            FieldKind::Text { .. } | FieldKind::RichText => {
                let words = Loss::UnknownWords { become_stage: self.fallback() };
                Fidelity::lossy(Vec::new(), vec![words, Loss::Reformatted])
            }
            FieldKind::Email
            | FieldKind::Url
            | FieldKind::Phone
            | FieldKind::Number { .. }
            | FieldKind::Currency { .. }
            | FieldKind::Percent { .. }
            | FieldKind::Duration
            | FieldKind::Rating { .. }
            | FieldKind::Checkbox
            | FieldKind::Date
            | FieldKind::DateTime
            | FieldKind::People { .. }
            | FieldKind::Links { .. }
            | FieldKind::Files
            | FieldKind::Body
            | FieldKind::Other { .. } => {
                Fidelity::none(&UnitKind::Stage(self.vocabulary.clone()), &self.field)
            }
        }
    }

    fn decode(&self, cell: &Value) -> Decoded {
        match cell {
            Value::Text(text) if fold(text).is_empty() => Decoded::of(Value::Empty),
            Value::Text(text) => self.stage_called(text),
            Value::Choice(choice) => self.stage_of(choice),
            Value::Choices(choices) => match choices.as_slice() {
                [] => Decoded::of(Value::Empty),
                [choice] => self.stage_of(choice),
                _ => unreadable(cell, "one stage but several"),
            },
            _ => unreadable(cell, "a stage"),
        }
    }

    fn encode(&self, value: &Value) -> Result<Value, Refusal> {
        let Value::Text(word) = value else { return Err(wrong_kind(value)) };
        let Some(stage) = self.vocabulary.resolve(word) else {
            let stages = self.vocabulary.stages().to_vec();
            return Err(Refusal::NotAStage { value: shown(word), stages });
        };
        match &self.field {
            FieldKind::Text { .. } | FieldKind::RichText => Ok(Value::text(stage)),
            FieldKind::Select { .. } => self.option_for(stage).map(Value::Choice),
            FieldKind::MultiSelect { .. } => {
                self.option_for(stage).map(|choice| Value::Choices(vec![choice]))
            }
            other => {
                Err(Refusal::Impossible(Obstacle::kinds(&UnitKind::Stage(self.vocabulary.clone()), other)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lens::Carries;
    use crate::lens::option::tests::{multi_select, select};

    fn vocabulary() -> Vocabulary {
        Vocabulary::new(["prospect", "qualifié", "gagné"])
            .with_variants("prospect", &["lead", "new"])
            .with_variants("gagné", &["won"])
    }

    fn format(
        vocabulary: Vocabulary,
        field: FieldKind,
        stages: &[(&str, &str)],
        creates: bool,
    ) -> StageFormat {
        let options = Options::new(&field, creates);
        let stages = stages.iter().map(|(id, stage)| ((*id).into(), (*stage).to_owned())).collect();
        StageFormat::new(vocabulary, field, options, &stages)
    }

    fn cell(id: &str, name: &str) -> Value {
        Value::Choice(Choice { id: Some(id.into()), name: name.into() })
    }

    #[test]
    fn the_mapping_speaks_before_the_name() {
        let format =
            format(vocabulary(), select(&["Won", "Lost"]), &[("o0", "qualifié"), ("o1", "gagné")], false);
        assert_eq!(format.decode(&cell("o0", "Won")).value, Value::text("qualifié"));
        assert_eq!(format.encode(&Value::text("gagné")), Ok(cell("o1", "Lost")));
    }

    #[test]
    fn a_renamed_option_keeps_its_stage() {
        let format = format(vocabulary(), select(&["Signed!"]), &[("o0", "gagné")], false);
        let no_id = Value::Choice(Choice { id: None, name: "signed!".into() });
        assert_eq!(format.decode(&no_id).value, Value::text("gagné"));
    }

    #[test]
    fn of_several_options_the_one_called_as_the_stage_is_written() {
        let format = format(vocabulary(), select(&["New", "Lead", "Prospect"]), &[], false);
        assert_eq!(format.decode(&cell("o0", "New")).value, Value::text("prospect"));
        assert_eq!(format.encode(&Value::text("prospect")), Ok(cell("o2", "Prospect")));
    }

    #[test]
    fn an_unknown_option_becomes_the_fallback_with_a_note_or_stays_unknown() {
        let unknown = cell("o0", "Perdu");
        let strict = format(vocabulary(), select(&["Perdu"]), &[], false);
        assert!(strict.decode(&unknown).value.is_unknown());
        let lenient = format(vocabulary().with_fallback("prospect"), select(&["Perdu"]), &[], false);
        let decoded = lenient.decode(&unknown);
        assert_eq!(decoded.value, Value::text("prospect"));
        assert_eq!(decoded.note.unwrap().to_string(), "“Perdu” is no stage and became “prospect”");
    }

    #[test]
    fn a_stage_without_option_is_refused_unless_one_may_be_made() {
        let won = Value::text("gagné");
        let strict = format(vocabulary(), select(&["Lead"]), &[], false);
        assert!(matches!(strict.encode(&won), Err(Refusal::NoSuchOption { .. })));
        let Carries::Lossy(losses) = strict.fidelity().to_remote else { panic!("something is lost") };
        let stages = vec!["qualifié".to_owned(), "gagné".to_owned()];
        assert_eq!(losses, [Loss::StagesWithoutOption { stages }]);
        let creating = format(vocabulary(), select(&["Lead"]), &[], true);
        assert_eq!(creating.encode(&won), Ok(Value::Choice(Choice { id: None, name: "gagné".into() })));
        assert_eq!(creating.fidelity(), Fidelity::EXACT);
    }

    #[test]
    fn an_option_given_to_another_stage_is_not_written_for_its_name() {
        let format = format(vocabulary(), select(&["Gagné"]), &[("o0", "qualifié")], true);
        assert!(format.encode(&Value::text("gagné")).is_err());
    }

    #[test]
    fn a_word_that_is_no_stage_is_not_sent() {
        let format = format(vocabulary(), FieldKind::RichText, &[], false);
        assert!(matches!(format.encode(&Value::text("?!x")), Err(Refusal::NotAStage { .. })));
        assert_eq!(format.encode(&Value::text(" QUALIFIE ")), Ok(Value::text("qualifié")));
    }

    #[test]
    fn several_options_at_once_are_no_stage() {
        let format = format(vocabulary(), multi_select(&["Lead", "Won"]), &[], false);
        let choice = |name: &str| Choice { id: None, name: name.into() };
        assert_eq!(format.decode(&Value::Choices(vec![choice("Won")])).value, Value::text("gagné"));
        assert!(format.decode(&Value::Choices(vec![choice("Won"), choice("Lead")])).value.is_unknown());
    }
}
