//! Values of a write: read, checked and refused, before anything changes.

use serde_json::{Value, json};

use crate::id::{Id, Random};
use crate::notion::auth::{Capability, Holder};
use crate::notion::data_source::DataSource;
use crate::notion::failure::Failure;
use crate::notion::input::Input;
use crate::notion::property::{Cell, DateValue, File, Kind, Property, Relation, SelectOption};
use crate::notion::rich_text;
use crate::notion::world::{Parent, World};

/// New values of a page, by property id; `None` clears.
pub(crate) type Cells = Vec<(Id, Option<Cell>)>;

/// New options, with the property that they are of.
pub(crate) type Additions = Vec<(Id, SelectOption)>;

/// The most elements of a multi-select, people or relation value in one request.
const MAX_ELEMENTS: usize = 100;

/// Reads the values of one page.
pub(crate) struct Writer<'a> {
    pub(crate) world: &'a World,
    pub(crate) holder: &'a Holder,
    pub(crate) random: &'a mut Random,
    /// Options that the values ask for and that are not there yet.
    pub(crate) additions: Additions,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(world: &'a World, holder: &'a Holder, random: &'a mut Random) -> Self {
        Self { world, holder, random, additions: Vec::new() }
    }

    /// The values of a row.
    pub(crate) fn row(&mut self, source: &DataSource, input: &Input<'_>) -> Result<Cells, Failure> {
        let mut cells: Cells = Vec::new();
        for name in input.object()?.keys() {
            let property = source
                .property(name)
                .ok_or_else(|| Failure::validation(format!("{name} is not a property that exists.")))?;
            let cell = self.value(property, name, &input.member(name))?;
            cells.retain(|(id, _)| *id != property.id);
            cells.push((property.id.clone(), cell));
        }
        Ok(cells)
    }

    fn value(&mut self, property: &Property, key: &str, input: &Input<'_>) -> Result<Option<Cell>, Failure> {
        let kind = property.kind.name();
        // A title may come without its frame.
        if matches!(property.kind, Kind::Title) && input.value().is_some_and(Value::is_array) {
            return Ok(text(rich_text::runs(input)?));
        }
        let object = input.object()?;
        let said = object.get("type").and_then(Value::as_str);
        if said.is_some_and(|said| said != kind) || !object.contains_key(kind) {
            return Err(Failure::validation(format!("{key} is expected to be {kind}.")));
        }
        let value = input.member(kind);
        if property.kind.is_computed() {
            return Err(value.expected("not present"));
        }
        self.cell(property, &value)
    }

    fn cell(&mut self, property: &Property, value: &Input<'_>) -> Result<Option<Cell>, Failure> {
        let cleared = value.is_null();
        match &property.kind {
            Kind::Title | Kind::RichText => Ok(text(rich_text::runs(value)?)),
            Kind::Number { .. } if !cleared => {
                let number = value.value().and_then(Value::as_f64);
                Ok(Some(Cell::Number(number.ok_or_else(|| value.expected("a number or `null`"))?)))
            }
            Kind::Checkbox => Ok(value.boolean()?.then_some(Cell::Checked)),
            Kind::Select { .. } if !cleared => {
                Ok(Some(Cell::Options(vec![self.option(property, value, "select")?])))
            }
            Kind::MultiSelect { .. } => self.many_options(property, value),
            Kind::Status { .. } if cleared => {
                Ok(property.kind.default_option().map(|id| Cell::Options(vec![id.clone()])))
            }
            Kind::Status { .. } => status(property, value).map(|id| Some(Cell::Options(vec![id]))),
            Kind::Date if !cleared => DateValue::read(value).map(|date| Some(Cell::Date(date))),
            Kind::People => self.people(value),
            Kind::Files => {
                let files =
                    value.items()?.iter().map(|file| self.file(file)).collect::<Result<Vec<_>, _>>()?;
                Ok((!files.is_empty()).then_some(Cell::Files(files)))
            }
            Kind::Url if !cleared => line(value, 2000),
            Kind::Email | Kind::PhoneNumber if !cleared => line(value, 200),
            Kind::Relation(relation) => self.relation(relation, value),
            Kind::Place if !cleared => place(value),
            Kind::Verification => self.verification(value),
            _ => Ok(None),
        }
    }

    /// A file: of another site, kept here already, or just sent.
    fn file(&self, input: &Input<'_>) -> Result<File, Failure> {
        let Some(sent) = input.member("file_upload").present() else { return File::read(input) };
        let id = sent.member("id").uuid()?;
        let upload = self.world.uploads.iter().find(|upload| upload.id == id);
        let upload = upload.ok_or_else(|| Failure::not_found("file upload", &id, &self.holder.name))?;
        let name = input.member("name").given().map(|name| name.text_up_to(100)).transpose()?;
        upload.attached(name)
    }

    /// An option by id or name; a name that is not there yet makes one.
    fn option(&mut self, property: &Property, value: &Input<'_>, what: &str) -> Result<Id, Failure> {
        let object = value.object()?;
        let known = property.kind.options();
        if let Some(id) = object.get("id").and_then(Value::as_str) {
            let found = known.iter().find(|option| *option.id == *id);
            let found = found.map(|option| option.id.clone());
            return found.ok_or_else(|| {
                Failure::validation(format!("Invalid {what} option. Option with id \"{id}\" does not exist."))
            });
        }
        let name = value.member("name").text()?;
        if name.contains(',') {
            return Err(Failure::validation(format!("Invalid {what} option, commas not allowed: {name}")));
        }
        if name.trim().is_empty() {
            return Err(value.member("name").expected("a non-empty string"));
        }
        value.member("name").text_up_to(100)?;
        let added = self.additions.iter().filter(|(of, _)| *of == property.id).map(|(_, option)| option);
        if let Some(found) = known.iter().chain(added).find(|option| option.is_called(name)) {
            return Ok(found.id.clone());
        }
        self.holder.require(Capability::UpdateContent)?;
        let option = SelectOption::new(name, None, self.random);
        let id = option.id.clone();
        self.additions.push((property.id.clone(), option));
        Ok(id)
    }

    fn many_options(&mut self, property: &Property, value: &Input<'_>) -> Result<Option<Cell>, Failure> {
        let mut ids = Vec::new();
        for item in value.array_up_to(MAX_ELEMENTS)? {
            let id = self.option(property, &item, "select")?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok((!ids.is_empty()).then_some(Cell::Options(ids)))
    }

    fn people(&self, value: &Input<'_>) -> Result<Option<Cell>, Failure> {
        let mut ids = Vec::new();
        for item in value.array_up_to(MAX_ELEMENTS)? {
            let id = item.member("id").uuid()?;
            let known = self.world.user(&id).map(|user| user.id.clone());
            let id = known.ok_or_else(|| Failure::not_found("user", &id, &self.holder.name))?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok((!ids.is_empty()).then_some(Cell::People(ids)))
    }

    /// Pages of the related data source that the connection sees.
    fn relation(&self, relation: &Relation, value: &Input<'_>) -> Result<Option<Cell>, Failure> {
        let mut ids = Vec::new();
        for item in value.array_up_to(MAX_ELEMENTS)? {
            let id = item.member("id").uuid()?;
            let page = self.world.pages.get(&id).filter(|page| self.holder.sees(self.world, &page.id));
            let page = page.ok_or_else(|| Failure::not_found("page", &id, &self.holder.name))?;
            if page.parent != Parent::DataSource(relation.source.clone()) {
                return Err(Failure::validation(format!("Page {id} is not in the related database.")));
            }
            if !ids.contains(&page.id) {
                ids.push(page.id.clone());
            }
        }
        Ok((!ids.is_empty()).then_some(Cell::Relation(ids)))
    }

    fn verification(&self, value: &Input<'_>) -> Result<Option<Cell>, Failure> {
        match value.member("state").one_of(&["verified", "unverified"])? {
            "verified" => {
                let date = value.member("date").given().map(|date| DateValue::read(&date)).transpose()?;
                let by = json!({"object": "user", "id": &*self.holder.bot});
                let date = date.map(|date| date.json());
                Ok(Some(Cell::Verification(json!({"state": "verified", "verified_by": by, "date": date}))))
            }
            _ => Ok(None),
        }
    }
}

/// The values of a page that is no row: its title, also as a bare array.
pub(crate) fn title_only(input: &Input<'_>) -> Result<Cells, Failure> {
    let mut cells = Vec::new();
    for name in input.object()?.keys() {
        if name != "title" && name != "Title" {
            return Err(Failure::validation(format!("{name} is not a property that exists.")));
        }
        let member = input.member(name);
        let runs = if member.value().is_some_and(Value::is_array) { member } else { member.member("title") };
        let runs = rich_text::runs(&runs)?;
        cells.push(("title".into(), (!runs.is_empty()).then_some(Cell::Text(runs))));
    }
    Ok(cells)
}

/// An option of a status, which is never made here.
fn status(property: &Property, value: &Input<'_>) -> Result<Id, Failure> {
    let object = value.object()?;
    let member = |key: &str| object.get(key).and_then(Value::as_str);
    let known = property.kind.options();
    let (found, said) = match (member("id"), member("name")) {
        (Some(id), _) => (known.iter().find(|option| *option.id == *id), id),
        (None, Some(name)) => (known.iter().find(|option| option.is_called(name)), name),
        (None, None) => return Err(value.member("name").expected("defined")),
    };
    found.map(|option| option.id.clone()).ok_or_else(|| {
        Failure::validation(format!("Invalid status option. Status option \"{said}\" does not exist\"."))
    })
}

fn text(runs: Vec<rich_text::Run>) -> Option<Cell> {
    (!runs.is_empty()).then_some(Cell::Text(runs))
}

/// A line of text; an empty one is no value.
fn line(value: &Input<'_>, limit: usize) -> Result<Option<Cell>, Failure> {
    let text = value.text_up_to(limit)?;
    if text.is_empty() {
        return Err(value.expected("a non-empty string or `null`"));
    }
    Ok(Some(Cell::Line(text.to_owned())))
}

fn place(value: &Input<'_>) -> Result<Option<Cell>, Failure> {
    let object = value.object()?;
    let degrees = |key: &str| {
        let part = value.member(key);
        part.value().and_then(Value::as_f64).ok_or_else(|| part.expected("a number"))
    };
    let member = |key: &str| object.get(key).cloned().unwrap_or_default();
    Ok(Some(Cell::Place(json!({
        "lat": degrees("lat")?,
        "lon": degrees("lon")?,
        "name": member("name"),
        "address": member("address"),
        "aws_place_id": member("aws_place_id"),
        "google_place_id": member("google_place_id"),
    }))))
}
