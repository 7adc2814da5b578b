//! Chromium's driver: a process that a test starts, and that ends with it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use test_postgres::find_in_path;

/// What Chromium needs to run without a screen, as any user, and without calling home.
pub(crate) const ARGUMENTS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
];

/// A driver that listens.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Child,
    pub(crate) url: String,
}

impl Driver {
    /// Starts one on a free port.
    pub(crate) fn start() -> Self {
        let program = find_in_path("chromedriver")
            .expect("the pages are tested in Chromium (Debian: apt-get install chromium chromium-driver)");
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let told = process.stdout.take().expect("a pipe");
        let line = BufReader::new(told).lines().map_while(Result::ok).find(|line| line.contains("on port "));
        let line = line.expect("chromedriver tells its port");
        let port = line.rsplit("on port ").next().unwrap_or_default().trim_end_matches('.');
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
