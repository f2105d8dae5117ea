//! The hub over a real database.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cluster::{Missed, Subscriber, Topic};
use contract::catalogue::EventName;
use contract::streams::StreamName;
use db::{AnyConn, StatementCounter, Store, StoreConfig, Tx};
use kernel::error::Common;
use kernel::{Actor, AppError, Env, Role, Timestamp, UserId};
use outbox::{Emit, StoredEvent};
use testkit::Database;

use super::fixture::{Fixture, drain, fixtures};
use crate::connection::Connection;
use crate::hub::{Filling, Hub, MAX_FILLING, PendingSubscription, head, hide};
use crate::wire::encode_event;

/// The code with which a socket was closed, if it was.
fn close_code(connection: &Connection) -> Option<u16> {
    let frame = drain(&connection.queue);
    let code = frame.get(2..4)?;
    Some(u16::from_be_bytes(code.try_into().unwrap()))
}

/// The topic of a new chat.
fn new_chat(fixture: &Fixture) -> Topic {
    StreamName::Chat(fixture.store.env().id()).into()
}

fn has_topic(hub: &Hub, topic: &Topic) -> bool {
    hub.topics.get(topic).is_some()
}

#[tokio::test]
async fn leave_removes_a_topic_that_somebody_holds_in_passing() {
    for fixture in fixtures() {
        let (hub, socket, topic) = (&fixture.hub, fixture.connect(), Topic::of("chat", 1));
        hub.join(&socket, &topic).await.unwrap().release();
        let in_passing = hub.topics.get(&topic);
        hub.leave(&socket, &topic);
        assert!(!has_topic(hub, &topic));
        drop(in_passing);
        drop(hub.topics.begin_joining(&topic));
        assert!(!has_topic(hub, &topic), "whoever gives up leaves none");
        let joining = hub.topics.begin_joining(&topic);
        hub.leave(&socket, &topic);
        assert!(has_topic(hub, &topic), "somebody is about to join");
        drop(joining);
        assert!(!has_topic(hub, &topic));
    }
}

#[tokio::test]
async fn socket_whose_task_panics_leaves_the_hub() {
    for fixture in fixtures() {
        let (hub, socket, topic) = (&fixture.hub, fixture.connect(), Topic::of("chat", 1));
        let user = socket.actor.user;
        let entry = hub.add(&socket);
        hub.join(&socket, &topic).await.unwrap().release();
        assert_eq!((hub.socket_count(), hub.socket_count_of(user)), (1, 1));
        let task = tokio::spawn(async move {
            let _entry = entry;
            panic!("on purpose");
        });
        assert!(task.await.is_err());
        assert_eq!((hub.socket_count(), hub.socket_count_of(user)), (0, 0));
        assert!(!has_topic(hub, &topic));
        socket.queue.closing().await;
    }
}

async fn emit(store: &Store, on: &Topic, event: EventName, stream: StreamName) {
    let (on, stream): (StreamName, _) = (on.as_str().parse().unwrap(), stream.to_string());
    let emit = move |tx: &mut Tx<'_>| tx.emit(on, event, &stream);
    store.write(emit).await.unwrap();
}

#[tokio::test]
async fn subscription_changes_apply_in_order_also_if_they_were_missed() {
    for fixture in fixtures() {
        let (hub, socket) = (&fixture.hub, fixture.connect());
        let _entry = hub.add(&socket);
        let own = Topic::from(StreamName::User(socket.actor.user));
        let stream = StreamName::Chat(fixture.store.env().id());
        let topic = Topic::from(stream);
        hub.join(&socket, &own).await.unwrap().release();
        hub.join(&socket, &topic).await.unwrap().release();
        // Nothing publishes here: all of it is a gap.
        emit(&fixture.store, &own, EventName::ChatJoined, stream).await;
        emit(&fixture.store, &own, EventName::ChatLeft, stream).await;
        hub.resync(Missed::Of(&own));
        while has_topic(hub, &topic) {
            tokio::task::yield_now().await;
        }
        let joined = socket.take_joined();
        assert_eq!(joined.len(), 1, "its task checks whether it may follow");
        assert_eq!(joined[0].stream, stream);
    }
}

