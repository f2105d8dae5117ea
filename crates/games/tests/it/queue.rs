//! The queue over real databases.

use std::sync::Arc;
use std::time::Duration;

use cluster::Cluster;
use games::{MatchMode, MatchQueue, QueueService, lookups, start_matchers};
use kernel::{Actor, AppError, Relation};
use outbox::NodeId;
use serde_json::{Map, Value, json};
use testkit::{Database, database_tests};

use crate::fixture::Fixture;

/// The queue of one node.
pub(crate) struct Node {
    pub(crate) queue: Arc<MatchQueue>,
    cluster: Cluster,
    id: NodeId,
}

impl Node {
    fn new(fixture: &Fixture) -> Self {
        Self::of_cluster(fixture, Cluster::local(fixture.store.env()))
    }

    fn of_cluster(fixture: &Fixture, cluster: Cluster) -> Self {
        let id = fixture.store.env().id();
        let queue = Arc::new(MatchQueue::new(fixture.parts.clone(), id, &cluster));
        Self { queue, cluster, id }
    }

    /// The same with matchers.
    pub(crate) fn matching(fixture: &Fixture) -> Self {
        let node = Self::new(fixture);
        node.start_matchers();
        node
    }

    fn start_matchers(&self) {
        start_matchers(&self.queue, &self.cluster, self.id);
    }

    pub(crate) async fn enter(&self, actor: &Actor, wanted: Value) -> Result<(), AppError> {
        let wanted: Map<String, Value> = serde_json::from_value(wanted).unwrap();
        self.queue.enter(actor, "pong", &wanted).await.map(|_| ())
    }
}

#[track_caller]
pub(crate) fn assert_code(result: Result<(), AppError>, code: &str) -> AppError {
    let error = result.unwrap_err();
    assert_eq!(error.code().name, code, "{}", error.chain());
    error
}

