//! Changes, one request each, and what became of them.

use std::collections::BTreeSet;

use connector_core::connector::{Change, Outcome, RemoteDeal, Stamp};
use connector_core::id::{FieldId, RemoteId};
use connector_core::schema::FieldKind;
use connector_core::value::Value;
use connector_core::{Error, ErrorKind};
use connector_http::{Answer, Failure};

use crate::api::PAGE;
use crate::body::{self, Replaced};
use crate::codec::{self, Encoded, Refusal};
use crate::failure::{About, REMOTE, into_error, is_in_trash, kind};
use crate::layout::Layout;
use crate::source::{Source, is_in};
use crate::wire::{self, Cells};

const ACTION: &str = "writing deals";

/// The largest request that Notion takes, in bytes.
const LARGEST_REQUEST: usize = 500_000;

/// Why a change is not sent.
enum Unsent {
    /// Nothing would help.
    Refused(Error),
    /// It names a property or an option that the schema does not have; a newer schema may.
    Unknown(Error),
}

/// Cells of properties, and the blocks of a body.
type Parts = (Vec<(FieldId, Value)>, Option<Vec<serde_json::Value>>);

type Answered = Result<Answer<wire::Page>, Failure>;

/// Writes one change.
pub(crate) async fn write(source: &Source, change: &Change) -> Outcome {
    match change {
        Change::Create { stamp, cells } => match check_stamp(stamp.as_ref()) {
            Ok(()) => create(source, stamped(stamp.as_ref(), cells)).await,
            Err(error) => Outcome::Refused(error),
        },
        Change::Update { id, cells } => {
            let _turn = source.turns.of(id).await;
            update(source, id, cells).await
        }
        Change::Delete { id } => {
            let _turn = source.turns.of(id).await;
            delete(source, id).await
        }
        Change::Restore { id } => {
            let _turn = source.turns.of(id).await;
            let answered = source.api.trash_page(id.as_str(), false).await;
            settle(source, answered, &BTreeSet::new()).await
        }
    }
}

async fn create(source: &Source, cells: Vec<(FieldId, Value)>) -> Outcome {
    let (cells, body) = match apart(cells) {
        Ok(parts) => parts,
        Err(error) => return Outcome::Refused(error),
    };
    let body = body.unwrap_or_default();
    let (first, rest) = body.split_at(body.len().min(PAGE));
    let (layout, properties) = match prepare(source, cells.clone()).await {
        Ok(prepared) => prepared,
        Err(error) => return Outcome::Refused(error),
    };
    let parent = source.api.version.table().parent;
    let page = wire::NewPage {
        parent: [("type", parent), (parent, layout.id.as_str())].into(),
        properties: &properties,
        children: first,
    };
    let answered = source.api.create_page(&page).await;
    if let Ok(made) = &answered
        && let Err(failure) = body::append(&source.api, &made.body.id, rest).await
    {
        // The page is there with a part of its body.
        return Outcome::Unknown(into_error(failure, About::Page, ACTION));
    }
    // Not found is where the page was to be made.
    if let Err(failure) = &answered
        && !failure.maybe_done
        && kind(failure, About::Container) == ErrorKind::ContainerMissing
    {
        return Outcome::Refused(into_error(failure.clone(), About::Container, ACTION));
    }
    let mut written = written(&cells);
    written.extend((!body.is_empty()).then(|| FieldId::from(body::PAGE_BODY)));
    settle(source, answered, &written).await
}

