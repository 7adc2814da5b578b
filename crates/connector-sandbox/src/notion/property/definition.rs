//! Schemas of requests: read, checked and refused, before anything changes.

use serde_json::Value;

use crate::id::{Id, Random};
use crate::notion::auth::Holder;
use crate::notion::data_source::DataSource;
use crate::notion::failure::Failure;
use crate::notion::input::Input;
use crate::notion::property::option::COLORS;
use crate::notion::property::{Group, Kind, Property, Relation, SelectOption};
use crate::notion::world::World;

/// The most options of one request.
const MAX_OPTIONS: usize = 100;
const MAX_PROPERTIES: usize = 500;

const TYPES: [&str; 24] = [
    "title",
    "rich_text",
    "number",
    "select",
    "multi_select",
    "status",
    "date",
    "people",
    "files",
    "checkbox",
    "url",
    "email",
    "phone_number",
    "relation",
    "formula",
    "rollup",
    "created_time",
    "created_by",
    "last_edited_time",
    "last_edited_by",
    "unique_id",
    "verification",
    "button",
    "place",
];

const FUNCTIONS: [&str; 25] = [
    "count",
    "count_values",
    "empty",
    "not_empty",
    "unique",
    "show_unique",
    "percent_empty",
    "percent_not_empty",
    "sum",
    "average",
    "median",
    "min",
    "max",
    "range",
    "earliest_date",
    "latest_date",
    "date_range",
    "checked",
    "unchecked",
    "percent_checked",
    "percent_unchecked",
    "count_per_group",
    "percent_per_group",
    "show_original",
    "none",
];

/// What becomes of a schema.
#[derive(Debug, Default)]
pub(crate) struct Patch {
    /// All properties that there are afterwards.
    pub(crate) properties: Vec<Property>,
    /// The other sides of new two-way relations, with the data source that each is of.
    pub(crate) mirrors: Vec<(Id, Property)>,
}

impl Patch {
    fn with_one_title(self) -> Result<Self, Failure> {
        match self.properties.iter().filter(|property| matches!(property.kind, Kind::Title)).count() {
            1 => Ok(self),
            0 => Err(Failure::validation("Title is not provided.")),
            _ => Err(Failure::validation("Only one title property is allowed.")),
        }
    }
}

/// Reads the properties of one data source.
pub(crate) struct Definitions<'a> {
    pub(crate) world: &'a World,
    pub(crate) holder: &'a Holder,
    pub(crate) random: &'a mut Random,
    /// The data source's id, also of one that is not made yet.
    pub(crate) source: Id,
    /// Its title, for the names of mirrors.
    pub(crate) title: String,
}

