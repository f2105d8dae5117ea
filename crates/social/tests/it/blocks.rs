use contract::social::{AddNewFriend, FriendRequestResult};

use kernel::Relation;
use testkit::Database;

use crate::fixture::{Fixture, PAGE, code};

testkit::database_tests!(
    block_ends_the_friendship_and_hides_both_users,
    block_ends_requests_of_both_directions,
    block_is_idempotent_and_unblock_reverts_it,
    unblock_hides_until_both_users_unblock,
    block_during_accept_request_ends_the_friendship,
    block_refuses_oneself_and_unknown_users,
    errors_do_not_tell_blocked_from_unknown_users,
);

async fn block_ends_the_friendship_and_hides_both_users(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.befriend(&ada, "ada", &bob, "bob").await;
    let block = fixture.social.block(&ada, "bob").await.unwrap();
    assert_eq!(block.user.username, "bob");
    for who in [&ada, &bob] {
        assert_eq!(
            fixture.social.list_friends(who, PAGE).await.unwrap().total,
            0
        );
        let names = fixture.event_names(who).await;
        assert!(names.contains(&"friend_removed".to_owned()));
        assert!(names.contains(&"blocks_changed".to_owned()));
    }
    for (one, other) in [(&ada, &bob), (&bob, &ada)] {
        assert_eq!(fixture.relation(one, other).await, Relation::Blocked);
        let hidden = fixture.social.hidden_from(one.user).await.unwrap();
        assert_eq!(hidden, [other.user].into());
    }
    assert_eq!(
        code(fixture.social.send_request(&bob, "ada").await),
        "users.not_found",
        "the blocked user learns nothing"
    );
    assert_eq!(
        code(fixture.social.send_request(&ada, "bob").await),
        "friends.you_blocked_them"
    );
    let names = fixture.event_names(&bob).await;
    assert!(!names.contains(&"user_blocked".to_owned()));
    fixture.social.block(&ada, "bob").await.unwrap();
    assert_eq!(
        *fixture.directory.blocked.lock().unwrap(),
        [(ada.user, bob.user)],
        "the listener is called once"
    );
}

async fn block_ends_requests_of_both_directions(database: Database) {
    let fixture = Fixture::new(database);
    for (round, from_me) in [(0, true), (1, false)] {
        let names = [format!("ada{round}"), format!("bob{round}")];
        let [ada, bob] = names.each_ref().map(|name| fixture.user(name));
        let asked = if from_me {
            fixture.social.send_request(&ada, &names[1]).await
        } else {
            fixture.social.send_request(&bob, &names[0]).await
        };
        let FriendRequestResult::Requested { request } = asked.unwrap() else {
            panic!("not a request")
        };
        fixture.social.block(&ada, &names[1]).await.unwrap();
        for who in [&ada, &bob] {
            assert_eq!(
                code(fixture.social.accept_request(who, request.id).await),
                "friends.request_not_found"
            );
            let names = fixture.event_names(who).await;
            assert!(names.contains(&"friend_request_removed".to_owned()));
        }
    }
}

async fn block_is_idempotent_and_unblock_reverts_it(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let (one, other) = tokio::join!(
        fixture.social.block(&ada, "bob"),
        fixture.social.block(&ada, "bob")
    );
    assert_eq!(one.unwrap(), other.unwrap());
    let list = fixture.social.list_blocks(&ada, PAGE).await.unwrap();
    assert_eq!((list.items.len(), list.total), (1, 1));
    assert_eq!(fixture.event_names(&bob).await, ["blocks_changed"]);

    assert_eq!(
        code(fixture.social.unblock(&bob, "ada").await),
        "blocks.not_blocked",
        "only the user who blocked"
    );
    fixture.social.unblock(&ada, "bob").await.unwrap();
    assert_eq!(
        code(fixture.social.unblock(&ada, "bob").await),
        "blocks.not_blocked"
    );
    assert!(
        fixture
            .social
            .hidden_from(bob.user)
            .await
            .unwrap()
            .is_empty()
    );
    fixture.social.send_request(&bob, "ada").await.unwrap();
}

async fn unblock_hides_until_both_users_unblock(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.social.block(&ada, "bob").await.unwrap();
    fixture.social.block(&bob, "ada").await.unwrap();
    fixture.social.unblock(&ada, "bob").await.unwrap();
    assert_eq!(fixture.relation(&ada, &bob).await, Relation::Blocked);
    assert_eq!(
        code(fixture.social.send_request(&ada, "bob").await),
        "users.not_found"
    );
}

async fn block_during_accept_request_ends_the_friendship(database: Database) {
    let fixture = Fixture::new(database);
    for round in 0..10 {
        let names = [format!("ada{round}"), format!("bob{round}")];
        let [ada, bob] = names.each_ref().map(|name| fixture.user(name));
        let FriendRequestResult::Requested { request } =
            fixture.social.send_request(&ada, &names[1]).await.unwrap()
        else {
            panic!("not a request")
        };
        let (accepted, blocked) = tokio::join!(
            fixture.social.accept_request(&bob, request.id),
            fixture.social.block(&ada, &names[1])
        );
        blocked.unwrap();
        if let Err(error) = accepted {
            assert_eq!(error.code().name, "friends.request_not_found");
        }
        assert_ne!(fixture.relation(&ada, &bob).await, Relation::Friend);
    }
}

async fn block_refuses_oneself_and_unknown_users(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    assert_eq!(
        code(fixture.social.block(&ada, "ada").await),
        "users.oneself"
    );
    assert_eq!(
        code(fixture.social.block(&ada, "nobody").await),
        "users.not_found"
    );
}

async fn errors_do_not_tell_blocked_from_unknown_users(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.social.block(&ada, "bob").await.unwrap();
    for name in ["ada", "nobody"] {
        let social = &fixture.social;
        let refusals = [
            code(social.send_request(&bob, name).await),
            code(social.remove_friend(&bob, name).await),
            code(social.unblock(&bob, name).await),
        ];
        let same = [
            "users.not_found",
            "friends.not_friends",
            "blocks.not_blocked",
        ];
        assert_eq!(refusals, same, "{name}");
    }
    for receiver_id in [ada.user, fixture.store.env().id()] {
        let wanted = AddNewFriend {
            sender_id: bob.user,
            receiver_id,
        };
        let refused = code(fixture.social.add_new_friend(&bob, wanted).await);
        assert_eq!(refused, "users.not_found");
    }
    // A blocked user can block too, and learns nothing by it afterwards.
    fixture.social.block(&bob, "ada").await.unwrap();
    let both = code(fixture.social.send_request(&bob, "ada").await);
    assert_eq!(both, "friends.you_blocked_them");
    fixture.social.unblock(&ada, "bob").await.unwrap();
    assert_eq!(code(fixture.social.send_request(&bob, "ada").await), both);
}
