//! Events of nodes that died before they published them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use contract::catalogue::EventName;
use outbox::{Emit, Relay};
use testkit::TestStore;

use crate::outbox::{EDITS, Heard, emit};
use crate::stream;

testkit::database_tests!(
    heartbeat_republishes_events_of_a_dead_node_once,
    heartbeat_tolerates_wrong_clocks,
    heartbeat_republishes_many_events_in_pages,
);

/// A node on this database, and what it publishes.
fn node(store: &db::Store) -> (Relay, Arc<Heard>) {
    let heard = Arc::new(Heard::default());
    outbox::set_publisher(store, heard.clone());
    (Relay::new(store.clone(), store.env().id()), heard)
}

async fn heartbeat_often(relay: &mut Relay) {
    for _ in 0..8 {
        relay.heartbeat().await.unwrap();
    }
}

async fn heartbeat_republishes_events_of_a_dead_node_once(fixture: TestStore) {
    // The first node stores and dies before it publishes: it has no publisher.
    let mut first = Relay::new(fixture.store.clone(), fixture.store.env().id());
    emit(&fixture.store, 'o', EventName::NewMessage)
        .await
        .unwrap();
    fixture.clock.advance(Duration::from_secs(60));
    first.heartbeat().await.unwrap();
    for name in EDITS {
        emit(&fixture.store, 's', name).await.unwrap();
    }
    let other = fixture.another_node();
    let (mut second, heard) = node(&other);
    second.heartbeat().await.unwrap();
    outbox::flush(&other).await;
    assert!(heard.names().is_empty(), "it may still be alive");
    heartbeat_often(&mut second).await;
    outbox::flush(&other).await;
    assert_eq!(heard.names(), EDITS.map(EventName::as_str));
    heartbeat_often(&mut second).await;
    outbox::flush(&other).await;
    assert_eq!(heard.names().len(), 3, "once is enough");
}

async fn heartbeat_tolerates_wrong_clocks(fixture: TestStore) {
    let (other, behind) = fixture.node_behind(Duration::from_secs(3_600));
    let (mut second, second_heard) = node(&other);
    let (mut first, first_heard) = node(&fixture.store);
    emit(&fixture.store, 's', EventName::NewMessage)
        .await
        .unwrap();
    outbox::flush(&fixture.store).await;
    for _ in 0..20 {
        first.heartbeat().await.unwrap();
        second.heartbeat().await.unwrap();
        fixture.clock.advance(Duration::from_secs(2));
        behind.advance(Duration::from_secs(2));
    }
    // One of the clocks is moved by an hour while both live on.
    fixture.clock.advance(Duration::from_secs(3_600));
    for _ in 0..20 {
        first.heartbeat().await.unwrap();
        second.heartbeat().await.unwrap();
        fixture.clock.advance(Duration::from_secs(2));
        behind.advance(Duration::from_secs(2));
    }
    outbox::flush(&fixture.store).await;
    outbox::flush(&other).await;
    assert_eq!(first_heard.names(), ["new_message"]);
    assert!(second_heard.names().is_empty());
}

async fn heartbeat_republishes_many_events_in_pages(fixture: TestStore) {
    let mut first = Relay::new(fixture.store.clone(), fixture.store.env().id());
    first.heartbeat().await.unwrap();
    let add = |tx: &mut db::Tx<'_>| {
        (0..1_200)
            .try_for_each(|n| tx.emit(stream(['a', 'b', 'c'][n % 3]), EventName::NewMessage, &n))
    };
    fixture.store.write(add).await.unwrap();
    let other = fixture.another_node();
    let (mut second, heard) = node(&other);
    heartbeat_often(&mut second).await;
    outbox::flush(&other).await;
    let mut counts: HashMap<String, Vec<i64>> = HashMap::new();
    for event in heard.0.lock().unwrap().iter() {
        counts
            .entry(event.stream.clone())
            .or_default()
            .push(event.seq);
    }
    assert_eq!(counts.len(), 3);
    assert!(counts.values().all(|seqs| seqs.iter().copied().eq(1..=400)));
}
