//! What is at no address, or not with this method.

use actix_web::{HttpRequest, HttpResponse, web};

use super::Documented;
use crate::web::Refusal;

/// Says which methods there are, or that nothing is there.
pub async fn fallback(
    request: HttpRequest,
    documented: web::Data<Documented>,
) -> Result<HttpResponse, Refusal> {
    Err(documented.methods(request.path()).map_or(Refusal::Path, |allow| Refusal::Method { allow }))
}
