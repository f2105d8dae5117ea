use std::sync::atomic::{AtomicUsize, Ordering};

use db::types::Json;
use db::{
    AfterCommit, AfterCommitTask, BulkStatement, Extensions, StatementCounter, Store, Tx,
    map_unique_violation,
};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use kernel::error::Common;
use kernel::{AppError, ErrorKind, UserId};
use testkit::TestStore;

use crate::{notes, with_notes};

testkit::database_tests!(
    refused_write_leaves_no_trace,
    read_sees_acknowledged_writes_of_any_node,
    map_unique_violation_lets_one_writer_win,
    lock_serialises_read_then_write,
    write_survives_a_panic,
    write_that_swallows_a_database_error_is_not_acknowledged,
    write_past_its_deadline_leaves_no_trace,
    write_whose_deadline_passes_while_it_runs_is_rolled_back,
    write_is_refused_when_the_queue_is_full,
    status_counts_pending_migrations,
    open_migrates_once_on_many_nodes,
);

testkit::postgres_tests!(
    write_that_swallows_any_failure_is_not_acknowledged,
    write_goes_on_after_a_savepoint_was_rolled_back,
    guarded_statement_has_an_effect_only_while_its_guards_hold,
    write_one_statement_needs_no_commit,
);

fn add(tx: &mut Tx<'_>, title: &str) -> Result<(), AppError> {
    let (id, now): (UserId, _) = (tx.env().id(), tx.env().now());
    let row = (
        notes::id.eq(id),
        notes::title.eq(title),
        notes::extra.eq(Json(serde_json::json!({}))),
        notes::at.eq(now),
    );
    let inserted = diesel::insert_into(notes::table)
        .values(row)
        .execute(tx.conn);
    map_unique_violation(inserted, || Common::TooManyRequests).map(|_| ())
}

async fn count(store: &Store) -> i64 {
    store
        .read(|conn| Ok(notes::table.count().get_result(conn)?))
        .await
        .unwrap()
}

async fn refused_write_leaves_no_trace(fixture: TestStore) {
    with_notes(&fixture).await;
    let writes = (0..100).map(|n| {
        let store = fixture.store.clone();
        async move {
            let title = format!("note {n}");
            store
                .write(move |tx| {
                    add(tx, &title)?;
                    if n % 3 == 0 {
                        Err(Common::TooManyRequests.into())
                    } else {
                        Ok(())
                    }
                })
                .await
        }
    });
    let results = futures(writes).await;
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 34);
    assert_eq!(count(&fixture.store).await, 66);
}

async fn read_sees_acknowledged_writes_of_any_node(fixture: TestStore) {
    with_notes(&fixture).await;
    let other = fixture.another_node();
    for n in 1..=20 {
        fixture
            .store
            .write(move |tx| add(tx, &n.to_string()))
            .await
            .unwrap();
        assert_eq!(count(&other).await, n);
    }
}

async fn map_unique_violation_lets_one_writer_win(fixture: TestStore) {
    with_notes(&fixture).await;
    let other = fixture.another_node();
    let writes = (0..20).map(|n| {
        let store = if n % 2 == 0 {
            fixture.store.clone()
        } else {
            other.clone()
        };
        async move { store.write(|tx| add(tx, "the one")).await }
    });
    let results = futures(writes).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refused = results.into_iter().filter_map(Result::err);
    assert!(
        refused
            .into_iter()
            .all(|error| error.is(Common::TooManyRequests.code()))
    );
}

async fn lock_serialises_read_then_write(fixture: TestStore) {
    with_notes(&fixture).await;
    let other = fixture.another_node();
    let writes = (0..24).map(|n| {
        let store = if n % 2 == 0 {
            fixture.store.clone()
        } else {
            other.clone()
        };
        async move {
            store
                .write(|tx| {
                    db::lock(tx.conn, "notes")?;
                    let next: i64 = notes::table.count().get_result(tx.conn)?;
                    add(tx, &next.to_string())
                })
                .await
        }
    });
    assert!(
        futures(writes)
            .await
            .into_iter()
            .all(|result| result.is_ok())
    );
    assert_eq!(count(&fixture.store).await, 24);
}

