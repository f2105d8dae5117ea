//! Protection against cross-site requests: browsers send cookies by themselves, so requests that act on
//! a cookie must come from a page of this server.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use kernel::AppError;

use crate::body;
use crate::error::HttpError;
use crate::state::HttpState;

/// The page that sent a request, according to its headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Initiator {
    /// A page of this server.
    SameOrigin,
    /// A page of another origin.
    CrossOrigin,
    /// Not a browser, or an old one.
    Unknown,
}

/// Requires that the request comes from a page of this server and has a JSON body. For handlers that
/// act on a cookie.
///
/// # Errors
/// `auth.cross_origin`, `unsupported_media_type`.
pub fn require_own_page(request: &HttpRequest) -> Result<(), AppError> {
    if initiator(request)? != Initiator::SameOrigin {
        return Err(HttpError::CrossOrigin.into());
    }
    require_json(request)
}

/// Refuses requests from pages of other sites, and requires a JSON body. For handlers that set a cookie.
///
/// # Errors
/// `auth.cross_origin`, `unsupported_media_type`.
pub fn refuse_other_sites(request: &HttpRequest) -> Result<(), AppError> {
    if initiator(request)? == Initiator::CrossOrigin {
        return Err(HttpError::CrossOrigin.into());
    }
    require_json(request)
}

fn require_json(request: &HttpRequest) -> Result<(), AppError> {
    if body::is_json(request.headers()) {
        return Ok(());
    }
    Err(HttpError::UnsupportedMediaType.into())
}

fn initiator(request: &HttpRequest) -> Result<Initiator, AppError> {
    let own = HttpState::of(request)?.config.public_url.origin();
    Ok(initiator_of(request.headers(), own))
}

/// Whether the `Origin` header names this server, for sockets: browsers send no other header there.
#[must_use]
pub fn is_own_origin(headers: &HeaderMap, own: &str) -> bool {
    let mut origin = HeaderMap::new();
    for name in [header::ORIGIN, header::HOST] {
        if let Some(value) = headers.get(&name) {
            origin.insert(name, value.clone());
        }
    }
    initiator_of(&origin, own) == Initiator::SameOrigin
}

/// Evaluates `Sec-Fetch-Site`, or `Origin` for older browsers. The latter may also name the host that
/// the request was sent to, as that host was checked before.
fn initiator_of(headers: &HeaderMap, own: &str) -> Initiator {
    let text = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return if site == "same-origin" {
            Initiator::SameOrigin
        } else {
            Initiator::CrossOrigin
        };
    }
    let Some(origin) = text(header::ORIGIN) else {
        return Initiator::Unknown;
    };
    let (scheme, host) = (own.split("://").next(), text(header::HOST));
    let requested = scheme
        .zip(host)
        .map(|(scheme, host)| format!("{scheme}://{host}"));
    if origin == own || requested.is_some_and(|requested| requested == origin) {
        Initiator::SameOrigin
    } else {
        Initiator::CrossOrigin
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn sent(headers: &[(&'static str, &'static str)]) -> Initiator {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        initiator_of(&map, "https://play.example.org")
    }

    #[test]
    fn initiator_prefers_sec_fetch_site() {
        let own = ("origin", "https://play.example.org");
        assert_eq!(
            sent(&[("sec-fetch-site", "same-origin")]),
            Initiator::SameOrigin
        );
        assert_eq!(
            sent(&[("sec-fetch-site", "same-site"), own]),
            Initiator::CrossOrigin
        );
        assert_eq!(
            sent(&[("sec-fetch-site", "cross-site"), own]),
            Initiator::CrossOrigin
        );
        assert_eq!(sent(&[("sec-fetch-site", "none")]), Initiator::CrossOrigin);
    }

    #[test]
    fn initiator_compares_the_whole_origin() {
        assert_eq!(
            sent(&[("origin", "https://play.example.org")]),
            Initiator::SameOrigin
        );
        assert_eq!(
            sent(&[("origin", "https://play.example.org.evil.org")]),
            Initiator::CrossOrigin
        );
        assert_eq!(
            sent(&[("origin", "http://play.example.org")]),
            Initiator::CrossOrigin
        );
        assert_eq!(sent(&[("origin", "null")]), Initiator::CrossOrigin);
        assert_eq!(sent(&[]), Initiator::Unknown);
        let other_name = [
            ("origin", "https://alias.example.org"),
            ("host", "alias.example.org"),
        ];
        assert_eq!(sent(&other_name), Initiator::SameOrigin);
    }
}
