//! Values: what each type takes, gives back and refuses.

use connector_sandbox::Edit;
use serde_json::{Value, json};

use crate::client::{Client, id};

#[tokio::test]
async fn every_writable_type_takes_a_value_gives_it_back_and_is_cleared() {
    let client = Client::with_deals(0);
    let users = Client::ok(client.get("users").await);
    let person = users["results"][1].clone();
    let company = json!({"parent": {"data_source_id": client.sandbox.notion_data_source_id_of("Companies")}});
    let company = Client::ok(client.post("pages", &company).await);
    let text = |content: &str| json!([{"text": {"content": content}}]);
    let day = json!({"start": "2026-12-01", "end": "2026-12-24", "time_zone": null});
    let file = json!({"name": "devis.pdf", "type": "external", "external": {"url": "https://files.example/devis.pdf"}});
    let place = json!({"lat": 48.85, "lon": 2.35, "name": "Paris", "address": null, "aws_place_id": null,
        "google_place_id": null});
    // The property, its type, what is written, where in the value it is read back and as what, what clears it.
    let cases = [
        ("Name", "title", text("Acme"), "/0/plain_text", json!("Acme"), json!([]), json!([])),
        ("Notes", "rich_text", text("a🥐"), "/0/plain_text", json!("a🥐"), json!([]), json!([])),
        ("Amount", "number", json!(12.5), "", json!(12.5), json!(null), json!(null)),
        (
            "Status",
            "status",
            json!({"name": "gagné"}),
            "/name",
            json!("Gagné"),
            json!(null),
            json!("Prospect"),
        ),
        ("Priority", "select", json!({"name": "Neuve"}), "/name", json!("Neuve"), json!(null), json!(null)),
        ("Sector", "multi_select", json!([{"name": "b2b"}]), "/0/name", json!("B2B"), json!([]), json!([])),
        ("Due Date", "date", day.clone(), "", day, json!(null), json!(null)),
        ("Owner", "people", json!([{"id": person["id"]}]), "/0", person, json!([]), json!([])),
        ("Files", "files", json!([file.clone()]), "/0", file, json!([]), json!([])),
        ("Signed", "checkbox", json!(true), "", json!(true), json!(false), json!(false)),
        (
            "Website",
            "url",
            json!("https://a.example"),
            "",
            json!("https://a.example"),
            json!(null),
            json!(null),
        ),
        ("Contact Email", "email", json!("a@a.example"), "", json!("a@a.example"), json!(null), json!(null)),
        ("Phone", "phone_number", json!("01 40"), "", json!("01 40"), json!(null), json!(null)),
        (
            "Company",
            "relation",
            json!([{"id": company["id"]}]),
            "/0/id",
            company["id"].clone(),
            json!([]),
            json!([]),
        ),
        ("Site", "place", place.clone(), "", place, json!(null), json!(null)),
        (
            "Reviewed",
            "verification",
            json!({"state": "verified"}),
            "/state",
            json!("verified"),
            json!({"state": "unverified"}),
            json!(null),
        ),
    ];
    for (name, kind, written, at, read, clear, cleared) in cases {
        let made = client.make(json!({name: {kind: written}})).await;
        assert_eq!(made["properties"][name][kind].pointer(at), Some(&read), "{name}");
        let path = format!("pages/{}", id(&made));
        let emptied = Client::ok(client.patch(&path, &json!({"properties": {name: {kind: clear}}})).await);
        let found = &emptied["properties"][name][kind];
        assert_eq!(found.get("name").unwrap_or(found), &cleared, "{name}");
    }
}

