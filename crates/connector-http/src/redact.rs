//! What must not be shown is taken out of what others wrote.

/// Stands for what was taken out.
const HIDDEN: &str = "…";

/// The longest text kept of a body, in bytes.
const KEPT: usize = 2048;

/// Takes out of `text` what looks like a token of the remotes that we know, and the query strings of addresses.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let hidden = if before.is_alphanumeric() { None } else { secret(rest) };
        let (shown, taken) = hidden.unwrap_or((first.len_utf8(), first.len_utf8()));
        clean.push_str(rest.get(..shown).unwrap_or_default());
        if taken > shown {
            clean.push_str(HIDDEN);
        }
        before = rest.get(..taken).and_then(|part| part.chars().next_back()).unwrap_or(' ');
        rest = rest.get(taken..).unwrap_or_default();
    }
    clean
}

/// [`redact`], cut at 2 KiB.
#[must_use]
pub fn excerpt(body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body);
    let mut clean = redact(body.trim());
    if clean.len() > KEPT {
        clean.truncate(clean.floor_char_boundary(KEPT));
        clean.push_str(HIDDEN);
    }
    clean
}

/// If `text` starts with a secret: how many bytes of it may be shown, and how many it has.
fn secret(text: &str) -> Option<(usize, usize)> {
    const BEARER: &str = "bearer ";
    if text.get(..BEARER.len()).is_some_and(|start| start.eq_ignore_ascii_case(BEARER)) {
        let token = text
            .get(BEARER.len()..)
            .map_or(0, |rest| length(rest, |c| !c.is_whitespace() && !"\"\\".contains(c)));
        return Some((BEARER.len(), BEARER.len() + token));
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        let address = length(text, |c| !c.is_whitespace() && !matches!(c, '"' | '<' | '>' | '\''));
        let path = length(text, |c| c != '?').min(address);
        return (path < address).then_some((path, address));
    }
    let token = |prefix: &str, least: usize| {
        let rest = text.strip_prefix(prefix)?;
        let token = length(rest, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        // A word of a language has no digit; a token of this length nearly always does.
        let random = rest.get(..token)?.bytes().any(|byte| byte.is_ascii_digit());
        (token >= least && random).then_some((prefix.len(), prefix.len() + token))
    };
    token("pat", 14).or_else(|| token("secret_", 8)).or_else(|| token("ntn_", 8))
}

/// How many bytes of `text`, from its start, are characters that `belong`.
fn length(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("token patAbCdEfGh1234567.0123456789abcdef0123 refused", "token pat… refused")]
    #[case("Authorization: Bearer abc.def\"", "Authorization: Bearer …\"")]
    #[case(r#"{"said":"\"Bearer abc.def\""}"#, r#"{"said":"\"Bearer …\""}"#)]
    #[case("authorization: bearer abc", "authorization: bearer …")]
    #[case("secret_a1b2c3d4e5f6, ntn_1234567890abcdef", "secret_…, ntn_…")]
    #[case(
        "see https://api.airtable.com/v0/app?filterByFormula=x now",
        "see https://api.airtable.com/v0/app… now"
    )]
    #[case("see https://airtable.com/app now", "see https://airtable.com/app now")]
    #[case("the pathophysiological patient has patience", "the pathophysiological patient has patience")]
    #[case(
        "Field \"Amount\" cannot accept the provided value",
        "Field \"Amount\" cannot accept the provided value"
    )]
    fn what_is_secret_is_taken_out(#[case] text: &str, #[case] clean: &str) {
        assert_eq!(redact(text), clean);
    }

    #[test]
    fn a_long_body_is_cut_at_a_character() {
        let cut = excerpt("é".repeat(5_000).as_bytes());
        assert_eq!(cut.len(), KEPT + HIDDEN.len());
    }

    proptest! {
        #[test]
        fn no_token_survives_any_surroundings(before in "[ ,:\"(]{0,3}", after in "[ ,:\")]{0,3}", token in "pat[A-Za-z]{13}[0-9]\\.[0-9a-f]{64}") {
            let text = format!("{before}{token}{after}");
            prop_assert!(!redact(&text).contains(&token));
        }
    }
}
