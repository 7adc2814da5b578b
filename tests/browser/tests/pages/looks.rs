//! What holds of every page: accessible, as wide as the screen, silent towards others and about secrets, bilingual.

use test_browser::{Browser, Screen, Stop, Tour, Traffic, violations};

#[test]
fn every_page_is_accessible_narrow_silent_and_in_both_languages() {
    let tour = Tour::prepare();
    let secrets: Vec<&str> = [tour.office.secrets(), tour.empty.secrets()].concat();
    let mut complaints = Vec::new();
    for screen in [Screen::default(), Screen { language: "en", ..Screen::narrow() }] {
        let browser = Browser::open(&tour.office.url, screen);
        let look = |browser: &Browser, base: &str, stops: &[Stop]| {
            let mut found = Vec::new();
            for stop in stops {
                Traffic::of(browser);
                browser.visit(&stop.path);
                let mut complain =
                    |what: String| found.push(format!("{} {}: {what}", screen.width, stop.name));
                for url in Traffic::of(browser).elsewhere(base) {
                    complain(format!("asks {url}"));
                }
                if browser.overflow() > 0 {
                    complain(format!("{} pixels wider than the screen", browser.overflow()));
                }
                let source = browser.source();
                if secrets.iter().any(|secret| contains_part(&source, secret)) {
                    complain("shows a secret".to_owned());
                }
                if !source.contains(&format!("<html lang=\"{}\"", screen.language)) {
                    complain("is in another language".to_owned());
                }
                found.extend(violations(browser).into_iter().map(|rule| format!("{}: {rule}", stop.name)));
            }
            found
        };
        complaints.extend(look(&browser, &tour.office.url, &tour.stops));
        let browser = Browser::open(&tour.empty.url, screen);
        let (sign_in, rest) = tour.empty_stops.split_at(1);
        complaints.extend(look(&browser, &tour.empty.url, sign_in));
        tour.enter(&browser);
        complaints.extend(look(&browser, &tour.empty.url, rest));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let browser = Browser::open(&tour.office.url, Screen::default());
    browser.visit("/connectors");
    let run = tour.stops.iter().find(|stop| stop.name == "run").unwrap();
    for path in ["/history.csv", "/history.json", &format!("{}/events", run.path)] {
        let told = browser.fetched(path);
        assert!(told.len() > 20, "{path}: {told}");
        assert!(!secrets.iter().any(|secret| contains_part(&told, secret)), "a secret in {path}:\n{told}");
    }
    for log in [tour.office.log(), tour.empty.log()] {
        let found = secrets.iter().find(|secret| contains_part(&log, secret));
        assert!(found.is_none(), "a secret in the log:\n{log}");
    }
}

/// Whether a text holds a secret, or half of one.
fn contains_part(text: &str, secret: &str) -> bool {
    let (start, end) = secret.split_at(secret.len() / 2);
    text.contains(start) || text.contains(end)
}

#[test]
fn the_language_is_the_browsers_until_another_is_chosen() {
    let tour = test_browser::Office::open(test_browser::Setup::connected());
    let browser = Browser::open(&tour.url, Screen { language: "en", ..Screen::default() });
    browser.visit("/history");
    browser.sees("No sync was made so far");
    browser.click("button[name='lang'][value='fr']");
    browser.sees("Aucune synchronisation effectuée pour le moment");
    assert_eq!(browser.path(), "/history");
    browser.visit("/connectors");
    browser.sees("Connecteurs");
    browser.click("button[name='lang'][value='en']");
    browser.sees("Connectors");
}
