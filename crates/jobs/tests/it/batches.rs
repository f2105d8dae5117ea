//! Many jobs in one transaction.

use std::time::Duration;

use db::{AnyConn, BulkStatement, StatementCounter, Store, Tx};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use jobs::{BatchHandler, Enqueue, Job, JobClass, NewJob, Registration, Worker};
use kernel::AppError;
use serde::{Deserialize, Serialize};
use testkit::TestStore;

use crate::{backlog, notes, until, with_notes};

testkit::database_tests!(
    batch_has_one_effect_per_job_on_two_nodes,
    bad_job_of_a_batch_is_retried_alone,
    insertion_of_is_written_with_other_rows_or_not_at_all,
);

/// A job that is run in batches.
#[derive(Serialize, Deserialize)]
struct Note(i64);

impl Job for Note {
    const KIND: &'static str = "note";
    const CLASS: JobClass = JobClass::Timer;
}

/// Notes each job in a table, and fails at those that are negative.
struct Noted;

impl BatchHandler<Note> for Noted {
    fn run(&self, tx: &mut Tx<'_>, jobs: Vec<Note>) -> Result<(), AppError> {
        for Note(n) in jobs {
            if n < 0 {
                return Err(AppError::internal("a bad job"));
            }
            let note = notes::number.eq(n);
            diesel::insert_into(notes::table)
                .values(note)
                .execute(tx.conn)?;
        }
        Ok(())
    }
}

fn batch_worker(store: &Store) -> tokio::task::JoinHandle<()> {
    let worker = Worker::new(store.clone())
        .register([Registration::batch(Noted)])
        .poll_interval(Duration::from_millis(20));
    tokio::spawn(worker.run())
}

fn note_jobs(numbers: impl IntoIterator<Item = i64>) -> Vec<NewJob> {
    let job = |n| NewJob::new(&Note(n)).unwrap();
    numbers.into_iter().map(job).collect()
}

/// How often a job was done.
async fn times_noted(store: &Store, n: i64) -> i64 {
    let count = move |conn: &mut AnyConn| {
        let noted = notes::table.filter(notes::number.eq(n));
        Ok(noted.count().get_result(conn)?)
    };
    store.read(count).await.unwrap()
}

async fn batch_has_one_effect_per_job_on_two_nodes(fixture: TestStore) {
    with_notes(&fixture).await;
    let other = fixture.another_node();
    let second = if fixture.store.is_embedded() {
        &fixture.store
    } else {
        &other
    };
    let nodes = [batch_worker(&fixture.store), batch_worker(second)];
    for start in [0, 300, 600] {
        let jobs = note_jobs(start..start + 300);
        let add = move |tx: &mut Tx<'_>| tx.enqueue_all(jobs);
        other.write(add).await.unwrap();
    }
    until("all are done", || async {
        backlog(&fixture.store).await == (0, 0)
    })
    .await;
    for n in [0, 1, 299, 300, 599, 600, 899] {
        assert_eq!(times_noted(&fixture.store, n).await, 1, "job {n}");
    }
    nodes.iter().for_each(tokio::task::JoinHandle::abort);
}

async fn bad_job_of_a_batch_is_retried_alone(fixture: TestStore) {
    with_notes(&fixture).await;
    let jobs = note_jobs([1, 2, -1, 3]);
    let add = move |tx: &mut Tx<'_>| tx.enqueue_all(jobs);
    fixture.store.write(add).await.unwrap();
    let node = batch_worker(&fixture.store);
    until("the others are done", || async {
        backlog(&fixture.store).await == (1, 0)
    })
    .await;
    for n in [1, 2, 3] {
        assert_eq!(times_noted(&fixture.store, n).await, 1, "job {n}");
    }
    let tries = || async {
        let attempts = |conn: &mut AnyConn| jobs::attempts(conn, Note::KIND);
        fixture.store.read(attempts).await.unwrap()
    };
    assert_eq!(tries().await, [1]);
    fixture.clock.advance(Duration::from_secs(5));
    until("it is tried again", || async { tries().await == [2] }).await;
    node.abort();
}

/// Adds notes with these numbers and titles.
fn titled(numbers: std::ops::Range<i64>) -> BulkStatement<'static, ()> {
    let titles = numbers.clone().map(|number| number.to_string());
    BulkStatement::new(
        "INSERT INTO notes (number, title) SELECT column1, column2 FROM ",
        "",
    )
    .column::<BigInt, i64>(numbers.collect())
    .column::<Text, String>(titles.collect())
}

async fn insertion_of_is_written_with_other_rows_or_not_at_all(fixture: TestStore) {
    with_notes(&fixture).await;
    let store = &fixture.store;
    let write = |first: i64, second: i64| {
        move |tx: &mut Tx<'_>| {
            let rows = vec![
                titled(first..first + 2),
                titled(0..0),
                titled(second..second + 1),
                tx.insertion_of(vec![NewJob::new(&Note(1))?]),
            ];
            Ok(BulkStatement::execute_all(rows, tx.conn)?)
        }
    };
    let counter = StatementCounter::default();
    counter.count(store.write(write(0, 2))).await.unwrap();
    assert_eq!(counter.statements(), 1);
    assert!(
        store.write(write(4, 2)).await.is_err(),
        "the title is taken"
    );
    let look = |conn: &mut AnyConn| {
        let notes: i64 = notes::table.count().get_result(conn)?;
        Ok((notes, jobs::backlog(conn)?.0))
    };
    assert_eq!(store.read(look).await.unwrap(), (3, 1));
    let nothing = |tx: &mut Tx<'_>| {
        let rows = vec![titled(0..0), tx.insertion_of(vec![])];
        Ok(BulkStatement::execute_all(rows, tx.conn)?)
    };
    store.write(nothing).await.unwrap();
}
