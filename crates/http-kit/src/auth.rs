//! Extractors of the authenticated user.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use kernel::error::Common;
use kernel::{Actor, AppError, Role};

use crate::error::HttpError;
use crate::failure::Failure;
use crate::request_context::RequestContext;
use crate::state::HttpState;

/// The access token in the `Authorization` header.
///
/// # Errors
/// The header is malformed, or there are two different headers.
pub fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, HttpError> {
    let mut all = headers.get_all(header::AUTHORIZATION);
    let Some(first) = all.next() else {
        return Ok(None);
    };
    if all.any(|other| other != first) {
        return Err(HttpError::AmbiguousCredentials);
    }
    let text = first
        .to_str()
        .map_err(|_| HttpError::MalformedCredentials)?;
    let (scheme, token) = text
        .split_once(' ')
        .ok_or(HttpError::MalformedCredentials)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains(' ') {
        return Err(HttpError::MalformedCredentials);
    }
    Ok(Some(token))
}

/// Whether the `Authorization` header has another scheme.
pub fn is_other_scheme(headers: &HeaderMap) -> bool {
    let value = headers.get(header::AUTHORIZATION);
    let scheme = value.and_then(|value| value.as_bytes().split(|byte| *byte == b' ').next());
    scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case(b"bearer"))
}

/// The authenticated user; all others get a 401.
#[derive(Debug, Clone, Copy)]
pub struct CurrentUser(pub Actor);

/// The user, if authenticated. An invalid token is still a 401, so that the client refreshes it. An
/// `Authorization` header of another scheme, which a proxy may ask for, is ignored.
#[derive(Debug, Clone, Copy)]
pub struct OptionalUser(pub Option<Actor>);

/// The authenticated user, whose email address is verified if the installation requires it.
#[derive(Debug, Clone, Copy)]
pub struct VerifiedUser(pub Actor);

/// A moderator or an administrator.
#[derive(Debug, Clone, Copy)]
pub struct Moderator(pub Actor);

/// An administrator.
#[derive(Debug, Clone, Copy)]
pub struct Admin(pub Actor);

fn authenticated(request: &HttpRequest) -> Result<Actor, AppError> {
    RequestContext::of(request)?
        .actor()?
        .ok_or_else(|| HttpError::NotSignedIn.into())
}

fn with_role(request: &HttpRequest, min_role: Role) -> Result<Actor, Failure> {
    let actor = authenticated(request)?;
    if actor.role >= min_role {
        return Ok(actor);
    }
    Err(Common::RoleNeeded.into())
}

macro_rules! extractor {
    ($name:ty, $find:expr) => {
        impl FromRequest for $name {
            type Error = Failure;
            type Future = Ready<Result<Self, Failure>>;

            fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
                let find: fn(&HttpRequest) -> Result<Self, Failure> = $find;
                ready(find(request))
            }
        }
    };
}

extractor!(CurrentUser, |request| Ok(Self(authenticated(request)?)));
extractor!(OptionalUser, |request| Ok(Self(
    RequestContext::of(request)?.optional_actor()?
)));
extractor!(Moderator, |request| Ok(Self(with_role(
    request,
    Role::Moderator
)?)));
extractor!(Admin, |request| Ok(Self(with_role(request, Role::Admin)?)));
extractor!(VerifiedUser, |request| {
    let actor = authenticated(request)?;
    let authenticator = &HttpState::of(request)?.authenticator;
    authenticator.require_verified(&actor)?;
    Ok(Self(actor))
});

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn token(values: &[&'static str]) -> Result<Option<String>, HttpError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        bearer_token(&headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn bearer_token_accepts_one_token_only() {
        assert_eq!(token(&[]), Ok(None));
        assert_eq!(token(&["Bearer abc"]), Ok(Some("abc".to_owned())));
        assert_eq!(token(&["bearer  abc"]), Ok(Some("abc".to_owned())));
        assert_eq!(
            token(&["Bearer abc", "Bearer abc"]),
            Ok(Some("abc".to_owned()))
        );
        assert_eq!(
            token(&["Bearer a", "Bearer b"]),
            Err(HttpError::AmbiguousCredentials)
        );
        for wrong in ["Bearer", "Bearer ", "Basic abc", "Bearer a b", "abc"] {
            assert_eq!(
                token(&[wrong]),
                Err(HttpError::MalformedCredentials),
                "{wrong}"
            );
        }
    }

    #[test]
    fn is_other_scheme_compares_the_first_word() {
        let is_other = |value| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            is_other_scheme(&headers)
        };
        assert!(is_other("Basic YTpi") && is_other("Negotiate") && is_other(""));
        assert!(!is_other("Bearer") && !is_other("bearer a b"));
        assert!(!is_other_scheme(&HeaderMap::new()));
    }
}
