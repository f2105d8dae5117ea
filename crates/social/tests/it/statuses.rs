//! Chosen statuses and privacy.

use contract::social::{ChosenStatus, Presence};
use social::DisconnectReason;
use social::presence::REFRESH_INTERVAL;
use social::rules::presence_policy::AWAY_AFTER;
use testkit::Database;

use crate::fixture::Fixture;
use crate::presence::{flush, flush_after, status_of, two_friends};
use crate::registry::{Registry, registry_tests};

registry_tests!(
    set_status_invisible_is_offline_for_friends_only,
    is_active_counts_invisible_users,
);

testkit::database_tests!(
    set_status_lasts_until_the_next_connection,
    announce_sets_a_tab_offline_and_online,
    recompute_announces_private_users_as_offline,
);

async fn set_status_invisible_is_offline_for_friends_only(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let tab = presence.connect(ada.user, ada.session);
    flush(&fixture).await;
    let own = fixture
        .social
        .presence()
        .set_status(&ada, ChosenStatus::Invisible)
        .await
        .unwrap();
    assert_eq!(
        (own.status, own.presence, own.connections),
        (ChosenStatus::Invisible, Presence::Offline, 1)
    );
    let events = fixture.recorder.take();
    let lines: Vec<_> = events
        .iter()
        .map(|(to, event, _)| (&to[..], *event))
        .collect();
    assert_eq!(
        lines,
        [
            (&[ada.user][..], "own_status"),
            (&[bob.user][..], "user_offline")
        ]
    );
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Offline);
    let second = presence.connect(ada.user, ada.session);
    let playing = presence.start_match(ada.user);
    assert_eq!(flush(&fixture).await, [""; 0]);
    assert_eq!(
        fixture
            .social
            .presence()
            .status(&ada)
            .await
            .unwrap()
            .connections,
        2
    );
    drop((playing, second, tab));
    fixture
        .social
        .presence()
        .set_status(&ada, ChosenStatus::Online)
        .await
        .unwrap();
}

async fn is_active_counts_invisible_users(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, _) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    assert!(!presence.is_active(ada.user).await.unwrap());
    let wanted = ChosenStatus::Invisible;
    fixture
        .social
        .presence()
        .set_status(&ada, wanted)
        .await
        .unwrap();
    let tab = presence.connect(ada.user, ada.session);
    flush(&fixture).await;
    assert!(presence.is_active(ada.user).await.unwrap());
    flush_after(&fixture, AWAY_AFTER).await;
    assert!(
        !presence.is_active(ada.user).await.unwrap(),
        "the tab is idle"
    );
    tab.acted();
    flush(&fixture).await;
    assert!(presence.is_active(ada.user).await.unwrap());
    tab.close(DisconnectReason::SignedOut);
    flush(&fixture).await;
    assert!(!presence.is_active(ada.user).await.unwrap());
}

async fn set_status_lasts_until_the_next_connection(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    assert_eq!(
        fixture.social.presence().status(&ada).await.unwrap().status,
        ChosenStatus::Online
    );
    for wanted in [ChosenStatus::Invisible, ChosenStatus::Away] {
        fixture
            .social
            .presence()
            .set_status(&ada, wanted)
            .await
            .unwrap();
    }
    fixture.recorder.take();
    let tab = fixture.social.presence().connect(ada.user, ada.session);
    assert_eq!(flush(&fixture).await, ["user_online ada away"]);
    fixture
        .social
        .presence()
        .set_status(&ada, ChosenStatus::Online)
        .await
        .unwrap();
    let lines: Vec<_> = fixture
        .recorder
        .take_lines()
        .into_iter()
        .map(|(line, _)| line)
        .collect();
    assert_eq!(lines, ["own_status  online", "user_status ada online"]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Online);
    drop(tab);
}

async fn announce_sets_a_tab_offline_and_online(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, _) = two_friends(&fixture).await;
    let tab = fixture.social.presence().connect(ada.user, ada.session);
    flush(&fixture).await;
    tab.announce(false);
    assert_eq!(flush(&fixture).await, ["user_offline ada offline"]);
    tab.acted();
    tab.announce(false);
    assert_eq!(
        flush_after(&fixture, REFRESH_INTERVAL).await,
        [""; 0],
        "the tab stays offline"
    );
    tab.announce(true);
    assert_eq!(flush(&fixture).await, ["user_online ada online"]);
    tab.announce(true);
    assert_eq!(flush(&fixture).await, [""; 0]);
}

async fn recompute_announces_private_users_as_offline(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let tab = presence.connect(ada.user, ada.session);
    flush(&fixture).await;
    fixture.set(&ada, |ada| ada.shows_presence = false);
    presence.recompute(&[ada.user]);
    assert_eq!(flush(&fixture).await, ["user_offline ada offline"]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Offline);
    let playing = presence.start_match(ada.user);
    assert_eq!(flush(&fixture).await, [""; 0]);
    drop(playing);
    fixture.set(&ada, |ada| ada.shows_presence = true);
    presence.recompute(&[ada.user]);
    assert_eq!(flush(&fixture).await, ["user_online ada online"]);
    drop(tab);
}
