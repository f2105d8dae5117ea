use std::time::Duration;

use contract::notify::Action;
use contract::social::{AddNewFriend, FriendRequest, FriendRequestResult, RequestDirection};
use kernel::{Actor, ErrorKind, Relation};
use social::rules::request_policy::DECLINE_COOLDOWN;
use testkit::Database;

use crate::fixture::{Fixture, PAGE, code};

testkit::database_tests!(
    send_request_is_listed_for_both_users_and_accept_makes_friends,
    send_and_accept_request_emit_to_both_users_and_notify_the_other,
    decline_request_notifies_nobody_and_starts_a_cooldown,
    send_request_after_declining_one_clears_the_cooldown,
    cancel_request_removes_it,
    accept_decline_and_cancel_request_refuse_other_users,
    send_request_refuses_unknown_closed_and_befriended_users,
    add_new_friend_accepts_the_actor_as_sender_only,
    list_requests_is_ordered_newest_first,
    ending_a_request_resolves_its_notification,
    prune_deletes_old_outcomes_only,
);

pub(crate) async fn pending(
    fixture: &Fixture,
    who: &Actor,
    direction: RequestDirection,
) -> Vec<FriendRequest> {
    let page = fixture
        .social
        .list_requests(who, direction, PAGE)
        .await
        .unwrap();
    assert_eq!(page.total, i64::try_from(page.items.len()).unwrap());
    page.items
}

pub(crate) async fn send(fixture: &Fixture, who: &Actor, name: &str) -> FriendRequest {
    match fixture.social.send_request(who, name).await.unwrap() {
        FriendRequestResult::Requested { request } => request,
        FriendRequestResult::Friends { .. } => panic!("friends at once"),
    }
}

pub(crate) async fn friends_of(fixture: &Fixture, who: &Actor) -> Vec<String> {
    let page = fixture.social.list_friends(who, PAGE).await.unwrap();
    page.items.into_iter().map(|one| one.username).collect()
}

async fn send_request_is_listed_for_both_users_and_accept_makes_friends(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let request = send(&fixture, &ada, "bob").await;
    assert_eq!(
        (request.direction, &*request.user.username),
        (RequestDirection::Outgoing, "bob")
    );
    let incoming = pending(&fixture, &bob, RequestDirection::Incoming).await;
    assert_eq!(incoming.len(), 1);
    assert_eq!(
        (incoming[0].id, &*incoming[0].user.username),
        (request.id, "ada")
    );
    assert_eq!(
        pending(&fixture, &ada, RequestDirection::Outgoing).await,
        std::slice::from_ref(&request)
    );
    assert_eq!(
        pending(&fixture, &ada, RequestDirection::Incoming).await,
        []
    );

    let friend = fixture
        .social
        .accept_request(&bob, request.id)
        .await
        .unwrap();
    assert_eq!((&*friend.username, friend.is_online), ("ada", false));
    assert_eq!(friends_of(&fixture, &ada).await, ["bob"]);
    assert_eq!(friends_of(&fixture, &bob).await, ["ada"]);
    assert_eq!(
        pending(&fixture, &bob, RequestDirection::Incoming).await,
        []
    );
    assert_eq!(fixture.relation(&ada, &bob).await, Relation::Friend);
}

async fn send_and_accept_request_emit_to_both_users_and_notify_the_other(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let request = send(&fixture, &ada, "bob").await;
    fixture
        .social
        .accept_request(&bob, request.id)
        .await
        .unwrap();
    let (to_ada, to_bob) = (fixture.events(&ada).await, fixture.events(&bob).await);
    for events in [&to_ada, &to_bob] {
        let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["friend_request", "new_friend"]);
        for (_, data) in events {
            assert_eq!(data["sender_id"], ada.user.to_string());
            assert_eq!(data["receiver_id"], bob.user.to_string());
        }
    }
    assert_eq!(to_ada[0].1["direction"], "outgoing");
    assert_eq!(to_bob[0].1["direction"], "incoming");
    assert_eq!(to_bob[0].1["user"]["username"], "ada");
    assert_eq!(to_ada[1].1["user"]["username"], "bob");

    let notifications = fixture.notifications().await;
    let notified: Vec<_> = notifications
        .iter()
        .map(|one| (one.user_id, one.action))
        .collect();
    assert_eq!(
        notified,
        [
            (bob.user, Action::FriendRequest),
            (ada.user, Action::NewFriend)
        ]
    );
}

