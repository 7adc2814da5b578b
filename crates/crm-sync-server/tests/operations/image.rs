//! The image, by its steps: there is no engine here to build it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::program::{answered, bare, root, serve};

/// The user that the image runs as.
const NOBODY: u32 = 65_532;

/// An instruction and its arguments.
fn instructions() -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(root().join("Dockerfile")).unwrap();
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let words = |line: &str| {
        let mut words =
            line.split_whitespace().map(|word| word.trim_matches(['[', ']', ',', '"']).to_owned());
        (words.next().unwrap(), words.collect())
    };
    lines.map(words).collect()
}

fn of<'a>(all: &'a [(String, Vec<String>)], name: &'a str) -> impl Iterator<Item = &'a Vec<String>> {
    all.iter().filter(move |(instruction, _)| instruction == name).map(|(_, arguments)| arguments)
}

/// What an image gets of the workspace, and where.
fn copied(all: &[(String, Vec<String>)]) -> Vec<String> {
    let from_here = of(all, "COPY").filter(|arguments| !arguments[0].starts_with("--from"));
    from_here.flat_map(|arguments| arguments[..arguments.len() - 1].to_vec()).collect()
}

#[test]
fn the_image_gets_all_that_the_build_needs_and_nothing_else() {
    let sources = copied(&instructions());
    let ignored = fs::read_to_string(root().join(".dockerignore")).unwrap();
    for source in &sources {
        assert!(root().join(source).exists(), "{source}");
        assert!(ignored.lines().any(|line| line.strip_prefix('!') == Some(source)), "{source} is ignored");
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, members) = manifest.split_once("members = [").unwrap();
    let (members, _) = members.split_once(']').unwrap();
    for member in
        members.split(',').map(|member| member.trim().trim_matches('"')).filter(|name| !name.is_empty())
    {
        let folder = member.split('/').next().unwrap();
        assert!(sources.iter().any(|source| source == folder), "{member} is not copied");
    }
}

#[test]
fn the_build_of_the_image_is_one_that_this_workspace_has() {
    let all = instructions();
    let run: Vec<_> = of(&all, "RUN").map(|words| words.join(" ")).collect();
    assert_eq!(run, ["cargo build --release --locked --package crm-sync-server", "mkdir /data"]);
    assert!(root().join("Cargo.lock").exists());
    let program = of(&all, "COPY").find(|words| words[1].contains("target/release")).unwrap();
    assert!(program[1].ends_with(concat!("target/release/", env!("CARGO_PKG_NAME"))), "{program:?}");
    assert_eq!(of(&all, "ENTRYPOINT").next().unwrap()[0], program[2]);
    let rust = format!("rust:{}", env!("CARGO_PKG_RUST_VERSION"));
    assert!(of(&all, "FROM").next().unwrap()[0].starts_with(&rust), "the base has another Rust");
}

#[test]
fn the_program_asks_for_no_library_that_the_image_lacks() {
    let ldd = Command::new("ldd").arg(env!("CARGO_BIN_EXE_crm-sync-server")).output().unwrap();
    let libraries = String::from_utf8(ldd.stdout).unwrap();
    for line in libraries.lines() {
        let name = line.split_whitespace().next().unwrap().rsplit('/').next().unwrap();
        let is_there = ["libc.", "libm.", "libgcc_s.", "ld-linux", "linux-vdso"]
            .iter()
            .any(|known| name.starts_with(known));
        assert!(is_there, "{line}");
    }
}

#[tokio::test]
async fn the_program_starts_as_the_image_starts_it() {
    let all = instructions();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("crm-sync-server");
    fs::copy(env!("CARGO_BIN_EXE_crm-sync-server"), &program).unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if is_root {
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::chown(&data, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = bare(&program);
    if is_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
        .current_dir("/")
        .args(of(&all, "CMD").next().unwrap())
        .env("CRM_SYNC_API_KEY", "sixteen-or-more-letters");
    for setting in of(&all, "ENV") {
        let (name, value) = setting[0].split_once('=').unwrap();
        let value = if name == "CRM_SYNC_DATA" { data.to_str().unwrap() } else { value };
        command.env(name, if name == "CRM_SYNC_BIND" { "0.0.0.0:0" } else { value });
    }

    let (_server, address) = serve(&mut command);

    let port = address.rsplit(':').next().unwrap();
    let client = reqwest::Client::new();
    let health = answered(&client, &format!("http://127.0.0.1:{port}/healthz")).await;
    assert_eq!(health.status(), 200);
    let ready = client.get(format!("http://127.0.0.1:{port}/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 200, "{}", ready.text().await.unwrap());
    assert!(Path::new(&data).join("crm.db").exists());
    assert_eq!(of(&all, "USER").next().unwrap()[0], format!("{NOBODY}:{NOBODY}"));
}
