//! Keeping two writers apart where no single row does.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt};
use kernel::AppError;

use crate::AnyConn;

/// Holds the lock of this name until the transaction ends: of two writers that take the same
/// name, the second goes on when the first has committed. On SQLite there is one writer anyway.
///
/// Take several locks in the order of their names.
pub fn lock(conn: &mut AnyConn, name: &str) -> Result<(), AppError> {
    if let AnyConn::Postgres(pg) = conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<BigInt, _>(hash(name))
            .execute(pg)?;
    }
    Ok(())
}

/// Holds several locks, taken in the order of their names, with one statement.
pub fn lock_all(
    conn: &mut AnyConn,
    names: impl IntoIterator<Item = String>,
) -> Result<(), AppError> {
    if let AnyConn::Postgres(pg) = conn {
        let names: BTreeSet<String> = names.into_iter().collect();
        let keys: Vec<i64> = names.iter().map(|name| hash(name)).collect();
        diesel::sql_query("SELECT pg_advisory_xact_lock(key) FROM unnest($1) AS key")
            .bind::<Array<BigInt>, _>(keys)
            .execute(pg)?;
    }
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
