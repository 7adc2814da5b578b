//! What linked pages are called: relations hold their ids only.

use std::collections::{BTreeSet, HashMap};

use connector_core::connector::RemoteDeal;
use connector_core::id::{ContainerId, FieldId, RemoteId};
use connector_core::schema::FieldKind;
use connector_core::value::Value;
use connector_core::{ErrorKind, Result};
use connector_http::Failure;

use crate::api::{Api, PAGE};
use crate::codec;
use crate::failure::{About, into_error, kind, lost_its_place};
use crate::layout::Layout;
use crate::wire;

/// The most pages of a related data source that are listed for their names, a hundred at a time.
const MOST_PAGES: usize = 10_000;

/// The names of linked pages, for the time of one listing; `None` is known not to be readable.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pages: HashMap<RemoteId, Option<String>>,
    related: HashMap<ContainerId, Related>,
}

/// How much of a related data source has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Related {
    /// Up to here.
    Until(Option<String>),
    /// All of it.
    Whole,
    /// Nothing, since it is not shared with the connection.
    Hidden,
}

impl Names {
    /// Names the pages that `deals` link to in these `fields`: one call for each 100 pages of a related data source,
    /// from its beginning on, until all that are looked for have been met.
    ///
    /// At least one, since a relation to what is not shared reads as empty, and is unknown instead.
    pub(crate) async fn resolve(
        &mut self,
        api: &Api,
        layout: &Layout,
        fields: &BTreeSet<FieldId>,
        deals: &mut [RemoteDeal],
    ) -> Result<()> {
        for (field, container) in relations(layout, fields) {
            let mut missing: BTreeSet<RemoteId> = deals
                .iter()
                .flat_map(|deal| linked(deal.cell(&field)))
                .filter(|id| !self.pages.contains_key(*id))
                .cloned()
                .collect();
            let read = self.related.get(&container);
            if read.is_none() || (!missing.is_empty() && matches!(read, Some(Related::Until(_)))) {
                self.read(api, &container, &mut missing).await?;
            }
            self.pages.extend(missing.into_iter().map(|id| (id, None)));
        }
        self.fill(layout, fields, deals);
        Ok(())
    }

    /// Names those that are known, without asking. What a relation to a hidden data source holds is unknown.
    pub(crate) fn fill(&self, layout: &Layout, fields: &BTreeSet<FieldId>, deals: &mut [RemoteDeal]) {
        for (_, value) in deals.iter_mut().flat_map(|deal| &mut deal.cells) {
            if let Value::Links(links) = value {
                for link in links {
                    link.name = self.pages.get(&link.id).cloned().flatten();
                }
            }
        }
        for (field, _) in relations(layout, fields).filter(|(_, container)| self.hides(container)) {
            for deal in &mut *deals {
                deal.cells.retain(|(id, _)| *id != field);
                deal.cells.push((field.clone(), Value::Unknown(HIDDEN.to_owned())));
            }
        }
    }

    /// Whether nothing can be known of what links to this data source.
    pub(crate) fn hides(&self, container: &ContainerId) -> bool {
        self.related.get(container) == Some(&Related::Hidden)
    }

    async fn read(
        &mut self,
        api: &Api,
        container: &ContainerId,
        missing: &mut BTreeSet<RemoteId>,
    ) -> Result<()> {
        let mut cursor = match self.related.get(container) {
            Some(Related::Until(cursor)) => cursor.clone(),
            _ => None,
        };
        for _ in 0..MOST_PAGES {
            let query = wire::Query {
                filter: None,
                sorts: [wire::OLDEST_FIRST],
                page_size: PAGE,
                start_cursor: cursor.take(),
            };
            let list = match api.query(container.as_str(), &["title".into()], &query).await {
                Ok(answer) => answer.body,
                Err(failure) if query.start_cursor.is_some() && lost_its_place(&failure) => continue,
                Err(failure) => match kind(&failure, About::Container) {
                    ErrorKind::Forbidden | ErrorKind::ContainerMissing => {
                        self.related.insert(container.clone(), Related::Hidden);
                        return Ok(());
                    }
                    _ => return Err(into_error(failure, About::Container, "naming linked pages")),
                },
            };
            for page in &list.results {
                let id = RemoteId::from(page.id.as_str());
                missing.remove(&id);
                self.pages.insert(id, title(page));
            }
            match list.next_cursor.filter(|_| list.has_more) {
                None => {
                    self.related.insert(container.clone(), Related::Whole);
                    return Ok(());
                }
                Some(next) if missing.is_empty() => {
                    self.related.insert(container.clone(), Related::Until(Some(next)));
                    return Ok(());
                }
                Some(next) => cursor = Some(next),
            }
        }
        Err(into_error(Failure::endless(), About::Container, "naming linked pages"))
    }
}

const HIDDEN: &str = "the related database is not shared with the connection";

fn title(page: &wire::Page) -> Option<String> {
    let title = page.properties().find(|property| property.kind() == "title")?;
    match codec::decode(title).value {
        Value::Text(text) => Some(text),
        Value::Empty => Some(String::new()),
        _ => None,
    }
}

/// The relations among `fields`, with what they relate to.
fn relations<'a>(
    layout: &'a Layout,
    fields: &'a BTreeSet<FieldId>,
) -> impl Iterator<Item = (FieldId, ContainerId)> + use<'a> {
    layout.columns.iter().filter(|column| fields.contains(&column.field.id)).filter_map(
        |column| match &column.field.kind {
            FieldKind::Links { container } => Some((column.field.id.clone(), container.clone())),
            _ => None,
        },
    )
}

/// The pages that a cell links to.
fn linked(value: &Value) -> impl Iterator<Item = &RemoteId> {
    let links = match value {
        Value::Links(links) => links.as_slice(),
        _ => &[],
    };
    links.iter().map(|link| &link.id)
}
