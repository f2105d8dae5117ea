use contract::invites::{Invite, InviteStatus, ReplyGameInvite};
use futures_util::future::join_all;
use kernel::Relation;
use testkit::Database;

use crate::fixture::{Fixture, PAGE, code, to};

testkit::database_tests!(
    accept_invite_creates_one_match_and_emits_to_both_users,
    accept_invite_is_idempotent,
    accept_decline_and_cancel_invite_at_once_end_it_once,
    decline_and_cancel_invite_are_idempotent_and_emit_to_both_users,
    answers_refuse_users_who_may_not_give_them,
    answers_are_refused_across_a_block_and_during_a_match,
    block_cancels_pending_invites_and_emits_to_both_users,
    create_invite_during_a_block_leaves_nothing_pending,
    accept_invite_during_a_block_is_serialized,
    players_of_a_match_being_created_are_busy,
    forget_cancels_pending_invites,
    accept_invite_without_a_match_leaves_it_pending,
    accept_invite_of_an_inactive_user_is_refused,
    ending_an_invite_resolves_its_notification,
);

fn reply(username: &str, accept: bool) -> ReplyGameInvite {
    ReplyGameInvite {
        username: Some(username.to_owned()),
        id: None,
        accept,
    }
}

async fn accept_invite_creates_one_match_and_emits_to_both_users(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let invite = fixture.invite(&ada, "bob").await;
    let accepted = fixture.invites.accept(&bob, invite.id).await.unwrap();
    let id = accepted.match_id.unwrap();
    assert_eq!(accepted.status, InviteStatus::Accepted);
    assert!(accepted.answered_at.is_some());
    assert_eq!(fixture.matches().await, [id]);
    for (who, other, first) in [
        (&ada, "bob", "game_invite_sent"),
        (&bob, "ada", "game_invite"),
    ] {
        let events = fixture.events(who).await;
        let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [first, "game_accepted", "game_found"]);
        assert_eq!(events[1].1["username"], other);
        assert_eq!(events[1].1["match_id"], id.to_string());
        assert_eq!(events[2].1["match_id"], id.to_string());
        assert_eq!(events[2].1["opponent"]["username"], other);
    }
}

async fn accept_invite_is_idempotent(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let invite = fixture.invite(&ada, "bob").await;
    let accepts = (0..16).map(|_| fixture.invites.accept(&bob, invite.id));
    let answers: Vec<_> = join_all(accepts)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(fixture.matches().await, [answers[0].match_id.unwrap()]);
    let by_name = fixture
        .invites
        .reply(&bob, reply("ada", true))
        .await
        .unwrap();
    assert_eq!(by_name, answers[0]);
    assert_eq!(fixture.event_names(&ada).await.len(), 3, "emitted once");
}

async fn accept_decline_and_cancel_invite_at_once_end_it_once(database: Database) {
    let fixture = Fixture::new(database).await;
    for round in 0..10 {
        let names = [format!("ada{round}"), format!("bob{round}")];
        let [ada, bob] = names.each_ref().map(|name| fixture.user(name));
        let id = fixture.invite(&ada, &names[1]).await.id;
        let (accepted, declined, canceled) = tokio::join!(
            fixture.invites.accept(&bob, id),
            fixture.invites.decline(&bob, id),
            fixture.invites.cancel(&ada, id)
        );
        let ended = [accepted.is_ok(), declined.is_ok(), canceled.is_ok()];
        assert_eq!(ended.iter().filter(|ok| **ok).count(), 1, "{ended:?}");
        let now = fixture.invites.get(&ada, id).await.unwrap();
        assert_eq!(now.match_id.is_some(), accepted.is_ok());
        assert_eq!(fixture.matches().await.len(), usize::from(accepted.is_ok()));
        fixture.end_matches().await;
    }
}

