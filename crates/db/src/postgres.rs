//! PostgreSQL: connections, and tasks on one of them.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{ConnectionError, ConnectionResult};

use crate::postgres_address::PostgresAddress;
use crate::task::{DbTask, TaskScope, TxOutcome};
use crate::tls_tunnel::{SocketFolder, TlsError, TlsTarget};
use crate::{AnyConn, statements, tls_tunnel};

/// A hanging server must not block our threads: statements and locks time out, locks before the
/// deadline of a request.
const SETTINGS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '3s'; \
    SET idle_in_transaction_session_timeout = '30s'; SET timezone = 'UTC';";

/// After a failed statement, PostgreSQL rolls back at `COMMIT` and reports no error. So if a statement
/// failed, `SELECT 1` comes first: it fails, unless a savepoint was rolled back to, and `COMMIT` does not
/// run.
const COMMIT_AFTER_FAILURE: &str = "SELECT 1; COMMIT";
const ABORTED: &str = "current transaction is aborted";
const LOST: &str = "the connection ended during the statement";

/// A connection to this address.
pub(crate) fn connect(address: &PostgresAddress) -> ConnectionResult<AnyConn> {
    let mut conn = establish(address)?;
    conn.batch_execute(SETTINGS)
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    let mut conn = AnyConn::Postgres(conn);
    statements::instrument(&mut conn);
    Ok(conn)
}

/// The start of the message of a server that responds without the requested TLS.
const TLS_REFUSAL: &str = "the server responded: ";

fn establish(address: &PostgresAddress) -> ConnectionResult<PgConnection> {
    let Some(tls) = &address.tls else {
        return PgConnection::establish(&address.plain);
    };
    let tunnel = tls_tunnel::open(&tls.target);
    let described = |error: TlsError| match error.is_response() {
        true => format!("{TLS_REFUSAL}{error}"),
        false => error.to_string(),
    };
    match tunnel.map_err(|error| ConnectionError::BadConnection(described(error)))? {
        Some(folder) => {
            let connected = PgConnection::establish(&tls.through(folder.path()));
            connected.map_err(|error| naming_the_server(error, &folder, &tls.target))
        }
        None => PgConnection::establish(&address.plain),
    }
}

/// The error of libpq with the server in place of the socket to the tunnel.
fn naming_the_server(
    error: ConnectionError,
    folder: &SocketFolder,
    target: &TlsTarget,
) -> ConnectionError {
    let ConnectionError::BadConnection(text) = error else {
        return error;
    };
    let socket = format!("on socket \"{}\"", folder.socket().display());
    let server = format!("at \"{}\", port {}", target.address, target.port);
    ConnectionError::BadConnection(text.replace(&socket, &server))
}

/// Whether the server responded with a refusal, which a hanging one does not.
///
/// It is recognized by the text: of a failed connection, Diesel keeps only the message of libpq. A server
/// that translates its messages (`lc_messages`) may use another word than `FATAL`; it counts as hanging
/// until a connection succeeds.
pub(crate) fn is_refusal(error: &ConnectionError) -> bool {
    let text = error.to_string();
    text.contains("FATAL:") || text.contains(TLS_REFUSAL)
}

/// Whether the server responds on this connection.
pub(crate) fn is_alive(conn: &mut AnyConn) -> bool {
    conn.batch_execute("SELECT 1").is_ok()
}

/// Runs a task. Returns false if the connection is unusable afterwards.
pub(crate) fn serve(conn: &mut AnyConn, task: Box<dyn DbTask>) -> bool {
    match task.scope() {
        TaskScope::Reading => read(conn, task),
        TaskScope::Transaction => write(conn, task),
        TaskScope::OneStatement => write_at_once(conn, task),
    }
}

fn read(conn: &mut AnyConn, mut task: Box<dyn DbTask>) -> bool {
    task.run(conn);
    let usable = !task.failed_by_database();
    task.finish(TxOutcome::Completed);
    usable
}

/// Runs a task whose only statement is a transaction of its own: neither `BEGIN` nor `COMMIT` is sent.
fn write_at_once(conn: &mut AnyConn, mut task: Box<dyn DbTask>) -> bool {
    task.run(conn);
    let usable = !task.failed_by_database();
    task.finish(if usable {
        TxOutcome::Completed
    } else {
        TxOutcome::Unknown(LOST)
    });
    usable
}

fn write(conn: &mut AnyConn, mut task: Box<dyn DbTask>) -> bool {
    if let Err(error) = conn.batch_execute("BEGIN") {
        task.finish(TxOutcome::Failed(&error.to_string()));
        return false;
    }
    match statements::watch_failures(|| task.run(conn)) {
        (true, false) => commit(conn, task, "COMMIT"),
        (true, true) => commit(conn, task, COMMIT_AFTER_FAILURE),
        (false, _) => roll_back(conn, task),
    }
}

fn commit(conn: &mut AnyConn, task: Box<dyn DbTask>, statement: &str) -> bool {
    let Err(error) = conn.batch_execute(statement) else {
        task.finish(TxOutcome::Completed);
        return true;
    };
    let why = error.to_string();
    // If this succeeds, the server has responded and the commit was refused.
    let refused = conn.batch_execute("ROLLBACK").is_ok();
    task.finish(if why.contains(ABORTED) {
        TxOutcome::Aborted
    } else if refused {
        TxOutcome::Failed(&why)
    } else {
        TxOutcome::Unknown(&why)
    });
    refused
}

fn roll_back(conn: &mut AnyConn, task: Box<dyn DbTask>) -> bool {
    let rolled_back = conn.batch_execute("ROLLBACK");
    let usable = rolled_back.is_ok() && !task.failed_by_database();
    match rolled_back {
        Ok(()) => task.finish(TxOutcome::Completed),
        Err(error) => task.finish(TxOutcome::Failed(&error.to_string())),
    }
    usable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connect_over_tls_names_the_server_and_leaves_no_folder() {
        let Some(server) = testkit::private_postgres_with_tls() else {
            return;
        };
        let url = server.url().replace("/test", "/nowhere") + "?sslmode=require";
        let error = connect(&PostgresAddress::parse(&url).unwrap()).err();
        let text = error.unwrap().to_string();
        assert!(text.contains("\"nowhere\" does not exist"), "{text}");
        assert!(
            !text.contains("courtside-") && text.contains(", port "),
            "{text}"
        );
    }

    #[test]
    fn is_refusal_distinguishes_responses_from_silence() {
        let Some(server) = testkit::private_postgres() else {
            return;
        };
        let there = server.url();
        let (nowhere, nobody) = (
            there.replace("/test", "/nowhere"),
            there.replace("//postgres@", "//nobody@"),
        );
        let try_connect = |url: &str| {
            let address = PostgresAddress::parse(url).unwrap();
            connect(&address).map_err(|error| is_refusal(&error))
        };
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
        assert_eq!(try_connect(&there).err(), Some(false), "no server listens");
    }
}
