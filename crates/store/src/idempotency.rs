//! Answers kept for requests that may be sent again.

use std::time::Duration;

use diesel::prelude::*;
use kernel::{Fault, Timestamp};

use crate::schema::idempotency_keys as keys;
use crate::{AnyConn, Each, Tx, delete_batch};

/// How long an answer is kept.
pub const KEPT_FOR: Duration = Duration::from_secs(24 * 3_600);
/// A request that has not been answered for so long was cut off, and may be tried again.
const CUT_OFF_AFTER: Duration = Duration::from_secs(60);

/// What is known of a request with this key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// It is new; do it, then [`finish`] or [`abandon`].
    Fresh,
    /// It was done; give this answer again.
    Replay {
        /// The status.
        status: i32,
        /// The body.
        answer: Vec<u8>,
    },
    /// The key was used for another request.
    Mismatch,
    /// The first one is still being worked on.
    InFlight,
}

type Row = (Vec<u8>, Option<i32>, Option<Vec<u8>>, Timestamp);

/// Looks the key up, or takes it. `scope` keeps callers apart; `hash` is the request's.
pub fn begin(tx: &mut Tx<'_>, scope: &str, key: &str, hash: &[u8]) -> Result<Begin, Fault> {
    let now = tx.ambient().now();
    if insert(tx.conn, scope, key, hash, now)? {
        return Ok(Begin::Fresh);
    }
    let columns = (
        keys::request_hash,
        keys::status,
        keys::answer,
        keys::created_at,
    );
    let (known, status, answer, at): Row = keys::table
        .find((scope, key))
        .select(columns)
        .first(tx.conn)?;
    let expired = now.since(at)
        > if status.is_some() {
            KEPT_FOR
        } else {
            CUT_OFF_AFTER
        };
    if expired {
        diesel::delete(keys::table.find((scope, key))).execute(tx.conn)?;
        insert(tx.conn, scope, key, hash, now)?;
        return Ok(Begin::Fresh);
    }
    Ok(match (known == hash, status, answer) {
        (false, ..) => Begin::Mismatch,
        (true, Some(status), Some(answer)) => Begin::Replay { status, answer },
        (true, ..) => Begin::InFlight,
    })
}

fn insert(
    conn: &mut AnyConn,
    scope: &str,
    key: &str,
    hash: &[u8],
    now: Timestamp,
) -> QueryResult<bool> {
    let row = (
        keys::scope.eq(scope),
        keys::key.eq(key),
        keys::request_hash.eq(hash),
        keys::created_at.eq(now),
    );
    let insert = diesel::insert_into(keys::table)
        .values(row)
        .on_conflict((keys::scope, keys::key))
        .do_nothing();
    Ok(Each(insert).execute(conn)? > 0)
}

/// Keeps the answer.
pub fn finish(
    tx: &mut Tx<'_>,
    scope: &str,
    key: &str,
    status: i32,
    answer: &[u8],
) -> Result<(), Fault> {
    diesel::update(keys::table.find((scope, key)))
        .set((keys::status.eq(Some(status)), keys::answer.eq(Some(answer))))
        .execute(tx.conn)?;
    Ok(())
}

/// Frees the key: the request came to nothing and may be sent again.
pub fn abandon(tx: &mut Tx<'_>, scope: &str, key: &str) -> Result<(), Fault> {
    diesel::delete(keys::table.find((scope, key))).execute(tx.conn)?;
    Ok(())
}

/// Forgets a [`BATCH`](crate::BATCH) of the keys older than [`KEPT_FOR`].
pub fn prune(tx: &mut Tx<'_>) -> Result<usize, Fault> {
    let limit = tx.ambient().now() - KEPT_FOR;
    let (table, key) = ("idempotency_keys", "scope, key");
    Ok(delete_batch(tx.conn, table, key, "created_at < $1", limit)?)
}
