//! The words in people's names that a search finds.
//!
//! They are written in the transaction that writes a name. `users.indexed_names` tells of which names
//! they are, and by which rules they were made: rows that an older server has written, before this
//! index was there or beside it during an upgrade, differ there from their names, and are indexed by
//! [`Accounts::index_names`]. An older server looks at `users.words_of` in the same way.

use std::collections::BTreeSet;

use db::{AnyConn, BulkStatement, DbUuid, Tx, match_backend};
use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::{AppError, UserId};

use crate::Accounts;
use crate::rules::search::{VERSION, indexed_words};
use crate::schema::{user_words, users};

/// How many people are indexed in one transaction.
const BATCH: usize = 100;

/// What `users.words_of` says when the words of these names are written.
pub(crate) fn words_of(username_key: &str, display_key: &str) -> String {
    format!("{username_key}/{display_key}")
}

/// What `users.indexed_names` says when they are written as this server writes them.
pub(crate) fn indexed_names(username_key: &str, display_key: &str) -> String {
    format!("{VERSION}/{username_key}/{display_key}")
}

/// Writes the words of a person's names anew.
pub(crate) fn rewrite(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    // The row is locked first, so that what another transaction wrote for it is seen and removed.
    let names = || users::username_key.concat("/").concat(users::display_key);
    let versioned = format!("{VERSION}/").into_sql::<Text>().concat(names());
    diesel::update(users::table.find(user))
        .set((
            users::words_of.eq(names().nullable()),
            users::indexed_names.eq(versioned.nullable()),
        ))
        .execute(conn)?;
    forget(conn, user)?;
    let found: Option<(String, String)> = users::table
        .find(user)
        .filter(users::deleted_at.is_null())
        .select((users::username_key, users::display_key))
        .first(conn)
        .optional()?;
    match found {
        Some((username, display)) => insert(conn, user, &[&username, &display]),
        None => Ok(()),
    }
}

/// Writes the words of a person who has none so far.
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

/// Removes a person's words.
pub(crate) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(user_words::table.filter(user_words::user_id.eq(user))).execute(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = DbUuid)]
    id: UserId,
}

/// Some of the people whose words are not those of their names.
fn missing(conn: &mut AnyConn) -> Result<Vec<UserId>, AppError> {
    // The condition of an index, word for word.
    let query = format!(
        "SELECT id FROM users WHERE indexed_names IS NULL \
         OR indexed_names <> '{VERSION}/' || username_key || '/' || display_key \
         ORDER BY id LIMIT {BATCH}"
    );
    let found: Vec<Found> = match_backend!(conn, c => diesel::sql_query(query).load(c))?;
    Ok(found.into_iter().map(|one| one.id).collect())
}

impl Accounts {
    /// Indexes the names of people that an older server has written; how many people those were.
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn index_names(&self) -> Result<usize, AppError> {
        let store = &self.inner.store;
        let mut indexed = 0;
        loop {
            let people = store.read(missing).await?;
            if people.is_empty() {
                return Ok(indexed);
            }
            indexed += people.len();
            let write =
                move |tx: &mut Tx<'_>| people.iter().try_for_each(|user| rewrite(tx.conn, *user));
            store.write(write).await?;
        }
    }
}
