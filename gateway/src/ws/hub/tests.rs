//! The hub over a real database.

use std::collections::HashSet;
use std::sync::atomic::AtomicU32;
use std::task::{Context, Poll, Waker};

use accounts::ClientInfo;
use clap::Parser;
use contract::auth::{Register, TokenRequest};
use db::{StatementCounter, StoreConfig, Tx};
use kernel::error::Common;
use kernel::{Actor, AppError, Env, Id, Role, Secret};
use outbox::{Emit, StoredEvent};
use serde_json::json;
use telemetry::Metrics;
use testkit::Database;

use super::*;
use crate::config::{CommandLine, Config};
use crate::wiring::AppState;
use crate::ws::channel::{self, ChannelSpec};
use crate::ws::frame::EnvelopeStyle;
use crate::ws::queue::Queue;

static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/",
    style: EnvelopeStyle::Action,
    follows_chats: true,
    shows_friends: false,
    forwards: channel::everything,
    rechecks_on: channel::nothing,
};

/// A hub, its store, and the database that they stand on.
fn hubs() -> impl Iterator<Item = (Arc<Hub>, Store, Database)> {
    testkit::databases().into_iter().map(|database| {
        let (url, env) = (database.url().parse().unwrap(), Env::system());
        let config = StoreConfig {
            url,
            connections: 4,
            migrate: true,
        };
        let store = Store::open(&config, env.clone()).unwrap();
        let bundle = cluster::Cluster::local(&env);
        (Hub::start(&bundle.bus, &store), store, database)
    })
}

fn client(hub: &Hub) -> Arc<Connection> {
    let env = hub.store.env();
    let actor = Actor {
        user: env.id(),
        session: env.id(),
        role: Role::Member,
        verified: true,
        proven_at: Timestamp::from_micros(0),
    };
    client_of(hub, actor)
}

pub(in crate::ws) fn client_of(hub: &Hub, actor: Actor) -> Arc<Connection> {
    let queue = Arc::new(Queue::default());
    Arc::new(Connection::new(hub.next_id(), actor, &CHANNEL, queue, None))
}

/// The code with which a socket was closed, if it was.
fn close_code(client: &Connection) -> Option<u16> {
    let mut context = Context::from_waker(Waker::noop());
    match client.queue.poll_next(&mut context) {
        Poll::Ready(Some(frame)) => Some(u16::from_be_bytes([frame[2], frame[3]])),
        _ => None,
    }
}

fn has_room(hub: &Hub, topic: &Topic) -> bool {
    hub.shard(topic).contains_key(topic)
}

#[tokio::test]
async fn part_removes_a_room_that_somebody_holds_in_passing() {
    for (hub, _store, _database) in hubs() {
        let (client, topic) = (client(&hub), Topic::of("chat", 1));
        hub.join(&client, &topic).await.unwrap().release();
        let in_passing = hub.shard(&topic).get(&topic).cloned();
        hub.part(&client, &topic);
        assert!(!has_room(&hub, &topic));
        drop(in_passing);
        drop(hub.join_room(&topic));
        assert!(
            !has_room(&hub, &topic),
            "whoever gives up leaves none behind"
        );
        let joining = hub.join_room(&topic);
        hub.part(&client, &topic);
        assert!(has_room(&hub, &topic), "somebody is about to listen");
        drop(joining);
        assert!(!has_room(&hub, &topic));
    }
}

#[tokio::test]
async fn a_socket_whose_task_panics_leaves_the_hub() {
    for (hub, _store, _database) in hubs() {
        let (client, topic) = (client(&hub), Topic::of("chat", 1));
        let entered = hub.enter(&client);
        hub.join(&client, &topic).await.unwrap().release();
        assert_eq!((hub.open(), hub.count_of(client.actor.user)), (1, 1));
        let task = tokio::spawn(async move {
            let _entered = entered;
            panic!("on purpose");
        });
        assert!(task.await.is_err());
        assert_eq!((hub.open(), hub.count_of(client.actor.user)), (0, 0));
        assert!(!has_room(&hub, &topic));
        client.queue.closing().await;
    }
}

async fn emitted(store: &Store, user: UserId, name: &'static str, chat: Id<()>) {
    let data = json!({"chat_id": chat, "seq": 0, "epoch": 0});
    let emit = move |tx: &mut Tx<'_>| tx.emit(&format!("user:{user}"), name, &data);
    store.write(emit).await.unwrap();
}