async fn decline_request_notifies_nobody_and_starts_a_cooldown(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let request = send(&fixture, &ada, "bob").await;
    fixture
        .social
        .decline_request(&bob, request.id)
        .await
        .unwrap();
    for who in [&ada, &bob] {
        assert_eq!(
            fixture.event_names(who).await,
            ["friend_request", "friend_request_removed"]
        );
    }
    assert_eq!(
        fixture.notifications().await.len(),
        1,
        "of the request only"
    );
    let again = fixture.social.send_request(&ada, "bob").await.unwrap_err();
    assert_eq!(again.code().name, "friends.declined_recently");
    assert_eq!(
        again.code().kind,
        ErrorKind::Conflict,
        "a state, not a rate"
    );
    assert_eq!(again.retry_delay(), Some(DECLINE_COOLDOWN));
    fixture.advance(DECLINE_COOLDOWN);
    send(&fixture, &ada, "bob").await;
}

async fn send_request_after_declining_one_clears_the_cooldown(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let request = send(&fixture, &ada, "bob").await;
    fixture
        .social
        .decline_request(&bob, request.id)
        .await
        .unwrap();
    let back = send(&fixture, &bob, "ada").await;
    fixture.social.accept_request(&ada, back.id).await.unwrap();
    fixture.social.remove_friend(&ada, "bob").await.unwrap();
    send(&fixture, &ada, "bob").await;
}

async fn cancel_request_removes_it(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let request = send(&fixture, &ada, "bob").await;
    fixture
        .social
        .cancel_request(&ada, request.id)
        .await
        .unwrap();
    assert_eq!(
        pending(&fixture, &bob, RequestDirection::Incoming).await,
        []
    );
    assert_eq!(
        code(fixture.social.accept_request(&bob, request.id).await),
        "friends.request_not_found"
    );
    send(&fixture, &ada, "bob").await;
}

async fn accept_decline_and_cancel_request_refuse_other_users(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob, eve) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("eve"),
    );
    let id = send(&fixture, &ada, "bob").await.id;
    let missing = "friends.request_not_found";
    assert_eq!(code(fixture.social.accept_request(&ada, id).await), missing);
    assert_eq!(
        code(fixture.social.decline_request(&ada, id).await),
        missing
    );
    assert_eq!(code(fixture.social.cancel_request(&bob, id).await), missing);
    assert_eq!(code(fixture.social.accept_request(&eve, id).await), missing);
    assert_eq!(
        code(fixture.social.decline_request(&eve, id).await),
        missing
    );
    assert_eq!(code(fixture.social.cancel_request(&eve, id).await), missing);
    let nothing = fixture.store.env().id();
    assert_eq!(
        code(fixture.social.accept_request(&ada, nothing).await),
        missing
    );
    assert_eq!(
        pending(&fixture, &bob, RequestDirection::Incoming)
            .await
            .len(),
        1
    );
}

async fn send_request_refuses_unknown_closed_and_befriended_users(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let send = |name: &'static str| fixture.social.send_request(&ada, name);
    assert_eq!(code(send("nobody").await), "users.not_found");
    assert_eq!(code(send("ada").await), "users.oneself");
    fixture.set(&bob, |bob| bob.takes_requests = false);
    assert_eq!(code(send("bob").await), "friends.requests_not_welcome");
    fixture.set(&bob, |bob| bob.takes_requests = true);
    fixture.befriend(&ada, "ada", &bob, "bob").await;
    assert_eq!(code(send("bob").await), "friends.already_friends");
    assert_eq!(
        fixture.social.list_friends(&bob, PAGE).await.unwrap().total,
        1
    );
}

