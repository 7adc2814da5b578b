//! Databases, data sources, keys, people and the names of linked pages.

use connector_core::ErrorKind;
use connector_core::connector::{Listing, Outcome};
use connector_core::provider::Provider;
use connector_core::value::{Linked, Person, Value as Cell};
use rstest::rstest;
use serde_json::json;
use wiremock::matchers::{body_partial_json, method, query_param, query_param_is_missing};

use crate::notion::{
    AndPath, DATABASE_ID, Notion, QUERY, SOURCE_ID, fields, list, ok, page, read_pages, refusal, settings,
    source, text, update, write_one,
};

fn database(sources: &serde_json::Value) -> serde_json::Value {
    json!({"object": "database", "id": DATABASE_ID, "title": [text("Pipeline")], "in_trash": false, "data_sources": sources})
}

#[rstest]
#[case(SOURCE_ID)]
#[case("6ebc1ef20ab180009a3b000b5f2c1d3e")]
#[case(DATABASE_ID)]
#[case(
    "https://www.notion.so/acme/Pipeline-c171bce20ab180009a3b000b5f2c1d3e?v=0123456789abcdef0123456789abcdef"
)]
#[case("")]
#[tokio::test]
async fn a_data_source_is_found_by_its_id_its_databases_id_or_an_address(#[case] pasted: &str) {
    let notion = Notion::start().await;
    let missing = refusal(404, "object_not_found", "Could not find database with ID");
    notion.answer(method("GET").and_path(&format!("/v1/data_sources/{DATABASE_ID}")), missing).await;
    let only = database(&json!([{"id": SOURCE_ID, "name": "Deals"}]));
    notion.answer(method("GET").and_path(&format!("/v1/databases/{DATABASE_ID}")), ok(&only)).await;
    let connector = notion.provider().connect(settings(pasted)).unwrap();
    let schema = connector.schema().await.unwrap();
    assert_eq!((schema.container.as_str(), schema.name.as_str()), (SOURCE_ID, "Deals"));
    let before = connector.usage().calls;
    connector.schema().await.unwrap();
    assert_eq!(connector.usage().calls, before + 1, "what was found is not looked for again");
}

#[tokio::test]
async fn a_database_with_several_data_sources_asks_which() {
    let notion = Notion::bare().await;
    let missing = refusal(404, "object_not_found", "Could not find database with ID");
    notion.answer(method("GET").and_path(&format!("/v1/data_sources/{DATABASE_ID}")), missing).await;
    let several = database(&json!([{"id": SOURCE_ID, "name": "Deals"}, {"id": "other", "name": "Leads"}]));
    notion.answer(method("GET").and_path(&format!("/v1/databases/{DATABASE_ID}")), ok(&several)).await;
    let provider = notion.provider();
    let error = provider.connect(settings(DATABASE_ID)).unwrap().schema().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(error.detail().unwrap().contains("“Deals” (6ebc1ef2"), "{error}");
    let containers = provider.containers(&DATABASE_ID.into()).await.unwrap();
    assert_eq!(containers.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Deals", "Leads"]);
}

#[tokio::test]
async fn a_data_source_tells_the_database_that_holds_it() {
    let notion = Notion::start().await;
    let missing = refusal(404, "object_not_found", "Could not find database with ID");
    notion.answer(method("GET").and_path(&format!("/v1/databases/{SOURCE_ID}")), missing).await;
    let provider = notion.provider();
    let address = format!("https://www.notion.so/acme/Deals-{}?v=1", SOURCE_ID.replace('-', ""));
    let place = provider.locate(&address).unwrap();
    let containers = provider.containers(&place.base).await.unwrap();
    assert_eq!((containers[0].id.as_str(), containers[0].base.as_str()), (SOURCE_ID, DATABASE_ID));
}

#[test]
fn what_is_no_id_is_refused_before_any_call() {
    let provider = connector_notion::NotionProvider::new("https://api.notion.com", &"ntn_1".into()).unwrap();
    assert_eq!(provider.connect(settings("Deals")).unwrap_err().kind(), ErrorKind::Settings);
}

#[tokio::test]
async fn databases_are_found_by_search_page_by_page() {
    let notion = Notion::bare().await;
    let found = |id: &str, name: &str, database: &str| {
        let mut found = source();
        found["id"] = json!(id);
        found["title"] = json!([text(name)]);
        found["parent"]["database_id"] = json!(database);
        found
    };
    let trashed = {
        let mut one = found("d", "Old", "db3");
        one["in_trash"] = json!(true);
        one
    };
    let next = method("POST").and_path("/v1/search").and(body_partial_json(json!({"start_cursor": "c1"})));
    let second = list(&[found("b", "Leads", "db1"), found("c", "Clients", "db2"), trashed], None);
    next.respond_with(ok(&second)).with_priority(1).mount(&notion.server).await;
    let first = json!({"filter": {"property": "object", "value": "data_source"}, "page_size": 100});
    let first = method("POST").and_path("/v1/search").and(body_partial_json(first));
    notion.answer(first, ok(&list(&[found("a", "Deals", "db1")], Some("c1")))).await;
    let me = json!({"object": "user", "id": "u1", "name": "Sync", "type": "bot", "bot": {"workspace_name": "Acme"}});
    notion.answer(method("GET").and_path("/v1/users/me"), ok(&me)).await;
    let provider = notion.provider();
    let bases = provider.bases().await.unwrap();
    let bases: Vec<_> = bases.iter().map(|base| (base.id.as_str(), base.name.as_str())).collect();
    assert_eq!(bases, [("db1", "Deals, Leads"), ("db2", "Clients")]);
    let identity = provider.identity().await.unwrap();
    assert_eq!((identity.id.as_str(), identity.label.as_deref()), ("u1", Some("Sync – Acme")));
    assert_eq!(provider.meter().attempts(), 3);
}

#[tokio::test]
async fn keys_are_looked_for_by_the_hundred_and_told_apart_by_case() {
    let notion = Notion::start().await;
    let keyed = |id: &str, key: &str| {
        page(id, id, &json!({"CRM ID": {"id": "ke", "type": "rich_text", "rich_text": [text(key)]}}))
    };
    let found = [keyed("p1", "deal-1"), keyed("p2", "DEAL-1")];
    let filter = json!({"filter": {"or": [
        {"property": "ke", "rich_text": {"equals": "O'Brien & \"Sons\""}},
        {"property": "ke", "rich_text": {"equals": "deal-1"}},
    ]}});
    let request = method("POST")
        .and_path(QUERY)
        .and(body_partial_json(filter))
        .and(query_param("filter_properties", "ke"));
    notion.answer(request, ok(&list(&found, None))).await;
    let connector = notion.connector();
    let keys = ["deal-1", "O'Brien & \"Sons\"", "", "deal-1"].map(str::to_owned);
    let found = connector.find(&"ke".into(), &keys, &fields(["title"])).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id.as_str(), found[0].cells.len()), ("p1", 1));

    notion.answer(method("POST").and_path(QUERY), ok(&list(&[], None))).await;
    let keys: Vec<_> = (0..150).map(|number| format!("deal-{number}")).collect();
    connector.find(&"ke".into(), &keys, &[]).await.unwrap();
    assert_eq!(notion.requests().await.len(), 3);
    assert!(connector.find(&"ke".into(), &[], &[]).await.unwrap().is_empty());
    assert_eq!(notion.requests().await.len(), 3);
}

