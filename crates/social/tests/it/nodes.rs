//! Several nodes, and those that die.

use std::time::Duration;

use contract::social::Presence;
use kernel::Actor;
use social::presence::{REFRESH, TTL};
use social::{DisconnectReason, Social};

use crate::world::{World, each, each_registry};

async fn two_friends(world: &World) -> (Actor, Actor) {
    let (ada, bob) = (world.person("ada"), world.person("bob"));
    world.befriend(&ada, "ada", &bob, "bob").await;
    (ada, bob)
}

fn news(world: &World) -> Vec<String> {
    world.ear.news().into_iter().map(|(line, _)| line).collect()
}

async fn seen(node: &Social, viewer: &Actor) -> Presence {
    let snapshot = node.presence().snapshot(viewer.user).await.unwrap();
    snapshot.friends[0].status
}

/// Lets time pass while these nodes live.
async fn live(world: &World, nodes: &[&Social], time: Duration) {
    let mut left = time;
    while !left.is_zero() {
        let step = left.min(REFRESH);
        world.pass(step);
        for node in nodes {
            node.presence().refresh().await.unwrap();
        }
        left -= step;
    }
}

#[tokio::test]
async fn all_nodes_see_the_same_and_tell_once() {
    for world in each_registry().await {
        let (ada, bob) = two_friends(&world).await;
        let (one, other) = (&world.social, &world.another_node());
        let first = one.presence().connect(ada.user, ada.session);
        one.presence().settle().await.unwrap();
        let second = other.presence().connect(ada.user, ada.session);
        other.presence().settle().await.unwrap();
        assert_eq!(news(&world), ["user_online ada online"]);
        assert_eq!(seen(other, &bob).await, Presence::Online);
        first.close(DisconnectReason::SignedOut);
        one.presence().settle().await.unwrap();
        assert_eq!(seen(one, &bob).await, Presence::Online);
        second.close(DisconnectReason::SignedOut);
        other.presence().settle().await.unwrap();
        assert_eq!(news(&world), ["user_offline ada offline"]);
        assert_eq!(seen(one, &bob).await, Presence::Offline);
    }
}

#[tokio::test]
async fn last_tabs_that_close_together_on_two_nodes_are_never_missed() {
    for world in each_registry().await {
        let (ada, bob) = two_friends(&world).await;
        let (one, other) = (&world.social, &world.another_node());
        for _ in 0..20 {
            let tabs = [one, other].map(|node| node.presence().connect(ada.user, ada.session));
            one.presence().settle().await.unwrap();
            other.presence().settle().await.unwrap();
            assert!(news(&world).contains(&"user_online ada online".to_owned()));
            tabs.into_iter()
                .for_each(|tab| tab.close(DisconnectReason::SignedOut));
            let (first, second) = tokio::join!(one.presence().settle(), other.presence().settle());
            first.and(second).unwrap();
            assert!(news(&world).contains(&"user_offline ada offline".to_owned()));
            assert_eq!(seen(one, &bob).await, Presence::Offline);
        }
    }
}

#[tokio::test]
async fn connections_stay_as_long_as_their_node_lives() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let (one, other) = (&world.social, &world.another_node());
        let tab = one.presence().connect(ada.user, ada.session);
        live(&world, &[one, other], Duration::from_secs(200)).await;
        assert_eq!(news(&world), ["user_online ada online"]);
        assert_eq!(seen(other, &bob).await, Presence::Online);
        drop(tab);
    }
}

#[tokio::test]
async fn people_of_a_node_that_died_are_gone_and_friends_hear_of_it() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let cat = world.person("cat");
        world.befriend(&cat, "cat", &bob, "bob").await;
        let (dead, living) = (&world.another_node(), &world.social);
        let tabs = [&ada, &cat].map(|who| dead.presence().connect(who.user, who.session));
        live(&world, &[dead, living], REFRESH).await;
        let moved = living.presence().connect(cat.user, cat.session);
        live(&world, &[dead, living], REFRESH).await;
        news(&world);

        live(&world, &[living], TTL).await;
        assert_eq!(seen(living, &bob).await, Presence::Offline, "at the latest");
        live(&world, &[living], Duration::from_secs(25)).await;
        assert_eq!(news(&world), ["user_offline ada offline"]);
        live(&world, &[living], Duration::from_secs(200)).await;
        assert_eq!(news(&world), [""; 0], "told once, and of cat never");
        drop((tabs, moved));
    }
}

