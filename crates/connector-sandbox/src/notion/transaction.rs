//! Changes of the world by one actor: values with both sides of relations, edit times. They cannot fail:
//! everything was checked before.

use chrono::{DateTime, Utc};

use crate::id::Id;
use crate::notion::page::Page;
use crate::notion::property::{Additions, Cell, Cells, Kind, Patch};
use crate::notion::world::{Parent, Stamps, World};

/// A change under way.
#[derive(Debug)]
pub(crate) struct Transaction<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) by: Id,
    pub(crate) now: DateTime<Utc>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(world: &'a mut World, by: &Id, now: DateTime<Utc>) -> Self {
        Self { world, by: by.clone(), now }
    }

    /// The stamps of what is made now.
    pub(crate) fn stamps(&self) -> Stamps {
        Stamps::new(&self.by, self.now)
    }

    /// Makes the options that values asked for.
    pub(crate) fn add_options(&mut self, source: &Id, additions: Additions) {
        let Some(source) = self.world.sources.get_mut(source) else { return };
        for (property, option) in additions {
            if let Some(options) = source.property_mut(&property).and_then(|found| found.kind.options_mut()) {
                options.push(option);
            }
        }
    }

    /// Makes a page with these values; a row takes the defaults of what is left out, and its number.
    pub(crate) fn create_page(&mut self, mut page: Page, cells: Cells) -> Id {
        let id = page.id.clone();
        if let Parent::DataSource(source) = &page.parent
            && let Some(source) = self.world.sources.get_mut(source)
        {
            source.last_number += 1;
            page.number = source.last_number;
            source.rows.push(id.clone());
            for property in &source.properties {
                let left_out = !cells.iter().any(|(of, _)| *of == property.id);
                if let Some(option) = property.kind.default_option().filter(|_| left_out) {
                    page.cells.insert(property.id.clone(), Cell::Options(vec![option.clone()]));
                }
            }
        }
        if let Some(content) = page.parent.id().cloned().and_then(|parent| self.content(&parent)) {
            content.push(id.clone());
        }
        self.world.pages.insert(id.clone(), page);
        self.write(&id, cells);
        id
    }

    /// The list of what is inside a page or block.
    pub(crate) fn content(&mut self, parent: &Id) -> Option<&mut Vec<Id>> {
        let block = self.world.blocks.get_mut(parent).map(|block| &mut block.content);
        block.or_else(|| self.world.pages.get_mut(parent).map(|page| &mut page.content))
    }

    /// Notes an edit of a page.
    pub(crate) fn touch(&mut self, page: &Id) {
        if let Some(page) = self.world.pages.get_mut(page) {
            page.stamps.touch(&self.by, self.now);
        }
    }

    /// Changes values of a page, and the other sides of two-way relations without touching those pages' times.
    pub(crate) fn write(&mut self, id: &Id, cells: Cells) {
        for (property, new) in cells {
            let Some(page) = self.world.pages.get_mut(id) else { return };
            let old = match &new {
                Some(cell) => page.cells.insert(property.clone(), cell.clone()),
                None => page.cells.remove(&property),
            };
            let parent = page.parent.clone();
            let (old, new) = (related(old), related(new));
            if old.is_empty() && new.is_empty() {
                continue;
            }
            let Some(mirror) = self.mirror(&parent, &property) else { continue };
            for gone in old.iter().filter(|other| !new.contains(other)) {
                self.relate(gone, &mirror, |pages| pages.retain(|other| other != id));
            }
            for added in new.iter().filter(|other| !old.contains(other)) {
                self.relate(added, &mirror, |pages| {
                    if !pages.contains(id) {
                        pages.push(id.clone());
                    }
                });
            }
        }
    }

    /// The property on the other side of a two-way relation.
    fn mirror(&self, parent: &Parent, property: &Id) -> Option<Id> {
        let source = self.world.sources.get(parent.id()?)?;
        let property = source.properties.iter().find(|known| known.id == *property)?;
        property.kind.relation()?.mirror.clone()
    }

    fn relate(&mut self, page: &Id, property: &Id, change: impl FnOnce(&mut Vec<Id>)) {
        let Some(page) = self.world.pages.get_mut(page) else { return };
        let cell = page.cells.entry(property.clone()).or_insert_with(|| Cell::Relation(Vec::new()));
        if let Cell::Relation(pages) = cell {
            change(pages);
        }
        if matches!(cell, Cell::Relation(pages) if pages.is_empty()) {
            page.cells.remove(property);
        }
    }

    /// Deletes a page for good; relations to it are gone.
    pub(crate) fn remove(&mut self, id: &Id) {
        let Some(page) = self.world.pages.get(id) else { return };
        let gone: Cells = page.cells.keys().map(|property| (property.clone(), None)).collect();
        self.write(id, gone);
        self.detach(id);
        self.world.pages.remove(id);
    }

    /// Takes a page out of its parent's list.
    fn detach(&mut self, id: &Id) {
        let Some(parent) = self.world.pages.get(id).map(|page| page.parent.clone()) else { return };
        let list = match &parent {
            Parent::DataSource(source) => self.world.sources.get_mut(source).map(|source| &mut source.rows),
            other => other.id().and_then(|other| self.content(other)),
        };
        if let Some(list) = list {
            list.retain(|inside| inside != id);
        }
    }

    /// Puts a page under another parent; a row keeps the values that a namesake of the same type can hold.
    pub(crate) fn relocate(&mut self, id: &Id, parent: Parent) {
        let Some(page) = self.world.pages.get(id) else { return };
        let cells = self.translated(page, &parent);
        let gone: Cells = page.cells.keys().map(|property| (property.clone(), None)).collect();
        self.write(id, gone);
        self.detach(id);
        if let Some(mut page) = self.world.pages.remove(id) {
            page.parent = parent;
            page.stamps.touch(&self.by, self.now);
            self.create_page(page, cells);
        }
    }

    /// A page's values by the properties of another parent.
    fn translated(&self, page: &Page, to: &Parent) -> Cells {
        let title = page.cells.get("title").cloned();
        let mut cells: Cells = vec![("title".into(), title)];
        let (Some(old), Parent::DataSource(new)) = (self.world.source_of(page), to) else { return cells };
        let Some(new) = self.world.sources.get(new) else { return cells };
        for property in old.properties.iter().filter(|property| *property.id != *"title") {
            let namesake = new.properties.iter().find(|other| other.name == property.name);
            let cell = page.cells.get(&property.id).cloned();
            if let (Some(namesake), Some(cell)) = (namesake, cell) {
                cells.push((namesake.id.clone(), carried(cell, &property.kind, &namesake.kind)));
            }
        }
        cells
    }

    /// Gives a data source its new properties; values follow as far as they can.
    pub(crate) fn set_schema(&mut self, id: &Id, patch: Patch) {
        let Some(source) = self.world.sources.get_mut(id) else { return };
        let before = std::mem::replace(&mut source.properties, patch.properties);
        let after = source.properties.clone();
        let rows = source.rows.clone();
        for old in &before {
            let new = after.iter().find(|property| property.id == old.id);
            if let Some(relation) = old.kind.relation()
                && new.is_none_or(|new| new.kind.relation() != Some(relation))
            {
                self.unmirror(&relation.source, relation.mirror.as_ref());
            }
            if new.is_some_and(|new| new.kind == old.kind) {
                continue;
            }
            for row in &rows {
                let Some(page) = self.world.pages.get_mut(row) else { continue };
                let kept = match (page.cells.remove(&old.id), new) {
                    (Some(cell), Some(new)) => carried(cell, &old.kind, &new.kind),
                    _ => None,
                };
                if let Some(cell) = kept {
                    page.cells.insert(old.id.clone(), cell);
                }
            }
        }
        for (other, mirror) in patch.mirrors {
            if let Some(other) = self.world.sources.get_mut(&other) {
                other.properties.push(mirror);
            }
        }
        if let Some(source) = self.world.sources.get_mut(id) {
            source.stamps.touch(&self.by, self.now);
        }
    }

    /// Removes the other side of a relation that is no more.
    fn unmirror(&mut self, source: &Id, mirror: Option<&Id>) {
        let (Some(mirror), Some(source)) = (mirror, self.world.sources.get_mut(source)) else { return };
        source.properties.retain(|property| property.id != *mirror);
        for row in source.rows.clone() {
            if let Some(page) = self.world.pages.get_mut(&row) {
                page.cells.remove(mirror);
            }
        }
    }
}

