//! The store: the database as services use it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::prelude::*;
use kernel::{AppError, Env};
use tokio::sync::oneshot;

use crate::after_commit::{AfterCommitQueue, AfterCommitTask};
use crate::executor::Executor;
use crate::queue::{TaskSender, stopped};
use crate::task::{DbTask, ReadTask, Reply, TaskScope, WriteTask};
use crate::{AnyConn, StatementCounter, StoreConfig, Tx, migrate};

/// State of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreStatus {
    /// Schema versions that are not applied yet.
    pub pending_migrations: usize,
}

/// The database. Clones share one set of threads, which end when the
/// last clone is dropped.
#[derive(Clone)]
pub struct Store {
    executor: Arc<Executor>,
    env: Env,
    after_commit: Arc<AfterCommitQueue>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_embedded() {
            "Store on SQLite"
        } else {
            "Store on PostgreSQL"
        })
    }
}

impl Store {
    /// Opens the database, applies pending migrations, and starts the threads.
    pub fn open(config: &StoreConfig, env: Env) -> Result<Self, AppError> {
        Ok(Self {
            executor: Arc::new(Executor::open(config)?),
            env,
            after_commit: AfterCommitQueue::start()?,
        })
    }

    /// Runs a closure that only reads. A statement sees what was committed before it; several
    /// statements need not see the same state.
    pub async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        self.run(&self.executor.reads, |reply| {
            Box::new(ReadTask::new(run, reply))
        })
        .await
    }

    /// Runs a closure in one transaction. `Ok` means that its changes are durable.
    ///
    /// If the deadline passes while it runs, it is rolled back, unless the commit has begun already:
    /// then its changes may be durable although an error is returned.
    pub async fn write<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        self.write_within(TaskScope::Transaction, run).await
    }

    /// As [`write`](Self::write), for a closure that runs at most one statement. On PostgreSQL that is a
    /// transaction of its own, without a round trip before and after it, and so it is not rolled back
    /// if the deadline passes or the closure fails after it.
    pub async fn write_one_statement<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        self.write_within(TaskScope::OneStatement, run).await
    }

    async fn write_within<T, F>(&self, scope: TaskScope, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let context = (self.env.clone(), Arc::clone(&self.after_commit));
        self.run(&self.executor.writes, |reply| {
            Box::new(WriteTask::new(run, reply, scope, context))
        })
        .await
    }

    /// Submits a task and waits for its result until the [deadline](crate::deadline).
    async fn run<T>(
        &self,
        queue: &TaskSender,
        task: impl FnOnce(Reply<T>) -> Box<dyn DbTask>,
    ) -> Result<T, AppError> {
        let (result, received) = oneshot::channel();
        let expired = Arc::new(AtomicBool::new(false));
        let reply = Reply {
            result,
            expired: Arc::clone(&expired),
            counter: StatementCounter::current(),
        };
        let submit_and_wait = async {
            queue.submit(task(reply))?;
            received.await.unwrap_or_else(|_| Err(stopped()))
        };
        let outcome = self.before_deadline(submit_and_wait).await;
        expired.store(outcome.is_err(), Ordering::Relaxed);
        outcome?
    }

    /// Whether the database responds and its schema is up to date.
    pub async fn status(&self) -> Result<StoreStatus, AppError> {
        self.read(|conn| {
            Ok(StoreStatus {
                pending_migrations: migrate::pending(conn)?,
            })
        })
        .await
    }

    /// Whether the database responds.
    pub async fn ping(&self) -> Result<(), AppError> {
        self.read(|conn| {
            diesel::sql_query("SELECT 1").execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Clock and randomness of the transactions.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// Whether the database is SQLite, which has no server.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.executor.is_embedded()
    }

    /// Numbers of queued reads and writes.
    #[must_use]
    pub fn queued(&self) -> (usize, usize) {
        (self.executor.reads.len(), self.executor.writes.len())
    }

    /// State that another crate keeps with this store: one value per type, created on first use.
    #[must_use]
    pub fn extension<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.after_commit.extensions.get()
    }

    /// Runs a task on the after-commit thread, after those of transactions committed before.
    pub async fn run_after_commits(&self, task: AfterCommitTask) {
        self.after_commit.submit(task).await;
    }

    /// Waits until the after-commit tasks of all completed writes have run.
    pub async fn flush_after_commits(&self) {
        self.after_commit.flush().await;
    }
}
