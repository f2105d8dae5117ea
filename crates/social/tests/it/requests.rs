use std::time::Duration;

use contract::notify::Action;
use contract::social::{AddNewFriend, Asked, Direction, FriendRequest};
use futures_util::future::join_all;
use kernel::{Actor, ErrorKind, PageRequest};
use social::rules::request_policy::PAUSE_AFTER_DECLINE;

use crate::world::{PAGE, World, code, each};

async fn pending(world: &World, who: &Actor, direction: Direction) -> Vec<FriendRequest> {
    let page = world.social.requests(who, direction, PAGE).await.unwrap();
    assert_eq!(page.total, i64::try_from(page.items.len()).unwrap());
    page.items
}

async fn ask(world: &World, who: &Actor, name: &str) -> FriendRequest {
    match world.social.ask(who, name).await.unwrap() {
        Asked::Requested { request } => request,
        Asked::Friends { .. } => panic!("friends at once"),
    }
}

async fn friends_of(world: &World, who: &Actor) -> Vec<String> {
    let page = world.social.friends(who, PAGE).await.unwrap();
    page.items.into_iter().map(|one| one.username).collect()
}

#[tokio::test]
async fn a_request_is_seen_from_both_sides_and_accepted() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let request = ask(&world, &ada, "bob").await;
        assert_eq!(
            (request.direction, &*request.user.username),
            (Direction::Outgoing, "bob")
        );
        let incoming = pending(&world, &bob, Direction::Incoming).await;
        assert_eq!(incoming.len(), 1);
        assert_eq!(
            (incoming[0].id, &*incoming[0].user.username),
            (request.id, "ada")
        );
        assert_eq!(
            pending(&world, &ada, Direction::Outgoing).await,
            std::slice::from_ref(&request)
        );
        assert_eq!(pending(&world, &ada, Direction::Incoming).await, []);

        let friend = world.social.accept(&bob, request.id).await.unwrap();
        assert_eq!((&*friend.username, friend.is_online), ("ada", false));
        assert_eq!(friends_of(&world, &ada).await, ["bob"]);
        assert_eq!(friends_of(&world, &bob).await, ["ada"]);
        assert_eq!(pending(&world, &bob, Direction::Incoming).await, []);
        assert!(world.social.are_friends(ada.user, bob.user).await.unwrap());
    }
}

#[tokio::test]
async fn both_hear_each_step_and_the_other_one_is_notified() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let request = ask(&world, &ada, "bob").await;
        world.social.accept(&bob, request.id).await.unwrap();
        let (to_ada, to_bob) = (world.events(&ada).await, world.events(&bob).await);
        for events in [&to_ada, &to_bob] {
            let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["friend_request", "new_friend"]);
            for (_, data) in events {
                assert_eq!(data["sender_id"], ada.user.to_string());
                assert_eq!(data["receiver_id"], bob.user.to_string());
            }
        }
        assert_eq!(to_ada[0].1["direction"], "outgoing");
        assert_eq!(to_bob[0].1["direction"], "incoming");
        assert_eq!(to_bob[0].1["user"]["username"], "ada");
        assert_eq!(to_ada[1].1["user"]["username"], "bob");

        let told = world.notifications().await;
        let told: Vec<_> = told.iter().map(|one| (one.user_id, one.action)).collect();
        assert_eq!(
            told,
            [
                (bob.user, Action::FriendRequest),
                (ada.user, Action::NewFriend)
            ]
        );
    }
}

#[tokio::test]
async fn asking_again_is_asking_once() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let asks = (0..20).map(|_| world.social.ask(&ada, "bob"));
        let mut ids = Vec::new();
        for asked in join_all(asks).await {
            match asked.unwrap() {
                Asked::Requested { request } => ids.push(request.id),
                Asked::Friends { .. } => panic!("nobody accepted"),
            }
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!(pending(&world, &bob, Direction::Incoming).await.len(), 1);
        assert_eq!(world.event_names(&bob).await, ["friend_request"]);
        assert_eq!(world.notifications().await.len(), 1);
    }
}

