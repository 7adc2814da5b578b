//! Every property type, read, written, cleared and refused.

use std::collections::{BTreeMap, BTreeSet};

use connector_core::ErrorKind;
use connector_core::connector::{Change, Outcome, Presence};
use connector_core::schema::FieldKind;
use connector_core::value::{Choice, Linked, Moment, Value};
use connector_sandbox::{Edit, Remote};

use crate::world::{SOURCE, World, ids, list, number, set, with_deals, write_one};

/// What becomes of a type: written and cleared to this, or refused as a target.
#[derive(Debug, Clone, PartialEq)]
enum Fate {
    Writable { cleared: Value },
    ReadOnly,
}

/// Every type of the API that a data source can have.
fn types() -> BTreeMap<&'static str, Fate> {
    let to = |cleared| Fate::Writable { cleared };
    BTreeMap::from([
        ("title", to(Value::Empty)),
        ("rich_text", to(Value::Empty)),
        ("number", to(Value::Empty)),
        ("select", to(Value::Empty)),
        ("multi_select", to(Value::Empty)),
        // What a status falls back to is the data source's to say.
        ("status", to(Value::Unknown("the default option".into()))),
        ("date", to(Value::Empty)),
        ("people", to(Value::Empty)),
        ("checkbox", to(Value::Flag(false))),
        ("url", to(Value::Empty)),
        ("email", to(Value::Empty)),
        ("phone_number", to(Value::Empty)),
        ("relation", to(Value::Empty)),
        ("verification", to(Value::Empty)),
        ("files", Fate::ReadOnly),
        ("formula", Fate::ReadOnly),
        ("rollup", Fate::ReadOnly),
        ("created_time", Fate::ReadOnly),
        ("created_by", Fate::ReadOnly),
        ("last_edited_time", Fate::ReadOnly),
        ("last_edited_by", Fate::ReadOnly),
        ("unique_id", Fate::ReadOnly),
        ("button", Fate::ReadOnly),
        ("place", Fate::ReadOnly),
        ("last_visited_time", Fate::ReadOnly),
    ])
}

/// The type of each property of the deals, by its id, as the sandbox shows them.
fn types_of(world: &World) -> BTreeMap<String, String> {
    let page = world.sandbox.notion_page(ids(world)[0].as_str()).unwrap();
    let properties = page["properties"].as_object().unwrap().values().cloned();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    properties.map(|property| (text(&property["id"]), text(&property["type"]))).collect()
}

#[tokio::test]
async fn every_type_takes_a_value_gives_it_back_and_is_cleared_or_is_refused_as_a_target() {
    let world = with_deals(40);
    let connector = world.connect(false);
    let schema = connector.schema().await.unwrap();
    let fields: Vec<_> = schema.fields.iter().map(|field| field.id.clone()).collect();
    let deals = list(&*connector, &fields).await;
    let (fates, types) = (types(), types_of(&world));
    assert_eq!(types.values().map(String::as_str).collect::<BTreeSet<_>>(), fates.keys().copied().collect());
    let made = write_one(&*connector, Change::Create { stamp: None, cells: Vec::new() }).await;
    let Outcome::Applied { deal: blank, .. } = made else { panic!("{made:?}") };
    for field in schema.fields.iter().filter(|field| field.kind != FieldKind::Body) {
        let kind = &types[field.id.as_str()];
        let name = &field.name;
        // What another deal holds is what this one can hold.
        let known = deals.iter().map(|deal| deal.cell(&field.id)).find(|value| !value.is_empty());
        let fate = &fates[kind.as_str()];
        assert_eq!(field.writable, matches!(fate, Fate::Writable { .. }), "{name}");
        let Fate::Writable { cleared } = fate else {
            let value = known.cloned().unwrap_or(Value::Empty);
            let refused = write_one(&*connector, set(&blank.id, &field.id, value)).await;
            let Outcome::Refused(error) = refused else { panic!("{name}: {refused:?}") };
            assert!(error.detail().unwrap().contains("computed or read-only"), "{error}");
            continue;
        };
        let verified = Value::Choice(Choice { id: Some("verified".into()), name: "verified".into() });
        let value = known.cloned().unwrap_or(verified);
        for (written, expected) in [(value.clone(), &value), (Value::Empty, cleared)] {
            let outcome = write_one(&*connector, set(&blank.id, &field.id, written)).await;
            let Outcome::Applied { deal, .. } = outcome else { panic!("{name}: {outcome:?}") };
            let read = connector.read(std::slice::from_ref(&blank.id), &fields).await.unwrap().remove(0);
            let Presence::Live(read) = read else { panic!("{read:?}") };
            for (deal, how) in [(&deal, "the answer"), (&read, "the reading")] {
                match expected {
                    Value::Unknown(_) => assert!(!deal.cell(&field.id).is_unknown(), "{how} for {name}"),
                    _ => assert_eq!(unnamed(deal.cell(&field.id)), unnamed(expected), "{how} for {name}"),
                }
            }
        }
    }
}

