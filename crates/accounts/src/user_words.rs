//! The index of words in names for the search.
//!
//! Words are written in the transaction that writes a name. `users.indexed_names` records which
//! names were indexed by which version of the rules: it is out of date in rows that an older server
//! has written, which [`Accounts::index_names`] indexes. An older server uses `users.words_of` in
//! the same way.

use std::collections::BTreeSet;

use db::{AnyConn, BulkStatement, DbUuid, Tx, match_backend};
use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::{AppError, UserId};

use crate::Accounts;
use crate::rules::search::{VERSION, indexed_words};
use crate::schema::{user_words, users};

/// How many users are indexed in one transaction.
const BATCH_SIZE: usize = 100;

/// The value of `users.words_of` when these names are indexed.
pub(crate) fn words_of(username_key: &str, display_key: &str) -> String {
    format!("{username_key}/{display_key}")
}

/// The value of `users.indexed_names` when these names are indexed by this version.
pub(crate) fn indexed_names(username_key: &str, display_key: &str) -> String {
    format!("{VERSION}/{username_key}/{display_key}")
}

/// Replaces the indexed words of a user.
pub(crate) fn replace(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    // The row is locked first, so that words of a concurrent transaction are visible and removed.
    let names = || users::username_key.concat("/").concat(users::display_key);
    let versioned = format!("{VERSION}/").into_sql::<Text>().concat(names());
    diesel::update(users::table.find(user))
        .set((
            users::words_of.eq(names().nullable()),
            users::indexed_names.eq(versioned.nullable()),
        ))
        .execute(conn)?;
    delete(conn, user)?;
    let names: Option<(String, String)> = users::table
        .find(user)
        .filter(users::deleted_at.is_null())
        .select((users::username_key, users::display_key))
        .first(conn)
        .optional()?;
    match names {
        Some((username, display_key)) => insert(conn, user, &[&username, &display_key]),
        None => Ok(()),
    }
}

/// Inserts the words of a user who has none yet.
pub(crate) fn insert(conn: &mut AnyConn, user: UserId, names: &[&str]) -> Result<(), AppError> {
    let words: BTreeSet<String> = names.iter().flat_map(|name| indexed_words(name)).collect();
    BulkStatement::<()>::new(
        "INSERT INTO user_words (word, user_id) SELECT column2, column1 FROM ",
        "",
    )
    .column::<DbUuid, _>(vec![user; words.len()])
    .column::<Text, _>(words.into_iter().collect::<Vec<String>>())
    .execute(conn)?;
    Ok(())
}

/// Deletes the words of a user.
pub(crate) fn delete(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(user_words::table.filter(user_words::user_id.eq(user))).execute(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct UnindexedUser {
    #[diesel(sql_type = DbUuid)]
    id: UserId,
}

/// A batch of the users whose words are out of date.
fn load_unindexed(conn: &mut AnyConn) -> Result<Vec<UserId>, AppError> {
    // The predicate of the partial index, verbatim.
    let query = format!(
        "SELECT id FROM users WHERE indexed_names IS NULL \
         OR indexed_names <> '{VERSION}/' || username_key || '/' || display_key \
         ORDER BY id LIMIT {BATCH_SIZE}"
    );
    let rows: Vec<UnindexedUser> = match_backend!(conn, c => diesel::sql_query(query).load(c))?;
    Ok(rows.into_iter().map(|user| user.id).collect())
}

impl Accounts {
    /// Indexes the names that an older server has written; returns the number of users.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    pub async fn index_names(&self) -> Result<usize, AppError> {
        let store = &self.inner.store;
        let mut indexed = 0;
        loop {
            let users = store.read(load_unindexed).await?;
            if users.is_empty() {
                return Ok(indexed);
            }
            indexed += users.len();
            let write =
                move |tx: &mut Tx<'_>| users.iter().try_for_each(|user| replace(tx.conn, *user));
            store.write(write).await?;
        }
    }
}