async fn write_survives_a_panic(fixture: TestStore) {
    with_notes(&fixture).await;
    let error = fixture
        .store
        .write(|tx| {
            add(tx, "lost")?;
            panic!("on purpose");
            #[allow(unreachable_code)]
            Ok(())
        })
        .await
        .unwrap_err();
    assert_eq!(error.code().kind, ErrorKind::Internal);
    assert_eq!(count(&fixture.store).await, 0);
    fixture.store.write(|tx| add(tx, "kept")).await.unwrap();
    assert_eq!(count(&fixture.store).await, 1);
}

type Commits = AtomicUsize;

/// Counts the transactions that were committed.
struct CountCommit;

impl AfterCommit for CountCommit {
    fn merge(&mut self, _later: Self) {}

    fn committed(self: Box<Self>, extensions: &Extensions) -> Option<AfterCommitTask> {
        let commits = extensions.get::<Commits>();
        Some(Box::new(move || {
            commits.fetch_add(1, Ordering::Relaxed);
        }))
    }
}

async fn write_that_swallows_a_database_error_is_not_acknowledged(fixture: TestStore) {
    with_notes(&fixture).await;
    fixture.store.write(|tx| add(tx, "taken")).await.unwrap();
    let swallow = |tx: &mut Tx<'_>| {
        add(tx, "first")?;
        // The constraint refuses this one, and the closure goes on as if nothing had happened.
        let _ = add(tx, "taken");
        tx.after_commit(CountCommit);
        Ok(())
    };
    let mut writes = Vec::new();
    for n in 0..20 {
        let store = fixture.store.clone();
        writes.push(tokio::spawn(async move {
            match n {
                7 => store.write(swallow).await,
                _ => store.write(move |tx| add(tx, &n.to_string())).await,
            }
        }));
    }
    let mut results = Vec::new();
    for write in writes {
        results.push(write.await.unwrap());
    }
    let kept = results.iter().filter(|result| result.is_ok()).count();
    let swallowed = results.remove(7);
    assert!(
        results.iter().all(Result::is_ok),
        "the others are untouched"
    );
    assert_eq!(
        count(&fixture.store).await,
        1 + i64::try_from(kept).unwrap()
    );
    fixture.store.flush_after_commits().await;
    let commits = fixture.store.extension::<Commits>();
    assert_eq!(
        commits.load(Ordering::Relaxed),
        usize::from(swallowed.is_ok())
    );
    if !fixture.store.is_embedded() {
        assert_eq!(swallowed.unwrap_err().code().kind, ErrorKind::Internal);
    }
}

/// Runs a future with a deadline that passes soon.
fn soon<F: Future>(store: &Store, work: F) -> impl Future<Output = F::Output> + use<F> {
    let now = store.env().monotonic();
    store.with_deadline(now + std::time::Duration::from_millis(50), work)
}

/// Runs a statement that fails; returns whether it did.
type Fails = fn(&mut Tx<'_>) -> bool;

/// However a statement fails, PostgreSQL rolls back at the following commit and reports no error.
async fn write_that_swallows_any_failure_is_not_acknowledged(fixture: TestStore) {
    use diesel::connection::SimpleConnection;
    use diesel::sql_types::Integer;
    with_notes(&fixture).await;
    let divide = |tx: &mut Tx<'_>| {
        let quotient = diesel::dsl::sql::<Integer>("1 / ").bind::<Integer, _>(0);
        diesel::select(quotient).load::<i32>(tx.conn).is_err()
    };
    let failures: [(&str, Fails); 5] = [
        ("execute", |tx| add(tx, "taken").is_err()),
        ("load", divide),
        ("prepare to execute", |tx| {
            diesel::sql_query("no such statement")
                .execute(tx.conn)
                .is_err()
        }),
        ("prepare to load", |tx| {
            let nothing = diesel::dsl::sql::<Integer>("no such column");
            diesel::select(nothing).load::<i32>(tx.conn).is_err()
        }),
        ("batch", |tx| {
            tx.conn.batch_execute("no such statement").is_err()
        }),
    ];
    fixture.store.write(|tx| add(tx, "taken")).await.unwrap();
    for (name, fails) in failures {
        let swallow = move |tx: &mut Tx<'_>| {
            add(tx, name)?;
            assert!(fails(tx), "{name}");
            Ok(())
        };
        let error = fixture.store.write(swallow).await.unwrap_err();
        assert_eq!(error.code().kind, ErrorKind::Internal, "{name}");
        assert_eq!(count(&fixture.store).await, 1, "{name}");
    }
}

