//! Requests that may be sent again: their key is stored in the transaction of what they do, with its
//! result, so that nothing is done twice and no result is lost, whatever breaks when.

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

/// How long a result is kept.
pub const RETENTION: Duration = Duration::from_secs(24 * 3_600);

kernel::error_codes! {
    /// Why a key is refused.
    pub enum Error {
        KeyReused = "idempotency.key_reused", Invalid, "This Idempotency-Key was used with another body.";
    }
}

const UNUSED: u8 = 0;
const FIRST: u8 = 1;
const REPLAYED: u8 = 2;

/// What a request is known by when it is sent again.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// Whose key it is and for what, so that nobody gets a result that is not theirs.
    scope: String,
    key: String,
    /// What tells this request from others; see [`IdempotencyKey::new`].
    hash: Vec<u8>,
    state: Arc<AtomicU8>,
}

impl IdempotencyKey {
    /// The key of a request. `scope` keeps callers apart; `hash` is the request's. Hashes of another
    /// length were made by another version of the server: whether the requests are the same cannot
    /// be told then, and is not asked.
    #[must_use]
    pub fn new(scope: String, key: String, hash: Vec<u8>) -> Self {
        Self {
            scope,
            key,
            hash,
            state: Arc::new(AtomicU8::new(UNUSED)),
        }
    }

    /// Whether a result was stored or found under it.
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
    /// As [`write`](Self::write), once for each key: sent again, the result of the first time is
    /// given and nothing is done. A request that meets its own first try waits for it.
    ///
    /// # Errors
    /// As the closure, which leaves the key free; `idempotency.key_reused`.
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
        self.write(move |tx| once(tx, &key, run)).await
    }

    /// The result of an earlier request with this key, for what has to be known before the
    /// transaction.
    ///
    /// # Errors
    /// `idempotency.key_reused`.
    pub async fn kept<T>(&self, key: Option<&IdempotencyKey>) -> Result<Option<T>, AppError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let Some(key) = key.cloned() else {
            return Ok(None);
        };
        let now = self.env().now();
        self.read(move |conn| {
            let renames = PendingRenames::load(conn)?;
            let found = find(conn, &key)?.filter(|row| is_kept(row.created_at, now));
            found.map(|row| row.result(&key, &renames)).transpose()
        })
        .await
    }

    /// Whether there is a result of an earlier request with this key of this scope.
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn has_kept(&self, scope: String, key: String) -> Result<bool, AppError> {
        let now = self.env().now();
        let kept = move |conn: &mut AnyConn| {
            let created_at: Option<Timestamp> = keys::table
                .find((scope, key))
                .filter(keys::answer.is_not_null())
                .select(keys::created_at)
                .first(conn)
                .optional()?;
            Ok(created_at.is_some_and(|at| is_kept(at, now)))
        };
        self.read(kept).await
    }
}

/// Whether a result of this age is given again.
fn is_kept(created_at: Timestamp, now: Timestamp) -> bool {
    created_at >= now - RETENTION
}

fn once<T: Serialize + DeserializeOwned>(
    tx: &mut Tx<'_>,
    key: &IdempotencyKey,
    run: impl FnOnce(&mut Tx<'_>) -> Result<T, AppError>,
) -> Result<T, AppError> {
    if let Some(result) = claim(tx, key)? {
        return Ok(result);
    }
    let result = run(tx)?;
    keep(tx, key, &result)?;
    Ok(result)
}

/// Takes a key until the transaction ends, or gives the result that is kept for it.
fn claim<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    key: &IdempotencyKey,
) -> Result<Option<T>, AppError> {
    let now = tx.env().now();
    // A key that is forgotten between the two looks is free the second time.
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
        "a key was forgotten twice while it was read".to_owned(),
    )))
}

