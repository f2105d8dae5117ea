//! Requests that no route takes: files of the web client and the documentation, wrong methods, and
//! addresses where there is nothing.

use actix_web::http::Method;
use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, HttpResponse, web};

use super::kit::Failure;
use super::kit::facts::Facts;
use crate::error::Error;
use crate::wiring::Services;

/// What a page takes.
const OF_PAGES: &str = "GET, HEAD, OPTIONS";

/// Answers a request that no route takes.
///
/// # Errors
/// There is nothing at the address, or nothing that takes this method.
pub async fn answer(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Failure> {
    let path = request.path();
    let page = services.pages.find(path);
    if let (Some(page), &Method::GET) = (&page, request.method()) {
        return page.answer(request.headers()).await;
    }
    let of_pages = page.map(|_| OF_PAGES.to_owned());
    let Some(allowed) = services.routes.allowed(path).or(of_pages) else {
        return Err(Error::NotFound.into());
    };
    Facts::of(&request)?
        .allow
        .replace(HeaderValue::try_from(allowed).ok());
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(Error::MethodNotAllowed.into())
}
