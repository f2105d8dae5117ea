use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use db::{AnyConn, Store, Tx};
use jobs::{ClaimedJob, Enqueue, Job, JobClass, JobHandler, NewJob, Registration, Worker};
use kernel::AppError;
use kernel::error::Common;
use serde::{Deserialize, Serialize};
use testkit::TestStore;
use tokio::sync::mpsc;

use crate::{backlog, until};

testkit::database_tests!(
    job_has_one_effect_on_two_nodes,
    failed_job_is_retried_after_a_delay,
    enqueue_at_waits_and_drops_duplicates,
    enqueue_is_rolled_back_with_its_transaction,
    job_is_set_aside_after_its_last_attempt,
    running_job_survives_a_clock_jump,
    classes_do_not_wait_for_each_other,
    panicking_job_is_retried,
    enqueue_all_drops_duplicates,
    handler_has_the_deadline_of_background_work,
);

testkit::postgres_tests!(worker_claims_no_more_than_it_runs_at_once,);

/// A job with a number.
#[derive(Clone, Serialize, Deserialize)]
struct Tell {
    number: i64,
    key: Option<String>,
}

impl Tell {
    fn new(number: i64) -> Self {
        Self { number, key: None }
    }
}

impl Job for Tell {
    const KIND: &'static str = "tell";
    const CLASS: JobClass = JobClass::Timer;

    fn unique_key(&self) -> Option<String> {
        self.key.clone()
    }
}

/// A job whose handler never ends.
#[derive(Clone, Serialize, Deserialize)]
struct Hang;

impl Job for Hang {
    const KIND: &'static str = "hang";
    const CLASS: JobClass = JobClass::Timer;
}

/// The same, in the class of mails.
#[derive(Clone, Serialize, Deserialize)]
struct HangInMail;

impl Job for HangInMail {
    const KIND: &'static str = "hang.mail";
    const CLASS: JobClass = JobClass::Mail;
}

/// A job whose handler panics at its first attempt.
#[derive(Clone, Serialize, Deserialize)]
struct PanicOnce;

impl Job for PanicOnce {
    const KIND: &'static str = "panic";
    const CLASS: JobClass = JobClass::Timer;
}

/// Tells of every try, and fails the first few.
struct Told {
    tries: mpsc::UnboundedSender<i64>,
    failures: AtomicUsize,
    store: Store,
}

#[async_trait]
impl JobHandler<Tell> for Told {
    async fn run(&self, job: Tell, claimed: &ClaimedJob) -> Result<(), AppError> {
        let left = self.failures.load(Ordering::SeqCst);
        if left > 0 {
            self.failures.store(left - 1, Ordering::SeqCst);
            return Err(Common::Unavailable.into());
        }
        let claimed = claimed.clone();
        self.store.write(move |tx| claimed.complete(tx)).await?;
        self.tries.send(job.number).map_err(AppError::internal)
    }
}

fn worker(
    store: &Store,
    failures: usize,
) -> (tokio::task::JoinHandle<()>, mpsc::UnboundedReceiver<i64>) {
    let (tries, heard) = mpsc::unbounded_channel();
    let handler = Told {
        tries,
        failures: failures.into(),
        store: store.clone(),
    };
    let worker = Worker::new(store.clone())
        .register([Registration::new(handler)])
        .poll_interval(Duration::from_millis(20));
    (tokio::spawn(worker.run()), heard)
}

async fn enqueue(store: &Store, n: i64) {
    store
        .write(move |tx| tx.enqueue(Tell::new(n)))
        .await
        .unwrap();
}

async fn job_has_one_effect_on_two_nodes(fixture: TestStore) {
    let other = fixture.another_node();
    let (one, mut heard_one) = worker(&fixture.store, 0);
    // Two processes on one SQLite file are no deployment of ours; two nodes are.
    let (two, mut heard_two) = worker(
        if fixture.store.is_embedded() {
            &fixture.store
        } else {
            &other
        },
        0,
    );
    for n in 0..30 {
        enqueue(&other, n).await;
    }
    let mut all = Vec::new();
    while all.len() < 30 {
        tokio::select! { Some(n) = heard_one.recv() => all.push(n), Some(n) = heard_two.recv() => all.push(n) }
    }
    all.sort_unstable();
    assert_eq!(all, (0..30).collect::<Vec<_>>());
    until("all are gone", || async {
        backlog(&fixture.store).await == (0, 0)
    })
    .await;
    assert!(heard_one.try_recv().is_err() && heard_two.try_recv().is_err());
    one.abort();
    two.abort();
}