#[tokio::test]
async fn what_a_type_does_not_take_is_refused_in_words_and_nothing_is_written() {
    let client = Client::with_deals(1);
    let page = client.sandbox.notion_page_ids()[0].clone();
    let path = format!("pages/{page}");
    let before = client.sandbox.world();
    let long = "x".repeat(2001);
    let cases = [
        (json!({"Nope": {"number": 1}}), "Nope is not a property that exists.".to_owned()),
        (json!({"Amount": {"rich_text": []}}), "Amount is expected to be number.".to_owned()),
        (
            json!({"Amount": {"number": "12"}}),
            "body failed validation: body.properties.Amount.number should be a number or `null`, instead was `\"12\"`."
                .to_owned(),
        ),
        (
            json!({"Priority": {"select": {"name": "a, b"}}}),
            "Invalid select option, commas not allowed: a, b".to_owned(),
        ),
        (
            json!({"Status": {"status": {"name": "Perdue"}}}),
            "Invalid status option. Status option \"Perdue\" does not exist\".".to_owned(),
        ),
        (
            json!({"Notes": {"rich_text": [{"text": {"content": long}}]}}),
            "body failed validation: body.properties.Notes.rich_text[0].text.content.length should be ≤ `2000`, \
             instead was `2001`."
                .to_owned(),
        ),
        (
            json!({"Created": {"created_time": "2026-01-01"}}),
            "body failed validation: body.properties.Created.created_time should be not present, instead was \
             `\"2026-01-01\"`."
                .to_owned(),
        ),
    ];
    for (properties, words) in cases {
        // A good value beside the bad one is not written either.
        let mut properties = properties;
        if properties.get("Sector").is_none() {
            properties["Sector"] = json!({"multi_select": [{"name": "Jamais"}]});
        }
        assert_eq!(Client::refused(client.patch(&path, &json!({"properties": properties})).await), words);
        assert_eq!(client.sandbox.world(), before);
    }
    for (name, kind) in [
        ("Weighted Amount", "formula"),
        ("Company Revenue", "rollup"),
        ("Number", "unique_id"),
        ("Created By", "created_by"),
        ("Modified", "last_edited_time"),
        ("Modified By", "last_edited_by"),
        ("Open", "button"),
    ] {
        let refused = client.patch(&path, &json!({"properties": {name: {kind: {}}}})).await;
        assert!(Client::refused(refused).contains("should be not present"), "{name}");
    }
}

#[tokio::test]
async fn a_long_relation_shows_twenty_five_and_its_item_pages_through_all() {
    let client = Client::with_deals(30);
    let companies = client.sandbox.notion_data_source_id_of("Companies").unwrap();
    let body = json!({"parent": {"data_source_id": companies}});
    let company = Client::ok(client.post("pages", &body).await);
    let deals: Vec<Value> = client.sandbox.notion_page_ids().iter().map(|id| json!({"id": id})).collect();
    let path = format!("pages/{}", id(&company));
    let linked =
        Client::ok(client.patch(&path, &json!({"properties": {"Deals": {"relation": deals}}})).await);
    let relation = &linked["properties"]["Deals"];
    assert_eq!((relation["relation"].as_array().unwrap().len(), &relation["has_more"]), (25, &json!(true)));
    // The other side of the relation says so too, and its page's time did not move.
    let deal = Client::ok(client.get(&format!("pages/{}", id(&deals[3]))).await);
    let companies = deal["properties"]["Company"]["relation"].as_array().unwrap();
    assert!(companies.iter().any(|one| one["id"] == company["id"]));
    assert_eq!(deal["last_edited_time"], deal["created_time"]);

    let item = format!("{path}/properties/{}", relation["id"].as_str().unwrap());
    let first = Client::ok(client.get(&format!("{item}?page_size=20")).await);
    let next = first["next_cursor"].as_str().unwrap();
    assert!(first["property_item"]["next_url"].as_str().unwrap().contains(next));
    let last = Client::ok(client.get(&format!("{item}?page_size=20&start_cursor={next}")).await);
    let pages = [&first, &last].into_iter().flat_map(|page| page["results"].as_array().unwrap());
    let seen: Vec<Value> = pages.map(|item| item["relation"].clone()).collect();
    assert_eq!((seen, &last["has_more"]), (deals, &json!(false)));

    client.sandbox.edit(&Edit::unshare(client.sandbox.notion_database_id())).unwrap();
    let blind = Client::ok(client.get(&path).await);
    assert_eq!(blind["properties"]["Deals"]["relation"], json!([]));
}
