//! What each part of the service is implemented on, and how it reads and writes.

use std::sync::Arc;

use db::{AnyConn, IdempotencyKey, Store, Tx};
use kernel::{AppError, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ports::{TournamentGames, TournamentRelations, TournamentUsers};
use crate::rules::Timing;

/// What this crate needs.
#[derive(Clone)]
pub struct TournamentsParts {
    /// The database.
    pub store: Store,
    /// Looks users up.
    pub users: Arc<dyn TournamentUsers>,
    /// Knows the relations of users.
    pub relations: Arc<dyn TournamentRelations>,
    /// Knows the games, and runs matches.
    pub games: Arc<dyn TournamentGames>,
    /// The times of tournaments.
    pub timing: Timing,
}

impl std::fmt::Debug for TournamentsParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TournamentsParts on {:?}", self.store)
    }
}

/// Implements [`TournamentsService`](crate::TournamentsService). Clones are cheap and share their state.
#[derive(Clone, Debug)]
pub struct Tournaments {
    pub(crate) parts: Arc<TournamentsParts>,
    /// The key of the request that is served, if it may be repeated.
    pub(crate) key: Option<IdempotencyKey>,
}

impl Tournaments {
    /// A service over this database.
    #[must_use]
    pub fn new(parts: TournamentsParts) -> Self {
        Self {
            parts: Arc::new(parts),
            key: None,
        }
    }

    /// Runs a use case in one transaction.
    pub(crate) async fn write<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &TournamentsParts) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let parts = Arc::clone(&self.parts);
        self.parts.store.write(move |tx| run(tx, &parts)).await
    }

    /// As [`write`](Self::write), once for each idempotency key.
    pub(crate) async fn write_once<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &TournamentsParts) -> Result<T, AppError> + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let (store, parts) = (&self.parts.store, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| run(tx, &parts);
        store.write_once(self.key.as_ref(), write).await
    }

    /// Reads everything that a response needs in one task.
    pub(crate) async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn, &TournamentsParts) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let parts = Arc::clone(&self.parts);
        self.parts.store.read(move |conn| run(conn, &parts)).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.parts.store.env().now()
    }
}