#[tokio::test]
async fn a_node_that_comes_after_looks_after_those_before_it() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let dead = &world.social;
        let tab = dead.presence().connect(ada.user, ada.session);
        live(&world, &[dead], REFRESH).await;
        news(&world);
        world.pass(Duration::from_secs(20));
        let next = &world.another_node();
        assert_eq!(seen(next, &bob).await, Presence::Online, "not known yet");
        live(&world, &[next], Duration::from_secs(40)).await;
        assert_eq!(news(&world), ["user_offline ada offline"]);
        drop(tab);
    }
}

#[tokio::test]
async fn people_of_a_node_that_ends_well_have_the_usual_grace() {
    for world in each() {
        let (ada, bob) = two_friends(&world).await;
        let (ending, staying) = (&world.another_node(), &world.social);
        let tab = ending.presence().connect(ada.user, ada.session);
        live(&world, &[ending, staying], REFRESH).await;
        news(&world);
        drop(tab);
        ending.presence().retire().await.unwrap();
        assert_eq!(seen(staying, &bob).await, Presence::Online);
        live(&world, &[staying], REFRESH).await;
        assert_eq!(news(&world), [""; 0]);
        live(&world, &[staying], REFRESH).await;
        assert_eq!(news(&world), ["user_offline ada offline"]);
    }
}

#[tokio::test]
async fn without_redis_each_node_knows_its_own_and_all_is_told_again_when_it_is_back() {
    let Some(world) = World::over_private_redis().await else {
        return;
    };
    let (ada, bob) = two_friends(&world).await;
    let presence = world.social.presence();
    let tab = presence.connect(ada.user, ada.session);
    presence.refresh().await.unwrap();
    news(&world);

    world.redis().kill();
    assert_eq!(seen(&world.social, &bob).await, Presence::Online);
    let playing = presence.play(ada.user);
    presence.settle().await.unwrap_err();
    assert_eq!(seen(&world.social, &bob).await, Presence::InMatch);
    assert_eq!(news(&world), [""; 0]);

    world.redis().restart();
    world.until_redis_answers().await;
    presence.settle().await.unwrap();
    assert_eq!(news(&world), ["user_online ada in_match"]);
    drop((playing, tab));
}

#[tokio::test]
async fn a_registry_that_forgot_everything_is_told_again() {
    let Some(world) = World::over_private_redis().await else {
        return;
    };
    let (ada, bob) = two_friends(&world).await;
    let presence = world.social.presence();
    let tab = presence.connect(ada.user, ada.session);
    presence.refresh().await.unwrap();
    presence.refresh().await.unwrap();
    assert_eq!(news(&world), ["user_online ada online"]);
    world.redis().kill();
    world.redis().restart();
    world.until_redis_answers().await;
    assert_eq!(seen(&world.social, &bob).await, Presence::Offline);
    presence.refresh().await.unwrap();
    assert_eq!(news(&world), ["user_online ada online"]);
    assert_eq!(seen(&world.social, &bob).await, Presence::Online);
    drop(tab);
}

#[tokio::test]
async fn a_node_whose_clock_is_an_hour_ahead_changes_nothing() {
    for world in each_registry().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        world.befriend(&ada, "ada", &bob, "bob").await;
        let ahead = world.node_ahead(Duration::from_secs(3_600));
        let _here = world.social.presence().connect(ada.user, ada.session);
        let _there = ahead.presence().connect(bob.user, bob.session);
        for node in [&world.social, &ahead] {
            node.presence().refresh().await.unwrap();
        }
        let mut heard = world.ear.news();
        heard.sort();
        let came = ["user_online ada online", "user_online bob online"];
        assert_eq!(heard, came.map(|line| (line.to_owned(), 1)));
        for _ in 0..3 {
            for node in [&ahead, &world.social] {
                node.presence().refresh().await.unwrap();
                let seen = node.presence().snapshot(ada.user).await.unwrap();
                assert_eq!(seen.friends[0].status, Presence::Online);
            }
        }
        assert_eq!(world.ear.news(), [], "neither takes the other for dead");
    }
}
