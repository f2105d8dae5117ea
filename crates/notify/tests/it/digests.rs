use std::time::Duration;

use contract::notify::{Action, Resolved};
use db::{AnyConn, Tx};
use diesel::prelude::*;
use notify::NotifyConfig;
use notify::ports::{DeliveryId, DigestOutcome};
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, delivery_attempts, event, message_event};

testkit::database_tests!(
    digest_holds_what_was_unread_long_enough,
    digest_leaves_out_read_and_resolved_notifications,
    digest_is_not_sent_when_all_was_read_meanwhile,
    digest_is_postponed_while_the_user_is_active,
    digest_follows_the_preferred_frequency,
    digest_that_was_not_sent_delays_no_other,
    digest_follows_preferences_changed_meanwhile,
    digest_outcomes_are_stored,
    deferred_digest_is_retried_and_given_up_at_last,
    digest_attempt_with_unknown_result_is_not_repeated,
    concurrent_digests_are_sent_once_per_user,
);

fn after() -> Duration {
    NotifyConfig::default().digest_after
}

fn counted(state: &str, count: i64) -> Vec<(String, i64)> {
    vec![(state.to_owned(), count)]
}

async fn newest_delivery(fixture: &Fixture) -> DeliveryId {
    let read = |conn: &mut AnyConn| {
        Ok(delivery_attempts::table
            .order(delivery_attempts::started_at.desc())
            .select(delivery_attempts::delivery_id)
            .first(conn)?)
    };
    fixture.store.read(read).await.unwrap()
}

async fn digest_holds_what_was_unread_long_enough(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user(), fixture.user());
    fixture
        .notify(vec![event(&bob, Action::FriendRequest, "1")])
        .await;
    fixture.advance(after() - Duration::from_secs(1));
    let chat = fixture
        .store
        .env()
        .id::<contract::chat::ChatMarker>()
        .to_string();
    fixture
        .notify(vec![
            message_event(&bob, &chat, 1),
            message_event(&bob, &chat, 2),
            event(&bob, Action::GameInvite, "2"),
            event(&ada, Action::NewFriend, "3"),
        ])
        .await;
    assert!(fixture.mails().is_empty());
    fixture.advance(Duration::from_secs(1));
    fixture.work().await;
    let mails = fixture.mails();
    assert_eq!(
        mails.len(),
        1,
        "new_friend and game_invite are not mailed by default"
    );
    assert_eq!(mails[0].user, bob.user);
    assert_eq!(
        mails[0].lines,
        [
            "Ada sent you a friend request.",
            "ada sent you a message. (2 times)"
        ]
    );
    assert_eq!(fixture.attempts().await, [Some("sent".to_owned())]);
    assert_eq!(fixture.mail_counts().await, counted("sent", 1));
    fixture.advance(after() * 4);
    fixture.work().await;
    assert_eq!(fixture.mails().len(), 1, "each notification is mailed once");
}

async fn digest_leaves_out_read_and_resolved_notifications(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let asked = |key| event(&bob, Action::FriendRequest, key);
    fixture.notify(vec![asked("1")]).await;
    let id = fixture.list(&bob).await[0].id;
    fixture.notify.read(&bob, id).await.unwrap();
    // Two nodes run these jobs, in any order.
    fixture.notify(vec![asked("2"), asked("3")]).await;
    fixture.resolve(&Resolved::by_key(bob.user, "2")).await;
    fixture.advance(after());
    fixture.work().await;
    assert_eq!(fixture.mails()[0].lines, ["Ada sent you a friend request."]);

    fixture.advance(after());
    fixture
        .notify(vec![event(&bob, Action::FriendRequest, "4")])
        .await;
    fixture.notify.read_all(&bob).await.unwrap();
    fixture.advance(after());
    fixture.work().await;
    assert_eq!(fixture.mails().len(), 1, "all was read");
}

async fn digest_is_not_sent_when_all_was_read_meanwhile(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    fixture
        .notify(vec![event(&bob, Action::FriendRequest, "1")])
        .await;
    fixture.next_outcomes(&[DigestOutcome::Deferred]);
    fixture.advance(after());
    fixture.work().await;
    fixture.notify.clear(&bob).await.unwrap();
    fixture.advance(Duration::from_secs(60));
    fixture.work().await;
    assert!(fixture.mails().is_empty());
    assert_eq!(fixture.attempts().await, [Some("later".to_owned())]);
    assert_eq!(fixture.mail_counts().await, counted("read_meanwhile", 1));
}

async fn digest_is_postponed_while_the_user_is_active(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    fixture.directory.active.lock().unwrap().insert(bob.user);
    fixture
        .notify(vec![event(&bob, Action::FriendRequest, "1")])
        .await;
    for _ in 0..3 {
        fixture.advance(after());
        fixture.work().await;
        assert!(fixture.mails().is_empty());
    }
    fixture.directory.active.lock().unwrap().clear();
    fixture.advance(after());
    fixture.work().await;
    assert_eq!(fixture.mails().len(), 1);
}

async fn digest_follows_the_preferred_frequency(database: Database) {
    let fixture = Fixture::new(database);
    let (daily, never) = (fixture.user(), fixture.user());
    fixture
        .set_preferences(&daily, json!({"digest": "daily"}))
        .await;
    fixture
        .set_preferences(&never, json!({"digest": "off"}))
        .await;
    for time in 0..5 {
        let key = format!("r:{time}");
        let both = [&daily, &never];
        fixture
            .notify(
                both.map(|who| event(who, Action::FriendRequest, &key))
                    .into(),
            )
            .await;
        fixture.advance(Duration::from_secs(6 * 3_600));
        fixture.work().await;
    }
    let mails = fixture.mails();
    assert!(mails.iter().all(|mail| mail.user == daily.user));
    assert_eq!(mails.len(), 2);
    assert_eq!(fixture.unread(&never).await, 5);
}

