use std::collections::BTreeSet;
use std::time::Duration;

use connector_sandbox::{Change, Edit, Settings};
use serde_json::{Value, json};

use crate::client::{Client, error, ids, names};

/// All records of a list, page by page, with the sizes of the pages.
async fn all(client: &Client, query: &[(&str, &str)]) -> (Vec<String>, Vec<usize>) {
    let (mut found, mut sizes) = (Vec::new(), Vec::new());
    let mut offset = String::new();
    loop {
        let mut query = query.to_vec();
        query.push(("offset", &offset));
        let (status, page) = client.list(&query).await;
        assert_eq!(status, 200, "{page}");
        found.extend(ids(&page).into_iter().map(str::to_owned));
        sizes.push(ids(&page).len());
        match page["offset"].as_str() {
            Some(next) => offset = next.to_owned(),
            None => return (found, sizes),
        }
    }
}

#[tokio::test]
async fn pages_follow_one_another_in_the_order_of_ids() {
    let client = Client::with_deals(25);
    let (found, sizes) = all(&client, &[("pageSize", "10")]).await;
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(found, client.sandbox.airtable_record_ids());
    assert_eq!(all(&client, &[("pageSize", "10"), ("maxRecords", "12")]).await.1, [10, 2]);
    assert_eq!(all(&client, &[("limit", "20")]).await.1, [20, 5]);
    assert_eq!(all(&client, &[("pageSize", "many")]).await.1, [25], "a size that is no number is left alone");
    assert_eq!(client.list(&[("pageSize", "0")]).await, (200, json!({"records": []})));
}

#[tokio::test]
async fn an_offset_has_the_providers_form_and_dies_by_time_or_by_force() {
    let settings = Settings { deals: 5, iterator_ttl: Duration::from_mins(5), ..Settings::default() };
    let client = Client::with(settings);
    let gone = (422, json!({"error": {"type": "LIST_RECORDS_ITERATOR_NOT_AVAILABLE"}}));
    let first = client.list(&[("pageSize", "2")]).await.1;
    let offset = first["offset"].as_str().unwrap();
    let (iterator, record) = offset.split_once('/').unwrap();
    assert!(iterator.starts_with("itr") && iterator.len() == 17, "{offset}");
    assert!(record.starts_with("rec") && record.len() == 17, "{offset}");
    client.sandbox.advance_clock(Duration::from_mins(4));
    let second = client.list(&[("pageSize", "2"), ("offset", offset)]).await.1;
    let next = second["offset"].as_str().unwrap();
    assert!(next.starts_with(iterator) && next != offset);
    client.sandbox.advance_clock(Duration::from_mins(6));
    assert_eq!(client.list(&[("offset", next)]).await, gone);

    let again = client.list(&[("pageSize", "2")]).await.1;
    client.sandbox.edit(&Edit::new(Change::ExpireIterators)).unwrap();
    assert_eq!(client.list(&[("offset", again["offset"].as_str().unwrap())]).await, gone);
    let other = client.list(&[("pageSize", "2")]).await.1;
    let wrong = format!("{}/recAAAAAAAAAAAAAA", other["offset"].as_str().unwrap().split_once('/').unwrap().0);
    let expected = (422, error("INVALID_OFFSET_VALUE", &format!("The value of offset {wrong} is invalid")));
    assert_eq!(client.list(&[("offset", &wrong)]).await, expected);
}

#[tokio::test]
async fn a_row_deleted_while_paging_is_passed_over() {
    let client = Client::with_deals(6);
    let rows = client.sandbox.airtable_record_ids();
    let first = client.list(&[("pageSize", "2")]).await.1;
    client.sandbox.edit(&Edit::delete_record(&rows[2])).unwrap();
    let offset = first["offset"].as_str().unwrap();
    let second = client.list(&[("pageSize", "2"), ("offset", offset)]).await.1;
    assert_eq!(ids(&second), [&rows[3], &rows[4]]);
}

#[tokio::test]
async fn a_post_takes_the_same_parameters_in_its_body() {
    let client = Client::with_deals(20);
    let path = client.deals("/listRecords?timeZone=utc&userLocale=fr");
    let body = json!({
        "pageSize": 3, "maxRecords": 5, "fields": ["Name"], "sort": [{"field": "Name", "direction": "desc"}],
        "filterByFormula": "{Name} != ''", "returnFieldsByFieldId": true, "method": "post", "timeZone": "utc",
    });
    let (status, first) = client.post(&path, &body).await;
    assert_eq!((status, ids(&first).len()), (200, 3));
    let name = client.sandbox.airtable_field_id("Name").unwrap();
    assert_eq!(first["records"][0]["fields"].as_object().unwrap().keys().collect::<Vec<_>>(), [&name]);
    let mut next = body.clone();
    next["offset"] = first["offset"].clone();
    let (_, second) = client.post(&path, &next).await;
    assert_eq!((ids(&second).len(), second.get("offset")), (2, None));
    let query = [("sort[0][field]", "Name"), ("sort[0][direction]", "desc"), ("pageSize", "3")];
    assert_eq!(ids(&client.list(&query).await.1), ids(&first));
}