impl Definitions<'_> {
    /// The properties of a new data source: exactly one is the title.
    pub(crate) fn create(&mut self, input: &Input<'_>) -> Result<Patch, Failure> {
        let mut patch = Patch::default();
        for name in ordered(input)? {
            self.add(&mut patch, name, &input.member(name))?;
        }
        patch.with_one_title()
    }

    /// The properties after a patch: by name or id, null removes, anything else adds, renames or retypes.
    pub(crate) fn change(&mut self, source: &DataSource, input: &Input<'_>) -> Result<Patch, Failure> {
        let mut patch = Patch { properties: source.properties.clone(), ..Patch::default() };
        for key in ordered(input)? {
            let member = input.member(key);
            match source.property(key) {
                None if member.is_null() => {
                    return Err(Failure::validation(format!("{key} is not a property that exists.")));
                }
                None => self.add(&mut patch, key, &member)?,
                Some(known) if member.is_null() => {
                    if matches!(known.kind, Kind::Title) {
                        return Err(Failure::validation("Cannot delete the title property."));
                    }
                    patch.properties.retain(|property| property.id != known.id);
                }
                Some(known) => self.alter(&mut patch, known, &member)?,
            }
        }
        patch.with_one_title()
    }

    fn add(&mut self, patch: &mut Patch, name: &str, input: &Input<'_>) -> Result<(), Failure> {
        if patch.properties.len() >= MAX_PROPERTIES {
            return Err(Failure::validation(format!("A database has at most {MAX_PROPERTIES} properties.")));
        }
        free_name(&patch.properties, name, None)?;
        let id = self.random.property_id();
        let kind_name = kind_name(input)?.ok_or_else(|| untyped(input))?;
        let (kind, mirror) = self.kind(patch, None, (&id, name), kind_name, &input.member(kind_name))?;
        let id = if matches!(kind, Kind::Title) { "title".into() } else { id };
        patch.properties.push(Property { id, name: name.to_owned(), description: description(input)?, kind });
        patch.mirrors.extend(mirror);
        Ok(())
    }

    fn alter(&mut self, patch: &mut Patch, known: &Property, input: &Input<'_>) -> Result<(), Failure> {
        input.object()?;
        let mut changed = known.clone();
        if let Some(name) = input.member("name").present() {
            let name = name.text()?;
            free_name(&patch.properties, name, Some(&known.id))?;
            name.clone_into(&mut changed.name);
        }
        if !input.member("description").is_absent() {
            changed.description = description(input)?;
        }
        if let Some(kind_name) = kind_name(input)? {
            if (known.kind.name() == "title") != (kind_name == "title") {
                return Err(Failure::validation("Cannot change the type of the title property."));
            }
            let to = (&known.id, &*changed.name);
            let (kind, mirror) = self.kind(patch, Some(known), to, kind_name, &input.member(kind_name))?;
            changed.kind = kind;
            patch.mirrors.extend(mirror);
        }
        if let Some(place) = patch.properties.iter_mut().find(|property| property.id == known.id) {
            *place = changed;
        }
        Ok(())
    }

    /// A type with its configuration, and the other side of a new two-way relation.
    fn kind(
        &mut self,
        patch: &Patch,
        known: Option<&Property>,
        (id, name): (&Id, &str),
        kind: &str,
        input: &Input<'_>,
    ) -> Result<(Kind, Option<(Id, Property)>), Failure> {
        input.object()?;
        let before = known.map_or(&[][..], |known| known.kind.options());
        let plain = match kind {
            "title" => Kind::Title,
            "rich_text" => Kind::RichText,
            "number" => {
                let format = input.member("format").present().map(|format| format.text()).transpose()?;
                Kind::Number { format: format.unwrap_or("number").to_owned() }
            }
            "select" => Kind::Select { options: self.options(input, before)? },
            "multi_select" => Kind::MultiSelect { options: self.options(input, before)? },
            "status" => self.status(input, known)?,
            "date" => Kind::Date,
            "people" => Kind::People,
            "files" => Kind::Files,
            "checkbox" => Kind::Checkbox,
            "url" => Kind::Url,
            "email" => Kind::Email,
            "phone_number" => Kind::PhoneNumber,
            "relation" => return self.relation(known, (id, name), input),
            "formula" => Kind::Formula { expression: input.member("expression").text()?.to_owned() },
            "rollup" => self.rollup(patch, input)?,
            "created_time" => Kind::CreatedTime,
            "created_by" => Kind::CreatedBy,
            "last_edited_time" => Kind::LastEditedTime,
            "last_edited_by" => Kind::LastEditedBy,
            "unique_id" => {
                let prefix = input.member("prefix").given().map(|prefix| prefix.text()).transpose()?;
                Kind::UniqueId { prefix: prefix.map(str::to_owned) }
            }
            "verification" => Kind::Verification,
            "button" => Kind::Button,
            _ => Kind::Place,
        };
        Ok((plain, None))
    }

    /// The options of a request: known ones by id or name keep what they are, the others are new.
    fn options(&mut self, input: &Input<'_>, known: &[SelectOption]) -> Result<Vec<SelectOption>, Failure> {
        let Some(given) = input.member("options").present() else { return Ok(known.to_vec()) };
        let mut options: Vec<SelectOption> = Vec::new();
        for item in given.array_up_to(MAX_OPTIONS)? {
            item.object()?;
            let id = item.member("id").present().map(|id| id.text()).transpose()?;
            let name = item.member("name").present().map(|name| name.text()).transpose()?;
            let kept = known.iter().find(|option| match (id, name) {
                (Some(id), _) => *option.id == *id,
                (None, name) => name.is_some_and(|name| option.is_called(name)),
            });
            let option = match (kept, name) {
                (Some(kept), _) => kept.clone(),
                (None, None) => return Err(item.member("name").expected("defined")),
                (None, Some(name)) if name.contains(',') => {
                    let words = format!("Invalid select option, commas not allowed: {name}");
                    return Err(Failure::validation(words));
                }
                (None, Some(name)) => {
                    let color =
                        item.member("color").present().map(|color| color.one_of(&COLORS)).transpose()?;
                    SelectOption::new(name, color, self.random)
                }
            };
            if options.iter().any(|other| other.is_called(&option.name)) {
                return Err(Failure::validation(format!(
                    "Select option names must be unique: {}",
                    option.name
                )));
            }
            options.push(option);
        }
        Ok(options)
    }

    /// A status: the default triple unless options are named. New options go to the first group.
    fn status(&mut self, input: &Input<'_>, known: Option<&Property>) -> Result<Kind, Failure> {
        let known = known.map(|known| &known.kind);
        let before = known.map_or(&[][..], Kind::options);
        let mut options = self.options(input, before)?;
        if let Some(Kind::Status { groups, .. }) = known {
            let mut groups = groups.clone();
            for group in &mut groups {
                group.options.retain(|id| options.iter().any(|option| option.id == *id));
            }
            let placed: Vec<Id> = groups.iter().flat_map(|group| group.options.clone()).collect();
            let fresh = options.iter().map(|option| option.id.clone()).filter(|id| !placed.contains(id));
            if let Some(first) = groups.first_mut() {
                first.options.extend(fresh);
            }
            return Ok(Kind::Status { options, groups });
        }
        if options.is_empty() {
            let triple = [("Not started", "default"), ("In progress", "blue"), ("Done", "green")];
            options = triple.map(|(name, color)| SelectOption::new(name, Some(color), self.random)).to_vec();
        }
        let groups = Group::three(&options, &["In progress"], &["Done"], self.random);
        Ok(Kind::Status { options, groups })
    }

    fn relation(
        &mut self,
        known: Option<&Property>,
        (id, name): (&Id, &str),
        input: &Input<'_>,
    ) -> Result<(Kind, Option<(Id, Property)>), Failure> {
        let wanted = input.member("data_source_id");
        let target = if wanted.is_absent() && !input.member("database_id").is_absent() {
            let database = input.member("database_id").uuid()?;
            let found = self.world.databases.get(&database).and_then(|database| database.sources.first());
            found.cloned().ok_or_else(|| Failure::not_found("database", &database, &self.holder.name))?
        } else {
            wanted.uuid()?
        };
        if target != self.source && !self.holder.sees(self.world, &target) {
            return Err(Failure::not_found("database", &target, &self.holder.name));
        }
        let dual = input.member("dual_property").present();
        let is_dual = dual.is_some() || input.member("type").value() == Some(&Value::from("dual_property"));
        let before =
            known.and_then(|known| known.kind.relation()).filter(|relation| relation.source == target);
        if let Some(before) = before.filter(|before| before.mirror.is_some() == is_dual) {
            return Ok((Kind::Relation(before.clone()), None));
        }
        if !is_dual {
            return Ok((Kind::Relation(Relation { source: target, mirror: None }), None));
        }
        let mirror_id = self.random.property_id();
        let named = dual.and_then(|dual| dual.member("synced_property_name").present());
        let mirror_name = match named {
            Some(name) => name.text()?.to_owned(),
            None => format!("Related to {} ({name})", self.title),
        };
        let mirror = Property {
            id: mirror_id.clone(),
            name: self
                .world
                .sources
                .get(&target)
                .map_or(mirror_name.clone(), |other| unused(&other.properties, &mirror_name)),
            description: None,
            kind: Kind::Relation(Relation { source: self.source.clone(), mirror: Some(id.clone()) }),
        };
        let relation = Relation { source: target.clone(), mirror: Some(mirror_id) };
        Ok((Kind::Relation(relation), Some((target, mirror))))
    }

    /// A rollup over a relation of the same schema, which may be made by the same request.
    fn rollup(&self, patch: &Patch, input: &Input<'_>) -> Result<Kind, Failure> {
        let key = |what: &str| {
            let by_id = input.member(&format!("{what}_property_id")).present();
            by_id.unwrap_or_else(|| input.member(&format!("{what}_property_name")))
        };
        let (link_key, target_key) = (key("relation").text()?, key("rollup").text()?);
        let decoded = crate::query::decode(link_key);
        let link = patch.properties.iter().find(|property| {
            property.name == link_key || *property.id == *link_key || *property.id == *decoded
        });
        let relation = link.and_then(|link| Some((link, link.kind.relation()?)));
        let (link, relation) = relation.ok_or_else(|| {
            Failure::validation(format!("{link_key} is not a relation property that exists."))
        })?;
        let target = if relation.source == self.source {
            patch
                .properties
                .iter()
                .find(|property| property.name == target_key || *property.id == *target_key)
        } else {
            self.world.sources.get(&relation.source).and_then(|other| other.property(target_key))
        };
        let target = target
            .ok_or_else(|| Failure::validation(format!("{target_key} is not a property that exists.")))?;
        let function = input.member("function").one_of(&FUNCTIONS)?;
        Ok(Kind::Rollup {
            relation: link.id.clone(),
            target: target.id.clone(),
            function: function.to_owned(),
        })
    }
}

