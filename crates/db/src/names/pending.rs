//! Renames that are not written into all stored documents yet.
//!
//! A busy user is named in more documents than one transaction can rewrite. So the transaction that
//! renames the user records it ([`record_rename`]), from then on every read of a document applies it
//! ([`PendingRenames`]), and a job rewrites the documents, in one pass for all renames recorded by then
//! (`outbox::finish_renames`).

use std::sync::Arc;

use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};
use serde_json::Value;

use super::Rename;
use crate::schema::pending_renames as pending;
use crate::types::Json;
use crate::{AnyBackend, AnyConn, EqAnyPadded, Store, Tx, delete_batch};

/// Maximum number of renames of one pass: each adds two patterns to a statement.
const MAX_PER_PASS: i64 = 50;

/// The renames to apply to documents as they are read.
#[derive(Debug, Clone, Default)]
pub struct PendingRenames(Arc<[Rename]>);

type PendingRow = (UserId, Option<String>, Json);
type PendingColumns = (pending::user_id, pending::former, pending::fields);
const COLUMNS: PendingColumns = (pending::user_id, pending::former, pending::fields);

impl PendingRenames {
    /// Loads all. To be called before the documents are read, as a rename ends when all documents are
    /// rewritten.
    ///
    /// # Errors
    /// The database is unavailable.
    pub fn load(conn: &mut AnyConn) -> Result<Self, AppError> {
        let rows: Vec<PendingRow> = pending::table.select(COLUMNS).load(conn)?;
        Ok(rows.into_iter().map(Rename::from).collect())
    }

    /// Loads renames that were recorded until then, oldest first, and the one of this user, if any.
    ///
    /// # Errors
    /// The database is unavailable.
    pub fn load_due(
        conn: &mut AnyConn,
        until: Timestamp,
        user: Option<UserId>,
    ) -> Result<Self, AppError> {
        let is_due = pending::noted_at.le(until);
        let rows: Vec<PendingRow> = pending::table
            .filter(is_due.or(pending::user_id.eq_any_padded(user)))
            .order(pending::noted_at)
            .limit(MAX_PER_PASS)
            .select(COLUMNS)
            .load(conn)?;
        Ok(rows.into_iter().map(Rename::from).collect())
    }

    /// The renamed users.
    pub fn users(&self) -> impl Iterator<Item = UserId> {
        self.0.iter().map(|rename| rename.user)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a document, as text, may name one of the users.
    pub fn may_be_in(&self, text: &str) -> bool {
        self.0.iter().any(|rename| rename.may_be_in(text))
    }

    /// `LIKE` patterns of documents that may name one of the users. A name that contains a wildcard
    /// matches more documents than necessary.
    pub fn patterns(&self) -> Vec<String> {
        let of = |rename: &Rename| {
            let name = rename.former.as_ref();
            let name = name.map(|name| format!("%\"username\":\"{name}\"%"));
            [Some(format!("%{}%", rename.user)), name]
        };
        self.0.iter().flat_map(of).flatten().collect()
    }

    /// Replaces the names in a document.
    pub fn apply(&self, document: &mut Value) {
        self.0.iter().for_each(|rename| rename.apply(document));
    }

    /// Replaces the names in a document given as text.
    ///
    /// # Errors
    /// It is not JSON.
    pub fn apply_to_text(&self, text: String) -> Result<String, AppError> {
        if !self.may_be_in(&text) {
            return Ok(text);
        }
        let mut document = serde_json::from_str(&text)?;
        self.apply(&mut document);
        Ok(serde_json::to_string(&document)?)
    }
}

impl FromIterator<Rename> for PendingRenames {
    fn from_iter<I: IntoIterator<Item = Rename>>(renames: I) -> Self {
        Self(renames.into_iter().collect())
    }
}

impl From<PendingRow> for Rename {
    fn from((user, former, Json(fields)): PendingRow) -> Self {
        let fields = match fields {
            Value::Object(fields) => fields,
            _ => serde_json::Map::new(),
        };
        Self {
            user,
            former,
            fields,
        }
    }
}

/// Records that a user has a new name from this transaction on. `outbox::finish_renames` must follow
/// some time after the commit: transactions that are in progress now may still store the former name.
///
/// # Errors
/// The database is unavailable.
pub fn record_rename(tx: &mut Tx<'_>, rename: &Rename) -> Result<(), AppError> {
    let insert = diesel::insert_into(pending::table)
        .values((
            pending::user_id.eq(rename.user),
            pending::former.eq(rename.former.clone()),
            pending::fields.eq(Json(Value::Object(rename.fields.clone()))),
            pending::noted_at.eq(tx.env().now()),
        ))
        .on_conflict(pending::user_id)
        .do_nothing();
    AnyBackend(insert).execute(tx.conn)?;
    Ok(())
}

/// Deletes renames after all documents were rewritten.
///
/// # Errors
/// The database is unavailable.
pub fn end_renames(tx: &mut Tx<'_>, renames: &PendingRenames) -> Result<(), AppError> {
    let users: Vec<UserId> = renames.users().collect();
    let ended = pending::table.filter(pending::user_id.eq_any_padded(users));
    diesel::delete(ended).execute(tx.conn)?;
    Ok(())
}

/// Deletes a batch of the renames recorded before `limit`, which could not be finished. By then no
/// event or result from before them is left.
///
/// # Errors
/// The database is unavailable.
pub fn prune(conn: &mut AnyConn, limit: Timestamp) -> QueryResult<usize> {
    delete_batch(conn, "pending_renames", "user_id", "noted_at < $1", limit)
}

/// Maximum number of rows that one transaction edits.
const MAX_EDITED: usize = 200;

/// Finds the first time window from this time on that contains rows. Returns where the next window
/// begins and which rows of this one name one of the users, or `None` where no rows follow.
pub type FindRows<K> =
    fn(&mut AnyConn, &PendingRenames, Timestamp) -> Result<Option<(Timestamp, Vec<K>)>, AppError>;

/// Renames the users in these rows.
pub type EditRows<K> = fn(&mut Tx<'_>, &[K], &PendingRenames) -> Result<(), AppError>;

/// Renames users in rows of any age, window by window: for background work.
///
/// # Errors
/// The database is unavailable.
pub async fn rename_in_windows<K: Clone + Send + Sync + 'static>(
    store: &Store,
    renames: &PendingRenames,
    find: FindRows<K>,
    edit: EditRows<K>,
) -> Result<(), AppError> {
    if renames.is_empty() {
        return Ok(());
    }
    let end = store.env().now();
    let mut from = Timestamp::from_micros(0);
    while from <= end {
        let pending = renames.clone();
        let found = store.read(move |conn| find(conn, &pending, from)).await?;
        let Some((next, keys)) = found else {
            return Ok(());
        };
        for chunk in keys.chunks(MAX_EDITED) {
            let (keys, renames) = (chunk.to_vec(), renames.clone());
            store.write(move |tx| edit(tx, &keys, &renames)).await?;
        }
        from = next;
    }
    Ok(())
}
