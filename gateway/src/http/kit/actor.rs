//! Who is asking.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use async_trait::async_trait;
use kernel::error::Common;
use kernel::{Actor, AppError, Role};

use super::Failure;
use super::request_context::RequestContext;
use crate::error::Error;
use crate::wiring::AppState;

/// Turns an access token into the one who holds it. Accounts provides it.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// Who holds this token.
    ///
    /// # Errors
    /// The token is bad or over, or its session has ended.
    async fn authenticate(&self, token: &str) -> Result<Actor, AppError>;
}

/// The access token of a request, where it carries one.
///
/// # Errors
/// The header is malformed, or there are two different ones.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let mut all = headers.get_all(header::AUTHORIZATION);
    let Some(first) = all.next() else {
        return Ok(None);
    };
    if all.any(|other| other != first) {
        return Err(Error::AmbiguousCredentials);
    }
    let text = first.to_str().map_err(|_| Error::MalformedCredentials)?;
    let (scheme, token) = text.split_once(' ').ok_or(Error::MalformedCredentials)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains(' ') {
        return Err(Error::MalformedCredentials);
    }
    Ok(Some(token))
}

/// Whether a request has an `Authorization` of another scheme.
pub fn is_other_scheme(headers: &HeaderMap) -> bool {
    let value = headers.get(header::AUTHORIZATION);
    let scheme = value.and_then(|value| value.as_bytes().split(|byte| *byte == b' ').next());
    scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case(b"bearer"))
}

/// Somebody who is signed in; all others get a 401.
#[derive(Debug, Clone, Copy)]
pub struct CurrentUser(pub Actor);

/// Somebody who may be signed in. A token that is not good is still a 401, so that a client learns
/// to refresh it; an `Authorization` of another scheme, as a proxy may ask for, says nothing to us.
#[derive(Debug, Clone, Copy)]
pub struct OptionalUser(pub Option<Actor>);

/// Somebody who is signed in and whose e-mail address is proven, where that is demanded.
#[derive(Debug, Clone, Copy)]
pub struct Verified(pub Actor);

/// A moderator or an administrator.
#[derive(Debug, Clone, Copy)]
pub struct Moderator(pub Actor);

/// An administrator.
#[derive(Debug, Clone, Copy)]
pub struct Admin(pub Actor);

fn signed_in(request: &HttpRequest) -> Result<Actor, AppError> {
    RequestContext::of(request)?
        .actor()?
        .ok_or_else(|| Error::NotSignedIn.into())
}

fn with_role(request: &HttpRequest, least: Role) -> Result<Actor, Failure> {
    let actor = signed_in(request)?;
    if actor.role >= least {
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

extractor!(CurrentUser, |request| Ok(Self(signed_in(request)?)));
extractor!(OptionalUser, |request| Ok(Self(
    RequestContext::of(request)?.optional_actor()?
)));
extractor!(Moderator, |request| Ok(Self(with_role(
    request,
    Role::Moderator
)?)));
extractor!(Admin, |request| Ok(Self(with_role(request, Role::Admin)?)));
extractor!(Verified, |request| {
    let actor = signed_in(request)?;
    AppState::of(request)?.accounts.require_verified(&actor)?;
    Ok(Self(actor))
});

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn token(values: &[&'static str]) -> Result<Option<String>, Error> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        bearer(&headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn one_bearer_token_and_nothing_else() {
        assert_eq!(token(&[]), Ok(None));
        assert_eq!(token(&["Bearer abc"]), Ok(Some("abc".to_owned())));
        assert_eq!(token(&["bearer  abc"]), Ok(Some("abc".to_owned())));
        assert_eq!(
            token(&["Bearer abc", "Bearer abc"]),
            Ok(Some("abc".to_owned()))
        );
        assert_eq!(
            token(&["Bearer a", "Bearer b"]),
            Err(Error::AmbiguousCredentials)
        );
        for wrong in ["Bearer", "Bearer ", "Basic abc", "Bearer a b", "abc"] {
            assert_eq!(token(&[wrong]), Err(Error::MalformedCredentials), "{wrong}");
        }
    }

    #[test]
    fn schemes_are_told_apart_by_their_first_word() {
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
