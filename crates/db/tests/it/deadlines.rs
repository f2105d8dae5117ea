//! How long callers wait, by a clock that stands still unless it is moved.

use std::time::Duration;

use db::{Store, in_background, pause_deadline};
use kernel::ErrorKind;
use testkit::TestStore;

testkit::database_tests!(
    with_request_deadline_is_shared_by_all_calls,
    pause_deadline_moves_the_deadline,
    before_deadline_gives_up,
    in_background_waits_longer_for_each_call,
);

const REQUEST: Duration = Duration::from_secs(4);
const BACKGROUND: Duration = Duration::from_secs(60);

fn left(store: &Store) -> Duration {
    store.deadline() - store.env().monotonic()
}

async fn with_request_deadline_is_shared_by_all_calls(fixture: TestStore) {
    let (store, clock) = (&fixture.store, &fixture.clock);
    let arrived = store.env().monotonic();
    let request = async {
        store.ping().await.unwrap();
        clock.advance(Duration::from_secs(3));
        assert_eq!(left(store), Duration::from_secs(1));
        store.ping().await.unwrap();
        clock.advance(Duration::from_secs(1));
        store.ping().await.unwrap_err()
    };
    let late = store.with_request_deadline(arrived, request).await;
    assert_eq!(late.code().kind, ErrorKind::Unavailable);
    assert!(late.retry_delay().is_some(), "it says when to try again");
    assert_eq!(left(store), REQUEST, "without a deadline of its own");
    store.ping().await.unwrap();
}

async fn pause_deadline_moves_the_deadline(fixture: TestStore) {
    let (store, clock) = (&fixture.store, &fixture.clock);
    let request = async {
        clock.advance(Duration::from_secs(1));
        pause_deadline(async { clock.advance(Duration::from_secs(100)) }).await;
        assert_eq!(left(store), Duration::from_secs(3));
        store.ping().await
    };
    let arrived = store.env().monotonic();
    store.with_request_deadline(arrived, request).await.unwrap();
}

async fn before_deadline_gives_up(fixture: TestStore) {
    let store = &fixture.store;
    let now = store.env().monotonic();
    let never = store.before_deadline(std::future::pending::<()>());
    let late = store
        .with_deadline(now + Duration::from_millis(20), never)
        .await;
    assert_eq!(late.unwrap_err().code().kind, ErrorKind::Unavailable);
    assert_eq!(store.before_deadline(async { 7 }).await.unwrap(), 7);
}

async fn in_background_waits_longer_for_each_call(fixture: TestStore) {
    let waits = in_background(async {
        fixture.clock.advance(Duration::from_secs(90));
        left(&fixture.store)
    });
    assert_eq!(waits.await, BACKGROUND);
}
