use std::collections::HashMap;
use std::time::Duration;

use contract::social::{ChosenStatus, Presence};
use kernel::Actor;
use social::presence::REFRESH;
use social::rules::presence_policy::{AWAY_AFTER, GRACE, OFFLINE_AFTER};
use social::{DisconnectReason, Social};

use crate::world::{PAGE, World, each, each_registry};

/// Ada with her friend bob, who watches.
pub(crate) async fn two_friends(world: &World) -> (Actor, Actor) {
    let (ada, bob) = (world.person("ada"), world.person("bob"));
    world.befriend(&ada, "ada", &bob, "bob").await;
    (ada, bob)
}

/// What friends were told since the last time, and that all of it went to one friend.
pub(crate) async fn told(world: &World) -> Vec<String> {
    told_by(world, &world.social).await
}

async fn told_by(world: &World, node: &Social) -> Vec<String> {
    node.presence().settle().await.unwrap();
    let news = world.ear.news().into_iter();
    news.map(|(line, heard_by)| {
        assert_eq!(heard_by, 1, "{line}");
        line
    })
    .collect()
}

/// The same, after a while in which the node did what it does regularly.
async fn told_after(world: &World, time: Duration) -> Vec<String> {
    let mut left = time;
    while left > REFRESH {
        world.pass(REFRESH);
        world.social.presence().refresh().await.unwrap();
        left -= REFRESH;
    }
    world.pass(left);
    world.social.presence().refresh().await.unwrap();
    told(world).await
}

pub(crate) async fn status_of(world: &World, viewer: &Actor, friend: &Actor) -> Presence {
    let snapshot = world.social.presence().snapshot(viewer.user).await.unwrap();
    let line = snapshot
        .friends
        .iter()
        .find(|one| one.user_id == friend.user);
    let listed = world.social.friends(viewer, PAGE).await.unwrap();
    let friend = listed
        .items
        .iter()
        .find(|one| one.id == friend.user)
        .unwrap();
    assert_eq!(friend.status, line.unwrap().status);
    assert_eq!(friend.is_online, friend.status.is_online());
    friend.status
}

#[tokio::test]
async fn friends_hear_of_the_first_tab_and_the_last_alone() {
    for world in each_registry().await {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Offline);
        let first = presence.connect(ada.user, ada.session);
        assert_eq!(told(&world).await, ["user_online ada online"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Online);
        let second = presence.connect(ada.user, ada.session);
        assert_eq!(told(&world).await, [""; 0]);
        first.close(DisconnectReason::SignedOut);
        assert_eq!(told(&world).await, [""; 0]);
        second.close(DisconnectReason::SignedOut);
        assert_eq!(told(&world).await, ["user_offline ada offline"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Offline);
    }
}

#[tokio::test]
async fn who_is_lost_stays_for_a_while_and_may_come_back() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        let tab = presence.connect(ada.user, ada.session);
        told(&world).await;
        drop(tab);
        assert_eq!(told(&world).await, [""; 0]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Online);
        world.pass(GRACE - Duration::from_micros(1));
        assert_eq!(told(&world).await, [""; 0]);
        let again = presence.connect(ada.user, ada.session);
        assert_eq!(told(&world).await, [""; 0]);
        world.pass(GRACE);
        assert_eq!(told(&world).await, [""; 0], "the new tab is there");

        again.close(DisconnectReason::Lost);
        told(&world).await;
        world.pass(GRACE);
        assert_eq!(told(&world).await, ["user_offline ada offline"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Offline);
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_anybody_heard_of_it_is_never_told() {
    for world in each() {
        let (ada, _) = two_friends(&world).await;
        for leaving in [DisconnectReason::Lost, DisconnectReason::SignedOut] {
            let tab = world.social.presence().connect(ada.user, ada.session);
            tab.close(leaving);
            assert_eq!(told(&world).await, [""; 0]);
        }
        assert_eq!(told_after(&world, GRACE).await, [""; 0]);
    }
}

#[tokio::test]
async fn the_quiet_are_away_and_then_gone_until_they_act() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let tab = world.social.presence().connect(ada.user, ada.session);
        told(&world).await;
        let almost = AWAY_AFTER - Duration::from_micros(1);
        assert_eq!(told_after(&world, almost).await, [""; 0]);
        let moment = Duration::from_micros(1);
        assert_eq!(told_after(&world, moment).await, ["user_status ada away"]);
        tab.acted();
        assert_eq!(told(&world).await, ["user_status ada online"]);
        assert_eq!(
            told_after(&world, AWAY_AFTER).await,
            ["user_status ada away"]
        );
        let rest = OFFLINE_AFTER - AWAY_AFTER;
        assert_eq!(told_after(&world, rest).await, ["user_offline ada offline"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Offline);
        tab.acted();
        assert_eq!(told(&world).await, ["user_online ada online"]);
    }
}

#[tokio::test]
async fn one_active_tab_is_enough() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        let (quiet, busy) = (
            presence.connect(ada.user, ada.session),
            presence.connect(ada.user, ada.session),
        );
        told(&world).await;
        told_after(&world, AWAY_AFTER - REFRESH).await;
        busy.acted();
        assert_eq!(told_after(&world, REFRESH).await, [""; 0]);
        busy.close(DisconnectReason::SignedOut);
        assert_eq!(told(&world).await, ["user_status ada away"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Away);
        drop(quiet);
    }
}

