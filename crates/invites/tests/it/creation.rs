use std::time::Duration;

use contract::accounts::Audience;
use contract::invites::{CreateInvite, InviteOrigin, InviteStatus};
use contract::notify::Action;
use futures_util::future::join_all;
use invites::rules::lifecycle::TTL;
use kernel::Relation;
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, PAGE, code, options, to};

testkit::database_tests!(
    create_invite_emits_to_both_users_with_all_options,
    create_invite_at_once_makes_one_per_direction,
    create_invite_in_both_directions_makes_one_match,
    create_invite_that_crosses_other_options_is_refused,
    create_invite_is_idempotent_by_client_id,
    create_invite_refuses_unknown_busy_and_unwilling_users,
    create_invite_refuses_unknown_games_and_options,
    create_invite_is_limited_to_pending_ones_even_when_concurrent,
    create_invite_replaces_an_expired_one,
);

async fn create_invite_emits_to_both_users_with_all_options(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let wanted = CreateInvite {
        options: options(json!({"game_speed": "fast"})),
        client_id: Some("tab:1".to_owned()),
        ..to("bob")
    };
    let invite = fixture.invites.create(&ada, wanted).await.unwrap();
    assert_eq!(
        (&*invite.username, &*invite.receiver.username),
        ("ada", "bob")
    );
    assert_eq!(
        (invite.status, invite.origin),
        (InviteStatus::Pending, InviteOrigin::Direct)
    );
    assert_eq!(invite.options["score_to_win"], 11);
    assert_eq!(invite.expires_at, invite.created_at + TTL);

    let (name, data) = fixture.events(&bob).await.pop().unwrap();
    assert_eq!(name, "game_invite");
    assert_eq!(data, serde_json::to_value(&invite).unwrap());
    assert_eq!(fixture.event_names(&ada).await, ["game_invite_sent"]);
    let notified = fixture.notifications().await;
    assert_eq!(notified.len(), 1);
    assert_eq!(
        (notified[0].user_id, notified[0].action),
        (bob.user, Action::GameInvite)
    );
    assert_eq!(notified[0].data["id"], invite.id.to_string());
    assert_eq!(fixture.invites.get(&bob, invite.id).await.unwrap(), invite);
}

async fn create_invite_at_once_makes_one_per_direction(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let sends = (0..12).map(|_| fixture.invites.create(&ada, to("bob")));
    let sent = join_all(sends).await;
    assert_eq!(sent.iter().filter(|one| one.is_ok()).count(), 1);
    let refused = sent.into_iter().find(Result::is_err).unwrap();
    assert_eq!(code(refused), "invites.already_pending");
    let back = fixture.invite(&bob, "ada").await;
    assert_eq!(back.status, InviteStatus::Accepted, "it is accepted");
    assert_eq!(fixture.notifications().await.len(), 1);
}

async fn create_invite_in_both_directions_makes_one_match(database: Database) {
    let fixture = Fixture::new(database).await;
    for round in 0..10 {
        let names = [format!("ada{round}"), format!("bob{round}")];
        let [ada, bob] = names.each_ref().map(|name| fixture.user(name));
        let (one, other) = tokio::join!(
            fixture.invites.create(&ada, to(&names[1])),
            fixture.invites.create(&bob, to(&names[0]))
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one.id, other.id, "both get the same invite");
        let statuses = [one.status, other.status];
        assert!(statuses.contains(&InviteStatus::Accepted), "{statuses:?}");
        assert_eq!(fixture.matches().await.len(), 1);
        for (who, first) in [
            (&ada, one.sender.id == ada.user),
            (&bob, one.sender.id == bob.user),
        ] {
            let first = if first {
                "game_invite_sent"
            } else {
                "game_invite"
            };
            let events = fixture.event_names(who).await;
            assert_eq!(events, [first, "game_accepted", "game_found"]);
        }
        fixture.end_matches().await;
    }
}

async fn create_invite_that_crosses_other_options_is_refused(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.set_audience(&bob, Audience::Nobody);
    let theirs = fixture.invite(&bob, "ada").await;
    let faster = CreateInvite {
        options: options(json!({"game_speed": "fast"})),
        ..to("bob")
    };
    let other_game = CreateInvite {
        game: "tictactoe".to_owned(),
        ..to("bob")
    };
    for wanted in [faster, other_game] {
        let refused = fixture.invites.create(&ada, wanted).await;
        assert_eq!(code(refused), "invites.crossed");
    }
    let same = CreateInvite {
        options: options(json!({"score_to_win": 11})),
        ..to("bob")
    };
    let accepted = fixture.invites.create(&ada, same).await.unwrap();
    assert_eq!(
        (accepted.id, accepted.status),
        (theirs.id, InviteStatus::Accepted)
    );
}

