//! Long text, cut into the runs that Notion takes.

use crate::layout::LONGEST_RUN;

/// Cuts `text` into runs of at most 2,000 UTF-16 units, as Notion counts them. No character is cut in two.
pub(crate) fn split(text: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (run, after) = rest.split_at(first_run(rest));
        runs.push(run);
        rest = after;
    }
    runs
}

/// How many bytes the longest run at the start of `text` has.
fn first_run(text: &str) -> usize {
    let mut units = 0;
    let fits = |(_, character): &(usize, char)| {
        units += character.len_utf16();
        units > LONGEST_RUN
    };
    text.char_indices().find(fits).map_or(text.len(), |(end, _)| end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn units(text: &str) -> usize {
        text.encode_utf16().count()
    }

    #[test]
    fn a_surrogate_pair_is_never_cut() {
        let text = format!("{}🤝after", "x".repeat(1_999));
        assert_eq!(split(&text), ["x".repeat(1_999).as_str(), "🤝after"]);
        assert_eq!(split(&"é".repeat(2_000)).len(), 1);
        assert_eq!(split(""), Vec::<&str>::new());
    }

    proptest! {
        #[test]
        fn the_runs_are_the_text_and_none_is_too_long(text in "[a-zé🤝漢\n]{0,40}", times in 0_usize..200) {
            let text = text.repeat(times);
            let runs = split(&text);
            prop_assert_eq!(runs.concat(), text.as_str());
            prop_assert!(runs.iter().all(|run| !run.is_empty() && units(run) <= LONGEST_RUN));
            // None could have taken the next one's first character.
            prop_assert!(runs.iter().rev().skip(1).all(|run| units(run) >= LONGEST_RUN - 1));
        }
    }
}
