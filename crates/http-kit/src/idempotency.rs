//! `Idempotency-Key`: a repeated request gets the first response again.

use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use db::IdempotencyKey;
use futures_util::future::LocalBoxFuture;
use kernel::AppError;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::body::{MAX_BODY_LEN, read_bytes};
use crate::error::HttpError;
use crate::failure::Failure;
use crate::ports::RequestHasher;
use crate::request_context::RequestContext;
use crate::response::ApiResponse;
use crate::state::HttpState;

/// The header with the key.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of a response that repeats that of an earlier request.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The maximum length of a key.
pub const MAX_KEY_LEN: usize = 255;
/// Version of the stored request hash, the byte before the keyed digest. The first version was a plain
/// digest of the body, shorter by this byte; records with such a hash are returned without comparison,
/// so that repeated requests succeed during an upgrade.
const HASH_VERSION: u8 = 1;

/// Runs the work of a request once per key. Every POST that creates something takes it:
///
/// ```
/// use actix_web::{HttpResponse, web};
/// use http_kit::{ApiResponse, Failure, HttpState, Idempotent, NoBody};
///
/// async fn create_ticket(
///     idempotent: Idempotent,
///     body: NoBody,
///     state: web::Data<HttpState>,
/// ) -> Result<HttpResponse, Failure> {
///     idempotent
///         .run(body.digest, async |key| {
///             let insert = |_tx: &mut db::Tx<'_>| Ok(7);
///             let ticket = state.store.write_once(key.as_ref(), insert).await?;
///             Ok(ApiResponse::created(ticket))
///         })
///         .await
/// }
/// ```
///
/// The service stores the key in the transaction that creates it (`Store::write_once`).
#[derive(Debug)]
pub struct Idempotent(Option<KeyedRequest>);

struct KeyedRequest {
    /// The user or client, and the route, so that nobody gets the response of another user.
    scope: String,
    key: String,
    hasher: Arc<dyn RequestHasher>,
}

impl fmt::Debug for KeyedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.scope)
    }
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
        Ok(Self(Some(KeyedRequest {
            scope: scope(request, &*RequestContext::of(request)?),
            key: key.to_owned(),
            hasher: Arc::clone(&HttpState::of(request)?.request_hasher),
        })))
    }

    /// Responds with the result of `work`. The digest identifies the body.
    ///
    /// # Errors
    /// The error of `work`; internal if `work` did not store the key.
    pub async fn run<B: Serialize>(
        self,
        digest: [u8; 32],
        work: impl AsyncFnOnce(Option<IdempotencyKey>) -> Result<ApiResponse<B>, Failure>,
    ) -> Result<HttpResponse, Failure> {
        let Some(keyed) = self.0 else {
            return Ok(work(None).await?.into_response());
        };
        let key = keyed.into_key(&digest);
        let mut response = work(Some(key.clone())).await?.into_response();
        if !key.was_used() {
            return Err(AppError::internal("an Idempotency-Key was not stored").into());
        }
        if key.was_replayed() {
            let replayed = HeaderValue::from_static("true");
            response.headers_mut().insert(REPLAYED, replayed);
        }
        Ok(response)
    }
}

impl KeyedRequest {
    fn into_key(self, digest: &[u8; 32]) -> IdempotencyKey {
        let digest = self.hasher.request_digest(&self.scope, digest);
        let hash = [[HASH_VERSION].as_slice(), &digest].concat();
        IdempotencyKey::new(self.scope, self.key, hash)
    }
}

/// Extractor for operations without body. A body that is sent nevertheless is ignored, but distinguishes
/// requests with the same key.
#[derive(Debug)]
pub struct NoBody {
    /// Digest of the bytes, for idempotency keys.
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
                return Ok(Self { digest: EMPTY });
            }
            let bytes = read_bytes(payload, MAX_BODY_LEN).await?;
            let digest = ignored_body_digest(&bytes);
            Ok(Self { digest })
        })
    }
}

/// The digest of a request without a body.
const EMPTY: [u8; 32] = [0; 32];

/// Clients that send a body with every POST send an empty object.
fn ignored_body_digest(bytes: &[u8]) -> [u8; 32] {
    match bytes.trim_ascii() {
        b"" | b"{}" => EMPTY,
        _ => Sha256::digest(bytes).into(),
    }
}

/// Whether the request has a valid key.
pub fn has_key(request: &HttpRequest) -> bool {
    matches!(key(request.headers()), Ok(Some(_)))
}

/// Whether a response is stored for the key of this request.
///
/// # Errors
/// The database is unavailable.
pub async fn is_repeat(request: &HttpRequest) -> Result<bool, AppError> {
    let Ok(Some(key)) = key(request.headers()) else {
        return Ok(false);
    };
    let scope = scope(request, &*RequestContext::of(request)?);
    let store = &HttpState::of(request)?.store;
    store.has_stored_result(scope, key.to_owned()).await
}

fn key(headers: &HeaderMap) -> Result<Option<&str>, HttpError> {
    let mut all = headers.get_all(HEADER);
    let Some(key) = all.next() else {
        return Ok(None);
    };
    if all.any(|other| other != key) {
        return Err(HttpError::MalformedIdempotencyKey);
    }
    let visible = |key: &&str| {
        key.bytes().all(|byte| byte.is_ascii_graphic()) && (1..=MAX_KEY_LEN).contains(&key.len())
    };
    let key = key.to_str().ok().filter(visible);
    key.ok_or(HttpError::MalformedIdempotencyKey).map(Some)
}

fn scope(request: &HttpRequest, context: &RequestContext) -> String {
    let who = match context.actor() {
        Ok(Some(actor)) => actor.user.to_string(),
        _ => context.client.rate_key(),
    };
    format!("{who} {} {}", request.method(), request.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_refuses_invisible_characters() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_static(text));
            key(&headers).map(|key| key.map(str::to_owned))
        };
        assert_eq!(read("abc-1"), Ok(Some("abc-1".to_owned())));
        for wrong in ["", "a b", "a\tb"] {
            assert_eq!(
                read(wrong),
                Err(HttpError::MalformedIdempotencyKey),
                "{wrong:?}"
            );
        }
        assert_eq!(key(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn key_refuses_two_different_headers() {
        let mut headers = HeaderMap::new();
        headers.append(HEADER, HeaderValue::from_static("a"));
        headers.append(HEADER, HeaderValue::from_static("a"));
        assert_eq!(key(&headers), Ok(Some("a")));
        headers.append(HEADER, HeaderValue::from_static("b"));
        assert_eq!(key(&headers), Err(HttpError::MalformedIdempotencyKey));
    }
}
