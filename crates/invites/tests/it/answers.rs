use contract::invites::{InviteStatus, ReplyGameInvite};
use futures_util::future::join_all;
use invites::ports::Relation;

use crate::world::{PAGE, code, each};

fn reply(username: &str, accept: bool) -> ReplyGameInvite {
    ReplyGameInvite {
        username: Some(username.to_owned()),
        id: None,
        accept,
    }
}

#[tokio::test]
async fn one_match_comes_of_an_accepted_invite_and_both_hear_of_it() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let invite = world.invite(&ada, "bob").await;
        let accepted = world.invites.accept(&bob, invite.id).await.unwrap();
        let id = accepted.match_id.unwrap();
        assert_eq!(accepted.status, InviteStatus::Accepted);
        assert!(accepted.answered_at.is_some());
        assert_eq!(world.matches().await, [id]);
        for (who, other, first) in [
            (&ada, "bob", "game_invite_sent"),
            (&bob, "ada", "game_invite"),
        ] {
            let events = world.events(who).await;
            let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, [first, "game_accepted", "game_found"]);
            assert_eq!(events[1].1["username"], other);
            assert_eq!(events[1].1["match_id"], id.to_string());
            assert_eq!(events[2].1["match_id"], id.to_string());
            assert_eq!(events[2].1["opponent"]["username"], other);
        }
    }
}

#[tokio::test]
async fn accepting_again_gives_the_same_match_however_many_meet() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let invite = world.invite(&ada, "bob").await;
        let accepts = (0..16).map(|_| world.invites.accept(&bob, invite.id));
        let answers: Vec<_> = join_all(accepts)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(world.matches().await, [answers[0].match_id.unwrap()]);
        let by_name = world.invites.reply(&bob, reply("ada", true)).await.unwrap();
        assert_eq!(by_name, answers[0]);
        assert_eq!(world.event_names(&ada).await.len(), 3, "told once");
    }
}

#[tokio::test]
async fn an_invite_ends_once_whatever_meets() {
    for world in each().await {
        for round in 0..10 {
            let names = [format!("ada{round}"), format!("bob{round}")];
            let [ada, bob] = names.each_ref().map(|name| world.person(name));
            let id = world.invite(&ada, &names[1]).await.id;
            let (accepted, declined, canceled) = tokio::join!(
                world.invites.accept(&bob, id),
                world.invites.decline(&bob, id),
                world.invites.cancel(&ada, id)
            );
            let ended = [accepted.is_ok(), declined.is_ok(), canceled.is_ok()];
            assert_eq!(ended.iter().filter(|ok| **ok).count(), 1, "{ended:?}");
            let now = world.invites.get(&ada, id).await.unwrap();
            assert_eq!(now.match_id.is_some(), accepted.is_ok());
            assert_eq!(world.matches().await.len(), usize::from(accepted.is_ok()));
            world.clear_tables().await;
        }
    }
}

#[tokio::test]
async fn declining_and_taking_back_are_told_to_both_and_hold() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let declined = world.invite(&ada, "bob").await.id;
        for _ in 0..2 {
            let answer = world.invites.decline(&bob, declined).await.unwrap();
            assert_eq!(answer.status, InviteStatus::Declined);
        }
        assert_eq!(
            code(world.invites.accept(&bob, declined).await),
            "invites.declined"
        );
        assert_eq!(
            code(world.invites.cancel(&ada, declined).await),
            "invites.declined"
        );

        let canceled = world.invite(&ada, "bob").await.id;
        for _ in 0..2 {
            let answer = world.invites.cancel_for(&ada, "bob").await.unwrap();
            assert_eq!(
                (answer.id, answer.status),
                (canceled, InviteStatus::Canceled)
            );
        }
        assert_eq!(
            code(world.invites.accept(&bob, canceled).await),
            "invites.canceled"
        );
        assert_eq!(
            code(world.invites.decline(&bob, canceled).await),
            "invites.canceled"
        );

        let accepted = world.invite(&ada, "bob").await.id;
        world.invites.accept(&bob, accepted).await.unwrap();
        assert_eq!(
            code(world.invites.cancel(&ada, accepted).await),
            "invites.already_accepted"
        );
        let events = world.events(&bob).await;
        let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
        let told = [
            "game_invite",
            "game_declined",
            "game_invite",
            "game_invite_canceled",
            "game_invite",
            "game_accepted",
            "game_found",
        ];
        assert_eq!(names, told);
        assert_eq!(events[3].1["reason"], "canceled");
        assert!(events[1].1.get("match_id").is_none());
    }
}