async fn decline_and_cancel_invite_are_idempotent_and_emit_to_both_users(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let declined = fixture.invite(&ada, "bob").await.id;
    for _ in 0..2 {
        let answer = fixture.invites.decline(&bob, declined).await.unwrap();
        assert_eq!(answer.status, InviteStatus::Declined);
    }
    assert_eq!(
        code(fixture.invites.accept(&bob, declined).await),
        "invites.declined"
    );
    assert_eq!(
        code(fixture.invites.cancel(&ada, declined).await),
        "invites.declined"
    );

    let canceled = fixture.invite(&ada, "bob").await.id;
    for _ in 0..2 {
        let answer = fixture.invites.cancel_for(&ada, "bob").await.unwrap();
        assert_eq!(
            (answer.id, answer.status),
            (canceled, InviteStatus::Canceled)
        );
    }
    assert_eq!(
        code(fixture.invites.accept(&bob, canceled).await),
        "invites.canceled"
    );
    assert_eq!(
        code(fixture.invites.decline(&bob, canceled).await),
        "invites.canceled"
    );

    let accepted = fixture.invite(&ada, "bob").await.id;
    fixture.invites.accept(&bob, accepted).await.unwrap();
    assert_eq!(
        code(fixture.invites.cancel(&ada, accepted).await),
        "invites.already_accepted"
    );
    let events = fixture.events(&bob).await;
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "game_invite",
        "game_declined",
        "game_invite",
        "game_invite_canceled",
        "game_invite",
        "game_accepted",
        "game_found",
    ];
    assert_eq!(names, expected);
    assert_eq!(events[3].1["reason"], "canceled");
    assert!(events[1].1.get("match_id").is_none());
}

async fn answers_refuse_users_who_may_not_give_them(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob, eve) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("eve"),
    );
    let id = fixture.invite(&ada, "bob").await.id;
    let missing = "invites.not_found";
    assert_eq!(code(fixture.invites.accept(&ada, id).await), missing);
    assert_eq!(code(fixture.invites.decline(&ada, id).await), missing);
    assert_eq!(code(fixture.invites.cancel(&bob, id).await), missing);
    for result in [
        fixture.invites.accept(&eve, id).await,
        fixture.invites.decline(&eve, id).await,
        fixture.invites.cancel(&eve, id).await,
        fixture.invites.get(&eve, id).await,
        fixture.invites.reply(&eve, reply("ada", true)).await,
        fixture.invites.cancel_for(&eve, "ada").await,
        fixture.invites.accept(&bob, fixture.store.env().id()).await,
    ] {
        assert_eq!(code(result), missing);
    }
    let empty = ReplyGameInvite {
        username: None,
        id: None,
        accept: true,
    };
    assert_eq!(
        code(fixture.invites.reply(&bob, empty).await),
        "invalid_fields"
    );
    let by_id = ReplyGameInvite {
        username: None,
        id: Some(id),
        accept: false,
    };
    let answer = fixture.invites.reply(&bob, by_id).await.unwrap();
    assert_eq!(answer.status, InviteStatus::Declined);
}

async fn answers_are_refused_across_a_block_and_during_a_match(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = fixture.invite(&ada, "bob").await.id;
    let accept = || fixture.invites.accept(&bob, id);
    fixture.set_playing(&ada, true);
    assert_eq!(code(accept().await), "invites.opponent_busy");
    fixture.set_playing(&bob, true);
    assert_eq!(code(accept().await), "invites.you_are_playing");
    fixture.set_playing(&ada, false);
    fixture.set_playing(&bob, false);
    fixture.relate(&ada, &bob, Relation::Blocked);
    for (who, other) in [(&ada, "bob"), (&bob, "ada")] {
        for refused in [
            fixture.invites.accept(who, id).await,
            fixture.invites.decline(who, id).await,
            fixture.invites.cancel(who, id).await,
            fixture.invites.reply(who, reply(other, true)).await,
            fixture.invites.reply(who, reply("nobody", true)).await,
            fixture.invites.cancel_for(who, other).await,
            fixture.invites.cancel_for(who, "nobody").await,
        ] {
            assert_eq!(code(refused), "invites.not_found");
        }
    }
    assert!(fixture.matches().await.is_empty());
    fixture.relate(&ada, &bob, Relation::Stranger);
    accept().await.unwrap();
}

