use std::time::Duration;

use contract::accounts::Audience;
use contract::invites::{CreateInvite, InviteOrigin, InviteStatus};
use contract::notify::Action;
use futures_util::future::join_all;
use invites::RESERVED_FOR;
use invites::ports::Relation;
use invites::rules::lifecycle::LIFETIME;
use serde_json::json;

use crate::world::{PAGE, code, each, options, to};

#[tokio::test]
async fn an_invite_reaches_both_with_all_options() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let wanted = CreateInvite {
            options: options(json!({"game_speed": "fast"})),
            client_id: Some("tab:1".to_owned()),
            ..to("bob")
        };
        let invite = world.invites.create(&ada, wanted).await.unwrap();
        assert_eq!(
            (&*invite.username, &*invite.receiver.username),
            ("ada", "bob")
        );
        assert_eq!(
            (invite.status, invite.origin),
            (InviteStatus::Pending, InviteOrigin::Direct)
        );
        assert_eq!(invite.options["score_to_win"], 11);
        assert_eq!(invite.expires_at, invite.created_at + LIFETIME);

        let (name, data) = world.events(&bob).await.pop().unwrap();
        assert_eq!(name, "game_invite");
        assert_eq!(data, serde_json::to_value(&invite).unwrap());
        assert_eq!(world.event_names(&ada).await, ["game_invite_sent"]);
        let told = world.notifications().await;
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].user_id, told[0].action),
            (bob.user, Action::GameInvite)
        );
        assert_eq!(told[0].data["id"], invite.id.to_string());
        assert_eq!(world.invites.get(&bob, invite.id).await.unwrap(), invite);
    }
}

#[tokio::test]
async fn one_waits_for_each_pair_and_direction_also_when_they_meet() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let sends = (0..12).map(|_| world.invites.create(&ada, to("bob")));
        let sent = join_all(sends).await;
        assert_eq!(sent.iter().filter(|one| one.is_ok()).count(), 1);
        let refused = sent.into_iter().find(Result::is_err).unwrap();
        assert_eq!(code(refused), "invites.already_pending");
        let back = world.invite(&bob, "ada").await;
        assert_eq!(back.status, InviteStatus::Accepted, "it is the same invite");
        assert_eq!(world.notifications().await.len(), 1);
    }
}

#[tokio::test]
async fn invites_that_cross_with_the_same_options_make_one_match() {
    for world in each().await {
        for round in 0..10 {
            let names = [format!("ada{round}"), format!("bob{round}")];
            let [ada, bob] = names.each_ref().map(|name| world.person(name));
            let (one, other) = tokio::join!(
                world.invites.create(&ada, to(&names[1])),
                world.invites.create(&bob, to(&names[0]))
            );
            let (one, other) = (one.unwrap(), other.unwrap());
            assert_eq!(one.id, other.id, "they meet in one invite");
            let statuses = [one.status, other.status];
            assert!(statuses.contains(&InviteStatus::Accepted), "{statuses:?}");
            assert_eq!(world.matches().await.len(), 1);
            for (who, first) in [
                (&ada, one.sender.id == ada.user),
                (&bob, one.sender.id == bob.user),
            ] {
                let first = if first {
                    "game_invite_sent"
                } else {
                    "game_invite"
                };
                let heard = world.event_names(who).await;
                assert_eq!(heard, [first, "game_accepted", "game_found"]);
            }
            world.clear_tables().await;
        }
    }
}

#[tokio::test]
async fn an_invite_that_crosses_another_wish_is_refused() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        world.takes(&bob, Audience::Nobody);
        let theirs = world.invite(&bob, "ada").await;
        let faster = CreateInvite {
            options: options(json!({"game_speed": "fast"})),
            ..to("bob")
        };
        let other_game = CreateInvite {
            game: "tictactoe".to_owned(),
            ..to("bob")
        };
        for wanted in [faster, other_game] {
            let refused = world.invites.create(&ada, wanted).await;
            assert_eq!(code(refused), "invites.crossed");
        }
        let same = CreateInvite {
            options: options(json!({"score_to_win": 11})),
            ..to("bob")
        };
        let accepted = world.invites.create(&ada, same).await.unwrap();
        assert_eq!(
            (accepted.id, accepted.status),
            (theirs.id, InviteStatus::Accepted)
        );
    }
}

