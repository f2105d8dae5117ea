//! PostgreSQL: a fixed set of threads over one pool of connections and one queue.

use std::thread;
use std::time::Duration;

use crossbeam_channel::Receiver;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use kernel::Fault;
use r2d2::{ManageConnection, Pool};

use crate::AnyConn;
use crate::work::{Ending, Work};

/// How long a job waits for a connection before it is refused as unavailable.
const PATIENCE: Duration = Duration::from_secs(2);

/// A server that hangs must not hold our threads: each statement and each lock has its limit.
const SETTINGS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '4s'; \
    SET idle_in_transaction_session_timeout = '30s'; SET timezone = 'UTC';";

/// Added to the address where it does not say otherwise, so that a dead server is noticed.
const LINK: &[(&str, &str)] = &[
    ("connect_timeout", "2"),
    ("tcp_user_timeout", "4000"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("application_name", "courtside"),
];

/// A pooled connection, and whether it should be thrown away.
pub(crate) struct Slot {
    conn: AnyConn,
    broken: bool,
}

/// Makes connections for the pool.
pub(crate) struct Manager {
    url: String,
}

pub(crate) type PgPool = Pool<Manager>;

impl ManageConnection for Manager {
    type Connection = Slot;
    type Error = diesel::ConnectionError;

    fn connect(&self) -> Result<Slot, Self::Error> {
        let mut conn = PgConnection::establish(&self.url)?;
        conn.batch_execute(SETTINGS)
            .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        Ok(Slot {
            conn: AnyConn::Postgres(conn),
            broken: false,
        })
    }

    fn is_valid(&self, slot: &mut Slot) -> Result<(), Self::Error> {
        slot.conn
            .batch_execute("SELECT 1")
            .map_err(diesel::ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, slot: &mut Slot) -> bool {
        slot.broken
    }
}

pub(crate) fn manager(url: &str) -> Manager {
    let mut url = url.to_owned();
    for (name, value) in LINK {
        if !url.contains(&format!("{name}=")) {
            let mark = if url.contains('?') { '&' } else { '?' };
            url.push_str(&format!("{mark}{name}={value}"));
        }
    }
    Manager { url }
}

/// One connection outside the pool, for migrations.
pub(crate) fn connect(manager: &Manager) -> Result<AnyConn, Fault> {
    Ok(manager.connect()?.conn)
}

pub(crate) fn pool(manager: Manager, connections: usize) -> PgPool {
    let size = u32::try_from(connections).unwrap_or(u32::MAX);
    Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(PATIENCE)
        .test_on_check_out(false)
        .error_handler(Box::new(LogConnectionErrors))
        .build_unchecked(manager)
}

#[derive(Debug)]
struct LogConnectionErrors;

impl r2d2::HandleError<diesel::ConnectionError> for LogConnectionErrors {
    fn handle_error(&self, error: diesel::ConnectionError) {
        tracing::warn!(%error, "no connection to PostgreSQL");
    }
}

pub(crate) fn start_thread(pool: PgPool, queue: Receiver<Box<dyn Work>>) -> Result<(), Fault> {
    let body = move || {
        while let Ok(work) = queue.recv() {
            serve(&pool, work);
        }
    };
    thread::Builder::new()
        .name("postgres".to_owned())
        .spawn(body)?;
    Ok(())
}

fn serve(pool: &PgPool, work: Box<dyn Work>) {
    if work.writes() {
        write(pool, work);
    } else {
        read(pool, work);
    }
}

fn read(pool: &PgPool, mut work: Box<dyn Work>) {
    match pool.get() {
        Err(error) => work.finish(Ending::Lost(&error.to_string())),
        Ok(mut slot) => {
            work.run(&mut slot.conn);
            slot.broken = work.failed_by_database();
            drop(slot);
            work.finish(Ending::Settled);
        }
    }
}

fn write(pool: &PgPool, mut work: Box<dyn Work>) {
    let mut slot = match begin(pool) {
        Ok(slot) => slot,
        Err(why) => return work.finish(Ending::Lost(&why)),
    };
    let end = if work.run(&mut slot.conn) {
        "COMMIT"
    } else {
        "ROLLBACK"
    };
    let ended = slot.conn.batch_execute(end);
    slot.broken = ended.is_err() || work.failed_by_database();
    drop(slot);
    match ended {
        Ok(()) => work.finish(Ending::Settled),
        Err(error) => work.finish(Ending::Lost(&error.to_string())),
    }
}

/// A connection with an open transaction. One that died while it was idle is replaced: nothing
/// has been done on it yet.
fn begin(pool: &PgPool) -> Result<r2d2::PooledConnection<Manager>, String> {
    let mut why = String::new();
    for _ in 0..=pool.max_size() {
        let mut slot = pool.get().map_err(|error| error.to_string())?;
        match slot.conn.batch_execute("BEGIN") {
            Ok(()) => return Ok(slot),
            Err(error) => why = error.to_string(),
        }
        slot.broken = true;
    }
    Err(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_link_settings_only_where_the_address_has_none() {
        let url = manager("postgres://h/d?connect_timeout=9").url;
        assert!(url.starts_with("postgres://h/d?connect_timeout=9&tcp_user_timeout=4000&"));
        assert_eq!(url.matches("connect_timeout").count(), 1);
        assert!(
            manager("postgres://h/d")
                .url
                .starts_with("postgres://h/d?connect_timeout=2&")
        );
    }
}
