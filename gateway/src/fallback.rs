//! Requests without route.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use http_kit::Failure;

use crate::sockets::handshake;
use crate::state::AppState;

/// Responds to a request without route.
///
/// # Errors
/// `not_found`, `method_not_allowed`.
pub(crate) async fn respond(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    if is_socket(&request) {
        let transport = handshake::transport(&request);
        return Ok(realtime::open_unknown(&request, body, transport).await?);
    }
    state.web_files.respond(&request).await
}

/// Whether the request opens a socket below the path of sockets.
fn is_socket(request: &HttpRequest) -> bool {
    let upgrade = request.headers().get(header::UPGRADE);
    let is_upgrade =
        upgrade.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"));
    is_upgrade && request.method() == Method::GET && request.path().starts_with("/ws/")
}
