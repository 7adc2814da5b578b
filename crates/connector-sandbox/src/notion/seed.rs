//! The seeded workspace: a page with a Deals database, which has a property of every type, and the Companies
//! that it relates to.

use std::collections::BTreeMap;

use chrono::{FixedOffset, TimeDelta, TimeZone};
use serde_json::{Value, json};

use crate::id::{Id, Random};
use crate::notion::data_source::DataSource;
use crate::notion::database::Database;
use crate::notion::page::Page;
use crate::notion::property::{
    Cell, Cells, DateValue, File, Group, Kind, Moment, Property, Relation, SelectOption,
};
use crate::notion::rich_text::Run;
use crate::notion::transaction::Transaction;
use crate::notion::user::{User, UserKind};
use crate::notion::world::{Parent, Stamps, Workspace, World};
use crate::sample::{self, CITIES, SALESPEOPLE, SECTORS, STAGES, SampleDeal};
use crate::settings::Settings;

/// The ids that a program needs to begin.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) token: String,
    /// The connection's name, as refusals say it.
    pub(crate) connection: &'static str,
    pub(crate) bot: Id,
    /// Who makes the edits that a test asks for.
    pub(crate) person: Id,
    pub(crate) parent_page: Id,
    pub(crate) database: Id,
    pub(crate) source: Id,
}

const CONNECTION: &str = "Intégration CRM";

/// Stages under way and stages that are done; the others are still to do.
const ACTIVE: [&str; 3] = ["Qualifié", "Négociation", "Gagné - en cours"];
const DONE: [&str; 2] = ["Gagné", "Perdu"];

/// The longest run of text that the API takes, in UTF-16 units.
const MAX_RUN: usize = 2000;

/// The state at the start.
pub(crate) fn world(settings: &Settings) -> (World, Names) {
    // Another stream than Airtable's, so that the ids of both have nothing in common.
    let mut random = Random::new(settings.seed ^ 0x6e6f_7469);
    let mut sampling = Random::new(settings.seed);
    let users = users(&mut random);
    let bot = users.first().map(|user| user.id.clone()).unwrap_or_default();
    let person = users.get(1).map(|user| user.id.clone()).unwrap_or_default();
    let token = random.notion_token();
    let began = sample::deal(0, &mut Random::new(0)).created;
    let stamps = Stamps::new(&person, began);
    let columns = Columns::new(&mut random);
    let page = Page::new(random.uuid(), Parent::Workspace, stamps.clone());
    let mut world = World {
        workspace: Workspace { id: random.uuid(), name: "Atelier Nord".to_owned() },
        users,
        databases: BTreeMap::new(),
        sources: BTreeMap::new(),
        pages: BTreeMap::new(),
        blocks: BTreeMap::new(),
        comments: Vec::new(),
        uploads: Vec::new(),
        tasks: Vec::new(),
        access: BTreeMap::from([(page.id.clone(), true)]),
        cursor_age: 0,
        random,
    };
    let parent_page = page.id.clone();
    let title = Cell::Text(vec![Run::plain("CRM")]);
    Transaction::new(&mut world, &person, began).create_page(page, vec![("title".into(), Some(title))]);
    let companies = columns.company_properties();
    add(&mut world, &parent_page, (&columns.companies, "Companies"), companies, &stamps);
    let deals = columns.deal_properties(&mut world.random);
    let database = add(&mut world, &parent_page, (&columns.deals, "Deals"), deals, &stamps);

    let mut made = Vec::new();
    for position in 0..settings.deals.div_ceil(4) {
        made.push(columns.company(&mut world, position, &mut sampling, &person));
    }
    for position in 0..settings.deals {
        let sample = sample::deal(position, &mut sampling);
        columns.deal(&mut world, position, &sample, &made, &person);
    }
    let source = columns.deals.clone();
    (world, Names { token, connection: CONNECTION, bot, person, parent_page, database, source })
}

