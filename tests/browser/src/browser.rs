//! A person before a screen: opens pages, reads, clicks, types.

use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::driver::{ARGUMENTS, Driver};

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_millis(30);

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

/// A browser with one window.
#[derive(Debug)]
pub struct Browser {
    /// For what the methods here do not have.
    pub client: Client,
    base: String,
    _driver: Driver,
}

impl Browser {
    /// Opens a browser with nothing in it: no cookie, no cache.
    pub async fn open(base: &str, screen: Screen) -> Self {
        let driver = Driver::start();
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).to_vec();
        arguments.push(format!("--window-size={},{}", screen.width, screen.height));
        arguments.push(format!("--accept-lang={}", screen.language));
        let mut preferences = json!({"intl.accept_languages": screen.language});
        if !screen.scripts {
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        let options = json!({"args": arguments, "prefs": preferences});
        let mut wanted = serde_json::Map::new();
        wanted.insert("goog:chromeOptions".to_owned(), options);
        wanted.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector).capabilities(wanted).connect(&driver.url).await;
        let client = client.expect("Chromium starts");
        let browser = Self { client, base: base.to_owned(), _driver: driver };
        if screen.width < 500 {
            browser.narrow(screen).await;
        }
        browser
    }

    /// A window cannot be as narrow as a telephone; what is shown in it can.
    async fn narrow(&self, screen: Screen) {
        let metrics = json!({
            "width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.command("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// A command of Chromium's own protocol.
    pub async fn command(&self, name: &str, parameters: Value) -> Value {
        let command = Devtools(json!({"cmd": name, "params": parameters}));
        self.client.issue_cmd(command).await.expect("a command that Chromium knows")
    }

    /// Opens a page of the server.
    pub async fn visit(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.expect("a page");
    }

    /// The path of the page, with its query.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("an address");
        url.as_str().strip_prefix(&self.base).unwrap_or(url.as_str()).to_owned()
    }

    /// What can be read on the page.
    pub async fn text(&self) -> String {
        let body = self.client.find(Locator::Css("body")).await.expect("a page");
        body.text().await.unwrap_or_default()
    }

    /// Waits until the page says this.
    pub async fn sees(&self, words: &str) {
        self.until(&format!("“{words}” on the page"), async || self.text().await.contains(words)).await;
    }

    /// Waits until the path begins so.
    pub async fn arrives(&self, path: &str) {
        self.until(&format!("the address {path}"), async || self.path().await.starts_with(path)).await;
    }

    /// Waits until something holds.
    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let begun = Instant::now();
        while !holds().await {
            if begun.elapsed() > PATIENCE {
                panic!("waited in vain for {what} at {}:\n{}", self.path().await, self.text().await);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The first element of this selector, once it is there.
    pub async fn find(&self, css: &str) -> Element {
        self.until(css, async || self.client.find(Locator::Css(css)).await.is_ok()).await;
        self.client.find(Locator::Css(css)).await.expect("an element")
    }

    /// How many elements there are.
    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.map_or(0, |found| found.len())
    }

    /// Clicks the first element of this selector.
    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.expect("a click");
    }

    /// Clicks the button or the link with these words.
    pub async fn press(&self, words: &str) {
        let xpath = format!(
            "//*[self::button or self::a][contains(normalize-space(.), {quote}{words}{quote})]",
            quote = if words.contains('\'') { '"' } else { '\'' }
        );
        self.until(&format!("a button “{words}”"), async || {
            self.client.find(Locator::XPath(&xpath)).await.is_ok()
        })
        .await;
        let button = self.client.find(Locator::XPath(&xpath)).await.expect("a button");
        button.click().await.expect("a click");
    }

    /// Types into the first element of this selector, in the place of what is there.
    pub async fn types(&self, css: &str, text: &str) {
        let input = self.find(css).await;
        input.clear().await.ok();
        input.send_keys(text).await.expect("keys");
    }

    /// What a script gives.
    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("a script")
    }

    /// The whole page as a picture.
    pub async fn picture(&self) -> Vec<u8> {
        let element = self.client.find(Locator::Css("html")).await.expect("a page");
        let size = element.rectangle().await.expect("a size");
        let metrics = json!({
            "width": self.script("return innerWidth").await, "height": size.3.ceil(), "deviceScaleFactor": 1,
            "mobile": false,
        });
        self.command("Emulation.setDeviceMetricsOverride", metrics).await;
        self.client.screenshot().await.expect("a picture")
    }

    /// Ends the session.
    pub async fn close(self) {
        self.client.clone().close().await.ok();
    }
}

/// A command of Chromium's own protocol, through its driver.
#[derive(Debug)]
struct Devtools(Value);

impl fantoccini::wd::WebDriverCompatibleCommand for Devtools {
    fn endpoint(
        &self,
        base: &fantoccini::wd::url::Url,
        session: Option<&str>,
    ) -> Result<fantoccini::wd::url::Url, fantoccini::wd::url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &fantoccini::wd::url::Url) -> (fantoccini::wd::http::Method, Option<String>) {
        (fantoccini::wd::http::Method::POST, Some(self.0.to_string()))
    }
}