/// The keys of a schema with rollups last, since they lean on relations.
fn ordered<'a>(input: &Input<'a>) -> Result<Vec<&'a str>, Failure> {
    let mut keys: Vec<&str> = input.object()?.keys().map(String::as_str).collect();
    keys.sort_by_key(|key| !input.member(key).member("rollup").is_absent());
    Ok(keys)
}

/// The type that a definition names or shows by its key.
fn kind_name(input: &Input<'_>) -> Result<Option<&'static str>, Failure> {
    let object = input.object()?;
    if let Some(said) = input.member("type").present() {
        return said.one_of(&TYPES).map(Some);
    }
    Ok(TYPES.into_iter().find(|kind| object.contains_key(*kind)))
}

fn untyped(input: &Input<'_>) -> Failure {
    input.member("type").expected("defined")
}

fn description(input: &Input<'_>) -> Result<Option<String>, Failure> {
    let given = input.member("description").given().map(|text| text.text().map(str::to_owned));
    given.transpose()
}

fn free_name(properties: &[Property], name: &str, but: Option<&Id>) -> Result<(), Failure> {
    if name.trim().is_empty() {
        return Err(Failure::validation("Property names must not be empty."));
    }
    if properties.iter().any(|property| property.name == name && Some(&property.id) != but) {
        return Err(Failure::validation(format!("Property name {name} is already in use.")));
    }
    Ok(())
}

/// The name, or the name with the first number that is not taken.
fn unused(properties: &[Property], name: &str) -> String {
    let taken = |name: &str| properties.iter().any(|property| property.name == name);
    let mut free = name.to_owned();
    let mut number = 0;
    while taken(&free) {
        number += 1;
        free = format!("{name} {number}");
    }
    free
}