fn related(cell: Option<Cell>) -> Vec<Id> {
    match cell {
        Some(Cell::Relation(pages)) => pages,
        _ => Vec::new(),
    }
}

/// A value after its property's type or options changed: what the new ones know is kept.
fn carried(cell: Cell, old: &Kind, new: &Kind) -> Option<Cell> {
    match (cell, new) {
        (Cell::Options(ids), Kind::Select { .. } | Kind::MultiSelect { .. } | Kind::Status { .. }) => {
            let name =
                |id: &Id| old.options().iter().find(|option| option.id == *id).map(|option| &option.name);
            let known = new.options();
            let keep = |id: &Id| {
                let same = known.iter().find(|option| option.id == *id);
                let named =
                    || known.iter().find(|option| name(id).is_some_and(|name| option.is_called(name)));
                same.or_else(named).map(|option| option.id.clone())
            };
            let mut kept: Vec<Id> = ids.iter().filter_map(keep).collect();
            if !matches!(new, Kind::MultiSelect { .. }) {
                kept.truncate(1);
            }
            if kept.is_empty() {
                kept.extend(new.default_option().cloned());
            }
            (!kept.is_empty()).then_some(Cell::Options(kept))
        }
        (cell @ Cell::Text(_), Kind::Title | Kind::RichText)
        | (cell @ Cell::Number(_), Kind::Number { .. })
        | (cell @ Cell::Line(_), Kind::Url | Kind::Email | Kind::PhoneNumber)
        | (cell @ Cell::Date(_), Kind::Date)
        | (cell @ Cell::People(_), Kind::People)
        | (cell @ Cell::Files(_), Kind::Files)
        | (cell @ Cell::Checked, Kind::Checkbox)
        | (cell @ Cell::Place(_), Kind::Place) => Some(cell),
        (cell @ Cell::Relation(_), Kind::Relation(to)) => {
            old.relation().is_some_and(|from| from.source == to.source).then_some(cell)
        }
        _ => None,
    }
}