async fn add_new_friend_accepts_the_actor_as_sender_only(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let action = |sender_id, receiver_id| AddNewFriend {
        sender_id,
        receiver_id,
    };
    let add = |wanted| fixture.social.add_new_friend(&ada, wanted);
    let forged = add(action(bob.user, ada.user)).await;
    assert_eq!(code(forged), "friends.not_yourself");
    let alone = add(action(ada.user, ada.user)).await;
    assert_eq!(code(alone), "users.oneself");
    let nobody = add(action(ada.user, fixture.store.env().id())).await;
    assert_eq!(code(nobody), "users.not_found");
    let asked = add(action(ada.user, bob.user)).await.unwrap();
    assert!(matches!(asked, FriendRequestResult::Requested { .. }));
    let completed = fixture
        .social
        .add_new_friend(&bob, action(bob.user, ada.user));
    assert!(matches!(
        completed.await.unwrap(),
        FriendRequestResult::Friends { .. }
    ));
}

async fn list_requests_is_ordered_newest_first(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user("bob");
    for name in ["ada", "cat", "dan"] {
        let who = fixture.user(name);
        send(&fixture, &who, "bob").await;
        fixture.advance(Duration::from_secs(1));
    }
    let incoming = pending(&fixture, &bob, RequestDirection::Incoming).await;
    let names: Vec<_> = incoming.iter().map(|one| &*one.user.username).collect();
    assert_eq!(names, ["dan", "cat", "ada"]);
}

async fn ending_a_request_resolves_its_notification(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user("bob");
    let mut keys = vec![];
    for (n, name) in ["ada", "cat", "dan", "eve", "fay"].into_iter().enumerate() {
        let other = fixture.user(name);
        let request = send(&fixture, &other, "bob").await;
        keys.push((bob.user, format!("friend_request:{}", request.id)));
        match n {
            0 => drop(
                fixture
                    .social
                    .accept_request(&bob, request.id)
                    .await
                    .unwrap(),
            ),
            1 => fixture
                .social
                .decline_request(&bob, request.id)
                .await
                .unwrap(),
            2 => fixture
                .social
                .cancel_request(&other, request.id)
                .await
                .unwrap(),
            3 => drop(fixture.social.block(&bob, name).await.unwrap()),
            _ => fixture.social.forget(other.user).await.unwrap(),
        }
        keys.sort();
        assert_eq!(fixture.resolved().await, keys, "{name}");
    }
    let gus = fixture.user("gus");
    let request = send(&fixture, &gus, "bob").await;
    assert_eq!(fixture.resolved().await, keys, "this request is pending");
    fixture.social.send_request(&bob, "gus").await.unwrap();
    let key = (bob.user, format!("friend_request:{}", request.id));
    assert!(fixture.resolved().await.contains(&key));
}

async fn prune_deletes_old_outcomes_only(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let day = Duration::from_secs(24 * 3_600);
    let old = send(&fixture, &ada, "bob").await.id;
    fixture.social.decline_request(&bob, old).await.unwrap();
    fixture.advance(30 * day);
    assert_eq!(fixture.social.prune().await.unwrap(), 1, "the decline");
    fixture.social.decline_request(&bob, old).await.unwrap();
    let new = send(&fixture, &ada, "bob").await.id;
    fixture.social.decline_request(&bob, new).await.unwrap();
    fixture.advance(Duration::from_secs(1));
    assert_eq!(fixture.social.prune().await.unwrap(), 1);
    fixture.social.decline_request(&bob, old).await.unwrap_err();
    fixture.social.decline_request(&bob, new).await.unwrap();
}