#[tokio::test]
async fn two_requests_that_meet_make_one_friendship() {
    for world in each() {
        for round in 0..10 {
            let names = [format!("ada{round}"), format!("bob{round}")];
            let [ada, bob] = names.each_ref().map(|name| world.person(name));
            let (one, other) = tokio::join!(
                world.social.ask(&ada, &names[1]),
                world.social.ask(&bob, &names[0])
            );
            let made = [one.unwrap(), other.unwrap()];
            let friends = made
                .iter()
                .filter(|one| matches!(one, Asked::Friends { .. }));
            assert_eq!(friends.count(), 1, "the second one completes the first");
            for who in [&ada, &bob] {
                assert_eq!(friends_of(&world, who).await.len(), 1);
                assert_eq!(pending(&world, who, Direction::Incoming).await, []);
                let names = world.event_names(who).await;
                assert_eq!(names, ["friend_request", "new_friend"]);
            }
        }
    }
}

#[tokio::test]
async fn a_request_ends_once_whatever_meets() {
    for world in each() {
        for round in 0..10 {
            let names = [format!("ada{round}"), format!("bob{round}")];
            let [ada, bob] = names.each_ref().map(|name| world.person(name));
            let id = ask(&world, &ada, &names[1]).await.id;
            let (accepted, declined, canceled) = tokio::join!(
                world.social.accept(&bob, id),
                world.social.decline(&bob, id),
                world.social.cancel(&ada, id)
            );
            let ended = [accepted.is_ok(), declined.is_ok(), canceled.is_ok()];
            assert_eq!(ended.iter().filter(|ok| **ok).count(), 1, "{ended:?}");
            let friends = world.social.are_friends(ada.user, bob.user).await.unwrap();
            assert_eq!(friends, accepted.is_ok());
            assert_eq!(world.events(&bob).await.len(), 2);
        }
    }
}

#[tokio::test]
async fn a_decline_is_quiet_and_holds_for_a_while() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let request = ask(&world, &ada, "bob").await;
        world.social.decline(&bob, request.id).await.unwrap();
        for who in [&ada, &bob] {
            assert_eq!(
                world.event_names(who).await,
                ["friend_request", "friend_request_removed"]
            );
        }
        assert_eq!(world.notifications().await.len(), 1, "only of the request");
        let again = world.social.ask(&ada, "bob").await.unwrap_err();
        assert_eq!(again.code().name, "friends.declined_recently");
        assert_eq!(
            again.code().kind,
            ErrorKind::Conflict,
            "a state, not a rate"
        );
        assert_eq!(again.retry_delay(), Some(PAUSE_AFTER_DECLINE));
        world.pass(PAUSE_AFTER_DECLINE);
        ask(&world, &ada, "bob").await;
    }
}

#[tokio::test]
async fn who_declined_may_ask_and_then_all_is_forgotten() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let request = ask(&world, &ada, "bob").await;
        world.social.decline(&bob, request.id).await.unwrap();
        let back = ask(&world, &bob, "ada").await;
        world.social.accept(&ada, back.id).await.unwrap();
        world.social.unfriend(&ada, "bob").await.unwrap();
        ask(&world, &ada, "bob").await;
    }
}

#[tokio::test]
async fn a_request_taken_back_leaves_nothing() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let request = ask(&world, &ada, "bob").await;
        world.social.cancel(&ada, request.id).await.unwrap();
        assert_eq!(pending(&world, &bob, Direction::Incoming).await, []);
        assert_eq!(
            code(world.social.accept(&bob, request.id).await),
            "friends.request_not_found"
        );
        ask(&world, &ada, "bob").await;
    }
}

#[tokio::test]
async fn requests_of_others_are_not_there() {
    for world in each() {
        let (ada, bob, eve) = (
            world.person("ada"),
            world.person("bob"),
            world.person("eve"),
        );
        let id = ask(&world, &ada, "bob").await.id;
        let missing = "friends.request_not_found";
        assert_eq!(code(world.social.accept(&ada, id).await), missing);
        assert_eq!(code(world.social.decline(&ada, id).await), missing);
        assert_eq!(code(world.social.cancel(&bob, id).await), missing);
        assert_eq!(code(world.social.accept(&eve, id).await), missing);
        assert_eq!(code(world.social.decline(&eve, id).await), missing);
        assert_eq!(code(world.social.cancel(&eve, id).await), missing);
        let nothing = world.store.env().id();
        assert_eq!(code(world.social.accept(&ada, nothing).await), missing);
        assert_eq!(pending(&world, &bob, Direction::Incoming).await.len(), 1);
    }
}

