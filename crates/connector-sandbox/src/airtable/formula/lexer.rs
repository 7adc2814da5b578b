//! From text to tokens.

use std::iter::Peekable;
use std::str::CharIndices;

use super::FormulaError;
use super::ast::Operator;

/// A word of the language.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Text(String),
    Number(f64),
    /// A bare word: a function if a parenthesis follows, else a field.
    Word(String),
    /// `{Field name}` or `{fld...}`.
    Field(String),
    Operator(Operator),
    Open,
    Close,
    Comma,
}

/// Splits a formula into tokens, each with its offset in bytes.
pub(super) fn split(text: &str) -> Result<Vec<(usize, Token)>, FormulaError> {
    let mut tokens = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((position, character)) = characters.next() {
        let token = match character {
            _ if character.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '&' => Token::Operator(Operator::Join),
            '+' => Token::Operator(Operator::Add),
            '-' => Token::Operator(Operator::Subtract),
            '*' => Token::Operator(Operator::Multiply),
            '/' => Token::Operator(Operator::Divide),
            '=' => Token::Operator(Operator::Equal),
            '<' if followed_by_equal(&mut characters) => Token::Operator(Operator::LessOrEqual),
            '<' => Token::Operator(Operator::Less),
            '>' if followed_by_equal(&mut characters) => Token::Operator(Operator::GreaterOrEqual),
            '>' => Token::Operator(Operator::Greater),
            '!' if followed_by_equal(&mut characters) => Token::Operator(Operator::Unequal),
            '\'' | '"' => Token::Text(read_text(&mut characters, character, position)?),
            '{' => Token::Field(read_field(&mut characters, position)?),
            '.' | '0'..='9' => read_number(text, &mut characters, position)?,
            _ if is_word(character) => {
                let end = skip_while(text, &mut characters, is_word);
                Token::Word(text.get(position..end).unwrap_or_default().to_owned())
            }
            _ => return Err(FormulaError::Syntax { position }),
        };
        tokens.push((position, token));
    }
    Ok(tokens)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn followed_by_equal(characters: &mut Peekable<CharIndices<'_>>) -> bool {
    characters.next_if(|(_, next)| *next == '=').is_some()
}

/// Skips characters that `belong` and returns the offset after them.
fn skip_while(text: &str, characters: &mut Peekable<CharIndices<'_>>, belong: fn(char) -> bool) -> usize {
    while characters.next_if(|(_, next)| belong(*next)).is_some() {}
    characters.peek().map_or(text.len(), |(offset, _)| *offset)
}

fn read_number(
    text: &str,
    characters: &mut Peekable<CharIndices<'_>>,
    position: usize,
) -> Result<Token, FormulaError> {
    let end = skip_while(text, characters, |next| next.is_ascii_digit() || next == '.');
    let digits = text.get(position..end).unwrap_or_default();
    digits.parse().map(Token::Number).map_err(|_| FormulaError::Syntax { position })
}

/// Reads to the closing quote. A backslash before any other character than those below stays, so that
/// `"\d+"` and `"\\d+"` are the same pattern.
fn read_text(
    characters: &mut Peekable<CharIndices<'_>>,
    quote: char,
    position: usize,
) -> Result<String, FormulaError> {
    let mut content = String::new();
    while let Some((_, character)) = characters.next() {
        match character {
            _ if character == quote => return Ok(content),
            '\\' => match characters.next() {
                Some((_, escaped @ ('\\' | '\'' | '"'))) => content.push(escaped),
                Some((_, 'n')) => content.push('\n'),
                Some((_, 't')) => content.push('\t'),
                Some((_, 'r')) => content.push('\r'),
                Some((_, other)) => content.extend(['\\', other]),
                None => break,
            },
            _ => content.push(character),
        }
    }
    Err(FormulaError::Syntax { position })
}

/// Reads to the closing brace; a brace of the name itself is written `\}`.
fn read_field(characters: &mut Peekable<CharIndices<'_>>, position: usize) -> Result<String, FormulaError> {
    let mut name = String::new();
    while let Some((_, character)) = characters.next() {
        match character {
            '}' if name.is_empty() => break,
            '}' => return Ok(name),
            '\\' => match characters.next_if(|(_, next)| matches!(next, '}' | '{' | '\\')) {
                Some((_, escaped)) => name.push(escaped),
                None => name.push('\\'),
            },
            _ => name.push(character),
        }
    }
    Err(FormulaError::Syntax { position })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        split(text).unwrap().into_iter().map(|(_, token)| token).collect()
    }

    #[test]
    fn quotes_and_backslashes_are_unescaped_and_other_escapes_kept() {
        assert_eq!(tokens(r"'it\'s' "), [Token::Text("it's".into())]);
        assert_eq!(tokens(r#""a \"b\" \\ \n""#), [Token::Text("a \"b\" \\ \n".into())]);
        assert_eq!(tokens(r"'\d'"), [Token::Text(r"\d".into())]);
    }

    #[test]
    fn a_field_name_may_hold_an_escaped_brace_quotes_and_operators() {
        assert_eq!(tokens(r"{a \} 'b' = c}"), [Token::Field("a } 'b' = c".into())]);
    }

    #[test]
    fn numbers_words_and_two_character_operators_are_single_tokens() {
        assert_eq!(
            tokens("Prix_2 >= .5"),
            [Token::Word("Prix_2".into()), Token::Operator(Operator::GreaterOrEqual), Token::Number(0.5)]
        );
    }

    #[test]
    fn unfinished_or_foreign_text_is_refused_where_it_starts() {
        for (text, position) in
            [("1 + 'a", 4), ("{a", 0), ("{}", 0), ("a ! b", 2), ("1.2.3", 0), ("é + \u{201c}", 5)]
        {
            assert_eq!(split(text), Err(FormulaError::Syntax { position }), "{text}");
        }
    }
}
