//! Transactions that meet.

use std::sync::mpsc;

use db::{AnyConn, Store};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::AppError;
use tokio::task::JoinHandle;

/// A transaction that has executed SQL and stays open.
pub(crate) struct OpenTransaction {
    end: mpsc::Sender<()>,
    task: JoinHandle<Result<(), AppError>>,
}

impl OpenTransaction {
    pub(crate) async fn begin(store: &Store, sql: String) -> Self {
        let (end, ended) = mpsc::channel();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let store = store.clone();
        let task = tokio::spawn(async move {
            let write = move |tx: &mut db::Tx<'_>| {
                tx.conn.batch_execute(&sql)?;
                begin.send(()).unwrap();
                ended.recv().unwrap();
                Ok(())
            };
            store.write(write).await
        });
        begun.await.unwrap();
        Self { end, task }
    }

    pub(crate) async fn commit(self) {
        self.end.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

/// Waits until a transaction waits for another one (PostgreSQL).
pub(crate) async fn until_one_waits(store: &Store) {
    let wait = async {
        while count_waiting(store).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(std::time::Duration::from_secs(20), wait).await;
    waited.expect("nobody waits for a lock");
}

/// The number of transactions that wait for others.
pub(crate) async fn count_waiting(store: &Store) -> i64 {
    #[derive(QueryableByName)]
    struct Waiting {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let read = |conn: &mut AnyConn| {
        let waiting = "SELECT count(*) AS count FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let waiting: Waiting = diesel::sql_query(waiting).get_result(conn)?;
        Ok(waiting.count)
    };
    store.read(read).await.unwrap()
}
