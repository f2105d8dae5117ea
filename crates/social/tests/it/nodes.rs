//! Presence on several nodes, and nodes that die.

use std::sync::Arc;
use std::time::Duration;

use contract::social::Presence;
use kernel::Actor;
use social::presence::{REFRESH_INTERVAL, TTL};
use social::{DisconnectReason, SocialService};
use testkit::Database;

use crate::fixture::Fixture;
use crate::registry::{Registry, registry_tests};

registry_tests!(
    presence_is_the_same_on_all_nodes_and_announced_once,
    closing_the_last_tabs_on_two_nodes_at_once_is_announced,
    clock_skew_between_nodes_changes_nothing,
);

testkit::database_tests!(
    connections_last_while_their_node_lives,
    refresh_announces_users_of_a_dead_node_as_offline,
    new_node_recovers_a_node_that_died_before,
    retire_keeps_the_grace_of_lost_connections,
);

async fn two_friends(fixture: &Fixture) -> (Actor, Actor) {
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.befriend(&ada, "ada", &bob, "bob").await;
    (ada, bob)
}

fn take_lines(fixture: &Fixture) -> Vec<String> {
    fixture
        .recorder
        .take_lines()
        .into_iter()
        .map(|(line, _)| line)
        .collect()
}

async fn first_friend_of(node: &Arc<dyn SocialService>, viewer: &Actor) -> Presence {
    let snapshot = node.presence().friends_status(viewer.user).await.unwrap();
    snapshot.friends[0].status
}

/// Advances the clock while these nodes refresh.
async fn refresh_for(fixture: &Fixture, nodes: &[&Arc<dyn SocialService>], time: Duration) {
    let mut left = time;
    while !left.is_zero() {
        let step = left.min(REFRESH_INTERVAL);
        fixture.advance(step);
        for node in nodes {
            node.presence().refresh().await.unwrap();
        }
        left -= step;
    }
}

async fn presence_is_the_same_on_all_nodes_and_announced_once(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, bob) = two_friends(&fixture).await;
    let (one, other) = (&fixture.social, &fixture.another_node());
    let first = one.presence().connect(ada.user, ada.session);
    one.presence().flush().await.unwrap();
    let second = other.presence().connect(ada.user, ada.session);
    other.presence().flush().await.unwrap();
    assert_eq!(take_lines(&fixture), ["user_online ada online"]);
    assert_eq!(first_friend_of(other, &bob).await, Presence::Online);
    first.close(DisconnectReason::SignedOut);
    one.presence().flush().await.unwrap();
    assert_eq!(first_friend_of(one, &bob).await, Presence::Online);
    second.close(DisconnectReason::SignedOut);
    other.presence().flush().await.unwrap();
    assert_eq!(take_lines(&fixture), ["user_offline ada offline"]);
    assert_eq!(first_friend_of(one, &bob).await, Presence::Offline);
}

async fn closing_the_last_tabs_on_two_nodes_at_once_is_announced(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, bob) = two_friends(&fixture).await;
    let (one, other) = (&fixture.social, &fixture.another_node());
    for _ in 0..20 {
        let tabs = [one, other].map(|node| node.presence().connect(ada.user, ada.session));
        one.presence().flush().await.unwrap();
        other.presence().flush().await.unwrap();
        assert!(take_lines(&fixture).contains(&"user_online ada online".to_owned()));
        tabs.into_iter()
            .for_each(|tab| tab.close(DisconnectReason::SignedOut));
        let [here, there] = [one, other].map(|node| node.presence());
        let (first, second) = tokio::join!(here.flush(), there.flush());
        first.and(second).unwrap();
        assert!(take_lines(&fixture).contains(&"user_offline ada offline".to_owned()));
        assert_eq!(first_friend_of(one, &bob).await, Presence::Offline);
    }
}

async fn connections_last_while_their_node_lives(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let (one, other) = (&fixture.social, &fixture.another_node());
    let tab = one.presence().connect(ada.user, ada.session);
    refresh_for(&fixture, &[one, other], Duration::from_secs(200)).await;
    assert_eq!(take_lines(&fixture), ["user_online ada online"]);
    assert_eq!(first_friend_of(other, &bob).await, Presence::Online);
    drop(tab);
}

async fn refresh_announces_users_of_a_dead_node_as_offline(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let cat = fixture.user("cat");
    fixture.befriend(&cat, "cat", &bob, "bob").await;
    let (dead, living) = (&fixture.another_node(), &fixture.social);
    let tabs = [&ada, &cat].map(|who| dead.presence().connect(who.user, who.session));
    refresh_for(&fixture, &[dead, living], REFRESH_INTERVAL).await;
    let moved = living.presence().connect(cat.user, cat.session);
    refresh_for(&fixture, &[dead, living], REFRESH_INTERVAL).await;
    take_lines(&fixture);

    refresh_for(&fixture, &[living], TTL).await;
    assert_eq!(
        first_friend_of(living, &bob).await,
        Presence::Offline,
        "the entries have expired"
    );
    refresh_for(&fixture, &[living], Duration::from_secs(25)).await;
    assert_eq!(take_lines(&fixture), ["user_offline ada offline"]);
    refresh_for(&fixture, &[living], Duration::from_secs(200)).await;
    assert_eq!(
        take_lines(&fixture),
        [""; 0],
        "ada is announced once, and cat never"
    );
    drop((tabs, moved));
}

