//! Programs in the background, gone with their value.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A program that runs until the value is dropped.
pub(crate) struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "it ended: {:?}", self.child.wait());
        line.trim_end().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The server in an environment of its own; the address of its root.
pub(crate) fn serve(command: &mut Command) -> (Program, String) {
    let mut server = Program::start(command.env("CRM_SYNC_LANG", "en"));
    let line = server.line();
    let (_, address) = line.split_once("http://").unwrap_or_else(|| panic!("{line}"));
    let address = address.split(|letter: char| letter.is_whitespace() || letter == '/').next().unwrap();
    (server, address.to_owned())
}

/// The program with nothing of this machine's environment but `PATH`.
pub(crate) fn bare(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    command
}

/// Asks until there is an answer.
pub(crate) async fn answered(client: &reqwest::Client, url: &str) -> reqwest::Response {
    let begun = Instant::now();
    loop {
        match client.get(url).send().await {
            Ok(answer) => return answer,
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(20), "{url}: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
