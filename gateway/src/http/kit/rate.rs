//! Limits on how often something may be asked.

use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many at once.
    pub limit: u32,
    /// How many are left.
    pub remaining: u32,
    /// When all are back.
    pub reset_after: Duration,
}

impl Allowance {
    /// Tells the client.
    pub fn write(&self, headers: &mut HeaderMap) {
        let seconds = self.reset_after.as_millis().div_ceil(1000);
        let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
        let mut insert = |name, value: HeaderValue| {
            headers.insert(HeaderName::from_static(name), value);
        };
        insert("ratelimit-limit", self.limit.into());
        insert("ratelimit-remaining", self.remaining.into());
        insert("ratelimit-reset", seconds.into());
    }
}
