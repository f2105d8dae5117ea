//! Requests without route: static files, their wrong methods and unknown paths.

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use kernel::AppError;

use crate::error::HttpError;
use crate::failure::Failure;
use crate::request_context::RequestContext;
use crate::static_files::{StaticFile, StaticFiles};

/// The methods of a static file.
const FILE_METHODS: &str = "GET, HEAD, OPTIONS";
/// First path segments below which all errors are JSON.
const PROGRAM_PATHS: [&str; 3] = ["api", "web", "ws"];

/// Responds to a request without route.
///
/// # Errors
/// `not_found`, or `method_not_allowed` with an `Allow` header.
pub async fn respond(request: &HttpRequest, files: &StaticFiles) -> Result<HttpResponse, Failure> {
    let path = request.path();
    let file = files.find(path);
    if let (Some(file), &Method::GET) = (&file, request.method()) {
        return file.respond(request.headers()).await;
    }
    if file.is_some() {
        let allowed = HeaderValue::from_static(FILE_METHODS);
        RequestContext::of(request)?.allow.replace(Some(allowed));
        return Ok(refuse_method(request.method())?);
    }
    match files.page_not_found() {
        Some(client) if is_page_visit(request) => client_not_found(client, request).await,
        _ => Err(HttpError::NotFound.into()),
    }
}

/// Responds to a method that a path lacks. The middleware adds the `Allow` header.
///
/// # Errors
/// `method_not_allowed`, unless the client asks for the methods.
pub(crate) fn refuse_method(method: &Method) -> Result<HttpResponse, AppError> {
    if method == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(HttpError::MethodNotAllowed.into())
}

/// Whether a browser navigates to the path.
fn is_page_visit(request: &HttpRequest) -> bool {
    let first = request.path().split('/').nth(1).unwrap_or_default();
    let accepted = request.headers().get(header::ACCEPT);
    let accepts_html = accepted
        .and_then(|accepted| accepted.to_str().ok())
        .is_some_and(|accepted| accepted.contains("text/html"));
    accepts_html && request.method() == Method::GET && !PROGRAM_PATHS.contains(&first)
}

/// The web client with status 404; it shows the error itself.
async fn client_not_found(
    client: &StaticFile,
    request: &HttpRequest,
) -> Result<HttpResponse, Failure> {
    let mut response = client.respond(request.headers()).await?;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().remove(header::ETAG);
    Ok(response)
}
