//! `Idempotency-Key`: a request that is sent again gets the first answer again.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use contract::envelope::ErrorEnvelope;
use kernel::{Fault, Kind};
use serde::Serialize;
use store::Store;
use store::idempotency::{self, Begin};

use super::answer::JSON;
use super::facts::Facts;
use super::{Failure, Reply, failure};
use crate::error::Error;
use crate::wiring::Services;

/// The header that carries the key.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key.
pub const LONGEST: usize = 255;
/// When a request that meets its own first try should come back.
const SOON: std::time::Duration = std::time::Duration::from_secs(1);

/// Does something once for each key, however often it is asked. For every POST that makes
/// something:
///
/// ```ignore
/// async fn create_group(
///     SignedIn(actor): SignedIn,
///     once: Once,
///     body: Body<NewGroup>,
///     services: web::Data<Services>,
/// ) -> Result<HttpResponse, Failure> {
///     once.run(body.digest, async move {
///         Ok(Reply::created(services.groups.create(&actor, body.value).await?))
///     })
///     .await
/// }
/// ```
#[derive(Debug)]
pub struct Once {
    key: Option<Key>,
    request_id: String,
    services: web::Data<Services>,
}

#[derive(Debug, Clone)]
struct Key {
    /// Whose key it is and for which route, so that nobody gets an answer that is not theirs.
    scope: String,
    key: String,
}

impl FromRequest for Once {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Self::read(request).map_err(Failure::from))
    }
}

impl Once {
    fn read(request: &HttpRequest) -> Result<Self, Fault> {
        let facts = Facts::of(request)?;
        let services = request.app_data::<web::Data<Services>>();
        let services = services
            .cloned()
            .ok_or_else(|| Fault::internal("the app has no services"))?;
        let key = key(request.headers())?.map(|key| Key {
            scope: scope(request, &facts),
            key: key.to_owned(),
        });
        Ok(Self {
            key,
            request_id: facts.request_id().to_owned(),
            services,
        })
    }

    /// Answers with what `work` answers, or with what it answered the first time.
    ///
    /// The work goes on when the caller hangs up: it may be half done, and they will ask again.
    ///
    /// # Errors
    /// What the work refused with; the key was used with another body; the first try is still
    /// under way.
    pub async fn run<B: Serialize + 'static>(
        self,
        digest: [u8; 32],
        work: impl Future<Output = Result<Reply<B>, Failure>> + 'static,
    ) -> Result<HttpResponse, Failure> {
        let Some(key) = self.key else {
            return Ok(work.await?.into_response());
        };
        let store = self.services.store.clone();
        match begin(&store, key.clone(), digest).await? {
            Begin::Fresh => {
                let working = actix_web::rt::spawn(do_once(store, key, self.request_id, work));
                working.await?
            }
            Begin::Replay { status, answer } => replay(status, answer, &self.request_id),
            Begin::Mismatch => Err(Error::IdempotencyKeyReused.into()),
            Begin::InFlight => Err(Error::IdempotencyInFlight.retry_after(SOON).into()),
        }
    }
}

fn key(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let Some(key) = headers.get(HEADER) else {
        return Ok(None);
    };
    let visible = |key: &&str| {
        key.bytes().all(|byte| byte.is_ascii_graphic()) && (1..=LONGEST).contains(&key.len())
    };
    let key = key.to_str().ok().filter(visible);
    key.ok_or(Error::MalformedIdempotencyKey).map(Some)
}

fn scope(request: &HttpRequest, facts: &Facts) -> String {
    let who = match facts.actor() {
        Ok(Some(actor)) => actor.user.to_string(),
        _ => facts.visitor.rate_key(),
    };
    format!("{who} {} {}", request.method(), request.path())
}

async fn begin(store: &Store, key: Key, digest: [u8; 32]) -> Result<Begin, Fault> {
    store
        .write(move |tx| idempotency::begin(tx, &key.scope, &key.key, &digest))
        .await
}

async fn do_once<B: Serialize>(
    store: Store,
    key: Key,
    request_id: String,
    work: impl Future<Output = Result<Reply<B>, Failure>>,
) -> Result<HttpResponse, Failure> {
    match work.await {
        Ok(reply) => {
            let answer = reply.into_response();
            let status = answer.status();
            let (head, body) = answer.into_parts();
            let body = body.try_into_bytes().unwrap_or_default();
            keep(&store, key, status, body.clone()).await;
            Ok(head.set_body(body).map_into_boxed_body())
        }
        Err(failure) if is_final(failure.fault().code().kind) => {
            let kept = failure::envelope(failure.fault(), &request_id);
            let body = serde_json::to_vec(&kept)?.into();
            keep(
                &store,
                key,
                failure::status(failure.fault().code().kind),
                body,
            )
            .await;
            Err(failure)
        }
        Err(failure) => {
            forget(&store, key).await;
            Err(failure)
        }
    }
}

/// Whether a refusal would be the same however often one asks.
const fn is_final(kind: Kind) -> bool {
    match kind {
        Kind::Forbidden
        | Kind::NotFound
        | Kind::Conflict
        | Kind::Gone
        | Kind::PreconditionFailed
        | Kind::Invalid => true,
        Kind::Malformed
        | Kind::Unauthenticated
        | Kind::MethodNotAllowed
        | Kind::TooLarge
        | Kind::HeadTooLarge
        | Kind::WrongType
        | Kind::TooMany
        | Kind::TimedOut
        | Kind::Internal
        | Kind::Unavailable => false,
    }
}

/// Keeps an answer. The work is done, so that it counts even if this fails.
async fn keep(store: &Store, key: Key, status: StatusCode, body: Bytes) {
    let kept = store.write(move |tx| {
        let status = i32::from(status.as_u16());
        idempotency::finish(tx, &key.scope, &key.key, status, &body)
    });
    if let Err(fault) = kept.await {
        tracing::warn!("an answer could not be kept for its key: {}", fault.chain());
    }
}

async fn forget(store: &Store, key: Key) {
    let forgotten = store.write(move |tx| idempotency::abandon(tx, &key.scope, &key.key));
    if let Err(fault) = forgotten.await {
        tracing::warn!("a key could not be freed: {}", fault.chain());
    }
}

/// The first answer again, under the id of this request.
fn replay(status: i32, answer: Vec<u8>, request_id: &str) -> Result<HttpResponse, Failure> {
    let status = u16::try_from(status).map(StatusCode::from_u16)??;
    let body = if status.is_success() {
        answer
    } else {
        let mut refusal: ErrorEnvelope = serde_json::from_slice(&answer)?;
        request_id.clone_into(&mut refusal.error.request_id);
        serde_json::to_vec(&refusal)?
    };
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(JSON)));
    response.insert_header(("idempotency-replayed", "true"));
    Ok(response.body(body))
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
}
