//! The members of a block's payload: read, checked and refused.

use serde_json::{Value, json};

use crate::notion::block::kind::Form;
use crate::notion::block::language::LANGUAGES;
use crate::notion::failure::Failure;
use crate::notion::icon;
use crate::notion::input::Input;
use crate::notion::rich_text::{self, Run};

/// The longest address and the longest expression, in UTF-16 units.
const MAX_URL: usize = 2000;
const MAX_EXPRESSION: usize = 1000;
const MAX_CELLS: usize = 100;

const TARGETS: [&str; 3] = ["page_id", "database_id", "comment_id"];

/// What a member of a payload holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    Text(Vec<Run>),
    Cells(Vec<Vec<Run>>),
    /// As the API shows it.
    Plain(Value),
    /// Members that stand in the payload itself.
    Spread(Value),
}

impl Part {
    /// Reads the member `name` of a payload; `None` if it is not there.
    pub(crate) fn read(payload: &Input<'_>, name: &str, form: Form) -> Result<Option<Self>, Failure> {
        if form == Form::Target {
            return target(payload);
        }
        if form == Form::File && !payload.member("file_upload").is_absent() {
            return Err(Failure::unplayed("files that were sent in blocks"));
        }
        let Some(input) = payload.member(name).present() else { return Ok(None) };
        let part = match form {
            Form::Text => Self::Text(rich_text::runs(&input)?),
            Form::Cells => {
                let cells = input.array_up_to(MAX_CELLS)?;
                Self::Cells(cells.iter().map(rich_text::runs).collect::<Result<_, _>>()?)
            }
            Form::Color => Self::Plain(json!(rich_text::color(&input)?)),
            Form::Flag => Self::Plain(json!(input.boolean()?)),
            Form::Language => Self::Plain(json!(input.one_of(&LANGUAGES)?)),
            Form::Url => Self::Plain(json!(input.text_up_to(MAX_URL)?)),
            Form::Expression => Self::Plain(json!(input.text_up_to(MAX_EXPRESSION)?)),
            Form::Name => Self::Plain(json!(input.text()?)),
            Form::Icon => Self::Plain(icon::read_icon(&input)?.unwrap_or_default()),
            Form::File => {
                let url = input.member("url").text_up_to(MAX_URL)?;
                Self::Spread(json!({"type": "external", "external": {"url": url}}))
            }
            Form::Width => {
                let width = input.value().and_then(Value::as_u64).filter(|width| (1..=100).contains(width));
                Self::Plain(json!(width.ok_or_else(|| input.expected("≥ `1`"))?))
            }
            Form::Ratio => {
                let ratio = input.value().and_then(Value::as_f64).filter(|ratio| *ratio > 0.0);
                Self::Plain(json!(ratio.ok_or_else(|| input.expected("a number"))?))
            }
            Form::Origin if input.is_null() => Self::Plain(Value::Null),
            Form::Origin => {
                let block = input.member("block_id").uuid()?;
                Self::Plain(json!({"type": "block_id", "block_id": &*block}))
            }
            Form::Target | Form::Shown => Self::Plain(input.value().cloned().unwrap_or_default()),
        };
        Ok(Some(part))
    }

    /// What an answer shows where a block has no such member; `None` for nothing at all.
    pub(crate) fn absent(form: Form) -> Option<Value> {
        match form {
            Form::Text | Form::Cells => Some(json!([])),
            Form::Color => Some(json!("default")),
            Form::Flag => Some(json!(false)),
            Form::Icon => Some(Value::Null),
            _ => None,
        }
    }
}

/// What a block links to.
fn target(payload: &Input<'_>) -> Result<Option<Part>, Failure> {
    let given = TARGETS.into_iter().find(|key| !payload.member(key).is_absent());
    let Some(key) = given else { return Ok(None) };
    let id = payload.member(key).uuid()?;
    Ok(Some(Part::Spread(json!({"type": key, key: &*id}))))
}

/// The members of a payload that a form reads.
pub(crate) fn keys(name: &'static str, form: Form) -> Vec<&'static str> {
    match form {
        Form::Target => ["type"].into_iter().chain(TARGETS).collect(),
        Form::File => vec!["type", name],
        _ => vec![name],
    }
}
