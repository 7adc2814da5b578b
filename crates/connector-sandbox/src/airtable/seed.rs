//! The seeded base: a Deals table with a column of every type, and the Companies it links to.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use unicode_normalization::UnicodeNormalization;

use crate::airtable::attachment::Attachment;
use crate::airtable::cell::Cell;
use crate::airtable::field::{Choice, Field, Kind, Link};
use crate::airtable::formula::Formula;
use crate::airtable::merge_index::MergeIndex;
use crate::airtable::rich_text;
use crate::airtable::table::{Row, Table};
use crate::airtable::time_format::{DateStyle, Stamp, TimeStyle, Zone};
use crate::airtable::view::View;
use crate::airtable::world::{Base, Person, World};
use crate::id::{Id, Random};
use crate::sample::{self, CITIES, SALESPEOPLE, SECTORS, STAGES, SampleDeal};
use crate::settings::Settings;

/// The ids that a program needs to begin.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) token: String,
    pub(crate) base: Id,
    pub(crate) table: Id,
    /// Whose tokens are issued.
    pub(crate) user: Id,
    pub(crate) email: String,
    /// Who makes the edits that a test asks for.
    pub(crate) person: Id,
}

/// The state at the start.
pub(crate) fn world(settings: &Settings) -> (World, Names) {
    let mut random = Random::new(settings.seed);
    let mut people = vec![Person {
        id: random.id("usr"),
        name: "Intégration CRM".to_owned(),
        email: "integration@atelier-nord.example".to_owned(),
    }];
    people.extend(SALESPEOPLE.map(|(name, email)| Person {
        id: random.id("usr"),
        name: name.to_owned(),
        email: email.to_owned(),
    }));
    let user = people.first().map(|person| person.id.clone()).unwrap_or_default();
    let person = people.get(1).map(|person| person.id.clone()).unwrap_or_default();
    let email = people.first().map(|person| person.email.clone()).unwrap_or_default();
    let token = format!("{}.{}", random.id("pat"), random.hex64());
    let mut base = Base::new(random.id("app"), "Ventes", people);
    let columns = Columns::new(&mut random);
    let (mut deals, mut companies) = columns.tables(&mut random);
    let companies_wanted = settings.deals.div_ceil(4);
    for _ in 0..companies_wanted {
        company(&columns, &mut companies, &mut random, &user);
    }
    let company_ids: Vec<Id> = companies.rows.keys().cloned().collect();
    for position in 0..settings.deals {
        let sample = sample::deal(position, &mut random);
        let mut filler = Filler { random: &mut random, people: &base.people, user: &user };
        let row = filler.deal(&deals, position, &sample, &company_ids);
        for company in row.links(&columns.company) {
            if let Some(company) = companies.rows.get_mut(company) {
                let linked = company.cells.entry(columns.deals.clone()).or_insert(Cell::Links(Vec::new()));
                if let Cell::Links(links) = linked {
                    links.push(row.id.clone());
                }
            }
        }
        deals.last_number += 1;
        deals.rows.insert(row.id.clone(), row);
    }
    let names = Names { token, base: base.id.clone(), table: deals.id.clone(), user, email, person };
    base.tables = vec![deals, companies];
    (World { bases: vec![base], random }, names)
}

/// The ids that columns refer to one another by.
struct Columns {
    deals_table: Id,
    companies_table: Id,
    amount: Id,
    probability: Id,
    company: Id,
    deals: Id,
    company_name: Id,
    city: Id,
    revenue: Id,
}

impl Columns {
    fn new(random: &mut Random) -> Self {
        Self {
            deals_table: random.id("tbl"),
            companies_table: random.id("tbl"),
            amount: random.id("fld"),
            probability: random.id("fld"),
            company: random.id("fld"),
            deals: random.id("fld"),
            company_name: random.id("fld"),
            city: random.id("fld"),
            revenue: random.id("fld"),
        }
    }

