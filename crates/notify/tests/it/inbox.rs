use contract::notify::Action;
use serde_json::json;

use crate::world::{code, each, happened};

#[tokio::test]
async fn reading_one_tells_the_other_tabs_once() {
    for world in each().await {
        let bob = world.person();
        let two = ["1", "2"].map(|key| happened(&bob, Action::NewFriend, key));
        world.notify(two.into()).await;
        let id = world.list(&bob).await[0].id;
        let (one, other) = tokio::join!(world.notify.read(&bob, id), world.notify.read(&bob, id));
        assert!(one.unwrap().is_read && other.unwrap().is_read);
        let events = world.events(&bob).await;
        assert_eq!(events.len(), 3, "two came, one was read");
        let expected = json!({
            "change": "read", "all": false, "ids": [id],
            "unread": {"total": 1, "by_action": {"new_friend": 1}},
        });
        assert_eq!(events[2], ("badge_update".to_owned(), expected));
        world.assert_badges_agree(&bob).await;
    }
}

#[tokio::test]
async fn anothers_is_not_there() {
    for world in each().await {
        let (ada, bob) = (world.person(), world.person());
        world.notify(vec![happened(&bob, Action::Group, "1")]).await;
        let id = world.list(&bob).await[0].id;
        assert_eq!(code(world.notify.read(&ada, id).await), "notify.not_found");
        assert_eq!(
            code(world.notify.delete(&ada, id).await),
            "notify.not_found"
        );
        world.notify.clear(&ada).await.unwrap();
        assert_eq!(world.notify.read_all(&ada).await.unwrap().total, 0);
        assert!(world.events(&ada).await.is_empty(), "nothing changed");
        assert_eq!(world.unread(&bob).await, 1);
    }
}

#[tokio::test]
async fn reading_all_while_more_comes_leaves_a_true_count() {
    for world in each().await {
        let bob = world.person();
        let things = |from: i32| {
            let thing = |n: i32| happened(&bob, Action::Event, &format!("e:{n}"));
            (from..from + 10).map(thing).collect::<Vec<_>>()
        };
        world.notify(things(0)).await;
        world.happen(things(10)).await;
        let ((), read) = tokio::join!(world.work(), world.notify.read_all(&bob));
        assert!(read.unwrap().total <= 10);
        let listed = world.list(&bob).await;
        assert_eq!(listed.len(), 20);
        world.assert_badges_agree(&bob).await;
        assert_eq!(world.notify.read_all(&bob).await.unwrap().total, 0);
        world.assert_badges_agree(&bob).await;
    }
}

#[tokio::test]
async fn reading_that_meets_clearing_is_one_or_the_other() {
    for world in each().await {
        let bob = world.person();
        for round in 0..5 {
            world
                .notify(vec![happened(&bob, Action::Event, &format!("e:{round}"))])
                .await;
            let id = world.list(&bob).await[0].id;
            let (read, cleared) =
                tokio::join!(world.notify.read(&bob, id), world.notify.clear(&bob));
            cleared.unwrap();
            if read.is_err() {
                assert_eq!(code(read), "notify.not_found");
            }
            assert!(world.list(&bob).await.is_empty());
            world.assert_badges_agree(&bob).await;
        }
    }
}

#[tokio::test]
async fn what_is_thrown_away_is_gone_and_told() {
    for world in each().await {
        let bob = world.person();
        let three = ["1", "2", "3"].map(|key| happened(&bob, Action::Group, key));
        world.notify(three.into()).await;
        let id = world.list(&bob).await[1].id;
        world.notify.delete(&bob, id).await.unwrap();
        assert_eq!(
            code(world.notify.delete(&bob, id).await),
            "notify.not_found"
        );
        let (name, update) = world.events(&bob).await.pop().unwrap();
        assert_eq!(name, "badge_update");
        assert_eq!(update["change"], "deleted");
        assert_eq!(
            (&update["ids"], &update["all"]),
            (&json!([id]), &json!(false))
        );
        assert_eq!(update["unread"]["total"], 2);
        world.notify.clear(&bob).await.unwrap();
        let (_, update) = world.events(&bob).await.pop().unwrap();
        assert_eq!((&update["ids"], &update["all"]), (&json!([]), &json!(true)));
        assert_eq!(update["unread"], json!({"total": 0, "by_action": {}}));
        let told = world.events(&bob).await.len();
        world.notify.clear(&bob).await.unwrap();
        assert_eq!(
            world.events(&bob).await.len(),
            told,
            "nothing was left to clear"
        );
    }
}
