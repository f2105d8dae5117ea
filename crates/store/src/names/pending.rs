//! Renames that are not written into all stored documents yet.
//!
//! A busy person is named in more documents than one transaction can rewrite. So the transaction
//! that renames them notes it ([`rename`]), from then on whoever reads a document replaces the name
//! in what they hand out ([`PendingRenames`]), and a job rewrites the documents ([`finish_rename`]).

use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};
use serde_json::Value;

use super::Renamed;
use crate::schema::pending_renames as pending;
use crate::types::Json;
use crate::{AnyConn, Each, Store, Tx, idempotency, outbox};

/// The renames to apply to documents as they are read.
#[derive(Debug, Clone, Default)]
pub struct PendingRenames(Vec<Renamed>);

impl PendingRenames {
    /// Loads them: before the documents, as a rename ends only once all documents are rewritten.
    ///
    /// # Errors
    /// Only where the database is away.
    pub fn load(conn: &mut AnyConn) -> Result<Self, AppError> {
        let rows = pending::table.select((pending::user_id, pending::former, pending::fields));
        let renamed = |(person, former, Json(fields)): (UserId, _, _)| Renamed {
            person,
            former,
            fields: match fields {
                Value::Object(fields) => fields,
                _ => serde_json::Map::new(),
            },
        };
        Ok(Self(rows.load(conn)?.into_iter().map(renamed).collect()))
    }

    /// Replaces what those people were called in a document.
    pub fn apply(&self, document: &mut Value) {
        self.0.iter().for_each(|renamed| renamed.apply(document));
    }

    /// The same for a document as text.
    pub(crate) fn apply_to_text(&self, text: String) -> Result<String, AppError> {
        if !self.0.iter().any(|renamed| renamed.may_be_in(&text)) {
            return Ok(text);
        }
        let mut document = serde_json::from_str(&text)?;
        self.apply(&mut document);
        Ok(serde_json::to_string(&document)?)
    }
}

/// Notes that a person is called otherwise from this transaction on. It must be followed by
/// [`finish_rename`], some time after the commit: by then those transactions must have ended that
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
        ))
        .on_conflict(pending::user_id)
        .do_nothing();
    Each(insert).execute(tx.conn)?;
    Ok(())
}

/// Replaces the name in all stored events and kept results, whatever their age, and ends the rename.
/// What other crates have stored must be rewritten before.
///
/// # Errors
/// Only where the database is away; it may be called again.
pub async fn finish_rename(store: &Store, renamed: &Renamed) -> Result<(), AppError> {
    outbox::rename(store, renamed).await?;
    idempotency::rename(store, renamed).await?;
    let person = renamed.person;
    let end = move |tx: &mut Tx<'_>| {
        diesel::delete(pending::table.find(person)).execute(tx.conn)?;
        Ok(())
    };
    store.write(end).await
}

/// The most rows edited in one transaction.
const MAX_BATCH: usize = 200;

/// Finds the rows that name a person in the first window of time from a moment on that holds any,
/// and where the next window begins; nothing where no rows follow.
pub(crate) type Find<K> =
    fn(&mut AnyConn, &Renamed, Timestamp) -> Result<Option<(Timestamp, Vec<K>)>, AppError>;

/// Renames a person in these rows.
pub(crate) type Edit<K> = fn(&mut Tx<'_>, &[K], &Renamed) -> Result<(), AppError>;

/// Renames a person in rows of any age, window by window: for background work.
pub(crate) async fn rename_in_windows<K: Clone + Send + Sync + 'static>(
    store: &Store,
    renamed: &Renamed,
    find: Find<K>,
    edit: Edit<K>,
) -> Result<(), AppError> {
    let end = store.env().now();
    let mut from = Timestamp::from_micros(0);
    while from <= end {
        let whom = renamed.clone();
        let found = store.read(move |conn| find(conn, &whom, from)).await?;
        let Some((next, keys)) = found else {
            return Ok(());
        };
        for some in keys.chunks(MAX_BATCH) {
            let (some, renamed) = (some.to_vec(), renamed.clone());
            store.write(move |tx| edit(tx, &some, &renamed)).await?;
        }
        from = next;
    }
    Ok(())
}
