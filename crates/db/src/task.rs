//! Closures as the database threads see them, and the way back of their results.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kernel::{AppError, Env};
use tokio::sync::oneshot;

use crate::after_commit::{AfterCommitQueue, Hooks};
use crate::errors::{MessageError, classify};
use crate::{AnyConn, StatementCounter, Tx};

/// How the transaction around a task ended.
pub(crate) enum TxOutcome<'a> {
    /// The changes are durable, or the closure failed and they were rolled back.
    Completed,
    /// The database failed, or the deadline passed; the changes were rolled back.
    Failed(&'a str),
    /// The closure ignored a database error; the changes were rolled back.
    Aborted,
    /// The connection ended during the commit: the changes may be durable or not.
    Unknown(&'a str),
}

/// What a task needs around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskScope {
    /// Nothing: it only reads.
    Reading,
    /// A transaction.
    Transaction,
    /// Nothing on PostgreSQL, where its only statement is a transaction of its own.
    OneStatement,
}

/// A closure, its result and where that goes.
pub(crate) trait DbTask: Send {
    /// What it needs around it.
    fn scope(&self) -> TaskScope;
    /// Whether the caller has its result already because the deadline has passed.
    fn expired(&self) -> bool;
    /// Runs the closure. Returns whether its changes are to be committed.
    fn run(&mut self, conn: &mut AnyConn) -> bool;
    /// Whether the closure failed because the connection seems to be lost.
    fn failed_by_database(&self) -> bool;
    /// Sends the result to the caller.
    fn finish(self: Box<Self>, outcome: TxOutcome<'_>);
}

/// Where the result goes, and whether the caller still waits for it.
pub(crate) struct Reply<T> {
    pub(crate) result: oneshot::Sender<Result<T, AppError>>,
    pub(crate) expired: Arc<AtomicBool>,
    /// Counts the statements of the caller's operation.
    pub(crate) counter: StatementCounter,
}

impl<T> Reply<T> {
    fn is_expired(&self) -> bool {
        self.expired.load(Ordering::Relaxed)
    }

    /// Does nothing where the caller has gone away.
    fn send(self, result: Result<T, AppError>) {
        let _ = self.result.send(result);
    }
}

pub(crate) struct ReadTask<F, T> {
    run: Option<F>,
    result: Option<Result<T, AppError>>,
    reply: Reply<T>,
}

impl<F, T> ReadTask<F, T> {
    pub(crate) fn new(run: F, reply: Reply<T>) -> Self {
        Self {
            run: Some(run),
            result: None,
            reply,
        }
    }
}

impl<F, T> DbTask for ReadTask<F, T>
where
    F: FnOnce(&mut AnyConn) -> Result<T, AppError> + Send,
    T: Send,
{
    fn scope(&self) -> TaskScope {
        TaskScope::Reading
    }

    fn expired(&self) -> bool {
        self.reply.is_expired()
    }

    fn run(&mut self, conn: &mut AnyConn) -> bool {
        let Some(run) = self.run.take() else {
            return false;
        };
        let counted = || catch_panic(|| run(conn));
        self.result = Some(self.reply.counter.add(false, counted));
        true
    }

    fn failed_by_database(&self) -> bool {
        is_unavailable(self.result.as_ref())
    }

    fn finish(self: Box<Self>, outcome: TxOutcome<'_>) {
        self.reply.send(result_after(&outcome, self.result));
    }
}

pub(crate) struct WriteTask<F, T> {
    run: Option<F>,
    result: Option<Result<T, AppError>>,
    reply: Reply<T>,
    scope: TaskScope,
    env: Env,
    after_commit: Arc<AfterCommitQueue>,
    hooks: Hooks,
}

impl<F, T> WriteTask<F, T> {
    pub(crate) fn new(
        run: F,
        reply: Reply<T>,
        scope: TaskScope,
        (env, after_commit): (Env, Arc<AfterCommitQueue>),
    ) -> Self {
        Self {
            run: Some(run),
            result: None,
            reply,
            scope,
            env,
            after_commit,
            hooks: Hooks::default(),
        }
    }
}

impl<F, T> DbTask for WriteTask<F, T>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send,
    T: Send + 'static,
{
    fn scope(&self) -> TaskScope {
        self.scope
    }

    fn expired(&self) -> bool {
        self.reply.is_expired()
    }

    fn run(&mut self, conn: &mut AnyConn) -> bool {
        let Some(run) = self.run.take() else {
            return false;
        };
        let mut tx = Tx::new(conn, &self.env);
        let counted = || catch_panic(|| run(&mut tx));
        let result = self.reply.counter.add(true, counted);
        let hooks = tx.into_hooks();
        let is_alone = self.scope == TaskScope::OneStatement;
        // A caller who was told that the deadline passed may try again. What one statement did is done.
        let commit = result.is_ok() && (is_alone || !self.reply.is_expired());
        if commit || is_alone {
            self.hooks = hooks;
        }
        self.result = Some(result);
        commit
    }

    fn failed_by_database(&self) -> bool {
        is_unavailable(self.result.as_ref())
    }

    fn finish(self: Box<Self>, outcome: TxOutcome<'_>) {
        let this = *self;
        let succeeded = matches!(this.result, Some(Ok(_)));
        let is_alone = this.scope == TaskScope::OneStatement;
        let (reply, result) = (this.reply, result_after(&outcome, this.result));
        match outcome {
            TxOutcome::Completed if succeeded => {
                let send_result = move || reply.send(result);
                this.after_commit.committed(this.hooks, send_result);
            }
            TxOutcome::Unknown(_) if succeeded || is_alone => {
                this.after_commit.commit_unknown(this.hooks);
                reply.send(result);
            }
            _ => reply.send(result),
        }
    }
}

/// Runs a closure so that its panic does not end the database thread.
fn catch_panic<T>(run: impl FnOnce() -> Result<T, AppError>) -> Result<T, AppError> {
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

/// The result for the caller of a task whose transaction ended like this.
fn result_after<T>(
    outcome: &TxOutcome<'_>,
    result: Option<Result<T, AppError>>,
) -> Result<T, AppError> {
    match (outcome, result) {
        (TxOutcome::Completed, Some(result)) => result,
        // An error of the closure stands whatever became of the transaction.
        (_, Some(Err(error))) => Err(error),
        (TxOutcome::Failed(why) | TxOutcome::Unknown(why), _) => {
            Err(AppError::unavailable(MessageError((*why).to_owned())))
        }
        (TxOutcome::Aborted, _) => Err(internal(
            "a database closure ignored a database error, so nothing was stored",
        )),
        (TxOutcome::Completed, None) => Err(internal("the task was never run")),
    }
}

fn internal(why: &str) -> AppError {
    AppError::internal(MessageError(why.to_owned()))
}
