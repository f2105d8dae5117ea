use contract::social::{AddNewFriend, Asked};

use crate::world::{PAGE, code, each};

#[tokio::test]
async fn a_block_ends_friendship_and_hides_both_from_each_other() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        world.befriend(&ada, "ada", &bob, "bob").await;
        let block = world.social.block(&ada, "bob").await.unwrap();
        assert_eq!(block.user.username, "bob");
        for who in [&ada, &bob] {
            assert_eq!(world.social.friends(who, PAGE).await.unwrap().total, 0);
            let names = world.event_names(who).await;
            assert!(names.contains(&"friend_removed".to_owned()));
            assert!(names.contains(&"blocks_changed".to_owned()));
        }
        for (one, other) in [(&ada, &bob), (&bob, &ada)] {
            assert!(
                world
                    .social
                    .blocked_either_way(one.user, other.user)
                    .await
                    .unwrap()
            );
            let hidden = world.social.hidden_from(one.user).await.unwrap();
            assert_eq!(hidden, [other.user].into());
        }
        assert_eq!(
            code(world.social.ask(&bob, "ada").await),
            "users.not_found",
            "the blocked one is told nothing"
        );
        assert_eq!(
            code(world.social.ask(&ada, "bob").await),
            "friends.you_blocked_them"
        );
        let told: Vec<_> = world.event_names(&bob).await;
        assert!(!told.contains(&"user_blocked".to_owned()));
        world.social.block(&ada, "bob").await.unwrap();
        assert_eq!(
            *world.town.parted.lock().unwrap(),
            [(ada.user, bob.user)],
            "the other rooms hear of it once"
        );
    }
}

#[tokio::test]
async fn a_block_ends_a_request_whichever_way_it_goes() {
    for world in each() {
        for (round, from_me) in [(0, true), (1, false)] {
            let names = [format!("ada{round}"), format!("bob{round}")];
            let [ada, bob] = names.each_ref().map(|name| world.person(name));
            let asked = if from_me {
                world.social.ask(&ada, &names[1]).await
            } else {
                world.social.ask(&bob, &names[0]).await
            };
            let Asked::Requested { request } = asked.unwrap() else {
                panic!("not a request")
            };
            world.social.block(&ada, &names[1]).await.unwrap();
            for who in [&ada, &bob] {
                assert_eq!(
                    code(world.social.accept(who, request.id).await),
                    "friends.request_not_found"
                );
                let names = world.event_names(who).await;
                assert!(names.contains(&"friend_request_removed".to_owned()));
            }
        }
    }
}

#[tokio::test]
async fn blocking_twice_is_blocking_once_and_unblocking_lets_people_meet_again() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let (one, other) = tokio::join!(
            world.social.block(&ada, "bob"),
            world.social.block(&ada, "bob")
        );
        assert_eq!(one.unwrap(), other.unwrap());
        let list = world.social.blocks(&ada, PAGE).await.unwrap();
        assert_eq!((list.items.len(), list.total), (1, 1));
        assert_eq!(world.event_names(&bob).await, ["blocks_changed"]);

        assert_eq!(
            code(world.social.unblock(&bob, "ada").await),
            "blocks.not_blocked",
            "only the one who blocked"
        );
        world.social.unblock(&ada, "bob").await.unwrap();
        assert_eq!(
            code(world.social.unblock(&ada, "bob").await),
            "blocks.not_blocked"
        );
        assert!(world.social.hidden_from(bob.user).await.unwrap().is_empty());
        world.social.ask(&bob, "ada").await.unwrap();
    }
}

#[tokio::test]
async fn whom_both_have_blocked_stays_hidden_until_both_unblock() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        world.social.block(&ada, "bob").await.unwrap();
        world.social.block(&bob, "ada").await.unwrap();
        world.social.unblock(&ada, "bob").await.unwrap();
        assert!(
            world
                .social
                .blocked_either_way(ada.user, bob.user)
                .await
                .unwrap()
        );
        assert_eq!(code(world.social.ask(&ada, "bob").await), "users.not_found");
    }
}

#[tokio::test]
async fn a_block_that_meets_a_friendship_wins() {
    for world in each() {
        for round in 0..10 {
            let names = [format!("ada{round}"), format!("bob{round}")];
            let [ada, bob] = names.each_ref().map(|name| world.person(name));
            let Asked::Requested { request } = world.social.ask(&ada, &names[1]).await.unwrap()
            else {
                panic!("not a request")
            };
            let (accepted, blocked) = tokio::join!(
                world.social.accept(&bob, request.id),
                world.social.block(&ada, &names[1])
            );
            blocked.unwrap();
            if let Err(error) = accepted {
                assert_eq!(error.code().name, "friends.request_not_found");
            }
            assert!(!world.social.are_friends(ada.user, bob.user).await.unwrap());
        }
    }
}

#[tokio::test]
async fn nobody_blocks_themselves_or_nobody() {
    for world in each() {
        let ada = world.person("ada");
        assert_eq!(code(world.social.block(&ada, "ada").await), "users.oneself");
        assert_eq!(
            code(world.social.block(&ada, "nobody").await),
            "users.not_found"
        );
    }
}

#[tokio::test]
async fn the_blocked_and_the_unknown_get_the_same_refusals() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        world.social.block(&ada, "bob").await.unwrap();
        for name in ["ada", "nobody"] {
            let social = &world.social;
            let refusals = [
                code(social.ask(&bob, name).await),
                code(social.unfriend(&bob, name).await),
                code(social.unblock(&bob, name).await),
            ];
            let same = [
                "users.not_found",
                "friends.not_friends",
                "blocks.not_blocked",
            ];
            assert_eq!(refusals, same, "{name}");
        }
        for receiver_id in [ada.user, world.store.env().id()] {
            let wanted = AddNewFriend {
                sender_id: bob.user,
                receiver_id,
            };
            let refused = code(world.social.add_new_friend(&bob, wanted).await);
            assert_eq!(refused, "users.not_found");
        }
        // Whoever was blocked can shut the other out as well, and learns nothing by it afterwards.
        world.social.block(&bob, "ada").await.unwrap();
        let both = code(world.social.ask(&bob, "ada").await);
        assert_eq!(both, "friends.you_blocked_them");
        world.social.unblock(&ada, "bob").await.unwrap();
        assert_eq!(code(world.social.ask(&bob, "ada").await), both);
    }
}