#[tokio::test]
async fn prepaid_is_taken_one_by_one_and_lost_with_the_last_socket() {
    for fixture in fixtures() {
        let (hub, socket) = (&fixture.hub, fixture.connect());
        let user = socket.actor.user;
        hub.prepay(user, 5);
        assert!(!hub.take_prepaid(user), "the user has no socket");
        let entry = hub.add(&socket);
        hub.prepay(user, 2);
        let taken = (0..5).filter(|_| hub.take_prepaid(user)).count();
        assert_eq!(taken, 2);
        hub.prepay(user, 2);
        drop(entry);
        let _again = hub.add(&socket);
        assert!(!hub.take_prepaid(user));
    }
}

#[tokio::test]
async fn hide_tries_again_and_closes_sockets_that_stay_unsure() {
    for fixture in fixtures() {
        let socket = fixture.connect();
        let blocked: UserId = fixture.store.env().id();
        let read = || vec![(socket.begin_hidden_read(), Arc::clone(&socket))];
        let attempts = AtomicU32::new(0);
        let second_works = || async {
            match attempts.fetch_add(1, Ordering::Relaxed) {
                0 => Err(AppError::from(Common::Overloaded)),
                _ => Ok(HashSet::from([blocked])),
            }
        };
        hide(read(), second_works).await;
        assert!(socket.hides(blocked));
        assert_eq!(close_code(&socket), None);
        hide(read(), || async { Err(AppError::from(Common::Overloaded)) }).await;
        assert_eq!(close_code(&socket), Some(1012));
    }
}

#[tokio::test]
async fn check_sessions_closes_ended_ones_and_updates_the_others() {
    for fixture in fixtures() {
        let hub = &fixture.hub;
        let (here, over) = (fixture.connect(), fixture.connect());
        let _entries = [hub.add(&here), hub.add(&over)];
        let (session, promoted) = (
            here.actor.session,
            Actor {
                role: Role::Admin,
                ..here.actor
            },
        );
        let sign_in = |actor| fixture.app.signed_in.lock().unwrap().insert(session, actor);
        sign_in(promoted);
        hub.check_sessions().await;
        assert_eq!(close_code(&over), Some(4401));
        assert_eq!(close_code(&here), None);
        assert_eq!(here.current_actor().role, Role::Admin);
        fixture.app.signed_in.lock().unwrap().clear();
        hub.check_sessions().await;
        assert_eq!(close_code(&here), Some(4401));
    }
}

/// Stores events as another node does whose messages do not reach this one.
async fn emit_elsewhere(database: &Database, topic: &Topic, count: usize) {
    let config = StoreConfig {
        url: database.url().parse().unwrap(),
        connections: 1,
        migrate: false,
    };
    let other = Store::open(&config, Env::system()).unwrap();
    let stream: StreamName = topic.as_str().parse().unwrap();
    let emit = move |tx: &mut Tx<'_>| {
        (0..count).try_for_each(|n| tx.emit(stream, EventName::NewMessage, &n))
    };
    other.write(emit).await.unwrap();
}