async fn failed_job_is_retried_after_a_delay(fixture: TestStore) {
    let (task, mut heard) = worker(&fixture.store, 1);
    enqueue(&fixture.store, 7).await;
    let seen = || async {
        let store = &fixture.store;
        store
            .read(|conn| jobs::attempts(conn, Tell::KIND))
            .await
            .unwrap()
            == [1]
    };
    until("the first try failed", seen).await;
    assert!(heard.try_recv().is_err());
    fixture.clock.advance(Duration::from_secs(5));
    assert_eq!(heard.recv().await, Some(7));
    task.abort();
}

async fn enqueue_at_waits_and_drops_duplicates(fixture: TestStore) {
    let at = fixture.store.env().now() + Duration::from_secs(3_600);
    for n in [1, 2, 3] {
        let job = Tell {
            number: n,
            key: Some("digest".to_owned()),
        };
        let add = move |tx: &mut Tx<'_>| tx.enqueue_at(job, at);
        fixture.store.write(add).await.unwrap();
    }
    assert_eq!(backlog(&fixture.store).await, (1, 0));
    let (task, mut heard) = worker(&fixture.store, 0);
    enqueue(&fixture.store, 9).await;
    assert_eq!(
        heard.recv().await,
        Some(9),
        "what is due does not wait for what is not"
    );
    assert!(heard.try_recv().is_err());
    fixture.clock.advance(Duration::from_secs(3_601));
    assert_eq!(heard.recv().await, Some(1));
    task.abort();
}

async fn enqueue_is_rolled_back_with_its_transaction(fixture: TestStore) {
    let refused = fixture.store.write(|tx| {
        tx.enqueue(Tell::new(1))?;
        Err::<(), _>(Common::TooManyRequests.into())
    });
    refused.await.unwrap_err();
    assert_eq!(backlog(&fixture.store).await, (0, 0));
}

async fn job_is_set_aside_after_its_last_attempt(fixture: TestStore) {
    let (task, _heard) = worker(&fixture.store, 100);
    enqueue(&fixture.store, 1).await;
    until("it is set aside", || async {
        fixture.clock.advance(Duration::from_secs(4_000));
        backlog(&fixture.store).await == (0, 1)
    })
    .await;
    task.abort();
}

/// A handler that never ends.
struct Stuck(mpsc::UnboundedSender<()>);

#[async_trait]
impl JobHandler<Hang> for Stuck {
    async fn run(&self, _job: Hang, _claimed: &ClaimedJob) -> Result<(), AppError> {
        self.0.send(()).map_err(AppError::internal)?;
        std::future::pending().await
    }
}

async fn running_job_survives_a_clock_jump(fixture: TestStore) {
    let (started, mut starts) = mpsc::unbounded_channel();
    let worker = Worker::new(fixture.store.clone())
        .register([Registration::new(Stuck(started))])
        .register([Registration::new(Told {
            tries: mpsc::unbounded_channel().0,
            failures: 0.into(),
            store: fixture.store.clone(),
        })])
        .poll_interval(Duration::from_millis(20));
    let task = tokio::spawn(worker.run());
    fixture.store.write(|tx| tx.enqueue(Hang)).await.unwrap();
    starts.recv().await.unwrap();
    fixture.clock.advance(Duration::from_secs(3_600));
    // Another job makes the worker look at the table again.
    enqueue(&fixture.store, 1).await;
    until("the other job is done", || async {
        backlog(&fixture.store).await.0 <= 1
    })
    .await;
    assert!(starts.try_recv().is_err());
    task.abort();
}

/// A handler of mail jobs that never ends.
struct Hangs(mpsc::UnboundedSender<()>);

#[async_trait]
impl JobHandler<HangInMail> for Hangs {
    async fn run(&self, _job: HangInMail, _claimed: &ClaimedJob) -> Result<(), AppError> {
        self.0.send(()).map_err(AppError::internal)?;
        std::future::pending().await
    }
}

fn hanging() -> (Registration, mpsc::UnboundedReceiver<()>) {
    let (begun, begins) = mpsc::unbounded_channel();
    (Registration::new(Hangs(begun)), begins)
}

async fn enqueue_many<J: Job + Clone>(store: &Store, job: J, count: usize) {
    let add = move |tx: &mut Tx<'_>| (0..count).try_for_each(|_| tx.enqueue(job.clone()));
    store.write(add).await.unwrap();
}