async fn block_cancels_pending_invites_and_emits_to_both_users(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let [mine, theirs] = [(&ada, &bob, "bob"), (&bob, &ada, "ada")];
    for (round, (sender, receiver, name)) in [mine, theirs].into_iter().enumerate() {
        let id = fixture.invite(sender, name).await.id;
        fixture.block(&ada, &bob).await;
        for (who, other) in [(&ada, "bob"), (&bob, "ada")] {
            let (name, data) = fixture.events(who).await.pop().unwrap();
            assert_eq!(name, "game_invite_canceled");
            assert_eq!(data["id"], id.to_string());
            assert_eq!(
                (&data["username"], &data["reason"]),
                (&other.into(), &"canceled".into())
            );
            assert_eq!(
                code(fixture.invites.accept(who, id).await),
                "invites.not_found"
            );
            let listed = fixture.invites.list(who, None, None, PAGE).await.unwrap();
            assert_eq!(listed.total, 0);
        }
        let key = (receiver.user, format!("game_invite:{id}"));
        assert!(fixture.resolved().await.contains(&key));
        fixture.unblock_all().await;
        let statuses = fixture.invites.list(&ada, None, None, PAGE).await.unwrap();
        let canceled = |one: &Invite| one.status == InviteStatus::Canceled;
        assert_eq!(statuses.total, i64::try_from(round + 1).unwrap());
        assert!(statuses.items.iter().all(canceled));
    }
}

async fn create_invite_during_a_block_leaves_nothing_pending(database: Database) {
    let fixture = Fixture::new(database).await;
    for round in 0..20 {
        let names = [format!("ada{round}"), format!("bob{round}")];
        let [ada, bob] = names.each_ref().map(|name| fixture.user(name));
        let (sent, ()) = tokio::join!(
            fixture.invites.create(&ada, to(&names[1])),
            fixture.block(&bob, &ada)
        );
        if let Ok(invite) = &sent {
            let now = fixture.invites.get(&ada, invite.id).await.unwrap();
            assert_eq!(now.status, InviteStatus::Canceled);
            let accepted = fixture.invites.accept(&bob, invite.id).await;
            assert_eq!(code(accepted), "invites.not_found");
        } else {
            assert_eq!(code(sent), "users.not_found");
        }
        assert!(fixture.matches().await.is_empty());
    }
}

async fn accept_invite_during_a_block_is_serialized(database: Database) {
    let fixture = Fixture::new(database).await;
    for round in 0..20 {
        let names = [format!("ada{round}"), format!("bob{round}")];
        let [ada, bob] = names.each_ref().map(|name| fixture.user(name));
        let id = fixture.invite(&ada, &names[1]).await.id;
        let (accepted, ()) =
            tokio::join!(fixture.invites.accept(&bob, id), fixture.block(&ada, &bob));
        let now = fixture.invites.get(&ada, id).await.unwrap().status;
        let (status, matches) = match accepted {
            Ok(_) => (InviteStatus::Accepted, 1),
            Err(_) => (InviteStatus::Canceled, 0),
        };
        assert_eq!((now, fixture.matches().await.len()), (status, matches));
        fixture.end_matches().await;
    }
}

