//! The last activity of sessions and users, which is written periodically.

use std::collections::BTreeMap;

use async_trait::async_trait;
use db::Tx;
use kernel::{AppError, SessionId, Timestamp, UserId};

use super::pending_activity::SessionUse;
use super::queries;
use crate::Accounts;

/// How many rows are written in one transaction.
const BATCH_SIZE: usize = 100;

/// The last activity of users.
#[async_trait]
pub trait ActivityService: Send + Sync {
    /// Records that these users were active at this time.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn record_activity(&self, mut users: Vec<UserId>, at: Timestamp) -> Result<(), AppError>;
}

#[async_trait]
impl ActivityService for Accounts {
    async fn record_activity(&self, mut users: Vec<UserId>, at: Timestamp) -> Result<(), AppError> {
        users.sort_unstable();
        for batch in users.chunks(BATCH_SIZE) {
            let batch: Vec<_> = batch.iter().map(|user| (*user, at)).collect();
            self.inner
                .store
                .write(move |tx| write_users(tx, &batch))
                .await?;
        }
        Ok(())
    }
}

impl Accounts {
    /// Writes the collected activity; returns the number of sessions.
    ///
    /// Sessions and users are written separately, in small batches ordered by id, so that other
    /// writes do not wait long and cannot deadlock.
    ///
    /// # Errors
    /// Only if the database is unavailable. What was not written then, or because the future was
    /// dropped, is written by the next call.
    pub async fn write_activity(&self) -> Result<usize, AppError> {
        let mut sessions = self.inner.activity.collected();
        sessions.sort_by_key(|(session, _)| *session);
        let mut users = BTreeMap::new();
        for (_, SessionUse { user, at, .. }) in &sessions {
            users
                .entry(*user)
                .and_modify(|last: &mut Timestamp| *last = (*last).max(*at))
                .or_insert(*at);
        }
        for batch in sessions.chunks(BATCH_SIZE).map(<[_]>::to_vec) {
            self.inner
                .store
                .write(move |tx| write_sessions(tx, &batch))
                .await?;
        }
        let users: Vec<_> = users.into_iter().collect();
        for batch in users.chunks(BATCH_SIZE).map(<[_]>::to_vec) {
            self.inner
                .store
                .write(move |tx| write_users(tx, &batch))
                .await?;
        }
        self.inner.activity.remove(&sessions);
        Ok(sessions.len())
    }
}

fn write_sessions(tx: &mut Tx<'_>, pending: &[(SessionId, SessionUse)]) -> Result<(), AppError> {
    pending.iter().try_for_each(|(session, pending)| {
        queries::record_use(tx.conn, *session, pending.at, pending.expires_at)
    })
}

fn write_users(tx: &mut Tx<'_>, pending: &[(UserId, Timestamp)]) -> Result<(), AppError> {
    pending
        .iter()
        .try_for_each(|(user, at)| queries::record_activity(tx.conn, *user, *at))
}
