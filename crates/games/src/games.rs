//! What each part of the service is implemented on, and how it reads and writes.

use std::sync::Arc;

use db::{AnyConn, IdempotencyKey, Tx};
use kernel::AppError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::parts::GamesParts;

/// Implements [`GamesService`](crate::GamesService). Clones are cheap and share their state.
#[derive(Clone, Debug)]
pub struct Games {
    pub(crate) parts: Arc<GamesParts>,
    /// The key of the request that is served, if it may be repeated.
    pub(crate) key: Option<IdempotencyKey>,
}

impl Games {
    /// A service over this database.
    #[must_use]
    pub fn new(parts: GamesParts) -> Self {
        Self {
            parts: Arc::new(parts),
            key: None,
        }
    }

    /// Runs a use case in one transaction, once for each idempotency key.
    pub(crate) async fn write_once<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &GamesParts) -> Result<T, AppError> + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let (store, parts) = (&self.parts.store, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| run(tx, &parts);
        store.write_once(self.key.as_ref(), write).await
    }

    /// Reads everything that a response needs in one task.
    pub(crate) async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn, &GamesParts) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let parts = Arc::clone(&self.parts);
        self.parts.store.read(move |conn| run(conn, &parts)).await
    }
}
