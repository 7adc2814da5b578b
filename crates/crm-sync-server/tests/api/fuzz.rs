//! Anything at all is sent to every documented address, by schemathesis: no answer is a server error, and none is
//! undocumented, by status or by body.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use rstest::rstest;

use crate::house::House;
use crate::place::Kind;

/// How long each database is tried, in seconds.
const SECONDS: &str = "45";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,unsupported_method";
/// Where its Python is.
static PROGRAMS: LazyLock<PathBuf> = LazyLock::new(|| {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR"));
    test_packages::python(&Path::new(FOLDER).join("requirements.txt"), cache)
});
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/fuzz");

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_gets_an_undocumented_answer(#[case] kind: Kind) {
    // The tokens are the environment's, so that no request can take them away.
    let house = House::with_tokens(kind).await;
    house.connect().await;
    house.deal("Atelier Morin");
    let address = format!("http://{}/api/openapi.json", house.address);
    let ran = tokio::task::spawn_blocking(move || schemathesis(&address)).await.unwrap();
    assert!(ran.0, "{}", ran.1);
    house.get("/readyz").await.ok(200);
    house.close().await;
}

/// Whether it found nothing, and what it said.
#[expect(clippy::print_stdout, reason = "a seed is printed")]
fn schemathesis(address: &str) -> (bool, String) {
    let seed = std::env::var("FUZZ_SEED").unwrap_or_else(|_| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        now.subsec_nanos().to_string()
    });
    println!("seed {seed}: again with FUZZ_SEED={seed}");
    let folder = tempfile::tempdir().unwrap();
    let config = Path::new(FOLDER).join("schemathesis.toml");
    let output = Command::new(PROGRAMS.join("python"))
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(config)
        .args(["run", address, "--max-time", SECONDS, "--seed", &seed, "--checks", CHECKS])
        .args(["--request-timeout", "30", "--continue-on-failure", "--suppress-health-check", "all"])
        .args(["--generation-database", "none", "--warnings", "off"])
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}
