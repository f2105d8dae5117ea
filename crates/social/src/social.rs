//! What each part of the service is implemented on, and how it reads and writes.

use std::sync::Arc;

use db::{AnyConn, IdempotencyKey, Store, Tx};
use kernel::AppError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ports::{BlockListener, SocialDirectory};
use crate::presence::{PresenceParts, PresenceTracker};

/// Implements [`SocialService`](crate::SocialService). Clones are cheap and share their state.
#[derive(Clone)]
pub struct Social {
    pub(crate) inner: Arc<SocialInner>,
    /// The key of the request that is served, if it may be repeated.
    pub(crate) key: Option<IdempotencyKey>,
}

pub(crate) struct SocialInner {
    pub(crate) store: Store,
    pub(crate) users: Arc<dyn SocialDirectory>,
    pub(crate) block_listener: Arc<dyn BlockListener>,
    pub(crate) presence: PresenceTracker,
}

impl std::fmt::Debug for Social {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Social on {:?}", self.inner.store)
    }
}

impl Social {
    /// A service over this database and this registry of connections.
    #[must_use]
    pub fn new(parts: PresenceParts, block_listener: Arc<dyn BlockListener>) -> Self {
        let inner = SocialInner {
            store: parts.store.clone(),
            users: Arc::clone(&parts.users),
            block_listener,
            presence: PresenceTracker::new(parts),
        };
        Self {
            inner: Arc::new(inner),
            key: None,
        }
    }

    /// Runs a use case in one transaction.
    pub(crate) async fn write<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &dyn SocialDirectory) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let users = Arc::clone(&self.inner.users);
        let write = move |tx: &mut Tx<'_>| run(tx, &*users);
        self.inner.store.write(write).await
    }

    /// As [`write`](Self::write), once for each idempotency key.
    pub(crate) async fn write_once<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &dyn SocialDirectory) -> Result<T, AppError> + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let users = Arc::clone(&self.inner.users);
        let write = move |tx: &mut Tx<'_>| run(tx, &*users);
        self.inner.store.write_once(self.key.as_ref(), write).await
    }

    /// Reads everything that a response needs in one task.
    pub(crate) async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn, &dyn SocialDirectory) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let users = Arc::clone(&self.inner.users);
        let read = move |conn: &mut AnyConn| run(conn, &*users);
        self.inner.store.read(read).await
    }
}