/// Links without the names that only a listing gives.
fn unnamed(value: &Value) -> Value {
    match value {
        Value::Links(links) => {
            Value::Links(links.iter().map(|link| Linked { id: link.id.clone(), name: None }).collect())
        }
        other => other.clone(),
    }
}

#[tokio::test]
async fn every_property_of_every_deal_is_read() {
    let world = with_deals(120);
    let connector = world.connect(false);
    let schema = connector.schema().await.unwrap();
    let fields: Vec<_> = schema.fields.iter().map(|field| field.id.clone()).collect();
    let deals = list(&*connector, &fields).await;
    assert_eq!(deals.len(), 120);
    // Two that Notion does not compute, and says so.
    let told = |name: &str| !matches!(name, "Rating" | "Company Score");
    for field in schema.fields.iter().filter(|field| told(&field.name)) {
        if field.kind == FieldKind::Body {
            continue;
        }
        let values: Vec<_> = deals.iter().map(|deal| deal.cell(&field.id)).collect();
        let unknown = values.iter().find(|value| value.is_unknown());
        assert_eq!(unknown, None, "property {}", field.name);
        let filled = values.iter().filter(|value| !value.is_empty()).count();
        let never_filled = matches!(field.kind, FieldKind::Other { .. }) || field.name == "Reviewed";
        assert!(never_filled || filled > 0, "property {} is never read", field.name);
    }
    assert!(deals.iter().all(|deal| deal.edited.is_some() && deal.created.is_some() && deal.url.is_some()));
    let is_a_range = |value: &Value| matches!(value, Value::Period(period) if period.end.is_some());
    let pilot = world.field("Pilot");
    assert!(deals.iter().any(|deal| is_a_range(deal.cell(&pilot))));
}

#[tokio::test]
async fn a_day_written_over_a_range_moves_both_its_ends() {
    let world = with_deals(60);
    let connector = world.connect(false);
    let pilot = world.field("Pilot");
    let deals = list(&*connector, std::slice::from_ref(&pilot)).await;
    let deal = deals.iter().find(|deal| matches!(deal.cell(&pilot), Value::Period(_))).unwrap();
    let day = "2030-01-31".parse().unwrap();
    let outcome = write_one(&*connector, set(&deal.id, &pilot, Value::Date(day))).await;
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    let Value::Period(period) = deal.cell(&pilot) else { panic!("{deal:?}") };
    assert_eq!((period.start.day(), period.end.map(Moment::day)), (day, Some("2030-05-01".parse().unwrap())));
}

#[tokio::test]
async fn a_renamed_property_and_a_renamed_option_change_nothing() {
    let world = with_deals(3);
    let connector = world.connect(false);
    let (amount, priority) = (world.field("Amount"), world.field("Priority"));
    let kind = connector.schema().await.unwrap().field(&priority).unwrap().kind.clone();
    let option = kind.options()[1].clone();
    world.sandbox.edit(&Edit::rename_field("Amount", "Montant").of(Remote::Notion)).unwrap();
    let id = ids(&world).remove(0);
    let chosen = Value::Choice(Choice { id: Some(option.id.clone()), name: "An old name".into() });
    let cells = vec![(amount.clone(), number("12.5")), (priority.clone(), chosen)];
    let outcome = write_one(&*connector, Change::Update { id, cells }).await;
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(deal.cell(&amount), &number("12.5"));
    assert_eq!(deal.cell(&priority), &Value::Choice(Choice { id: Some(option.id), name: option.name }));
}

#[tokio::test]
async fn a_property_that_was_deleted_or_retyped_ends_the_run() {
    let world = with_deals(3);
    let connector = world.connect(false);
    connector.schema().await.unwrap();
    let (notes, phone, id) = (world.field("Notes"), world.field("Phone"), ids(&world).remove(0));
    world.sandbox.edit(&Edit::delete_field("Notes").of(Remote::Notion)).unwrap();
    let retype = connector_sandbox::Change::RetypeField {
        field: "Phone".into(),
        kind: "number".into(),
        options: None,
    };
    world.sandbox.edit(&Edit::new(retype).of(Remote::Notion)).unwrap();
    for field in [&notes, &phone] {
        let outcome = write_one(&*connector, set(&id, field, Value::text("x"))).await;
        let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!(error.kind(), ErrorKind::SchemaChanged, "{error}");
    }
    let outcome = write_one(&*connector, set(&id, &world.field("Amount"), number("1"))).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
}

