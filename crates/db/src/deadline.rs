//! How long callers wait for the database.
//!
//! A request has one deadline for all its calls, which counts from its arrival. The Tokio task
//! carries it, so that services need not pass it on. Background work has a longer one for each call.

use std::cell::Cell;
use std::time::Duration;

use kernel::{AppError, Env};

use crate::Store;
use crate::errors::MessageError;

/// Time from the arrival of a request to its deadline. A call outside of a request has as long.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(4);
/// Timeout of each call of background work.
const BACKGROUND_TIMEOUT: Duration = Duration::from_secs(60);

tokio::task_local! {
    static DEADLINE: Deadline;
}

enum Deadline {
    /// All calls end by this monotonic time.
    At(Cell<Duration>, Env),
    /// Each call has a deadline of its own.
    Background,
}

/// Runs background work: each of its calls may take a minute.
pub fn in_background<F: Future>(work: F) -> impl Future<Output = F::Output> {
    DEADLINE.scope(Deadline::Background, work)
}

/// Waits for something other than the database, such as a body that is still being sent. The
/// deadline of the request moves by the time that it takes.
pub async fn pause_deadline<F: Future>(work: F) -> F::Output {
    let started_at = in_request(|_, env| env.monotonic());
    let output = work.await;
    in_request(|deadline, env| {
        let elapsed = env
            .monotonic()
            .saturating_sub(started_at.unwrap_or_default());
        deadline.set(deadline.get() + elapsed);
    });
    output
}

/// Reads the deadline of the request, if this runs in one.
fn in_request<T>(read: impl FnOnce(&Cell<Duration>, &Env) -> T) -> Option<T> {
    let within = DEADLINE.try_with(|deadline| match deadline {
        Deadline::At(deadline, env) => Some(read(deadline, env)),
        Deadline::Background => None,
    });
    within.ok().flatten()
}

impl Store {
    /// Runs a request that arrived at this monotonic time. All its calls end four seconds after that
    /// at the latest.
    pub fn with_request_deadline<F: Future>(
        &self,
        arrived: Duration,
        request: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        self.with_deadline(arrived + REQUEST_TIMEOUT, request)
    }

    /// Runs work whose calls all end by this monotonic time.
    pub fn with_deadline<F: Future>(
        &self,
        deadline: Duration,
        work: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        let deadline = Deadline::At(Cell::new(deadline), self.env().clone());
        DEADLINE.scope(deadline, work)
    }

    /// The monotonic time by which a call made now ends.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        let now = self.env().monotonic();
        let current = DEADLINE.try_with(|deadline| match deadline {
            Deadline::At(deadline, _) => deadline.get(),
            Deadline::Background => now + BACKGROUND_TIMEOUT,
        });
        current.unwrap_or(now + REQUEST_TIMEOUT)
    }

    /// Waits for work that depends on the database until the deadline.
    ///
    /// # Errors
    /// The deadline has passed.
    pub async fn before_deadline<F: Future>(&self, work: F) -> Result<F::Output, AppError> {
        let left = self.deadline().saturating_sub(self.env().monotonic());
        if left.is_zero() {
            return Err(timed_out());
        }
        let output = tokio::time::timeout(left, work).await;
        output.map_err(|_elapsed| timed_out())
    }
}

fn timed_out() -> AppError {
    AppError::unavailable(MessageError(
        "the database did not answer in time".to_owned(),
    ))
}
