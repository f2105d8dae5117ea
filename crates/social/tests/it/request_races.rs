//! Friend requests that are repeated or sent at once.

use std::time::Duration;

use contract::social::{FriendRequestResult, RequestDirection};
use futures_util::future::join_all;
use kernel::{PageRequest, Relation};
use testkit::Database;

use crate::fixture::{Fixture, code};
use crate::requests::{friends_of, pending, send};

testkit::database_tests!(
    send_request_is_idempotent,
    send_request_in_both_directions_makes_one_friendship,
    accept_decline_and_cancel_request_at_once_end_it_once,
    send_request_is_limited_even_when_concurrent,
    accept_request_is_idempotent,
    accept_request_after_a_crossing_request_is_idempotent,
    decline_and_cancel_request_are_idempotent,
    accept_request_succeeds_while_the_registry_fails,
    block_during_accept_request_leaves_neither_friends_nor_requests,
);

async fn send_request_is_idempotent(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let asks = (0..20).map(|_| fixture.social.send_request(&ada, "bob"));
    let mut ids = Vec::new();
    for asked in join_all(asks).await {
        match asked.unwrap() {
            FriendRequestResult::Requested { request } => ids.push(request.id),
            FriendRequestResult::Friends { .. } => panic!("not accepted"),
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(
        pending(&fixture, &bob, RequestDirection::Incoming)
            .await
            .len(),
        1
    );
    assert_eq!(fixture.event_names(&bob).await, ["friend_request"]);
    assert_eq!(fixture.notifications().await.len(), 1);
}

async fn send_request_in_both_directions_makes_one_friendship(database: Database) {
    let fixture = Fixture::new(database);
    for round in 0..10 {
        let names = [format!("ada{round}"), format!("bob{round}")];
        let [ada, bob] = names.each_ref().map(|name| fixture.user(name));
        let (one, other) = tokio::join!(
            fixture.social.send_request(&ada, &names[1]),
            fixture.social.send_request(&bob, &names[0])
        );
        let made = [one.unwrap(), other.unwrap()];
        let friends = made
            .iter()
            .filter(|one| matches!(one, FriendRequestResult::Friends { .. }));
        assert_eq!(friends.count(), 1, "the second completes the first");
        for who in [&ada, &bob] {
            assert_eq!(friends_of(&fixture, who).await.len(), 1);
            assert_eq!(pending(&fixture, who, RequestDirection::Incoming).await, []);
            let names = fixture.event_names(who).await;
            assert_eq!(names, ["friend_request", "new_friend"]);
        }
    }
}

async fn accept_decline_and_cancel_request_at_once_end_it_once(database: Database) {
    let fixture = Fixture::new(database);
    for round in 0..10 {
        let names = [format!("ada{round}"), format!("bob{round}")];
        let [ada, bob] = names.each_ref().map(|name| fixture.user(name));
        let id = send(&fixture, &ada, &names[1]).await.id;
        let (accepted, declined, canceled) = tokio::join!(
            fixture.social.accept_request(&bob, id),
            fixture.social.decline_request(&bob, id),
            fixture.social.cancel_request(&ada, id)
        );
        let ended = [accepted.is_ok(), declined.is_ok(), canceled.is_ok()];
        assert_eq!(ended.iter().filter(|ok| **ok).count(), 1, "{ended:?}");
        let friends = fixture.relation(&ada, &bob).await == Relation::Friend;
        assert_eq!(friends, accepted.is_ok());
        assert_eq!(fixture.events(&bob).await.len(), 2);
    }
}

async fn send_request_is_limited_even_when_concurrent(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let names: Vec<String> = (0..110).map(|n| format!("p{n}")).collect();
    for name in &names {
        fixture.user(name);
    }
    let asks = names
        .iter()
        .map(|name| fixture.social.send_request(&ada, name));
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
    let outgoing = fixture
        .social
        .list_requests(&ada, RequestDirection::Outgoing, page);
    let outgoing = outgoing.await.unwrap();
    assert_eq!((outgoing.items.len(), outgoing.total), (10, 100));
}

async fn accept_request_is_idempotent(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = send(&fixture, &ada, "bob").await.id;
    let accepts = join_all((0..8).map(|_| fixture.social.accept_request(&bob, id))).await;
    let mut friends: Vec<_> = accepts.into_iter().map(Result::unwrap).collect();
    friends.dedup();
    assert_eq!(friends.len(), 1);
    fixture.advance(Duration::from_secs(60));
    assert_eq!(
        fixture.social.accept_request(&bob, id).await.unwrap(),
        friends[0]
    );
    let names = ["friend_request", "new_friend"];
    assert_eq!(fixture.event_names(&ada).await, names, "emitted once");
    let missing = "friends.request_not_found";
    assert_eq!(
        code(fixture.social.decline_request(&bob, id).await),
        missing
    );
    assert_eq!(code(fixture.social.cancel_request(&ada, id).await), missing);
    assert_eq!(code(fixture.social.accept_request(&ada, id).await), missing);
    fixture.social.remove_friend(&ada, "bob").await.unwrap();
    assert_eq!(code(fixture.social.accept_request(&bob, id).await), missing);
}

async fn accept_request_after_a_crossing_request_is_idempotent(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = send(&fixture, &ada, "bob").await.id;
    let FriendRequestResult::Friends { friend } =
        fixture.social.send_request(&bob, "ada").await.unwrap()
    else {
        panic!("not friends")
    };
    assert_eq!(
        fixture.social.accept_request(&bob, id).await.unwrap(),
        friend
    );
}

async fn decline_and_cancel_request_are_idempotent(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let missing = "friends.request_not_found";
    let id = send(&fixture, &ada, "bob").await.id;
    let cancels = join_all((0..8).map(|_| fixture.social.cancel_request(&ada, id))).await;
    assert!(cancels.iter().all(Result::is_ok), "{cancels:?}");
    assert_eq!(
        code(fixture.social.decline_request(&bob, id).await),
        missing
    );
    let id = send(&fixture, &ada, "bob").await.id;
    let declines = join_all((0..8).map(|_| fixture.social.decline_request(&bob, id))).await;
    assert!(declines.iter().all(Result::is_ok), "{declines:?}");
    assert_eq!(code(fixture.social.cancel_request(&ada, id).await), missing);
    assert_eq!(code(fixture.social.accept_request(&bob, id).await), missing);
    let names = ["friend_request", "friend_request_removed"].repeat(2);
    assert_eq!(fixture.event_names(&ada).await, names);
}

async fn accept_request_succeeds_while_the_registry_fails(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let presence = fixture.social.presence();
    let _tabs = [&ada, &bob].map(|who| presence.connect(who.user, who.session));
    presence.flush().await.unwrap();
    let id = send(&fixture, &ada, "bob").await.id;
    fixture.fail_registry(true);
    let friend = fixture.social.accept_request(&bob, id).await.unwrap();
    assert_eq!((&*friend.username, friend.is_online), ("ada", false));
    assert_eq!(fixture.recorder.take_lines(), []);
    fixture.fail_registry(false);
    presence.flush().await.unwrap();
    let mut lines = fixture.recorder.take_lines();
    lines.sort();
    let expected = ["user_online ada online", "user_online bob online"];
    assert_eq!(lines, expected.map(|line| (line.to_owned(), 1)));
}

async fn block_during_accept_request_leaves_neither_friends_nor_requests(database: Database) {
    let fixture = Fixture::new(database);
    for round in 0..10 {
        let names = [format!("ada{round}"), format!("bob{round}")];
        let [ada, bob] = names.each_ref().map(|name| fixture.user(name));
        let id = send(&fixture, &ada, &names[1]).await.id;
        let (blocked, _, _) = tokio::join!(
            fixture.social.block(&ada, &names[1]),
            fixture.social.accept_request(&bob, id),
            fixture.social.send_request(&bob, &names[0])
        );
        blocked.unwrap();
        assert_ne!(fixture.relation(&ada, &bob).await, Relation::Friend);
        for who in [&ada, &bob] {
            assert_eq!(pending(&fixture, who, RequestDirection::Incoming).await, []);
            assert_eq!(pending(&fixture, who, RequestDirection::Outgoing).await, []);
        }
        let missing = "friends.request_not_found";
        assert_eq!(code(fixture.social.accept_request(&bob, id).await), missing);
    }
}
