//! Values as pages show them.

use serde_json::{Map, Value, json};

use crate::id::Id;
use crate::notion::data_source::DataSource;
use crate::notion::page::Page;
use crate::notion::property::{Cell, Kind, Property, encoded};
use crate::notion::read::Reader;
use crate::notion::rich_text::Run;
use crate::notion::user::partial;
use crate::notion::world::minute;

/// The most references that a value shows in a page.
pub(crate) const MAX_INLINE: usize = 25;

impl<'a> Reader<'a> {
    /// The values of a page, by name. A row has those of its data source, any other page its title.
    pub(crate) fn values(&self, page: &'a Page, only: Option<&[Id]>) -> Value {
        let mut values = Map::new();
        let Some(source) = self.world.source_of(page) else {
            let title: Vec<Value> = self.rich_text(page.text("title"));
            values.insert("title".to_owned(), json!({"id": "title", "type": "title", "title": title}));
            return Value::Object(values);
        };
        for property in source.ordered() {
            if only.is_none_or(|only| only.contains(&property.id)) {
                values.insert(property.name.clone(), self.framed(source, page, property));
            }
        }
        Value::Object(values)
    }

    /// A value with its property's id and type.
    fn framed(&self, source: &'a DataSource, page: &'a Page, property: &'a Property) -> Value {
        let kind = property.kind.name();
        let mut value = self.value(source, page, property);
        let mut more = None;
        if let Value::Array(items) = &mut value {
            match property.kind {
                Kind::Relation(_) => {
                    more = Some(items.len() > MAX_INLINE);
                    items.truncate(MAX_INLINE);
                }
                Kind::People => items.truncate(MAX_INLINE),
                Kind::Title | Kind::RichText => keep_inline(items),
                _ => {}
            }
        }
        let mut framed = json!({"id": encoded(&property.id), "type": kind, kind: value});
        if let (Some(more), Some(framed)) = (more, framed.as_object_mut()) {
            framed.insert("has_more".to_owned(), json!(more));
        }
        framed
    }

    /// The whole value, without frame and without bound.
    pub(crate) fn value(&self, source: &'a DataSource, page: &'a Page, property: &'a Property) -> Value {
        let cell = page.cells.get(&property.id);
        match (&property.kind, cell) {
            (Kind::Formula { .. } | Kind::Rollup { .. }, _) => self.computed(source, page, property),
            (Kind::CreatedTime, _) => json!(minute(page.stamps.created)),
            (Kind::LastEditedTime, _) => json!(minute(page.stamps.edited)),
            (Kind::CreatedBy, _) => self.user(&page.stamps.created_by),
            (Kind::LastEditedBy, _) => self.user(&page.stamps.edited_by),
            (Kind::UniqueId { prefix }, _) => json!({"prefix": prefix, "number": page.number}),
            (Kind::Button, _) => json!({}),
            (Kind::Checkbox, cell) => json!(cell.is_some()),
            (Kind::Relation(relation), cell) => match cell {
                // What is not shared reads as empty.
                Some(Cell::Relation(pages)) if self.holder.sees(self.world, &relation.source) => {
                    pages.iter().map(|id| json!({"id": &**id})).collect()
                }
                _ => json!([]),
            },
            (kind, Some(cell)) => self.stored(kind, cell),
            (Kind::Title | Kind::RichText | Kind::MultiSelect { .. } | Kind::People | Kind::Files, None) => {
                json!([])
            }
            (_, None) => Value::Null,
        }
    }

    /// A stored value by itself.
    pub(crate) fn stored(&self, kind: &Kind, cell: &Cell) -> Value {
        match cell {
            Cell::Text(runs) => Value::Array(self.rich_text(runs)),
            Cell::Number(amount) => crate::number::json(*amount),
            Cell::Options(ids) => {
                let shown = |id: &Id| {
                    kind.options().iter().find(|option| option.id == *id).map(super::SelectOption::json)
                };
                let mut options: Vec<Value> = ids.iter().filter_map(shown).collect();
                if matches!(kind, Kind::MultiSelect { .. }) {
                    Value::Array(options)
                } else {
                    options.pop().unwrap_or_default()
                }
            }
            Cell::Date(date) => date.json(),
            Cell::People(ids) => ids.iter().map(|id| self.user(id)).collect(),
            Cell::Files(files) => files.iter().map(|file| file.json(self.now)).collect(),
            Cell::Checked => json!(true),
            Cell::Line(line) => json!(line),
            Cell::Relation(pages) => pages.iter().map(|id| json!({"id": &**id})).collect(),
            Cell::Place(value) | Cell::Verification(value) => value.clone(),
        }
    }

    /// Runs with everything filled in.
    pub(crate) fn rich_text(&self, runs: &[Run]) -> Vec<Value> {
        runs.iter().map(|run| run.json(&|id| self.world.name(id))).collect()
    }

    /// A user in full, or its id where there is no such user any more.
    fn user(&self, id: &Id) -> Value {
        match self.world.user(id) {
            Some(user) => user.json(self.holder, &self.world.workspace),
            None => partial(id),
        }
    }
}

/// Drops what follows the last mention that is shown.
fn keep_inline(runs: &mut Vec<Value>) {
    let mut mentions = 0;
    let end = runs.iter().position(|run| {
        mentions += usize::from(run["type"] == "mention");
        mentions > MAX_INLINE
    });
    if let Some(end) = end {
        runs.truncate(end);
    }
}
