use contract::invites::{Invite, InviteStatus, ReplyGameInvite};
use futures_util::future::join_all;
use invites::ports::Relation;

use crate::world::{PAGE, code, each, to};

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
            world.invites.accept(&bob, world.store.env().id()).await,
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
        for (who, other) in [(&ada, "bob"), (&bob, "ada")] {
            for refused in [
                world.invites.accept(who, id).await,
                world.invites.decline(who, id).await,
                world.invites.cancel(who, id).await,
                world.invites.reply(who, reply(other, true)).await,
                world.invites.reply(who, reply("nobody", true)).await,
                world.invites.cancel_for(who, other).await,
                world.invites.cancel_for(who, "nobody").await,
            ] {
                assert_eq!(code(refused), "invites.not_found");
            }
        }
        assert!(world.matches().await.is_empty());
        world.relate(&ada, &bob, Relation::Stranger);
        accept().await.unwrap();
    }
}

#[tokio::test]
async fn a_block_cancels_what_waits_and_both_hear_of_it() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let [mine, theirs] = [(&ada, &bob, "bob"), (&bob, &ada, "ada")];
        for (round, (sender, receiver, name)) in [mine, theirs].into_iter().enumerate() {
            let id = world.invite(sender, name).await.id;
            world.block(&ada, &bob).await;
            for (who, other) in [(&ada, "bob"), (&bob, "ada")] {
                let (name, data) = world.events(who).await.pop().unwrap();
                assert_eq!(name, "game_invite_canceled");
                assert_eq!(data["id"], id.to_string());
                assert_eq!(
                    (&data["username"], &data["reason"]),
                    (&other.into(), &"canceled".into())
                );
                assert_eq!(
                    code(world.invites.accept(who, id).await),
                    "invites.not_found"
                );
                let listed = world.invites.list(who, None, None, PAGE).await.unwrap();
                assert_eq!(listed.total, 0);
            }
            let key = (receiver.user, format!("game_invite:{id}"));
            assert!(world.settled().await.contains(&key));
            world.unblock_all().await;
            let statuses = world.invites.list(&ada, None, None, PAGE).await.unwrap();
            let canceled = |one: &Invite| one.status == InviteStatus::Canceled;
            assert_eq!(statuses.total, i64::try_from(round + 1).unwrap());
            assert!(statuses.items.iter().all(canceled));
        }
    }
}

#[tokio::test]
async fn send_invite_and_block_that_meet_leave_nothing_waiting() {
    for world in each().await {
        for round in 0..20 {
            let names = [format!("ada{round}"), format!("bob{round}")];
            let [ada, bob] = names.each_ref().map(|name| world.person(name));
            let (sent, ()) = tokio::join!(
                world.invites.create(&ada, to(&names[1])),
                world.block(&bob, &ada)
            );
            if let Ok(invite) = &sent {
                let now = world.invites.get(&ada, invite.id).await.unwrap();
                assert_eq!(now.status, InviteStatus::Canceled);
                let accepted = world.invites.accept(&bob, invite.id).await;
                assert_eq!(code(accepted), "invites.not_found");
            } else {
                assert_eq!(code(sent), "users.not_found");
            }
            assert!(world.matches().await.is_empty());
        }
    }
}

#[tokio::test]
async fn accept_invite_and_block_that_meet_have_one_order() {
    for world in each().await {
        for round in 0..20 {
            let names = [format!("ada{round}"), format!("bob{round}")];
            let [ada, bob] = names.each_ref().map(|name| world.person(name));
            let id = world.invite(&ada, &names[1]).await.id;
            let (accepted, ()) =
                tokio::join!(world.invites.accept(&bob, id), world.block(&ada, &bob));
            let now = world.invites.get(&ada, id).await.unwrap().status;
            let (status, matches) = match accepted {
                Ok(_) => (InviteStatus::Accepted, 1),
                Err(_) => (InviteStatus::Canceled, 0),
            };
            assert_eq!((now, world.matches().await.len()), (status, matches));
            world.clear_tables().await;
        }
    }
}

#[tokio::test]
async fn nobody_is_invited_whose_match_is_being_opened() {
    for world in each().await {
        let (ada, bob, cat) = (
            world.person("ada"),
            world.person("bob"),
            world.person("cat"),
        );
        let from_cat = world.invite(&cat, "bob").await.id;
        let from_ada = world.invite(&ada, "bob").await.id;
        let (opened, go_on) = world.pause_at_table();
        let (invites, receiver) = (world.invites.clone(), bob);
        let accept = tokio::spawn(async move { invites.accept(&receiver, from_cat).await });
        tokio::task::spawn_blocking(move || opened.recv().unwrap())
            .await
            .unwrap();
        // The match is not yet there for others; what relies on it waits for it.
        let (invites, dan) = (world.invites.clone(), world.person("dan"));
        let send = tokio::spawn(async move { invites.create(&dan, to("bob")).await });
        let (invites, receiver) = (world.invites.clone(), bob);
        let other = tokio::spawn(async move { invites.accept(&receiver, from_ada).await });
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        go_on.send(()).unwrap();
        accept.await.unwrap().unwrap();
        assert_eq!(code(send.await.unwrap()), "invites.opponent_busy");
        assert_eq!(code(other.await.unwrap()), "invites.you_are_playing");
        assert_eq!(world.matches().await.len(), 1);
    }
}

#[tokio::test]
async fn what_waits_for_somebody_who_is_gone_is_over() {
    for world in each().await {
        let (ada, bob, cat) = (
            world.person("ada"),
            world.person("bob"),
            world.person("cat"),
        );
        let ids = [
            world.invite(&ada, "bob").await.id,
            world.invite(&cat, "ada").await.id,
            world.invite(&cat, "bob").await.id,
        ];
        world.invites.forget(ada.user).await.unwrap();
        let mut statuses = vec![];
        for id in ids {
            let who = if id == ids[0] { &bob } else { &cat };
            statuses.push(world.invites.get(who, id).await.unwrap().status);
        }
        use InviteStatus::{Canceled, Pending};
        assert_eq!(statuses, [Canceled, Canceled, Pending]);
        assert_eq!(world.settled().await.len(), 2);
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
        assert_eq!(code(lost), "invites.you_are_playing");
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
            "invites.not_found"
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
