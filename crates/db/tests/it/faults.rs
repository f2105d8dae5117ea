//! What happens when the database goes away.

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

/// What nobody has to wait longer for, on a busy machine too: the deadline is four seconds. Without
/// one nobody would be answered.
const ANSWERED_WITHIN: Duration = Duration::from_secs(12);

/// Whether a call was refused because the server is known to be away, without waiting for it.
fn is_away(error: &AppError) -> bool {
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

/// Has many callers ask at once, who must all be refused in time.
async fn ask_many(store: &Store) -> Vec<AppError> {
    let begun = kernel::SystemClock::new();
    let asked: Vec<_> = (0..50)
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
    for one in asked {
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
    assert!(begun.monotonic() < ANSWERED_WITHIN);
    errors
}

async fn until_known_to_be_away(store: &Store) {
    until("reads know that it is away", || async {
        store.ping().await.is_err_and(|error| is_away(&error))
    })
    .await;
}

async fn heals(store: &Store) {
    until("reads and writes work", || async {
        store.ping().await.is_ok() && store.write(write).await.is_ok()
    })
    .await;
}

async fn calls_are_refused_when_postgres_freezes(server: testkit::PrivatePostgres) {
    let store = open(&server);
    heals(&store).await;
    server.freeze();
    ask_many(&store).await;
    until_known_to_be_away(&store).await;
    assert!(ask_many(&store).await.iter().all(is_away));
    server.thaw();
    heals(&store).await;
}

async fn write_is_refused_when_reads_found_postgres_frozen(server: testkit::PrivatePostgres) {
    let store = open(&server);
    heals(&store).await;
    server.freeze();
    until_known_to_be_away(&store).await;
    let write = store.write(write).await;
    let is_refused = write.is_err_and(|error| is_away(&error));
    assert!(is_refused, "no write had to find out");
    server.thaw();
    heals(&store).await;
}

async fn calls_are_refused_when_postgres_is_killed(server: testkit::PrivatePostgres) {
    let store = open(&server);
    heals(&store).await;
    server.crash();
    ask_many(&store).await;
    until_known_to_be_away(&store).await;
    assert!(ask_many(&store).await.iter().all(is_away));
    server.restart();
    heals(&store).await;
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
