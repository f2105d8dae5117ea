//! Limits on how often something may be asked.

use std::marker::PhantomData;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest};
use cluster::{Rate, RateDecision};
use futures_util::future::LocalBoxFuture;
use kernel::error::Common;
use kernel::{AppError, UserId};

use super::request_context::RequestContext;
use super::{Failure, idempotency};
use crate::wiring::AppState;

/// Whom a limit counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The address, or the /64 of an IPv6 household.
    Address,
    /// The network that one owner commonly has: the /48 of an IPv6 address, the /24 of an IPv4 one.
    Network,
    /// The account; the address of those who are not signed in.
    User,
}

/// How often a route may be asked. Declared with [`rate!`](crate::rate).
pub trait Rule: 'static {
    /// The name under which is counted.
    const NAME: &'static str;
    /// How many at once.
    const BURST: u32;
    /// The time in which as many are earned back.
    const PER: Duration;
    /// Whom it counts by.
    const BY: By;
}

/// Declares a limit: `rate!(Registering, "register", 10 in 3600, Address);` allows ten at once, and
/// ten an hour in the long run.
#[macro_export]
macro_rules! rate {
    ($name:ident, $counted:literal, $burst:literal in $seconds:literal, $by:ident) => {
        #[doc = concat!("At most ", $burst, " in ", $seconds, " seconds.")]
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name;

        impl $crate::http::kit::rate::Rule for $name {
            const NAME: &'static str = $counted;
            const BURST: u32 = $burst;
            const PER: std::time::Duration = std::time::Duration::from_secs($seconds);
            const BY: $crate::http::kit::rate::By = $crate::http::kit::rate::By::$by;
        }
    };
}

rate!(Telling, "tell_others", 60 in 6, User);
rate!(Repeating, "repeat", 60 in 60, User);

/// Counts the request against a limit; beyond it the answer is 429. A repeat that is answered with
/// what is kept for its `Idempotency-Key` is neither counted nor refused, up to 60 a minute.
#[derive(Debug, Clone, Copy)]
pub struct Limit<R>(PhantomData<R>);

impl<R: Rule> FromRequest for Limit<R> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            check::<R>(&request).await?;
            Ok(Self(PhantomData))
        })
    }
}

/// Counts the request against a limit that a handler applies itself.
///
/// # Errors
/// It was too often; the refusal says when it may go on.
pub async fn check<R: Rule>(request: &HttpRequest) -> Result<(), AppError> {
    let facts = RequestContext::of(request)?;
    let subject = subject(R::BY, &facts);
    let cost = u32::from(!is_free_repeat(request, &facts).await?);
    let Some(decision) = hit::<R>(AppState::of(request)?, &subject, cost).await else {
        return Ok(());
    };
    // What is told of several limits is the one that refuses, or else the narrowest: the first.
    if !decision.allowed || facts.decision.get().is_none() {
        facts.decision.set(Some(decision));
    }
    allowed(decision)
}

fn subject(by: By, facts: &RequestContext) -> String {
    match (by, facts.actor()) {
        (By::User, Ok(Some(actor))) => actor.user.to_string(),
        (By::Network, _) => facts.visitor.network_key(),
        _ => facts.visitor.rate_key(),
    }
}

/// Whether the request is a repeat that costs nothing. Few are looked up, so that a key is no way
/// to the database past all limits; beyond them, and where the database is away, it costs as much
/// as any other request.
async fn is_free_repeat(request: &HttpRequest, facts: &RequestContext) -> Result<bool, AppError> {
    if !idempotency::has_key(request) {
        return Ok(false);
    }
    let subject = subject(Repeating::BY, facts);
    let looked_up = hit::<Repeating>(AppState::of(request)?, &subject, 1).await;
    if looked_up.is_some_and(|decision| !decision.allowed) {
        return Ok(false);
    }
    Ok(idempotency::is_repeat(request).await.unwrap_or(false))
}

fn allowed(decision: RateDecision) -> Result<(), AppError> {
    if decision.allowed {
        return Ok(());
    }
    Err(Common::TooManyRequests.retry_after(decision.retry_after))
}

/// The answer to so many at once; nothing where limits are off.
async fn hit<R: Rule>(services: &AppState, subject: &str, cost: u32) -> Option<RateDecision> {
    let rule = services.rate_limits.applied(Rate::new(R::BURST, R::PER))?;
    let key = format!("http:{}:{subject}", R::NAME);
    Some(services.bus.rate_limiter.check(&key, rule, cost).await)
}

/// Counts so many at once, if there is room for all of them.
pub async fn count_ahead<R: Rule>(services: &AppState, user: UserId, many: u32) -> bool {
    let decision = hit::<R>(services, &user.to_string(), many).await;
    decision.is_none_or(|decision| decision.allowed)
}

/// Counts something that a person does over a socket against the limit of the route that does the
/// same.
///
/// # Errors
/// It was too often; the refusal says when it may go on.
pub async fn count<R: Rule>(services: &AppState, user: UserId) -> Result<(), AppError> {
    let decision = hit::<R>(services, &user.to_string(), 1).await;
    decision.map_or(Ok(()), allowed)
}

/// Tells the client what is left of a limit.
pub fn write(decision: &RateDecision, headers: &mut HeaderMap) {
    let seconds = decision.reset_after.as_millis().div_ceil(1000);
    let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
    let mut insert = |name, value: HeaderValue| {
        headers.insert(HeaderName::from_static(name), value);
    };
    insert("ratelimit-limit", decision.limit.into());
    insert("ratelimit-remaining", decision.remaining.into());
    insert("ratelimit-reset", seconds.into());
}
