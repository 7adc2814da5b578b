//! Lists: spellings of parameters, iterators, headers.

use std::time::Duration;

use connector_sandbox::{Change, Edit, Knobs};
use serde_json::{Value, json};

use crate::{Wire, answer, ids};

#[tokio::test]
async fn parameters_are_read_in_every_spelling() {
    let wire = Wire::new(12);
    let expected = "pageSize=5&fields%5B%5D=Name&fields%5B%5D=Amount&sort%5B0%5D%5Bfield%5D=Due%20Date\
                    &sort%5B0%5D%5Bdirection%5D=desc";
    let expected = wire.ok("GET", &wire.deals(&format!("?{expected}")), None).await;
    assert_eq!(ids(&expected).len(), 5);
    for (path, query) in [
        ("", "limit=5&fields[0]=Name&fields[1]=Amount&sort[0][direction]=desc&sort[0][field]=Due+Date"),
        (
            "/",
            "sort[0][field]=Due%20Date&sort[0][direction]=desc&fields=Name&fields=Amount&pageSize=5&offset=",
        ),
        (
            "",
            "pageSize=5&fields[]=Name&fields[]=Amount&sort[1][field]=Due%20Date&sort[1][direction]=desc&new=1",
        ),
    ] {
        let body = wire.ok("GET", &wire.deals(&format!("{path}?{query}")), None).await;
        assert_eq!(body["records"], expected["records"], "{query}");
    }
    let body = json!({
        "method": "post", "timeZone": "utc", "userLocale": "fr", "offset": "",
        "pageSize": 5, "fields": ["Name", "Amount"], "sort": [{"field": "Due Date", "direction": "desc"}],
    });
    let body = wire.ok("POST", &wire.deals("/listRecords?timeZone=utc&userLocale=fr"), Some(&body)).await;
    assert_eq!(body["records"], expected["records"]);

    for path in [format!("/{}?", wire.deals("/")), wire.deals("?pageSize=many"), wire.deals("?")] {
        assert_eq!(ids(&wire.ok("GET", &path, None).await).len(), 12, "{path}");
    }
    assert_eq!(wire.ok("GET", &wire.deals("?pageSize=0"), None).await, json!({"records": []}));
    assert_eq!(wire.call("GET", &wire.deals("?pageSize=-1"), None).await.0, 422);
}

#[tokio::test]
async fn an_offset_names_one_iterator_and_moves_on() {
    let wire = Wire::new(30);
    let mut offsets = Vec::new();
    let mut seen = Vec::new();
    loop {
        let offset = offsets.last().map_or("", String::as_str);
        let page = wire.ok("GET", &wire.deals(&format!("?pageSize=8&offset={offset}")), None).await;
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        match page["offset"].as_str() {
            Some(offset) => offsets.push(offset.to_owned()),
            None => break,
        }
    }
    assert_eq!(seen, wire.sandbox.airtable_record_ids());
    assert_eq!(offsets.len(), 3);
    let (iterator, record) = offsets[0].split_once('/').unwrap();
    assert!(iterator.starts_with("itr") && iterator.len() == 17 && record == seen[8]);
    assert!(offsets.iter().all(|offset| offset.starts_with(iterator)));
}

#[tokio::test]
async fn an_iterator_dies_of_inactivity_or_a_restart_without_a_message() {
    let wire = Wire::new(20);
    let gone = (422, json!({"error": {"type": "LIST_RECORDS_ITERATOR_NOT_AVAILABLE"}}));
    for end in [
        |wire: &Wire| wire.sandbox.advance_clock(Duration::from_mins(11)),
        |wire: &Wire| drop(wire.sandbox.edit(&Edit::new(Change::ExpireIterators)).unwrap()),
    ] {
        let page = wire.ok("GET", &wire.deals("?pageSize=10"), None).await;
        let next = wire.deals(&format!("?pageSize=5&offset={}", page["offset"].as_str().unwrap()));
        wire.ok("GET", &next, None).await;
        end(&wire);
        assert_eq!(wire.call("GET", &next, None).await, gone);
    }
}