#[tokio::test]
async fn membership_is_followed_in_order_also_where_events_are_read_again() {
    for (hub, store, _database) in hubs() {
        let client = client(&hub);
        let _entered = hub.enter(&client);
        let (user, chat) = (
            client.actor.user,
            Id::<()>::from_uuid(client.actor.user.uuid()),
        );
        let (own, topic) = (Topic::of("user", user), Topic::of("chat", chat));
        hub.join(&client, &own).await.unwrap().release();
        hub.join(&client, &topic).await.unwrap().release();
        // Nothing publishes here: all of it is a gap.
        emitted(&store, user, "chat_joined", chat).await;
        emitted(&store, user, "chat_left", chat).await;
        hub.resync(Missed::Of(&own));
        while has_room(&hub, &topic) {
            tokio::task::yield_now().await;
        }
        let joined = client.take_joined();
        assert_eq!(joined.len(), 1, "its task looks whether they are a member");
        assert_eq!(joined[0].chat, topic);
    }
}

#[tokio::test]
async fn prepaid_is_taken_one_by_one_and_forgotten_with_the_last_socket() {
    for (hub, _store, _database) in hubs() {
        let client = client(&hub);
        let user = client.actor.user;
        hub.prepay(user, 5);
        assert!(!hub.take_prepaid(user), "nobody is there");
        let entered = hub.enter(&client);
        hub.prepay(user, 2);
        let taken = (0..5).filter(|_| hub.take_prepaid(user)).count();
        assert_eq!(taken, 2);
        hub.prepay(user, 2);
        drop(entered);
        let _again = hub.enter(&client);
        assert!(!hub.take_prepaid(user));
    }
}

#[tokio::test]
async fn hide_tries_again_and_closes_sockets_that_stay_unsure() {
    for (hub, _store, _database) in hubs() {
        let client = client(&hub);
        let blocked: UserId = hub.store.env().id();
        let look = || vec![(client.turn_to_hide(), Arc::clone(&client))];
        let tries = AtomicU32::new(0);
        let second_works = || async {
            match tries.fetch_add(1, Ordering::Relaxed) {
                0 => Err(AppError::from(Common::Overloaded)),
                _ => Ok(HashSet::from([blocked])),
            }
        };
        control::hide(look(), second_works).await;
        assert!(client.hides(blocked));
        assert_eq!(close_code(&client), None);
        control::hide(look(), || async { Err(AppError::from(Common::Overloaded)) }).await;
        assert_eq!(close_code(&client), Some(1012));
    }
}

pub(in crate::ws) async fn services(folder: &std::path::Path, database: &Database) -> AppState {
    let data = format!("--data={}", folder.display());
    let url = format!("--database-url={}", database.url());
    let line = CommandLine::try_parse_from(["courtside", &data, &url]).unwrap();
    let config = Config::from_flags(&line.flags).unwrap();
    crate::data_folder::prepare(&config.data, &config.secret_file).unwrap();
    let metrics = Metrics::detached().unwrap();
    let built = AppState::build(&config, 1, Env::system(), metrics).await;
    built.unwrap()
}

pub(in crate::ws) async fn signed_in(services: &AppState) -> Actor {
    let visitor = ClientInfo {
        address: "203.0.113.7".parse().unwrap(),
        user_agent: "a test".to_owned(),
        device: None,
    };
    let password = Secret::new("plum-tangent-orbit-42");
    let request = Register {
        username: "ada".to_owned(),
        email: "ada@example.org".to_owned(),
        password: password.clone(),
        password_confirm: password.clone(),
    };
    let accounts = &services.accounts;
    accounts.register(request, &visitor).await.unwrap();
    let username = "ada".to_owned();
    let request = TokenRequest { username, password };
    let tokens = accounts.token(request, &visitor).await.unwrap();
    let access = tokens.access.token.expose();
    accounts.authenticate(access).await.unwrap()
}

