//! Other origins: the CRM's own connectors page, from an origin that the operator named and from another; the frame.

use test_browser::{Browser, Neighbour, Office, Screen, Setup};

/// A page that makes the calls of the CRM's own connectors page, one after the other, and writes what came of each.
fn crm_page(server: &str, token: &str, base: &str) -> String {
    const PAGE: &str = include_str!("crm.html");
    PAGE.replace("SERVER", server).replace("TOKEN", token).replace("BASE", base)
}

#[test]
fn the_crms_own_page_works_from_the_origin_that_is_named_and_from_no_other() {
    let (named, other) = (Neighbour::listener(), Neighbour::listener());
    let origins = format!("http://{}", named.local_addr().unwrap());
    let office = Office::open(Setup { origins, ..Setup::default() });
    let (token, base) = (office.sandbox.airtable_token(), office.sandbox.airtable_base_id());
    let page = crm_page(&office.url, token, base);
    let browser = Browser::open(&office.url, Screen::default());

    let stranger = Neighbour::serve(other, page.clone());
    browser.visit(&stranger.url);
    browser.sees("the end");
    let told = browser.read("#told");
    assert_eq!(told.matches("refused").count(), 6, "{told}");

    let crm = Neighbour::serve(named, page);
    browser.visit(&crm.url);
    browser.sees("the end");
    let told = browser.read("#told");
    let lines: Vec<&str> = told.lines().collect();
    for (line, wanted) in lines.iter().zip([
        r#""data":[]"#,
        r#""api_token":"***""#,
        r#""record_count":6"#,
        r#""records_created":6"#,
        r#""success":true"#,
        r#""direction":"import""#,
    ]) {
        assert!(line.contains(wanted), "{wanted}: {line}");
    }
    assert_eq!(lines.len(), 6, "{told}");
    assert!(!told.contains(token), "{told}");
}

#[test]
fn the_cards_stand_in_a_page_of_the_origin_that_is_named_and_in_no_other() {
    let (named, other) = (Neighbour::listener(), Neighbour::listener());
    let origins = format!("http://{}", named.local_addr().unwrap());
    let office = Office::open(Setup { origins, ..Setup::connected() });
    let page = format!(
        "<!doctype html><title>CRM</title><h1>CRM</h1><iframe src='{}/embed/connectors'></iframe>",
        office.url
    );
    let browser = Browser::open(&office.url, Screen::default());

    let crm = Neighbour::serve(named, page.clone());
    browser.visit(&crm.url);
    browser.enter_frame("iframe");
    browser.sees("Airtable");
    assert_eq!(browser.count("header.bar"), 0, "no menu in another's page");
    assert_eq!(browser.count("form"), 0, "nothing is pressed from inside another's page");

    let stranger = Neighbour::serve(other, page);
    browser.visit(&stranger.url);
    browser.enter_frame("iframe");
    assert!(!browser.text().contains("Airtable"), "{}", browser.text());
}
