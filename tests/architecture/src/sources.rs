//! How large a file may grow before it hides its own structure.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

/// Lines of a source file: above this, it is two things.
const FILE_LIMIT: usize = 500;

/// Lines of a `lib.rs`, which declares and re-exports only.
const LIBRARY_LIMIT: usize = 80;

/// What we write by hand, by the extension of its name.
const LANGUAGES: [&str; 6] = ["css", "html", "js", "rs", "sh", "sql"];

/// Folders that hold nothing written by hand.
const SKIPPED: [&str; 3] = ["data", "node_modules", "target"];

#[test]
fn no_source_file_is_too_long() {
    let offenders = longer_than(FILE_LIMIT, |_| true);

    assert!(offenders.is_empty(), "more than {FILE_LIMIT} lines:\n{}", offenders.join("\n"));
}

#[test]
fn each_library_only_declares_and_re_exports() {
    let offenders = longer_than(LIBRARY_LIMIT - 1, |file| file.ends_with("src/lib.rs"));

    assert!(offenders.is_empty(), "not under {LIBRARY_LIMIT} lines:\n{}", offenders.join("\n"));
}

/// The chosen files with more lines than that, as `lines path`.
fn longer_than(limit: usize, chosen: impl Fn(&Path) -> bool) -> Vec<String> {
    let files = sources(root());
    assert!(!files.is_empty(), "no source was found below {}", root().display());
    files
        .into_iter()
        .filter(|file| chosen(file))
        .filter_map(|file| {
            let lines = fs::read_to_string(&file).expect("a source is UTF-8").lines().count();
            let path = file.strip_prefix(root()).unwrap_or(&file);
            (lines > limit).then(|| format!("{lines} {}", path.display()))
        })
        .collect()
}

/// The sources below a folder, in order.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder can be listed")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| !is_skipped(path))
        .collect();
    entries.sort();
    entries
        .into_iter()
        .flat_map(|path| match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => sources(&path),
            Some(extension) if LANGUAGES.contains(&extension) => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

fn is_skipped(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || SKIPPED.contains(&&*name)
}