#[tokio::test]
async fn check_sessions_closes_those_that_are_over_and_refreshes_the_others() {
    for database in testkit::databases() {
        let folder = tempfile::tempdir().unwrap();
        let services = services(folder.path(), &database).await;
        let hub = &services.hub;
        let here = client_of(hub, signed_in(&services).await);
        let over = client(hub);
        let _entered = [hub.enter(&here), hub.enter(&over)];
        services.accounts.grant_admin("ada").await.unwrap();
        hub.check_sessions(&services.accounts).await;
        assert_eq!(close_code(&over), Some(4401));
        assert_eq!(close_code(&here), None);
        assert_eq!(here.current_actor().role, Role::Admin);
        services.accounts.sign_out(&here.actor).await.unwrap();
        hub.check_sessions(&services.accounts).await;
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
    let stream = topic.as_str().to_owned();
    let emit = move |tx: &mut Tx<'_>| (0..count).try_for_each(|n| tx.emit(&stream, "noted", &n));
    other.write(emit).await.unwrap();
}

#[tokio::test]
async fn resync_of_everything_fills_the_rooms_that_are_behind() {
    for (hub, _store, database) in hubs() {
        let client = client(&hub);
        let topics: Vec<Topic> = (0..1_200).map(|n| Topic::of("chat", n)).collect();
        for topic in &topics {
            hub.join(&client, topic).await.unwrap().release();
        }
        let behind = [&topics[3], &topics[700], &topics[1_199]];
        for topic in behind {
            emit_elsewhere(&database, topic, 3).await;
        }
        hub.resync(Missed::Anything);
        for topic in behind {
            let room = hub.shard(topic).get(topic).cloned().unwrap();
            let head = hub.store.read({
                let name = topic.as_str().to_owned();
                move |conn| outbox::head(conn, &name)
            });
            let (seq, epoch) = head.await.unwrap();
            assert_eq!(seq, 3);
            let filled = async {
                while room.is_behind(Position { seq, epoch }) {
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
            };
            let filled = tokio::time::timeout(std::time::Duration::from_secs(60), filled).await;
            filled.expect("the room stays behind");
        }
    }
}

#[tokio::test]
async fn rooms_that_wait_for_the_database_hold_nobody_up() {
    let Some(server) = testkit::private_postgres() else {
        return;
    };
    let config = StoreConfig {
        url: server.url().parse().unwrap(),
        connections: 4,
        migrate: true,
    };
    let store = Store::open(&config, Env::system()).unwrap();
    let bundle = cluster::Cluster::local(store.env());
    let hub = Hub::start(&bundle.bus, &store);
    let client = client(&hub);
    let topics: Vec<Topic> = (0..20).map(|n| Topic::of("chat", n)).collect();
    for topic in &topics {
        hub.join(&client, topic).await.unwrap().release();
    }
    server.stop();
    topics
        .iter()
        .for_each(|topic| hub.resync(Missed::Of(topic)));
    let permits = &hub.gaps.permits;
    let is_filling = |topic: &Topic| {
        let room = hub.shard(topic).get(topic).cloned().unwrap();
        filling::Filling::begin(&room).is_none()
    };
    let all_free = async {
        while permits.available_permits() < gaps::MAX_FILLING {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::task::yield_now().await;
    let waited = tokio::time::timeout(std::time::Duration::from_secs(60), all_free).await;
    waited.expect("rooms that only wait keep their turn");
    assert!(topics.iter().all(is_filling), "all of them try again");
}

#[tokio::test]
async fn join_all_and_look_looks_again_where_something_came_meanwhile() {
    for (hub, store, _database) in hubs() {
        let client = client(&hub);
        let _entered = hub.enter(&client);
        let user = client.actor.user;
        let topics = [Topic::of("user", user), Topic::of("chat", 1)];
        let looks = Arc::new(AtomicU32::new(0));
        let (counted, comes) = (Arc::clone(&looks), Arc::clone(&hub));
        let event = StoredEvent {
            stream: topics[1].to_string(),
            seq: 1,
            epoch: 7,
            name: "noted".to_owned(),
            data: "{}".to_owned(),
            author: None,
            at: Timestamp::from_micros(0),
        };
        let came = encode_event(&event).unwrap();
        let chat = topics[1].clone();
        let look = move |_: &mut AnyConn| {
            // The heads were read before, without this.
            if counted.fetch_add(1, Ordering::Relaxed) == 0 {
                comes.deliver(&chat, &came);
            }
            Ok(counted.load(Ordering::Relaxed))
        };
        let counter = StatementCounter::default();
        let joined = hub.join_all_and_look(&client, &topics, look.clone());
        let (held, found) = counter.count(joined).await.unwrap();
        assert_eq!(
            (held.len(), found),
            (2, 2),
            "what came is in the second look"
        );
        assert_eq!(looks.load(Ordering::Relaxed), 2);
        held.into_iter().for_each(PendingSubscription::release);
        // Rooms that are open need no head.
        let counter = StatementCounter::default();
        let joined = hub.join_all_and_look(&client, &topics, look);
        let (held, found) = counter.count(joined).await.unwrap();
        assert_eq!((held.len(), found, counter.statements()), (2, 3, 0));
        drop(store);
    }
}

#[tokio::test]
async fn join_all_and_look_reads_all_heads_with_one_statement() {
    for (hub, store, _database) in hubs() {
        let client = client(&hub);
        let _entered = hub.enter(&client);
        let topics: Vec<_> = (0..50).map(|number| Topic::of("chat", number)).collect();
        let stream = topics[9].to_string();
        let emit = move |tx: &mut Tx<'_>| tx.emit(&stream, "noted", &1);
        store.write(emit).await.unwrap();
        let counter = StatementCounter::default();
        let joined = hub.join_all_and_look(&client, &topics, |_| Ok(()));
        let (held, ()) = counter.count(joined).await.unwrap();
        assert_eq!((held.len(), counter.statements()), (50, 1));
        let far: Vec<_> = held.iter().filter(|held| held.from.seq == 1).collect();
        assert_eq!(far.len(), 1);
        assert_eq!(far[0].topic(), &topics[9]);
    }
}
