//! The service of this crate, which names all its parts and job handlers.

use std::sync::Arc;

use async_trait::async_trait;
use contract::invites::InviteId;
use db::{IdempotencyKey, PagedJson, Tx};
use jobs::Registration;
use kernel::{AppError, Timestamp, UserId};
use serde_json::{Value, json};

use crate::Invites;
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
