use std::time::Duration;

use db::{DbTime, DbUuid, match_backend};
use diesel::prelude::*;
use kernel::{Actor, PageRequest, Relation, UserId};
use testkit::Database;

use crate::fixture::{Fixture, PAGE, code};

testkit::database_tests!(
    full_friend_and_block_lists_are_refused,
    list_friends_is_paged_newest_first,
    remove_friend_ends_the_friendship_of_both,
    suggest_friends_lists_friends_of_friends_who_can_get_requests,
    relations_are_those_of_both_users,
    forget_deletes_everything_about_a_user,
);

/// Inserts many rows of two users and a time.
async fn write_pairs(fixture: &Fixture, insert: &'static str, pairs: Vec<(UserId, UserId)>) {
    let write = move |tx: &mut db::Tx<'_>| {
        let now = tx.env().now();
        for (one, other) in pairs {
            let query = || {
                diesel::sql_query(insert)
                    .bind::<DbUuid, _>(one)
                    .bind::<DbUuid, _>(other)
                    .bind::<DbTime, _>(now)
            };
            match_backend!(&mut *tx.conn, c => query().execute(c)?);
        }
        Ok(())
    };
    fixture.store.write(write).await.unwrap();
}

/// Inserts many friendships.
pub(crate) async fn make_all_friends(fixture: &Fixture, one: &Actor, others: &[Actor]) {
    let pairs = others
        .iter()
        .flat_map(|other| [(one.user, other.user), (other.user, one.user)])
        .collect();
    let insert = "INSERT INTO friendships (user_id, friend_id, since) VALUES ($1, $2, $3)";
    write_pairs(fixture, insert, pairs).await;
}

async fn full_friend_and_block_lists_are_refused(database: Database) {
    let fixture = Fixture::new(database);
    let [ada, bob] = ["ada", "bob"].map(|name| fixture.user(name));
    let crowd: Vec<Actor> = (0..1_000).map(|n| fixture.user(&format!("p{n}"))).collect();
    let request = fixture.social.send_request(&bob, "ada").await.unwrap();
    let contract::social::FriendRequestResult::Requested { request } = request else {
        panic!("not a request")
    };
    make_all_friends(&fixture, &ada, &crowd).await;
    let accepted = fixture.social.accept_request(&ada, request.id).await;
    assert_eq!(code(accepted), "friends.list_full");
    let cat = fixture.user("cat");
    assert_eq!(
        code(fixture.social.send_request(&cat, "ada").await),
        "friends.their_list_full"
    );
    let blocks = crowd.iter().map(|one| (bob.user, one.user)).collect();
    let insert = "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, $3)";
    write_pairs(&fixture, insert, blocks).await;
    assert_eq!(
        code(fixture.social.block(&bob, "cat").await),
        "blocks.list_full"
    );
}

async fn list_friends_is_paged_newest_first(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    for name in ["bob", "cat", "dan"] {
        let friend = fixture.user(name);
        fixture.befriend(&ada, "ada", &friend, name).await;
        fixture.advance(Duration::from_secs(1));
    }
    let page = |limit, offset| {
        fixture
            .social
            .list_friends(&ada, PageRequest { limit, offset })
    };
    let first = page(2, 0).await.unwrap();
    let names: Vec<_> = first.items.iter().map(|one| &*one.username).collect();
    assert_eq!((names, first.total), (vec!["dan", "cat"], 3));
    let second = page(2, 2).await.unwrap();
    assert_eq!(second.items[0].username, "bob");
    assert_eq!(second.items.len(), 1);
}

async fn remove_friend_ends_the_friendship_of_both(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.befriend(&ada, "ada", &bob, "bob").await;
    assert_eq!(
        code(fixture.social.remove_friend(&ada, "ada").await),
        "friends.not_friends"
    );
    assert_eq!(
        code(fixture.social.remove_friend(&ada, "nobody").await),
        "friends.not_friends"
    );
    fixture.social.remove_friend(&ada, "bob").await.unwrap();
    assert_eq!(
        code(fixture.social.remove_friend(&bob, "ada").await),
        "friends.not_friends"
    );
    assert_eq!(
        fixture.social.list_friends(&bob, PAGE).await.unwrap().total,
        0
    );
    for (who, other) in [(&ada, &bob), (&bob, &ada)] {
        let (name, data) = fixture.events(who).await.pop().unwrap();
        assert_eq!(name, "friend_removed");
        assert_eq!(data["user_id"], other.user.to_string());
    }
    assert_eq!(
        fixture.notifications().await.len(),
        2,
        "the request and the friendship only"
    );
}

