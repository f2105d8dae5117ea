//! Deleting many rows, a batch at a time, so that nobody else waits for long.

use diesel::prelude::*;
use kernel::{AppError, Timestamp};

use crate::{AnyConn, DbTime, Store, Tx, match_backend};

/// Rows that one statement of a clean-up deletes at most.
pub const BATCH: i64 = 500;

impl Store {
    /// Runs a deletion of at most [`BATCH`] rows again and again, each time in a transaction of its
    /// own, until it finds fewer; how many rows that were.
    ///
    /// # Errors
    /// Where the database is away. What was deleted before stays deleted.
    pub async fn delete_in_batches(
        &self,
        delete: impl Fn(&mut Tx<'_>) -> Result<usize, AppError> + Clone + Send + 'static,
    ) -> Result<usize, AppError> {
        let mut all = 0;
        loop {
            let deleted = self.write(delete.clone()).await?;
            all += deleted;
            if i64::try_from(deleted).is_ok_and(|deleted| deleted < BATCH) {
                return Ok(all);
            }
        }
    }
}

/// Deletes at most [`BATCH`] rows of a table, found by the columns of its primary key; how many that
/// were. `condition` is SQL in which `$1` is the time `limit`:
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
         (SELECT {key} FROM {table} WHERE {condition} LIMIT {BATCH})"
    );
    match_backend!(conn, c => diesel::sql_query(delete).bind::<DbTime, _>(limit).execute(c))
}
