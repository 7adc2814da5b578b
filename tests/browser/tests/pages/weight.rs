//! How much the pages ask for and how much comes back, also when there is much to show.

use test_browser::{Browser, Office, Screen, Setup, Traffic};

/// The most bytes of any page.
const PAGE_BYTES: u64 = 300_000;

#[test]
fn the_first_load_is_light() {
    let office = Office::open(Setup::connected());
    let browser = Browser::open(&office.url, Screen::default());
    Traffic::of(&browser);
    browser.visit("/connectors");
    let traffic = Traffic::of(&browser);
    assert!(traffic.bytes > 1_000 && traffic.bytes < 100_000, "{traffic:?}");
    assert!(traffic.asked.len() <= 6, "{traffic:?}");
    assert_eq!(traffic.elsewhere(&office.url), Vec::<&str>::new());
}

#[test]
fn a_hundred_thousand_runs_and_ten_thousand_operations_are_paged() {
    let office = Office::open(Setup { deals: 10_000, records: 0, ..Setup::connected() });
    let browser = Browser::open(&office.url, Screen::default());
    browser.visit("/connectors/airtable");
    browser.press("Prévisualiser");
    browser.arrives("/plans/");
    browser.sees("Appliquer 10 000 opérations");
    browser.sees("1 à 50 sur 10 000");
    light(&browser, &browser.path());
    browser.click("[name='pick']");
    browser.sees("Appliquer 9 999 opérations");
    browser.press("Suivants");
    browser.sees("51 à 100 sur 10 000");
    assert!(browser.read("[data-apply]").starts_with("Appliquer 9 999"), "what was unticked stays so");

    office.execute(&many_runs(100_000));
    light(&browser, "/history");
    browser.press("Plus anciennes");
    light(&browser, &browser.path());
}

/// A statement that adds runs, as old as they are many.
fn many_runs(count: usize) -> String {
    format!(
        "INSERT INTO sync_runs \
             (id, connection, mode, asked_by, started_at, finished_at, status, counts, usage, overrides) \
         WITH RECURSIVE numbers(number) AS \
             (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {count}) \
         SELECT printf('0000-%06d', number), 'airtable:app:tbl', 'sync', 'page', '2026-01-02T03:04:05.000000Z', \
             '2026-01-02T03:04:06.000000Z', 'ok', \
             '{{\"created_remote\":2,\"pushed\":1}}', '{{\"calls\":9,\"waited_ms\":0}}', '[]' \
         FROM numbers"
    )
}

/// Opens a page, which is light.
fn light(browser: &Browser, path: &str) {
    Traffic::of(browser);
    browser.visit(path);
    let traffic = Traffic::of(browser);
    assert!(traffic.bytes < PAGE_BYTES, "{path}: {traffic:?}");
}
