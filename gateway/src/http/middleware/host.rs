//! Requests for other names than ours are refused, so that no page elsewhere can reach a server on
//! somebody's own machine by pointing a name of its own at it.

use actix_http::RequestHead;
use actix_web::http::header;

use crate::error::Error;
use crate::http::config::HttpConfig;

/// Probes and scrapers reach a server by its address, and learn nothing that depends on a name.
const ANY_NAME: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Checks the name that a request is for.
///
/// # Errors
/// It is none of ours, or there is none, or there are two.
pub(super) fn check(head: &RequestHead, site: &HttpConfig) -> Result<(), Error> {
    if ANY_NAME.contains(&head.uri.path()) {
        return Ok(());
    }
    let mut names = head.headers.get_all(header::HOST);
    let (Some(name), None) = (names.next(), names.next()) else {
        return Err(Error::UnknownHost);
    };
    let named = |name: &str| site.is_allowed_host(name);
    let ours = name.to_str().is_ok_and(named);
    // A request line with a whole URL in it names the server a second time.
    let ours_too = head
        .uri
        .authority()
        .is_none_or(|authority| named(authority.as_str()));
    if ours && ours_too {
        return Ok(());
    }
    Err(Error::UnknownHost)
}
