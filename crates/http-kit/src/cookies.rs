//! Cookies: the refresh token of a browser session, and the id of a known device.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::time;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{self, HeaderMap};
use kernel::{AppError, Secret};

use crate::error::HttpError;
use crate::public_url::PublicUrl;
use crate::same_origin;
use crate::state::HttpState;

/// Name of the cookie with the refresh token.
const REFRESH: &str = "courtside_refresh";
/// Name of the cookie that identifies a known device.
const DEVICE: &str = "courtside_device";
/// Lifetime of the device cookie; browsers keep no cookie for longer.
const DEVICE_MAX_AGE: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// Path of the cookies over plain HTTP; the same routes are served below `/api` and `/api/v1`.
const PATH: &str = "/api";
/// Prefix of the names over HTTPS. Browsers accept such a cookie only from this host, over HTTPS and
/// for all paths, so that no other host of the domain can plant one.
const HOST_PREFIX: &str = "__Host-";

/// The cookie with a refresh token.
#[must_use]
pub fn refresh(token: &Secret, max_age: Duration, url: &PublicUrl) -> Cookie<'static> {
    build(REFRESH, token.expose().to_owned(), max_age, url)
}

/// The cookie that identifies a known device.
#[must_use]
pub fn known_device(value: &Secret, url: &PublicUrl) -> Cookie<'static> {
    build(DEVICE, value.expose().to_owned(), DEVICE_MAX_AGE, url)
}

/// Removes the refresh cookie.
#[must_use]
pub fn cleared(url: &PublicUrl) -> Cookie<'static> {
    build(REFRESH, String::new(), Duration::ZERO, url)
}

/// Removes a refresh cookie with the name for plain HTTP if the server is reached over HTTPS, where it
/// is not accepted, as another host of the domain may have planted it.
#[must_use]
pub fn outdated(request: &HttpRequest, url: &PublicUrl) -> Option<Cookie<'static>> {
    let carried = named(request.headers(), REFRESH).next().is_some();
    (carried && url.is_https()).then(|| {
        let mut cookie = Cookie::build(REFRESH, "").path(PATH).secure(true).finish();
        cookie.make_removal();
        cookie
    })
}

fn build(name: &str, value: String, max_age: Duration, url: &PublicUrl) -> Cookie<'static> {
    let seconds = i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX);
    Cookie::build(full_name(name, url), value)
        .path(if url.is_https() { "/" } else { PATH })
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(!url.is_plain_localhost())
        .max_age(time::Duration::seconds(seconds))
        .finish()
}

fn full_name(name: &str, url: &PublicUrl) -> String {
    let prefix = if url.is_https() { HOST_PREFIX } else { "" };
    format!("{prefix}{name}")
}

/// The values of all cookies with this name. The rest of the header is ignored: another host of the
/// domain may have set anything.
fn named<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .get_all(header::COOKIE)
        .flat_map(|header| header.as_bytes().split(|byte| *byte == b';'))
        .filter_map(move |pair| {
            let value = pair.trim_ascii().strip_prefix(name.as_bytes())?;
            value.strip_prefix(b"=")
        })
}

/// The refresh token in the cookie. Handlers that act on it use [`refresh_token`], which checks the
/// origin of the request.
///
/// # Errors
/// There are two refresh cookies, one of which was planted.
pub fn refresh_cookie(request: &HttpRequest) -> Result<Option<Secret>, AppError> {
    match carried(request, REFRESH)?.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone()).filter(|token| !token.expose().is_empty())),
        _ => Err(HttpError::DuplicateCookie.into()),
    }
}

/// The id of the known device, if the request has exactly one such cookie.
///
/// # Errors
/// Internal, if the request did not pass the middleware.
pub fn device(request: &HttpRequest) -> Result<Option<Secret>, AppError> {
    let mut values = carried(request, DEVICE)?;
    Ok(values.pop().filter(|_| values.is_empty()))
}

fn carried(request: &HttpRequest, name: &str) -> Result<Vec<Secret>, AppError> {
    let name = full_name(name, &HttpState::of(request)?.config.public_url);
    let values = named(request.headers(), &name);
    Ok(values
        .map(|value| Secret::new(String::from_utf8_lossy(value)))
        .collect())
}

/// The refresh token of a request: from the body, or else from the cookie, in which case the request
/// must come from a page of this server.
///
/// # Errors
/// Body and cookie carry different tokens, there are two refresh cookies, or a page of another site
/// sent the cookie.
pub fn refresh_token(
    request: &HttpRequest,
    body: Option<Secret>,
) -> Result<Option<Secret>, AppError> {
    match (body, refresh_cookie(request)?) {
        (Some(body), Some(cookie)) if body != cookie => Err(HttpError::AmbiguousCredentials.into()),
        (None, Some(cookie)) => {
            same_origin::require_own_page(request)?;
            Ok(Some(cookie))
        }
        (body, _) => Ok(body),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    use super::*;

    fn public() -> PublicUrl {
        PublicUrl::parse("https://play.example.org").unwrap()
    }

    #[test]
    fn refresh_cookie_has_all_protective_attributes() {
        let cookie = refresh(&Secret::new("abc"), Duration::from_secs(60), &public()).to_string();
        let expected =
            "__Host-courtside_refresh=abc; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=60";
        assert_eq!(cookie, expected);
    }

    #[test]
    fn cookies_are_secure_except_on_plain_localhost() {
        let secure = |url| cleared(&PublicUrl::parse(url).unwrap()).secure() == Some(true);
        assert!(!secure("http://localhost:8080"));
        assert!(secure("http://192.168.1.5:8080"));
        assert!(secure("https://localhost"));
    }

    #[test]
    fn cleared_cookie_expires_at_once() {
        let cookie = cleared(&PublicUrl::local(80));
        assert_eq!(
            (cookie.value(), cookie.max_age()),
            ("", Some(time::Duration::ZERO))
        );
    }

    #[test]
    fn outdated_removes_the_cookie_of_plain_http() {
        let with = TestRequest::default()
            .insert_header((header::COOKIE, "courtside_refresh=abc"))
            .to_http_request();
        let without = TestRequest::default()
            .insert_header((header::COOKIE, "__Host-courtside_refresh=abc"))
            .to_http_request();
        let removal = outdated(&with, &public()).unwrap();
        assert_eq!((removal.name(), removal.path()), (REFRESH, Some("/api")));
        assert_eq!(removal.max_age(), Some(time::Duration::ZERO));
        assert!(outdated(&without, &public()).is_none());
        assert!(outdated(&with, &PublicUrl::local(80)).is_none());
    }

    #[test]
    fn named_finds_all_cookies_among_malformed_ones() {
        let mut headers = HeaderMap::new();
        let first = HeaderValue::from_bytes(b"x=\xff; a=1;aa=2; a; a=3").unwrap();
        headers.append(header::COOKIE, first);
        headers.append(header::COOKIE, HeaderValue::from_static("a="));
        let found: Vec<&[u8]> = named(&headers, "a").collect();
        assert_eq!(found, [&b"1"[..], b"3", b""]);
    }
}
