use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::catalogue::EventName;
use db::names::{PendingRenames, Rename};
use db::{StatementCounter, Store, Tx};
use kernel::AppError;
use kernel::error::Common;
use outbox::{CatchUp, Emit, NodeId};
use outbox::{EventPublisher, NewEvent, StoredEvent};
use serde_json::json;
use testkit::TestStore;

use crate::stream;

testkit::database_tests!(
    emit_publishes_after_the_commit_only,
    emit_numbers_without_gaps_on_two_nodes,
    emit_all_numbers_events_in_order,
    emit_all_does_not_deadlock,
    catch_up_returns_missed_events_or_resync,
    rewrite_changes_events_of_its_subject_only,
    rename_rewrites_events_of_any_age,
    publish_does_not_block_other_writes,
    prune_deletes_old_events_in_batches,
    emit_all_takes_one_statement,
);

/// The events of a message.
pub(crate) const EDITS: [EventName; 3] = [
    EventName::NewMessage,
    EventName::MessageEdited,
    EventName::MessageDeleted,
];

/// Remembers what was published.
#[derive(Default)]
pub(crate) struct Heard(pub(crate) Mutex<Vec<StoredEvent>>);

impl EventPublisher for Heard {
    fn publish(&self, events: &[StoredEvent]) {
        self.0.lock().unwrap().extend_from_slice(events);
    }
}

impl Heard {
    pub(crate) fn names(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|event| event.name.clone())
            .collect()
    }

    pub(crate) fn data(&self) -> serde_json::Value {
        let heard = self.0.lock().unwrap();
        let data = heard.iter().map(|event| event.data.as_str());
        data.map(|data| serde_json::from_str::<serde_json::Value>(data).unwrap())
            .collect()
    }
}

pub(crate) async fn emit(store: &Store, letter: char, name: EventName) -> Result<(), AppError> {
    store
        .write(move |tx| tx.emit(stream(letter), name, &json!({"n": 1})))
        .await
}

async fn missed(fixture: &TestStore, epoch: i64, seq: i64, most: i64) -> CatchUp {
    fixture
        .store
        .read(move |conn| outbox::catch_up(conn, &stream('s').to_string(), epoch, seq, most))
        .await
        .unwrap()
}

async fn emit_publishes_after_the_commit_only(fixture: TestStore) {
    let heard = Arc::new(Heard::default());
    outbox::set_publisher(&fixture.store, heard.clone());
    emit(&fixture.store, 's', EventName::NewMessage)
        .await
        .unwrap();
    let refused = fixture.store.write(|tx| {
        tx.emit(stream('s'), EventName::MessageDeleted, &())?;
        Err::<(), _>(Common::TooManyRequests.into())
    });
    refused.await.unwrap_err();
    assert_eq!(heard.names(), ["new_message"]);
    let (seq, _) = fixture
        .store
        .read(|conn| outbox::head(conn, &stream('s').to_string()))
        .await
        .unwrap();
    assert_eq!(seq, 1, "a refused write takes no number");
}

async fn emit_numbers_without_gaps_on_two_nodes(fixture: TestStore) {
    let other = fixture.another_node();
    let mut tasks = Vec::new();
    for n in 0..40 {
        let store = if n % 2 == 0 {
            fixture.store.clone()
        } else {
            other.clone()
        };
        tasks.push(tokio::spawn(async move {
            emit(&store, 's', EventName::NewMessage).await
        }));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let (seq, epoch) = fixture
        .store
        .read(|conn| outbox::head(conn, &stream('s').to_string()))
        .await
        .unwrap();
    assert_eq!(seq, 40);
    let CatchUp::Events(events) = missed(&fixture, epoch, 0, 100).await else {
        panic!("resync")
    };
    assert_eq!(
        events.iter().map(|event| event.seq).collect::<Vec<_>>(),
        (1..=40).collect::<Vec<_>>()
    );
}

async fn emit_all_numbers_events_in_order(fixture: TestStore) {
    let heard = Arc::new(Heard::default());
    outbox::set_publisher(&fixture.store, heard.clone());
    emit(&fixture.store, 'b', EventName::ChatJoined)
        .await
        .unwrap();
    let author: kernel::UserId = fixture.store.env().id();
    let add = move |tx: &mut db::Tx<'_>| {
        let event = |n: usize| NewEvent::new(stream(['b', 'a'][n % 2]), EventName::NewMessage, &n);
        let mut events = (0..3_000).map(event).collect::<Result<Vec<_>, _>>()?;
        events.push(NewEvent::new(stream('b'), EventName::ChatLeft, &())?.by(author));
        tx.emit_all(events)?;
        tx.emit_all(vec![])
    };
    fixture.store.write(add).await.unwrap();
    let (_, epoch) = fixture
        .store
        .read(|conn| outbox::head(conn, &stream('b').to_string()))
        .await
        .unwrap();
    let CatchUp::Events(stored) = fixture
        .store
        .read(move |conn| outbox::catch_up(conn, &stream('b').to_string(), epoch, 0, 5_000))
        .await
        .unwrap()
    else {
        panic!("resync")
    };
    let published = heard.0.lock().unwrap().clone();
    let of_b: Vec<_> = published
        .into_iter()
        .filter(|event| event.stream == stream('b').to_string())
        .collect();
    assert_eq!(of_b, stored, "what is published is what is stored");
    assert_eq!(stored.len(), 1_502);
    assert!(stored.iter().map(|event| event.seq).eq(1..=1_502));
    assert!(
        (stored.iter().map(|event| event.data.clone()))
            .skip(1)
            .take(1_500)
            .eq((0..1_500).map(|n| (2 * n).to_string()))
    );
    let last = stored.last().unwrap();
    assert_eq!(
        (last.author, last.name.as_str()),
        (Some(author), "chat_left")
    );
}

