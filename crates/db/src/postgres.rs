//! PostgreSQL: connections, and how work runs on one.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{ConnectionError, ConnectionResult};

use crate::task::{DbTask, TxOutcome};
use crate::{AnyConn, statements};

/// A server that hangs must not hold our threads: each statement and each lock has its limit. A
/// lock is given up before its caller is.
const SETTINGS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '3s'; \
    SET idle_in_transaction_session_timeout = '30s'; SET timezone = 'UTC';";

/// Added to the address where it does not say otherwise, so that a dead server is noticed.
const CONNECTION_DEFAULTS: &[(&str, &str)] = &[
    ("connect_timeout", "2"),
    ("tcp_user_timeout", "4000"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("application_name", "courtside"),
];

/// A failed statement makes PostgreSQL answer `COMMIT` with a rollback and no error. Where one failed,
/// `SELECT 1` goes first: it fails then, unless a savepoint was rolled back to, and what follows it is
/// not run.
const COMMIT_AFTER_FAILURE: &str = "SELECT 1; COMMIT";
const ABORTED: &str = "current transaction is aborted";

/// The address with the settings of the link.
pub(crate) fn address(url: &str) -> String {
    let mut url = url.to_owned();
    for (name, value) in CONNECTION_DEFAULTS {
        if !url.contains(&format!("{name}=")) {
            let mark = if url.contains('?') { '&' } else { '?' };
            url.push_str(&format!("{mark}{name}={value}"));
        }
    }
    url
}

/// A connection to this [`address`].
pub(crate) fn connect(address: &str) -> ConnectionResult<AnyConn> {
    let mut conn = PgConnection::establish(address)?;
    conn.batch_execute(SETTINGS)
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    let mut conn = AnyConn::Postgres(conn);
    statements::instrument(&mut conn);
    Ok(conn)
}

/// Whether the server itself has refused the connection, so that it does not hang.
///
/// Decided by the text: libpq tells the SQLSTATE of a statement, but not that of a connection that
/// failed, of which Diesel keeps nothing but libpq's message. A server that translates its messages
/// (`lc_messages`) may use another word; it then counts as hanging until a connection is made.
pub(crate) fn is_refusal(error: &ConnectionError) -> bool {
    error.to_string().contains("FATAL:")
}

/// Whether the server still answers on this connection.
pub(crate) fn is_alive(conn: &mut AnyConn) -> bool {
    conn.batch_execute("SELECT 1").is_ok()
}

/// Runs work and answers its caller. False where the connection is of no more use.
pub(crate) fn serve(conn: &mut AnyConn, work: Box<dyn DbTask>) -> bool {
    if work.writes() {
        write(conn, work)
    } else {
        read(conn, work)
    }
}

fn read(conn: &mut AnyConn, mut work: Box<dyn DbTask>) -> bool {
    work.run(conn);
    let usable = !work.failed_by_database();
    work.finish(TxOutcome::Completed);
    usable
}

fn write(conn: &mut AnyConn, mut work: Box<dyn DbTask>) -> bool {
    if let Err(error) = conn.batch_execute("BEGIN") {
        work.finish(TxOutcome::Failed(&error.to_string()));
        return false;
    }
    match statements::watch_failures(|| work.run(conn)) {
        (true, false) => commit(conn, work, "COMMIT"),
        (true, true) => commit(conn, work, COMMIT_AFTER_FAILURE),
        (false, _) => roll_back(conn, work),
    }
}

fn commit(conn: &mut AnyConn, work: Box<dyn DbTask>, statement: &str) -> bool {
    let Err(error) = conn.batch_execute(statement) else {
        work.finish(TxOutcome::Completed);
        return true;
    };
    let why = error.to_string();
    // Where this works the server has answered, so the commit was refused.
    let refused = conn.batch_execute("ROLLBACK").is_ok();
    work.finish(if why.contains(ABORTED) {
        TxOutcome::Aborted
    } else if refused {
        TxOutcome::Failed(&why)
    } else {
        TxOutcome::Unknown(&why)
    });
    refused
}

fn roll_back(conn: &mut AnyConn, work: Box<dyn DbTask>) -> bool {
    let ended = conn.batch_execute("ROLLBACK");
    let usable = ended.is_ok() && !work.failed_by_database();
    match ended {
        Ok(()) => work.finish(TxOutcome::Completed),
        Err(error) => work.finish(TxOutcome::Failed(&error.to_string())),
    }
    usable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_link_settings_only_where_the_address_has_none() {
        let url = address("postgres://h/d?connect_timeout=9");
        assert!(url.starts_with("postgres://h/d?connect_timeout=9&tcp_user_timeout=4000&"));
        assert_eq!(url.matches("connect_timeout").count(), 1);
        assert!(address("postgres://h/d").starts_with("postgres://h/d?connect_timeout=2&"));
    }

    #[test]
    fn is_refusal_tells_a_server_that_answers_from_one_that_does_not() {
        let Some(server) = testkit::private_postgres() else {
            return;
        };
        let there = server.url();
        let (nowhere, nobody) = (
            there.replace("/test", "/nowhere"),
            there.replace("//postgres@", "//nobody@"),
        );
        let try_connect = |url: &str| connect(&address(url)).map_err(|error| is_refusal(&error));
        assert_eq!(try_connect(&nowhere).err(), Some(true), "no such database");
        assert_eq!(try_connect(&nobody).err(), Some(true), "no such role");
        let mut open = vec![];
        let full = loop {
            match try_connect(&there) {
                Ok(conn) => open.push(conn),
                Err(is_refusal) => break is_refusal,
            }
        };
        assert!(full && !open.is_empty(), "after {} connections", open.len());
        server.freeze();
        assert_eq!(try_connect(&there).err(), Some(false), "it hangs");
        server.thaw();
        server.stop();
        assert_eq!(try_connect(&there).err(), Some(false), "nobody listens");
    }
}