async fn create_invite_is_idempotent_by_client_id(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let with_client_id = |id: &str| CreateInvite {
        client_id: Some(id.to_owned()),
        ..to("bob")
    };
    let sends = (0..12).map(|_| fixture.invites.create(&ada, with_client_id("one")));
    let mut ids: Vec<_> = join_all(sends)
        .await
        .into_iter()
        .map(|one| one.unwrap().id)
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(fixture.event_names(&bob).await, ["game_invite"]);
    let other = CreateInvite {
        options: options(json!({"ranked": true})),
        ..with_client_id("one")
    };
    assert_eq!(
        code(fixture.invites.create(&ada, other).await),
        "invites.already_pending"
    );
    let other = fixture.invites.create(&ada, with_client_id("two")).await;
    assert_eq!(code(other), "invites.already_pending");
}

async fn create_invite_refuses_unknown_busy_and_unwilling_users(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let send = |username: &'static str| fixture.invites.create(&ada, to(username));
    assert_eq!(code(send("nobody").await), "users.not_found");
    assert_eq!(code(send("ada").await), "users.oneself");
    fixture.set_playing(&bob, true);
    assert_eq!(code(send("bob").await), "invites.opponent_busy");
    fixture.set_playing(&ada, true);
    assert_eq!(code(send("bob").await), "invites.you_are_playing");
    fixture.set_playing(&ada, false);
    fixture.set_playing(&bob, false);
    fixture.set_audience(&bob, Audience::Friends);
    assert_eq!(code(send("bob").await), "invites.not_welcome");
    fixture.relate(&ada, &bob, Relation::Blocked);
    assert_eq!(code(send("bob").await), "users.not_found");
    fixture.set_playing(&bob, true);
    assert_eq!(code(send("bob").await), "users.not_found");
    fixture.set_playing(&bob, false);
    fixture.relate(&ada, &bob, Relation::Friend);
    send("bob").await.unwrap();
    assert_eq!(fixture.notifications().await.len(), 1);
}

async fn create_invite_refuses_unknown_games_and_options(database: Database) {
    let fixture = Fixture::new(database).await;
    let ada = fixture.user("ada");
    fixture.user("bob");
    let chess = CreateInvite {
        game: "chess".to_owned(),
        ..to("bob")
    };
    assert_eq!(
        code(fixture.invites.create(&ada, chess).await),
        "invites.unknown_game"
    );
    let invalid = CreateInvite {
        options: options(json!({"score_to_win": 99})),
        ..to("bob")
    };
    let error = fixture.invites.create(&ada, invalid).await.unwrap_err();
    assert_eq!(error.code().name, "invites.options_invalid");
    assert_eq!(error.fields()[0].field, "options.score_to_win");
}

async fn create_invite_is_limited_to_pending_ones_even_when_concurrent(database: Database) {
    let fixture = Fixture::new(database).await;
    let ada = fixture.user("ada");
    let names: Vec<String> = (0..25).map(|n| format!("p{n}")).collect();
    for name in &names {
        fixture.user(name);
    }
    let sent = join_all(
        names
            .iter()
            .map(|name| fixture.invites.create(&ada, to(name))),
    )
    .await;
    let refused: Vec<_> = sent.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 5);
    assert_eq!(refused[0].code().name, "invites.too_many_open");
    fixture.advance(TTL);
    fixture.user("late");
    fixture.invite(&ada, "late").await;
    let role = Some(contract::invites::InviteRole::From);
    let pending = Some(InviteStatus::Pending);
    let open = fixture
        .invites
        .list(&ada, role, pending, PAGE)
        .await
        .unwrap();
    assert_eq!(open.total, 1);
}

async fn create_invite_replaces_an_expired_one(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let first = fixture.invite(&ada, "bob").await;
    fixture.advance(TTL - Duration::from_micros(1));
    assert_eq!(
        code(fixture.invites.create(&ada, to("bob")).await),
        "invites.already_pending"
    );
    fixture.advance(Duration::from_micros(1));
    let second = fixture.invite(&ada, "bob").await;
    assert_ne!(first.id, second.id);
    let names = fixture.event_names(&bob).await;
    assert_eq!(
        names,
        ["game_invite", "game_invite_canceled", "game_invite"]
    );
}