/// A savepoint that was rolled back to undoes the failure: the rest is stored.
async fn write_goes_on_after_a_savepoint_was_rolled_back(fixture: TestStore) {
    use diesel::connection::SimpleConnection;
    with_notes(&fixture).await;
    fixture.store.write(|tx| add(tx, "taken")).await.unwrap();
    let recover = |tx: &mut Tx<'_>| {
        tx.conn.batch_execute("SAVEPOINT attempt")?;
        assert!(add(tx, "taken").is_err());
        tx.conn.batch_execute("ROLLBACK TO attempt")?;
        add(tx, "kept")
    };
    fixture.store.write(recover).await.unwrap();
    assert_eq!(count(&fixture.store).await, 2);
}

async fn write_past_its_deadline_leaves_no_trace(fixture: TestStore) {
    // More than there are threads that write.
    const BLOCKERS: usize = 8;
    with_notes(&fixture).await;
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Arc::new(std::sync::Mutex::new(gate));
    let blockers: Vec<_> = (0..BLOCKERS).map(|_| hold(&fixture, &gate)).collect();
    crate::until("the threads are busy", || async {
        fixture.store.queued().1 >= 2
    })
    .await;
    let late = soon(&fixture.store, fixture.store.write(|tx| add(tx, "late")));
    let error = late.await.unwrap_err();
    assert_eq!(error.code().kind, ErrorKind::Unavailable);
    assert!(error.retry_delay().is_some());
    (0..BLOCKERS).for_each(|_| open.send(()).unwrap());
    for blocker in blockers {
        blocker.await.unwrap().unwrap();
    }
    fixture.store.write(|tx| add(tx, "next")).await.unwrap();
    assert_eq!(count(&fixture.store).await, 1);
}

async fn write_whose_deadline_passes_while_it_runs_is_rolled_back(fixture: TestStore) {
    with_notes(&fixture).await;
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let write = fixture.store.write(move |tx| {
        add(tx, "late")?;
        gate.recv().map_err(AppError::internal)
    });
    let late = soon(&fixture.store, write);
    let error = late.await.unwrap_err();
    assert_eq!(error.code().kind, ErrorKind::Unavailable);
    open.send(()).unwrap();
    fixture.store.write(|tx| add(tx, "next")).await.unwrap();
    crate::until("only what was acknowledged is stored", || async {
        count(&fixture.store).await == 1 && fixture.store.queued() == (0, 0)
    })
    .await;
}

async fn write_is_refused_when_the_queue_is_full(fixture: TestStore) {
    with_notes(&fixture).await;
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Arc::new(std::sync::Mutex::new(gate));
    let blockers: Vec<_> = (0..4).map(|_| hold(&fixture, &gate)).collect();
    let many = (0..6_000).map(|_| {
        let store = fixture.store.clone();
        async move { store.write(|_| Ok(())).await }
    });
    let many: Vec<_> = many.map(tokio::spawn).collect();
    crate::until("the queue is full", || async {
        fixture.store.queued().1 >= 4_096
    })
    .await;
    (0..4).for_each(|_| open.send(()).unwrap());
    let mut refused = 0;
    for task in many {
        if let Err(error) = task.await.unwrap() {
            assert!(error.is(Common::Overloaded.code()));
            assert!(error.retry_delay().is_some());
            refused += 1;
        }
    }
    assert!(refused > 0 && refused < 6_000);
    for blocker in blockers {
        blocker.await.unwrap().unwrap();
    }
}

type Gate = std::sync::Arc<std::sync::Mutex<std::sync::mpsc::Receiver<()>>>;

/// Keeps a database thread busy until the gate opens, or for good on the threads beyond the first
/// of SQLite, which never get one.
fn hold(fixture: &TestStore, gate: &Gate) -> tokio::task::JoinHandle<Result<(), AppError>> {
    let (store, gate) = (fixture.store.clone(), gate.clone());
    tokio::spawn(async move {
        store
            .write(move |_| {
                gate.lock().unwrap().recv().map_err(AppError::internal)?;
                Ok(())
            })
            .await
    })
}