#[tokio::test]
async fn who_cannot_be_asked_is_not_asked() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let ask = |name: &'static str| world.social.ask(&ada, name);
        assert_eq!(code(ask("nobody").await), "users.not_found");
        assert_eq!(code(ask("ada").await), "users.oneself");
        world.set(&bob, |bob| bob.takes_requests = false);
        assert_eq!(code(ask("bob").await), "friends.requests_not_welcome");
        world.set(&bob, |bob| bob.takes_requests = true);
        world.befriend(&ada, "ada", &bob, "bob").await;
        assert_eq!(code(ask("bob").await), "friends.already_friends");
        assert_eq!(world.social.friends(&bob, PAGE).await.unwrap().total, 1);
    }
}

#[tokio::test]
async fn the_action_speaks_for_oneself_alone() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let action = |sender_id, receiver_id| AddNewFriend {
            sender_id,
            receiver_id,
        };
        let add = |wanted| world.social.add_new_friend(&ada, wanted);
        let forged = add(action(bob.user, ada.user)).await;
        assert_eq!(code(forged), "friends.not_yourself");
        let alone = add(action(ada.user, ada.user)).await;
        assert_eq!(code(alone), "users.oneself");
        let nobody = add(action(ada.user, world.store.env().id())).await;
        assert_eq!(code(nobody), "users.not_found");
        let asked = add(action(ada.user, bob.user)).await.unwrap();
        assert!(matches!(asked, Asked::Requested { .. }));
        let completed = world
            .social
            .add_new_friend(&bob, action(bob.user, ada.user));
        assert!(matches!(completed.await.unwrap(), Asked::Friends { .. }));
    }
}

#[tokio::test]
async fn open_requests_are_bounded_also_when_they_meet() {
    for world in each() {
        let ada = world.person("ada");
        let names: Vec<String> = (0..110).map(|n| format!("p{n}")).collect();
        for name in &names {
            world.person(name);
        }
        let asks = names.iter().map(|name| world.social.ask(&ada, name));
        let refused: Vec<_> = join_all(asks)
            .await
            .into_iter()
            .filter_map(Result::err)
            .collect();
        assert_eq!(refused.len(), 10);
        let code = refused[0].code().name;
        assert_eq!(code, "friends.too_many_open_requests");
        let page = PageRequest {
            limit: 30,
            offset: 90,
        };
        let outgoing = world.social.requests(&ada, Direction::Outgoing, page);
        let outgoing = outgoing.await.unwrap();
        assert_eq!((outgoing.items.len(), outgoing.total), (10, 100));
    }
}

#[tokio::test]
async fn requests_come_newest_first() {
    for world in each() {
        let bob = world.person("bob");
        for name in ["ada", "cat", "dan"] {
            let who = world.person(name);
            ask(&world, &who, "bob").await;
            world.pass(Duration::from_secs(1));
        }
        let incoming = pending(&world, &bob, Direction::Incoming).await;
        let names: Vec<_> = incoming.iter().map(|one| &*one.user.username).collect();
        assert_eq!(names, ["dan", "cat", "ada"]);
    }
}

#[tokio::test]
async fn whichever_way_a_request_ends_its_notification_is_dealt_with() {
    for world in each() {
        let bob = world.person("bob");
        let mut keys = vec![];
        for (n, name) in ["ada", "cat", "dan", "eve", "fay"].into_iter().enumerate() {
            let other = world.person(name);
            let request = ask(&world, &other, "bob").await;
            keys.push((bob.user, format!("friend_request:{}", request.id)));
            match n {
                0 => drop(world.social.accept(&bob, request.id).await.unwrap()),
                1 => world.social.decline(&bob, request.id).await.unwrap(),
                2 => world.social.cancel(&other, request.id).await.unwrap(),
                3 => drop(world.social.block(&bob, name).await.unwrap()),
                _ => world.social.forget(other.user).await.unwrap(),
            }
            keys.sort();
            assert_eq!(world.settled().await, keys, "{name}");
        }
        let gus = world.person("gus");
        let request = ask(&world, &gus, "bob").await;
        assert_eq!(world.settled().await, keys, "this one waits");
        world.social.ask(&bob, "gus").await.unwrap();
        let key = (bob.user, format!("friend_request:{}", request.id));
        assert!(world.settled().await.contains(&key));
    }
}

#[tokio::test]
async fn prune_forgets_requests_that_ended_long_ago_and_those_alone() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let day = Duration::from_secs(24 * 3_600);
        let old = ask(&world, &ada, "bob").await.id;
        world.social.decline(&bob, old).await.unwrap();
        world.pass(30 * day);
        assert_eq!(world.social.prune().await.unwrap(), 1, "who said no");
        world.social.decline(&bob, old).await.unwrap();
        let new = ask(&world, &ada, "bob").await.id;
        world.social.decline(&bob, new).await.unwrap();
        world.pass(Duration::from_secs(1));
        assert_eq!(world.social.prune().await.unwrap(), 1);
        world.social.decline(&bob, old).await.unwrap_err();
        world.social.decline(&bob, new).await.unwrap();
    }
}

