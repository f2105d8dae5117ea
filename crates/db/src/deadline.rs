//! How long whoever asks the database waits for its answer.
//!
//! A request has one deadline for all its calls, which counts from its arrival; it is carried by
//! the task, so that services need not hand it on. Background work has a longer one for each call.

use std::cell::Cell;
use std::time::Duration;

use kernel::{AppError, Env};

use crate::Store;
use crate::errors::MessageError;

/// How long after its arrival a request waits for the database at most. The same for each call of
/// whoever has no deadline of their own.
const REQUEST: Duration = Duration::from_secs(4);
/// How long background work waits for each of its calls.
const BACKGROUND: Duration = Duration::from_secs(60);

tokio::task_local! {
    static DEADLINE: Deadline;
}

enum Deadline {
    /// The monotonic time by which all calls are answered.
    At(Cell<Duration>, Env),
    /// Each call has its own.
    Background,
}

/// Runs work that nobody waits for: each of its calls may take a minute.
pub fn in_background<F: Future>(work: F) -> impl Future<Output = F::Output> {
    DEADLINE.scope(Deadline::Background, work)
}

/// Waits for something other than the database, such as a body that is still being sent. The time
/// that it takes moves the deadline of the request.
pub async fn uncounted<F: Future>(other: F) -> F::Output {
    let begun = in_request(|_, env| env.monotonic());
    let output = other.await;
    in_request(|answer_by, env| {
        let took = env.monotonic().saturating_sub(begun.unwrap_or_default());
        answer_by.set(answer_by.get() + took);
    });
    output
}

/// Looks at the deadline of the request, if this runs in one.
fn in_request<T>(look: impl FnOnce(&Cell<Duration>, &Env) -> T) -> Option<T> {
    let within = DEADLINE.try_with(|deadline| match deadline {
        Deadline::At(answer_by, env) => Some(look(answer_by, env)),
        Deadline::Background => None,
    });
    within.ok().flatten()
}

impl Store {
    /// Runs a request that arrived at this monotonic time. However often it calls the database,
    /// the last call is answered four seconds after that.
    pub fn within_request<F: Future>(
        &self,
        arrived: Duration,
        request: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        self.until(arrived + REQUEST, request)
    }

    /// Runs something whose calls to the database are all answered by this monotonic time.
    pub fn until<F: Future>(
        &self,
        answer_by: Duration,
        work: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        let deadline = Deadline::At(Cell::new(answer_by), self.env().clone());
        DEADLINE.scope(deadline, work)
    }

    /// The monotonic time by which a call made now is answered.
    #[must_use]
    pub fn answer_by(&self) -> Duration {
        let now = self.env().monotonic();
        let wait = DEADLINE.try_with(|deadline| match deadline {
            Deadline::At(answer_by, _) => answer_by.get(),
            Deadline::Background => now + BACKGROUND,
        });
        wait.unwrap_or(now + REQUEST)
    }

    /// Waits for something that waits for the database, as long as for a call.
    ///
    /// # Errors
    /// The deadline has passed.
    pub async fn in_time<F: Future>(&self, work: F) -> Result<F::Output, AppError> {
        let left = self.answer_by().saturating_sub(self.env().monotonic());
        if left.is_zero() {
            return Err(late());
        }
        let answered = tokio::time::timeout(left, work).await;
        answered.map_err(|_elapsed| late())
    }
}

fn late() -> AppError {
    AppError::unavailable(MessageError(
        "the database did not answer in time".to_owned(),
    ))
}