async fn players_of_a_match_being_created_are_busy(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob, cat) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("cat"),
    );
    let from_cat = fixture.invite(&cat, "bob").await.id;
    let from_ada = fixture.invite(&ada, "bob").await.id;
    let (created, resumer) = fixture.pause_match_creation();
    let (invites, receiver) = (fixture.invites.clone(), bob);
    let accept = tokio::spawn(async move { invites.accept(&receiver, from_cat).await });
    tokio::task::spawn_blocking(move || created.recv().unwrap())
        .await
        .unwrap();
    // The match is not committed yet. Transactions that depend on it wait for it.
    let (invites, dan) = (fixture.invites.clone(), fixture.user("dan"));
    let send = tokio::spawn(async move { invites.create(&dan, to("bob")).await });
    let (invites, receiver) = (fixture.invites.clone(), bob);
    let other = tokio::spawn(async move { invites.accept(&receiver, from_ada).await });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    resumer.send(()).unwrap();
    accept.await.unwrap().unwrap();
    assert_eq!(code(send.await.unwrap()), "invites.opponent_busy");
    assert_eq!(code(other.await.unwrap()), "invites.you_are_playing");
    assert_eq!(fixture.matches().await.len(), 1);
}

async fn forget_cancels_pending_invites(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob, cat) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("cat"),
    );
    let ids = [
        fixture.invite(&ada, "bob").await.id,
        fixture.invite(&cat, "ada").await.id,
        fixture.invite(&cat, "bob").await.id,
    ];
    fixture.invites.forget(ada.user).await.unwrap();
    let mut statuses = vec![];
    for id in ids {
        let who = if id == ids[0] { &bob } else { &cat };
        statuses.push(fixture.invites.get(who, id).await.unwrap().status);
    }
    use InviteStatus::{Canceled, Pending};
    assert_eq!(statuses, [Canceled, Canceled, Pending]);
    assert_eq!(fixture.resolved().await.len(), 2);
}

async fn accept_invite_without_a_match_leaves_it_pending(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob, cat) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("cat"),
    );
    let from_ada = fixture.invite(&ada, "bob").await.id;
    let from_cat = fixture.invite(&cat, "bob").await.id;
    let (one, other) = tokio::join!(
        fixture.invites.accept(&bob, from_ada),
        fixture.invites.accept(&bob, from_cat)
    );
    assert!(
        one.is_ok() != other.is_ok(),
        "a user is in one match at most"
    );
    let (won, lost, id) = if one.is_ok() {
        (one, other, from_cat)
    } else {
        (other, one, from_ada)
    };
    assert_eq!(code(lost), "invites.you_are_playing");
    assert_eq!(fixture.matches().await, [won.unwrap().match_id.unwrap()]);
    let pending = fixture.invites.get(&bob, id).await.unwrap();
    assert_eq!(
        (pending.status, pending.match_id),
        (InviteStatus::Pending, None)
    );
    fixture.end_matches().await;
    fixture.invites.accept(&bob, id).await.unwrap();
}

async fn accept_invite_of_an_inactive_user_is_refused(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = fixture.invite(&ada, "bob").await.id;
    fixture.remove(&ada);
    assert_eq!(
        code(fixture.invites.accept(&bob, id).await),
        "invites.not_found"
    );
    assert!(
        fixture
            .invites
            .inbox(&bob, PAGE)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(fixture.matches().await.is_empty());
}

async fn ending_an_invite_resolves_its_notification(database: Database) {
    let fixture = Fixture::new(database).await;
    let bob = fixture.user("bob");
    let mut keys = vec![];
    for (n, name) in ["ada", "cat", "dan"].into_iter().enumerate() {
        let other = fixture.user(name);
        let id = fixture.invite(&other, "bob").await.id;
        assert_eq!(fixture.resolved().await, keys, "it is pending");
        keys.push((bob.user, format!("game_invite:{id}")));
        keys.sort();
        let ended = match n {
            0 => fixture.invites.accept(&bob, id).await,
            1 => fixture.invites.decline(&bob, id).await,
            _ => fixture.invites.cancel(&other, id).await,
        };
        ended.unwrap();
        fixture.end_matches().await;
        assert_eq!(fixture.resolved().await, keys, "{name}");
    }
}