/// Waits until both have the same match, and returns its id and the opponents in their events.
pub(crate) async fn found(fixture: &Fixture, players: [&Actor; 2]) -> (String, [String; 2]) {
    let mut found = vec![];
    for player in players {
        let event = loop {
            let events = fixture.events(player).await;
            let found = events.into_iter().rfind(|(name, _)| name == "game_found");
            if let Some((_, data)) = found {
                break data;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        found.push((
            text(&event["match_id"]),
            text(&event["opponent"]["username"]),
        ));
    }
    let [(id, one), (other_id, other)] = found.try_into().unwrap();
    assert_eq!(id, other_id);
    (id, [one, other])
}

async fn two_who_wait_are_paired_once(database: Database) {
    let fixture = Fixture::new(database).await;
    let node = Node::matching(&fixture);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    node.enter(&ada, json!({"ranked": true})).await.unwrap();
    node.enter(&bob, json!({"score_to_win": 7})).await.unwrap();
    let (id, opponents) = found(&fixture, [&ada, &bob]).await;
    assert_eq!(opponents, ["bob", "ada"]);
    let shown = fixture.games.get(&ada, id.parse().unwrap()).await.unwrap();
    assert_eq!(shown.options["score_to_win"], 7);
    assert_eq!(shown.options["ranked"], true);
    assert_eq!(serde_json::to_value(shown.mode).unwrap(), "ranked");
    for player in [&ada, &bob] {
        assert_eq!(node.queue.place(player.user, "pong").await.unwrap(), None);
        assert_code(node.enter(player, json!({})).await, "games.engaged");
    }
}

async fn enter_twice_names_the_ticket_and_prolongs_it(database: Database) {
    let fixture = Fixture::new(database).await;
    let (node, ada) = (Node::new(&fixture), fixture.user("ada"));
    let first = node.queue.enter(&ada, "pong", &Map::new()).await.unwrap();
    fixture.advance(Duration::from_secs(40));
    let error = assert_code(node.enter(&ada, json!({})).await, "games.queued");
    let (_, ticket) = &error.details()[0];
    assert_eq!(
        ticket["joined_at"],
        serde_json::to_value(first.joined_at).unwrap()
    );
    assert_ne!(
        ticket["expires_at"],
        serde_json::to_value(first.expires_at).unwrap()
    );
    let other = node
        .queue
        .enter(&ada, "tictactoe", &Map::new())
        .await
        .map(|_| ());
    let error = assert_code(other, "games.queued");
    assert_eq!(error.details()[0].1["game"], "pong");
    // A socket takes the place over, and it stays where it is.
    let held = node.queue.hold(&ada, "pong", &Map::new()).await.unwrap();
    assert_eq!(held.joined_at, first.joined_at);
    node.queue.leave(ada.user, "pong").await.unwrap();
    node.queue.leave(ada.user, "pong").await.unwrap();
    node.queue
        .enter(&ada, "tictactoe", &Map::new())
        .await
        .unwrap();
}

async fn enter_is_refused_in_a_match_and_names_it(database: Database) {
    let fixture = Fixture::new(database).await;
    let node = Node::new(&fixture);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = fixture
        .try_open(MatchMode::Invite, &ada, &bob)
        .await
        .unwrap();
    let error = assert_code(node.enter(&ada, json!({})).await, "games.engaged");
    assert_eq!(error.details()[0].1, json!(id));
    assert_code(
        node.enter(&ada, json!({"cool_mode": "maybe"})).await,
        "games.options_invalid",
    );
    let unknown = node
        .queue
        .enter(&ada, "chess", &Map::new())
        .await
        .map(|_| ());
    assert_code(unknown, "games.game_not_found");
}

async fn a_match_by_invite_ends_the_place(database: Database) {
    let fixture = Fixture::new(database).await;
    let node = Node::new(&fixture);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    node.enter(&ada, json!({})).await.unwrap();
    fixture
        .try_open(MatchMode::Invite, &ada, &bob)
        .await
        .unwrap();
    assert_eq!(node.queue.place(ada.user, "pong").await.unwrap(), None);
}

async fn blocked_users_and_others_with_other_wants_are_never_paired(database: Database) {
    let fixture = Fixture::new(database).await;
    let node = Node::matching(&fixture);
    let [ada, bob, cid, dan] = ["ada", "bob", "cid", "dan"].map(|name| fixture.user(name));
    fixture.relate(&ada, &bob, Relation::Blocked);
    let (slow, fast) = (json!({"game_speed": "slow"}), json!({"game_speed": "fast"}));
    node.enter(&ada, slow.clone()).await.unwrap();
    fixture.advance(Duration::from_secs(5));
    node.enter(&bob, slow.clone()).await.unwrap();
    node.enter(&cid, fast).await.unwrap();
    node.enter(&dan, slow).await.unwrap();
    // Dan is for the one of the two who has waited longer.
    let (_, opponents) = found(&fixture, [&ada, &dan]).await;
    assert_eq!(opponents, ["dan", "ada"]);
    for alone in [&bob, &cid] {
        assert_eq!(fixture.events(alone).await, []);
    }
}

/// Leaving and pairing at the same time: always exactly one of the two. The one who is left over waits on.
async fn leave_races_the_matcher(database: Database) {
    let fixture = Fixture::new(database).await;
    let node = Node::matching(&fixture);
    let mut paired = 0;
    for round in 0..500 {
        let (ada, bob) = (
            fixture.user(&format!("a{round}")),
            fixture.user(&format!("b{round}")),
        );
        node.enter(&ada, json!({})).await.unwrap();
        let enter = node.enter(&bob, json!({}));
        let leave = async {
            // At another moment of the pairing in each round.
            for _ in 0..round % 25 {
                tokio::task::yield_now().await;
            }
            node.queue.leave(ada.user, "pong").await
        };
        match round % 10 {
            0 => {
                leave.await.unwrap();
                enter.await.unwrap();
            }
            5 => {
                enter.await.unwrap();
                found(&fixture, [&ada, &bob]).await;
                leave.await.unwrap();
            }
            _ => {
                let (entered, left) = tokio::join!(enter, leave);
                entered.unwrap();
                left.unwrap();
            }
        }
        let users = [ada.user, bob.user];
        let playing = fixture
            .store
            .read(move |conn| lookups::playing(conn, &users));
        let count = playing.await.unwrap().len();
        assert!(count == 0 || count == 2, "{count} of two, round {round}");
        paired += count / 2;
        let found = async |who| {
            let events = fixture.events(who).await;
            events
                .iter()
                .filter(|(name, _)| name == "game_found")
                .count()
        };
        for player in [&ada, &bob] {
            assert_eq!(found(player).await, count / 2, "round {round}");
        }
        let again = node.enter(&ada, json!({})).await;
        match count {
            0 => again.unwrap(),
            _ => drop(assert_code(again, "games.engaged")),
        }
        node.queue.leave(ada.user, "pong").await.unwrap();
        node.queue.leave(bob.user, "pong").await.unwrap();
    }
    assert!((50..=450).contains(&paired), "{paired} of 500 paired");
}

/// The node that pairs is killed while many enter: another one pairs whoever is left.
async fn killed_matcher_is_replaced(database: Database) {
    let fixture = Fixture::new(database).await;
    let cluster = Cluster::local(fixture.store.env());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let [first, second] = [0, 1].map(|_| Node::of_cluster(&fixture, cluster.clone()));
    {
        let _entered = runtime.enter();
        first.start_matchers();
    }
    let early = [fixture.user("early"), fixture.user("bird")];
    for player in &early {
        second.enter(player, json!({})).await.unwrap();
    }
    // The first node has the lease.
    found(&fixture, [&early[0], &early[1]]).await;
    second.start_matchers();
    let users: Vec<Actor> = (0..50).map(|n| fixture.user(&format!("user{n}"))).collect();
    let (killed, rest) = users.split_at(20);
    for player in killed {
        second.enter(player, json!({})).await.unwrap();
    }
    runtime.shutdown_background();
    for player in rest {
        second.enter(player, json!({})).await.unwrap();
    }
    fixture.advance(Duration::from_secs(4));
    for player in &users {
        loop {
            let events = fixture.events(player).await;
            if events.iter().any(|(name, _)| name == "game_found") {
                assert_eq!(events.len(), 1, "one match each");
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Another node pairs at once when the one that pairs stops: the lease has not ended, but was given back.
async fn stopped_matcher_is_replaced_at_once(database: Database) {
    let fixture = Fixture::new(database).await;
    let cluster = Cluster::local(fixture.store.env());
    let [first, second] = [0, 1].map(|_| Node::of_cluster(&fixture, cluster.clone()));
    let users = ["ada", "bob", "cat", "dan"].map(|name| fixture.user(name));
    let [ada, bob, cat, dan] = &users;
    first.start_matchers();
    for player in [ada, bob] {
        second.enter(player, json!({})).await.unwrap();
    }
    // The first node has the lease.
    found(&fixture, [ada, bob]).await;
    first.queue.stop_matchers().await;
    second.start_matchers();
    for player in [cat, dan] {
        second.enter(player, json!({})).await.unwrap();
    }
    let waited = tokio::time::timeout(Duration::from_secs(20), found(&fixture, [cat, dan])).await;
    waited.expect("nobody pairs");
    second.queue.stop_matchers().await;
}

/// Two who have just played are paired with a third one, if there is one.
async fn a_third_one_is_preferred_to_the_last_opponent(database: Database) {
    let fixture = Fixture::new(database).await;
    let node = Node::new(&fixture);
    let [ada, bob, cat] = ["ada", "bob", "cat"].map(|name| fixture.user(name));
    fixture.play(MatchMode::Casual, &ada, &bob, true).await;
    for player in [&ada, &bob, &cat] {
        node.enter(player, json!({})).await.unwrap();
    }
    node.start_matchers();
    let is_found = async |who| {
        let events = fixture.events(who).await;
        events.iter().any(|(name, _)| name == "game_found")
    };
    while !is_found(&cat).await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(is_found(&ada).await != is_found(&bob).await);
}

async fn deleted_account_is_not_paired(database: Database) {
    let fixture = Fixture::new(database).await;
    let node = Node::new(&fixture);
    let [ada, bob, cat] = ["ada", "bob", "cat"].map(|name| fixture.user(name));
    node.enter(&ada, json!({})).await.unwrap();
    node.enter(&bob, json!({})).await.unwrap();
    fixture.people.delete(ada.user);
    node.start_matchers();
    node.enter(&cat, json!({})).await.unwrap();
    let (_, opponents) = found(&fixture, [&bob, &cat]).await;
    assert_eq!(opponents, ["cat", "bob"]);
    assert!(fixture.events(&ada).await.is_empty());
    assert_eq!(node.queue.place(ada.user, "pong").await.unwrap(), None);
}

async fn place_tells_position_band_and_others(database: Database) {
    let fixture = Fixture::new(database).await;
    let node = Node::new(&fixture);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    node.enter(&ada, json!({"game_speed": "slow"}))
        .await
        .unwrap();
    fixture.advance(Duration::from_secs(10));
    node.enter(&bob, json!({"game_speed": "fast"}))
        .await
        .unwrap();
    let place = node.queue.place(bob.user, "pong").await.unwrap().unwrap();
    assert_eq!((place.position, place.others, place.waited), (2, 1, 0));
    let [low, high] = place.band.unwrap();
    assert!(low < 1_500 && high > 1_500 && !place.paused);
    let place = node.queue.place(ada.user, "pong").await.unwrap().unwrap();
    assert_eq!((place.position, place.waited), (1, 10));
    assert!(place.band.unwrap()[1] > high, "the band widens");
}

/// The matcher of another node pairs those who entered before it had the lease.
async fn places_survive_the_matcher(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let first = Node::new(&fixture);
    first.enter(&ada, json!({})).await.unwrap();
    first.enter(&bob, json!({})).await.unwrap();
    drop(first);
    let _second = Node::matching(&fixture);
    found(&fixture, [&ada, &bob]).await;
}

async fn place_that_a_socket_holds_lasts(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let node = Node::new(&fixture);
    for player in [&ada, &bob] {
        node.enter(player, json!({"game_speed": "slow"}))
            .await
            .unwrap();
    }
    let kept = node.queue.keep(ada.user);
    for _ in 0..3 {
        fixture.advance(Duration::from_secs(40));
        node.queue.extend_kept().await.unwrap();
    }
    // The socket of another tab was closed.
    node.queue.release(ada.user).await.unwrap();
    fixture.advance(Duration::from_secs(20));
    node.start_matchers();
    let cat = fixture.user("cat");
    node.enter(&cat, json!({})).await.unwrap();
    let (_, opponents) = found(&fixture, [&ada, &cat]).await;
    assert_eq!(opponents, ["cat", "ada"]);
    assert_eq!(fixture.events(&bob).await, [], "the place of bob has ended");
    drop(kept);
}

async fn expired_places_are_not_paired(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob, cid] = ["ada", "bob", "cid"].map(|name| fixture.user(name));
    let node = Node::new(&fixture);
    node.enter(&ada, json!({})).await.unwrap();
    node.enter(&bob, json!({})).await.unwrap();
    node.queue.release(ada.user).await.unwrap();
    fixture.advance(Duration::from_secs(20));
    node.enter(&cid, json!({})).await.unwrap();
    node.start_matchers();
    let (_, opponents) = found(&fixture, [&bob, &cid]).await;
    assert_eq!(opponents, ["cid", "bob"]);
    assert_eq!(fixture.events(&ada).await, []);
    node.enter(&ada, json!({})).await.unwrap();
}

database_tests!(
    two_who_wait_are_paired_once,
    enter_twice_names_the_ticket_and_prolongs_it,
    enter_is_refused_in_a_match_and_names_it,
    a_match_by_invite_ends_the_place,
    blocked_users_and_others_with_other_wants_are_never_paired,
    leave_races_the_matcher,
    killed_matcher_is_replaced,
    stopped_matcher_is_replaced_at_once,
    a_third_one_is_preferred_to_the_last_opponent,
    place_tells_position_band_and_others,
    places_survive_the_matcher,
    expired_places_are_not_paired,
    deleted_account_is_not_paired,
    place_that_a_socket_holds_lasts,
);