/// Keeps the result of a key that was taken.
fn keep(tx: &mut Tx<'_>, key: &IdempotencyKey, result: &impl Serialize) -> Result<(), AppError> {
    let result = serde_json::to_vec(result)?;
    diesel::update(keys::table.find((&key.scope, &key.key)))
        .set(keys::answer.eq(Some(result)))
        .execute(tx.conn)?;
    Ok(())
}

/// On PostgreSQL this waits for the transaction of another that inserts the same key.
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

/// Takes a key whose result has ended. Of two that come at once the second finds it taken.
fn renew(conn: &mut AnyConn, key: &IdempotencyKey, now: Timestamp) -> QueryResult<bool> {
    let ended = keys::table
        .find((&key.scope, &key.key))
        .filter(keys::created_at.lt(now - RETENTION));
    let taken = diesel::update(ended)
        .set((
            keys::request_hash.eq(&key.hash),
            keys::answer.eq(None::<Vec<u8>>),
            keys::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(taken > 0)
}

/// What is known of a key.
#[derive(Debug, Queryable)]
struct Row {
    hash: Vec<u8>,
    result: Option<Vec<u8>>,
    created_at: Timestamp,
}

impl Row {
    fn result<T: DeserializeOwned>(
        self,
        key: &IdempotencyKey,
        renames: &PendingRenames,
    ) -> Result<T, AppError> {
        if self.hash.len() == key.hash.len() && self.hash != key.hash {
            return Err(Error::KeyReused.into());
        }
        let result = self.result;
        let result = result.ok_or_else(|| AppError::internal("a key was kept without a result"))?;
        let result = renames.apply_to_text(text_of(result)?)?;
        key.mark(REPLAYED);
        Ok(serde_json::from_str(&result)?)
    }
}

fn find(conn: &mut AnyConn, key: &IdempotencyKey) -> QueryResult<Option<Row>> {
    keys::table
        .find((&key.scope, &key.key))
        .select((keys::request_hash, keys::answer, keys::created_at))
        .first(conn)
        .optional()
}

fn text_of(result: Vec<u8>) -> Result<String, AppError> {
    String::from_utf8(result).map_err(AppError::internal)
}

/// The time span of keys that are searched by one statement.
const WINDOW: Duration = Duration::from_secs(60);

/// What a key is found by: its scope and itself.
type ScopedKey = (String, String);

/// Replaces what people were called in all kept results with what they are called now: for
/// background work.
///
/// # Errors
/// Only where the database is away.
pub async fn rename(store: &Store, renames: &PendingRenames) -> Result<(), AppError> {
    rename_in_windows(store, renames, places_naming, rename_in).await
}

fn places_naming(
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
    let names = |result: &[u8]| renames.may_be_in(&String::from_utf8_lossy(result));
    let place = |(scope, key, result): (_, _, Option<Vec<u8>>)| {
        result
            .is_some_and(|result| names(&result))
            .then_some((scope, key))
    };
    Ok(Some((end, rows.into_iter().filter_map(place).collect())))
}

fn rename_in(
    tx: &mut Tx<'_>,
    places: &[ScopedKey],
    renames: &PendingRenames,
) -> Result<(), AppError> {
    for (scope, key) in places {
        let one = keys::table.find((scope, key));
        let found: Option<Option<Vec<u8>>> = one.select(keys::answer).first(tx.conn).optional()?;
        let Some(result) = found.flatten() else {
            continue;
        };
        let mut value = serde_json::from_slice(&result)?;
        renames.apply(&mut value);
        // Of a key that was taken anew meanwhile nothing is changed.
        diesel::update(one.filter(keys::answer.eq(Some(result))))
            .set(keys::answer.eq(Some(serde_json::to_vec(&value)?)))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// Forgets a [`BATCH`](crate::BATCH) of the keys older than [`RETENTION`].
pub fn prune(tx: &mut Tx<'_>) -> Result<usize, AppError> {
    let limit = tx.env().now() - RETENTION;
    let (table, key) = ("idempotency_keys", "scope, key");
    Ok(delete_batch(tx.conn, table, key, "created_at < $1", limit)?)
}