#[tokio::test]
async fn sorting_puts_empty_first_and_selects_in_their_choices_order() {
    let client = Client::with_deals(0);
    for (name, status, amount) in
        [("b", Some("Gagné"), Some(2)), ("A", Some("Prospect"), Some(10)), ("c", None, None)]
    {
        client.make(json!({"Name": name, "Status": status, "Amount": amount})).await;
    }
    let order = async |field: &str, direction: &str| {
        let query = [("sort[0][field]", field), ("sort[0][direction]", direction)];
        let (_, answer) = client.list(&query).await;
        names(&answer).join("")
    };
    assert_eq!(order("Name", "asc").await, "Abc");
    assert_eq!(order("Status", "asc").await, "cAb");
    assert_eq!(order("Amount", "desc").await, "Abc");
}

#[tokio::test]
async fn formulas_choose_rows_whatever_their_names_hold() {
    let client = Client::with_deals(12);
    let (_, listed) = client.list(&[]).await;
    for row in listed["records"].as_array().unwrap() {
        let name = row["fields"]["Name"].as_str().unwrap();
        let formula = format!("{{Name}}='{}'", name.replace('\\', "\\\\").replace('\'', "\\'"));
        let (_, found) = client.list(&[("filterByFormula", &formula)]).await;
        assert!(ids(&found).contains(&row["id"].as_str().unwrap()), "{formula}");
    }
    let id = ids(&listed)[3];
    let (_, one) = client.list(&[("filterByFormula", &format!("RECORD_ID()='{id}'"))]).await;
    assert_eq!(ids(&one), [id]);
    let company = client.cells(id).await["Company"][0].as_str().unwrap().to_owned();
    let record = format!("/v0/{}/Companies/{company}", client.sandbox.airtable_base_id());
    let name = client.get(&record).await.1["fields"]["Name"].as_str().unwrap().replace('\'', "\\'");
    let (_, linked) = client.list(&[("filterByFormula", &format!("{{Company}}='{name}'"))]).await;
    assert!(ids(&linked).contains(&id), "a link counts as the linked row's name");
}

#[tokio::test]
async fn a_view_limits_rows_and_a_formula_limits_them_further() {
    let client = Client::with_deals(40);
    let view = Change::CreateView { name: "Gros".to_owned(), formula: Some("{Amount} > 40000".to_owned()) };
    client.sandbox.edit(&Edit::new(view)).unwrap();
    let (rows, _) = all(&client, &[("view", "Gros")]).await;
    assert!(!rows.is_empty() && rows.len() < 40);
    let (fewer, _) = all(&client, &[("view", "Gros"), ("filterByFormula", "{Amount} > 70000")]).await;
    assert!(fewer.len() < rows.len() && fewer.iter().all(|id| rows.contains(id)));
}

#[tokio::test]
async fn fields_are_chosen_in_every_spelling() {
    let client = Client::with_deals(3);
    for query in [
        [("fields[]", "Name"), ("fields[]", "Amount")],
        [("fields[0]", "Name"), ("fields[1]", "Amount")],
        [("fields", "Name"), ("fields", "Amount")],
    ] {
        let (_, answer) = client.list(&query).await;
        let keys = |row: &Value| row["fields"].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        assert!(answer["records"].as_array().unwrap().iter().all(|row| keys(row).len() <= 2));
    }
    for spelling in ["/?pageSize=1", "?", "/"] {
        assert_eq!(client.get(&client.deals(spelling)).await.0, 200, "{spelling}");
    }
    let doubled = format!("/{}", client.deals(""));
    assert_eq!(client.get(&doubled).await.0, 200);
}

#[tokio::test]
async fn a_switch_that_is_sent_as_false_can_count_as_true() {
    let client = Client::with_deals(1);
    let by_id = async || {
        let (_, answer) = client.list(&[("returnFieldsByFieldId", "false"), ("fields[]", "Name")]).await;
        answer["records"][0]["fields"].get("Name").is_none()
    };
    assert!(!by_id().await);
    let mut knobs = client.sandbox.knobs();
    knobs.strict_booleans = true;
    client.sandbox.set_knobs(knobs);
    assert!(by_id().await);
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_accept_it() {
    for (gzip, expected) in [(true, Some("gzip")), (false, None)] {
        let client = Client::with(Settings { deals: 50, gzip, ..Settings::default() });
        let raw = reqwest::Client::builder().no_gzip().build().unwrap();
        let url = format!("{}{}", client.sandbox.airtable_url(), client.deals(""));
        let request = raw.get(url).bearer_auth(&client.token).header("Accept-Encoding", "gzip");
        let response = request.send().await.unwrap();
        let encoding =
            response.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(encoding.as_deref(), expected);
        let length = &response.headers()["airtable-uncompressed-content-length"];
        let plain: usize = length.to_str().unwrap().parse().unwrap();
        let sent = response.bytes().await.unwrap().len();
        assert_eq!(sent < plain / 2, gzip, "{sent} of {plain} bytes");
    }
}