#[tokio::test]
async fn a_person_is_found_by_address_and_one_who_is_not_is_refused() {
    let notion = Notion::start().await;
    let person = |id: &str, email: &str| json!({"object": "user", "id": id, "type": "person", "person": {"email": email}});
    let second = list(
        &[person("u2", "Bo@acme.com"), json!({"object": "user", "id": "b1", "type": "bot", "bot": {}})],
        None,
    );
    notion
        .answer(method("GET").and_path("/v1/users").and(query_param("start_cursor", "c1")), ok(&second))
        .await;
    let first = list(&[person("u1", "ana@acme.com")], Some("c1"));
    notion
        .answer(method("GET").and_path("/v1/users").and(query_param_is_missing("start_cursor")), ok(&first))
        .await;
    notion.answer(method("PATCH").and_path("/v1/pages/p1"), ok(&page("p1", "Acme", &json!({})))).await;
    let connector = notion.connector();
    let by = |email: &str| {
        let person = Person { id: String::new(), email: Some(email.into()), name: None };
        update("p1", "ow", Cell::People(vec![person]))
    };
    let outcome = write_one(&*connector, by("bo@ACME.com")).await;
    assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
    assert_eq!(
        notion.last_body().await["properties"]["ow"]["people"],
        json!([{"object": "user", "id": "u2"}])
    );
    match write_one(&*connector, by("nobody@acme.com")).await {
        Outcome::Refused(error) => {
            assert_eq!(error.kind(), ErrorKind::Rejected);
            assert!(error.detail().unwrap().contains("nobody@acme.com"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

fn linked(ids: &[&str]) -> serde_json::Value {
    let ids: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    json!({"Company": {"id": "co", "type": "relation", "relation": ids, "has_more": false}})
}

#[tokio::test]
async fn linked_pages_are_named_by_one_reading_of_their_data_source() {
    let notion = Notion::start().await;
    let deals = [page("p1", "One", &linked(&["c1", "c9"])), page("p2", "Two", &linked(&["c2"]))];
    notion.answer(method("POST").and_path(QUERY), ok(&list(&deals, None))).await;
    let companies = [page("c1", "Acme", &json!({})), page("c2", "Bolt", &json!({}))];
    let request =
        method("POST").and_path("/v1/data_sources/dsC/query").and(query_param("filter_properties", "title"));
    notion.answer(request, ok(&list(&companies, None))).await;
    let pages = read_pages(&*notion.connector(), Listing::everything(fields(["co"]))).await.unwrap();
    let link = |id: &str, name: Option<&str>| Linked { id: id.into(), name: name.map(Into::into) };
    let cell = |at: usize| pages[0].deals[at].cell(&"co".into());
    assert_eq!(cell(0), &Cell::Links(vec![link("c1", Some("Acme")), link("c9", None)]));
    assert_eq!(cell(1), &Cell::Links(vec![link("c2", Some("Bolt"))]));
    assert_eq!(notion.requests().await.len(), 2);
}

#[tokio::test]
async fn a_relation_to_what_is_not_shared_is_unknown_though_it_reads_as_empty_and_is_not_written() {
    let notion = Notion::start().await;
    notion.answer(method("POST").and_path(QUERY), ok(&list(&[page("p1", "One", &linked(&[]))], None))).await;
    let hidden = refusal(404, "object_not_found", "Could not find database with ID: dsC");
    notion.answer(method("POST").and_path("/v1/data_sources/dsC/query"), hidden).await;
    let connector = notion.connector();
    let pages = read_pages(&*connector, Listing::everything(fields(["co"]))).await.unwrap();
    assert!(pages[0].deals[0].cell(&"co".into()).is_unknown(), "{pages:?}");
    match write_one(&*connector, update("p1", "co", Cell::Empty)).await {
        Outcome::Refused(error) => assert!(error.detail().unwrap().contains("not shared"), "{error}"),
        other => panic!("{other:?}"),
    }
}
