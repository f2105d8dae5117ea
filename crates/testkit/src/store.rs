//! Stores of tests.

use std::sync::Arc;
use std::time::Duration;

use db::{Store, StoreConfig};
use kernel::{AppError, Env, ManualClock, SystemRng, Timestamp};

use crate::{Database, had};

/// Connections of each store, enough for writers that wait for each other.
const CONNECTIONS: usize = 8;
/// The initial time of the clock: a day in January 2027.
const START_MICROS: i64 = 1_800_000_000_000_000;

/// A store with a database of its own and its clock.
#[derive(Debug)]
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// The clock, which moves only when it is advanced.
    pub clock: Arc<ManualClock>,
    /// Kept so that the database lives as long as the test.
    database: Database,
}

impl From<Database> for TestStore {
    fn from(database: Database) -> Self {
        let start = Timestamp::from_micros(START_MICROS);
        let (store, clock) = node_at(&database, start);
        Self {
            store,
            clock,
            database,
        }
    }
}

impl TestStore {
    /// The store of another node on the same database.
    #[must_use]
    pub fn another_node(&self) -> Store {
        open_store(self.database.url(), env(&self.clock))
    }

    /// The store of another node on the same database, whose clock is behind.
    #[must_use]
    pub fn node_behind(&self, behind: Duration) -> (Store, Arc<ManualClock>) {
        node_at(&self.database, self.store.env().now() - behind)
    }

    /// The store of another node on the same database, whose clock is ahead.
    #[must_use]
    pub fn node_ahead(&self, by: Duration) -> (Store, Arc<ManualClock>) {
        node_at(&self.database, self.store.env().now() + by)
    }

    /// Advances the clock.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

fn node_at(database: &Database, time: Timestamp) -> (Store, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(time));
    (open_store(database.url(), env(&clock)), clock)
}

/// Polls a condition until it holds.
///
/// # Panics
/// It does not hold within a minute.
#[allow(clippy::panic, reason = "the test has failed")]
pub async fn until<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    for _ in 0..6_000 {
        if check().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never happened: {what}");
}

/// Opens the database at this address and migrates it.
#[must_use]
pub fn open_store(url: &str, env: Env) -> Store {
    let open = || {
        let config = StoreConfig {
            url: url.parse()?,
            connections: CONNECTIONS,
            migrate: true,
        };
        Store::open(&config, env)
    };
    let store: Result<Store, AppError> = open();
    had(
        "a store",
        store.map_err(|error| std::io::Error::other(error.chain())),
    )
}

fn env(clock: &Arc<ManualClock>) -> Env {
    Env::new(Arc::<ManualClock>::clone(clock), Arc::new(SystemRng))
}