async fn digest_that_was_not_sent_delays_no_other(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    fixture
        .set_preferences(&bob, json!({"digest": "daily"}))
        .await;
    let request = |key| vec![event(&bob, Action::FriendRequest, key)];
    fixture.notify(request("1")).await;
    fixture.next_outcomes(&[DigestOutcome::Deferred]);
    fixture.advance(after());
    fixture.work().await;
    fixture.notify.read_all(&bob).await.unwrap();
    fixture.advance(Duration::from_secs(60));
    fixture.work().await;
    assert_eq!(fixture.mail_counts().await, counted("read_meanwhile", 1));
    fixture.notify(request("2")).await;
    fixture.advance(after());
    fixture.work().await;
    assert_eq!(fixture.mails().len(), 1);
    fixture.notify(request("3")).await;
    fixture.advance(after());
    fixture.work().await;
    assert_eq!(fixture.mails().len(), 1, "this one was sent");
}

async fn digest_follows_preferences_changed_meanwhile(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    fixture
        .notify(vec![event(&bob, Action::FriendRequest, "1")])
        .await;
    let preferences = json!({"kinds": {"friend_request": {"in_app": true, "email": false}}});
    fixture.set_preferences(&bob, preferences).await;
    fixture.advance(after());
    fixture.work().await;
    assert!(fixture.mails().is_empty());
}

async fn digest_outcomes_are_stored(database: Database) {
    let fixture = Fixture::new(database);
    for (outcome, state) in [
        (DigestOutcome::Unreachable, "unreachable"),
        (DigestOutcome::Rejected, "refused"),
    ] {
        let who = fixture.user();
        fixture
            .notify(vec![event(&who, Action::FriendRequest, "1")])
            .await;
        fixture.next_outcomes(&[outcome]);
        fixture.advance(after());
        fixture.work().await;
        assert_eq!(
            fixture.attempts().await.pop().unwrap().as_deref(),
            Some(state)
        );
    }
    let both = vec![("refused".to_owned(), 1), ("unreachable".to_owned(), 1)];
    assert_eq!(fixture.mail_counts().await, both);
    assert!(fixture.mails().is_empty());
    fixture.advance(after() * 4);
    fixture.work().await;
    assert_eq!(fixture.attempts().await.len(), 2, "neither is retried");
}

async fn deferred_digest_is_retried_and_given_up_at_last(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user(), fixture.user());
    fixture
        .notify(vec![event(&ada, Action::FriendRequest, "1")])
        .await;
    fixture.next_outcomes(&[DigestOutcome::Deferred, DigestOutcome::Deferred]);
    fixture.advance(after());
    fixture.work().await;
    for _ in 0..2 {
        fixture.advance(Duration::from_secs(60));
        fixture.work().await;
    }
    let mails = fixture.mails();
    assert_eq!(mails.len(), 1);
    let outcomes = ["later", "later", "sent"].map(|outcome| Some(outcome.to_owned()));
    assert_eq!(fixture.attempts().await, outcomes);

    fixture
        .notify(vec![event(&bob, Action::FriendRequest, "1")])
        .await;
    fixture.next_outcomes(&[DigestOutcome::Deferred; 12]);
    fixture.advance(after());
    for _ in 0..14 {
        fixture.work().await;
        fixture.advance(Duration::from_secs(3_600));
    }
    assert_eq!(fixture.attempts().await.len(), 3 + 10);
    assert!(
        fixture
            .mail_counts()
            .await
            .contains(&("given_up".to_owned(), 1))
    );
}

async fn digest_attempt_with_unknown_result_is_not_repeated(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    fixture
        .notify(vec![event(&bob, Action::FriendRequest, "1")])
        .await;
    fixture.next_outcomes(&[DigestOutcome::Deferred]);
    fixture.advance(after());
    fixture.work().await;
    // What a node leaves that dies between sending and storing the outcome.
    let (delivery, now) = (newest_delivery(&fixture).await, fixture.store.env().now());
    let insert = move |tx: &mut Tx<'_>| {
        let attempt = (
            delivery_attempts::delivery_id.eq(delivery),
            delivery_attempts::number.eq(2),
            delivery_attempts::started_at.eq(now),
        );
        Ok(diesel::insert_into(delivery_attempts::table)
            .values(attempt)
            .execute(tx.conn)?)
    };
    fixture.store.write(insert).await.unwrap();
    fixture.advance(Duration::from_secs(60));
    fixture.work().await;
    assert!(fixture.mails().is_empty());
    assert_eq!(fixture.mail_counts().await, counted("unknown", 1));
    let outcomes = ["later", "unknown"].map(|outcome| Some(outcome.to_owned()));
    assert_eq!(fixture.attempts().await, outcomes);
}

async fn concurrent_digests_are_sent_once_per_user(database: Database) {
    let fixture = Fixture::new(database);
    let users: Vec<_> = (0..25).map(|_| fixture.user()).collect();
    for key in ["1", "2"] {
        let events = users
            .iter()
            .map(|who| event(who, Action::FriendRequest, key));
        fixture.notify(events.collect()).await;
    }
    fixture.advance(after());
    fixture.work().await;
    let mut mailed: Vec<_> = fixture.mails().iter().map(|mail| mail.user).collect();
    mailed.sort();
    let mut expected: Vec<_> = users.iter().map(|who| who.user).collect();
    expected.sort();
    assert_eq!(mailed, expected);
}
