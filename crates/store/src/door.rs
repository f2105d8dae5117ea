//! The two doors.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::prelude::*;
use kernel::{AppError, Env};
use tokio::sync::{oneshot, watch};

use crate::aftermath::Aftermath;
use crate::outbox::{Publish, StoredEvent};
use crate::postgres_threads::PostgresThreads;
use crate::queue::{WorkSender, stopped, work_queue};
use crate::work::{Read, Reply, Work, Write};
use crate::{AnyConn, DatabaseUrl, StatementCounter, Tx, migrate, postgres, sqlite};

/// Which database, and how wide the doors are.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Where it is.
    pub url: DatabaseUrl,
    /// Reader threads on SQLite, connections on PostgreSQL.
    pub connections: usize,
    /// Whether to bring the schema up to date first.
    pub migrate: bool,
}

/// How the database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Schema versions that are not applied yet.
    pub pending_migrations: usize,
}

/// The database, as every service holds it. Clones share one set of threads, which end when the
/// last clone is dropped.
#[derive(Clone)]
pub struct Store {
    doors: Arc<Doors>,
    env: Env,
    aftermath: Arc<Aftermath>,
}

struct Doors {
    reads: WorkSender,
    writes: WorkSender,
    /// None on SQLite.
    postgres: Option<Arc<PostgresThreads>>,
}

impl Drop for Doors {
    fn drop(&mut self) {
        if let Some(threads) = &self.postgres {
            threads.close();
        }
    }
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
    /// Opens the database, applies what its schema lacks, and starts the threads.
    pub fn open(config: &StoreConfig, env: Env) -> Result<Self, AppError> {
        let server = Arc::default();
        let (reads, read_queue) = work_queue(&server);
        let (writes, write_queue) = work_queue(&server);
        let postgres = match &config.url {
            DatabaseUrl::Sqlite(path) => {
                let mut writer = sqlite::connect(path)?;
                prepare(&mut writer, config.migrate)?;
                sqlite::start_writer(writer, write_queue)?;
                each(config.connections, || {
                    sqlite::start_reader(path, read_queue.clone())
                })?;
                None
            }
            DatabaseUrl::Postgres(url) => {
                let address = postgres::address(url);
                prepare(&mut postgres::connect(&address)?, config.migrate)?;
                let queues = vec![read_queue, write_queue];
                let count = config.connections;
                Some(PostgresThreads::start(address, server, queues, count)?)
            }
        };
        Ok(Self {
            doors: Arc::new(Doors {
                reads,
                writes,
                postgres,
            }),
            env,
            aftermath: Aftermath::start()?,
        })
    }

    /// Says who carries events to the sockets. The first one stays.
    pub fn publish_to(&self, publisher: Arc<dyn Publish>) {
        if !self.aftermath.publish_to(publisher) {
            tracing::warn!("a second publisher was offered and not taken");
        }
    }

    /// Runs a closure that only reads. Single statements see what was committed before; several
    /// need not see the same moment.
    pub async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        self.ask(&self.doors.reads, |reply| Box::new(Read::new(run, reply)))
            .await
    }

    /// Runs a closure in one transaction. `Ok` means that it is durable.
    ///
    /// Where the deadline passes while it runs, it is rolled back, unless the commit is on its way
    /// already: then it may count all the same.
    pub async fn write<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let (env, aftermath) = (self.env.clone(), Arc::clone(&self.aftermath));
        self.ask(&self.doors.writes, |reply| {
            Box::new(Write::new(run, reply, env, aftermath))
        })
        .await
    }

    /// Submits work and waits for its answer until the [deadline](crate::deadline).
    async fn ask<T>(
        &self,
        door: &WorkSender,
        work: impl FnOnce(Reply<T>) -> Box<dyn Work>,
    ) -> Result<T, AppError> {
        let (answer, answered) = oneshot::channel();
        let expired = Arc::new(AtomicBool::new(false));
        let reply = Reply {
            answer,
            expired: Arc::clone(&expired),
            counter: StatementCounter::current(),
        };
        let submit_and_wait = async {
            door.submit(work(reply))?;
            answered.await.unwrap_or_else(|_| Err(stopped()))
        };
        let outcome = self.in_time(submit_and_wait).await;
        expired.store(outcome.is_err(), Ordering::Relaxed);
        outcome?
    }

    /// Asks the database for a sign of life and whether its schema is up to date.
    pub async fn status(&self) -> Result<Status, AppError> {
        self.read(|conn| {
            Ok(Status {
                pending_migrations: migrate::pending(conn)?,
            })
        })
        .await
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), AppError> {
        self.read(|conn| {
            diesel::sql_query("SELECT 1").execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Time and chance, as the transactions see them.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// Whether all runs on this one machine, without a database server.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.doors.postgres.is_none()
    }

    /// Jobs that wait at the doors: reads and writes.
    #[must_use]
    pub fn queued(&self) -> (usize, usize) {
        (self.doors.reads.len(), self.doors.writes.len())
    }

    /// Waits until the events of all writes that were answered are published.
    pub async fn flush_events(&self) {
        self.aftermath.flushed().await;
    }

    pub(crate) async fn publish(&self, events: Vec<StoredEvent>) {
        self.aftermath.publish(events).await;
    }

    pub(crate) fn take_doubtful(&self) -> Vec<StoredEvent> {
        self.aftermath.take_doubtful()
    }

    pub(crate) fn doubt(&self, events: Vec<StoredEvent>) {
        self.aftermath.doubt(events);
    }

    pub(crate) fn watch_jobs(&self) -> watch::Receiver<()> {
        self.aftermath.watch_jobs()
    }

    pub(crate) fn wake_worker(&self) {
        self.aftermath.jobs_added();
    }
}

fn prepare(conn: &mut AnyConn, migrate: bool) -> Result<(), AppError> {
    if migrate {
        for version in migrate::run(conn)? {
            tracing::info!(version, "migration applied");
        }
    }
    Ok(())
}

fn each(count: usize, mut start: impl FnMut() -> Result<(), AppError>) -> Result<(), AppError> {
    (0..count.max(1)).try_for_each(|_| start())
}
