use contract::notify::Action;
use kernel::{Cursor, PageRequest};
use notify::{InboxFilter, NotifyConfig};
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, PAGE, event};

testkit::database_tests!(
    deliver_is_idempotent_over_jobs_and_nodes,
    deliver_separates_keys_by_user,
    deliver_counts_concurrent_notifications_correctly,
    deliver_follows_the_preferred_channels,
    deliver_keeps_the_newest_notifications,
    list_is_paged_by_offset_and_by_cursor_and_filtered,
);

async fn deliver_is_idempotent_over_jobs_and_nodes(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let request = event(&bob, Action::FriendRequest, "friend_request:1");
    fixture.notify(vec![request.clone(); 8]).await;
    let listed = fixture.list(&bob).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].action, Action::FriendRequest);
    assert_eq!((listed[0].is_read, &listed[0].data), (false, &request.data));
    let events = fixture.events(&bob).await;
    assert_eq!(events.len(), 1);
    let (name, created) = &events[0];
    assert_eq!(
        (name.as_str(), &created["id"]),
        ("notification", &json!(listed[0].id))
    );
    assert_eq!(
        created["unread"],
        json!({"total": 1, "by_action": {"friend_request": 1}})
    );
}

async fn deliver_separates_keys_by_user(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user(), fixture.user());
    let all = [&ada, &bob].map(|who| event(who, Action::System, "system:1"));
    fixture.notify(all.into()).await;
    assert_eq!(fixture.list(&ada).await.len(), 1);
    assert_eq!(fixture.list(&bob).await.len(), 1);
}

async fn deliver_counts_concurrent_notifications_correctly(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let numbered = |n: i32| event(&bob, Action::Group, &format!("group:{n}"));
    fixture.notify((0..40).map(numbered).collect()).await;
    assert_eq!(fixture.unread(&bob).await, 40);
    let events = fixture.events(&bob).await;
    let totals: Vec<i64> = events
        .iter()
        .map(|(_, data)| data["unread"]["total"].as_i64().unwrap())
        .collect();
    // Notifications of one transaction have the same counts.
    assert_eq!(totals.len(), 40);
    assert!(totals.is_sorted(), "{totals:?}");
    assert_eq!(totals.last(), Some(&40));
}

async fn deliver_follows_the_preferred_channels(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let preferences = json!({"kinds": {
        "group": {"in_app": false, "email": false},
        "event": {"in_app": false, "email": true},
    }});
    fixture.set_preferences(&bob, preferences).await;
    let kinds = [Action::Group, Action::Event, Action::NewFriend];
    let events = kinds.map(|action| event(&bob, action, &format!("{action:?}")));
    fixture.notify(events.into()).await;
    let listed = fixture.list(&bob).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].action, Action::NewFriend);
    assert_eq!(fixture.events(&bob).await.len(), 1);
    fixture.advance(NotifyConfig::default().digest_after);
    fixture.work().await;
    let mails = fixture.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].lines, ["You have a new notification."]);
}

async fn deliver_keeps_the_newest_notifications(database: Database) {
    let config = NotifyConfig {
        max_per_user: 5,
        ..NotifyConfig::default()
    };
    let fixture = Fixture::with_config(database, config);
    let (ada, bob) = (fixture.user(), fixture.user());
    fixture
        .notify(vec![event(&ada, Action::Group, "other")])
        .await;
    for n in 0..8 {
        fixture
            .notify(vec![event(&bob, Action::Group, &format!("g:{n}"))])
            .await;
    }
    let kept = fixture.list(&bob).await;
    assert_eq!(kept.len(), 5);
    let events = fixture.events(&bob).await;
    let newest: Vec<_> = events
        .iter()
        .rev()
        .take(5)
        .map(|(_, data)| &data["id"])
        .collect();
    let kept: Vec<_> = kept.iter().map(|one| json!(one.id)).collect();
    assert_eq!(newest, kept.iter().collect::<Vec<_>>());
    fixture.assert_badges_agree(&bob).await;
    assert_eq!(fixture.list(&ada).await.len(), 1);
}

async fn list_is_paged_by_offset_and_by_cursor_and_filtered(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    for n in 0..7 {
        let action = if n % 2 == 0 {
            Action::Group
        } else {
            Action::Event
        };
        fixture
            .notify(vec![event(&bob, action, &format!("t:{n}"))])
            .await;
    }
    let all = fixture.list(&bob).await;
    assert!(all.windows(2).all(|pair| pair[0].id > pair[1].id));
    let none = InboxFilter::default();
    let of = |limit, offset| PageRequest { limit, offset };
    let by_number = fixture
        .notify
        .list(&bob, none, Cursor::Newest, of(3, 2))
        .await
        .unwrap();
    assert_eq!(by_number.notifications, all[2..5]);
    assert_eq!((by_number.total, by_number.next), (7, Some(all[4].id)));
    let before = Cursor::Before(all[4].id.uuid());
    let rest = fixture
        .notify
        .list(&bob, none, before, of(3, 0))
        .await
        .unwrap();
    assert_eq!((&rest.notifications[..], rest.next), (&all[5..], None));
    let after = Cursor::After(all[4].id.uuid());
    let newer = fixture
        .notify
        .list(&bob, none, after, of(3, 0))
        .await
        .unwrap();
    let expected: Vec<_> = all[1..4].iter().rev().cloned().collect();
    assert_eq!(
        (newer.notifications, newer.next),
        (expected, Some(all[1].id))
    );

    fixture.notify.read(&bob, all[0].id).await.unwrap();
    let filter = |unread, action| InboxFilter { unread, action };
    for (filter, count) in [
        (filter(Some(true), None), 6),
        (filter(Some(false), None), 1),
        (filter(None, Some(Action::Event)), 3),
        (filter(Some(true), Some(Action::Group)), 3),
        (filter(None, Some(Action::System)), 0),
    ] {
        let found = fixture
            .notify
            .list(&bob, filter, Cursor::Newest, PAGE)
            .await
            .unwrap();
        assert_eq!(found.total, count, "{filter:?}");
        assert_eq!(found.notifications.len(), usize::try_from(count).unwrap());
    }
    let ada = fixture.user();
    assert!(fixture.list(&ada).await.is_empty());
}
