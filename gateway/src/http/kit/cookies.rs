//! The cookies of a browser: its refresh token, and what it is known again by.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::time;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{self, HeaderMap};
use kernel::{AppError, Secret};

use super::same_origin;
use crate::config::PublicUrl;
use crate::error::Error;
use crate::wiring::AppState;

/// Holds the refresh token.
const REFRESH: &str = "courtside_refresh";
/// Tells which accounts the browser was signed in to.
const DEVICE: &str = "courtside_device";
/// How long a browser is known; none keeps a cookie for longer.
const DEVICE_LASTS: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// Where they are sent over plain HTTP: the same routes are served at `/api` and `/api/v1`.
const PATH: &str = "/api";
/// Over HTTPS the name begins so: browsers then take the cookie from this very host alone, over
/// HTTPS and for all paths, so that no other host of the domain can plant one.
const HOST_PREFIX: &str = "__Host-";

/// The cookie with this refresh token.
#[must_use]
pub fn refresh(token: &Secret, lasts: Duration, site: &PublicUrl) -> Cookie<'static> {
    build(REFRESH, token.expose().to_owned(), lasts, site)
}

/// The cookie that a browser is known again by.
#[must_use]
pub fn known_device(value: &Secret, site: &PublicUrl) -> Cookie<'static> {
    build(DEVICE, value.expose().to_owned(), DEVICE_LASTS, site)
}

/// Removes the refresh cookie.
#[must_use]
pub fn cleared(site: &PublicUrl) -> Cookie<'static> {
    build(REFRESH, String::new(), Duration::ZERO, site)
}

/// Removes the refresh cookie that carries the name for plain HTTP, where the site is served over
/// HTTPS: it is not accepted there, as another host of the domain may have planted it.
#[must_use]
pub fn outdated(request: &HttpRequest, site: &PublicUrl) -> Option<Cookie<'static>> {
    let carried = named(request.headers(), REFRESH).next().is_some();
    (carried && site.is_https()).then(|| {
        let mut cookie = Cookie::build(REFRESH, "").path(PATH).secure(true).finish();
        cookie.make_removal();
        cookie
    })
}

fn build(name: &str, value: String, lasts: Duration, site: &PublicUrl) -> Cookie<'static> {
    let seconds = i64::try_from(lasts.as_secs()).unwrap_or(i64::MAX);
    Cookie::build(full_name(name, site), value)
        .path(if site.is_https() { "/" } else { PATH })
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(!site.is_plain_localhost())
        .max_age(time::Duration::seconds(seconds))
        .finish()
}

fn full_name(name: &str, site: &PublicUrl) -> String {
    let prefix = if site.is_https() { HOST_PREFIX } else { "" };
    format!("{prefix}{name}")
}

/// The values of all cookies of this name. What else the header carries is not looked at: another
/// host of the domain may have put anything there.
fn named<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .get_all(header::COOKIE)
        .flat_map(|header| header.as_bytes().split(|byte| *byte == b';'))
        .filter_map(move |pair| {
            let value = pair.trim_ascii().strip_prefix(name.as_bytes())?;
            value.strip_prefix(b"=")
        })
}

/// The refresh token in the cookie of a request. What acts on it must ask [`refresh_token`], which
/// checks where the request comes from.
///
/// # Errors
/// There are two refresh cookies: one of them was planted.
pub fn refresh_cookie(request: &HttpRequest) -> Result<Option<Secret>, AppError> {
    match carried(request, REFRESH)?.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone()).filter(|token| !token.expose().is_empty())),
        _ => Err(Error::DuplicateCookie.into()),
    }
}

/// What the browser was known by before, where it carries just one such cookie.
///
/// # Errors
/// Never in practice: the request came through the front door.
pub fn device(request: &HttpRequest) -> Result<Option<Secret>, AppError> {
    let mut values = carried(request, DEVICE)?;
    Ok(values.pop().filter(|_| values.is_empty()))
}

fn carried(request: &HttpRequest, name: &str) -> Result<Vec<Secret>, AppError> {
    let name = full_name(name, &AppState::of(request)?.site.public_url);
    let values = named(request.headers(), &name);
    Ok(values
        .map(|value| Secret::new(String::from_utf8_lossy(value)))
        .collect())
}

/// The refresh token of a request: from the body, or else from the cookie, in which case the
/// request must come from our own pages.
///
/// # Errors
/// Body and cookie carry different tokens, there are two refresh cookies, or another site's page
/// sent the cookie along.
pub fn refresh_token(
    request: &HttpRequest,
    body: Option<Secret>,
) -> Result<Option<Secret>, AppError> {
    match (body, refresh_cookie(request)?) {
        (Some(body), Some(cookie)) if body != cookie => Err(Error::AmbiguousCredentials.into()),
        (None, Some(cookie)) => {
            same_origin::demand(request)?;
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
    fn the_cookie_is_out_of_reach_of_scripts_other_sites_other_hosts_and_plain_wires() {
        let cookie = refresh(&Secret::new("abc"), Duration::from_secs(60), &public()).to_string();
        let expected =
            "__Host-courtside_refresh=abc; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=60";
        assert_eq!(cookie, expected);
    }

    #[test]
    fn plain_localhost_alone_does_without_secure() {
        let secure = |url| cleared(&PublicUrl::parse(url).unwrap()).secure() == Some(true);
        assert!(!secure("http://localhost:8080"));
        assert!(secure("http://192.168.1.5:8080"));
        assert!(secure("https://localhost"));
    }

    #[test]
    fn a_cleared_cookie_is_over_at_once() {
        let cookie = cleared(&PublicUrl::local(80));
        assert_eq!(
            (cookie.value(), cookie.max_age()),
            ("", Some(time::Duration::ZERO))
        );
    }

    #[test]
    fn the_old_cookie_is_removed_over_https_where_it_is_carried() {
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
    fn all_cookies_of_a_name_are_found_whatever_stands_beside_them() {
        let mut headers = HeaderMap::new();
        let first = HeaderValue::from_bytes(b"x=\xff; a=1;aa=2; a; a=3").unwrap();
        headers.append(header::COOKIE, first);
        headers.append(header::COOKIE, HeaderValue::from_static("a="));
        let found: Vec<&[u8]> = named(&headers, "a").collect();
        assert_eq!(found, [&b"1"[..], b"3", b""]);
    }
}