#[tokio::test]
async fn what_is_done_over_http_counts_too() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let tab = world.social.presence().connect(ada.user, ada.session);
        let both = ["user_online ada online", "user_status ada away"];
        assert_eq!(told_after(&world, AWAY_AFTER).await, both);
        assert!(world.social.presence().acted(ada.user));
        assert_eq!(told(&world).await, ["user_status ada online"]);
        assert!(
            !world.social.presence().acted(bob.user),
            "not connected here"
        );
        drop(tab);
    }
}

#[tokio::test]
async fn the_invisible_are_offline_for_others_and_not_for_themselves() {
    for world in each_registry().await {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        let tab = presence.connect(ada.user, ada.session);
        told(&world).await;
        let own = world
            .social
            .set_status(&ada, ChosenStatus::Invisible)
            .await
            .unwrap();
        assert_eq!(
            (own.status, own.presence, own.connections),
            (ChosenStatus::Invisible, Presence::Offline, 1)
        );
        let heard = world.ear.heard();
        let lines: Vec<_> = heard
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
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Offline);
        let second = presence.connect(ada.user, ada.session);
        let playing = presence.play(ada.user);
        assert_eq!(told(&world).await, [""; 0]);
        assert_eq!(world.social.status(&ada).await.unwrap().connections, 2);
        drop((playing, second, tab));
        world
            .social
            .set_status(&ada, ChosenStatus::Online)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn who_uses_a_tab_is_active_also_where_they_hide_it() {
    for world in each_registry().await {
        let (ada, _) = two_friends(&world).await;
        let presence = world.social.presence();
        assert!(!presence.is_active(ada.user).await.unwrap());
        let wanted = ChosenStatus::Invisible;
        world.social.set_status(&ada, wanted).await.unwrap();
        let tab = presence.connect(ada.user, ada.session);
        told(&world).await;
        assert!(presence.is_active(ada.user).await.unwrap());
        told_after(&world, AWAY_AFTER).await;
        assert!(
            !presence.is_active(ada.user).await.unwrap(),
            "the tab is idle"
        );
        tab.acted();
        told(&world).await;
        assert!(presence.is_active(ada.user).await.unwrap());
        tab.close(DisconnectReason::SignedOut);
        told(&world).await;
        assert!(!presence.is_active(ada.user).await.unwrap());
    }
}

#[tokio::test]
async fn a_choice_lasts_and_shows_at_the_next_visit() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        assert_eq!(
            world.social.status(&ada).await.unwrap().status,
            ChosenStatus::Online
        );
        for wanted in [ChosenStatus::Invisible, ChosenStatus::Away] {
            world.social.set_status(&ada, wanted).await.unwrap();
        }
        world.ear.heard();
        let tab = world.social.presence().connect(ada.user, ada.session);
        assert_eq!(told(&world).await, ["user_online ada away"]);
        world
            .social
            .set_status(&ada, ChosenStatus::Online)
            .await
            .unwrap();
        let news: Vec<_> = world.ear.news().into_iter().map(|(line, _)| line).collect();
        assert_eq!(news, ["own_status  online", "user_status ada online"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Online);
        drop(tab);
    }
}

#[tokio::test]
async fn a_match_shows_while_it_lasts() {
    for world in each_registry().await {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        let tab = presence.connect(ada.user, ada.session);
        told(&world).await;
        let playing = presence.play(ada.user);
        assert_eq!(told(&world).await, ["user_status ada in_match"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::InMatch);
        let busy = presence.playing(&[bob.user, ada.user]).await.unwrap();
        assert_eq!(busy, [ada.user]);
        drop(playing);
        assert_eq!(told(&world).await, ["user_status ada online"]);
        assert!(presence.playing(&[ada.user]).await.unwrap().is_empty());
        drop(tab);
    }
}

#[tokio::test]
async fn one_can_say_that_one_is_off() {
    for world in each() {
        let (ada, _) = two_friends(&world).await;
        let tab = world.social.presence().connect(ada.user, ada.session);
        told(&world).await;
        tab.announce(false);
        assert_eq!(told(&world).await, ["user_offline ada offline"]);
        tab.acted();
        tab.announce(false);
        assert_eq!(told_after(&world, REFRESH).await, [""; 0], "said is said");
        tab.announce(true);
        assert_eq!(told(&world).await, ["user_online ada online"]);
        tab.announce(true);
        assert_eq!(told(&world).await, [""; 0]);
    }
}

#[tokio::test]
async fn who_keeps_presence_private_is_told_of_no_more() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        let tab = presence.connect(ada.user, ada.session);
        told(&world).await;
        world.set(&ada, |ada| ada.shows_presence = false);
        presence.recompute(&[ada.user]);
        assert_eq!(told(&world).await, ["user_offline ada offline"]);
        assert_eq!(status_of(&world, &bob, &ada).await, Presence::Offline);
        let playing = presence.play(ada.user);
        assert_eq!(told(&world).await, [""; 0]);
        drop(playing);
        world.set(&ada, |ada| ada.shows_presence = true);
        presence.recompute(&[ada.user]);
        assert_eq!(told(&world).await, ["user_online ada online"]);
        drop(tab);
    }
}

