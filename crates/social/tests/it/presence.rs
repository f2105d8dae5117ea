use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use contract::social::Presence;
use kernel::Actor;
use social::presence::REFRESH_INTERVAL;
use social::rules::presence_policy::{AWAY_AFTER, GRACE, OFFLINE_AFTER};
use social::{DisconnectReason, SocialService};
use testkit::Database;

use crate::fixture::{Fixture, PAGE};
use crate::registry::{Registry, registry_tests};

registry_tests!(
    first_and_last_tab_are_announced_only,
    start_match_is_announced_while_it_lasts,
    connections_counts_open_tabs_by_session,
);

testkit::database_tests!(
    lost_connection_counts_until_its_grace_ends,
    connection_that_ends_before_a_flush_is_not_announced,
    inactive_users_become_away_and_offline_until_they_act,
    one_active_tab_makes_the_user_online,
    acted_counts_activity_outside_of_connections,
    presence_is_announced_and_visible_to_friends_only,
    new_friends_are_announced_to_each_other,
    refresh_records_activity_once_a_minute,
    thousand_friends_get_one_message,
    run_announces_changes,
);

/// Ada and her friend Bob.
pub(crate) async fn two_friends(fixture: &Fixture) -> (Actor, Actor) {
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.befriend(&ada, "ada", &bob, "bob").await;
    (ada, bob)
}

/// Flushes, and returns the announcements since the last call, each of which had one recipient.
pub(crate) async fn flush(fixture: &Fixture) -> Vec<String> {
    flush_node(fixture, &fixture.social).await
}

async fn flush_node(fixture: &Fixture, node: &Arc<dyn SocialService>) -> Vec<String> {
    node.presence().flush().await.unwrap();
    let lines = fixture.recorder.take_lines().into_iter();
    lines
        .map(|(line, recipients)| {
            assert_eq!(recipients, 1, "{line}");
            line
        })
        .collect()
}

/// As [`flush`], after this time with regular refreshes.
pub(crate) async fn flush_after(fixture: &Fixture, time: Duration) -> Vec<String> {
    let mut left = time;
    while left > REFRESH_INTERVAL {
        fixture.advance(REFRESH_INTERVAL);
        fixture.social.presence().refresh().await.unwrap();
        left -= REFRESH_INTERVAL;
    }
    fixture.advance(left);
    fixture.social.presence().refresh().await.unwrap();
    flush(fixture).await
}

pub(crate) async fn status_of(fixture: &Fixture, viewer: &Actor, friend: &Actor) -> Presence {
    let snapshot = fixture
        .social
        .presence()
        .friends_status(viewer.user)
        .await
        .unwrap();
    let line = snapshot
        .friends
        .iter()
        .find(|one| one.user_id == friend.user);
    let listed = fixture.social.list_friends(viewer, PAGE).await.unwrap();
    let friend = listed
        .items
        .iter()
        .find(|one| one.id == friend.user)
        .unwrap();
    assert_eq!(friend.status, line.unwrap().status);
    assert_eq!(friend.is_online, friend.status.is_online());
    friend.status
}

async fn first_and_last_tab_are_announced_only(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Offline);
    let first = presence.connect(ada.user, ada.session);
    assert_eq!(flush(&fixture).await, ["user_online ada online"]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Online);
    let second = presence.connect(ada.user, ada.session);
    assert_eq!(flush(&fixture).await, [""; 0]);
    first.close(DisconnectReason::SignedOut);
    assert_eq!(flush(&fixture).await, [""; 0]);
    second.close(DisconnectReason::SignedOut);
    assert_eq!(flush(&fixture).await, ["user_offline ada offline"]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Offline);
}

async fn lost_connection_counts_until_its_grace_ends(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let tab = presence.connect(ada.user, ada.session);
    flush(&fixture).await;
    drop(tab);
    assert_eq!(flush(&fixture).await, [""; 0]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Online);
    fixture.advance(GRACE - Duration::from_micros(1));
    assert_eq!(flush(&fixture).await, [""; 0]);
    let again = presence.connect(ada.user, ada.session);
    assert_eq!(flush(&fixture).await, [""; 0]);
    fixture.advance(GRACE);
    assert_eq!(flush(&fixture).await, [""; 0], "the new tab is open");

    again.close(DisconnectReason::Lost);
    flush(&fixture).await;
    fixture.advance(GRACE);
    assert_eq!(flush(&fixture).await, ["user_offline ada offline"]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Offline);
}