async fn emit_all_does_not_deadlock(fixture: TestStore) {
    let nodes = [fixture.store.clone(), fixture.another_node()];
    let tasks = (0..20).map(|n: usize| {
        let store = nodes[n % 2].clone();
        tokio::spawn(async move {
            let add = move |tx: &mut db::Tx<'_>| {
                let letters = ['c', 'a', 'd', 'b'];
                let event = |k: usize| {
                    NewEvent::new(stream(letters[(n + k) % 4]), EventName::NewMessage, &k)
                };
                tx.emit_all((0..8).map(event).collect::<Result<_, _>>()?)
            };
            store.write(add).await.unwrap();
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    for letter in ['a', 'b', 'c', 'd'] {
        let head = move |conn: &mut db::AnyConn| outbox::head(conn, &stream(letter).to_string());
        assert_eq!(fixture.store.read(head).await.unwrap().0, 40);
    }
}

async fn catch_up_returns_missed_events_or_resync(fixture: TestStore) {
    for name in EDITS {
        emit(&fixture.store, 's', name).await.unwrap();
        fixture.clock.advance(Duration::from_secs(60));
    }
    let (_, epoch) = fixture
        .store
        .read(|conn| outbox::head(conn, &stream('s').to_string()))
        .await
        .unwrap();
    let names = |missed| match missed {
        CatchUp::Events(events) => events.into_iter().map(|event| event.name).collect(),
        CatchUp::Resync => vec!["resync".to_owned()],
    };
    assert_eq!(
        names(missed(&fixture, epoch, 1, 10).await),
        ["message_edited", "message_deleted"]
    );
    assert!(names(missed(&fixture, epoch, 3, 10).await).is_empty());
    assert_eq!(
        names(missed(&fixture, epoch, 0, 2).await),
        ["resync"],
        "too much"
    );
    assert_eq!(
        names(missed(&fixture, epoch + 1, 1, 10).await),
        ["resync"],
        "another life"
    );
    assert_eq!(
        names(missed(&fixture, epoch, 4, 10).await),
        ["resync"],
        "ahead of us"
    );
    let limit = fixture.store.env().now() - Duration::from_secs(100);
    fixture
        .store
        .write(move |tx| outbox::prune(tx.conn, limit))
        .await
        .unwrap();
    assert_eq!(
        names(missed(&fixture, epoch, 1, 10).await),
        ["resync"],
        "pruned"
    );
    assert_eq!(
        names(missed(&fixture, epoch, 2, 10).await),
        ["message_deleted"]
    );
}

async fn stored(fixture: &TestStore) -> Vec<(String, serde_json::Value)> {
    let read = |conn: &mut db::AnyConn| {
        let (_, epoch) = outbox::head(conn, &stream('s').to_string())?;
        outbox::catch_up(conn, &stream('s').to_string(), epoch, 0, 1_000)
    };
    match fixture.store.read(read).await.unwrap() {
        CatchUp::Events(events) => events
            .into_iter()
            .map(|event| (event.name, serde_json::from_str(&event.data).unwrap()))
            .collect(),
        CatchUp::Resync => vec![],
    }
}

async fn rewrite_changes_events_of_its_subject_only(fixture: TestStore) {
    let (one, other): (NodeId, NodeId) = (fixture.store.env().id(), fixture.store.env().id());
    let said = json!({"content": "secret"});
    let events = move |tx: &mut db::Tx<'_>| {
        tx.emit_all(vec![
            NewEvent::new(stream('s'), EventName::NewMessage, &said)?.about(one),
            NewEvent::new(stream('s'), EventName::NewMessage, &said)?.about(other),
            NewEvent::new(stream('s'), EventName::NewMessage, &said)?,
        ])
    };
    fixture.store.write(events).await.unwrap();
    let erase = move |tx: &mut db::Tx<'_>| {
        outbox::rewrite(tx.conn, one, |name, data| {
            assert_eq!(name, "new_message");
            data["content"] = json!("");
        })
    };
    fixture.store.write(erase).await.unwrap();
    let texts: Vec<_> = stored(&fixture)
        .await
        .into_iter()
        .map(|(_, data)| data)
        .collect();
    let secret = json!({"content": "secret"});
    assert_eq!(texts, [json!({"content": ""}), secret.clone(), secret]);
}

async fn rename_rewrites_events_of_any_age(fixture: TestStore) {
    let ada: kernel::UserId = fixture.store.env().id();
    let line = json!({"user": {"id": ada, "username": "ada"}});
    for _ in 0..3 {
        let line = line.clone();
        let emit = move |tx: &mut db::Tx<'_>| {
            tx.emit(stream('s'), EventName::NewFriend, &line)?;
            tx.emit(
                stream('s'),
                EventName::GameDeclined,
                &json!({"username": "ada"}),
            )
        };
        fixture.store.write(emit).await.unwrap();
        fixture.clock.advance(Duration::from_secs(50_000));
    }
    emit(&fixture.store, 's', EventName::BadgeUpdate)
        .await
        .unwrap();
    let renamed = Rename {
        user: ada,
        former: Some("ada".to_owned()),
        fields: json!({"username": "gone"}).as_object().unwrap().clone(),
    };
    let renames: PendingRenames = [renamed].into_iter().collect();
    outbox::finish_renames(&fixture.store, &renames)
        .await
        .unwrap();
    let all = stored(&fixture).await;
    let text = serde_json::to_string(&all).unwrap();
    assert!(!text.contains("\"ada\""), "{text}");
    assert_eq!(all.len(), 7);
    assert_eq!(all[0].1, json!({"user": {"id": ada, "username": "gone"}}));
    assert_eq!(all[6].1, json!({"n": 1}));
}

