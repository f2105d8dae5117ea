//! Outages of the database.

use std::time::Duration;

use db::{Store, Tx};
use diesel::prelude::*;
use kernel::{AppError, Clock, ErrorKind};

use crate::until;

testkit::postgres_tests!(
    store_recovers_when_postgres_restarts,
    calls_are_refused_when_postgres_freezes,
    write_is_refused_when_reads_found_postgres_frozen,
    calls_are_refused_when_postgres_is_killed,
);

async fn store_recovers_when_postgres_restarts(server: testkit::PrivatePostgres) {
    let config = db::StoreConfig {
        url: server.url().parse().unwrap(),
        connections: 4,
        migrate: true,
    };
    let store = db::Store::open(&config, kernel::Env::system()).unwrap();
    store.ping().await.unwrap();
    server.stop();
    for _ in 0..2 {
        let error = store.write(write).await.unwrap_err();
        assert_eq!(error.code().kind, ErrorKind::Unavailable);
        assert!(error.retry_delay().is_some(), "it says when to try again");
        assert_eq!(
            store.ping().await.unwrap_err().code().kind,
            ErrorKind::Unavailable
        );
    }
    server.restart();
    until("writes work again", || async {
        store.write(write).await.is_ok()
    })
    .await;
    until("reads work again", || async { store.ping().await.is_ok() }).await;
}

/// Any write.
fn write(tx: &mut Tx<'_>) -> Result<(), AppError> {
    diesel::sql_query("DELETE FROM pending_renames").execute(tx.conn)?;
    Ok(())
}

/// The longest response time, also on a busy machine: the deadline is four seconds. Without a deadline
/// there would be no response.
const RESPONSE_LIMIT: Duration = Duration::from_secs(12);

/// Whether a call was refused without waiting, as the server is known to be unavailable.
fn is_refused_at_once(error: &AppError) -> bool {
    error.chain().contains("cannot be reached")
}

fn open(server: &testkit::PrivatePostgres) -> Store {
    let config = db::StoreConfig {
        url: server.url().parse().unwrap(),
        connections: 4,
        migrate: true,
    };
    Store::open(&config, kernel::Env::system()).unwrap()
}

/// Sends many concurrent calls, which must all be refused in time.
async fn send_many(store: &Store) -> Vec<AppError> {
    let started = kernel::SystemClock::new();
    let requests: Vec<_> = (0..50)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                if n % 2 == 0 {
                    store.write(write).await
                } else {
                    store.ping().await
                }
            })
        })
        .collect();
    let mut errors = vec![];
    for one in requests {
        let error = one.await.unwrap().unwrap_err();
        assert_eq!(
            error.code().kind,
            ErrorKind::Unavailable,
            "{}",
            error.chain()
        );
        assert!(error.retry_delay().is_some());
        errors.push(error);
    }
    assert!(started.monotonic() < RESPONSE_LIMIT);
    errors
}

async fn wait_for_refusal(store: &Store) {
    until("reads know that it is away", || async {
        store
            .ping()
            .await
            .is_err_and(|error| is_refused_at_once(&error))
    })
    .await;
}

async fn wait_for_recovery(store: &Store) {
    until("reads and writes work", || async {
        store.ping().await.is_ok() && store.write(write).await.is_ok()
    })
    .await;
}

async fn calls_are_refused_when_postgres_freezes(server: testkit::PrivatePostgres) {
    let store = open(&server);
    wait_for_recovery(&store).await;
    server.freeze();
    send_many(&store).await;
    wait_for_refusal(&store).await;
    assert!(send_many(&store).await.iter().all(is_refused_at_once));
    server.thaw();
    wait_for_recovery(&store).await;
}

async fn write_is_refused_when_reads_found_postgres_frozen(server: testkit::PrivatePostgres) {
    let store = open(&server);
    wait_for_recovery(&store).await;
    server.freeze();
    wait_for_refusal(&store).await;
    let write = store.write(write).await;
    let is_refused = write.is_err_and(|error| is_refused_at_once(&error));
    assert!(is_refused, "no write had to find out");
    server.thaw();
    wait_for_recovery(&store).await;
}

async fn calls_are_refused_when_postgres_is_killed(server: testkit::PrivatePostgres) {
    let store = open(&server);
    wait_for_recovery(&store).await;
    server.crash();
    send_many(&store).await;
    wait_for_refusal(&store).await;
    assert!(send_many(&store).await.iter().all(is_refused_at_once));
    server.restart();
    wait_for_recovery(&store).await;
}

#[tokio::test]
async fn open_fails_with_a_wrong_address() {
    let config = db::StoreConfig {
        url: "postgres://127.0.0.1:1/none".parse().unwrap(),
        connections: 1,
        migrate: true,
    };
    assert!(db::Store::open(&config, kernel::Env::system()).is_err());
}
