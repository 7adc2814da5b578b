//! What is at each address, as OpenAPI has it: made from the handlers, so that it cannot leave them.

use std::sync::Arc;

use actix_web::{HttpResponse, get, web};
use utoipa::OpenApi as _;
use utoipa::openapi::{OpenApi, PathItem};
use utoipa_actix_web::AppExt as _;

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "crm-sync-server",
    description = "Keeps the deals of a CRM in step with Airtable and Notion.",
))]
struct Base;

/// The document, shared by all handlers.
#[derive(Debug, Clone)]
pub struct Documented(pub Arc<OpenApi>);

impl Documented {
    /// The methods of the path, as `Allow` lists them; none if nothing is there.
    #[must_use]
    pub fn methods(&self, path: &str) -> Option<String> {
        let fits = |template: &str| {
            let (mut ours, mut theirs) = (template.split('/'), path.split('/'));
            loop {
                match (ours.next(), theirs.next()) {
                    (None, None) => return true,
                    (Some(part), Some(given)) if part == given => {}
                    (Some(part), Some(given)) if part.starts_with('{') && !given.is_empty() => {}
                    _ => return false,
                }
            }
        };
        let items = self.0.paths.paths.iter().filter(|(template, _)| fits(template));
        let methods: Vec<&str> = items.flat_map(|(_, item)| methods(item)).collect();
        (!methods.is_empty()).then(|| methods.join(", "))
    }
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    let all = [
        ("GET", item.get.is_some()),
        ("PUT", item.put.is_some()),
        ("POST", item.post.is_some()),
        ("DELETE", item.delete.is_some()),
        ("PATCH", item.patch.is_some()),
    ];
    all.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect()
}

/// The document of [`configure`](super::configure)'s addresses.
#[must_use]
pub fn document() -> OpenApi {
    let app = actix_web::App::new().into_utoipa_app().openapi(Base::openapi());
    let mut document = app.configure(super::configure).split_for_parts().1;
    super::v1::complete(&mut document);
    document
}

/// This document.
#[utoipa::path(tag = "documentation", responses((status = 200, description = "An OpenAPI document.", body = Object)))]
#[get("/api/openapi.json")]
pub(crate) async fn read_document(documented: web::Data<Documented>) -> HttpResponse {
    HttpResponse::Ok().json(&*documented.0)
}
