//! Stages: the words that say how far a deal has come, and the variants people write.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fold::fold;

/// The stages of a deal, with the variants that mean the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    stages: Vec<String>,
    /// Folded spelling → position in `stages`.
    spellings: BTreeMap<String, usize>,
    fallback: Option<usize>,
}

impl Vocabulary {
    /// The stages in their order, each as the deal keeps it.
    pub fn new<S: Into<String>>(stages: impl IntoIterator<Item = S>) -> Self {
        let stages: Vec<String> = stages.into_iter().map(Into::into).collect();
        let spellings = stages.iter().enumerate().map(|(at, stage)| (fold(stage), at)).collect();
        Self { stages, spellings, fallback: None }
    }

    /// Adds spellings that mean `stage`. An unknown stage is ignored, and so is a spelling already taken.
    #[must_use]
    pub fn with_variants(mut self, stage: &str, variants: &[&str]) -> Self {
        if let Some(at) = self.position(stage) {
            for variant in variants {
                self.spellings.entry(fold(variant)).or_insert(at);
            }
        }
        self
    }

    /// What a word that is no stage becomes; without it, such a word cannot be read.
    #[must_use]
    pub fn with_fallback(mut self, stage: &str) -> Self {
        self.fallback = self.position(stage);
        self
    }

    /// The stages, in their order.
    #[must_use]
    pub fn stages(&self) -> &[String] {
        &self.stages
    }

    /// The stage that `word` means: itself or a variant, whatever the case, accents and blanks around it.
    #[must_use]
    pub fn resolve(&self, word: &str) -> Option<&str> {
        // Most words are spelled exactly as the stage is: no need to fold them.
        if let Some(stage) = self.stages.iter().find(|stage| *stage == word) {
            return Some(stage);
        }
        self.stages.get(self.position(word)?).map(String::as_str)
    }

    /// What a word that is no stage becomes.
    #[must_use]
    pub fn fallback(&self) -> Option<&str> {
        self.stages.get(self.fallback?).map(String::as_str)
    }

    fn position(&self, word: &str) -> Option<usize> {
        self.spellings.get(&fold(word)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_known_by_its_variants_in_any_case() {
        let stages = Vocabulary::new(["prospect", "qualifié", "gagné"])
            .with_variants("gagné", &["won", "closed-won"])
            .with_fallback("prospect");
        for (word, stage) in [
            (" Prospect ", Some("prospect")),
            ("QUALIFIE", Some("qualifié")),
            ("Closed Won", Some("gagné")),
            ("?", None),
        ] {
            assert_eq!(stages.resolve(word), stage, "{word}");
        }
        assert_eq!(stages.fallback(), Some("prospect"));
    }
}