#[tokio::test]
async fn each_has_their_own_moves_and_strangers_none() {
    for world in each().await {
        let (ada, bob, eve) = (
            world.person("ada"),
            world.person("bob"),
            world.person("eve"),
        );
        let id = world.invite(&ada, "bob").await.id;
        let missing = "invites.not_found";
        assert_eq!(code(world.invites.accept(&ada, id).await), missing);
        assert_eq!(code(world.invites.decline(&ada, id).await), missing);
        assert_eq!(code(world.invites.cancel(&bob, id).await), missing);
        for result in [
            world.invites.accept(&eve, id).await,
            world.invites.decline(&eve, id).await,
            world.invites.cancel(&eve, id).await,
            world.invites.get(&eve, id).await,
            world.invites.reply(&eve, reply("ada", true)).await,
            world.invites.cancel_for(&eve, "ada").await,
            world.invites.accept(&bob, world.store.ambient().id()).await,
        ] {
            assert_eq!(code(result), missing);
        }
        let nothing = ReplyGameInvite {
            username: None,
            id: None,
            accept: true,
        };
        assert_eq!(
            code(world.invites.reply(&bob, nothing).await),
            "invalid_fields"
        );
        let by_id = ReplyGameInvite {
            username: None,
            id: Some(id),
            accept: false,
        };
        let answer = world.invites.reply(&bob, by_id).await.unwrap();
        assert_eq!(answer.status, InviteStatus::Declined);
    }
}

#[tokio::test]
async fn nothing_comes_of_it_across_a_block_or_during_a_match() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let id = world.invite(&ada, "bob").await.id;
        let accept = || world.invites.accept(&bob, id);
        world.plays(&ada, true);
        assert_eq!(code(accept().await), "invites.opponent_busy");
        world.plays(&bob, true);
        assert_eq!(code(accept().await), "invites.you_are_playing");
        world.plays(&ada, false);
        world.plays(&bob, false);
        world.relate(&ada, &bob, Relation::Blocked);
        assert_eq!(code(accept().await), "invites.not_found");
        assert_eq!(world.invites.inbox(&bob, PAGE).await.unwrap().total, 0);
        assert!(world.matches().await.is_empty());
        world.relate(&ada, &bob, Relation::Stranger);
        accept().await.unwrap();
    }
}

#[tokio::test]
async fn two_invites_that_cross_make_one_match() {
    for world in each().await {
        for round in 0..10 {
            let names = [format!("ada{round}"), format!("bob{round}")];
            let [ada, bob] = names.each_ref().map(|name| world.person(name));
            let to_bob = world.invite(&ada, &names[1]).await.id;
            let to_ada = world.invite(&bob, &names[0]).await.id;
            let (one, other) = tokio::join!(
                world.invites.accept(&bob, to_bob),
                world.invites.accept(&ada, to_ada)
            );
            assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
            let refused = if one.is_ok() { other } else { one };
            assert_eq!(code(refused), "invites.canceled");
            assert_eq!(world.matches().await.len(), 1);
            let events = world.events(&ada).await;
            let overtaken = events
                .iter()
                .find(|(name, _)| name == "game_invite_canceled");
            assert_eq!(overtaken.unwrap().1["reason"], "overtaken");
            world.clear_tables().await;
        }
    }
}

#[tokio::test]
async fn a_table_that_is_refused_leaves_the_invite_as_it_was() {
    for world in each().await {
        let (ada, bob, cat) = (
            world.person("ada"),
            world.person("bob"),
            world.person("cat"),
        );
        let from_ada = world.invite(&ada, "bob").await.id;
        let from_cat = world.invite(&cat, "bob").await.id;
        let (one, other) = tokio::join!(
            world.invites.accept(&bob, from_ada),
            world.invites.accept(&bob, from_cat)
        );
        assert!(one.is_ok() != other.is_ok(), "nobody plays at two tables");
        let (won, lost, id) = if one.is_ok() {
            (one, other, from_cat)
        } else {
            (other, one, from_ada)
        };
        assert_eq!(code(lost), "tables.taken");
        assert_eq!(world.matches().await, [won.unwrap().match_id.unwrap()]);
        let waiting = world.invites.get(&bob, id).await.unwrap();
        assert_eq!(
            (waiting.status, waiting.match_id),
            (InviteStatus::Pending, None)
        );
        world.clear_tables().await;
        world.invites.accept(&bob, id).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_plays_with_somebody_who_is_gone() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let id = world.invite(&ada, "bob").await.id;
        world.remove(&ada);
        assert_eq!(
            code(world.invites.accept(&bob, id).await),
            "invites.user_not_found"
        );
        assert!(
            world
                .invites
                .inbox(&bob, PAGE)
                .await
                .unwrap()
                .items
                .is_empty()
        );
        assert!(world.matches().await.is_empty());
    }
}

#[tokio::test]
async fn whichever_way_an_invite_ends_its_notification_is_dealt_with() {
    for world in each().await {
        let bob = world.person("bob");
        let mut keys = vec![];
        for (n, name) in ["ada", "cat", "dan"].into_iter().enumerate() {
            let other = world.person(name);
            let id = world.invite(&other, "bob").await.id;
            assert_eq!(world.settled().await, keys, "it waits");
            keys.push((bob.user, format!("game_invite:{id}")));
            keys.sort();
            let ended = match n {
                0 => world.invites.accept(&bob, id).await,
                1 => world.invites.decline(&bob, id).await,
                _ => world.invites.cancel(&other, id).await,
            };
            ended.unwrap();
            world.clear_tables().await;
            assert_eq!(world.settled().await, keys, "{name}");
        }
    }
}
