use std::sync::atomic::{AtomicUsize, Ordering};

use db::types::Json;
use db::{AfterCommit, AfterCommitTask, Extensions, Store, Tx, map_unique_violation};
use diesel::prelude::*;
use kernel::error::Common;
use kernel::{AppError, ErrorKind, UserId};

use testkit::TestStore;

use crate::{each, notes, with_notes};

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

#[tokio::test]
async fn a_refused_write_leaves_no_trace_and_does_not_hurt_its_neighbours() {
    for fixture in each() {
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
}

#[tokio::test]
async fn what_was_acknowledged_is_seen_by_the_next_read_on_any_node() {
    for fixture in each() {
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
}

#[tokio::test]
async fn of_writers_that_meet_on_a_unique_key_one_wins() {
    for fixture in each() {
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
}

#[tokio::test]
async fn the_named_lock_makes_read_then_write_safe() {
    for fixture in each() {
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
}

#[tokio::test]
async fn a_panic_in_a_closure_is_a_fault_and_the_door_stays_open() {
    for fixture in each() {
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

#[tokio::test]
async fn write_that_swallows_a_database_error_is_never_acknowledged_in_vain() {
    for fixture in each() {
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
}

/// Runs this with a deadline that passes soon.
fn soon<F: Future>(store: &Store, work: F) -> impl Future<Output = F::Output> + use<F> {
    let now = store.env().monotonic();
    store.until(now + std::time::Duration::from_millis(50), work)
}

#[tokio::test]
async fn write_past_its_deadline_is_refused_and_leaves_no_trace() {
    for fixture in each() {
        with_notes(&fixture).await;
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let gate = std::sync::Arc::new(std::sync::Mutex::new(gate));
        let blockers: Vec<_> = (0..4).map(|_| hold(&fixture, &gate)).collect();
        crate::until("the threads are busy", || async {
            fixture.store.queued().1 >= if fixture.store.is_embedded() { 3 } else { 2 }
        })
        .await;
        let late = soon(&fixture.store, fixture.store.write(|tx| add(tx, "late")));
        let error = late.await.unwrap_err();
        assert_eq!(error.code().kind, ErrorKind::Unavailable);
        assert!(error.retry_delay().is_some());
        (0..4).for_each(|_| open.send(()).unwrap());
        for blocker in blockers {
            blocker.await.unwrap().unwrap();
        }
        fixture.store.write(|tx| add(tx, "next")).await.unwrap();
        assert_eq!(count(&fixture.store).await, 1);
    }
}

#[tokio::test]
async fn write_whose_deadline_passes_while_it_runs_is_rolled_back() {
    for fixture in each() {
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
}

#[tokio::test]
async fn a_full_queue_is_refused_at_once_and_what_was_taken_is_done() {
    for fixture in each() {
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

#[tokio::test]
async fn a_store_says_whether_its_schema_is_up_to_date() {
    for fixture in each() {
        assert_eq!(fixture.store.status().await.unwrap().pending_migrations, 0);
        fixture.store.ping().await.unwrap();
    }
}

#[tokio::test]
async fn nodes_that_start_together_migrate_once() {
    for database in testkit::databases() {
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
}

/// Runs them at the same time and waits for all.
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
