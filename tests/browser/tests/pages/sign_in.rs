//! The key of the server: asked for once, remembered by the browser, forgotten on request.

use test_browser::{Browser, Office, Screen, Setup};

#[test]
fn a_key_opens_the_pages_until_the_visitor_leaves_and_wrong_ones_have_to_wait() {
    let office = Office::open(Setup { key: Some("the-key-of-this-house"), ..Setup::connected() });
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/history");
    browser.arrives("/sign-in");
    browser.types("#key", "not-the-key");
    browser.click("main button");
    browser.sees("Cette clé n'est pas la bonne");
    browser.types("#key", "the-key-of-this-house");
    browser.click("main button");
    browser.arrives("/connectors");
    browser.visit("/history");
    browser.sees("Aucune synchronisation effectuée pour le moment");
    let cookies = browser.command("Network.getAllCookies", &serde_json::json!({}));
    let session = cookies["cookies"].as_array().unwrap().iter().find(|one| one["name"] == "crm_sync_session");
    let session = session.unwrap();
    assert_eq!((&session["httpOnly"], &session["sameSite"]), (&true.into(), &"Strict".into()), "{session}");

    browser.press("Se déconnecter");
    browser.arrives("/sign-in");
    browser.visit("/history");
    browser.arrives("/sign-in");
    for attempt in 0.. {
        assert!(attempt < 50, "nobody has to wait");
        browser.types("#key", "not-the-key");
        browser.click("main button");
        browser.until("an answer", || browser.count("#key-fault") == 1);
        if browser.text().contains("Trop d'essais") {
            break;
        }
    }
}
