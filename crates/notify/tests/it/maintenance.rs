use std::time::Duration;

use contract::notify::{Action, Resolved};
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, event};

testkit::database_tests!(
    prune_deletes_after_ninety_days_and_emits,
    forget_deletes_everything_and_ends_notifications,
    prune_keeps_resolutions_for_seven_days,
);

const DAY: Duration = Duration::from_secs(24 * 3_600);

async fn prune_deletes_after_ninety_days_and_emits(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user(), fixture.user());
    let old = [&ada, &bob].map(|who| event(who, Action::FriendRequest, "old"));
    fixture.notify(old.into()).await;
    fixture.notify.read_all(&ada).await.unwrap();
    let before = fixture.events(&ada).await.len();
    fixture.advance(DAY * 89);
    fixture
        .notify(vec![event(&bob, Action::Group, "new")])
        .await;
    assert_eq!(fixture.notify.prune().await.unwrap(), 0);
    fixture.advance(DAY + Duration::from_secs(1));
    assert_eq!(fixture.notify.prune().await.unwrap(), 2);
    assert_eq!(fixture.list(&bob).await.len(), 1);
    fixture.assert_badges_agree(&bob).await;
    assert_eq!(
        fixture.events(&ada).await.len(),
        before,
        "ada had nothing unread"
    );
    // The digest to bob was sent when jobs ran again, a day ago.
    assert_eq!(fixture.mail_counts().await, [("sent".to_owned(), 1)]);
    fixture.advance(DAY * 90);
    assert_eq!(fixture.notify.prune().await.unwrap(), 1);
    assert!(fixture.mail_counts().await.is_empty() && fixture.attempts().await.is_empty());
    assert_eq!(fixture.notify.prune().await.unwrap(), 0);
}

async fn forget_deletes_everything_and_ends_notifications(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user(), fixture.user());
    let both = [&ada, &bob].map(|who| event(who, Action::FriendRequest, "1"));
    fixture.notify(both.into()).await;
    fixture
        .set_preferences(&bob, json!({"digest": "hourly"}))
        .await;
    fixture.resolve(&Resolved::by_key(bob.user, "2")).await;
    fixture.work().await;
    let data = fixture.notify.personal_data(bob.user).read().await.unwrap();
    assert_eq!(data["notifications"][0]["action"], "friend_request");
    assert_eq!(data["preferences"]["digest"], "hourly");
    assert_eq!(data["mails"], json!([]));
    for _ in 0..2 {
        fixture.notify.forget(bob.user).await.unwrap();
    }
    fixture
        .notify(vec![event(&bob, Action::FriendRequest, "3")])
        .await;
    let data = fixture.notify.personal_data(bob.user).read().await.unwrap();
    assert_eq!(data["notifications"], json!([]));
    assert_eq!(data["preferences"]["digest"], "soon");
    fixture.advance(DAY);
    fixture.work().await;
    let mailed: Vec<_> = fixture.mails().iter().map(|mail| mail.user).collect();
    assert_eq!(mailed, [ada.user]);
    let exported = fixture.notify.personal_data(ada.user).read().await.unwrap();
    assert_eq!(exported["mails"][0]["state"], "sent");
}

async fn prune_keeps_resolutions_for_seven_days(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    for (days, key, unread) in [(7, "1", 0), (8, "2", 1)] {
        fixture.resolve(&Resolved::by_key(bob.user, key)).await;
        fixture.work().await;
        fixture.advance(DAY * days);
        fixture.notify.prune().await.unwrap();
        fixture.notify(vec![event(&bob, Action::Group, key)]).await;
        assert_eq!(fixture.unread(&bob).await, unread, "after {days} days");
    }
}
