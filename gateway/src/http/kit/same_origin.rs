//! Requests that act on a cookie, which a browser sends by itself, must come from our own pages.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use kernel::AppError;

use super::body;
use crate::error::Error;
use crate::wiring::AppState;

/// What the headers of a request tell about the page it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    /// Our own page.
    Own,
    /// Another site's page.
    Other,
    /// No browser, or none that says.
    Unknown,
}

/// Demands that the request comes from a page of ours and carries JSON: for all that acts on a
/// cookie.
///
/// # Errors
/// It does not.
pub fn demand(request: &HttpRequest) -> Result<(), AppError> {
    if sender(request)? != Sender::Own {
        return Err(Error::CrossOrigin.into());
    }
    demand_json(request)
}

/// Refuses what another site's page sends; programs without pages pass. For what sets a cookie.
///
/// # Errors
/// Another site's page sent it.
pub fn refuse_others(request: &HttpRequest) -> Result<(), AppError> {
    if sender(request)? == Sender::Other {
        return Err(Error::CrossOrigin.into());
    }
    demand_json(request)
}

fn demand_json(request: &HttpRequest) -> Result<(), AppError> {
    if body::is_json(request.headers()) {
        return Ok(());
    }
    Err(Error::UnsupportedMediaType.into())
}

fn sender(request: &HttpRequest) -> Result<Sender, AppError> {
    let services = AppState::of(request)?;
    let own = services.site.public_url.origin();
    Ok(judge(request.headers(), own))
}

/// Whether an `Origin` header names our own pages, for sockets: browsers send no other hint there.
pub fn is_own_origin(headers: &HeaderMap, services: &AppState) -> bool {
    let mut origin = HeaderMap::new();
    for name in [header::ORIGIN, header::HOST] {
        if let Some(value) = headers.get(&name) {
            origin.insert(name, value.clone());
        }
    }
    judge(&origin, services.site.public_url.origin()) == Sender::Own
}

/// Browsers tell by `Sec-Fetch-HttpConfig`, older ones by `Origin`. The latter may also name the host
/// that the request was sent to, as that host was checked before.
fn judge(headers: &HeaderMap, own: &str) -> Sender {
    let text = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return if site == "same-origin" {
            Sender::Own
        } else {
            Sender::Other
        };
    }
    let Some(origin) = text(header::ORIGIN) else {
        return Sender::Unknown;
    };
    let (scheme, host) = (own.split("://").next(), text(header::HOST));
    let asked = scheme
        .zip(host)
        .map(|(scheme, host)| format!("{scheme}://{host}"));
    if origin == own || asked.is_some_and(|asked| asked == origin) {
        Sender::Own
    } else {
        Sender::Other
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn sent(headers: &[(&'static str, &'static str)]) -> Sender {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        judge(&map, "https://play.example.org")
    }

    #[test]
    fn the_fetch_site_decides_before_the_origin() {
        let own = ("origin", "https://play.example.org");
        assert_eq!(sent(&[("sec-fetch-site", "same-origin")]), Sender::Own);
        assert_eq!(sent(&[("sec-fetch-site", "same-site"), own]), Sender::Other);
        assert_eq!(
            sent(&[("sec-fetch-site", "cross-site"), own]),
            Sender::Other
        );
        assert_eq!(sent(&[("sec-fetch-site", "none")]), Sender::Other);
    }

    #[test]
    fn without_it_the_origin_must_be_ours_to_the_letter() {
        assert_eq!(sent(&[("origin", "https://play.example.org")]), Sender::Own);
        assert_eq!(
            sent(&[("origin", "https://play.example.org.evil.org")]),
            Sender::Other
        );
        assert_eq!(
            sent(&[("origin", "http://play.example.org")]),
            Sender::Other
        );
        assert_eq!(sent(&[("origin", "null")]), Sender::Other);
        assert_eq!(sent(&[]), Sender::Unknown);
        let other_name = [
            ("origin", "https://alias.example.org"),
            ("host", "alias.example.org"),
        ];
        assert_eq!(sent(&other_name), Sender::Own);
    }
}
