//! Removal of accounts that were never verified, so that the owner of the address can register it.
//! Their names stay reserved like those of all deleted accounts, because others may have seen them.

use db::{AnyConn, Tx};
use diesel::prelude::*;
use kernel::{AppError, Role, Timestamp, UserId};
use serde_json::json;

use crate::audit::{AuditAction, AuditEntry};
use crate::rules::codes::UNVERIFIED_LIFETIME;
use crate::schema::users;
use crate::sessions::EndedSessions;
use crate::{Accounts, EmailVerificationPolicy, account_rows};

/// How many accounts are read by one query. Each is removed in its own transaction, so that other
/// writes can run in between.
const BATCH_SIZE: i64 = 100;

impl Accounts {
    /// Removes accounts that were not verified within a week if this installation requires
    /// verification; returns their number. Moderators and admins are kept.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    pub async fn remove_unverified(&self) -> Result<usize, AppError> {
        if self.inner.email_verification == EmailVerificationPolicy::Optional {
            return Ok(0);
        }
        let limit = self.inner.env.now() - UNVERIFIED_LIFETIME;
        let mut removed = 0;
        loop {
            let find = move |conn: &mut AnyConn| unverified(conn, limit);
            let batch = self.inner.store.read(find).await?;
            if batch.is_empty() {
                return Ok(removed);
            }
            for user in batch {
                removed += usize::from(self.remove_if_due(user, limit).await?);
            }
        }
    }

    /// Removes an account if it is still unverified; returns whether it was.
    async fn remove_if_due(&self, user: UserId, limit: Timestamp) -> Result<bool, AppError> {
        let this = self.clone();
        let remove = move |tx: &mut Tx<'_>| this.remove_if_unverified(tx, user, limit);
        let Some(ended) = self.inner.store.write(remove).await? else {
            return Ok(false);
        };
        self.announce(&ended);
        Ok(true)
    }

    fn remove_if_unverified(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        limit: Timestamp,
    ) -> Result<Option<EndedSessions>, AppError> {
        account_rows::lock(tx, user)?;
        if !is_unverified(tx.conn, user, limit)? {
            return Ok(None);
        }
        let account = account_rows::by_id(tx.conn, user)?;
        let entry =
            AuditEntry::anonymous(user, AuditAction::Deleted).detail(json!({ "verified": false }));
        self.remove(tx, &account, entry).map(Some)
    }
}

#[diesel::dsl::auto_type]
fn unverified_members(limit: Timestamp) -> _ {
    let member: &'static str = Role::Member.as_text();
    users::table
        .filter(users::email_verified_at.is_null())
        .filter(users::deleted_at.is_null())
        .filter(users::created_at.le(limit))
        .filter(users::role.eq(member))
}

/// A batch of the unverified accounts that were registered before `limit`, the oldest first.
fn unverified(conn: &mut AnyConn, limit: Timestamp) -> Result<Vec<UserId>, AppError> {
    Ok(unverified_members(limit)
        .order(users::created_at)
        .limit(BATCH_SIZE)
        .select(users::id)
        .load(conn)?)
}

fn is_unverified(conn: &mut AnyConn, user: UserId, limit: Timestamp) -> Result<bool, AppError> {
    let found = unverified_members(limit).filter(users::id.eq(user));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}