#[tokio::test]
async fn resync_of_everything_fills_the_topics_that_are_behind() {
    for fixture in fixtures() {
        let (hub, socket) = (&fixture.hub, fixture.connect());
        let topics: Vec<Topic> = (0..1_200).map(|_| new_chat(&fixture)).collect();
        for topic in &topics {
            hub.join(&socket, topic).await.unwrap().release();
        }
        let behind = [&topics[3], &topics[700], &topics[1_199]];
        for topic in behind {
            emit_elsewhere(fixture.database.as_ref().unwrap(), topic, 3).await;
        }
        hub.resync(Missed::Anything);
        for topic in behind {
            let local = hub.topics.get(topic).unwrap();
            let name = topic.clone();
            let head = fixture
                .store
                .read(move |conn| head(conn, name.as_str()))
                .await
                .unwrap();
            assert_eq!(head.seq, 3);
            let filled = async {
                while local.is_behind(head) {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            let filled = tokio::time::timeout(Duration::from_secs(60), filled).await;
            filled.expect("the topic stays behind");
        }
    }
}

#[tokio::test]
async fn topics_that_wait_for_the_database_give_up_their_turn() {
    let Some(server) = testkit::private_postgres() else {
        return;
    };
    let fixture = Fixture::on(&server.url());
    let (hub, socket) = (&fixture.hub, fixture.connect());
    let topics: Vec<Topic> = (0..20).map(|n| Topic::of("chat", n)).collect();
    for topic in &topics {
        hub.join(&socket, topic).await.unwrap().release();
    }
    server.stop();
    topics
        .iter()
        .for_each(|topic| hub.resync(Missed::Of(topic)));
    let is_filling = |topic: &Topic| {
        let local = hub.topics.get(topic).unwrap();
        Filling::begin(&local).is_none()
    };
    let all_free = async {
        while hub.fill_permits.available_permits() < MAX_FILLING {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::task::yield_now().await;
    let waited = tokio::time::timeout(Duration::from_secs(60), all_free).await;
    waited.expect("topics that only wait keep their turn");
    assert!(topics.iter().all(is_filling), "all of them try again");
}

#[tokio::test]
async fn join_all_and_read_reads_again_if_something_came_meanwhile() {
    for fixture in fixtures() {
        let (hub, socket) = (&fixture.hub, fixture.connect());
        let _entry = hub.add(&socket);
        let topics = [Topic::of("user", socket.actor.user), Topic::of("chat", 1)];
        let reads = Arc::new(AtomicU32::new(0));
        let (counted, receiver) = (Arc::clone(&reads), Arc::clone(hub));
        let event = StoredEvent {
            stream: topics[1].to_string(),
            seq: 1,
            epoch: 7,
            name: "noted".to_owned(),
            data: "{}".to_owned(),
            author: None,
            at: Timestamp::from_micros(0),
        };
        let payload = encode_event(&event).unwrap();
        let chat = topics[1].clone();
        let read = move |_: &mut AnyConn| {
            // The positions were read before, without this event.
            if counted.fetch_add(1, Ordering::Relaxed) == 0 {
                receiver.deliver(&chat, &payload);
            }
            Ok(counted.load(Ordering::Relaxed))
        };
        let counter = StatementCounter::default();
        let joined = hub.join_all_and_read(&socket, &topics, read.clone());
        let (pending, found) = counter.count(joined).await.unwrap();
        assert_eq!((pending.len(), found), (2, 2), "the second read has it");
        assert_eq!(reads.load(Ordering::Relaxed), 2);
        pending.into_iter().for_each(PendingSubscription::release);
        // Positions of open topics are known.
        let counter = StatementCounter::default();
        let joined = hub.join_all_and_read(&socket, &topics, read);
        let (pending, found) = counter.count(joined).await.unwrap();
        assert_eq!((pending.len(), found, counter.statements()), (2, 3, 0));
    }
}

#[tokio::test]
async fn join_all_and_read_reads_all_positions_with_one_statement() {
    for fixture in fixtures() {
        let (hub, socket) = (&fixture.hub, fixture.connect());
        let _entry = hub.add(&socket);
        let topics: Vec<_> = (0..50).map(|_| new_chat(&fixture)).collect();
        let stream: StreamName = topics[9].as_str().parse().unwrap();
        let emit = move |tx: &mut Tx<'_>| tx.emit(stream, EventName::NewMessage, &1);
        fixture.store.write(emit).await.unwrap();
        let counter = StatementCounter::default();
        let joined = hub.join_all_and_read(&socket, &topics, |_| Ok(()));
        let (pending, ()) = counter.count(joined).await.unwrap();
        assert_eq!((pending.len(), counter.statements()), (50, 1));
        let far: Vec<_> = pending.iter().filter(|one| one.from.seq == 1).collect();
        assert_eq!(far.len(), 1);
        assert_eq!(far[0].topic(), &topics[9]);
    }
}
