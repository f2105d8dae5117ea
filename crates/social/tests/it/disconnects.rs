//! Disconnecting, and users who are not announced.

use std::time::Duration;

use contract::social::{ChosenStatus, Presence};
use social::DisconnectReason;
use social::rules::presence_policy::{GRACE, GRACE_AFTER_CLOSE};

use crate::presence::{flush, status_of, two_friends};
use testkit::Database;

use crate::fixture::Fixture;
use crate::registry::{Registry, registry_tests};

testkit::database_tests!(
    close_counts_until_its_grace_ends_unless_reconnected,
    graces_of_different_length_end_in_their_time,
    refresh_does_not_announce_private_users_again,
    set_status_succeeds_while_the_registry_fails_and_is_announced_later,
);

registry_tests!(
    announce_offline_ends_graces_of_closed_tabs,
    announce_offline_before_the_other_tab_closes_is_offline,
    sign_out_ends_graces_of_the_same_session,
    invisible_users_are_never_announced,
);

async fn close_counts_until_its_grace_ends_unless_reconnected(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    assert!(GRACE_AFTER_CLOSE < Duration::from_secs(5));
    let page = presence.connect(ada.user, ada.session);
    flush(&fixture).await;
    page.close(DisconnectReason::Closed);
    fixture.advance(GRACE_AFTER_CLOSE - Duration::from_micros(1));
    assert_eq!(flush(&fixture).await, [""; 0], "the page may reload");
    let again = presence.connect(ada.user, ada.session);
    fixture.advance(GRACE_AFTER_CLOSE);
    assert_eq!(flush(&fixture).await, [""; 0]);
    again.close(DisconnectReason::Closed);
    assert_eq!(flush(&fixture).await, [""; 0]);
    fixture.advance(GRACE_AFTER_CLOSE);
    assert_eq!(flush(&fixture).await, ["user_offline ada offline"]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Offline);
}

async fn graces_of_different_length_end_in_their_time(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let cat = fixture.user("cat");
    fixture.befriend(&cat, "cat", &bob, "bob").await;
    let presence = fixture.social.presence();
    let [lost, closed] = [&ada, &cat].map(|who| presence.connect(who.user, who.session));
    flush(&fixture).await;
    lost.close(DisconnectReason::Lost);
    closed.close(DisconnectReason::Closed);
    assert_eq!(flush(&fixture).await, [""; 0]);
    fixture.advance(GRACE_AFTER_CLOSE);
    assert_eq!(flush(&fixture).await, ["user_offline cat offline"]);
    fixture.advance(GRACE - GRACE_AFTER_CLOSE);
    assert_eq!(flush(&fixture).await, ["user_offline ada offline"]);
}

async fn announce_offline_ends_graces_of_closed_tabs(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let [first, second] = [0; 2].map(|_| presence.connect(ada.user, ada.session));
    flush(&fixture).await;
    first.close(DisconnectReason::Lost);
    assert_eq!(flush(&fixture).await, [""; 0]);
    second.announce(false);
    assert_eq!(flush(&fixture).await, ["user_offline ada offline"]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Offline);
    second.announce(true);
    assert_eq!(flush(&fixture).await, ["user_online ada online"]);
}

async fn announce_offline_before_the_other_tab_closes_is_offline(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, _) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let [first, second] = [0; 2].map(|_| presence.connect(ada.user, ada.session));
    flush(&fixture).await;
    second.announce(false);
    assert_eq!(flush(&fixture).await, [""; 0], "the other tab is open");
    first.close(DisconnectReason::Closed);
    assert_eq!(flush(&fixture).await, ["user_offline ada offline"]);
}

async fn sign_out_ends_graces_of_the_same_session(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let tabs = [0; 3].map(|_| presence.connect(ada.user, ada.session));
    flush(&fixture).await;
    let [first, second, third] = tabs;
    first.close(DisconnectReason::Lost);
    flush(&fixture).await;
    second.close(DisconnectReason::Closed);
    third.close(DisconnectReason::SignedOut);
    assert_eq!(flush(&fixture).await, ["user_offline ada offline"]);
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Offline);
}

async fn invisible_users_are_never_announced(registry: Registry) {
    let fixture = Fixture::with_registry(registry).await;
    let (ada, _) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let wanted = ChosenStatus::Invisible;
    fixture
        .social
        .presence()
        .set_status(&ada, wanted)
        .await
        .unwrap();
    fixture.recorder.take();
    let tab = presence.connect(ada.user, ada.session);
    assert_eq!(flush(&fixture).await, [""; 0]);
    // Users are announced again after the registry was unavailable.
    fixture.fail_registry(true);
    let second = presence.connect(ada.user, ada.session);
    assert!(presence.flush().await.is_err());
    assert!(presence.refresh().await.is_err());
    fixture.fail_registry(false);
    presence.refresh().await.unwrap();
    assert_eq!(flush(&fixture).await, [""; 0]);
    presence.recompute(&[ada.user]);
    assert_eq!(flush(&fixture).await, [""; 0]);
    tab.announce(false);
    tab.announce(true);
    second.close(DisconnectReason::Closed);
    tab.close(DisconnectReason::SignedOut);
    assert_eq!(flush(&fixture).await, [""; 0]);
}

async fn refresh_does_not_announce_private_users_again(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, _) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    fixture.set(&ada, |ada| ada.shows_presence = false);
    let tab = presence.connect(ada.user, ada.session);
    assert_eq!(flush(&fixture).await, [""; 0]);
    fixture.fail_registry(true);
    assert!(presence.refresh().await.is_err());
    fixture.fail_registry(false);
    presence.refresh().await.unwrap();
    assert_eq!(flush(&fixture).await, [""; 0]);
    fixture.set(&ada, |ada| ada.shows_presence = true);
    presence.recompute(&[ada.user]);
    assert_eq!(flush(&fixture).await, ["user_online ada online"]);
    drop(tab);
}

async fn set_status_succeeds_while_the_registry_fails_and_is_announced_later(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = two_friends(&fixture).await;
    let presence = fixture.social.presence();
    let tab = presence.connect(ada.user, ada.session);
    flush(&fixture).await;
    fixture.fail_registry(true);
    let wanted = ChosenStatus::Invisible;
    let own = fixture
        .social
        .presence()
        .set_status(&ada, wanted)
        .await
        .unwrap();
    assert_eq!((own.status, own.connections), (wanted, 1));
    let names = |fixture: &Fixture| -> Vec<&str> {
        fixture
            .recorder
            .take()
            .iter()
            .map(|(_, name, _)| *name)
            .collect()
    };
    assert_eq!(names(&fixture), ["own_status", "user_offline"]);
    fixture.fail_registry(false);
    presence.flush().await.unwrap();
    assert_eq!(status_of(&fixture, &bob, &ada).await, Presence::Offline);
    drop(tab);
}
