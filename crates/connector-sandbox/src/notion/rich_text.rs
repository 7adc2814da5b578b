//! Rich text: runs with annotations, as they are read, checked and shown.

use serde_json::{Map, Value, json};

use crate::id::Id;
use crate::notion::failure::Failure;
use crate::notion::input::Input;

/// The most runs of one value.
const MAX_RUNS: usize = 100;
/// The longest content and address, in UTF-16 units.
const MAX_TEXT: usize = 2000;
const MAX_EXPRESSION: usize = 1000;

const STYLES: [&str; 5] = ["bold", "italic", "strikethrough", "underline", "code"];
const HUES: [&str; 9] = ["gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red"];

/// A piece of text in one style.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) content: Content,
    /// The styles that are on.
    styles: Vec<&'static str>,
    color: String,
}

/// What a run holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    Text { text: String, link: Option<String> },
    Equation(String),
    User(Id),
    Page(Id),
    Database(Id),
    Date(Value),
}

impl Run {
    /// Unstyled text.
    pub(crate) fn plain(text: &str) -> Self {
        let content = Content::Text { text: text.to_owned(), link: None };
        Self { content, styles: Vec::new(), color: "default".to_owned() }
    }

    /// With these styles on.
    pub(crate) fn styled(mut self, styles: &[&'static str]) -> Self {
        self.styles = styles.to_vec();
        self
    }

    /// The text that a person reads; `name` tells what users, pages and databases are called.
    pub(crate) fn plain_text(&self, name: &dyn Fn(&Id) -> String) -> String {
        match &self.content {
            Content::Text { text, .. } => text.clone(),
            Content::Equation(expression) => expression.clone(),
            Content::User(id) => format!("@{}", name(id)),
            Content::Page(id) | Content::Database(id) => name(id),
            Content::Date(date) => {
                let part = |key: &str| date.get(key).and_then(Value::as_str);
                match (part("start").unwrap_or_default(), part("end")) {
                    (start, Some(end)) => format!("{start} → {end}"),
                    (start, None) => start.to_owned(),
                }
            }
        }
    }

    /// As the API shows it.
    pub(crate) fn json(&self, name: &dyn Fn(&Id) -> String) -> Value {
        let mut annotations = Map::new();
        for style in STYLES {
            annotations.insert(style.to_owned(), json!(self.styles.contains(&style)));
        }
        annotations.insert("color".to_owned(), json!(self.color));
        let page_link = |id: &Id| Some(format!("https://app.notion.com/p/{}", id.replace('-', "")));
        let (kind, payload, href) = match &self.content {
            Content::Text { text, link } => {
                let shown = link.as_ref().map(|url| json!({"url": url}));
                ("text", json!({"content": text, "link": shown}), link.clone())
            }
            Content::Equation(expression) => ("equation", json!({"expression": expression}), None),
            Content::User(id) => {
                ("mention", json!({"type": "user", "user": {"object": "user", "id": &**id}}), None)
            }
            Content::Page(id) => ("mention", json!({"type": "page", "page": {"id": &**id}}), page_link(id)),
            Content::Database(id) => {
                ("mention", json!({"type": "database", "database": {"id": &**id}}), page_link(id))
            }
            Content::Date(date) => ("mention", json!({"type": "date", "date": date}), None),
        };
        json!({
            "type": kind,
            kind: payload,
            "annotations": annotations,
            "plain_text": self.plain_text(name),
            "href": href,
        })
    }
}

/// The whole text without its styles.
pub(crate) fn plain(runs: &[Run], name: &dyn Fn(&Id) -> String) -> String {
    runs.iter().map(|run| run.plain_text(name)).collect()
}

/// Reads a rich-text array.
pub(crate) fn runs(input: &Input<'_>) -> Result<Vec<Run>, Failure> {
    let items = input.array_up_to(MAX_RUNS)?;
    let runs: Result<Vec<Run>, Failure> = items.iter().map(run).collect();
    // An empty run says nothing and is not kept.
    Ok(runs?
        .into_iter()
        .filter(|run| !matches!(&run.content, Content::Text { text, .. } if text.is_empty()))
        .collect())
}

fn run(input: &Input<'_>) -> Result<Run, Failure> {
    let object = input.object()?;
    let kinds = ["text", "mention", "equation"];
    let said = input.member("type").present().map(|kind| kind.one_of(&kinds)).transpose()?;
    let kind = said.or_else(|| kinds.into_iter().find(|kind| object.contains_key(*kind)));
    let content = match kind {
        Some("mention") => mention(&input.member("mention"))?,
        Some("equation") => {
            let expression = input.member("equation").member("expression");
            Content::Equation(expression.text_up_to(MAX_EXPRESSION)?.to_owned())
        }
        _ => {
            let text = input.member("text");
            text.object()?;
            let link = text.member("link").given().map(|link| link.member("url").text_up_to(MAX_TEXT));
            Content::Text {
                text: text.member("content").text_up_to(MAX_TEXT)?.to_owned(),
                link: link.transpose()?.map(str::to_owned),
            }
        }
    };
    let (styles, color) = annotations(&input.member("annotations"))?;
    Ok(Run { content, styles, color })
}

fn mention(input: &Input<'_>) -> Result<Content, Failure> {
    let object = input.object()?;
    let kinds = ["user", "page", "database", "date"];
    let kind = kinds.into_iter().find(|kind| object.contains_key(*kind));
    let target = input.member(kind.unwrap_or("user"));
    Ok(match kind {
        Some("date") => {
            let start = target.member("start").text()?;
            let end = target.member("end").given().map(|end| end.text()).transpose()?;
            Content::Date(json!({"start": start, "end": end, "time_zone": null}))
        }
        Some("page") => Content::Page(target.member("id").uuid()?),
        Some("database") => Content::Database(target.member("id").uuid()?),
        _ => Content::User(target.member("id").uuid()?),
    })
}

fn annotations(input: &Input<'_>) -> Result<(Vec<&'static str>, String), Failure> {
    let Some(given) = input.clone().given() else { return Ok((Vec::new(), "default".to_owned())) };
    given.object()?;
    let mut styles = Vec::new();
    for style in STYLES {
        if let Some(on) = given.member(style).present()
            && on.boolean()?
        {
            styles.push(style);
        }
    }
    let color = given.member("color").present().map(|color| self::color(&color)).transpose()?;
    Ok((styles, color.unwrap_or("default").to_owned()))
}

/// A text or background colour.
pub(crate) fn color<'a>(input: &Input<'a>) -> Result<&'a str, Failure> {
    let text = input.text()?;
    let hue = text.strip_suffix("_background").unwrap_or(text);
    if text == "default" || text == "default_background" || HUES.contains(&hue) {
        return Ok(text);
    }
    Err(input.expected("`\"default\"`, or a color with or without `_background`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &Value) -> Result<Vec<Run>, String> {
        runs(&Input::body(&json!({"rich_text": value})).member("rich_text"))
            .map_err(|refused| refused.words())
    }

    #[test]
    fn a_run_comes_back_with_everything_filled_in() {
        let given = json!([{"text": {"content": "ABC", "link": {"url": "https://a.example"}},
            "annotations": {"bold": true, "color": "red_background"}, "plain_text": "x", "href": null}]);
        let runs = read(&given).unwrap();
        let name = |_: &Id| String::new();
        assert_eq!(
            runs[0].json(&name),
            json!({"type": "text", "text": {"content": "ABC", "link": {"url": "https://a.example"}},
                "annotations": {"bold": true, "italic": false, "strikethrough": false, "underline": false,
                    "code": false, "color": "red_background"},
                "plain_text": "ABC", "href": "https://a.example"})
        );
    }

    #[test]
    fn lengths_are_counted_in_utf_16_units() {
        let fits = "🥐".repeat(1000);
        assert!(read(&json!([{"text": {"content": fits}}])).is_ok());
        let long = "🥐".repeat(1001);
        assert_eq!(
            read(&json!([{"text": {"content": long}}])).unwrap_err(),
            "body failed validation: body.rich_text[0].text.content.length should be ≤ `2000`, instead was `2002`."
        );
        let many = vec![json!({"text": {"content": "a"}}); 101];
        assert_eq!(
            read(&json!(many)).unwrap_err(),
            "body failed validation: body.rich_text.length should be ≤ `100`, instead was `101`."
        );
    }
}
