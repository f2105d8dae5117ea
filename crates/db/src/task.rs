//! A closure on its way through a door and its answer on the way back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kernel::{AppError, Env};
use tokio::sync::oneshot;

use crate::after_commit::{AfterCommitQueue, Hooks};
use crate::errors::{MessageError, classify};
use crate::{AnyConn, StatementCounter, Tx};

/// How the transaction around a piece of work ended.
pub(crate) enum TxOutcome<'a> {
    /// What it did is durable, or it was refused and left no trace.
    Completed,
    /// The database failed, or nobody waits any more; nothing of it was kept.
    Failed(&'a str),
    /// The closure went on after a database error and kept it to itself; nothing was kept.
    Aborted,
    /// The connection ended during the commit: it may be durable or not.
    Unknown(&'a str),
}

/// A piece of work as the database threads see it.
pub(crate) trait DbTask: Send {
    /// Whether it needs a transaction.
    fn writes(&self) -> bool;
    /// Whether its caller was answered already, because its deadline has passed.
    fn expired(&self) -> bool;
    /// Runs the closure and says whether its changes are wanted.
    fn run(&mut self, conn: &mut AnyConn) -> bool;
    /// Whether the connection seems to be gone.
    fn failed_by_database(&self) -> bool;
    /// Answers the caller.
    fn finish(self: Box<Self>, ending: TxOutcome<'_>);
}

/// Where the answer goes, and whether somebody still waits for it.
pub(crate) struct Reply<T> {
    pub(crate) answer: oneshot::Sender<Result<T, AppError>>,
    pub(crate) expired: Arc<AtomicBool>,
    /// Counts the statements of whoever waits.
    pub(crate) counter: StatementCounter,
}

impl<T> Reply<T> {
    fn is_expired(&self) -> bool {
        self.expired.load(Ordering::Relaxed)
    }
}

pub(crate) struct Read<F, T> {
    run: Option<F>,
    result: Option<Result<T, AppError>>,
    reply: Reply<T>,
}

impl<F, T> Read<F, T> {
    pub(crate) fn new(run: F, reply: Reply<T>) -> Self {
        Self {
            run: Some(run),
            result: None,
            reply,
        }
    }
}

impl<F, T> DbTask for Read<F, T>
where
    F: FnOnce(&mut AnyConn) -> Result<T, AppError> + Send,
    T: Send,
{
    fn writes(&self) -> bool {
        false
    }

    fn expired(&self) -> bool {
        self.reply.is_expired()
    }

    fn run(&mut self, conn: &mut AnyConn) -> bool {
        let Some(run) = self.run.take() else {
            return false;
        };
        let counted = || guarded(|| run(conn));
        self.result = Some(self.reply.counter.add(false, counted));
        true
    }

    fn failed_by_database(&self) -> bool {
        is_unavailable(self.result.as_ref())
    }

    fn finish(self: Box<Self>, ending: TxOutcome<'_>) {
        answer(self.reply, outcome(self.result, &ending));
    }
}

pub(crate) struct Write<F, T> {
    run: Option<F>,
    result: Option<Result<T, AppError>>,
    reply: Reply<T>,
    env: Env,
    after_commit: Arc<AfterCommitQueue>,
    hooks: Hooks,
}

impl<F, T> Write<F, T> {
    pub(crate) fn new(
        run: F,
        reply: Reply<T>,
        env: Env,
        after_commit: Arc<AfterCommitQueue>,
    ) -> Self {
        Self {
            run: Some(run),
            result: None,
            reply,
            env,
            after_commit,
            hooks: Hooks::default(),
        }
    }
}

impl<F, T> DbTask for Write<F, T>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send,
    T: Send + 'static,
{
    fn writes(&self) -> bool {
        true
    }

    fn expired(&self) -> bool {
        self.reply.is_expired()
    }

    fn run(&mut self, conn: &mut AnyConn) -> bool {
        let Some(run) = self.run.take() else {
            return false;
        };
        let mut tx = Tx::new(conn, &self.env);
        let counted = || guarded(|| run(&mut tx));
        let result = self.reply.counter.add(true, counted);
        let hooks = tx.into_hooks();
        // Whoever was answered that it failed may try again, so it must not count after all.
        let wanted = result.is_ok() && !self.reply.is_expired();
        if wanted {
            self.hooks = hooks;
        }
        self.result = Some(result);
        wanted
    }

    fn failed_by_database(&self) -> bool {
        is_unavailable(self.result.as_ref())
    }

    fn finish(self: Box<Self>, ending: TxOutcome<'_>) {
        let this = *self;
        let wanted = matches!(this.result, Some(Ok(_)));
        let (reply, outcome) = (this.reply, outcome(this.result, &ending));
        match ending {
            TxOutcome::Completed if wanted => {
                let answer = move || answer(reply, outcome);
                return this.after_commit.committed(this.hooks, answer);
            }
            TxOutcome::Unknown(_) if wanted => this.after_commit.commit_unknown(this.hooks),
            _ => {}
        }
        answer(reply, outcome);
    }
}

/// A panic in a closure must not take the database thread with it.
fn guarded<T>(run: impl FnOnce() -> Result<T, AppError>) -> Result<T, AppError> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result.map_err(classify),
        Err(_) => Err(AppError::internal(MessageError(
            "a database closure panicked".to_owned(),
        ))),
    }
}

fn is_unavailable<T>(result: Option<&Result<T, AppError>>) -> bool {
    matches!(result, Some(Err(error)) if error.code().kind == kernel::ErrorKind::Unavailable)
}

fn outcome<T>(result: Option<Result<T, AppError>>, ending: &TxOutcome<'_>) -> Result<T, AppError> {
    match (ending, result) {
        (TxOutcome::Completed, Some(result)) => result,
        // A refusal stands whatever became of the others in the same transaction.
        (_, Some(Err(error))) => Err(error),
        (TxOutcome::Failed(why) | TxOutcome::Unknown(why), _) => {
            Err(AppError::unavailable(MessageError((*why).to_owned())))
        }
        (TxOutcome::Aborted, _) => Err(internal(
            "a database closure went on after a database error, so nothing was stored",
        )),
        (TxOutcome::Completed, None) => Err(internal("work was never run")),
    }
}

fn internal(why: &str) -> AppError {
    AppError::internal(MessageError(why.to_owned()))
}

fn answer<T>(reply: Reply<T>, outcome: Result<T, AppError>) {
    // The caller may have gone away; then nobody waits for the answer.
    let _ = reply.answer.send(outcome);
}