    fn tables(&self, random: &mut Random) -> (Table, Table) {
        let deals = Table {
            id: self.deals_table.clone(),
            name: "Deals".to_owned(),
            description: Some("Affaires en cours et passées".to_owned()),
            fields: self.deal_fields(random),
            views: vec![View::grid(random.id("viw"), "Grid view")],
            rows: BTreeMap::new(),
            merges: MergeIndex::default(),
            last_number: 0,
        };
        let euros = Kind::Currency { precision: 0, symbol: "€".to_owned() };
        let link = Link {
            table: deals.id.clone(),
            inverse: Some(self.company.clone()),
            reversed: true,
            single: false,
        };
        let companies = Table {
            id: self.companies_table.clone(),
            name: "Companies".to_owned(),
            description: None,
            fields: vec![
                with_id(&self.company_name, "Name", Kind::SingleLineText),
                with_id(&self.city, "City", Kind::SingleLineText),
                with_id(&self.revenue, "Revenue", euros),
                with_id(&self.deals, "Deals", Kind::Links(link)),
            ],
            views: vec![View::grid(random.id("viw"), "Grid view")],
            rows: BTreeMap::new(),
            merges: MergeIndex::default(),
            last_number: 0,
        };
        (deals, companies)
    }

    fn deal_fields(&self, random: &mut Random) -> Vec<Field> {
        let stages = choices(&STAGES, random);
        let sectors = choices(&SECTORS, random);
        let sources = choices(&["Site web", "Salon", "Recommandation"], random);
        let stamp = || Kind::DateTime {
            stamp: Stamp { date: DateStyle::Iso, time: TimeStyle::TwentyFourHour, zone: Zone::Utc },
        };
        let meeting = Kind::DateTime {
            stamp: Stamp {
                date: DateStyle::European,
                time: TimeStyle::TwentyFourHour,
                zone: Zone::Named(chrono_tz::Europe::Paris),
            },
        };
        let link = Link {
            table: self.companies_table.clone(),
            inverse: Some(self.deals.clone()),
            reversed: false,
            single: true,
        };
        let weighted = formula(&format!("{{{}}}*{{{}}}", self.amount, self.probability), euros(2));
        let revenue = formula("SUM(values)", euros(0)).and_then(|kind| match kind {
            Kind::Formula { parsed, result, .. } => Some(Kind::Rollup {
                link: self.company.clone(),
                target: self.revenue.clone(),
                parsed,
                result,
            }),
            _ => None,
        });
        let bright = |icon: &str, color: &str| (icon.to_owned(), color.to_owned());
        let (star, yellow) = bright("star", "yellowBright");
        let (check, green) = bright("check", "greenBright");
        let city = Kind::Lookup { link: self.company.clone(), target: self.city.clone() };
        let columns = vec![
            (None, "Name", Some(Kind::SingleLineText)),
            (None, "Status", Some(Kind::SingleSelect { choices: stages })),
            (Some(&self.amount), "Amount", Some(euros(2))),
            (None, "Sector", Some(Kind::MultipleSelects { choices: sectors })),
            (None, "Due Date", Some(Kind::Date { style: DateStyle::European })),
            (None, "Assignee", Some(Kind::SingleLineText)),
            (None, "Notes", Some(Kind::MultilineText)),
            (None, "Brief", Some(Kind::RichText)),
            (None, "Contact Email", Some(Kind::Email)),
            (None, "Website", Some(Kind::Url)),
            (None, "Phone", Some(Kind::PhoneNumber)),
            (None, "Reference", Some(Kind::SingleLineText)),
            (None, "Employees", Some(Kind::Number { precision: 0 })),
            (Some(&self.probability), "Probability", Some(Kind::Percent { precision: 0 })),
            (None, "Call Time", Some(Kind::Duration { format: "h:mm:ss".to_owned() })),
            (None, "Priority", Some(Kind::Rating { icon: star, color: yellow, max: 5 })),
            (None, "Signed", Some(Kind::Checkbox { icon: check, color: green })),
            (None, "Next Meeting", Some(meeting)),
            (Some(&self.company), "Company", Some(Kind::Links(link))),
            (None, "Files", Some(Kind::Attachments)),
            (None, "Owner", Some(Kind::Collaborator)),
            (None, "Team", Some(Kind::Collaborators)),
            (None, "Badge", Some(Kind::Barcode)),
            (None, "Summary", Some(Kind::AiText)),
            (None, "Number", Some(Kind::AutoNumber)),
            (None, "Open", Some(Kind::Button { label: "Ouvrir".to_owned() })),
            (None, "Company Count", Some(Kind::Count { link: self.company.clone() })),
            (None, "Created By", Some(Kind::CreatedBy)),
            (None, "Modified By", Some(Kind::LastModifiedBy)),
            (None, "Created", Some(Kind::CreatedTime { result: Box::new(stamp()) })),
            (
                None,
                "Modified",
                Some(Kind::LastModifiedTime { fields: Vec::new(), result: Box::new(stamp()) }),
            ),
            (None, "Weighted Amount", weighted),
            (None, "Company Revenue", revenue),
            (None, "Company City", Some(city)),
            (None, "Source", Some(Kind::ExternalSyncSource { choices: sources })),
            (None, "Manual Order", Some(Kind::ManualSort)),
        ];
        columns
            .into_iter()
            .filter_map(|(id, name, kind)| {
                let id = id.cloned().unwrap_or_else(|| random.id("fld"));
                kind.map(|kind| with_id(&id, name, kind))
            })
            .collect()
    }
}

