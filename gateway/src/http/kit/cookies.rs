//! The one cookie: a browser's refresh token.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::time;
use actix_web::cookie::{Cookie, SameSite};
use kernel::{Fault, Secret};

use super::same_origin;
use crate::config::PublicUrl;
use crate::error::Error;

/// The name of the cookie.
pub const REFRESH: &str = "courtside_refresh";
/// Where it is sent: the same routes are served at `/api` and `/api/v1`.
const PATH: &str = "/api";

/// The cookie with this token.
#[must_use]
pub fn refresh(token: &Secret, lasts: Duration, site: &PublicUrl) -> Cookie<'static> {
    let seconds = i64::try_from(lasts.as_secs()).unwrap_or(i64::MAX);
    build(
        token.expose().to_owned(),
        site,
        time::Duration::seconds(seconds),
    )
}

/// Takes the cookie away.
#[must_use]
pub fn cleared(site: &PublicUrl) -> Cookie<'static> {
    build(String::new(), site, time::Duration::ZERO)
}

fn build(value: String, site: &PublicUrl, lasts: time::Duration) -> Cookie<'static> {
    Cookie::build(REFRESH, value)
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(!site.is_plain_localhost())
        .max_age(lasts)
        .finish()
}

/// The refresh token of a request: from the body, or else from the cookie, in which case the
/// request must come from our own pages.
///
/// # Errors
/// Body and cookie carry different tokens, or another site's page sent the cookie along.
pub fn refresh_token(request: &HttpRequest, body: Option<Secret>) -> Result<Option<Secret>, Fault> {
    let cookie = request.cookie(REFRESH);
    let cookie = cookie
        .map(|cookie| Secret::new(cookie.value()))
        .filter(|it| !it.expose().is_empty());
    match (body, cookie) {
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
    use super::*;

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_wires() {
        let site = PublicUrl::parse("https://play.example.org").unwrap();
        let cookie = refresh(&Secret::new("abc"), Duration::from_secs(60), &site).to_string();
        let expected =
            "courtside_refresh=abc; HttpOnly; SameSite=Strict; Secure; Path=/api; Max-Age=60";
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
}