async fn status_counts_pending_migrations(fixture: TestStore) {
    assert_eq!(fixture.store.status().await.unwrap().pending_migrations, 0);
    fixture.store.ping().await.unwrap();
}

async fn open_migrates_once_on_many_nodes(database: testkit::Database) {
    let url: db::DatabaseUrl = database.url().parse().unwrap();
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let config = db::StoreConfig {
                url: url.clone(),
                connections: 1,
                migrate: true,
            };
            std::thread::spawn(move || Store::open(&config, kernel::Env::system()))
        })
        .collect();
    for start in starts {
        let store = start.join().unwrap().unwrap();
        assert_eq!(store.status().await.unwrap().pending_migrations, 0);
    }
}

/// Runs futures concurrently and waits for all.
async fn futures<T: Send + 'static>(
    all: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = all.map(tokio::spawn).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

/// Updates two notes, each of them if the guards hold, the second one on a condition.
fn rename_guarded(tx: &mut Tx<'_>, owner: &str, is_long: bool) -> Result<usize, AppError> {
    let change = |title: &'static str, new: &'static str| {
        BulkStatement::<'_, ()>::new(
            "UPDATE notes SET title = v.column2 FROM ",
            " WHERE notes.title = v.column1",
        )
        .column::<Text, _>(vec![title])
        .column::<Text, _>(vec![new])
    };
    let guard = |before: &'static str, value: String| {
        BulkStatement::<'_, ()>::new(before, " JOIN notes ON notes.title = v.column1")
            .column::<Text, _>(vec![value])
    };
    let guards = vec![
        guard("SELECT 1 AS first FROM ", owner.to_owned()),
        BulkStatement::<'_, ()>::new("SELECT v.column1 AS is_long FROM ", "")
            .column::<Bool, _>(vec![is_long]),
    ];
    let second = change("b", "bb").only_if("is_long");
    let all = change("a", "aa").alongside(vec![second]).guarded_by(guards);
    Ok(all.execute(tx.conn)?)
}

async fn guarded_statement_has_an_effect_only_while_its_guards_hold(fixture: TestStore) {
    with_notes(&fixture).await;
    for title in ["a", "b", "owner"] {
        fixture.store.write(move |tx| add(tx, title)).await.unwrap();
    }
    let titles = || async {
        let read = |conn: &mut db::AnyConn| {
            let titles = notes::table.order(notes::title).select(notes::title);
            Ok(titles.load::<String>(conn)?)
        };
        fixture.store.read(read).await.unwrap()
    };
    let change = |owner: &'static str, is_long| {
        fixture
            .store
            .write_one_statement(move |tx| rename_guarded(tx, owner, is_long))
    };
    assert_eq!(change("nobody", true).await.unwrap(), 0);
    assert_eq!(titles().await, ["a", "b", "owner"]);
    assert_eq!(change("owner", false).await.unwrap(), 1);
    assert_eq!(titles().await, ["aa", "b", "owner"]);
    assert_eq!(change("owner", true).await.unwrap(), 0);
    assert_eq!(titles().await, ["aa", "bb", "owner"]);
}

async fn write_one_statement_needs_no_commit(fixture: TestStore) {
    with_notes(&fixture).await;
    let counter = StatementCounter::default();
    let write = fixture.store.write_one_statement(|tx| add(tx, "one"));
    counter.count(write).await.unwrap();
    assert_eq!((counter.statements(), counter.transactions()), (1, 1));
    assert_eq!(count(&fixture.another_node()).await, 1);
    let again = fixture.store.write_one_statement(|tx| add(tx, "one")).await;
    assert!(again.unwrap_err().is(Common::TooManyRequests.code()));
    // A transaction on the same connections works as before.
    refused_write_leaves_no_trace_of(&fixture).await;
}

async fn refused_write_leaves_no_trace_of(fixture: &TestStore) {
    let write = |tx: &mut Tx<'_>| {
        add(tx, "two")?;
        Err::<(), _>(Common::TooManyRequests.into())
    };
    fixture.store.write(write).await.unwrap_err();
    assert_eq!(count(&fixture.store).await, 1);
}