async fn new_node_recovers_a_node_that_died_before(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let dead = &fixture.social;
    let tab = dead.presence().connect(ada.user, ada.session);
    refresh_for(&fixture, &[dead], REFRESH_INTERVAL).await;
    take_lines(&fixture);
    fixture.advance(Duration::from_secs(20));
    let next = &fixture.another_node();
    assert_eq!(
        first_friend_of(next, &bob).await,
        Presence::Online,
        "not noticed yet"
    );
    refresh_for(&fixture, &[next], Duration::from_secs(40)).await;
    assert_eq!(take_lines(&fixture), ["user_offline ada offline"]);
    drop(tab);
}

async fn retire_keeps_the_grace_of_lost_connections(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let (ending, staying) = (&fixture.another_node(), &fixture.social);
    let tab = ending.presence().connect(ada.user, ada.session);
    refresh_for(&fixture, &[ending, staying], REFRESH_INTERVAL).await;
    take_lines(&fixture);
    drop(tab);
    ending.presence().retire().await.unwrap();
    assert_eq!(first_friend_of(staying, &bob).await, Presence::Online);
    refresh_for(&fixture, &[staying], REFRESH_INTERVAL).await;
    assert_eq!(take_lines(&fixture), [""; 0]);
    refresh_for(&fixture, &[staying], REFRESH_INTERVAL).await;
    assert_eq!(take_lines(&fixture), ["user_offline ada offline"]);
}

#[tokio::test]
async fn presence_is_local_without_redis_and_announced_when_it_is_back() {
    let Some(fixture) = Fixture::over_private_redis().await else {
        return;
    };
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let tab = presence.connect(ada.user, ada.session);
    presence.refresh().await.unwrap();
    take_lines(&fixture);

    fixture.redis().kill();
    assert_eq!(
        first_friend_of(&fixture.social, &bob).await,
        Presence::Online
    );
    let playing = presence.start_match(ada.user);
    presence.flush().await.unwrap_err();
    assert_eq!(
        first_friend_of(&fixture.social, &bob).await,
        Presence::InMatch
    );
    assert_eq!(take_lines(&fixture), [""; 0]);

    fixture.redis().restart();
    fixture.until_redis_responds().await;
    presence.flush().await.unwrap();
    assert_eq!(take_lines(&fixture), ["user_online ada in_match"]);
    drop((playing, tab));
}

#[tokio::test]
async fn refresh_restores_a_registry_that_lost_its_data() {
    let Some(fixture) = Fixture::over_private_redis().await else {
        return;
    };
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let tab = presence.connect(ada.user, ada.session);
    presence.refresh().await.unwrap();
    presence.refresh().await.unwrap();
    assert_eq!(take_lines(&fixture), ["user_online ada online"]);
    fixture.redis().kill();
    fixture.redis().restart();
    fixture.until_redis_responds().await;
    assert_eq!(
        first_friend_of(&fixture.social, &bob).await,
        Presence::Offline
    );
    presence.refresh().await.unwrap();
    assert_eq!(take_lines(&fixture), ["user_online ada online"]);
    assert_eq!(
        first_friend_of(&fixture.social, &bob).await,
        Presence::Online
    );
    drop(tab);
}

async fn clock_skew_between_nodes_changes_nothing(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.befriend(&ada, "ada", &bob, "bob").await;
    let ahead = fixture.node_ahead(Duration::from_secs(3_600));
    let _here = fixture.social.presence().connect(ada.user, ada.session);
    let _there = ahead.presence().connect(bob.user, bob.session);
    for node in [&fixture.social, &ahead] {
        node.presence().refresh().await.unwrap();
    }
    let mut lines = fixture.recorder.take_lines();
    lines.sort();
    let expected = ["user_online ada online", "user_online bob online"];
    assert_eq!(lines, expected.map(|line| (line.to_owned(), 1)));
    for _ in 0..3 {
        for node in [&ahead, &fixture.social] {
            node.presence().refresh().await.unwrap();
            let seen = node.presence().friends_status(ada.user).await.unwrap();
            assert_eq!(seen.friends[0].status, Presence::Online);
        }
    }
    assert_eq!(
        fixture.recorder.take_lines(),
        [],
        "no node is considered dead"
    );
}
