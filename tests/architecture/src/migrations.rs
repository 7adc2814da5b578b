//! The two folders of migrations, one for each database.

use std::collections::BTreeSet;
use std::fs;

use crate::root;

#[test]
fn both_databases_have_migrations_of_the_same_names() {
    let (postgres, sqlite) = (names("postgres"), names("sqlite"));

    let one_sided: Vec<_> = postgres.symmetric_difference(&sqlite).collect();
    assert!(one_sided.is_empty(), "only one of migrations/postgres and migrations/sqlite has {one_sided:?}");
}

/// Two of one number would be one version to the runner.
#[test]
fn each_migration_has_a_number_of_its_own() {
    let names = names("sqlite");

    let numbers: BTreeSet<_> = names.iter().filter_map(|name| name.split('_').next()).collect();
    assert_eq!(numbers.len(), names.len(), "{names:?}");
}

#[track_caller]
fn names(database: &str) -> BTreeSet<String> {
    let folder = root().join("migrations").join(database);
    fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
