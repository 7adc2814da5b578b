//! A person before a screen: opens pages, reads, clicks, types, drags.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::driver::Driver;

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(40);
/// What the standard calls the key of an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The keys that have no letter, as the standard numbers them.
pub mod key {
    /// To the next place that takes keys.
    pub const TAB: &str = "\u{E004}";
    /// Presses what has the focus.
    pub const ENTER: &str = "\u{E007}";
    /// Ticks and presses.
    pub const SPACE: &str = " ";
    /// To the next entry of a list.
    pub const DOWN: &str = "\u{E015}";
}

/// What a person sits before.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// The browser's language: `fr`, `en`.
    pub language: &'static str,
    /// Whether scripts run.
    pub scripts: bool,
}

impl Default for Screen {
    fn default() -> Self {
        Self { width: 1280, height: 900, language: "fr", scripts: true }
    }
}

impl Screen {
    /// A telephone.
    pub fn narrow() -> Self {
        Self { width: 375, height: 800, ..Self::default() }
    }
}

/// Something on a page.
#[derive(Debug, Clone)]
pub struct Element(String);

/// A browser with nothing in it at first: no cookie, no cache.
#[derive(Debug)]
pub struct Browser {
    base: String,
    driver: Driver,
    screen: Screen,
}

impl Browser {
    /// Opens one for the server at `base`.
    pub fn open(base: &str, screen: Screen) -> Self {
        let arguments = [
            format!("--window-size={},{}", screen.width, screen.height),
            format!("--accept-lang={}", screen.language),
        ];
        let mut preferences = json!({"intl.accept_languages": screen.language});
        if !screen.scripts {
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        let browser = Self { driver: Driver::start(&arguments, &preferences), base: base.to_owned(), screen };
        browser.resize(screen.height);
        browser
    }

    /// A window cannot be as narrow as a telephone; what is shown in it can.
    fn resize(&self, height: u32) {
        let metrics =
            json!({"width": self.screen.width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.command("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// A command of Chromium's own protocol.
    pub fn command(&self, name: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": name, "params": parameters}))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.driver.post(path, body).unwrap_or_else(|refused| panic!("{path} {body}: {}", refused.0))
    }

    fn get(&self, path: &str) -> Value {
        self.driver.get(path).unwrap_or_else(|refused| panic!("{path}: {}", refused.0))
    }

    /// Opens a page of the server, or any address.
    pub fn visit(&self, path: &str) {
        let url = if path.contains("://") { path.to_owned() } else { format!("{}{path}", self.base) };
        self.post("/url", &json!({ "url": url }));
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    /// The path of the page, with its query.
    pub fn path(&self) -> String {
        let url = self.get("/url");
        let url = url.as_str().unwrap_or_default();
        url.strip_prefix(&self.base).unwrap_or(url).to_owned()
    }

    /// The page's HTML as it is now.
    pub fn source(&self) -> String {
        self.get("/source").as_str().unwrap_or_default().to_owned()
    }

    /// What can be read on the page, with ordinary blanks.
    pub fn text(&self) -> String {
        self.seek("body").map(|body| self.text_of(&body)).unwrap_or_default()
    }

    /// What can be read of an element, with ordinary blanks; nothing of one that is gone.
    pub fn text_of(&self, element: &Element) -> String {
        let text = self.driver.get(&format!("/element/{}/text", element.0)).unwrap_or_default();
        text.as_str().unwrap_or_default().replace(['\u{a0}', '\u{202f}'], " ")
    }

    /// What can be read of the first element of this selector.
    pub fn read(&self, css: &str) -> String {
        self.text_of(&self.find(css))
    }

    /// Waits until the page says this.
    pub fn sees(&self, words: &str) {
        self.until(&format!("“{words}” on the page"), || self.text().contains(words));
    }

    /// Waits until the path begins so.
    pub fn arrives(&self, path: &str) {
        self.until(&format!("the address {path}"), || self.path().starts_with(path));
    }

    /// Waits until something holds.
    pub fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let begun = Instant::now();
        while !holds() {
            let told = || format!("waited in vain for {what} at {}:\n{}", self.path(), self.text());
            assert!(begun.elapsed() < PATIENCE, "{}", told());
            std::thread::sleep(LOOK);
        }
    }

    fn seek(&self, css: &str) -> Option<Element> {
        self.seek_by("css selector", css)
    }

    fn seek_by(&self, using: &str, value: &str) -> Option<Element> {
        let found = self.driver.post("/element", &json!({"using": using, "value": value})).ok()?;
        Some(Element(found.get(ELEMENT)?.as_str()?.to_owned()))
    }

    /// The first element of this selector, once it is there.
    pub fn find(&self, css: &str) -> Element {
        self.until(css, || self.seek(css).is_some());
        self.seek(css).expect("an element")
    }

    /// How many elements there are now.
    pub fn count(&self, css: &str) -> usize {
        let found = self.post("/elements", &json!({"using": "css selector", "value": css}));
        found.as_array().map_or(0, Vec::len)
    }

    /// Clicks the first element of this selector.
    pub fn click(&self, css: &str) {
        self.click_on(&self.find(css));
    }

    /// Clicks the first button or link with these words.
    pub fn press(&self, words: &str) {
        let quote = if words.contains('\'') { '"' } else { '\'' };
        let xpath = format!(
            "//*[self::button or self::a or self::summary][contains(normalize-space(translate(., '\u{a0}', ' ')), \
             {quote}{words}{quote})]"
        );
        self.until(&format!("a button “{words}”"), || self.seek_by("xpath", &xpath).is_some());
        self.click_on(&self.seek_by("xpath", &xpath).expect("a button"));
    }

    fn click_on(&self, element: &Element) {
        self.post(&format!("/element/{}/click", element.0), &json!({}));
    }

    /// Types into the first element of this selector, in the place of what is there.
    pub fn types(&self, css: &str, text: &str) {
        let input = self.find(css);
        self.post(&format!("/element/{}/clear", input.0), &json!({}));
        self.post(&format!("/element/{}/value", input.0), &json!({ "text": text }));
    }

    /// Chooses the entry with these words in the first list of this selector.
    pub fn choose(&self, css: &str, words: &str) {
        let list = self.find(css);
        let xpath = format!(".//option[starts-with(normalize-space(.), '{words}')]");
        let wanted = json!({"using": "xpath", "value": xpath});
        let entry = self.post(&format!("/element/{}/element", list.0), &wanted);
        self.click_on(&Element(entry[ELEMENT].as_str().expect("an element").to_owned()));
    }

    /// What an input or a list holds.
    pub fn value(&self, css: &str) -> String {
        let property = self.get(&format!("/element/{}/property/value", self.find(css).0));
        property.as_str().unwrap_or_default().to_owned()
    }

    /// Presses keys, wherever the focus is.
    pub fn keys(&self, keys: &str) {
        let pressed = keys.chars().flat_map(|key| {
            [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
        });
        let pressed: Vec<Value> = pressed.collect();
        self.post("/actions", &json!({"actions": [{"type": "key", "id": "keys", "actions": pressed}]}));
    }

    /// Goes on with the key Tab until something of this selector has the focus, as a person without a mouse does.
    pub fn tab_to(&self, css: &str) {
        let is_there = || self.script(&format!("return document.activeElement.matches({css:?})")) == true;
        for _ in 0..200 {
            if is_there() {
                return;
            }
            self.keys(key::TAB);
        }
        panic!("the key Tab never comes to {css} at {}", self.path());
    }

    /// Drags one element to another with the mouse.
    pub fn drag(&self, from: &str, to: &str) {
        let (from, to) = (self.find(from), self.find(to));
        self.script_with("arguments[0].scrollIntoView({block: 'center'})", &json!([{ELEMENT: from.0}]));
        let over = |element: &Element| json!({"type": "pointerMove", "duration": 80, "origin": {ELEMENT: element.0}, "x": 0, "y": 0});
        let actions = json!([
            over(&from),
            {"type": "pointerDown", "button": 0},
            over(&to),
            {"type": "pointerUp", "button": 0},
        ]);
        let mouse = json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions});
        self.post("/actions", &json!({"actions": [mouse]}));
    }

    /// What a script gives.
    pub fn script(&self, script: &str) -> Value {
        self.script_with(script, &json!([]))
    }

    /// What a script with arguments gives.
    pub fn script_with(&self, script: &str, arguments: &Value) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": arguments}))
    }

    /// What the server answers to a script of the page that is open.
    pub fn fetched(&self, path: &str) -> String {
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             fetch({path:?}).then(answer => answer.text()).then(done, error => done(String(error)));"
        );
        self.awaited(&script).as_str().unwrap_or_default().to_owned()
    }

    /// What a script gives that calls its last argument with it.
    pub fn awaited(&self, script: &str) -> Value {
        self.post("/execute/async", &json!({"script": script, "args": []}))
    }

    /// Opens another tab, and looks at it; the name of the tab of before.
    pub fn new_tab(&self) -> String {
        let before = self.get("/window").as_str().unwrap_or_default().to_owned();
        let opened = self.post("/window/new", &json!({"type": "tab"}));
        self.look_at(opened["handle"].as_str().unwrap_or_default());
        self.resize(self.screen.height);
        before
    }

    /// Looks at the tab of that name.
    pub fn look_at(&self, tab: &str) {
        self.post("/window", &json!({ "handle": tab }));
    }

    /// Looks into the first frame of the page.
    pub fn enter_frame(&self, css: &str) {
        let frame = self.find(css);
        self.post("/frame", &json!({"id": {ELEMENT: frame.0}}));
    }

    /// What the page's console says, since it was last read.
    pub fn console(&self) -> Vec<String> {
        let told = |entry: &Value| entry["message"].as_str().map(str::to_owned);
        self.log("browser").iter().filter_map(told).collect()
    }

    /// What Chromium tells of its network, since it was last read.
    pub fn network(&self) -> Vec<Value> {
        let told = |entry: &Value| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            Some(message["message"].clone())
        };
        self.log("performance").iter().filter_map(told).collect()
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        self.post("/se/log", &json!({ "type": kind })).as_array().cloned().unwrap_or_default()
    }

    /// The whole page as a picture.
    pub fn picture(&self) -> Vec<u8> {
        let height = self.script("return Math.ceil(document.documentElement.getBoundingClientRect().height)");
        let height =
            height.as_u64().and_then(|height| u32::try_from(height).ok()).unwrap_or(self.screen.height);
        self.resize(height.clamp(self.screen.height / 2, 12_000));
        let picture = self.view();
        self.resize(self.screen.height);
        picture
    }

    /// What the screen shows of the page, as a picture.
    pub fn view(&self) -> Vec<u8> {
        let taken = self.command("Page.captureScreenshot", &json!({"format": "png"}));
        STANDARD.decode(taken["data"].as_str().unwrap_or_default()).expect("a picture")
    }

    /// How far the page is wider than the screen, in CSS pixels.
    pub fn overflow(&self) -> i64 {
        let over = self.script("return document.documentElement.scrollWidth - window.innerWidth");
        over.as_i64().unwrap_or_default()
    }
}
