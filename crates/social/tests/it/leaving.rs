//! How people leave, and who is never told of.

use std::time::Duration;

use contract::social::{ChosenStatus, Presence};
use social::DisconnectReason;
use social::rules::presence_policy::{GRACE, GRACE_AFTER_CLOSE};

use crate::presence::{status_of, told, two_friends};
use crate::world::{World, each, each_registry};

#[tokio::test]
async fn who_closed_their_page_is_gone_within_five_seconds_unless_they_reload() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        assert!(GRACE_AFTER_CLOSE < Duration::from_secs(5));
        let page = presence.connect(ada.user, ada.session);
        told(&world).await;
        page.close(DisconnectReason::Closed);
        world.pass(GRACE_AFTER_CLOSE - Duration::from_micros(1));
        assert_eq!(told(&world).await, [""; 0], "they may reload");
        let again = presence.connect(ada.user, ada.session);
        world.pass(GRACE_AFTER_CLOSE);
        assert_eq!(told(&world).await, [""; 0]);
        again.close(DisconnectReason::Closed);
        assert_eq!(told(&world).await, [""; 0]);
        world.pass(GRACE_AFTER_CLOSE);
        assert_eq!(told(&world).await, ["user_offline ada offline"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Offline);
    }
}

#[tokio::test]
async fn graces_of_different_length_end_each_in_its_time() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let cat = world.person("cat");
        world.befriend(&cat, "cat", &bob, "bob").await;
        let presence = world.social.presence();
        let [lost, closed] = [&ada, &cat].map(|who| presence.connect(who.user, who.session));
        told(&world).await;
        lost.close(DisconnectReason::Lost);
        closed.close(DisconnectReason::Closed);
        assert_eq!(told(&world).await, [""; 0]);
        world.pass(GRACE_AFTER_CLOSE);
        assert_eq!(told(&world).await, ["user_offline cat offline"]);
        world.pass(GRACE - GRACE_AFTER_CLOSE);
        assert_eq!(told(&world).await, ["user_offline ada offline"]);
    }
}

#[tokio::test]
async fn who_says_that_they_are_off_is_off_at_once_whatever_was_closed_before() {
    for world in each_registry().await {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        let [first, second] = [0; 2].map(|_| presence.connect(ada.user, ada.session));
        told(&world).await;
        first.close(DisconnectReason::Lost);
        assert_eq!(told(&world).await, [""; 0]);
        second.announce(false);
        assert_eq!(told(&world).await, ["user_offline ada offline"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Offline);
        second.announce(true);
        assert_eq!(told(&world).await, ["user_online ada online"]);
    }
}

#[tokio::test]
async fn who_says_that_they_are_off_first_is_off_when_the_other_tab_goes() {
    for world in each_registry().await {
        let (ada, _) = two_friends(&world).await;
        let presence = world.social.presence();
        let [first, second] = [0; 2].map(|_| presence.connect(ada.user, ada.session));
        told(&world).await;
        second.announce(false);
        assert_eq!(told(&world).await, [""; 0], "the other tab is there");
        first.close(DisconnectReason::Closed);
        assert_eq!(told(&world).await, ["user_offline ada offline"]);
    }
}

#[tokio::test]
async fn who_signs_out_is_gone_with_the_tabs_that_were_closed_before() {
    for world in each_registry().await {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        let tabs = [0; 3].map(|_| presence.connect(ada.user, ada.session));
        told(&world).await;
        let [first, second, third] = tabs;
        first.close(DisconnectReason::Lost);
        told(&world).await;
        second.close(DisconnectReason::Closed);
        third.close(DisconnectReason::SignedOut);
        assert_eq!(told(&world).await, ["user_offline ada offline"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Offline);
    }
}

#[tokio::test]
async fn nothing_is_ever_told_of_the_invisible() {
    for world in each_registry().await {
        let (ada, _) = two_friends(&world).await;
        let presence = world.social.presence();
        let wanted = ChosenStatus::Invisible;
        world.social.set_status(&ada, wanted).await.unwrap();
        world.ear.heard();
        let tab = presence.connect(ada.user, ada.session);
        assert_eq!(told(&world).await, [""; 0]);
        // Friends are told again what they may have missed while the registry was away.
        world.break_registry(true);
        let second = presence.connect(ada.user, ada.session);
        assert!(presence.settle().await.is_err());
        assert!(presence.refresh().await.is_err());
        world.break_registry(false);
        presence.refresh().await.unwrap();
        assert_eq!(told(&world).await, [""; 0]);
        presence.recompute(&[ada.user]);
        assert_eq!(told(&world).await, [""; 0]);
        tab.announce(false);
        tab.announce(true);
        second.close(DisconnectReason::Closed);
        tab.close(DisconnectReason::SignedOut);
        assert_eq!(told(&world).await, [""; 0]);
    }
}

#[tokio::test]
async fn nothing_is_told_again_of_those_who_keep_it_to_themselves() {
    for world in each() {
        let (ada, _) = two_friends(&world).await;
        let presence = world.social.presence();
        world.set(&ada, |ada| ada.shows_presence = false);
        let tab = presence.connect(ada.user, ada.session);
        assert_eq!(told(&world).await, [""; 0]);
        world.break_registry(true);
        assert!(presence.refresh().await.is_err());
        world.break_registry(false);
        presence.refresh().await.unwrap();
        assert_eq!(told(&world).await, [""; 0]);
        world.set(&ada, |ada| ada.shows_presence = true);
        presence.recompute(&[ada.user]);
        assert_eq!(told(&world).await, ["user_online ada online"]);
        drop(tab);
    }
}

#[tokio::test]
async fn a_choice_that_is_stored_is_answered_and_told_once_that_is_possible() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        let tab = presence.connect(ada.user, ada.session);
        told(&world).await;
        world.break_registry(true);
        let wanted = ChosenStatus::Invisible;
        let own = world.social.set_status(&ada, wanted).await.unwrap();
        assert_eq!((own.status, own.connections), (wanted, 1));
        let names = |world: &World| -> Vec<&str> {
            world.ear.heard().iter().map(|(_, name, _)| *name).collect()
        };
        assert_eq!(names(&world), ["own_status", "user_offline"]);
        world.break_registry(false);
        presence.settle().await.unwrap();
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Offline);
        drop(tab);
    }
}
