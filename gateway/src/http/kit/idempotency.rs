//! `Idempotency-Key`: a request that is sent again gets the first answer again.

use std::future::{Ready, ready};

use accounts::Accounts;
use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use db::IdempotencyKey;
use futures_util::future::LocalBoxFuture;
use kernel::AppError;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::request_context::RequestContext;
use super::{ApiResponse, Failure, body};
use crate::error::Error;
use crate::wiring::AppState;

/// The header that carries the key.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// What says that an answer is that of an earlier request.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key.
pub const LONGEST: usize = 255;
/// The form of what is stored of a request, before its keyed digest. The first form was a plain
/// digest of the body, shorter by this byte: the store gives what is kept under it without
/// comparing, so that repeats are answered while nodes are brought up to date.
const HASH_FORM: u8 = 1;

/// Does something once for each key, however often it is asked. For every POST that makes
/// something:
///
/// ```ignore
/// async fn create_group(
///     SignedIn(actor): SignedIn,
///     once: Once,
///     body: Body<NewGroup>,
///     services: web::Data<AppState>,
/// ) -> Result<HttpResponse, Failure> {
///     once.run(body.digest, async |key| {
///         let groups = services.groups.once(key);
///         Ok(ApiResponse::created(groups.create(&actor, body.value).await?))
///     })
///     .await
/// }
/// ```
///
/// The service stores the key in the transaction of what it makes (`Store::write_once`).
#[derive(Debug)]
pub struct Idempotent(Option<Sent>);

#[derive(Debug)]
struct Sent {
    /// Whose key it is and for which route, so that nobody gets an answer that is not theirs.
    scope: String,
    key: String,
    /// They have the keys of the installation.
    accounts: Accounts,
}

impl FromRequest for Idempotent {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Self::read(request).map_err(Failure::from))
    }
}

impl Idempotent {
    fn read(request: &HttpRequest) -> Result<Self, AppError> {
        let Some(key) = key(request.headers())? else {
            return Ok(Self(None));
        };
        Ok(Self(Some(Sent {
            scope: scope(request, &*RequestContext::of(request)?),
            key: key.to_owned(),
            accounts: AppState::of(request)?.accounts.clone(),
        })))
    }

    /// Answers with what `work` answers. The digest tells the request's body from others.
    ///
    /// # Errors
    /// What the work refused with; internal where it made something and left the key alone.
    pub async fn run<B: Serialize>(
        self,
        digest: [u8; 32],
        work: impl AsyncFnOnce(Option<IdempotencyKey>) -> Result<ApiResponse<B>, Failure>,
    ) -> Result<HttpResponse, Failure> {
        let Some(sent) = self.0 else {
            return Ok(work(None).await?.into_response());
        };
        let key = sent.into_key(&digest);
        let mut response = work(Some(key.clone())).await?.into_response();
        if !key.was_used() {
            return Err(AppError::internal("an Idempotency-Key was not stored").into());
        }
        if key.was_replayed() {
            let told = HeaderValue::from_static("true");
            response.headers_mut().insert(REPLAYED, told);
        }
        Ok(response)
    }
}

impl Sent {
    fn into_key(self, digest: &[u8; 32]) -> IdempotencyKey {
        let digest = self.accounts.request_digest(&self.scope, digest);
        let hash = [[HASH_FORM].as_slice(), &digest].concat();
        IdempotencyKey::new(self.scope, self.key, hash)
    }
}

/// For operations that take no body: what is sent all the same counts for nothing, but tells a repeat
/// from another request with the same key.
#[derive(Debug)]
pub struct NoBody {
    /// What tells the body from another, for idempotency keys.
    pub digest: [u8; 32],
}

impl FromRequest for NoBody {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let keyed = has_key(request);
        let payload = payload.take();
        Box::pin(async move {
            if !keyed {
                return Ok(Self { digest: NOTHING });
            }
            let bytes = body::collect(payload, body::LARGEST).await?;
            let digest = digest_of_ignored(&bytes);
            Ok(Self { digest })
        })
    }
}

/// The digest of a request without a body.
const NOTHING: [u8; 32] = [0; 32];

/// Clients that put a body on every POST send an empty object where there is nothing to say.
fn digest_of_ignored(bytes: &[u8]) -> [u8; 32] {
    match bytes.trim_ascii() {
        b"" | b"{}" => NOTHING,
        _ => Sha256::digest(bytes).into(),
    }
}

/// Whether the request has a key.
pub fn has_key(request: &HttpRequest) -> bool {
    matches!(key(request.headers()), Ok(Some(_)))
}

/// Whether this request is a repeat that will be answered with what is kept for its key.
///
/// # Errors
/// Where the database is away.
pub async fn is_repeat(request: &HttpRequest) -> Result<bool, AppError> {
    let Ok(Some(key)) = key(request.headers()) else {
        return Ok(false);
    };
    let scope = scope(request, &*RequestContext::of(request)?);
    let store = &AppState::of(request)?.store;
    store.has_kept(scope, key.to_owned()).await
}

fn key(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let mut all = headers.get_all(HEADER);
    let Some(key) = all.next() else {
        return Ok(None);
    };
    if all.any(|other| other != key) {
        return Err(Error::MalformedIdempotencyKey);
    }
    let visible = |key: &&str| {
        key.bytes().all(|byte| byte.is_ascii_graphic()) && (1..=LONGEST).contains(&key.len())
    };
    let key = key.to_str().ok().filter(visible);
    key.ok_or(Error::MalformedIdempotencyKey).map(Some)
}

fn scope(request: &HttpRequest, facts: &RequestContext) -> String {
    let who = match facts.actor() {
        Ok(Some(actor)) => actor.user.to_string(),
        _ => facts.visitor.rate_key(),
    };
    format!("{who} {} {}", request.method(), request.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_static(text));
            key(&headers).map(|key| key.map(str::to_owned))
        };
        assert_eq!(read("abc-1"), Ok(Some("abc-1".to_owned())));
        for wrong in ["", "a b", "a\tb"] {
            assert_eq!(
                read(wrong),
                Err(Error::MalformedIdempotencyKey),
                "{wrong:?}"
            );
        }
        assert_eq!(key(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn key_is_the_same_wherever_it_is_sent_twice() {
        let mut headers = HeaderMap::new();
        headers.append(HEADER, HeaderValue::from_static("a"));
        headers.append(HEADER, HeaderValue::from_static("a"));
        assert_eq!(key(&headers), Ok(Some("a")));
        headers.append(HEADER, HeaderValue::from_static("b"));
        assert_eq!(key(&headers), Err(Error::MalformedIdempotencyKey));
    }
}