fn with_id(id: &Id, name: &str, kind: Kind) -> Field {
    Field { id: id.clone(), name: name.to_owned(), description: None, kind }
}

fn euros(precision: u8) -> Kind {
    Kind::Currency { precision, symbol: "€".to_owned() }
}

fn formula(text: &str, result: Kind) -> Option<Kind> {
    let parsed = Arc::new(Formula::parse(text).ok()?);
    Some(Kind::Formula { text: text.to_owned(), parsed, result: Box::new(result) })
}

fn choices(names: &[&str], random: &mut Random) -> Vec<Choice> {
    names.iter().enumerate().map(|(position, name)| Choice::new(name, position, random)).collect()
}

fn company(columns: &Columns, table: &mut Table, random: &mut Random, user: &Id) {
    let position = table.last_number;
    let sample = sample::deal(position + 100, random);
    let city = random.pick(&CITIES).copied().unwrap_or_default();
    let revenue = f64::from(random.below(400) + 10) * 10_000.0;
    let row = table.add_row(random.id("rec"), user, sample.created);
    row.cells.insert(columns.company_name.clone(), Cell::Text(sample.client));
    row.cells.insert(columns.city.clone(), Cell::Text(city.to_owned()));
    row.cells.insert(columns.revenue.clone(), Cell::Number(revenue));
}

/// Fills a deal's cells.
struct Filler<'a> {
    random: &'a mut Random,
    people: &'a [Person],
    user: &'a Id,
}