async fn update(source: &Source, id: &RemoteId, cells: &[(FieldId, Value)]) -> Outcome {
    let on_their_days = cells.iter().map(|(field, value)| {
        let value = match value {
            Value::Date(day) => source.date_on(id, field, *day),
            other => other.clone(),
        };
        (field.clone(), value)
    });
    let (cells, body) = match apart(on_their_days.collect()) {
        Ok(parts) => parts,
        Err(error) => return Outcome::Refused(error),
    };
    let mut written = written(&cells);
    let (layout, properties) = match prepare(source, cells).await {
        Ok(prepared) => prepared,
        Err(error) => return Outcome::Refused(error),
    };
    if let Some(blocks) = body {
        written.insert(body::PAGE_BODY.into());
        // Before the properties, since writing them makes us the last to edit the page.
        match replace_body(source, id, &blocks).await {
            // The others go on; what the body holds instead is told with the answer.
            Ok(Replaced::NotOurs(_)) if !properties.is_empty() => {}
            Ok(Replaced::NotOurs(why)) => return Outcome::Refused(rejected(why)),
            Ok(Replaced::Done) if properties.is_empty() => {
                let answered = source.api.page(id.as_str(), &[]).await;
                return settle(source, answered, &written).await;
            }
            Ok(Replaced::Done) => {}
            Err(failure) => return failed(failure),
        }
    }
    let answered = source.api.update_page(id.as_str(), &wire::PageUpdate { properties: &properties }).await;
    if let Err(failure) = &answered
        && kind(failure, About::Page) == ErrorKind::SchemaChanged
        && has_moved(source, &layout, id).await
    {
        // Its properties are those of another data source now: that concerns this page only.
        return Outcome::Refused(failure.clone().into_error(ErrorKind::RecordMissing, REMOTE, ACTION));
    }
    settle(source, answered, &written).await
}

async fn replace_body(
    source: &Source,
    id: &RemoteId,
    blocks: &[serde_json::Value],
) -> Result<Replaced, Failure> {
    source.forget_body(id);
    let bot = source.directory.bot().await?;
    body::replace(&source.api, id, &bot, blocks).await
}

/// The cells that are properties, and the blocks of the body if it is among them.
fn apart(mut cells: Vec<(FieldId, Value)>) -> Result<Parts, Error> {
    let Some((_, text)) = cells.extract_if(.., |(field, _)| body::is_body(field)).last() else {
        return Ok((cells, None));
    };
    let blocks = match &text {
        Value::Empty => Ok(Vec::new()),
        Value::Text(text) => body::blocks(text),
        other => Err(format!("a body is text and cannot take {other}")),
    };
    blocks.map(|blocks| (cells, Some(blocks))).map_err(rejected)
}

fn rejected(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::Rejected, REMOTE, ACTION).with_detail(why)
}

async fn has_moved(source: &Source, layout: &Layout, id: &RemoteId) -> bool {
    let page = source.api.page(id.as_str(), &["title".into()]).await;
    page.is_ok_and(|answer| !is_in(&answer.body, layout))
}

async fn delete(source: &Source, id: &RemoteId) -> Outcome {
    match source.api.trash_page(id.as_str(), true).await {
        Ok(_) => Outcome::Applied { deal: gone(id), adopted: false },
        // The answer to the first attempt was lost, and the second found it done.
        Err(failure) if failure.maybe_done && is_in_trash(&failure) => {
            Outcome::Applied { deal: gone(id), adopted: false }
        }
        Err(failure) if failure.committed.is_some() => Outcome::Applied { deal: gone(id), adopted: false },
        Err(failure) => failed(failure),
    }
}

/// What became of a write, read from its answer; or from the page itself where Notion says that it saved the change and
/// could not answer.
async fn settle(source: &Source, answered: Answered, written: &BTreeSet<FieldId>) -> Outcome {
    let page = match answered {
        Ok(answer) => answer.body,
        Err(failure) => match &failure.committed {
            Some(id) => match source.api.page(id, &[]).await {
                Ok(answer) => answer.body,
                Err(_) => return failed(failure),
            },
            None => return failed(failure),
        },
    };
    match told(source, page, written).await {
        Ok(deal) => Outcome::Applied { deal, adopted: false },
        Err(error) => Outcome::Unknown(error),
    }
}

/// The deal that a written page is now, named as the listings did.
async fn told(source: &Source, page: wire::Page, written: &BTreeSet<FieldId>) -> Result<RemoteDeal, Error> {
    let layout = source.layout().await?;
    let mut fields = source.asked();
    if fields.is_empty() {
        fields.extend(layout.columns.iter().map(|column| column.field.id.clone()));
    }
    // A body that was not written is not read for its own sake.
    let unread = fields.remove(body::PAGE_BODY) && !written.contains(body::PAGE_BODY);
    fields.extend(written.iter().cloned());
    let id = RemoteId::from(page.id.as_str());
    let mut deals = source.deals(&layout, &[page], &fields).await;
    source.names().fill(&layout, &fields, &mut deals);
    let mut deal = deals.pop().unwrap_or_else(|| gone(&id));
    if unread {
        deal.cells.push((body::PAGE_BODY.into(), Value::Unknown("it was not read again".to_owned())));
    }
    Ok(deal)
}

