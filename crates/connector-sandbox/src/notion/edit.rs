//! A person's edits in the app: the same state, without the API's checks of tokens and capabilities.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::edit::Change;
use crate::id::Id;
use crate::notion::auth::Holder;
use crate::notion::block;
use crate::notion::data_source::DataSource;
use crate::notion::input::{self, Input};
use crate::notion::object::extended;
use crate::notion::page::Page;
use crate::notion::property::{Cells, Definitions, Kind, Patch, Property, SelectOption, Writer, encoded};
use crate::notion::read::Reader;
use crate::notion::rich_text::plain;
use crate::notion::service::Notion;
use crate::notion::transaction::Transaction;
use crate::notion::version::Version;
use crate::notion::world::{Parent, World};

impl Notion {
    /// Applies a person's edit, and gives what it made.
    pub(crate) fn edit(
        &self,
        source: Option<&str>,
        change: &Change,
        now: DateTime<Utc>,
    ) -> Result<Value, String> {
        let mut world = self.write();
        let name = source.unwrap_or(&self.names().source);
        let source = find(&world, name).ok_or_else(|| format!("there is no data source {name}"))?.id.clone();
        // A person sees and may do everything.
        let person = Holder { bot: self.names().person.clone(), is_person: true, ..self.owner() };
        Editor { world: &mut world, source, person, now }.apply(change)
    }

    /// A page as the newest version shows it; `None` if there is none.
    pub(crate) fn page(&self, id: &str, now: DateTime<Utc>) -> Option<Value> {
        let world = self.read();
        let owner = Holder { is_person: true, ..self.owner() };
        let id = input::uuid(id)?;
        world.pages.get(&id).map(|page| reader(&world, &owner, now).page(page, None))
    }

    /// Everything, as JSON: data sources with their pages, the other pages, and what is shared.
    pub(crate) fn dump(&self, now: DateTime<Utc>) -> Value {
        let world = self.read();
        let owner = Holder { is_person: true, ..self.owner() };
        let reader = reader(&world, &owner, now);
        let sources = world.sources.values().map(|source| {
            let pages = world.rows(source).map(|page| reader.page(page, None)).collect();
            extended(reader.source(source), [("pages", pages)])
        });
        let loose = world.pages.values().filter(|page| world.source_of(page).is_none());
        let shared: Map<String, Value> =
            world.access.iter().map(|(id, shared)| ((**id).to_owned(), json!(shared))).collect();
        json!({
            "data_sources": sources.collect::<Vec<_>>(),
            "pages": loose.map(|page| reader.page(page, None)).collect::<Vec<_>>(),
            "shared": shared,
        })
    }

    /// The id of a property by its name, in the Deals unless another data source is named.
    pub(crate) fn property_id(&self, source: Option<&str>, name: &str) -> Option<String> {
        let world = self.read();
        let source = find(&world, source.unwrap_or(&self.names().source))?;
        source.property(name).map(|property| encoded(&property.id))
    }

    /// The id of a data source by its title.
    pub(crate) fn source_id(&self, title: &str) -> Option<String> {
        find(&self.read(), title).map(|source| (*source.id).to_owned())
    }

    /// The ids of the deals that are not in the trash.
    pub(crate) fn page_ids(&self) -> Vec<String> {
        let world = self.read();
        let Some(source) = world.sources.get(&self.names().source) else { return Vec::new() };
        world.rows(source).filter(|page| !page.trashed).map(|page| (*page.id).to_owned()).collect()
    }
}

/// What the newest version shows.
fn reader<'a>(world: &'a World, holder: &'a Holder, now: DateTime<Utc>) -> Reader<'a> {
    Reader { world, version: Version::InTrash, holder, now }
}

/// A data source by id or title.
fn find<'a>(world: &'a World, name: &str) -> Option<&'a DataSource> {
    let by_id = input::uuid(name).and_then(|id| world.sources.get(&id));
    let titled = |source: &&DataSource| plain(&source.title, &|id| world.name(id)) == name;
    by_id.or_else(|| world.sources.values().find(titled))
}

/// Who edits what.
struct Editor<'a> {
    world: &'a mut World,
    source: Id,
    person: Holder,
    now: DateTime<Utc>,
}