impl Filler<'_> {
    fn deal(&mut self, table: &Table, position: u32, sample: &SampleDeal, companies: &[Id]) -> Row {
        let mut row = Row {
            id: self.random.id("rec"),
            number: position + 1,
            created: sample.created,
            created_by: self.user.clone(),
            modified_by: self.user.clone(),
            edited: BTreeMap::new(),
            cells: BTreeMap::new(),
            comments: Vec::new(),
        };
        let blank = sample.stage.is_none();
        for field in &table.fields {
            if let Some(cell) = mapped(field, sample) {
                row.cells.insert(field.id.clone(), cell);
            } else if !blank && let Some(cell) = self.extra(field, position, sample, companies) {
                row.cells.insert(field.id.clone(), cell);
            }
        }
        row
    }

    /// The other columns, filled in some rows.
    fn extra(&mut self, field: &Field, position: u32, sample: &SampleDeal, companies: &[Id]) -> Option<Cell> {
        let text = |text: String| Some(Cell::Text(text));
        match field.name.as_str() {
            "Reference" => text(format!("{:05}", 40 + position)),
            "Contact Email" => text(format!("contact@{}.example", slug(&sample.client))),
            "Website" => {
                self.some(60).then(|| Cell::Text(format!("https://{}.example", slug(&sample.client))))
            }
            "Phone" => {
                let digits: Vec<String> = (0..4).map(|_| format!("{:02}", self.random.below(100))).collect();
                text(format!("+33 1 {}", digits.join(" ")))
            }
            "Brief" if self.some(40) => text(rich_text::rewrite(&format!(
                "**{}**\n\n* objectif : signer\n* budget connu",
                sample.client
            ))),
            "Employees" if self.some(70) => Some(Cell::Number(f64::from(self.random.below(900)))),
            "Probability" => {
                let stage = STAGES.iter().position(|stage| sample.stage == Some(stage));
                let likelihood = stage.and_then(|at| [0.1, 0.3, 0.7, 1.0, 1.0, 0.0].get(at).copied());
                likelihood.map(Cell::Number)
            }
            "Call Time" if self.some(50) => Some(Cell::Number(f64::from(self.random.below(5400)))),
            "Priority" if self.some(80) => Some(Cell::Number(f64::from(self.random.below(5) + 1))),
            "Signed" => sample.stage.is_some_and(|stage| stage.starts_with("Gagné")).then_some(Cell::Checked),
            "Next Meeting" if self.some(50) => {
                Some(Cell::Instant(sample.created + TimeDelta::minutes(i64::from(self.random.below(50_000)))))
            }
            "Company" => self.random.pick(companies).map(|company| Cell::Links(vec![company.clone()])),
            "Files" if self.some(10) => {
                let address = format!("https://files.example/devis-{position}.pdf");
                let file = Attachment::from_address(&address, None, sample.created, self.random);
                Some(Cell::Attachments(vec![file]))
            }
            "Owner" | "Team" if self.some(60) => {
                self.random.pick(self.people).map(|person| Cell::People(vec![person.id.clone()]))
            }
            "Badge" if self.some(20) => Some(Cell::Barcode {
                text: format!("370000{position:07}"),
                symbology: Some("ean13".to_owned()),
            }),
            "Summary" if self.some(30) => text(format!("Affaire avec {}.", sample.client)),
            "Source" => {
                self.random.pick(field.kind.choices()).map(|choice| Cell::Choices(vec![choice.id.clone()]))
            }
            _ => None,
        }
    }

    fn some(&mut self, percent: u32) -> bool {
        self.random.chance(percent)
    }
}

/// The columns of the default mapping.
fn mapped(field: &Field, sample: &SampleDeal) -> Option<Cell> {
    let choice = |name: &str| {
        let mut choices = field.kind.choices().iter();
        choices.find(|choice| choice.name == name).map(|choice| choice.id.clone())
    };
    match field.name.as_str() {
        "Name" => Some(Cell::Text(sample.client.clone())),
        "Status" => sample.stage.and_then(choice).map(|id| Cell::Choices(vec![id])),
        "Amount" => sample.amount.map(Cell::Number),
        "Sector" => {
            let ids: Vec<Id> = sample.sectors.iter().filter_map(|name| choice(name)).collect();
            (!ids.is_empty()).then_some(Cell::Choices(ids))
        }
        "Due Date" => sample.due.map(Cell::Day),
        "Assignee" => sample.assignee.map(|name| Cell::Text(name.to_owned())),
        "Notes" => sample.notes.clone().map(Cell::Text),
        _ => None,
    }
}

/// A name as part of an address.
fn slug(name: &str) -> String {
    let plain: String = name.nfkd().filter(char::is_ascii).collect::<String>().to_lowercase();
    let words: Vec<&str> =
        plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}
