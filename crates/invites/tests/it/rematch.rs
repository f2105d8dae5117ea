use contract::invites::{InviteOrigin, InviteStatus, PlayAgain};
use invites::ports::Relation;
use serde_json::json;

use crate::world::{code, each, options};

#[tokio::test]
async fn a_rematch_is_an_invite_by_the_same_rules_of_play() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let past = world.played(&ada, &bob);
        let invite = world
            .invites
            .rematch(&ada, past, PlayAgain::default())
            .await
            .unwrap();
        assert_eq!(invite.origin, InviteOrigin::Rematch);
        assert_eq!(invite.origin_match_id, Some(past));
        assert_eq!(invite.options["score_to_win"], 5);
        assert_eq!(invite.receiver.username, "bob");
        let rematch = world
            .invites
            .rematch(&ada, past, PlayAgain::default())
            .await;
        assert_eq!(code(rematch), "invites.already_pending");
        let accepted = world.invites.accept(&bob, invite.id).await.unwrap();
        assert_eq!(world.matches().await, [accepted.match_id.unwrap()]);
    }
}

#[tokio::test]
async fn two_who_want_a_rematch_have_one() {
    for world in each().await {
        for round in 0..10 {
            let [ada, bob] = ["ada", "bob"].map(|name| world.person(&format!("{name}{round}")));
            let past = world.played(&ada, &bob);
            let (one, other) = tokio::join!(
                world.invites.rematch(&ada, past, PlayAgain::default()),
                world.invites.rematch(&bob, past, PlayAgain::default())
            );
            let (one, other) = (one.unwrap(), other.unwrap());
            assert_eq!(one.id, other.id, "they meet in one invite");
            assert_eq!(one.sender, other.sender);
            let statuses = [one.status, other.status];
            assert!(statuses.contains(&InviteStatus::Accepted), "{statuses:?}");
            assert_eq!(world.matches().await.len(), 1);
            world.clear_tables().await;
        }
    }
}

#[tokio::test]
async fn a_challenge_has_options_of_its_own_and_does_not_accept_anything() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let past = world.played(&ada, &bob);
        let wanted = PlayAgain {
            options: Some(options(json!({"game_speed": "slow"}))),
            client_id: Some("tab:7".to_owned()),
        };
        let first = world
            .invites
            .challenge(&ada, past, wanted.clone())
            .await
            .unwrap();
        assert_eq!(first.origin, InviteOrigin::Challenge);
        assert_eq!(first.options["game_speed"], "slow");
        assert_eq!(
            first.options["score_to_win"], 11,
            "as usual, not as in that match"
        );
        let repeated = world.invites.challenge(&ada, past, wanted).await.unwrap();
        assert_eq!(repeated, first);
        let back = world
            .invites
            .challenge(&bob, past, PlayAgain::default())
            .await;
        assert_eq!(code(back), "invites.crossed", "with other options");
        assert!(world.matches().await.is_empty());
    }
}

#[tokio::test]
async fn only_those_who_played_and_may_meet_play_again() {
    for world in each().await {
        let (ada, bob, eve) = (
            world.person("ada"),
            world.person("bob"),
            world.person("eve"),
        );
        let past = world.played(&ada, &bob);
        let rematch = async |who| world.invites.rematch(who, past, PlayAgain::default()).await;
        assert_eq!(code(rematch(&eve).await), "invites.match_not_found");
        let odd = PlayAgain {
            options: Some(options(json!({"time_limit": 0}))),
            client_id: None,
        };
        let odd = world.invites.challenge(&ada, past, odd).await;
        assert_eq!(code(odd), "invites.options_invalid");
        world.plays(&bob, true);
        assert_eq!(code(rematch(&ada).await), "invites.opponent_busy");
        world.plays(&bob, false);
        world.relate(&ada, &bob, Relation::Blocked);
        assert_eq!(code(rematch(&ada).await), "users.not_found");
    }
}