#[tokio::test]
async fn rows_deleted_between_pages_are_passed_over() {
    let wire = Wire::new(20);
    let page = wire.ok("GET", &wire.deals("?pageSize=10"), None).await;
    let deleted = wire.sandbox.airtable_record_ids()[10].clone();
    wire.sandbox.edit(&Edit::delete_record(&deleted)).unwrap();
    let rest =
        wire.ok("GET", &wire.deals(&format!("?offset={}", page["offset"].as_str().unwrap())), None).await;
    assert_eq!(ids(&rest).len(), 9);
    assert!(!ids(&rest).contains(&deleted.as_str()) && rest.get("offset").is_none());
}

#[tokio::test]
async fn a_view_limits_the_rows_and_not_the_fields() {
    let wire = Wire::new(40);
    let change = Change::CreateView {
        name: "Gagnés".to_owned(),
        formula: Some("LEFT({Status}, 5)='Gagné'".to_owned()),
    };
    wire.sandbox.edit(&Edit::new(change)).unwrap();
    let all = wire.ok("GET", &wire.deals(""), None).await;
    let of_view = wire.ok("GET", &wire.deals("?view=Gagn%C3%A9s"), None).await;
    let won = |record: &&Value| record["fields"]["Status"].as_str().is_some_and(|s| s.starts_with("Gagné"));
    let expected: Vec<_> = all["records"].as_array().unwrap().iter().filter(won).collect();
    assert!(!expected.is_empty() && expected.len() < 40);
    let fields = |record: &Value| record["fields"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let found = of_view["records"].as_array().unwrap();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!((&found["id"], fields(found)), (&expected["id"], fields(expected)));
    }
    let both = wire.ok("GET", &wire.deals("?view=Gagn%C3%A9s&filterByFormula=%7BAmount%7D%3C0"), None).await;
    assert_eq!(both, json!({"records": []}));
}

#[tokio::test]
async fn a_false_switch_in_the_query_can_be_made_to_count_as_true() {
    let wire = Wire::new(1);
    let path = wire.deals("?returnFieldsByFieldId=false");
    let by_id = |body: &Value| {
        body["records"][0]["fields"].as_object().unwrap().keys().all(|key| key.starts_with("fld"))
    };
    assert!(!by_id(&wire.ok("GET", &path, None).await));
    wire.sandbox.set_knobs(Knobs { strict_booleans: true, ..Knobs::default() });
    assert!(by_id(&wire.ok("GET", &path, None).await));
    assert!(by_id(&wire.ok("GET", &wire.deals("?returnFieldsByFieldId=1"), None).await));
    assert!(!by_id(&wire.ok("GET", &wire.deals(""), None).await));
}

#[tokio::test]
async fn answers_carry_the_providers_headers_and_its_clock() {
    let wire = Wire::new(3);
    wire.sandbox.freeze_clock(true);
    wire.sandbox.set_clock("2030-05-01T10:00:00Z".parse().unwrap());
    let request = wire.request("GET", &wire.deals("")).bearer_auth(wire.sandbox.airtable_token());
    let response = request.send().await.unwrap();
    let header =
        |name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    assert_eq!(header("date"), "Wed, 01 May 2030 10:00:00 GMT");
    assert_eq!(header("content-type"), "application/json; charset=utf-8");
    assert_eq!(header("access-control-allow-origin"), "*");
    let length: usize = header("airtable-uncompressed-content-length").parse().unwrap();
    assert_eq!(length, response.bytes().await.unwrap().len());
}

#[tokio::test]
async fn a_url_of_more_than_sixteen_thousand_characters_is_refused() {
    let wire = Wire::new(1);
    let formula = format!("Name!='{}'", "x".repeat(16_000));
    let path = wire.deals(&format!("?filterByFormula={formula}"));
    let request = wire.request("GET", &path).bearer_auth(wire.sandbox.airtable_token());
    assert!(answer(request).await.0 >= 400);
    let body = json!({"filterByFormula": formula});
    assert_eq!(ids(&wire.ok("POST", &wire.deals("/listRecords"), Some(&body)).await).len(), 1);
}
