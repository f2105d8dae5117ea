//! Requests that no route takes: files of the web client and the documentation, wrong methods, and
//! addresses where there is nothing.

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};

use super::kit::Failure;
use super::kit::request_context::RequestContext;
use super::static_files::File;
use crate::error::Error;
use crate::wiring::AppState;
use crate::ws::handshake;

/// What a page takes.
const OF_PAGES: &str = "GET, HEAD, OPTIONS";
/// How the addresses begin that programs call: there, whatever is refused is JSON.
const FOR_PROGRAMS: [&str; 2] = ["api", "ws"];

/// Answers a request that no route takes.
///
/// # Errors
/// There is nothing at the address, or nothing that takes this method.
pub async fn answer(
    request: HttpRequest,
    body: web::Payload,
    services: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    if is_socket(&request) {
        return handshake::open_unknown(&request, body).await;
    }
    let path = request.path();
    let page = services.pages.find(path);
    if let (Some(page), &Method::GET) = (&page, request.method()) {
        return page.answer(request.headers()).await;
    }
    let of_pages = page.map(|_| OF_PAGES.to_owned());
    let Some(allowed) = services.routes.allowed(path).or(of_pages) else {
        return match services.pages.find("/") {
            Some(client) if is_visit(&request) => nothing_here(client, &request).await,
            _ => Err(Error::NotFound.into()),
        };
    };
    RequestContext::of(&request)?
        .allow
        .replace(HeaderValue::try_from(allowed).ok());
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(Error::MethodNotAllowed.into())
}

/// Whether a socket is to be opened where sockets are, but none is there.
fn is_socket(request: &HttpRequest) -> bool {
    let upgrade = request.headers().get(header::UPGRADE);
    let wanted = upgrade.is_some_and(|wanted| wanted.as_bytes().eq_ignore_ascii_case(b"websocket"));
    wanted && request.method() == Method::GET && request.path().starts_with("/ws/")
}

/// Whether somebody goes there in a browser.
fn is_visit(request: &HttpRequest) -> bool {
    let first = request.path().split('/').nth(1).unwrap_or_default();
    let accepted = request.headers().get(header::ACCEPT);
    let takes_pages = accepted
        .and_then(|accepted| accepted.to_str().ok())
        .is_some_and(|accepted| accepted.contains("text/html"));
    takes_pages && request.method() == Method::GET && !FOR_PROGRAMS.contains(&first)
}

/// The web client, which says by itself that there is no such page.
async fn nothing_here(client: &File, request: &HttpRequest) -> Result<HttpResponse, Failure> {
    let mut answer = client.answer(request.headers()).await?;
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer.headers_mut().remove(header::ETAG);
    Ok(answer)
}
