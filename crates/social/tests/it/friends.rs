use std::time::Duration;

use db::{DbTime, DbUuid, match_backend};
use diesel::prelude::*;
use kernel::{Actor, PageRequest, UserId};
use social::Relation;

use crate::world::{PAGE, World, code, each};

/// Writes many rows of two people and a time at once.
async fn write_pairs(world: &World, insert: &'static str, pairs: Vec<(UserId, UserId)>) {
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
    world.store.write(write).await.unwrap();
}

/// Writes many friendships at once.
pub(crate) async fn make_all_friends(world: &World, one: &Actor, others: &[Actor]) {
    let pairs = others
        .iter()
        .flat_map(|other| [(one.user, other.user), (other.user, one.user)])
        .collect();
    let insert = "INSERT INTO friendships (user_id, friend_id, since) VALUES ($1, $2, $3)";
    write_pairs(world, insert, pairs).await;
}

#[tokio::test]
async fn full_lists_take_nobody_more() {
    for world in each() {
        let [ada, bob] = ["ada", "bob"].map(|name| world.person(name));
        let crowd: Vec<Actor> = (0..1_000).map(|n| world.person(&format!("p{n}"))).collect();
        let request = world.social.ask(&bob, "ada").await.unwrap();
        let contract::social::Asked::Requested { request } = request else {
            panic!("not a request")
        };
        make_all_friends(&world, &ada, &crowd).await;
        let accepted = world.social.accept(&ada, request.id).await;
        assert_eq!(code(accepted), "friends.list_full");
        let cat = world.person("cat");
        assert_eq!(
            code(world.social.ask(&cat, "ada").await),
            "friends.their_list_full"
        );
        let blocks = crowd.iter().map(|one| (bob.user, one.user)).collect();
        let insert = "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, $3)";
        write_pairs(&world, insert, blocks).await;
        assert_eq!(
            code(world.social.block(&bob, "cat").await),
            "blocks.list_full"
        );
    }
}

#[tokio::test]
async fn friends_come_newest_first_in_pages() {
    for world in each() {
        let ada = world.person("ada");
        for name in ["bob", "cat", "dan"] {
            let friend = world.person(name);
            world.befriend(&ada, "ada", &friend, name).await;
            world.pass(Duration::from_secs(1));
        }
        let page = |limit, offset| world.social.friends(&ada, PageRequest { limit, offset });
        let first = page(2, 0).await.unwrap();
        let names: Vec<_> = first.items.iter().map(|one| &*one.username).collect();
        assert_eq!((names, first.total), (vec!["dan", "cat"], 3));
        let second = page(2, 2).await.unwrap();
        assert_eq!(second.items[0].username, "bob");
        assert_eq!(second.items.len(), 1);
    }
}

#[tokio::test]
async fn a_friendship_ends_for_both_at_once() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        world.befriend(&ada, "ada", &bob, "bob").await;
        assert_eq!(
            code(world.social.unfriend(&ada, "ada").await),
            "friends.not_friends"
        );
        assert_eq!(
            code(world.social.unfriend(&ada, "nobody").await),
            "friends.not_friends"
        );
        world.social.unfriend(&ada, "bob").await.unwrap();
        assert_eq!(
            code(world.social.unfriend(&bob, "ada").await),
            "friends.not_friends"
        );
        assert_eq!(world.social.friends(&bob, PAGE).await.unwrap().total, 0);
        for (who, other) in [(&ada, &bob), (&bob, &ada)] {
            let (name, data) = world.events(who).await.pop().unwrap();
            assert_eq!(name, "friend_removed");
            assert_eq!(data["user_id"], other.user.to_string());
        }
        assert_eq!(
            world.notifications().await.len(),
            2,
            "the request and the friendship, not its end"
        );
    }
}

#[tokio::test]
async fn suggestions_are_friends_of_friends_whom_one_could_ask() {
    for world in each() {
        let ada = world.person("ada");
        let [bob, cat] = ["bob", "cat"].map(|name| world.person(name));
        let others = [
            "close", "far", "asked", "asks", "blocked", "blocks", "closed", "hidden", "declined",
        ];
        let others = others.map(|name| (name, world.person(name)));
        world.befriend(&ada, "ada", &bob, "bob").await;
        world.befriend(&ada, "ada", &cat, "cat").await;
        for (name, other) in &others {
            world.befriend(&bob, "bob", other, name).await;
        }
        let who = |wanted: &str| &others.iter().find(|(name, _)| *name == wanted).unwrap().1;
        world.befriend(&cat, "cat", who("close"), "close").await;
        world.befriend(&bob, "bob", &cat, "cat").await;
        world.social.ask(&ada, "asked").await.unwrap();
        world.social.ask(who("asks"), "ada").await.unwrap();
        world.social.block(&ada, "blocked").await.unwrap();
        world.social.block(who("blocks"), "ada").await.unwrap();
        world.set(who("closed"), |one| one.takes_requests = false);
        world.set(who("hidden"), |one| one.searchable = false);
        let asked = world.social.ask(&ada, "declined").await.unwrap();
        let contract::social::Asked::Requested { request } = asked else {
            panic!("not a request")
        };
        world
            .social
            .decline(who("declined"), request.id)
            .await
            .unwrap();

        let found = world.social.suggestions(&ada, PAGE).await.unwrap();
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
        let second = world.social.suggestions(&ada, second).await.unwrap();
        assert_eq!(second.items[0].user.username, "far");
        let lonely = world.person("lonely");
        assert_eq!(
            world.social.suggestions(&lonely, PAGE).await.unwrap().total,
            0
        );
    }
}

#[tokio::test]
async fn others_can_ask_how_two_stand() {
    for world in each() {
        let (ada, bob, cat) = (
            world.person("ada"),
            world.person("bob"),
            world.person("cat"),
        );
        world.befriend(&ada, "ada", &bob, "bob").await;
        world.social.block(&cat, "ada").await.unwrap();
        let relation = |one, other| world.social.relation(one, other);
        assert_eq!(
            relation(ada.user, bob.user).await.unwrap(),
            Relation::Friend
        );
        assert_eq!(
            relation(bob.user, cat.user).await.unwrap(),
            Relation::Stranger
        );
        assert_eq!(
            relation(ada.user, cat.user).await.unwrap(),
            Relation::Blocked
        );
        assert_eq!(
            relation(cat.user, ada.user).await.unwrap(),
            Relation::Blocked
        );
        assert_eq!(world.social.friend_ids(ada.user).await.unwrap(), [bob.user]);
    }
}

#[tokio::test]
async fn a_deleted_person_is_gone_from_everywhere() {
    for world in each() {
        let (ada, bob, cat) = (
            world.person("ada"),
            world.person("bob"),
            world.person("cat"),
        );
        world.befriend(&ada, "ada", &bob, "bob").await;
        world.social.ask(&cat, "ada").await.unwrap();
        let data = world.social.personal_data(ada.user).read().await.unwrap();
        assert_eq!(data["friends"][0][0], bob.user.to_string());
        assert_eq!(data["friend_requests"][0][0], cat.user.to_string());
        world.remove(&ada);
        for _ in 0..2 {
            world.social.forget(ada.user).await.unwrap();
        }
        assert_eq!(world.social.friends(&bob, PAGE).await.unwrap().total, 0);
        let outgoing = contract::social::Direction::Outgoing;
        let requests = world.social.requests(&cat, outgoing, PAGE).await.unwrap();
        assert_eq!(requests.total, 0);
        let names = world.event_names(&bob).await;
        assert_eq!(
            names
                .iter()
                .filter(|name| *name == "friend_removed")
                .count(),
            1
        );
    }
}
