//! The service of this crate and its implementation.

use std::sync::Arc;

use async_trait::async_trait;
use contract::invites::InviteId;
use db::{AnyConn, IdempotencyKey, PagedJson, Tx};
use jobs::Registration;
use kernel::{AppError, Timestamp, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::InvitesParts;
use crate::answers::{InviteAnswersService, cancel};
use crate::creation::InviteCreationService;
use crate::expiry::ExpireInviteHandler;
use crate::lists::InviteListsService;
use crate::parts::lock_players;
use crate::queries::{self, InviteRow};
use crate::rematch::RematchService;

/// Invites to games.
///
/// Each method of this trait and its parts may fail as `unavailable` or `overloaded` when the
/// database does, and names its other errors.
#[async_trait]
pub trait InvitesService:
    InviteCreationService + RematchService + InviteAnswersService + InviteListsService
{
    /// Returns the same service for a request that creates something: a call that is repeated with
    /// the same key creates nothing more and returns the first result.
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn InvitesService>;

    /// The job handlers of this crate.
    fn jobs(&self) -> Vec<Registration>;

    /// Cancels the pending invites between two users, in the transaction of a block.
    ///
    /// # Errors
    /// Only if the database fails.
    fn cancel_between(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError>;

    /// The chapter of this crate in a user's data export.
    fn personal_data(&self, user: UserId) -> PagedJson;

    /// Cancels the pending invites of a user whose account is deleted. Ended invites stay, as they
    /// hold nothing but the ids of two users.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn forget(&self, user: UserId) -> Result<(), AppError>;
}

/// Implements [`InvitesService`]. Clones are cheap and share their state.
#[derive(Clone, Debug)]
pub struct Invites {
    pub(crate) parts: Arc<InvitesParts>,
    /// The key of the request that is served, if it may be repeated.
    pub(crate) key: Option<IdempotencyKey>,
}

impl Invites {
    /// A service over this database.
    #[must_use]
    pub fn new(parts: InvitesParts) -> Self {
        Self {
            parts: Arc::new(parts),
            key: None,
        }
    }

    /// Runs a use case in one transaction.
    pub(crate) async fn write<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &InvitesParts) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let parts = Arc::clone(&self.parts);
        self.parts.store.write(move |tx| run(tx, &parts)).await
    }

    /// As [`write`](Self::write), once for each idempotency key.
    pub(crate) async fn write_once<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &InvitesParts) -> Result<T, AppError> + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let (store, parts) = (&self.parts.store, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| run(tx, &parts);
        store.write_once(self.key.as_ref(), write).await
    }

    /// Reads everything that a response needs in one task.
    pub(crate) async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn, &InvitesParts) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let parts = Arc::clone(&self.parts);
        self.parts.store.read(move |conn| run(conn, &parts)).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.parts.store.env().now()
    }
}

#[async_trait]
impl InvitesService for Invites {
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn InvitesService> {
        let parts = Arc::clone(&self.parts);
        Arc::new(Self { parts, key })
    }

    fn jobs(&self) -> Vec<Registration> {
        vec![Registration::new(ExpireInviteHandler(self.clone()))]
    }

    fn cancel_between(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        lock_players(tx.conn, vec![one, other])?;
        for (sender, receiver) in [(one, other), (other, one)] {
            if let Some(mut row) = queries::pending(tx.conn, sender, receiver)? {
                let pair = self.parts.load_pair(tx.conn, sender, receiver)?;
                cancel(tx, &mut row, pair.as_ref())?;
            }
        }
        Ok(())
    }

    fn personal_data(&self, user: UserId) -> PagedJson {
        let now = self.now();
        PagedJson::list(&self.parts.store, move |conn, after, limit| {
            let rows = queries::export_page(conn, user, after, limit)?;
            Ok(rows.iter().map(|row| export_invite(row, now)).collect())
        })
    }

    async fn forget(&self, user: UserId) -> Result<(), AppError> {
        let write = move |tx: &mut Tx<'_>| {
            let pending = queries::pending_of(tx.conn, user)?;
            let others = pending.iter().map(|row| row.other(user));
            lock_players(tx.conn, others.chain([user]).collect())?;
            queries::pending_of(tx.conn, user)?
                .iter_mut()
                .try_for_each(|row| cancel(tx, row, None))
        };
        self.parts.store.write(write).await
    }
}

fn export_invite(row: &InviteRow, now: Timestamp) -> (InviteId, Value) {
    let json = json!({
        "id": row.id, "sender_id": row.sender_id, "receiver_id": row.receiver_id,
        "game": row.game, "options": row.options.0, "status": row.status(now),
        "match_id": row.match_id, "created_at": row.created_at,
    });
    (row.id, json)
}
