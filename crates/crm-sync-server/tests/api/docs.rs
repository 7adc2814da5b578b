//! `/api/docs`: the document for people.

use reqwest::Method;

use crate::house::House;
use crate::place::Kind;

/// The values of an attribute.
fn values<'t>(page: &'t str, attribute: &str) -> Vec<&'t str> {
    page.split(&format!(" {attribute}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn every_address_is_told_without_asking_another_host() {
    let house = House::fresh(Kind::Sqlite).await;
    let document = house.get("/api/openapi.json").await.ok(200);
    let page = house.get("/api/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"));
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let shown = format!("<code>{}</code> <code>{path}</code>", method.to_uppercase());
            assert!(page.text.contains(&shown), "{shown}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{shown} says nothing");
        }
    }
    let targets = values(&page.text, "href");
    for target in targets.iter().chain(&values(&page.text, "src")).chain(&values(&page.text, "action")) {
        assert!(target.starts_with(['/', '#']) && !target.starts_with("//"), "{target}");
    }
    let anchors = values(&page.text, "id");
    for target in targets.iter().filter_map(|target| target.strip_prefix('#')) {
        assert!(anchors.contains(&target), "nothing is at #{target}");
    }
    let english = house.ask(Method::GET, "/api/docs", &[]).await;
    assert!(english.text.contains("<html lang=\"en\">") && page.text.contains("<html lang=\"fr\">"));
    house.close().await;
}

#[tokio::test]
async fn a_visitor_without_a_key_signs_in_first() {
    let house = House::with_key(Kind::Sqlite, "a-key-of-sixteen-letters").await;
    let visitor = house.ask(Method::GET, "/api/docs", &[("accept", "text/html")]).await;
    assert!(!visitor.text.contains("/api/v1/"), "{visitor:?}");
    let program =
        house.ask(Method::GET, "/api/docs", &[("authorization", "Bearer a-key-of-sixteen-letters")]).await;
    assert_eq!(program.status, 200);
    house.close().await;
}