async fn suggest_friends_lists_friends_of_friends_who_can_get_requests(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let [bob, cat] = ["bob", "cat"].map(|name| fixture.user(name));
    let others = [
        "close", "far", "asked", "asks", "blocked", "blocks", "closed", "hidden", "declined",
    ];
    let others = others.map(|name| (name, fixture.user(name)));
    fixture.befriend(&ada, "ada", &bob, "bob").await;
    fixture.befriend(&ada, "ada", &cat, "cat").await;
    for (name, other) in &others {
        fixture.befriend(&bob, "bob", other, name).await;
    }
    let who = |wanted: &str| &others.iter().find(|(name, _)| *name == wanted).unwrap().1;
    fixture.befriend(&cat, "cat", who("close"), "close").await;
    fixture.befriend(&bob, "bob", &cat, "cat").await;
    fixture.social.send_request(&ada, "asked").await.unwrap();
    fixture
        .social
        .send_request(who("asks"), "ada")
        .await
        .unwrap();
    fixture.social.block(&ada, "blocked").await.unwrap();
    fixture.social.block(who("blocks"), "ada").await.unwrap();
    fixture.set(who("closed"), |one| one.takes_requests = false);
    fixture.set(who("hidden"), |one| one.searchable = false);
    let asked = fixture.social.send_request(&ada, "declined").await.unwrap();
    let contract::social::FriendRequestResult::Requested { request } = asked else {
        panic!("not a request")
    };
    fixture
        .social
        .decline_request(who("declined"), request.id)
        .await
        .unwrap();

    let found = fixture.social.suggest_friends(&ada, PAGE).await.unwrap();
    let lines: Vec<_> = found
        .items
        .iter()
        .map(|one| (&*one.user.username, one.mutual_friends))
        .collect();
    assert_eq!((lines, found.total), (vec![("close", 2), ("far", 1)], 2));
    let second = PageRequest {
        limit: 1,
        offset: 1,
    };
    let second = fixture.social.suggest_friends(&ada, second).await.unwrap();
    assert_eq!(second.items[0].user.username, "far");
    let lonely = fixture.user("lonely");
    assert_eq!(
        fixture
            .social
            .suggest_friends(&lonely, PAGE)
            .await
            .unwrap()
            .total,
        0
    );
}

async fn relations_are_those_of_both_users(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob, cat) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("cat"),
    );
    fixture.befriend(&ada, "ada", &bob, "bob").await;
    fixture.social.block(&cat, "ada").await.unwrap();
    for (one, other, relation) in [
        (&ada, &bob, Relation::Friend),
        (&bob, &cat, Relation::Stranger),
        (&ada, &cat, Relation::Blocked),
        (&cat, &ada, Relation::Blocked),
    ] {
        assert_eq!(fixture.relation(one, other).await, relation);
    }
}

async fn forget_deletes_everything_about_a_user(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob, cat) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("cat"),
    );
    fixture.befriend(&ada, "ada", &bob, "bob").await;
    fixture.social.send_request(&cat, "ada").await.unwrap();
    let data = fixture.social.personal_data(ada.user).read().await.unwrap();
    assert_eq!(data["friends"][0][0], bob.user.to_string());
    assert_eq!(data["friend_requests"][0][0], cat.user.to_string());
    fixture.remove(&ada);
    for _ in 0..2 {
        fixture.social.forget(ada.user).await.unwrap();
    }
    assert_eq!(
        fixture.social.list_friends(&bob, PAGE).await.unwrap().total,
        0
    );
    let outgoing = contract::social::RequestDirection::Outgoing;
    let requests = fixture
        .social
        .list_requests(&cat, outgoing, PAGE)
        .await
        .unwrap();
    assert_eq!(requests.total, 0);
    let names = fixture.event_names(&bob).await;
    assert_eq!(
        names
            .iter()
            .filter(|name| *name == "friend_removed")
            .count(),
        1
    );
}
