//! The hub over a real database.

use kernel::{Actor, Ambient, Id, Role};
use serde_json::json;
use store::{StoreConfig, Tx};
use testbed::Database;

use super::*;
use crate::ws::frame::Dialect;
use crate::ws::manner::{self, Manner};
use crate::ws::queue::Queue;

static MANNER: Manner = Manner {
    dialect: Dialect::Action,
    follows_chats: true,
    shows_friends: false,
    hears: manner::everything,
    minds: manner::nothing,
};

/// A hub, its store, and the database that they stand on.
fn hubs() -> impl Iterator<Item = (Arc<Hub>, Store, Database)> {
    testbed::databases().into_iter().map(|database| {
        let (url, ambient) = (database.url().parse().unwrap(), Ambient::system());
        let config = StoreConfig {
            url,
            connections: 4,
            migrate: true,
        };
        let store = Store::open(&config, ambient.clone()).unwrap();
        let bundle = bus::Bundle::local(&ambient);
        (Hub::start(&bundle.bus, &store), store, database)
    })
}

fn client(hub: &Hub) -> Arc<Client> {
    let ambient = hub.store.ambient();
    let actor = Actor {
        user: ambient.id(),
        session: ambient.id(),
        role: Role::Member,
        verified: true,
        proven_at: Timestamp::from_micros(0),
    };
    let queue = Arc::new(Queue::default());
    Arc::new(Client::new(hub.next_id(), actor, &MANNER, queue, None))
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
