//! Usernames of deleted accounts, which stay reserved for a while, so that nobody can impersonate a
//! deleted user. Only a keyed digest is stored.

use std::time::Duration;

use db::{AnyBackend, AnyConn, Tx, delete_batch};
use diesel::prelude::*;
use kernel::{AppError, Secret, Timestamp};

use crate::Accounts;
use crate::error::Error;
use crate::keys::TokenDigest;
use crate::schema::released_usernames as reservations;

/// How long a username stays reserved.
const RESERVED_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Accounts {
    /// Reserves the username of an account that is deleted in this transaction.
    pub(crate) fn reserve_username(&self, tx: &mut Tx<'_>, key: &str) -> Result<(), AppError> {
        let free_at = tx.env().now() + RESERVED_FOR;
        let upsert = diesel::insert_into(reservations::table)
            .values((
                reservations::hash.eq(self.username_digest(key).0.to_vec()),
                reservations::free_at.eq(free_at),
            ))
            .on_conflict(reservations::hash)
            .do_update()
            .set(reservations::free_at.eq(free_at));
        AnyBackend(upsert).execute(tx.conn)?;
        Ok(())
    }

    /// Refuses a reserved username with the error of a taken one.
    ///
    /// # Errors
    /// `auth.username_taken`.
    pub(crate) fn ensure_not_reserved(
        &self,
        conn: &mut AnyConn,
        key: &str,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let reserved = reservations::table
            .find(self.username_digest(key).0.to_vec())
            .filter(reservations::free_at.gt(now));
        if diesel::select(diesel::dsl::exists(reserved)).get_result(conn)? {
            return Err(Error::UsernameTaken.on_field("username"));
        }
        Ok(())
    }

    fn username_digest(&self, key: &str) -> TokenDigest {
        self.inner.keys.code_digest(b"released", &Secret::new(key))
    }
}

/// Deletes a batch of the reservations that have expired.
pub(crate) fn prune(conn: &mut AnyConn, now: Timestamp) -> QueryResult<usize> {
    delete_batch(conn, "released_usernames", "hash", "free_at <= $1", now)
}
