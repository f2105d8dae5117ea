//! Events when the database goes away.

use std::sync::Arc;

use contract::catalogue::EventName;
use db::{Store, Tx};
use kernel::AppError;
use outbox::{Emit, NewEvent, Relay};

use crate::outbox::Heard;
use crate::{stream, until};

testkit::postgres_tests!(
    heartbeat_takes_no_node_for_dead_when_postgres_freezes,
    refused_writes_are_not_stored_after_a_freeze,
    event_of_a_statement_without_an_answer_is_published,
);

fn emit(tx: &mut Tx<'_>) -> Result<(), AppError> {
    tx.emit(stream('s'), EventName::NewMessage, &())
}

fn open(server: &testkit::PrivatePostgres) -> Store {
    testkit::open_store(&server.url(), kernel::Env::system())
}

async fn heals(store: &Store) {
    until("reads and writes work", || async {
        store.ping().await.is_ok() && store.write(emit).await.is_ok()
    })
    .await;
}

/// Has many callers write at once. All must be refused.
async fn write_many(store: &Store) {
    let writes = (0..50).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.write(emit).await })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap_err();
    }
}

async fn heartbeat_takes_no_node_for_dead_when_postgres_freezes(server: testkit::PrivatePostgres) {
    let nodes = [open(&server), open(&server)];
    let mut relays = nodes.clone().map(|store| {
        let id = store.env().id();
        Relay::new(store, id)
    });
    let heard = Arc::new(Heard::default());
    outbox::set_publisher(&nodes[1], heard.clone());
    nodes[0].write(emit).await.unwrap();
    for relay in &mut relays {
        relay.heartbeat().await.unwrap();
    }
    server.freeze();
    for _ in 0..8 {
        for relay in &mut relays {
            assert!(relay.heartbeat().await.is_err());
        }
    }
    server.thaw();
    for store in &nodes {
        heals(store).await;
    }
    for _ in 0..3 {
        for relay in &mut relays {
            relay.heartbeat().await.unwrap();
        }
    }
    outbox::flush(&nodes[1]).await;
    let heals_of_its_own = heard.names().len();
    let of_stream = nodes[0]
        .read(|conn| outbox::head(conn, &stream('s').to_string()))
        .await;
    assert!(heals_of_its_own < usize::try_from(of_stream.unwrap().0).unwrap());
}

async fn refused_writes_are_not_stored_after_a_freeze(server: testkit::PrivatePostgres) {
    let store = open(&server);
    let heard = Arc::new(Heard::default());
    outbox::set_publisher(&store, heard.clone());
    heals(&store).await;
    server.freeze();
    write_many(&store).await;
    server.thaw();
    heals(&store).await;
    let head = || async {
        store
            .read(|conn| outbox::head(conn, &stream('s').to_string()))
            .await
    };
    let stored = || async { usize::try_from(head().await.unwrap().0).unwrap() };
    // Whatever hung in a thread is settled by now or soon; what is stored is published.
    until(
        "all that is stored is published, and nothing else",
        || async {
            outbox::flush(&store).await;
            heard.names().len() == stored().await
        },
    )
    .await;
    assert!(stored().await <= 4, "{} were kept", stored().await);
}

/// The statement that stores the event is executed, but the connection ends before the answer.
async fn event_of_a_statement_without_an_answer_is_published(server: testkit::PrivatePostgres) {
    let store = open(&server);
    let heard = Arc::new(Heard::default());
    outbox::set_publisher(&store, heard.clone());
    let write = |tx: &mut Tx<'_>| {
        let lost = NewEvent::new(stream('s'), EventName::NewMessage, &())?;
        assert!(tx.emit_guarded(lost, vec![], vec![])?);
        let ended = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        Err::<(), _>(AppError::unavailable(ended))
    };
    store.write_one_statement(write).await.unwrap_err();
    outbox::flush(&store).await;
    assert!(heard.names().is_empty());
    let mut relay = Relay::new(store.clone(), store.env().id());
    relay.heartbeat().await.unwrap();
    outbox::flush(&store).await;
    assert_eq!(heard.names(), ["new_message"]);
    relay.heartbeat().await.unwrap();
    outbox::flush(&store).await;
    assert_eq!(heard.names(), ["new_message"], "it is known by now");
}
