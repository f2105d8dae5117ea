//! Idempotency keys: the key of a request is stored with its result in the transaction of its effect,
//! so that a repeated request has no second effect and gets the same result.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use kernel::{AppError, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::errors::MessageError;
use crate::names::{PendingRenames, rename_in_windows};
use crate::schema::idempotency_keys as keys;
use crate::{AnyBackend, AnyConn, Store, Tx, delete_batch};

/// How long a result is stored.
pub const RETENTION: Duration = Duration::from_secs(24 * 3_600);

kernel::error_codes! {
    /// Errors of idempotency keys.
    pub enum Error {
        KeyReused = "idempotency.key_reused", Invalid, "This Idempotency-Key was already used with a different body.";
    }
}

const UNUSED: u8 = 0;
const FIRST: u8 = 1;
const REPLAYED: u8 = 2;

/// Identifies a request when it is repeated.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// The caller and the operation, so that nobody gets the result of another caller.
    scope: String,
    key: String,
    /// Hash of the request; see [`IdempotencyKey::new`].
    hash: Vec<u8>,
    state: Arc<AtomicU8>,
}

impl IdempotencyKey {
    /// The key of a request with this hash. `scope` separates callers. Hashes of different lengths,
    /// made by different versions of the server, are not compared.
    #[must_use]
    pub fn new(scope: String, key: String, hash: Vec<u8>) -> Self {
        Self {
            scope,
            key,
            hash,
            state: Arc::new(AtomicU8::new(UNUSED)),
        }
    }

    /// Whether a result was stored or found with it.
    #[must_use]
    pub fn was_used(&self) -> bool {
        self.state.load(Ordering::Acquire) != UNUSED
    }

    /// Whether the result is that of an earlier request.
    #[must_use]
    pub fn was_replayed(&self) -> bool {
        self.state.load(Ordering::Acquire) == REPLAYED
    }

    fn mark(&self, state: u8) {
        self.state.store(state, Ordering::Release);
    }
}

impl Store {
    /// As [`write`](Self::write), once per key: a repeated request does nothing and gets the result of
    /// the first one. It waits for the first one if that is in progress.
    ///
    /// # Errors
    /// Those of the closure, which leave the key unused; `idempotency.key_reused`.
    pub async fn write_once<T, F>(
        &self,
        key: Option<&IdempotencyKey>,
        run: F,
    ) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let Some(key) = key.cloned() else {
            return self.write(run).await;
        };
        self.write(move |tx| write_once(tx, &key, run)).await
    }

    /// The result of an earlier request with this key, if it is needed before the transaction.
    ///
    /// # Errors
    /// `idempotency.key_reused`.
    pub async fn stored_result<T>(
        &self,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<T>, AppError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let Some(key) = key.cloned() else {
            return Ok(None);
        };
        let now = self.env().now();
        self.read(move |conn| {
            let renames = PendingRenames::load(conn)?;
            let found = find(conn, &key)?.filter(|row| is_current(row.created_at, now));
            found.map(|row| row.result(&key, &renames)).transpose()
        })
        .await
    }

    /// Whether there is a result of an earlier request with this key.
    ///
    /// # Errors
    /// The database is unavailable.
    pub async fn has_stored_result(&self, scope: String, key: String) -> Result<bool, AppError> {
        let now = self.env().now();
        let has_result = move |conn: &mut AnyConn| {
            let created_at: Option<Timestamp> = keys::table
                .find((scope, key))
                .filter(keys::answer.is_not_null())
                .select(keys::created_at)
                .first(conn)
                .optional()?;
            Ok(created_at.is_some_and(|at| is_current(at, now)))
        };
        self.read(has_result).await
    }
}

/// Whether a result of this age is returned.
fn is_current(created_at: Timestamp, now: Timestamp) -> bool {
    created_at >= now - RETENTION
}

fn write_once<T: Serialize + DeserializeOwned>(
    tx: &mut Tx<'_>,
    key: &IdempotencyKey,
    run: impl FnOnce(&mut Tx<'_>) -> Result<T, AppError>,
) -> Result<T, AppError> {
    if let Some(result) = claim(tx, key)? {
        return Ok(result);
    }
    let result = run(tx)?;
    store_result(tx, key, &result)?;
    Ok(result)
}

/// Claims a key until the transaction ends, or returns the result that is stored for it.
fn claim<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    key: &IdempotencyKey,
) -> Result<Option<T>, AppError> {
    let now = tx.env().now();
    // A key that is deleted between the two statements can be claimed the second time.
    for _ in 0..2 {
        if insert(tx.conn, key, now)? || renew(tx.conn, key, now)? {
            key.mark(FIRST);
            return Ok(None);
        }
        let renames = PendingRenames::load(tx.conn)?;
        if let Some(row) = find(tx.conn, key)? {
            return row.result(key, &renames).map(Some);
        }
    }
    Err(AppError::unavailable(MessageError(
        "a key was deleted twice while it was read".to_owned(),
    )))
}

/// Stores the result of a claimed key.
fn store_result(
    tx: &mut Tx<'_>,
    key: &IdempotencyKey,
    result: &impl Serialize,
) -> Result<(), AppError> {
    let result = serde_json::to_vec(result)?;
    diesel::update(keys::table.find((&key.scope, &key.key)))
        .set(keys::answer.eq(Some(result)))
        .execute(tx.conn)?;
    Ok(())
}

