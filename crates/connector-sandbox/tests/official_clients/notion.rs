//! @notionhq/client and notion-client: today's, and the last ones that speak 2022-06-28.

use std::path::PathBuf;
use std::sync::LazyLock;

use connector_sandbox::{Sandbox, Settings};

use crate::client::{interpreter, node, python, run_against_notion};

static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| interpreter("requirements-notion.txt"));
static OLD_PYTHON: LazyLock<PathBuf> = LazyLock::new(|| interpreter("requirements-notion-2022.txt"));

#[test]
fn notion_js_tours_the_sandbox_in_its_own_version() {
    run_against_notion(&workspace(), node("notion_js_tour.cjs"));
}

#[test]
fn notion_js_tours_the_sandbox_in_the_newest_version() {
    let mut script = node("notion_js_tour.cjs");
    script.env("SANDBOX_NOTION_VERSION", "2026-03-11");
    run_against_notion(&workspace(), script);
}

#[test]
fn notion_js_before_data_sources_tours_the_sandbox() {
    run_against_notion(&workspace(), node("notion_js_2022_tour.cjs"));
}

#[test]
fn what_the_sandbox_answers_has_the_types_that_notion_js_declares() {
    run_against_notion(&workspace(), node("notion_js_types.cjs"));
}

#[test]
fn notion_client_tours_the_sandbox_in_its_own_version() {
    run_against_notion(&workspace(), python(&PYTHON, "notion_client_tour"));
}

#[test]
fn notion_client_tours_the_sandbox_in_the_newest_version() {
    let mut script = python(&PYTHON, "notion_client_tour");
    script.env("SANDBOX_NOTION_VERSION", "2026-03-11");
    run_against_notion(&workspace(), script);
}

#[test]
fn notion_client_before_data_sources_tours_the_sandbox() {
    run_against_notion(&workspace(), python(&OLD_PYTHON, "notion_client_2022_tour.py"));
}

/// A sandbox with more deals than two pages of a list hold.
fn workspace() -> Sandbox {
    Sandbox::start(Settings { deals: 250, ..Settings::default() }).unwrap()
}