impl Editor<'_> {
    fn apply(mut self, change: &Change) -> Result<Value, String> {
        match change {
            Change::CreateRecord { fields } => {
                let cells = self.cells(fields)?;
                let id = self.world.random.uuid();
                let parent = Parent::DataSource(self.source.clone());
                let mut edit = self.edit();
                let page = Page::new(id.clone(), parent, edit.stamps());
                edit.create_page(page, cells);
                self.shown(&id)
            }
            Change::UpdateRecord { record, fields } => {
                let id = self.page_id(record)?;
                if let Some(source) = self.world.pages.get(&id).and_then(|page| self.world.source_of(page)) {
                    self.source = source.id.clone();
                }
                let cells = self.cells(fields)?;
                let mut edit = self.edit();
                edit.write(&id, cells);
                edit.touch(&id);
                self.shown(&id)
            }
            Change::DuplicateRecord { record } => {
                let old = self.page_id(record)?;
                let id = self.world.random.uuid();
                let Some(page) = self.world.pages.get(&old) else { return Err(no_record(record)) };
                let cells = page
                    .cells
                    .iter()
                    .map(|(property, cell)| (property.clone(), Some(cell.clone())))
                    .collect();
                let parent = page.parent.clone();
                let mut edit = self.edit();
                let page = Page::new(id.clone(), parent, edit.stamps());
                edit.create_page(page, cells);
                self.shown(&id)
            }
            Change::DeleteRecord { record } => self.on_page(record, |page| page.trashed = true),
            Change::RestoreRecord { record } => self.on_page(record, |page| page.trashed = false),
            Change::ArchiveRecord { record, archived } => {
                self.on_page(record, |page| page.archived = *archived)
            }
            Change::LockRecord { record, locked } => self.on_page(record, |page| page.locked = *locked),
            Change::PurgeRecord { record } => self.purge(record),
            Change::MoveRecord { record, to } => self.relocate(record, to),
            Change::AppendBlocks { record, blocks } => self.append(record, blocks),
            Change::UpdateBlock { block, content } => self.rewrite(block, content),
            Change::DeleteBlock { block } => {
                let id = self.block_id(block)?;
                self.touch_around(&id);
                block::restore_or_trash(&mut self.edit(), &id, true);
                Ok(json!({}))
            }
            Change::Share { id } => self.give(id, true),
            Change::Unshare { id } => self.give(id, false),
            Change::RenameTable { name } => {
                self.rename(name);
                Ok(json!({}))
            }
            Change::CreateView { .. } => Err("a Notion view filters nothing for the API".to_owned()),
            Change::ExpireIterators => {
                self.world.cursor_age += 1;
                Ok(json!({}))
            }
            change => self.alter(change),
        }
    }

    fn edit(&mut self) -> Transaction<'_> {
        Transaction::new(self.world, &self.person.bot, self.now)
    }

    fn shown(&self, id: &Id) -> Result<Value, String> {
        let reader = reader(self.world, &self.person, self.now);
        self.world.pages.get(id).map(|page| reader.page(page, None)).ok_or_else(|| no_record(id))
    }

    fn page_id(&self, record: &str) -> Result<Id, String> {
        let id = input::uuid(record).filter(|id| self.world.pages.contains_key(id));
        id.ok_or_else(|| no_record(record))
    }

    fn on_page(mut self, record: &str, change: impl FnOnce(&mut Page)) -> Result<Value, String> {
        let id = self.page_id(record)?;
        self.edit().touch(&id);
        if let Some(page) = self.world.pages.get_mut(&id) {
            change(page);
        }
        self.shown(&id)
    }

    /// Writes blocks at the end of a page or block.
    fn append(mut self, record: &str, blocks: &[Value]) -> Result<Value, String> {
        let body = json!({"children": blocks});
        let drafts =
            block::read_children_as_person(&Input::body(&body)).map_err(|refused| refused.words())?;
        let parent = match self.page_id(record) {
            Ok(page) => Parent::Page(page),
            Err(_) => Parent::Block(self.block_id(record)?),
        };
        if let Some(id) = parent.id() {
            self.touch_around(id);
        }
        let made = block::insert(&mut self.edit(), &parent, usize::MAX, drafts);
        let reader = reader(self.world, &self.person, self.now);
        Ok(json!({"blocks": made.iter().filter_map(|id| reader.block(id)).collect::<Vec<_>>()}))
    }

    /// Changes what a block holds.
    fn rewrite(mut self, block: &str, content: &Value) -> Result<Value, String> {
        let id = self.block_id(block)?;
        let body =
            self.world.blocks.get(&id).map(|block| block.body.clone()).ok_or_else(|| no_record(block))?;
        let body = block::read_change(&body, &Input::body(content)).map_err(|refused| refused.words())?;
        self.touch_around(&id);
        block::restore_or_trash(&mut self.edit(), &id, false);
        if let Some(block) = self.world.blocks.get_mut(&id) {
            block.body = body;
        }
        Ok(json!({}))
    }

    fn block_id(&self, block: &str) -> Result<Id, String> {
        let id = input::uuid(block).filter(|id| self.world.blocks.contains_key(id));
        id.ok_or_else(|| format!("there is no block {block}"))
    }

    /// Notes an edit of the page that a block is in: in the app a page's time follows its body.
    fn touch_around(&mut self, id: &Id) {
        let page = self.world.lineage(id).into_iter().find(|outer| self.world.pages.contains_key(outer));
        if let Some(page) = page {
            self.edit().touch(&page);
        }
    }

    /// Deletes for good, as the trash does after thirty days.
    fn purge(mut self, record: &str) -> Result<Value, String> {
        let id = self.page_id(record)?;
        self.edit().remove(&id);
        Ok(json!({}))
    }

    fn relocate(mut self, record: &str, to: &str) -> Result<Value, String> {
        let id = self.page_id(record)?;
        let source = find(self.world, to).map(|source| Parent::DataSource(source.id.clone()));
        let page = || self.page_id(to).ok().map(Parent::Page);
        let parent = source.or_else(page).ok_or_else(|| format!("there is no data source or page {to}"))?;
        if parent.id().is_some_and(|parent| self.world.lineage(parent).contains(&id)) {
            return Err(format!("the page {id} is around {to}"));
        }
        self.edit().relocate(&id, parent);
        self.shown(&id)
    }

    /// Gives a page, database or data source to the connection, or takes it from it.
    fn give(self, id: &str, shared: bool) -> Result<Value, String> {
        let known = input::uuid(id).filter(|id| self.world.parent(id).is_some());
        let id = known.ok_or_else(|| format!("there is no page, database or data source {id}"))?;
        self.world.access.insert(id, shared);
        Ok(json!({}))
    }

    fn rename(self, name: &str) {
        let title = vec![crate::notion::rich_text::Run::plain(name)];
        if let Some(source) = self.world.sources.get_mut(&self.source) {
            source.stamps.touch(&self.person.bot, self.now);
            source.title.clone_from(&title);
            if let Some(database) = self.world.databases.get_mut(&source.database) {
                database.title = title;
            }
        }
    }

    fn source(&self) -> Result<&DataSource, String> {
        self.world.sources.get(&self.source).ok_or_else(|| format!("there is no data source {}", self.source))
    }

    /// Changes of the schema.
    fn alter(mut self, change: &Change) -> Result<Value, String> {
        let patch = match change {
            Change::RenameField { field, name } => json!({field: {"name": name}}),
            Change::DeleteField { field } => json!({field: null}),
            Change::RetypeField { field, kind, options }
            | Change::CreateField { name: field, kind, options } => {
                json!({field: {"type": kind, kind: options.clone().unwrap_or_else(|| json!({}))}})
            }
            Change::AddChoice { field, .. }
            | Change::RenameChoice { field, .. }
            | Change::DeleteChoice { field, .. } => {
                return self.choose(field, change);
            }
            _ => return Err("Notion has no such edit".to_owned()),
        };
        if let Change::RenameField { field, .. }
        | Change::DeleteField { field }
        | Change::RetypeField { field, .. } = change
        {
            self.source()?.property(field).ok_or_else(|| no_field(field))?;
        }
        let mut random = self.world.random.clone();
        let source = self.source()?;
        let title = plain(&source.title, &|id| self.world.name(id));
        let mut definitions = Definitions {
            world: self.world,
            holder: &self.person,
            random: &mut random,
            source: self.source.clone(),
            title,
        };
        let patch = definitions.change(source, &Input::body(&patch)).map_err(|refused| refused.words())?;
        self.world.random = random;
        let source = self.source.clone();
        self.edit().set_schema(&source, patch);
        Ok(json!({}))
    }

    /// Changes the options of a select or status as only a person can: names too.
    fn choose(mut self, field: &str, change: &Change) -> Result<Value, String> {
        let mut random = self.world.random.clone();
        let mut property = self.source()?.property(field).ok_or_else(|| no_field(field))?.clone();
        let options = property.kind.options_mut().ok_or_else(|| format!("{field} has no options"))?;
        let mut added = None;
        match change {
            Change::RenameChoice { choice, name, .. } => {
                let option =
                    options.iter_mut().find(|option| option.is_called(choice) || *option.id == **choice);
                name.clone_into(&mut option.ok_or_else(|| format!("there is no option {choice}"))?.name);
            }
            Change::DeleteChoice { choice, .. } => {
                let before = options.len();
                options.retain(|option| !option.is_called(choice) && *option.id != **choice);
                if options.len() == before {
                    return Err(format!("there is no option {choice}"));
                }
            }
            Change::AddChoice { name, .. } => {
                let option = SelectOption::new(name, None, &mut random);
                added = Some(option.id.clone());
                options.push(option);
            }
            _ => {}
        }
        let left: Vec<Id> = options.iter().map(|option| option.id.clone()).collect();
        if let Kind::Status { groups, .. } = &mut property.kind {
            for group in groups.iter_mut() {
                group.options.retain(|id| left.contains(id));
            }
            if let Some(group) = groups.first_mut() {
                group.options.extend(added);
            }
        }
        self.world.random = random;
        let source = self.source.clone();
        let properties = self
            .source()?
            .properties
            .iter()
            .map(|known| if known.id == property.id { property.clone() } else { known.clone() });
        let patch = Patch { properties: properties.collect(), ..Patch::default() };
        self.edit().set_schema(&source, patch);
        Ok(json!({}))
    }

    /// Values as a person enters them: texts are put into the property's form, new options are made.
    fn cells(&mut self, fields: &Map<String, Value>) -> Result<Cells, String> {
        let mut random = self.world.random.clone();
        let source = self.source()?.clone();
        let mut framed = Map::new();
        for (name, value) in fields {
            let property = source.property(name).ok_or_else(|| no_field(name))?;
            framed.insert(name.clone(), self.framed(property, value)?);
        }
        let framed = Value::Object(framed);
        let mut writer = Writer::new(self.world, &self.person, &mut random);
        let cells = writer.row(&source, &Input::body(&framed)).map_err(|refused| refused.words())?;
        let additions = std::mem::take(&mut writer.additions);
        self.world.random = random;
        let id = self.source.clone();
        self.edit().add_options(&id, additions);
        Ok(cells)
    }

    /// A plain value in the form of the API; what is in that form already stays.
    fn framed(&self, property: &Property, value: &Value) -> Result<Value, String> {
        let kind = property.kind.name();
        if value.get(kind).is_some() {
            return Ok(value.clone());
        }
        let texts: Vec<String> = match value {
            Value::Null => Vec::new(),
            Value::Array(items) => items.iter().map(typed).collect(),
            single => vec![typed(single)],
        };
        let plain = match &property.kind {
            Kind::Title | Kind::RichText => {
                json!(texts.iter().map(|text| json!({"text": {"content": text}})).collect::<Vec<_>>())
            }
            Kind::Select { .. } | Kind::Status { .. } => {
                texts.first().map_or(Value::Null, |name| json!({"name": name}))
            }
            Kind::MultiSelect { .. } => texts.iter().map(|name| json!({"name": name})).collect(),
            Kind::Date if value.is_string() => json!({"start": value}),
            Kind::People => {
                let known =
                    |text: &String| self.person_id(text).ok_or_else(|| format!("there is no user {text}"));
                let ids = texts.iter().map(known).collect::<Result<Vec<Id>, String>>()?;
                ids.iter().map(|id| json!({"id": &**id})).collect()
            }
            Kind::Relation(_) => texts.iter().map(|id| json!({"id": id})).collect(),
            Kind::Files => {
                let file = |url: &String| json!({"name": url.rsplit('/').next(), "external": {"url": url}});
                texts.iter().map(file).collect()
            }
            Kind::Checkbox => json!(value.as_bool().unwrap_or_default()),
            _ => value.clone(),
        };
        Ok(json!({kind: plain}))
    }

    /// A user by name, address or id.
    fn person_id(&self, text: &str) -> Option<Id> {
        self.world.users.iter().find(|user| user.is_called(text)).map(|user| user.id.clone())
    }
}

/// What a person would type.
fn typed(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn no_record(record: &str) -> String {
    format!("there is no record {record}")
}

fn no_field(field: &str) -> String {
    format!("there is no field {field}")
}
