//! Queries: filters, sorts, the cap on rows, cursors that end, an index that lags.

use std::time::Duration;

use connector_sandbox::{Change, Edit, Knobs, Remote};
use serde_json::{Value, json};

use crate::client::Client;

fn names(list: &Value) -> Vec<&str> {
    let rows = list["results"].as_array().unwrap().iter();
    rows.map(|row| row["properties"]["Name"]["title"][0]["plain_text"].as_str().unwrap()).collect()
}

async fn three_deals() -> Client {
    let client = Client::with_deals(0);
    for (name, amount, status, sector) in [
        ("Alpha", 100, "Prospect", "SaaS"),
        ("Beta", 300, "Gagné", "B2B"),
        ("alphabet", 200, "Qualifié", "SaaS"),
    ] {
        client
            .make(json!({
                "Name": {"title": [{"text": {"content": name}}]},
                "Amount": {"number": amount},
                "Status": {"status": {"name": status}},
                "Sector": {"multi_select": [{"name": sector}]},
                "Due Date": {"date": {"start": format!("2026-03-0{}", amount / 100)}},
            }))
            .await;
    }
    client
}

#[tokio::test]
async fn filters_admit_what_they_describe() {
    let client = three_deals().await;
    let amount = client.sandbox.notion_property_id("Amount").unwrap();
    let cases = [
        (json!({"property": "Name", "title": {"equals": "alpha"}}), vec!["Alpha"]),
        (json!({"property": "title", "title": {"starts_with": "ALPHA"}}), vec!["Alpha", "alphabet"]),
        (json!({"property": amount, "number": {"greater_than_or_equal_to": 200}}), vec!["Beta", "alphabet"]),
        (json!({"property": "Status", "status": {"equals": "Gagné"}}), vec!["Beta"]),
        (json!({"property": "Status", "status": {"equals": "In progress"}}), vec!["alphabet"]),
        (json!({"property": "Sector", "multi_select": {"does_not_contain": "SaaS"}}), vec!["Beta"]),
        (json!({"property": "Due Date", "date": {"after": "2026-03-02"}}), vec!["Beta"]),
        (json!({"property": "Due Date", "date": {"on_or_before": "2026-03-02"}}), vec!["Alpha", "alphabet"]),
        (json!({"property": "Notes", "rich_text": {"is_empty": true}}), vec!["Alpha", "Beta", "alphabet"]),
        (
            json!({"property": "Created By", "created_by": {"contains": "me"}}),
            vec!["Alpha", "Beta", "alphabet"],
        ),
        (json!({"timestamp": "created_time", "created_time": {"before": "2020-01-01"}}), vec![]),
        (
            json!({"timestamp": "created_time", "created_time": {"past_week": {}}}),
            vec!["Alpha", "Beta", "alphabet"],
        ),
        (
            json!({"or": [{"property": "Name", "title": {"equals": "Beta"}}, {"and": [
                {"property": "Name", "title": {"contains": "bet"}},
                {"property": "Amount", "number": {"less_than": 250}}]}]}),
            vec!["Beta", "alphabet"],
        ),
    ];
    for (filter, expected) in cases {
        let list = client.query(&json!({"filter": filter})).await;
        let mut found = names(&list);
        found.sort_unstable();
        assert_eq!(found, expected, "{filter}");
    }
}

#[tokio::test]
async fn rows_come_in_the_order_asked_for() {
    let client = three_deals().await;
    let by = |key: &str, direction: &str| json!({"sorts": [{"property": key, "direction": direction}]});
    assert_eq!(names(&client.query(&by("Amount", "ascending")).await), ["Alpha", "alphabet", "Beta"]);
    assert_eq!(names(&client.query(&by("Status", "descending")).await), ["Beta", "alphabet", "Alpha"]);
    let created = json!({"sorts": [{"timestamp": "created_time", "direction": "ascending"}]});
    assert_eq!(client.query(&created).await["results"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn filters_and_sorts_that_do_not_fit_are_refused_in_words() {
    let client = Client::with_deals(1);
    let path = format!("data_sources/{}/query", client.sandbox.notion_data_source_id());
    let cases = [
        (
            json!({"filter": {"property": "X", "title": {"equals": "a"}}}),
            "Could not find property with name or id: X",
        ),
        (
            json!({"sorts": [{"property": "X", "direction": "ascending"}]}),
            "Could not find sort property with name or id: X",
        ),
        (
            json!({"filter": {"property": "Amount", "rich_text": {"equals": "a"}}}),
            "The property type in the database does not match the property type of the filter provided: database \
             property number does not match filter rich_text",
        ),
        (
            json!({"page_size": 101}),
            "body failed validation: body.page_size should be ≤ `100` or `undefined`, instead was `101`.",
        ),
        (json!({"start_cursor": "x"}), "The start_cursor provided is invalid: x"),
        (
            json!({"filter": {"or": vec![json!({"property": "Amount", "number": {"equals": 1}}); 101]}}),
            "body failed validation: body.filter.or.length should be ≤ `100`, instead was `101`.",
        ),
    ];
    for (body, words) in cases {
        assert_eq!(Client::refused(client.post(&path, &body).await), words);
    }
    let deep = json!({"filter": {"and": [{"or": [{"and": []}]}]}});
    assert!(Client::refused(client.post(&path, &deep).await).contains("should be not present"));
}

#[tokio::test]
async fn a_capped_query_says_so_on_every_page() {
    let client = Client::with_deals(5);
    client.sandbox.set_knobs(Knobs { query_row_limit: 3, query_page_limit: 2, ..Knobs::default() });
    let first = client.query(&json!({})).await;
    assert_eq!(first["results"].as_array().unwrap().len(), 2);
    let last = client.query(&json!({"start_cursor": first["next_cursor"]})).await;
    assert_eq!((last["results"].as_array().unwrap().len(), &last["has_more"]), (1, &json!(false)));
    let status = json!({"type": "incomplete", "incomplete_reason": "query_result_limit_reached"});
    assert_eq!((&first["request_status"], &last["request_status"]), (&status, &status));
    client.sandbox.set_knobs(Knobs::default());
    assert_eq!(client.query(&json!({})).await.get("request_status"), None);
}

#[tokio::test]
async fn cursors_end_when_a_person_ends_them() {
    let client = Client::with_deals(3);
    let first = client.query(&json!({"page_size": 1})).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    client.sandbox.edit(&Edit::new(Change::ExpireIterators).of(Remote::Notion)).unwrap();
    let path = format!("data_sources/{}/query", client.sandbox.notion_data_source_id());
    let words = Client::refused(client.post(&path, &json!({"start_cursor": cursor})).await);
    assert_eq!(words, format!("The start_cursor provided is invalid: {cursor}"));
    let again = client.query(&json!({"page_size": 1})).await;
    client.query(&json!({"start_cursor": again["next_cursor"]})).await;
}

#[tokio::test]
async fn a_lagging_index_knows_of_a_new_page_later_than_its_id_does() {
    let client = Client::with_deals(0);
    client.sandbox.freeze_clock(true);
    client.sandbox.set_knobs(Knobs { index_lag_ms: 5000, ..Knobs::default() });
    let made = client.make(json!({"Name": {"title": [{"text": {"content": "Acme"}}]}})).await;
    Client::ok(client.get(&format!("pages/{}", made["id"].as_str().unwrap())).await);
    assert!(names(&client.query(&json!({})).await).is_empty());
    client.sandbox.advance_clock(Duration::from_secs(5));
    assert_eq!(names(&client.query(&json!({})).await), ["Acme"]);
}
