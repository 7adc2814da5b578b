//! Lists of which a page shows the first 25 only.

use connector_core::connector::Listing;
use connector_core::value::Value as Cell;
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::{method, query_param, query_param_is_missing};

use crate::notion::{AndPath, Notion, QUERY, fields, list, ok, page, read_pages, refusal};

const OWNERS: &str = "/v1/pages/p1/properties/ow";
const COMPANIES: &str = "/v1/pages/p1/properties/co";

fn owners(count: usize) -> Value {
    let people: Vec<_> = (0..count).map(|n| json!({"object": "user", "id": format!("u{n}")})).collect();
    json!({"Owner": {"id": "ow", "type": "people", "people": people}})
}

fn item(results: &[Value], kind: &str, held: &Value, next: Option<&str>) -> Value {
    json!({"object": "list", "results": results, "next_cursor": next, "has_more": next.is_some(), "type": "property_item",
        "property_item": {"id": "x", "next_url": null, "type": kind, kind: held}})
}

async fn read(notion: &Notion, field: &str) -> Cell {
    let pages = read_pages(&*notion.connector(), Listing::everything(fields([field]))).await.unwrap();
    pages[0].deals[0].cell(&field.into()).clone()
}

#[tokio::test]
async fn people_past_the_twenty_fifth_are_read_to_the_end() {
    let notion = Notion::start().await;
    notion.answer(method("POST").and_path(QUERY), ok(&list(&[page("p1", "One", &owners(25))], None))).await;
    let person = |n: usize| json!({"object": "property_item", "type": "people", "id": "ow", "people": {"object": "user", "id": format!("u{n}")}});
    let first: Vec<_> = (0..100).map(person).collect();
    let second: Vec<_> = (100..130).map(person).collect();
    let after = method("GET").and_path(OWNERS).and(query_param("start_cursor", "s1"));
    notion.answer(after, ok(&item(&second, "people", &json!({}), None))).await;
    let start = method("GET").and_path(OWNERS).and(query_param_is_missing("start_cursor"));
    notion.answer(start, ok(&item(&first, "people", &json!({}), Some("s1")))).await;
    let Cell::People(people) = read(&notion, "ow").await else { panic!("people") };
    assert_eq!((people.len(), people[129].id.as_str()), (130, "u129"));
}

#[tokio::test]
async fn a_list_that_cannot_be_completed_is_unknown_and_never_shorter() {
    let notion = Notion::start().await;
    notion.answer(method("POST").and_path(QUERY), ok(&list(&[page("p1", "One", &owners(25))], None))).await;
    notion.answer(method("GET").and_path(OWNERS), refusal(403, "restricted_resource", "Insufficient")).await;
    let cell = read(&notion, "ow").await;
    assert!(matches!(&cell, Cell::Unknown(why) if why.contains("Insufficient")), "{cell:?}");
}

#[rstest]
#[case::more_without_a_place(json!({"has_more": true, "next_cursor": null}))]
#[case::round_in_circles(json!({"has_more": true, "next_cursor": "s1"}))]
#[case::without_what_it_lists(json!({"property_item": null}))]
#[case::an_element_that_is_none(json!({"results": [null]}))]
#[case::an_element_without_a_value(json!({"results": [{"object": "property_item", "type": "people", "id": "ow"}]}))]
#[tokio::test]
async fn a_rest_of_another_shape_is_unknown_and_never_shorter(#[case] members: Value) {
    let notion = Notion::start().await;
    notion.answer(method("POST").and_path(QUERY), ok(&list(&[page("p1", "One", &owners(25))], None))).await;
    let mut rest = item(&[], "people", &json!({}), None);
    for (name, member) in members.as_object().unwrap() {
        rest[name] = member.clone();
    }
    notion.answer(method("GET").and_path(OWNERS), ok(&rest)).await;
    assert!(read(&notion, "ow").await.is_unknown());
}

#[tokio::test]
async fn twenty_four_people_cost_no_call() {
    let notion = Notion::start().await;
    notion.answer(method("POST").and_path(QUERY), ok(&list(&[page("p1", "One", &owners(24))], None))).await;
    assert!(matches!(read(&notion, "ow").await, Cell::People(people) if people.len() == 24));
    assert_eq!(notion.requests().await.len(), 1);
}

#[tokio::test]
async fn a_sum_over_a_cut_relation_is_asked_for_by_itself() {
    let notion = Notion::start().await;
    let cut = json!({
        "Company": {"id": "co", "type": "relation", "relation": [{"id": "c1"}], "has_more": true},
        "Revenue": {"id": "re", "type": "rollup", "rollup": {"type": "number", "number": 25, "function": "sum"}},
    });
    let request = method("POST").and_path(QUERY).and(query_param("filter_properties", "co"));
    notion.answer(request, ok(&list(&[page("p1", "One", &cut)], None))).await;
    let whole = json!({"type": "number", "number": 40, "function": "sum"});
    notion
        .answer(method("GET").and_path("/v1/pages/p1/properties/re"), ok(&item(&[], "rollup", &whole, None)))
        .await;
    assert_eq!(read(&notion, "re").await, Cell::Number(40.into()));
}

#[tokio::test]
async fn a_relation_past_the_twenty_fifth_is_read_to_the_end() {
    let notion = Notion::start().await;
    let cut =
        json!({"Company": {"id": "co", "type": "relation", "relation": [{"id": "c0"}], "has_more": true}});
    notion.answer(method("POST").and_path(QUERY), ok(&list(&[page("p1", "One", &cut)], None))).await;
    let company = |n: usize| json!({"object": "property_item", "type": "relation", "id": "co", "relation": {"id": format!("c{n}")}});
    let all: Vec<_> = (0..26).map(company).collect();
    notion.answer(method("GET").and_path(COMPANIES), ok(&item(&all, "relation", &json!({}), None))).await;
    notion.answer(method("POST").and_path("/v1/data_sources/dsC/query"), ok(&list(&[], None))).await;
    assert!(matches!(read(&notion, "co").await, Cell::Links(links) if links.len() == 26));
}