/// On PostgreSQL this waits for another transaction that inserts the same key.
fn insert(conn: &mut AnyConn, key: &IdempotencyKey, now: Timestamp) -> QueryResult<bool> {
    let row = (
        keys::scope.eq(&key.scope),
        keys::key.eq(&key.key),
        keys::request_hash.eq(&key.hash),
        keys::created_at.eq(now),
    );
    let insert = diesel::insert_into(keys::table)
        .values(row)
        .on_conflict((keys::scope, keys::key))
        .do_nothing();
    Ok(AnyBackend(insert).execute(conn)? > 0)
}

/// Claims a key whose result has expired. Of two concurrent requests the second finds it claimed.
fn renew(conn: &mut AnyConn, key: &IdempotencyKey, now: Timestamp) -> QueryResult<bool> {
    let expired = keys::table
        .find((&key.scope, &key.key))
        .filter(keys::created_at.lt(now - RETENTION));
    let claimed = diesel::update(expired)
        .set((
            keys::request_hash.eq(&key.hash),
            keys::answer.eq(None::<Vec<u8>>),
            keys::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(claimed > 0)
}

/// A stored key.
#[derive(Debug, Queryable)]
struct KeyRow {
    hash: Vec<u8>,
    result: Option<Vec<u8>>,
    created_at: Timestamp,
}

impl KeyRow {
    fn result<T: DeserializeOwned>(
        self,
        key: &IdempotencyKey,
        renames: &PendingRenames,
    ) -> Result<T, AppError> {
        if self.hash.len() == key.hash.len() && self.hash != key.hash {
            return Err(Error::KeyReused.into());
        }
        let result = self.result;
        let result =
            result.ok_or_else(|| AppError::internal("a key was stored without a result"))?;
        let result = renames.apply_to_text(text_of(result)?)?;
        key.mark(REPLAYED);
        Ok(serde_json::from_str(&result)?)
    }
}

fn find(conn: &mut AnyConn, key: &IdempotencyKey) -> QueryResult<Option<KeyRow>> {
    keys::table
        .find((&key.scope, &key.key))
        .select((keys::request_hash, keys::answer, keys::created_at))
        .first(conn)
        .optional()
}

fn text_of(result: Vec<u8>) -> Result<String, AppError> {
    String::from_utf8(result).map_err(AppError::internal)
}

/// Time span of the keys that one statement searches.
const WINDOW: Duration = Duration::from_secs(60);

/// Scope and key.
type ScopedKey = (String, String);

/// Renames users in all stored results: for background work.
///
/// # Errors
/// The database is unavailable.
pub async fn rename_in_results(store: &Store, renames: &PendingRenames) -> Result<(), AppError> {
    rename_in_windows(store, renames, find_keys, rename_in).await
}

fn find_keys(
    conn: &mut AnyConn,
    renames: &PendingRenames,
    from: Timestamp,
) -> Result<Option<(Timestamp, Vec<ScopedKey>)>, AppError> {
    let first: Option<Timestamp> = keys::table
        .filter(keys::created_at.ge(from))
        .order(keys::created_at)
        .select(keys::created_at)
        .first(conn)
        .optional()?;
    let Some(first) = first else {
        return Ok(None);
    };
    let end = first + WINDOW;
    let rows: Vec<(String, String, Option<Vec<u8>>)> = keys::table
        .filter(keys::created_at.ge(first).and(keys::created_at.lt(end)))
        .order((keys::scope, keys::key))
        .select((keys::scope, keys::key, keys::answer))
        .load(conn)?;
    let names_user = |result: &[u8]| renames.may_be_in(&String::from_utf8_lossy(result));
    let key = |(scope, key, result): (_, _, Option<Vec<u8>>)| {
        result
            .is_some_and(|result| names_user(&result))
            .then_some((scope, key))
    };
    Ok(Some((end, rows.into_iter().filter_map(key).collect())))
}

fn rename_in(
    tx: &mut Tx<'_>,
    scoped_keys: &[ScopedKey],
    renames: &PendingRenames,
) -> Result<(), AppError> {
    for (scope, key) in scoped_keys {
        let row = keys::table.find((scope, key));
        let found: Option<Option<Vec<u8>>> = row.select(keys::answer).first(tx.conn).optional()?;
        let Some(result) = found.flatten() else {
            continue;
        };
        let mut value = serde_json::from_slice(&result)?;
        renames.apply(&mut value);
        // A key that was claimed again meanwhile is not changed.
        diesel::update(row.filter(keys::answer.eq(Some(result))))
            .set(keys::answer.eq(Some(serde_json::to_vec(&value)?)))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// Deletes a batch of the keys older than [`RETENTION`].
///
/// # Errors
/// The database is unavailable.
pub fn prune(tx: &mut Tx<'_>) -> Result<usize, AppError> {
    let limit = tx.env().now() - RETENTION;
    let (table, key) = ("idempotency_keys", "scope, key");
    Ok(delete_batch(tx.conn, table, key, "created_at < $1", limit)?)
}
