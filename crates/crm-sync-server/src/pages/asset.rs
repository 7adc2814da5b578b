//! The files beside the pages: the style sheet, the modules, the icon. They are part of the program.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Path;
use sha2::{Digest as _, Sha256};

use super::trouble::{Answer, Trouble};

/// A file and its type.
struct Asset {
    name: &'static str,
    kind: &'static str,
    contents: &'static str,
}

macro_rules! assets {
    ($($name:literal: $kind:expr;)+) => {
        const ASSETS: &[Asset] =
            &[$(Asset { name: $name, kind: $kind, contents: include_str!(concat!("../../assets/", $name)) }),+];
    };
}

const STYLE: &str = "text/css; charset=utf-8";
const MODULE: &str = "text/javascript; charset=utf-8";

assets! {
    "style.css": STYLE;
    "icon.svg": "image/svg+xml";
    "page.js": MODULE;
    "mapping.js": MODULE;
    "plan.js": MODULE;
    "run.js": MODULE;
}

/// The folder of the files in addresses: another one whenever a file changes, so that browsers may keep them for ever.
static FOLDER: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for asset in ASSETS {
        digest.update(asset.contents);
    }
    let start: u64 = digest.finalize().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    format!("/assets/{start:016x}")
});

/// The folder of the files in addresses.
pub(super) fn folder() -> &'static str {
    &FOLDER
}

pub(super) async fn serve(path: Path<(String, String)>) -> Answer {
    let (_, name) = path.into_inner();
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or(Trouble::Missing)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.kind))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(asset.contents))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_asks_another_host_for_anything() {
        for asset in ASSETS {
            let text = asset.contents.replace("http://www.w3.org/", "");
            assert!(!text.contains("http://") && !text.contains("https://"), "{}", asset.name);
        }
    }

    #[test]
    fn modules_stay_small() {
        for asset in ASSETS.iter().filter(|asset| asset.kind == MODULE) {
            let lines = asset.contents.lines().count();
            assert!(lines <= 150, "{} has {lines} lines", asset.name);
        }
    }
}
