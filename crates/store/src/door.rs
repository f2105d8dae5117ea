//! The two doors.

use std::sync::{Arc, OnceLock};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use diesel::prelude::*;
use kernel::fault::Common;
use kernel::{Ambient, Fault};
use tokio::sync::{Notify, oneshot};

use crate::errors::Described;
use crate::outbox::Publish;
use crate::work::{Aftermath, Read, Work, Write};
use crate::{AnyConn, DatabaseUrl, Tx, migrate, postgres, sqlite};

/// How many jobs may wait at a door. Beyond that the server sheds load rather than memory.
const QUEUE: usize = 4_096;

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
    reads: Sender<Box<dyn Work>>,
    writes: Sender<Box<dyn Work>>,
    ambient: Ambient,
    aftermath: Arc<Aftermath>,
    sqlite: bool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.sqlite {
            "Store on SQLite"
        } else {
            "Store on PostgreSQL"
        })
    }
}

impl Store {
    /// Opens the database, applies what its schema lacks, and starts the threads.
    pub fn open(config: &StoreConfig, ambient: Ambient) -> Result<Self, Fault> {
        let (reads, read_queue) = bounded(QUEUE);
        let (writes, write_queue) = bounded(QUEUE);
        let sqlite = match &config.url {
            DatabaseUrl::Sqlite(path) => {
                let mut writer = sqlite::connect(path)?;
                prepare(&mut writer, config.migrate)?;
                sqlite::start_writer(writer, write_queue)?;
                each(config.connections, || {
                    sqlite::start_reader(path, read_queue.clone())
                })?;
                true
            }
            DatabaseUrl::Postgres(url) => {
                let manager = postgres::manager(url);
                prepare(&mut postgres::connect(&manager)?, config.migrate)?;
                start_postgres(manager, config.connections, &[read_queue, write_queue])?;
                false
            }
        };
        let aftermath = Arc::new(Aftermath {
            publisher: OnceLock::new(),
            jobs: Notify::new(),
        });
        Ok(Self {
            reads,
            writes,
            ambient,
            aftermath,
            sqlite,
        })
    }

    /// Says who carries events to the sockets. The first one stays.
    pub fn publish_to(&self, publisher: Arc<dyn Publish>) {
        if self.aftermath.publisher.set(publisher).is_err() {
            tracing::warn!("a second publisher was offered and not taken");
        }
    }

    /// Runs a closure that only reads. Single statements see what was committed before; several
    /// need not see the same moment.
    pub async fn read<T, F>(&self, run: F) -> Result<T, Fault>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        enter(&self.reads, Box::new(Read::new(run, reply)))?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Runs a closure in one transaction. `Ok` means that it is durable.
    pub async fn write<T, F>(&self, run: F) -> Result<T, Fault>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = Write::new(
            run,
            reply,
            self.ambient.clone(),
            Arc::clone(&self.aftermath),
        );
        enter(&self.writes, Box::new(work))?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Asks the database for a sign of life and whether its schema is up to date.
    pub async fn status(&self) -> Result<Status, Fault> {
        self.read(|conn| {
            Ok(Status {
                pending_migrations: migrate::pending(conn)?,
            })
        })
        .await
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), Fault> {
        self.read(|conn| {
            diesel::sql_query("SELECT 1").execute(conn)?;
            Ok(())
        })
        .await
    }

    /// Time and chance, as the transactions see them.
    #[must_use]
    pub fn ambient(&self) -> &Ambient {
        &self.ambient
    }

    /// Whether all runs on this one machine, without a database server.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.sqlite
    }

    /// Jobs that wait at the doors: reads and writes.
    #[must_use]
    pub fn queued(&self) -> (usize, usize) {
        (self.reads.len(), self.writes.len())
    }

    pub(crate) fn publisher(&self) -> Option<&Arc<dyn Publish>> {
        self.aftermath.publisher.get()
    }

    pub(crate) async fn jobs_added(&self) {
        self.aftermath.jobs.notified().await;
    }

    pub(crate) fn wake_worker(&self) {
        self.aftermath.jobs.notify_one();
    }
}

fn prepare(conn: &mut AnyConn, migrate: bool) -> Result<(), Fault> {
    if migrate {
        for version in migrate::run(conn)? {
            tracing::info!(version, "migration applied");
        }
    }
    Ok(())
}

fn each(count: usize, mut start: impl FnMut() -> Result<(), Fault>) -> Result<(), Fault> {
    (0..count.max(1)).try_for_each(|_| start())
}

/// Reads and writes have queues of their own but share the connections: half the threads serve
/// each, so that a flood of one never starves the other.
fn start_postgres(
    manager: postgres::Manager,
    connections: usize,
    queues: &[Receiver<Box<dyn Work>>],
) -> Result<(), Fault> {
    let connections = connections.max(queues.len());
    let pool = postgres::pool(manager, connections);
    for (_, queue) in (0..connections).zip(queues.iter().cycle()) {
        postgres::start_thread(pool.clone(), queue.clone())?;
    }
    Ok(())
}

fn enter(door: &Sender<Box<dyn Work>>, work: Box<dyn Work>) -> Result<(), Fault> {
    match door.try_send(work) {
        Ok(()) => Ok(()),
        Err(TrySendError::Full(_)) => {
            Err(Common::Overloaded.retry_after(std::time::Duration::from_secs(1)))
        }
        Err(TrySendError::Disconnected(_)) => Err(stopped()),
    }
}

fn stopped() -> Fault {
    Fault::unavailable(Described("the database threads have stopped".to_owned()))
}
