//! The doors, events, jobs and kept answers, against real databases of both kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]
#![allow(missing_docs, reason = "tables declared for tests")]

mod deadlines;
mod doors;
mod faults;
mod idempotency;
mod jobs;
mod lists;
mod names;
mod outbox;
mod paged_json;
mod statements;
mod types;

use std::sync::Arc;
use std::time::Duration;

use kernel::{Env, ManualClock, SystemRng, Timestamp};
use store::{Store, StoreConfig};
use testkit::Database;

/// A store of its own for a test, and the clock it reads.
struct Fixture {
    store: Store,
    clock: Arc<ManualClock>,
    /// Kept so that the database lives as long as the test.
    database: Database,
}

impl Fixture {
    fn over(database: Database) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(
            1_800_000_000_000_000,
        )));
        let store = open(&database, &clock);
        Self {
            store,
            clock,
            database,
        }
    }

    /// Another process on the same database.
    fn another_node(&self) -> Store {
        open(&self.database, &self.clock)
    }

    /// Another process on the same database, whose clock is behind by so much.
    fn node_behind(&self, behind: Duration) -> (Store, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(self.store.env().now() - behind));
        (open(&self.database, &clock), clock)
    }
}

fn open(database: &Database, clock: &Arc<ManualClock>) -> Store {
    let env = Env::new(clock.clone(), Arc::new(SystemRng));
    let config = StoreConfig {
        url: database.url().parse().unwrap(),
        connections: 4,
        migrate: true,
    };
    Store::open(&config, env).unwrap()
}

/// One fixture for each kind of database that this machine has.
fn each() -> impl Iterator<Item = Fixture> {
    testkit::databases().into_iter().map(Fixture::over)
}

/// Waits for something that another task does, looking often, and gives up after a while.
async fn until<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    for _ in 0..1_000 {
        if check().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never happened: {what}");
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use store::{DbJson, DbTime, DbUuid};

    notes (id) {
        id -> DbUuid,
        title -> Text,
        owner -> Nullable<DbUuid>,
        extra -> DbJson,
        at -> DbTime,
    }
}

/// A table for the tests to write in.
async fn with_notes(fixture: &Fixture) {
    let make = |tx: &mut store::Tx<'_>| {
        use diesel::connection::SimpleConnection;
        let (uuid, time, json) = match tx.conn.is_sqlite() {
            true => ("BLOB", "INTEGER", "TEXT"),
            false => ("uuid", "timestamptz", "jsonb"),
        };
        Ok(tx.conn.batch_execute(&format!(
            "CREATE TABLE notes (id {uuid} NOT NULL PRIMARY KEY, title TEXT NOT NULL UNIQUE, \
             owner {uuid}, extra {json} NOT NULL, at {time} NOT NULL)"
        ))?)
    };
    fixture.store.write(make).await.unwrap();
}