#[tokio::test]
async fn a_reserved_match_makes_its_people_busy_until_it_must_be_over() {
    for world in each().await {
        let [ada, bob] = ["ada", "bob"].map(|name| world.person(name));
        let cat = world.person("cat");
        let invites = world.invites_with_reservations();
        let (one, later) = (
            invites.create(&ada, to("bob")).await.unwrap().id,
            invites.create(&bob, to("cat")).await.unwrap().id,
        );
        let id = invites.accept(&bob, one).await.unwrap().match_id;
        assert!(id.is_some());
        for (who, name, busy) in [
            (&cat, "ada", "invites.opponent_busy"),
            (&cat, "bob", "invites.opponent_busy"),
            (&ada, "cat", "invites.you_are_playing"),
            (&ada, "bob", "invites.you_are_playing"),
        ] {
            assert_eq!(code(invites.create(who, to(name)).await), busy);
        }
        assert_eq!(
            code(invites.accept(&cat, later).await),
            "invites.opponent_busy"
        );
        assert_eq!(invites.accept(&bob, one).await.unwrap().match_id, id);
        world.pass(RESERVED_FOR);
        let rematch = invites.create(&cat, to("ada")).await.unwrap().id;
        let next = invites.accept(&ada, rematch).await.unwrap().match_id;
        assert!(next.is_some() && next != id);
    }
}

#[tokio::test]
async fn the_same_invite_again_is_the_one_that_waits() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let marked = |mark: &str| CreateInvite {
            client_id: Some(mark.to_owned()),
            ..to("bob")
        };
        let sends = (0..12).map(|_| world.invites.create(&ada, marked("one")));
        let mut ids: Vec<_> = join_all(sends)
            .await
            .into_iter()
            .map(|one| one.unwrap().id)
            .collect();
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!(world.event_names(&bob).await, ["game_invite"]);
        let other = CreateInvite {
            options: options(json!({"ranked": true})),
            ..marked("one")
        };
        assert_eq!(
            code(world.invites.create(&ada, other).await),
            "invites.already_pending"
        );
        let other = world.invites.create(&ada, marked("two")).await;
        assert_eq!(code(other), "invites.already_pending");
    }
}

#[tokio::test]
async fn who_cannot_be_invited_is_not() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let send = |username: &'static str| world.invites.create(&ada, to(username));
        assert_eq!(code(send("nobody").await), "users.not_found");
        assert_eq!(code(send("ada").await), "users.oneself");
        world.plays(&bob, true);
        assert_eq!(code(send("bob").await), "invites.opponent_busy");
        world.plays(&ada, true);
        assert_eq!(code(send("bob").await), "invites.you_are_playing");
        world.plays(&ada, false);
        world.plays(&bob, false);
        world.takes(&bob, Audience::Friends);
        assert_eq!(code(send("bob").await), "invites.not_welcome");
        world.relate(&ada, &bob, Relation::Blocked);
        assert_eq!(code(send("bob").await), "users.not_found");
        world.plays(&bob, true);
        assert_eq!(code(send("bob").await), "users.not_found");
        world.plays(&bob, false);
        world.relate(&ada, &bob, Relation::Friend);
        send("bob").await.unwrap();
        assert_eq!(world.notifications().await.len(), 1);
    }
}

#[tokio::test]
async fn games_and_options_are_those_of_the_catalogue() {
    for world in each().await {
        let ada = world.person("ada");
        world.person("bob");
        let chess = CreateInvite {
            game: "chess".to_owned(),
            ..to("bob")
        };
        assert_eq!(
            code(world.invites.create(&ada, chess).await),
            "invites.unknown_game"
        );
        let odd = CreateInvite {
            options: options(json!({"score_to_win": 99})),
            ..to("bob")
        };
        let error = world.invites.create(&ada, odd).await.unwrap_err();
        assert_eq!(error.code().name, "invites.options_invalid");
        assert_eq!(error.fields()[0].field, "options.score_to_win");
    }
}

#[tokio::test]
async fn open_invites_are_bounded_also_when_they_meet_and_old_ones_do_not_count() {
    for world in each().await {
        let ada = world.person("ada");
        let names: Vec<String> = (0..25).map(|n| format!("p{n}")).collect();
        for name in &names {
            world.person(name);
        }
        let sent = join_all(
            names
                .iter()
                .map(|name| world.invites.create(&ada, to(name))),
        )
        .await;
        let refused: Vec<_> = sent.into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 5);
        assert_eq!(refused[0].code().name, "invites.too_many_open");
        world.pass(LIFETIME);
        world.person("late");
        world.invite(&ada, "late").await;
        let role = Some(contract::invites::InviteRole::From);
        let pending = Some(InviteStatus::Pending);
        let open = world.invites.list(&ada, role, pending, PAGE).await.unwrap();
        assert_eq!(open.total, 1);
    }
}

#[tokio::test]
async fn an_invite_that_ran_out_makes_room_for_the_next() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let first = world.invite(&ada, "bob").await;
        world.pass(LIFETIME - Duration::from_micros(1));
        assert_eq!(
            code(world.invites.create(&ada, to("bob")).await),
            "invites.already_pending"
        );
        world.pass(Duration::from_micros(1));
        let second = world.invite(&ada, "bob").await;
        assert_ne!(first.id, second.id);
        let names = world.event_names(&bob).await;
        assert_eq!(
            names,
            ["game_invite", "game_invite_canceled", "game_invite"]
        );
    }
}