async fn connection_that_ends_before_a_flush_is_not_announced(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, _) = two_friends(&fixture).await;
    for reason in [DisconnectReason::Lost, DisconnectReason::SignedOut] {
        let tab = fixture.social.presence().connect(ada.user, ada.session);
        tab.close(reason);
        assert_eq!(flush(&fixture).await, [""; 0]);
    }
    assert_eq!(flush_after(&fixture, GRACE).await, [""; 0]);
}

async fn inactive_users_become_away_and_offline_until_they_act(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let tab = fixture.social.presence().connect(ada.user, ada.session);
    flush(&fixture).await;
    let almost = AWAY_AFTER - Duration::from_micros(1);
    assert_eq!(flush_after(&fixture, almost).await, [""; 0]);
    let moment = Duration::from_micros(1);
    assert_eq!(
        flush_after(&fixture, moment).await,
        ["user_status ada away"]
    );
    tab.acted();
    assert_eq!(flush(&fixture).await, ["user_status ada online"]);
    assert_eq!(
        flush_after(&fixture, AWAY_AFTER).await,
        ["user_status ada away"]
    );
    let rest = OFFLINE_AFTER - AWAY_AFTER;
    assert_eq!(
        flush_after(&fixture, rest).await,
        ["user_offline ada offline"]
    );
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Offline);
    tab.acted();
    assert_eq!(flush(&fixture).await, ["user_online ada online"]);
}

async fn one_active_tab_makes_the_user_online(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let (quiet, busy) = (
        presence.connect(ada.user, ada.session),
        presence.connect(ada.user, ada.session),
    );
    flush(&fixture).await;
    flush_after(&fixture, AWAY_AFTER - REFRESH_INTERVAL).await;
    busy.acted();
    assert_eq!(flush_after(&fixture, REFRESH_INTERVAL).await, [""; 0]);
    busy.close(DisconnectReason::SignedOut);
    assert_eq!(flush(&fixture).await, ["user_status ada away"]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Away);
    drop(quiet);
}

async fn acted_counts_activity_outside_of_connections(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let tab = fixture.social.presence().connect(ada.user, ada.session);
    let both = ["user_online ada online", "user_status ada away"];
    assert_eq!(flush_after(&fixture, AWAY_AFTER).await, both);
    assert!(fixture.social.presence().acted(ada.user));
    assert_eq!(flush(&fixture).await, ["user_status ada online"]);
    assert!(
        !fixture.social.presence().acted(bob.user),
        "not connected to this node"
    );
    drop(tab);
}

async fn start_match_is_announced_while_it_lasts(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let tab = presence.connect(ada.user, ada.session);
    flush(&fixture).await;
    let playing = presence.start_match(ada.user);
    assert_eq!(flush(&fixture).await, ["user_status ada in_match"]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::InMatch);
    let busy = presence.in_match(&[bob.user, ada.user]).await.unwrap();
    assert_eq!(busy, [ada.user]);
    drop(playing);
    assert_eq!(flush(&fixture).await, ["user_status ada online"]);
    assert!(presence.in_match(&[ada.user]).await.unwrap().is_empty());
    drop(tab);
}

async fn presence_is_announced_and_visible_to_friends_only(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let cat = fixture.user("cat");
    let presence = fixture.social.presence();
    let tab = presence.connect(ada.user, ada.session);
    presence.flush().await.unwrap();
    let events = fixture.recorder.take();
    assert_eq!(events[0].0, [bob.user]);
    let seen = presence
        .of_friends(cat.user, &[ada.user, bob.user])
        .await
        .unwrap();
    assert_eq!(seen, HashMap::new());
    let seen = presence
        .of_friends(bob.user, &[ada.user, cat.user])
        .await
        .unwrap();
    assert_eq!(seen, HashMap::from([(ada.user, Presence::Online)]));

    fixture.social.block(&bob, "ada").await.unwrap();
    tab.close(DisconnectReason::SignedOut);
    presence.flush().await.unwrap();
    assert_eq!(fixture.recorder.take(), []);
}