/// A publisher that hangs until it is let go.
struct Slow(Mutex<std::sync::mpsc::Receiver<()>>);

impl EventPublisher for Slow {
    fn publish(&self, _: &[StoredEvent]) {
        let _ = self.0.lock().unwrap().recv();
    }
}

async fn publish_does_not_block_other_writes(fixture: TestStore) {
    let (go, wait) = std::sync::mpsc::channel();
    outbox::set_publisher(&fixture.store, Arc::new(Slow(Mutex::new(wait))));
    let store = fixture.store.clone();
    let slow = tokio::spawn(async move { emit(&store, 's', EventName::NewMessage).await });
    for _ in 0..20 {
        fixture.store.write(|_| Ok(())).await.unwrap();
    }
    go.send(()).unwrap();
    slow.await.unwrap().unwrap();
}

async fn prune_deletes_old_events_in_batches(fixture: TestStore) {
    let add = |tx: &mut db::Tx<'_>| {
        let event = |n: usize| NewEvent::new(stream('s'), EventName::NewMessage, &n);
        tx.emit_all((0..1_700).map(event).collect::<Result<_, _>>()?)
    };
    fixture.store.write(add).await.unwrap();
    fixture.clock.advance(Duration::from_secs(60));
    emit(&fixture.store, 's', EventName::MessageEdited)
        .await
        .unwrap();
    let limit = fixture.store.env().now() - Duration::from_secs(30);
    let once = move |tx: &mut db::Tx<'_>| outbox::prune(tx.conn, limit);
    assert_eq!(fixture.store.write(once).await.unwrap(), 500);
    assert_eq!(fixture.store.delete_in_batches(once).await.unwrap(), 1_200);
    let (seq, epoch) = fixture
        .store
        .read(|conn| outbox::head(conn, &stream('s').to_string()))
        .await
        .unwrap();
    assert_eq!(seq, 1_701);
    let CatchUp::Events(left) = missed(&fixture, epoch, 1_700, 10).await else {
        panic!("resync")
    };
    assert_eq!(left.len(), 1);
}

async fn emit_all_takes_one_statement(fixture: TestStore) {
    let store = &fixture.store;
    let emit = |tx: &mut Tx<'_>| {
        let letters = ['b', 'a', 'b', 'c', 'b'];
        let all = letters.iter().zip(0..);
        let events = all
            .map(|(letter, number)| NewEvent::new(stream(*letter), EventName::NewMessage, &number));
        tx.emit_all(events.collect::<Result<_, _>>()?)
    };
    let counter = StatementCounter::default();
    for _ in 0..2 {
        counter.count(store.write(emit)).await.unwrap();
    }
    assert_eq!(
        counter.statements(),
        2 * (1 + u64::from(store.is_embedded()))
    );
    let told = |letter: char| {
        store.read(move |conn| {
            let stream = stream(letter).to_string();
            let (newest, epoch) = outbox::head(conn, &stream)?;
            let missed = outbox::catch_up(conn, &stream, epoch, 0, 100)?;
            let outbox::CatchUp::Events(events) = missed else {
                panic!("{stream} has a hole");
            };
            let told = events.into_iter().map(|event| (event.seq, event.data));
            Ok((newest, told.collect::<Vec<_>>()))
        })
    };
    let said = |all: &[(i64, &str)]| {
        let all = all.iter().map(|(seq, data)| (*seq, (*data).to_owned()));
        all.collect::<Vec<_>>()
    };
    let of_b = [(1, "0"), (2, "2"), (3, "4"), (4, "0"), (5, "2"), (6, "4")];
    assert_eq!(told('b').await.unwrap(), (6, said(&of_b)));
    assert_eq!(told('a').await.unwrap(), (2, said(&[(1, "1"), (2, "1")])));
    assert_eq!(told('c').await.unwrap(), (2, said(&[(1, "3"), (2, "3")])));
}
