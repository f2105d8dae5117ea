use std::time::Duration;

use contract::notify::{Action, Settled};
use serde_json::json;

use crate::world::{each, happened};

const DAY: Duration = Duration::from_secs(24 * 3_600);

#[tokio::test]
async fn after_ninety_days_it_is_gone_and_told() {
    for world in each().await {
        let (ada, bob) = (world.person(), world.person());
        let old = [&ada, &bob].map(|who| happened(who, Action::FriendRequest, "old"));
        world.notify(old.into()).await;
        world.notify.read_all(&ada).await.unwrap();
        let told = world.events(&ada).await.len();
        world.pass(DAY * 89);
        world
            .notify(vec![happened(&bob, Action::Group, "new")])
            .await;
        assert_eq!(world.notify.prune().await.unwrap(), 0);
        world.pass(DAY + Duration::from_secs(1));
        assert_eq!(world.notify.prune().await.unwrap(), 2);
        assert_eq!(world.list(&bob).await.len(), 1);
        world.assert_badges_agree(&bob).await;
        assert_eq!(
            world.events(&ada).await.len(),
            told,
            "nothing of hers waited"
        );
        // The mail about bob's was made when somebody worked again, a day ago.
        assert_eq!(world.mail_counts().await, [("sent".to_owned(), 1)]);
        world.pass(DAY * 90);
        assert_eq!(world.notify.prune().await.unwrap(), 1);
        assert!(world.mail_counts().await.is_empty() && world.attempts().await.is_empty());
        assert_eq!(world.notify.prune().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn who_is_forgotten_leaves_nothing_and_is_told_nothing_more() {
    for world in each().await {
        let (ada, bob) = (world.person(), world.person());
        let both = [&ada, &bob].map(|who| happened(who, Action::FriendRequest, "1"));
        world.notify(both.into()).await;
        world.wish(&bob, json!({"digest": "hourly"})).await;
        world.settle(&Settled::by_key(bob.user, "2")).await;
        world.work().await;
        let data = world.notify.personal_data(bob.user).read().await.unwrap();
        assert_eq!(data["notifications"][0]["action"], "friend_request");
        assert_eq!(data["preferences"]["digest"], "hourly");
        assert_eq!(data["mails"], json!([]));
        for _ in 0..2 {
            world.notify.forget(bob.user).await.unwrap();
        }
        world
            .notify(vec![happened(&bob, Action::FriendRequest, "3")])
            .await;
        let data = world.notify.personal_data(bob.user).read().await.unwrap();
        assert_eq!(data["notifications"], json!([]));
        assert_eq!(data["preferences"]["digest"], "soon");
        world.pass(DAY);
        world.work().await;
        let mailed: Vec<_> = world.mails().iter().map(|mail| mail.user).collect();
        assert_eq!(mailed, [ada.user]);
        let hers = world.notify.personal_data(ada.user).read().await.unwrap();
        assert_eq!(hers["mails"][0]["state"], "sent");
    }
}

#[tokio::test]
async fn what_was_dealt_with_is_remembered_for_as_long_as_something_may_be_on_its_way() {
    for world in each().await {
        let bob = world.person();
        for (days, key, waits) in [(7, "1", 0), (8, "2", 1)] {
            world.settle(&Settled::by_key(bob.user, key)).await;
            world.work().await;
            world.pass(DAY * days);
            world.notify.prune().await.unwrap();
            world.notify(vec![happened(&bob, Action::Group, key)]).await;
            assert_eq!(world.unread(&bob).await, waits, "after {days} days");
        }
    }
}