async fn classes_do_not_wait_for_each_other(fixture: TestStore) {
    let (mail, mut begins) = hanging();
    let (tries, mut heard) = mpsc::unbounded_channel();
    let tell = Told {
        tries,
        failures: 0.into(),
        store: fixture.store.clone(),
    };
    enqueue_many(&fixture.store, HangInMail, 20).await;
    let worker = Worker::new(fixture.store.clone())
        .register([mail, Registration::new(tell)])
        .poll_interval(Duration::from_millis(20));
    let task = tokio::spawn(worker.run());
    begins.recv().await.unwrap();
    enqueue(&fixture.store, 5).await;
    assert_eq!(heard.recv().await, Some(5));
    task.abort();
}

async fn worker_claims_no_more_than_it_runs_at_once(fixture: TestStore) {
    enqueue_many(&fixture.store, HangInMail, 6).await;
    let (first, mut first_begins) = hanging();
    let (second, mut second_begins) = hanging();
    let start = |store: Store, handler: Registration| {
        let worker = Worker::new(store).register([handler]);
        tokio::spawn(worker.poll_interval(Duration::from_millis(20)).run())
    };
    let one = start(fixture.store.clone(), first);
    for _ in 0..4 {
        first_begins.recv().await.unwrap();
    }
    // What the first has no slot for is free for the second at once.
    let two = start(fixture.another_node(), second);
    for _ in 0..2 {
        second_begins.recv().await.unwrap();
    }
    assert!(first_begins.try_recv().is_err() && second_begins.try_recv().is_err());
    one.abort();
    two.abort();
}

/// A handler that panics at its first try.
struct Panics(mpsc::UnboundedSender<i32>);

#[async_trait]
impl JobHandler<PanicOnce> for Panics {
    async fn run(&self, _job: PanicOnce, claimed: &ClaimedJob) -> Result<(), AppError> {
        self.0.send(claimed.attempt).map_err(AppError::internal)?;
        assert!(claimed.attempt > 1, "on purpose");
        Ok(())
    }
}

async fn panicking_job_is_retried(fixture: TestStore) {
    let (tries, mut heard) = mpsc::unbounded_channel();
    let worker = Worker::new(fixture.store.clone()).register([Registration::new(Panics(tries))]);
    let task = tokio::spawn(worker.poll_interval(Duration::from_millis(20)).run());
    enqueue_many(&fixture.store, PanicOnce, 1).await;
    assert_eq!(heard.recv().await, Some(1));
    until("the failure is stored", || async {
        let attempts = |conn: &mut AnyConn| jobs::attempts(conn, PanicOnce::KIND);
        fixture.store.read(attempts).await.unwrap() == [1]
    })
    .await;
    fixture.clock.advance(Duration::from_secs(10));
    assert_eq!(heard.recv().await, Some(2));
    until("it is done", || async {
        backlog(&fixture.store).await == (0, 0)
    })
    .await;
    task.abort();
}

async fn enqueue_all_drops_duplicates(fixture: TestStore) {
    let at = fixture.store.env().now() + Duration::from_secs(3_600);
    let unique = |number| Tell {
        number,
        key: Some("digest".to_owned()),
    };
    let job = |number| NewJob::new(&unique(number)).unwrap().at(at);
    let jobs: Vec<NewJob> = [1, 2, 3].map(job).into();
    let add = move |tx: &mut Tx<'_>| tx.enqueue_all(jobs);
    fixture.store.write(add).await.unwrap();
    assert_eq!(backlog(&fixture.store).await, (1, 0));
}

struct Waits(Store, mpsc::UnboundedSender<Duration>);

#[async_trait]
impl JobHandler<Hang> for Waits {
    async fn run(&self, _job: Hang, _claimed: &ClaimedJob) -> Result<(), AppError> {
        let left = self.0.deadline() - self.0.env().monotonic();
        self.1.send(left).map_err(AppError::internal)
    }
}

async fn handler_has_the_deadline_of_background_work(fixture: TestStore) {
    let store = &fixture.store;
    let (deadlines, mut received) = mpsc::unbounded_channel();
    let handler = Registration::new(Waits(store.clone(), deadlines));
    let worker = Worker::new(store.clone()).register([handler]);
    let working = tokio::spawn(worker.run());
    store.write(|tx| tx.enqueue(Hang)).await.unwrap();
    assert_eq!(received.recv().await, Some(Duration::from_secs(60)));
    working.abort();
}
