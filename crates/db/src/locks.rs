//! Named locks, for conditions over several rows.

use std::collections::BTreeSet;

use diesel::sql_types::BigInt;
use kernel::AppError;

use crate::{AnyConn, BulkStatement};

/// Holds the lock of this name until the transaction ends. On SQLite, which has one writer, it does
/// nothing.
///
/// Several locks are taken in the order of their names.
///
/// # Errors
/// The database is unavailable.
pub fn lock(conn: &mut AnyConn, name: &str) -> Result<(), AppError> {
    lock_all(conn, [name.to_owned()])
}

/// Holds several locks, taken in the order of their names, with one statement.
///
/// # Errors
/// The database is unavailable.
pub fn lock_all(
    conn: &mut AnyConn,
    names: impl IntoIterator<Item = String>,
) -> Result<(), AppError> {
    if conn.is_sqlite() {
        return Ok(());
    }
    let names: BTreeSet<String> = names.into_iter().collect();
    // The connection caches this statement; a raw query would be parsed and planned each time.
    BulkStatement::<'_, ()>::new("SELECT pg_advisory_xact_lock(v.column1) FROM ", "")
        .column::<BigInt, _>(names.iter().map(|name| hash(name)).collect())
        .execute(conn)?;
    Ok(())
}

/// FNV-1a: the same on every node and in every version. Names with the same hash share a lock.
pub(crate) fn hash(name: &str) -> i64 {
    let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    i64::from_ne_bytes(hash.to_ne_bytes())
}