#[tokio::test]
async fn what_a_property_cannot_hold_is_told_with_its_name_and_costs_no_request() {
    let world = with_deals(3);
    let connector = world.connect(true);
    connector.schema().await.unwrap();
    let id = ids(&world).remove(0);
    let named = |name: &str| Value::Choice(Choice { id: None, name: name.into() });
    world.sandbox.reset_stats();
    for (field, value, words, requests) in [
        ("Status", named("Nulle part"), "“Status” has no option “Nulle part”", 1),
        ("Priority", named("Haute, et plus"), "no comma", 0),
        ("Notes", Value::Text("n".repeat(200_001)), "100 runs of 2000", 0),
        ("Weighted Amount", number("1"), "“Weighted Amount” is computed", 0),
        ("Amount", number("9007199254740993"), "use fewer digits", 0),
        ("Contact Email", Value::Text("x".repeat(201)), "Notion takes 200", 0),
    ] {
        let before = world.sandbox.stats().requests();
        let outcome = write_one(&*connector, set(&id, &world.field(field), value)).await;
        let Outcome::Refused(error) = outcome else { panic!("{field}: {outcome:?}") };
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert!(error.detail().unwrap().contains(words), "{error}");
        assert_eq!(world.sandbox.stats().requests() - before, requests, "{field}");
    }
    assert_eq!(world.sandbox.stats().requests_to("GET", SOURCE), 1, "an option may be new");
}

#[tokio::test]
async fn a_hundred_and_twenty_thousand_characters_of_notes_come_back_whole() {
    let world = with_deals(1);
    let connector = world.connect(false);
    let (notes, id) = (world.field("Notes"), ids(&world).remove(0));
    let long = Value::Text("Réunion 🤝 du 3 mai\n".repeat(6_000));
    let outcome = write_one(&*connector, set(&id, &notes, long.clone())).await;
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(deal.cell(&notes), &long);
}

#[tokio::test]
async fn styled_text_is_read_as_its_words() {
    let world = with_deals(80);
    let brief = world.field("Brief");
    let deals = list(&*world.connect(false), std::slice::from_ref(&brief)).await;
    let styled = deals
        .iter()
        .any(|deal| matches!(deal.cell(&brief), Value::Text(text) if text.ends_with("\nObjectif : signer")));
    assert!(styled);
}

#[tokio::test]
async fn a_relation_past_the_twenty_fifth_page_is_read_to_its_end() {
    let world = with_deals(120);
    let companies = world.sandbox.notion_data_source_id_of("Companies").unwrap();
    let deals: Vec<_> = ids(&world).into_iter().take(30).collect();
    let owner = world.connect_to(&companies, false);
    let schema = owner.schema().await.unwrap();
    let field = schema.field_named("Deals").unwrap().id.clone();
    let company = list(&*owner, &[]).await.remove(0).id;
    let links = deals.iter().map(|id| Linked { id: id.clone(), name: None }).collect();
    let outcome = write_one(&*owner, set(&company, &field, Value::Links(links))).await;
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    assert!(matches!(deal.cell(&field), Value::Links(links) if links.len() == 30), "{:?}", deal.cell(&field));
    let read = list(&*owner, std::slice::from_ref(&field)).await;
    let read = read.iter().find(|deal| deal.id == company).unwrap();
    let Value::Links(links) = read.cell(&field) else { panic!("{read:?}") };
    assert!(links.len() == 30 && links.iter().all(|link| link.name.is_some()));
}

#[tokio::test]
async fn a_relation_to_a_database_that_is_not_shared_is_unknown_and_not_written() {
    let world = with_deals(8);
    let connector = world.connect(false);
    let company = world.field("Company");
    let companies = world.sandbox.notion_data_source_id_of("Companies").unwrap();
    world.sandbox.edit(&Edit::unshare(&companies)).unwrap();
    let schema = connector.schema().await.unwrap();
    // Notion may hide the property with the database, and then nothing can be mapped.
    if schema.field(&company).is_none() {
        return;
    }
    let deals = list(&*connector, std::slice::from_ref(&company)).await;
    assert!(deals.iter().all(|deal| deal.cell(&company).is_unknown()), "{deals:?}");
    let outcome = write_one(&*connector, set(&deals[0].id, &company, Value::Empty)).await;
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_person_is_written_by_address() {
    let world = with_deals(40);
    let connector = world.connect(false);
    let owner = world.field("Owner");
    let deals = list(&*connector, std::slice::from_ref(&owner)).await;
    let known = deals.iter().find_map(|deal| match deal.cell(&owner) {
        Value::People(people) => people.first().cloned(),
        _ => None,
    });
    let known = known.unwrap();
    let by_address =
        connector_core::value::Person { id: String::new(), email: known.email.clone(), name: None };
    let outcome = write_one(&*connector, set(&deals[0].id, &owner, Value::People(vec![by_address]))).await;
    let Outcome::Applied { deal, .. } = outcome else { panic!("{outcome:?}") };
    assert!(matches!(deal.cell(&owner), Value::People(people) if people[0].id == known.id), "{deal:?}");
}
