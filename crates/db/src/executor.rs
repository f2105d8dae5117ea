//! The database threads and the queues in front of them.

use std::sync::Arc;

use kernel::AppError;

use crate::errors::MessageError;
use crate::postgres_address::PostgresAddress;
use crate::postgres_threads::PostgresThreads;
use crate::queue::{TaskSender, task_queue};
use crate::{AnyConn, DatabaseUrl, StoreConfig, migrate, postgres, sqlite};

/// Runs tasks on database threads, which end when this is dropped.
pub(crate) struct Executor {
    pub(crate) reads: TaskSender,
    pub(crate) writes: TaskSender,
    /// None on SQLite.
    postgres: Option<Arc<PostgresThreads>>,
}

impl Drop for Executor {
    fn drop(&mut self) {
        if let Some(threads) = &self.postgres {
            threads.close();
        }
    }
}

impl Executor {
    /// Connects, applies pending migrations if the configuration says so, and starts the threads.
    pub(crate) fn open(config: &StoreConfig) -> Result<Self, AppError> {
        let server = Arc::default();
        let (reads, read_queue) = task_queue(&server);
        let (writes, write_queue) = task_queue(&server);
        let postgres = match &config.url {
            DatabaseUrl::Sqlite(path) => {
                let mut writer = sqlite::connect(path)?;
                prepare(&mut writer, config.migrate)?;
                sqlite::start_writer(writer, write_queue)?;
                for _ in 0..config.connections.max(1) {
                    sqlite::start_reader(path, read_queue.clone())?;
                }
                None
            }
            DatabaseUrl::Postgres(url) => {
                let address = PostgresAddress::parse(url)
                    .map_err(|error| AppError::internal(MessageError(error.to_string())))?;
                prepare(&mut postgres::connect(&address)?, config.migrate)?;
                let queues = vec![read_queue, write_queue];
                let count = config.connections;
                Some(PostgresThreads::start(address, server, queues, count)?)
            }
        };
        Ok(Self {
            reads,
            writes,
            postgres,
        })
    }

    /// Whether there is no database server.
    pub(crate) fn is_embedded(&self) -> bool {
        self.postgres.is_none()
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
