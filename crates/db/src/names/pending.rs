//! Renames that are not written into all stored documents yet.
//!
//! A busy person is named in more documents than one transaction can rewrite. So the transaction
//! that renames them notes it ([`rename`]), from then on whoever reads a document replaces the name
//! in what they hand out ([`PendingRenames`]), and in the background the documents are rewritten, for
//! all who are renamed by then in one pass (`outbox::finish_renames`).

use std::sync::Arc;

use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};
use serde_json::Value;

use super::Renamed;
use crate::schema::pending_renames as pending;
use crate::types::Json;
use crate::{AnyBackend, AnyConn, EqAnyPadded, Store, Tx, delete_batch};

/// The most renames that are finished in one pass: two patterns each in one statement.
const MAX_TOGETHER: i64 = 50;

/// The renames to apply to documents as they are read.
#[derive(Debug, Clone, Default)]
pub struct PendingRenames(Arc<[Renamed]>);

type PendingRow = (UserId, Option<String>, Json);
type PendingColumns = (pending::user_id, pending::former, pending::fields);
const COLUMNS: PendingColumns = (pending::user_id, pending::former, pending::fields);

impl PendingRenames {
    /// Loads them: before the documents, as a rename ends only once all documents are rewritten.
    ///
    /// # Errors
    /// Only where the database is away.
    pub fn load(conn: &mut AnyConn) -> Result<Self, AppError> {
        let rows: Vec<PendingRow> = pending::table.select(COLUMNS).load(conn)?;
        Ok(rows.into_iter().map(Renamed::from).collect())
    }

    /// Loads some of those that were noted until then, oldest first, and in any case that of this
    /// person.
    ///
    /// # Errors
    /// Only where the database is away.
    pub fn load_due(
        conn: &mut AnyConn,
        until: Timestamp,
        person: Option<UserId>,
    ) -> Result<Self, AppError> {
        let is_due = pending::noted_at.le(until);
        let rows: Vec<PendingRow> = pending::table
            .filter(is_due.or(pending::user_id.eq_any_padded(person)))
            .order(pending::noted_at)
            .limit(MAX_TOGETHER)
            .select(COLUMNS)
            .load(conn)?;
        Ok(rows.into_iter().map(Renamed::from).collect())
    }

    /// Whose they are.
    pub fn people(&self) -> impl Iterator<Item = UserId> {
        self.0.iter().map(|renamed| renamed.person)
    }

    /// Whether nobody is renamed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a document, as text, may name one of them.
    pub fn may_be_in(&self, text: &str) -> bool {
        self.0.iter().any(|renamed| renamed.may_be_in(text))
    }

    /// Patterns of `LIKE` for documents that may name one of them. A name may hold what stands for
    /// any character there: then more is looked at than need be.
    pub fn patterns(&self) -> Vec<String> {
        let of = |renamed: &Renamed| {
            let name = renamed.former.as_ref();
            let name = name.map(|name| format!("%\"username\":\"{name}\"%"));
            [Some(format!("%{}%", renamed.person)), name]
        };
        self.0.iter().flat_map(of).flatten().collect()
    }

    /// Replaces what those people were called in a document.
    pub fn apply(&self, document: &mut Value) {
        self.0.iter().for_each(|renamed| renamed.apply(document));
    }

    /// The same for a document as text.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn apply_to_text(&self, text: String) -> Result<String, AppError> {
        if !self.may_be_in(&text) {
            return Ok(text);
        }
        let mut document = serde_json::from_str(&text)?;
        self.apply(&mut document);
        Ok(serde_json::to_string(&document)?)
    }
}

impl FromIterator<Renamed> for PendingRenames {
    fn from_iter<I: IntoIterator<Item = Renamed>>(renames: I) -> Self {
        Self(renames.into_iter().collect())
    }
}

impl From<PendingRow> for Renamed {
    fn from((person, former, Json(fields)): PendingRow) -> Self {
        let fields = match fields {
            Value::Object(fields) => fields,
            _ => serde_json::Map::new(),
        };
        Self {
            person,
            former,
            fields,
        }
    }
}

/// Notes that a person is called otherwise from this transaction on. It must be followed by
/// `outbox::finish_renames`, some time after the commit: by then those transactions must have ended that
/// were under way, as they may store the former name yet.
///
/// # Errors
/// Only where the database is away.
pub fn rename(tx: &mut Tx<'_>, renamed: &Renamed) -> Result<(), AppError> {
    let insert = diesel::insert_into(pending::table)
        .values((
            pending::user_id.eq(renamed.person),
            pending::former.eq(renamed.former.clone()),
            pending::fields.eq(Json(Value::Object(renamed.fields.clone()))),
            pending::noted_at.eq(tx.env().now()),
        ))
        .on_conflict(pending::user_id)
        .do_nothing();
    AnyBackend(insert).execute(tx.conn)?;
    Ok(())
}

/// Ends these renames: no document is left that names them as before.
///
/// # Errors
/// Only where the database is away.
pub fn end(tx: &mut Tx<'_>, renames: &PendingRenames) -> Result<(), AppError> {
    let people: Vec<UserId> = renames.people().collect();
    let ended = pending::table.filter(pending::user_id.eq_any_padded(people));
    diesel::delete(ended).execute(tx.conn)?;
    Ok(())
}

/// Forgets a [`BATCH`](crate::BATCH) of the renames noted before `limit`, which could not be
/// finished: by then no event or result is left from before them.
///
/// # Errors
/// Only where the database is away.
pub fn prune(conn: &mut AnyConn, limit: Timestamp) -> QueryResult<usize> {
    delete_batch(conn, "pending_renames", "user_id", "noted_at < $1", limit)
}

/// The most rows edited in one transaction.
const MAX_BATCH: usize = 200;

/// Finds the rows that name one of these people in the first window of time from a moment on that
/// holds any, and where the next window begins; nothing where no rows follow.
pub type Find<K> =
    fn(&mut AnyConn, &PendingRenames, Timestamp) -> Result<Option<(Timestamp, Vec<K>)>, AppError>;

/// Renames these people in these rows.
pub type Edit<K> = fn(&mut Tx<'_>, &[K], &PendingRenames) -> Result<(), AppError>;

/// Renames people in rows of any age, window by window: for background work.
///
/// # Errors
/// Only where the database is away.
pub async fn rename_in_windows<K: Clone + Send + Sync + 'static>(
    store: &Store,
    renames: &PendingRenames,
    find: Find<K>,
    edit: Edit<K>,
) -> Result<(), AppError> {
    if renames.is_empty() {
        return Ok(());
    }
    let end = store.env().now();
    let mut from = Timestamp::from_micros(0);
    while from <= end {
        let whom = renames.clone();
        let found = store.read(move |conn| find(conn, &whom, from)).await?;
        let Some((next, keys)) = found else {
            return Ok(());
        };
        for some in keys.chunks(MAX_BATCH) {
            let (some, renames) = (some.to_vec(), renames.clone());
            store.write(move |tx| edit(tx, &some, &renames)).await?;
        }
        from = next;
    }
    Ok(())
}