#[tokio::test]
async fn accept_request_is_idempotent() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let id = ask(&world, &ada, "bob").await.id;
        let accepts = join_all((0..8).map(|_| world.social.accept(&bob, id))).await;
        let mut friends: Vec<_> = accepts.into_iter().map(Result::unwrap).collect();
        friends.dedup();
        assert_eq!(friends.len(), 1);
        world.pass(Duration::from_secs(60));
        assert_eq!(world.social.accept(&bob, id).await.unwrap(), friends[0]);
        let names = ["friend_request", "new_friend"];
        assert_eq!(world.event_names(&ada).await, names, "told once");
        let missing = "friends.request_not_found";
        assert_eq!(code(world.social.decline(&bob, id).await), missing);
        assert_eq!(code(world.social.cancel(&ada, id).await), missing);
        assert_eq!(code(world.social.accept(&ada, id).await), missing);
        world.social.unfriend(&ada, "bob").await.unwrap();
        assert_eq!(code(world.social.accept(&bob, id).await), missing);
    }
}

#[tokio::test]
async fn accept_request_that_was_met_by_another_is_idempotent() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let id = ask(&world, &ada, "bob").await.id;
        let Asked::Friends { friend } = world.social.ask(&bob, "ada").await.unwrap() else {
            panic!("they wanted each other")
        };
        assert_eq!(world.social.accept(&bob, id).await.unwrap(), friend);
    }
}

#[tokio::test]
async fn decline_and_cancel_request_are_idempotent() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let missing = "friends.request_not_found";
        let id = ask(&world, &ada, "bob").await.id;
        let cancels = join_all((0..8).map(|_| world.social.cancel(&ada, id))).await;
        assert!(cancels.iter().all(Result::is_ok), "{cancels:?}");
        assert_eq!(code(world.social.decline(&bob, id).await), missing);
        let id = ask(&world, &ada, "bob").await.id;
        let declines = join_all((0..8).map(|_| world.social.decline(&bob, id))).await;
        assert!(declines.iter().all(Result::is_ok), "{declines:?}");
        assert_eq!(code(world.social.cancel(&ada, id).await), missing);
        assert_eq!(code(world.social.accept(&bob, id).await), missing);
        let names = ["friend_request", "friend_request_removed"].repeat(2);
        assert_eq!(world.event_names(&ada).await, names);
    }
}

#[tokio::test]
async fn accept_request_succeeds_while_presence_fails_and_heals_afterwards() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let presence = world.social.presence();
        let _tabs = [&ada, &bob].map(|who| presence.connect(who.user, who.session));
        presence.settle().await.unwrap();
        let id = ask(&world, &ada, "bob").await.id;
        world.break_registry(true);
        let friend = world.social.accept(&bob, id).await.unwrap();
        assert_eq!((&*friend.username, friend.is_online), ("ada", false));
        assert_eq!(world.ear.news(), []);
        world.break_registry(false);
        presence.settle().await.unwrap();
        let mut news = world.ear.news();
        news.sort();
        let told = ["user_online ada online", "user_online bob online"];
        assert_eq!(news, told.map(|line| (line.to_owned(), 1)));
    }
}

#[tokio::test]
async fn accept_request_and_block_that_meet_leave_neither_friends_nor_requests() {
    for world in each() {
        for round in 0..10 {
            let names = [format!("ada{round}"), format!("bob{round}")];
            let [ada, bob] = names.each_ref().map(|name| world.person(name));
            let id = ask(&world, &ada, &names[1]).await.id;
            let (blocked, _, _) = tokio::join!(
                world.social.block(&ada, &names[1]),
                world.social.accept(&bob, id),
                world.social.ask(&bob, &names[0])
            );
            blocked.unwrap();
            assert!(!world.social.are_friends(ada.user, bob.user).await.unwrap());
            for who in [&ada, &bob] {
                assert_eq!(pending(&world, who, Direction::Incoming).await, []);
                assert_eq!(pending(&world, who, Direction::Outgoing).await, []);
            }
            let missing = "friends.request_not_found";
            assert_eq!(code(world.social.accept(&bob, id).await), missing);
        }
    }
}
