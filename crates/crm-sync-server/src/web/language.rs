//! The language of an answer.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;

use super::Site;
use crate::messages::Lang;

/// The caller's language: the first of ours that `Accept-Language` prefers, else the server's own.
#[must_use]
pub fn of(request: &HttpRequest, site: &Site) -> Lang {
    let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    header.and_then(preferred).unwrap_or(site.app.lang)
}

fn preferred(header: &str) -> Option<Lang> {
    let mut best: Option<(Lang, f32)> = None;
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let Ok(lang) = tag.split('-').next().unwrap_or_default().parse::<Lang>() else { continue };
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
        let weight = weight.unwrap_or(0.0);
        if weight > 0.0 && best.is_none_or(|(_, known)| weight > known) {
            best = Some((lang, weight));
        }
    }
    best.map(|(lang, _)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_ours_with_the_most_weight_is_chosen() {
        for (header, lang) in [
            ("en-GB,en;q=0.9,fr;q=0.8", Some(Lang::En)),
            ("de, en;q=0.5, fr-CA;q=0.7", Some(Lang::Fr)),
            ("fr;q=0, en;q=0.1", Some(Lang::En)),
            ("fr;q=x", None),
            ("de", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(preferred(header), lang, "{header}");
        }
    }
}
