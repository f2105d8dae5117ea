//! Deleting many rows in batches, so that other writers do not wait for long.

use diesel::prelude::*;
use kernel::{AppError, Timestamp};

use crate::{AnyConn, DbTime, Store, Tx, match_backend};

/// Maximum number of rows that one statement deletes.
pub const MAX_DELETE_BATCH: i64 = 500;

impl Store {
    /// Repeats a deletion of at most [`MAX_DELETE_BATCH`] rows, each time in a transaction of its own,
    /// until it deletes fewer. Returns the number of rows.
    ///
    /// # Errors
    /// The database is unavailable. Earlier batches stay deleted.
    pub async fn delete_in_batches(
        &self,
        delete: impl Fn(&mut Tx<'_>) -> Result<usize, AppError> + Clone + Send + 'static,
    ) -> Result<usize, AppError> {
        let mut total = 0;
        loop {
            let deleted = self.write(delete.clone()).await?;
            total += deleted;
            if i64::try_from(deleted).is_ok_and(|deleted| deleted < MAX_DELETE_BATCH) {
                return Ok(total);
            }
        }
    }
}

/// Deletes at most [`MAX_DELETE_BATCH`] rows of a table with this primary key. Returns their number.
/// `condition` is SQL in which `$1` is the time `limit`:
/// `delete_batch(conn, "stream_events", "stream, seq", "at < $1", limit)`.
pub fn delete_batch(
    conn: &mut AnyConn,
    table: &'static str,
    key: &'static str,
    condition: &'static str,
    limit: Timestamp,
) -> QueryResult<usize> {
    let delete = format!(
        "DELETE FROM {table} WHERE ({key}) IN \
         (SELECT {key} FROM {table} WHERE {condition} LIMIT {MAX_DELETE_BATCH})"
    );
    match_backend!(conn, c => diesel::sql_query(delete).bind::<DbTime, _>(limit).execute(c))
}
