//! Keeping two writers apart where no single row does.

use std::collections::BTreeSet;

use diesel::sql_types::BigInt;
use kernel::AppError;

use crate::{AnyConn, BulkStatement};

/// Holds the lock of this name until the transaction ends: of two writers that take the same
/// name, the second goes on when the first has committed. On SQLite there is one writer anyway.
///
/// Take several locks in the order of their names.
pub fn lock(conn: &mut AnyConn, name: &str) -> Result<(), AppError> {
    lock_all(conn, [name.to_owned()])
}

/// Holds several locks, taken in the order of their names, with one statement.
pub fn lock_all(
    conn: &mut AnyConn,
    names: impl IntoIterator<Item = String>,
) -> Result<(), AppError> {
    if conn.is_sqlite() {
        return Ok(());
    }
    let names: BTreeSet<String> = names.into_iter().collect();
    // A statement that the connection keeps: a raw query would be parsed and planned each time.
    BulkStatement::<'_, ()>::new("SELECT pg_advisory_xact_lock(v.column1) FROM ", "")
        .column::<BigInt, _>(names.iter().map(|name| hash(name)).collect())
        .execute(conn)?;
    Ok(())
}

/// FNV-1a: the same on every node and in every version. Names that collide wait for each other
/// needlessly, and that is all.
pub(crate) fn hash(name: &str) -> i64 {
    let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    i64::from_ne_bytes(hash.to_ne_bytes())
}