/// What to send, with the layout that it is made for.
async fn prepare(
    source: &Source,
    mut cells: Vec<(FieldId, Value)>,
) -> Result<(std::sync::Arc<Layout>, Cells), Error> {
    for (_, value) in &mut cells {
        if let Value::People(people) = value {
            for person in people {
                source.directory.identify(person).await?;
            }
        }
    }
    let layout = source.layout().await?;
    match encode(source, &layout, &cells) {
        Ok(properties) => Ok((layout, properties)),
        Err(Unsent::Refused(error)) => Err(error),
        Err(Unsent::Unknown(_)) => {
            let newer = source.read_layout().await?;
            match encode(source, &newer, &cells) {
                Ok(properties) => Ok((newer, properties)),
                Err(Unsent::Refused(error) | Unsent::Unknown(error)) => Err(error),
            }
        }
    }
}

fn encode(source: &Source, layout: &Layout, cells: &[(FieldId, Value)]) -> Result<Cells, Unsent> {
    let error = |kind, why: String| Error::new(kind, REMOTE, ACTION).with_detail(why);
    let refused = |why: String| Unsent::Refused(error(ErrorKind::Rejected, why));
    let mut properties = Cells::new();
    let mut bytes = 0;
    for (field, value) in cells {
        let Some(column) = layout.column(field) else {
            let why = format!("“{}” has no property {field}", layout.name);
            return Err(Unsent::Unknown(error(ErrorKind::SchemaChanged, why)));
        };
        check_people(&column.field.name, value).map_err(refused)?;
        if let FieldKind::Links { container } = &column.field.kind
            && source.names().hides(container)
        {
            let why = format!(
                "the database that “{}” relates to is not shared with the connection",
                column.field.name
            );
            return Err(refused(why));
        }
        let Encoded { cell, makes_option } =
            codec::encode(column, value, source.create_options).map_err(|refusal| match refusal {
                Refusal::Wrong(why) => refused(why),
                Refusal::UnknownOption(why) => Unsent::Unknown(error(ErrorKind::Rejected, why)),
            })?;
        if makes_option {
            // The option has no id yet; the next one who looks finds it.
            source.forget_layout();
        }
        bytes += cell.get().len();
        properties.insert(column.field.id.to_string(), cell);
    }
    if bytes > LARGEST_REQUEST {
        let why = format!(
            "the deal takes {bytes} bytes; Notion takes {LARGEST_REQUEST} in one request; shorten its texts"
        );
        return Err(refused(why));
    }
    Ok(properties)
}

/// Notion knows people by their ids, so that an address that belongs to nobody cannot be written.
fn check_people(name: &str, value: &Value) -> Result<(), String> {
    let Value::People(people) = value else { return Ok(()) };
    match people.iter().find(|person| person.id.is_empty()) {
        None => Ok(()),
        Some(person) => Err(format!(
            "nobody in the workspace that the connection can see is “{}”, to be put into “{name}”",
            person.label()
        )),
    }
}

/// An empty key would tell nothing.
fn check_stamp(stamp: Option<&Stamp>) -> Result<(), Error> {
    if stamp.is_some_and(|stamp| stamp.key.is_empty()) {
        return Err(Error::new(ErrorKind::Rejected, REMOTE, ACTION)
            .with_detail("the key that tells which deal it is is empty"));
    }
    Ok(())
}

/// The cells with the stamp among them: it must be in the same request.
fn stamped(stamp: Option<&Stamp>, cells: &[(FieldId, Value)]) -> Vec<(FieldId, Value)> {
    let mut cells = cells.to_vec();
    if let Some(Stamp { field, key }) = stamp {
        cells.retain(|(id, _)| id != field);
        cells.push((field.clone(), Value::text(key.as_str())));
    }
    cells
}

fn written(cells: &[(FieldId, Value)]) -> BTreeSet<FieldId> {
    cells.iter().map(|(field, _)| field.clone()).collect()
}

fn gone(id: &RemoteId) -> RemoteDeal {
    RemoteDeal { id: id.clone(), cells: Vec::new(), edited: None, created: None, url: None }
}

fn failed(failure: Failure) -> Outcome {
    if failure.maybe_done {
        return Outcome::Unknown(into_error(failure, About::Page, ACTION));
    }
    Outcome::Refused(into_error(failure, About::Page, ACTION))
}
