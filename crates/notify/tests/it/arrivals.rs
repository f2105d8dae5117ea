use contract::notify::Action;
use kernel::{Cursor, PageRequest};
use notify::{Filter, NotifyConfig};
use serde_json::json;

use crate::world::{PAGE, each, each_with, happened};

#[tokio::test]
async fn what_happened_is_told_once_however_often_its_job_runs_and_on_however_many_nodes() {
    for world in each().await {
        let bob = world.person();
        let request = happened(&bob, Action::FriendRequest, "friend_request:1");
        world.notify(vec![request.clone(); 8]).await;
        let listed = world.list(&bob).await;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].action, Action::FriendRequest);
        assert_eq!((listed[0].is_read, &listed[0].data), (false, &request.data));
        let events = world.events(&bob).await;
        assert_eq!(events.len(), 1);
        let (name, news) = &events[0];
        assert_eq!(
            (name.as_str(), &news["id"]),
            ("notification", &json!(listed[0].id))
        );
        assert_eq!(
            news["unread"],
            json!({"total": 1, "by_action": {"friend_request": 1}})
        );
    }
}

#[tokio::test]
async fn the_same_key_is_another_thing_for_another_person() {
    for world in each().await {
        let (ada, bob) = (world.person(), world.person());
        let all = [&ada, &bob].map(|who| happened(who, Action::System, "system:1"));
        world.notify(all.into()).await;
        assert_eq!(world.list(&ada).await.len(), 1);
        assert_eq!(world.list(&bob).await.len(), 1);
    }
}

#[tokio::test]
async fn counts_never_drift_when_many_things_happen_at_once() {
    for world in each().await {
        let bob = world.person();
        let thing = |n: i32| happened(&bob, Action::Group, &format!("group:{n}"));
        world.notify((0..40).map(thing).collect()).await;
        assert_eq!(world.unread(&bob).await, 40);
        let events = world.events(&bob).await;
        let told: Vec<i64> = events
            .iter()
            .map(|(_, news)| news["unread"]["total"].as_i64().unwrap())
            .collect();
        // What is stored together counts together.
        assert_eq!(told.len(), 40);
        assert!(told.is_sorted(), "{told:?}");
        assert_eq!(told.last(), Some(&40));
    }
}

#[tokio::test]
async fn each_hears_on_the_ways_they_want() {
    for world in each().await {
        let bob = world.person();
        let wishes = json!({"kinds": {
            "group": {"in_app": false, "email": false},
            "event": {"in_app": false, "email": true},
        }});
        world.wish(&bob, wishes).await;
        let kinds = [Action::Group, Action::Event, Action::NewFriend];
        let things = kinds.map(|action| happened(&bob, action, &format!("{action:?}")));
        world.notify(things.into()).await;
        let listed = world.list(&bob).await;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].action, Action::NewFriend);
        assert_eq!(world.events(&bob).await.len(), 1);
        world.pass(NotifyConfig::default().mail_after);
        world.work().await;
        let mails = world.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!(
            mails[0].lines,
            ["There is news of an event you take part in."]
        );
    }
}

#[tokio::test]
async fn a_history_keeps_its_newest() {
    let config = NotifyConfig {
        keep: 5,
        ..NotifyConfig::default()
    };
    for world in each_with(config).await {
        let (ada, bob) = (world.person(), world.person());
        world
            .notify(vec![happened(&ada, Action::Group, "hers")])
            .await;
        for n in 0..8 {
            world
                .notify(vec![happened(&bob, Action::Group, &format!("g:{n}"))])
                .await;
        }
        let kept = world.list(&bob).await;
        assert_eq!(kept.len(), 5);
        let events = world.events(&bob).await;
        let newest: Vec<_> = events
            .iter()
            .rev()
            .take(5)
            .map(|(_, news)| &news["id"])
            .collect();
        let kept: Vec<_> = kept.iter().map(|one| json!(one.id)).collect();
        assert_eq!(newest, kept.iter().collect::<Vec<_>>());
        world.assert_badges_agree(&bob).await;
        assert_eq!(world.list(&ada).await.len(), 1);
    }
}

#[tokio::test]
async fn a_history_is_paged_by_number_and_by_key_and_filtered() {
    for world in each().await {
        let bob = world.person();
        for n in 0..7 {
            let action = if n % 2 == 0 {
                Action::Group
            } else {
                Action::Event
            };
            world
                .notify(vec![happened(&bob, action, &format!("t:{n}"))])
                .await;
        }
        let all = world.list(&bob).await;
        assert!(all.windows(2).all(|pair| pair[0].id > pair[1].id));
        let none = Filter::default();
        let of = |limit, offset| PageRequest { limit, offset };
        let by_number = world
            .notify
            .list(&bob, none, Cursor::Newest, of(3, 2))
            .await
            .unwrap();
        assert_eq!(by_number.notifications, all[2..5]);
        assert_eq!((by_number.total, by_number.next), (7, Some(all[4].id)));
        let before = Cursor::Before(all[4].id.uuid());
        let rest = world
            .notify
            .list(&bob, none, before, of(3, 0))
            .await
            .unwrap();
        assert_eq!((&rest.notifications[..], rest.next), (&all[5..], None));
        let after = Cursor::After(all[4].id.uuid());
        let newer = world
            .notify
            .list(&bob, none, after, of(3, 0))
            .await
            .unwrap();
        let expected: Vec<_> = all[1..4].iter().rev().cloned().collect();
        assert_eq!(
            (newer.notifications, newer.next),
            (expected, Some(all[1].id))
        );

        world.notify.read(&bob, all[0].id).await.unwrap();
        let filter = |unread, action| Filter { unread, action };
        for (filter, count) in [
            (filter(Some(true), None), 6),
            (filter(Some(false), None), 1),
            (filter(None, Some(Action::Event)), 3),
            (filter(Some(true), Some(Action::Group)), 3),
            (filter(None, Some(Action::System)), 0),
        ] {
            let found = world
                .notify
                .list(&bob, filter, Cursor::Newest, PAGE)
                .await
                .unwrap();
            assert_eq!(found.total, count, "{filter:?}");
            assert_eq!(found.notifications.len(), usize::try_from(count).unwrap());
        }
        let ada = world.person();
        assert!(world.list(&ada).await.is_empty());
    }
}
