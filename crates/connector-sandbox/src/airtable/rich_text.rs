//! The provider's rewriting of rich text: what comes back is not what was written.

/// `* ` bullets become `- ` and the text ends with a newline.
pub(crate) fn rewrite(text: &str) -> String {
    let mut rewritten = String::with_capacity(text.len() + 1);
    for line in text.lines() {
        let content = line.trim_start();
        let indent = line.get(..line.len() - content.len()).unwrap_or_default();
        match content.strip_prefix("* ") {
            Some(item) => rewritten.extend([indent, "- ", item, "\n"]),
            None => rewritten.extend([line, "\n"]),
        }
    }
    rewritten
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets_are_rewritten_and_a_newline_is_added() {
        assert_eq!(rewrite("#header\n* bullet"), "#header\n- bullet\n");
        assert_eq!(rewrite("#header\n- bullet\n"), "#header\n- bullet\n");
        assert_eq!(rewrite("a *word*"), "a *word*\n");
    }
}