fn users(random: &mut Random) -> Vec<User> {
    let mut users = vec![User { id: random.uuid(), name: CONNECTION.to_owned(), kind: UserKind::Bot }];
    users.extend(SALESPEOPLE.map(|(name, email)| User {
        id: random.uuid(),
        name: name.to_owned(),
        kind: UserKind::Person { email: email.to_owned() },
    }));
    let email = "paul@conseil-sud.example".to_owned();
    users.push(User { id: random.uuid(), name: "Paul Invité".to_owned(), kind: UserKind::Guest { email } });
    users.push(User { id: random.uuid(), name: "Ventes".to_owned(), kind: UserKind::Group });
    users
}

/// The ids that properties refer to one another by.
struct Columns {
    deals: Id,
    companies: Id,
    company: Id,
    company_deals: Id,
    city: Id,
    revenue: Id,
    founded: Id,
    score: Id,
}

impl Columns {
    fn new(random: &mut Random) -> Self {
        Self {
            deals: random.uuid(),
            companies: random.uuid(),
            company: random.property_id(),
            company_deals: random.property_id(),
            city: random.property_id(),
            revenue: random.property_id(),
            founded: random.property_id(),
            score: random.property_id(),
        }
    }

    fn company_properties(&self) -> Vec<Property> {
        let relation = Relation { source: self.deals.clone(), mirror: Some(self.company.clone()) };
        vec![
            property(&"title".into(), "Name", Kind::Title),
            property(&self.city, "City", Kind::RichText),
            property(&self.revenue, "Revenue", euros()),
            property(&self.company_deals, "Deals", Kind::Relation(relation)),
            property(&self.founded, "Founded", Kind::Date),
            property(&self.score, "Score", formula(r#"round(prop("Revenue") / 1000)"#)),
        ]
    }

    fn deal_properties(&self, random: &mut Random) -> Vec<Property> {
        let stages = options(&STAGES, random);
        let groups = Group::three(&stages, &ACTIVE, &DONE, random);
        let sectors = options(&SECTORS, random);
        let people = options(&SALESPEOPLE.map(|(name, _)| name), random);
        let priorities = options(&["Haute", "Moyenne", "Basse"], random);
        let relation = Relation { source: self.companies.clone(), mirror: Some(self.company_deals.clone()) };
        let rollup = |target: &Id, function: &str| Kind::Rollup {
            relation: self.company.clone(),
            target: target.clone(),
            function: function.to_owned(),
        };
        let format = |format: &str| Kind::Number { format: format.to_owned() };
        let columns = vec![
            ("Name", Kind::Title),
            ("Status", Kind::Status { options: stages, groups }),
            ("Amount", euros()),
            ("Sector", Kind::MultiSelect { options: sectors }),
            ("Due Date", Kind::Date),
            ("Assignee", Kind::Select { options: people }),
            ("Notes", Kind::RichText),
            ("Brief", Kind::RichText),
            ("Priority", Kind::Select { options: priorities }),
            ("Contact Email", Kind::Email),
            ("Website", Kind::Url),
            ("Phone", Kind::PhoneNumber),
            ("Employees", format("number")),
            ("Probability", format("percent")),
            ("Signed", Kind::Checkbox),
            ("Next Meeting", Kind::Date),
            ("Pilot", Kind::Date),
            ("Company", Kind::Relation(relation)),
            ("Files", Kind::Files),
            ("Owner", Kind::People),
            ("Site", Kind::Place),
            ("Reviewed", Kind::Verification),
            ("Weighted Amount", formula(r#"prop("Amount") * prop("Probability")"#)),
            ("Label", formula(r#"prop("Name") + " (" + prop("Status") + ")""#)),
            ("Is Large", formula(r#"prop("Amount") >= 20000"#)),
            ("Review On", formula(r#"prop("Due Date")"#)),
            ("Rating", formula(r#"map(prop("Sector"), length(current))"#)),
            ("Company Revenue", rollup(&self.revenue, "sum")),
            ("Company City", rollup(&self.city, "show_original")),
            ("Company Founded", rollup(&self.founded, "earliest_date")),
            ("Company Score", rollup(&self.score, "max")),
            ("Number", Kind::UniqueId { prefix: Some("DEAL".to_owned()) }),
            ("Created", Kind::CreatedTime),
            ("Created By", Kind::CreatedBy),
            ("Modified", Kind::LastEditedTime),
            ("Modified By", Kind::LastEditedBy),
            ("Open", Kind::Button),
            ("Visited", Kind::LastVisitedTime),
        ];
        let named = columns.into_iter().map(|(name, kind)| {
            let id = match name {
                "Name" => "title".into(),
                "Company" => self.company.clone(),
                _ => random.property_id(),
            };
            property(&id, name, kind)
        });
        named.collect()
    }

    fn company(&self, world: &mut World, position: u32, sampling: &mut Random, by: &Id) -> Id {
        let sample = sample::deal(position + 100, sampling);
        let city = sampling.pick(&CITIES).copied().unwrap_or_default();
        let revenue = f64::from(sampling.below(400) + 10) * 10_000.0;
        let founded = (sample.created - TimeDelta::days(400 + 97 * i64::from(position))).date_naive();
        let cells = vec![
            ("title".into(), Some(text(&sample.client))),
            (self.city.clone(), Some(text(city))),
            (self.revenue.clone(), Some(Cell::Number(revenue))),
            (self.founded.clone(), Some(Cell::Date(DateValue::day(founded)))),
        ];
        row(world, &self.companies, cells, &sample, by)
    }

    fn deal(&self, world: &mut World, position: u32, sample: &SampleDeal, companies: &[Id], by: &Id) {
        let people: Vec<Id> = world
            .users
            .iter()
            .filter(|user| matches!(user.kind, UserKind::Person { .. }))
            .map(|user| user.id.clone())
            .collect();
        let properties =
            world.sources.get(&self.deals).map(|source| source.properties.clone()).unwrap_or_default();
        let mut cells = Cells::new();
        for property in properties {
            let mapped = mapped(&property, sample);
            let mut extra = || {
                let filler = Filler { random: &mut world.random, people: &people, companies };
                filler.cell(&property, position, sample)
            };
            let blank = sample.stage.is_none();
            let cell = if mapped.is_some() || blank { mapped } else { extra() };
            if cell.is_some() {
                cells.push((property.id, cell));
            }
        }
        row(world, &self.deals, cells, sample, by);
    }
}

/// Adds a database with its data source under the page, and gives the database's id.
fn add(
    world: &mut World,
    page: &Id,
    (source, title): (&Id, &str),
    properties: Vec<Property>,
    stamps: &Stamps,
) -> Id {
    let id = world.random.uuid();
    let title = vec![Run::plain(title)];
    let database = Database {
        id: id.clone(),
        parent: Parent::Page(page.clone()),
        title: title.clone(),
        description: Vec::new(),
        sources: vec![source.clone()],
        inline: false,
        icon: Value::Null,
        cover: Value::Null,
        stamps: stamps.clone(),
        trashed: false,
        locked: false,
    };
    let source =
        DataSource { properties, ..DataSource::new(source.clone(), id.clone(), title, stamps.clone()) };
    world.databases.insert(id.clone(), database);
    world.sources.insert(source.id.clone(), source);
    if let Some(page) = world.pages.get_mut(page) {
        page.content.push(id.clone());
    }
    id
}

fn row(world: &mut World, source: &Id, cells: Cells, sample: &SampleDeal, by: &Id) -> Id {
    let id = world.random.uuid();
    let page = Page::new(id, Parent::DataSource(source.clone()), Stamps::new(by, sample.created));
    Transaction::new(world, by, sample.created).create_page(page, cells)
}

fn property(id: &Id, name: &str, kind: Kind) -> Property {
    Property { id: id.clone(), name: name.to_owned(), description: None, kind }
}

fn euros() -> Kind {
    Kind::Number { format: "euro".to_owned() }
}

fn formula(expression: &str) -> Kind {
    Kind::Formula { expression: expression.to_owned() }
}

fn options(names: &[&str], random: &mut Random) -> Vec<SelectOption> {
    names.iter().map(|name| SelectOption::new(name, None, random)).collect()
}

/// Text in runs that the API would take.
fn text(text: &str) -> Cell {
    let mut runs = vec![String::new()];
    let mut units = 0;
    for c in text.chars() {
        units += c.len_utf16();
        if units > MAX_RUN {
            runs.push(String::new());
            units = c.len_utf16();
        }
        if let Some(run) = runs.last_mut() {
            run.push(c);
        }
    }
    Cell::Text(runs.iter().map(|run| Run::plain(run)).collect())
}

/// The columns of the default mapping.
fn mapped(property: &Property, sample: &SampleDeal) -> Option<Cell> {
    let chosen = |names: &[&str]| {
        let options = property.kind.options();
        let ids = names.iter().filter_map(|name| options.iter().find(|option| option.name == *name));
        let ids: Vec<Id> = ids.map(|option| option.id.clone()).collect();
        (!ids.is_empty()).then_some(Cell::Options(ids))
    };
    match property.name.as_str() {
        "Name" => Some(text(&sample.client)),
        "Status" => chosen(&[sample.stage?]),
        "Amount" => sample.amount.map(Cell::Number),
        "Sector" => chosen(&sample.sectors),
        "Due Date" => sample.due.map(|day| Cell::Date(DateValue::day(day))),
        "Assignee" => chosen(&[sample.assignee?]),
        "Notes" => sample.notes.as_deref().map(text),
        _ => None,
    }
}

/// Fills the other columns in some rows.
struct Filler<'a> {
    random: &'a mut Random,
    people: &'a [Id],
    companies: &'a [Id],
}

impl Filler<'_> {
    fn cell(self, property: &Property, position: u32, sample: &SampleDeal) -> Option<Cell> {
        let Self { random, people, companies } = self;
        match property.name.as_str() {
            "Brief" if random.chance(40) => Some(Cell::Text(vec![
                Run::plain(&sample.client).styled(&["bold"]),
                Run::plain("\nObjectif : "),
                Run::plain("signer").styled(&["italic", "underline"]),
            ])),
            "Priority" if random.chance(80) => {
                random.pick(property.kind.options()).map(|option| Cell::Options(vec![option.id.clone()]))
            }
            "Contact Email" => Some(Cell::Line(format!("contact{position}@client.example"))),
            "Website" if random.chance(60) => Some(Cell::Line(format!("https://client-{position}.example"))),
            "Phone" => {
                Some(Cell::Line(format!("+33 1 40 00 {:02} {:02}", random.below(100), random.below(100))))
            }
            "Employees" if random.chance(70) => Some(Cell::Number(f64::from(random.below(900)))),
            "Probability" => {
                let stage = STAGES.iter().position(|stage| sample.stage == Some(stage));
                stage.and_then(|at| [0.1, 0.3, 0.7, 1.0, 1.0, 0.0].get(at).copied()).map(Cell::Number)
            }
            "Signed" => sample.stage.is_some_and(|stage| stage.starts_with("Gagné")).then_some(Cell::Checked),
            "Next Meeting" if random.chance(50) => {
                let at = sample.created + TimeDelta::minutes(i64::from(random.below(50_000)));
                let paris = FixedOffset::east_opt(3600)?;
                let start = Moment::At(paris.from_utc_datetime(&at.naive_utc()));
                Some(Cell::Date(DateValue { start, end: None, zone: None }))
            }
            "Pilot" if random.chance(20) => {
                let end = Some(Moment::Day(sample.due? + TimeDelta::days(90)));
                Some(Cell::Date(DateValue { end, ..DateValue::day(sample.due?) }))
            }
            "Company" => random.pick(companies).map(|company| Cell::Relation(vec![company.clone()])),
            "Files" if random.chance(10) => Some(Cell::Files(vec![File {
                name: format!("devis-{position}.pdf"),
                url: format!("https://files.example/devis-{position}.pdf"),
                hosted: random.chance(50),
            }])),
            "Owner" if random.chance(60) => {
                random.pick(people).map(|person| Cell::People(vec![person.clone()]))
            }
            "Site" if random.chance(20) => Some(Cell::Place(json!({
                "lat": 48.85, "lon": 2.35, "name": "Paris", "address": "Paris, France",
                "aws_place_id": null, "google_place_id": null,
            }))),
            _ => None,
        }
    }
}
