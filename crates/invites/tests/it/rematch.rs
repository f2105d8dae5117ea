use contract::invites::{InviteOrigin, InviteStatus, PlayAgain};
use kernel::Relation;
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, code, options};

testkit::database_tests!(
    rematch_is_an_invite_with_the_options_of_the_match,
    rematch_of_both_users_is_accepted,
    challenge_has_its_own_options_and_accepts_nothing,
    rematch_refuses_others_invalid_options_and_busy_opponents,
);

async fn rematch_is_an_invite_with_the_options_of_the_match(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let finished = fixture.finish_match(&ada, &bob);
    let invite = fixture
        .invites
        .rematch(&ada, finished, PlayAgain::default())
        .await
        .unwrap();
    assert_eq!(invite.origin, InviteOrigin::Rematch);
    assert_eq!(invite.origin_match_id, Some(finished));
    assert_eq!(invite.options["score_to_win"], 5);
    assert_eq!(invite.receiver.username, "bob");
    let rematch = fixture
        .invites
        .rematch(&ada, finished, PlayAgain::default())
        .await;
    assert_eq!(code(rematch), "invites.already_pending");
    let accepted = fixture.invites.accept(&bob, invite.id).await.unwrap();
    assert_eq!(fixture.matches().await, [accepted.match_id.unwrap()]);
}

async fn rematch_of_both_users_is_accepted(database: Database) {
    let fixture = Fixture::new(database).await;
    for round in 0..10 {
        let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(&format!("{name}{round}")));
        let finished = fixture.finish_match(&ada, &bob);
        let (one, other) = tokio::join!(
            fixture
                .invites
                .rematch(&ada, finished, PlayAgain::default()),
            fixture
                .invites
                .rematch(&bob, finished, PlayAgain::default())
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one.id, other.id, "both get the same invite");
        assert_eq!(one.sender, other.sender);
        let statuses = [one.status, other.status];
        assert!(statuses.contains(&InviteStatus::Accepted), "{statuses:?}");
        assert_eq!(fixture.matches().await.len(), 1);
        fixture.end_matches().await;
    }
}

async fn challenge_has_its_own_options_and_accepts_nothing(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let finished = fixture.finish_match(&ada, &bob);
    let wanted = PlayAgain {
        options: Some(options(json!({"game_speed": "slow"}))),
        client_id: Some("tab:7".to_owned()),
    };
    let first = fixture
        .invites
        .challenge(&ada, finished, wanted.clone())
        .await
        .unwrap();
    assert_eq!(first.origin, InviteOrigin::Challenge);
    assert_eq!(first.options["game_speed"], "slow");
    assert_eq!(
        first.options["score_to_win"], 11,
        "the default, not that of the match"
    );
    let repeated = fixture
        .invites
        .challenge(&ada, finished, wanted)
        .await
        .unwrap();
    assert_eq!(repeated, first);
    let back = fixture
        .invites
        .challenge(&bob, finished, PlayAgain::default())
        .await;
    assert_eq!(code(back), "invites.crossed", "with other options");
    assert!(fixture.matches().await.is_empty());
}

async fn rematch_refuses_others_invalid_options_and_busy_opponents(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob, eve) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("eve"),
    );
    let finished = fixture.finish_match(&ada, &bob);
    let rematch = async |who| {
        fixture
            .invites
            .rematch(who, finished, PlayAgain::default())
            .await
    };
    assert_eq!(code(rematch(&eve).await), "invites.match_not_found");
    let invalid = PlayAgain {
        options: Some(options(json!({"time_limit": 0}))),
        client_id: None,
    };
    let invalid = fixture.invites.challenge(&ada, finished, invalid).await;
    assert_eq!(code(invalid), "invites.options_invalid");
    fixture.set_playing(&bob, true);
    assert_eq!(code(rematch(&ada).await), "invites.opponent_busy");
    fixture.set_playing(&bob, false);
    fixture.relate(&ada, &bob, Relation::Blocked);
    assert_eq!(code(rematch(&ada).await), "users.not_found");
}
