//! Check of the `Host` header. Requests for other hosts are refused, so that no page elsewhere reaches a
//! server on a private network through a DNS name of its own (DNS rebinding).

use actix_http::RequestHead;
use actix_web::http::header;

use crate::config::HttpConfig;
use crate::error::HttpError;

/// Probes and scrapers use the IP address; these responses do not depend on the host.
const ANY_HOST: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Checks the host of a request.
///
/// # Errors
/// It is unknown or missing, or there are two.
pub(super) fn check(head: &RequestHead, config: &HttpConfig) -> Result<(), HttpError> {
    if ANY_HOST.contains(&head.uri.path()) {
        return Ok(());
    }
    let mut names = head.headers.get_all(header::HOST);
    let (Some(name), None) = (names.next(), names.next()) else {
        return Err(HttpError::UnknownHost);
    };
    let is_allowed = |name: &str| config.is_allowed_host(name);
    let host_allowed = name.to_str().is_ok_and(is_allowed);
    // A request line with an absolute URL names the host a second time.
    let authority_allowed = head
        .uri
        .authority()
        .is_none_or(|authority| is_allowed(authority.as_str()));
    if host_allowed && authority_allowed {
        return Ok(());
    }
    Err(HttpError::UnknownHost)
}
