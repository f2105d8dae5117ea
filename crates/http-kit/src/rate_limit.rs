//! Rate limits of routes and socket actions.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest};
use cluster::{Rate, RateDecision};
use futures_util::future::LocalBoxFuture;
use kernel::error::Common;
use kernel::{AppError, UserId};

use crate::failure::Failure;
use crate::idempotency;
use crate::request_context::RequestContext;
use crate::state::HttpState;

/// By what a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateSubject {
    /// The address; the /64 of an IPv6 address.
    Address,
    /// The network that commonly has one owner: the /48 of an IPv6 address, the /24 of an IPv4 address.
    Network,
    /// The user; the address if there is none.
    User,
}

/// The limit of an action, whether by HTTP or by socket. Declared with
/// [`rate_limit!`](macro@crate::rate_limit).
pub trait RateRule: 'static {
    /// The name of the counter.
    const NAME: &'static str;
    /// How many at once.
    const BURST: u32;
    /// The time in which `BURST` more become available.
    const PER: Duration;
    /// By what it counts.
    const BY: RateSubject;
}

/// A limit as the documents list it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitInfo {
    /// The name of the counter.
    pub name: &'static str,
    /// How many at once.
    pub burst: u32,
    /// The time in which `burst` more become available.
    pub per: Duration,
    /// By what it counts.
    pub by: RateSubject,
}

impl RateLimitInfo {
    /// What a limit declares.
    #[must_use]
    pub const fn of<R: RateRule>() -> Self {
        Self {
            name: R::NAME,
            burst: R::BURST,
            per: R::PER,
            by: R::BY,
        }
    }
}

/// In words, such as "30 in 600 seconds".
impl fmt::Display for RateLimitInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} seconds", self.burst, self.per.as_secs())
    }
}

/// Data of an application whose [`Limit`]s are collected ([`crate::route_limits`]).
#[derive(Debug, Default)]
pub(crate) struct LimitProbe(pub(crate) RefCell<Vec<RateLimitInfo>>);

/// Declares a limit: `rate_limit!(Registering, "register", 10 in 3600, Address);` allows ten at once,
/// and ten an hour in the long run.
#[macro_export]
macro_rules! rate_limit {
    ($name:ident, $counter:literal, $burst:literal in $seconds:literal, $by:ident) => {
        #[doc = concat!("At most ", $burst, " in ", $seconds, " seconds.")]
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl $crate::rate_limit::RateRule for $name {
            const NAME: &'static str = $counter;
            const BURST: u32 = $burst;
            const PER: std::time::Duration = std::time::Duration::from_secs($seconds);
            const BY: $crate::rate_limit::RateSubject = $crate::rate_limit::RateSubject::$by;
        }
    };
}

rate_limit!(VisibleAction, "visible_actions", 60 in 6, User);
rate_limit!(RepeatingRequest, "repeat", 60 in 60, User);

/// Counts the request against a limit; beyond it the response is 429. A request that gets the stored
/// response of its `Idempotency-Key` is neither counted nor refused, up to 60 a minute.
#[derive(Debug, Clone, Copy)]
pub struct Limit<R>(PhantomData<R>);

impl<R: RateRule> FromRequest for Limit<R> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        if let Some(probe) = request.app_data::<Rc<LimitProbe>>() {
            probe.0.borrow_mut().push(RateLimitInfo::of::<R>());
        }
        let request = request.clone();
        Box::pin(async move {
            check::<R>(&request).await?;
            Ok(Self(PhantomData))
        })
    }
}

/// Counts the request against a limit that the handler chooses.
///
/// # Errors
/// `too_many_requests` with the delay.
pub async fn check<R: RateRule>(request: &HttpRequest) -> Result<(), AppError> {
    let context = RequestContext::of(request)?;
    let subject = subject(R::BY, &context);
    let cost = u32::from(!is_free_repeat(request, &context).await?);
    let Some(decision) = count::<R>(HttpState::of(request)?, &subject, cost).await else {
        return Ok(());
    };
    // Of several limits, the response reports the one that refuses, or else the first, the narrowest.
    if !decision.allowed || context.decision.get().is_none() {
        context.decision.set(Some(decision));
    }
    require(decision)
}

fn subject(by: RateSubject, context: &RequestContext) -> String {
    match (by, context.actor()) {
        (RateSubject::User, Ok(Some(actor))) => actor.user.to_string(),
        (RateSubject::Network, _) => context.client.network_key(),
        _ => context.client.rate_key(),
    }
}

/// Whether a repeated request is not counted. The number of such lookups is limited, so that keys do
/// not bypass all limits on the database; beyond that, and if the database is unavailable, the request
/// is counted like any other.
async fn is_free_repeat(request: &HttpRequest, context: &RequestContext) -> Result<bool, AppError> {
    if !idempotency::has_key(request) {
        return Ok(false);
    }
    let subject = subject(RepeatingRequest::BY, context);
    let lookup = count::<RepeatingRequest>(HttpState::of(request)?, &subject, 1).await;
    if lookup.is_some_and(|decision| !decision.allowed) {
        return Ok(false);
    }
    Ok(idempotency::is_repeat(request).await.unwrap_or(false))
}

fn require(decision: RateDecision) -> Result<(), AppError> {
    if decision.allowed {
        return Ok(());
    }
    Err(Common::TooManyRequests.retry_after(decision.retry_after))
}

/// Counts so many at once; `None` if limits are off.
async fn count<R: RateRule>(state: &HttpState, subject: &str, cost: u32) -> Option<RateDecision> {
    let rate = state.rate_limit_factor.apply(Rate::new(R::BURST, R::PER))?;
    let key = format!("http:{}:{subject}", R::NAME);
    Some(state.rate_limiter.check(&key, rate, cost).await)
}

/// Counts so many actions at once if all of them are within the limit, and returns whether they are.
pub async fn reserve<R: RateRule>(state: &HttpState, user: UserId, cost: u32) -> bool {
    let decision = count::<R>(state, &user.to_string(), cost).await;
    decision.is_none_or(|decision| decision.allowed)
}

/// Counts an action of a user, for socket actions that share the limit of a route.
///
/// # Errors
/// `too_many_requests` with the delay.
pub async fn check_user<R: RateRule>(state: &HttpState, user: UserId) -> Result<(), AppError> {
    let decision = count::<R>(state, &user.to_string(), 1).await;
    decision.map_or(Ok(()), require)
}

/// Writes the `RateLimit-*` headers.
pub(crate) fn write_headers(decision: &RateDecision, headers: &mut HeaderMap) {
    let seconds = decision.reset_after.as_millis().div_ceil(1000);
    let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
    let mut insert = |name, value: HeaderValue| {
        headers.insert(HeaderName::from_static(name), value);
    };
    insert("ratelimit-limit", decision.limit.into());
    insert("ratelimit-remaining", decision.remaining.into());
    insert("ratelimit-reset", seconds.into());
}
