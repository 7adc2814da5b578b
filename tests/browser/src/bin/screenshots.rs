//! Writes what every page looks like: on a desk and on a telephone, in French and in English.

#![expect(clippy::expect_used, reason = "a program for whoever works on the pages")]

use std::path::Path;
use std::{env, fs};

use test_browser::{Browser, Screen, Stop, Tour};

fn main() {
    let folder = env::args().nth(1).unwrap_or_else(|| "target/screenshots".to_owned());
    let tour = Tour::prepare();
    for language in ["fr", "en"] {
        for screen in [Screen::default(), Screen::narrow()] {
            let screen = Screen { language, ..screen };
            let folder = Path::new(&folder).join(format!("{language}-{}", screen.width));
            fs::create_dir_all(&folder).expect("a folder");
            let browser = Browser::open(&tour.office.url, screen);
            take(&browser, &tour.stops, &folder);
            let browser = Browser::open(&tour.empty.url, screen);
            let (sign_in, rest) = tour.empty_stops.split_at(1);
            take(&browser, sign_in, &folder);
            tour.enter(&browser);
            take(&browser, rest, &folder);
        }
    }
    take_for_readme(&tour, Path::new(&folder));
}

/// What stands in the README: what a desk shows of a page at once.
fn take_for_readme(tour: &Tour, folder: &Path) {
    let folder = folder.join("readme");
    fs::create_dir_all(&folder).expect("a folder");
    let browser =
        Browser::open(&tour.office.url, Screen { language: "en", height: 860, ..Screen::default() });
    for stop in &tour.stops {
        browser.visit(&stop.path);
        fs::write(folder.join(format!("{}.png", stop.name)), browser.view()).expect("a file");
    }
}

fn take(browser: &Browser, stops: &[Stop], folder: &Path) {
    for stop in stops {
        browser.visit(&stop.path);
        fs::write(folder.join(format!("{}.png", stop.name)), browser.picture()).expect("a file");
    }
}