#[tokio::test]
async fn only_friends_hear_and_see() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let cat = world.person("cat");
        let presence = world.social.presence();
        let tab = presence.connect(ada.user, ada.session);
        presence.settle().await.unwrap();
        let heard = world.ear.heard();
        assert_eq!(heard[0].0, [bob.user]);
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

        world.social.block(&bob, "ada").await.unwrap();
        tab.close(DisconnectReason::SignedOut);
        presence.settle().await.unwrap();
        assert_eq!(world.ear.heard(), []);
    }
}

#[tokio::test]
async fn new_friends_see_each_other_at_once() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let tab = world.social.presence().connect(ada.user, ada.session);
        world.social.presence().settle().await.unwrap();
        world.social.ask(&ada, "bob").await.unwrap();
        world.social.ask(&bob, "ada").await.unwrap();
        let heard = world.ear.heard();
        assert_eq!(heard.len(), 1, "bob is not here");
        assert_eq!(
            (&heard[0].0[..], heard[0].1),
            (&[bob.user][..], "user_online")
        );
        assert_eq!(heard[0].2["username"], "ada");
        drop(tab);
    }
}

#[tokio::test]
async fn connections_are_counted_by_session_as_long_as_they_are_open() {
    for world in each_registry().await {
        let (ada, _) = two_friends(&world).await;
        let (presence, other) = (world.social.presence(), world.another_node());
        let phone = world.store.env().id();
        let tabs = [
            presence.connect(ada.user, ada.session),
            other.presence().connect(ada.user, ada.session),
            presence.connect(ada.user, phone),
        ];
        for node in [presence, other.presence()] {
            node.settle().await.unwrap();
        }
        let counts = presence.connections(&ada).await.unwrap();
        assert_eq!(counts, HashMap::from([(ada.session, 2), (phone, 1)]));
        drop(tabs);
        for node in [presence, other.presence()] {
            node.settle().await.unwrap();
        }
        assert!(presence.connections(&ada).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_people_do_is_passed_on_once_a_minute() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let presence = world.social.presence();
        let tabs = [&ada, &bob].map(|who| presence.connect(who.user, who.session));
        told_after(&world, Duration::from_secs(59)).await;
        assert_eq!(*world.town.active.lock().unwrap(), []);
        told_after(&world, Duration::from_secs(1)).await;
        let mut active = std::mem::take(&mut *world.town.active.lock().unwrap());
        active.sort();
        assert_eq!(active, [ada.user, bob.user]);
        tabs[1].acted();
        told_after(&world, Duration::from_secs(60)).await;
        assert_eq!(*world.town.active.lock().unwrap(), [bob.user]);
    }
}

#[tokio::test]
async fn a_thousand_friends_are_told_with_one_message_and_seen_in_one_look() {
    let world = each().next().unwrap();
    let ada = world.person("ada");
    let friends: Vec<Actor> = (0..1_000).map(|n| world.person(&format!("p{n}"))).collect();
    crate::friends::make_all_friends(&world, &ada, &friends).await;
    let presence = world.social.presence();
    let tabs: Vec<_> = [&ada]
        .into_iter()
        .chain(friends.iter().step_by(2))
        .map(|who| presence.connect(who.user, who.session))
        .collect();
    presence.settle().await.unwrap();
    let news = world.ear.news();
    let heard_by = |name: &str| news.iter().find(|(line, _)| line == name).unwrap().1;
    assert_eq!(heard_by("user_online ada online"), 1_000);
    assert_eq!(news.len(), 501, "one message for each who came");
    let snapshot = presence.snapshot(ada.user).await.unwrap();
    let online = snapshot.friends.iter().filter(|one| one.status.is_online());
    assert_eq!((snapshot.friends.len(), online.count()), (1_000, 500));
    drop(tabs);
}

#[tokio::test]
async fn the_task_of_a_node_tells_as_things_happen() {
    for world in each() {
        let (ada, _) = two_friends(&world).await;
        let presence = world.social.presence();
        let task = tokio::spawn(presence.clone().run());
        let tab = presence.connect(ada.user, ada.session);
        wait_for(&world, "user_online ada online").await;
        tab.close(DisconnectReason::SignedOut);
        wait_for(&world, "user_offline ada offline").await;
        task.abort();
    }
}

async fn wait_for(world: &World, expected: &str) {
    for _ in 0..12_000 {
        if world.ear.news().iter().any(|(line, _)| line == expected) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never told: {expected}");
}