async fn new_friends_are_announced_to_each_other(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let tab = fixture.social.presence().connect(ada.user, ada.session);
    fixture.social.presence().flush().await.unwrap();
    fixture.social.send_request(&ada, "bob").await.unwrap();
    fixture.social.send_request(&bob, "ada").await.unwrap();
    let events = fixture.recorder.take();
    assert_eq!(events.len(), 1, "bob is not connected");
    assert_eq!(
        (&events[0].0[..], events[0].1),
        (&[bob.user][..], "user_online")
    );
    assert_eq!(events[0].2["username"], "ada");
    drop(tab);
}

async fn connections_counts_open_tabs_by_session(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, _) = two_friends(&fixture).await;
    let another_node = fixture.another_node();
    let (presence, other) = (fixture.social.presence(), another_node.presence());
    let phone = fixture.store.env().id();
    let tabs = [
        presence.connect(ada.user, ada.session),
        other.connect(ada.user, ada.session),
        presence.connect(ada.user, phone),
    ];
    for node in [&presence, &other] {
        node.flush().await.unwrap();
    }
    let counts = presence.connections(&ada).await.unwrap();
    assert_eq!(counts, HashMap::from([(ada.session, 2), (phone, 1)]));
    drop(tabs);
    for node in [&presence, &other] {
        node.flush().await.unwrap();
    }
    assert!(presence.connections(&ada).await.unwrap().is_empty());
}

async fn refresh_records_activity_once_a_minute(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let tabs = [&ada, &bob].map(|who| presence.connect(who.user, who.session));
    flush_after(&fixture, Duration::from_secs(59)).await;
    assert_eq!(*fixture.directory.active.lock().unwrap(), []);
    flush_after(&fixture, Duration::from_secs(1)).await;
    let mut active = std::mem::take(&mut *fixture.directory.active.lock().unwrap());
    active.sort();
    assert_eq!(active, [ada.user, bob.user]);
    tabs[1].acted();
    flush_after(&fixture, Duration::from_secs(60)).await;
    assert_eq!(*fixture.directory.active.lock().unwrap(), [bob.user]);
}

async fn thousand_friends_get_one_message(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let friends: Vec<Actor> = (0..1_000).map(|n| fixture.user(&format!("p{n}"))).collect();
    crate::friends::make_all_friends(&fixture, &ada, &friends).await;
    let presence = fixture.social.presence();
    let tabs: Vec<_> = [&ada]
        .into_iter()
        .chain(friends.iter().step_by(2))
        .map(|who| presence.connect(who.user, who.session))
        .collect();
    presence.flush().await.unwrap();
    let lines = fixture.recorder.take_lines();
    let recipients = |name: &str| lines.iter().find(|(line, _)| line == name).unwrap().1;
    assert_eq!(recipients("user_online ada online"), 1_000);
    assert_eq!(lines.len(), 501, "one message per user");
    let snapshot = presence.friends_status(ada.user).await.unwrap();
    let online = snapshot.friends.iter().filter(|one| one.status.is_online());
    assert_eq!((snapshot.friends.len(), online.count()), (1_000, 500));
    drop(tabs);
}

async fn run_announces_changes(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, _) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let task = tokio::spawn(presence.clone().run());
    let tab = presence.connect(ada.user, ada.session);
    wait_for(&fixture, "user_online ada online").await;
    tab.close(DisconnectReason::SignedOut);
    wait_for(&fixture, "user_offline ada offline").await;
    task.abort();
}

async fn wait_for(fixture: &Fixture, expected: &str) {
    testkit::until(expected, async || {
        let lines = fixture.recorder.take_lines();
        lines.iter().any(|(line, _)| line == expected)
    })
    .await;
}
