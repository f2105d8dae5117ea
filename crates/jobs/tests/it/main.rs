//! Workers and queues against real databases of both kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]
#![allow(missing_docs, reason = "a table declared for tests")]

mod batches;
mod jobs;

use db::{Store, Tx};

use testkit::{TestStore, until};

diesel::table! {
    notes (number) {
        number -> BigInt,
        title -> Nullable<Text>,
    }
}

/// A table for handlers to write in.
async fn with_notes(fixture: &TestStore) {
    let create = |tx: &mut Tx<'_>| {
        use diesel::connection::SimpleConnection;
        let create = "CREATE TABLE notes (number BIGINT NOT NULL, title TEXT UNIQUE)";
        Ok(tx.conn.batch_execute(create)?)
    };
    fixture.store.write(create).await.unwrap();
}

/// How many jobs wait, and how many were set aside.
async fn backlog(store: &Store) -> (i64, i64) {
    store.read(::jobs::backlog).await.unwrap()
}
