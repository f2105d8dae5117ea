//! The store against real databases of both kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]
#![allow(missing_docs, reason = "tables declared for tests")]

mod deadlines;
mod faults;
mod idempotency;
mod lists;
mod paged_json;
mod statements;
mod store;
mod tls;
mod types;

use testkit::{TestStore, until};

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

    notes (id) {
        id -> DbUuid,
        title -> Text,
        owner -> Nullable<DbUuid>,
        extra -> DbJson,
        at -> DbTime,
    }
}

/// A table for the tests to write in.
async fn with_notes(fixture: &TestStore) {
    let make = |tx: &mut db::Tx<'_>| {
        use diesel::connection::SimpleConnection;
        let (uuid, time, json) = match tx.conn.is_sqlite() {
            true => ("BLOB", "INTEGER", "TEXT"),
            false => ("uuid", "timestamptz", "jsonb"),
        };
        Ok(tx.conn.batch_execute(&format!(
            "CREATE TABLE notes (id {uuid} NOT NULL PRIMARY KEY, title TEXT NOT NULL UNIQUE, \
             owner {uuid}, extra {json} NOT NULL, at {time} NOT NULL)"
        ))?)
    };
    fixture.store.write(make).await.unwrap();
}
