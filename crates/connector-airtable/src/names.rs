//! What linked records are called: cells hold their ids only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use connector_core::connector::RemoteDeal;
use connector_core::id::{ContainerId, FieldId, RemoteId};
use connector_core::schema::FieldKind;
use connector_core::value::Value;
use connector_core::{ErrorKind, Result};

use crate::api::BaseApi;
use crate::codec;
use crate::failure::into_error;
use crate::formula::Formula;
use crate::layout::{Column, Layout};
use crate::wire;

/// The most records that one page names.
const PAGE: usize = 100;

/// The names of linked records, for the time of one listing; `None` is known not to be readable.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(HashMap<RemoteId, Option<String>>);

impl Names {
    /// Names the records that `deals` link to in these `fields`: one call for 100 records that are not yet known.
    /// Gives what it learned.
    pub(crate) async fn resolve(
        &mut self,
        api: &BaseApi,
        layout: &Layout,
        fields: &BTreeSet<FieldId>,
        deals: &mut [RemoteDeal],
    ) -> Result<Self> {
        let mut learned = Self::default();
        for (table, ids) in self.missing(layout, fields, deals) {
            if let Some(primary) = layout.primary_of(&table) {
                learned.ask(api, &table, primary, &ids.into_iter().collect::<Vec<_>>()).await?;
            }
        }
        self.learn(&learned);
        self.fill(deals);
        Ok(learned)
    }

    /// What is known of the records that `deals` link to.
    pub(crate) fn concerning(&self, deals: &[RemoteDeal]) -> Self {
        let known = |id: &RemoteId| Some((id.clone(), self.0.get(id)?.clone()));
        Self(linked(deals).filter_map(known).collect())
    }

    /// Names those that are known, without asking.
    pub(crate) fn fill(&self, deals: &mut [RemoteDeal]) {
        for (_, value) in deals.iter_mut().flat_map(|deal| &mut deal.cells) {
            if let Value::Links(links) = value {
                for link in links {
                    link.name = self.0.get(&link.id).cloned().flatten();
                }
            }
        }
    }

    /// Adds what `newer` knows.
    pub(crate) fn learn(&mut self, newer: &Self) {
        self.0.extend(newer.0.iter().map(|(id, name)| (id.clone(), name.clone())));
    }

    fn missing(
        &self,
        layout: &Layout,
        fields: &BTreeSet<FieldId>,
        deals: &[RemoteDeal],
    ) -> BTreeMap<ContainerId, BTreeSet<RemoteId>> {
        let mut missing: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (field, value) in deals.iter().flat_map(|deal| &deal.cells) {
            let Value::Links(links) = value else { continue };
            let Some(column) = layout.column(field).filter(|_| fields.contains(field)) else { continue };
            let FieldKind::Links { container } = &column.field.kind else { continue };
            let unknown = links.iter().map(|link| &link.id).filter(|id| !self.0.contains_key(*id)).cloned();
            missing.entry(container.clone()).or_default().extend(unknown);
        }
        missing
    }

    async fn ask(
        &mut self,
        api: &BaseApi,
        table: &ContainerId,
        primary: &Column,
        ids: &[RemoteId],
    ) -> Result<()> {
        for ids in ids.chunks(PAGE) {
            self.0.extend(ids.iter().map(|id| (id.clone(), None)));
            let query = wire::Query {
                fields: vec![primary.field.id.to_string()],
                filter_by_formula: Some(Formula::record_is_one_of(ids)),
                page_size: PAGE,
                max_records: None,
                return_fields_by_field_id: true,
                offset: None,
            };
            let records = match api.list_by_body(table.as_str(), &query).await {
                Ok(answer) => answer.body.records,
                Err(failure) => {
                    let error = into_error(failure, "naming linked records");
                    // A table that the token may not see leaves its records without names.
                    if matches!(error.kind(), ErrorKind::Forbidden | ErrorKind::ContainerMissing) {
                        return Ok(());
                    }
                    return Err(error);
                }
            };
            for record in records {
                let cell = record.fields.as_ref().and_then(|cells| cells.get(primary.field.id.as_str()));
                let name = cell.and_then(|cell| codec::shown(&codec::decode(primary, cell)));
                self.0.insert(record.id.into(), name);
            }
        }
        Ok(())
    }
}

/// The records that `deals` link to.
fn linked(deals: &[RemoteDeal]) -> impl Iterator<Item = &RemoteId> {
    let values = deals.iter().flat_map(|deal| &deal.cells).map(|(_, value)| value);
    values
        .filter_map(|value| match value {
            Value::Links(links) => Some(links),
            _ => None,
        })
        .flatten()
        .map(|link| &link.id)
}
