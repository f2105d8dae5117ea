//! What people are told of others who part from them, take back what they asked, or are gone.

use std::time::Duration;

use contract::chat::ChatId;
use contract::notify::{Action, LeftChats, NotificationEvent, Settled};
use kernel::Actor;
use notify::NotifyConfig;
use serde_json::json;

use crate::world::{World, code, each, happened, message};

/// Somebody asked somebody to be friends.
fn asked(from: &Actor, to: &Actor, key: &str) -> NotificationEvent {
    let user = json!({"id": from.user, "username": "mallory", "display_name": "Mallory"});
    NotificationEvent {
        data: json!({"user": user, "sender_id": from.user, "receiver_id": to.user}),
        ..happened(to, Action::FriendRequest, key)
    }
}

async fn part(world: &World, one: &Actor, other: &Actor) {
    let parted = LeftChats {
        one: one.user,
        other: other.user,
    };
    world
        .town
        .blocked
        .lock()
        .unwrap()
        .insert((one.user, other.user));
    world.enqueue([parted]).await;
    world.work().await;
}

fn chat(world: &World) -> ChatId {
    world.store.env().id()
}

#[tokio::test]
async fn block_removes_what_both_were_told_of_each_other() {
    for world in each().await {
        let [ada, bob, mallory] = [world.person(), world.person(), world.person()];
        world
            .notify(vec![
                asked(&mallory, &bob, "1"),
                asked(&bob, &mallory, "2"),
                asked(&ada, &bob, "3"),
                asked(&mallory, &ada, "4"),
            ])
            .await;
        part(&world, &bob, &mallory).await;
        assert_eq!(world.unread(&bob).await, 1);
        assert_eq!(world.list(&mallory).await, []);
        assert_eq!(world.unread(&ada).await, 1);
        world.assert_badges_agree(&bob).await;
        let (name, update) = world.events(&mallory).await.pop().unwrap();
        assert_eq!(
            (name.as_str(), &update["change"]),
            ("badge_update", &json!("deleted"))
        );
    }
}

#[tokio::test]
async fn arrival_across_a_block_is_told_to_nobody() {
    for world in each().await {
        let (bob, mallory) = (world.person(), world.person());
        part(&world, &bob, &mallory).await;
        world
            .notify(vec![asked(&mallory, &bob, "1"), asked(&bob, &mallory, "2")])
            .await;
        assert_eq!(world.list(&bob).await, []);
        assert_eq!(world.list(&mallory).await, []);
    }
}

#[tokio::test]
async fn withdrawn_request_leaves_no_notification_in_either_order() {
    for world in each().await {
        let (bob, mallory) = (world.person(), world.person());
        for n in 0..29 {
            let key = format!("friend_request:{n}");
            world.notify(vec![asked(&mallory, &bob, &key)]).await;
            if n % 2 == 0 {
                let id = world.list(&bob).await[0].id;
                world.notify.read(&bob, id).await.unwrap();
            }
            world.settle(&Settled::withdrawn(bob.user, key)).await;
            world.work().await;
        }
        assert_eq!(world.list(&bob).await, []);
        world.assert_badges_agree(&bob).await;
        world
            .settle(&Settled::withdrawn(bob.user, "friend_request:30"))
            .await;
        world.work().await;
        world
            .notify(vec![asked(&mallory, &bob, "friend_request:30")])
            .await;
        assert_eq!(world.list(&bob).await, []);
    }
}

#[tokio::test]
async fn forget_takes_the_name_out_of_what_others_were_told() {
    for world in each().await {
        let (bob, mallory) = (world.person(), world.person());
        let many = (0..250).map(|n| asked(&mallory, &bob, &n.to_string()));
        world.notify(many.collect()).await;
        world.name(&mallory, "deleted-1", true);
        world.notify.forget(mallory.user).await.unwrap();
        world.notify(vec![asked(&mallory, &bob, "late")]).await;
        let mut before = None;
        let mut seen = 0;
        loop {
            let keyset = before.map_or(kernel::Cursor::Newest, kernel::Cursor::Before);
            let page =
                world
                    .notify
                    .list(&bob, notify::Filter::default(), keyset, crate::world::PAGE);
            let page = page.await.unwrap();
            for one in &page.notifications {
                assert_eq!(one.data["user"]["username"], "deleted-1");
                assert_eq!(one.data["user"]["is_deleted"], true);
                seen += 1;
            }
            match page.next {
                Some(next) => before = Some(next.uuid()),
                None => break,
            }
        }
        assert_eq!(seen, 251);
    }
}

#[tokio::test]
async fn name_of_who_is_gone_is_read_nowhere_before_it_is_written_over() {
    for world in each().await {
        let (bob, mallory) = (world.person(), world.person());
        world.notify(vec![asked(&mallory, &bob, "1")]).await;
        let fields = json!({"username": "deleted-1", "display_name": "Deleted user"});
        let renamed = db::names::Rename {
            user: mallory.user,
            former: Some("mallory".to_owned()),
            fields: fields.as_object().unwrap().clone(),
        };
        let rename = move |tx: &mut db::Tx<'_>| db::names::record_rename(tx, &renamed);
        world.store.write(rename).await.unwrap();
        let listed = world.list(&bob).await;
        assert_eq!(listed[0].data["user"]["username"], "deleted-1");
        let read = world.notify.read(&bob, listed[0].id).await.unwrap();
        assert_eq!(read.data["user"]["display_name"], "Deleted user");
        let download = world.notify.personal_data(bob.user).read().await.unwrap();
        let data = &download["notifications"][0]["data"];
        assert_eq!(data["user"]["username"], "deleted-1");
    }
}

#[tokio::test]
async fn mail_names_nobody_who_is_gone() {
    for world in each().await {
        let (bob, ada) = (world.person(), world.person());
        let chat = chat(&world);
        let mut told = message(&bob, &chat.to_string(), 1);
        told.data["sender_id"] = json!(ada.user);
        world.notify(vec![told]).await;
        let renamed = db::names::Rename {
            user: ada.user,
            former: Some("ada".to_owned()),
            fields: json!({"username": "deleted-1"})
                .as_object()
                .unwrap()
                .clone(),
        };
        let rename = move |tx: &mut db::Tx<'_>| db::names::record_rename(tx, &renamed);
        world.store.write(rename).await.unwrap();
        world.pass(NotifyConfig::default().mail_after);
        world.work().await;
        let lines: Vec<_> = world.mails().into_iter().map(|mail| mail.lines).collect();
        assert_eq!(lines, [["deleted-1 wrote to you."]]);
    }
}

#[tokio::test]
async fn dismissed_notification_of_a_chat_lets_its_next_message_be_told() {
    for world in each().await {
        let bob = world.person();
        let [one, two] = [chat(&world), chat(&world)];
        let tell = async |seq| {
            let told = [one, two].map(|chat| message(&bob, &chat.to_string(), seq));
            world.notify(told.into()).await;
        };
        tell(1).await;
        world.notify.read_all(&bob).await.unwrap();
        let mut again = world.called_again(&bob);
        again.sort();
        assert_eq!(again, [one, two]);
        tell(2).await;
        let listed = world.list(&bob).await;
        let ofchat = |chat: ChatId| {
            let found = listed
                .iter()
                .find(|item| item.data["chat_id"] == json!(chat));
            found.unwrap().id
        };
        world.notify.read(&bob, ofchat(one)).await.unwrap();
        assert_eq!(world.called_again(&bob), [one]);
        world.notify.read(&bob, ofchat(one)).await.unwrap();
        world.notify.delete(&bob, ofchat(one)).await.unwrap();
        assert_eq!(world.called_again(&bob), [], "it was read before");
        world.notify.delete(&bob, ofchat(two)).await.unwrap();
        assert_eq!(world.called_again(&bob), [two]);
        tell(3).await;
        world.notify.clear(&bob).await.unwrap();
        assert_eq!(world.called_again(&bob).len(), 2);
    }
}

#[tokio::test]
async fn next_mail_names_what_came_in_a_chat_since_the_last() {
    for world in each().await {
        let (bob, chat) = (world.person(), chat(&world));
        world
            .notify(vec![message(&bob, &chat.to_string(), 1)])
            .await;
        let after = NotifyConfig::default().mail_after;
        world.pass(after);
        world.work().await;
        assert_eq!(world.mails().len(), 1);
        assert_eq!(world.called_again(&bob), [chat]);
        world
            .notify(vec![message(&bob, &chat.to_string(), 2)])
            .await;
        let listed = world.list(&bob).await;
        assert_eq!(
            listed.len(),
            1,
            "it takes the place of what the mail told of"
        );
        assert_eq!(listed[0].data["seq"], 2);
        assert_eq!(world.unread(&bob).await, 1);
        world.assert_badges_agree(&bob).await;
        world.pass(after + Duration::from_secs(1));
        world.work().await;
        let lines: Vec<_> = world.mails().into_iter().map(|mail| mail.lines).collect();
        assert_eq!(lines, [["ada wrote to you."], ["ada wrote to you."]]);
    }
}

#[tokio::test]
async fn unsubscribe_ends_mail_and_nothing_else() {
    for world in each().await {
        let (bob, gone) = (world.person(), world.person());
        world.name(&bob, "bob", false);
        world
            .wish(
                &bob,
                json!({"kinds": {"system": {"in_app": false, "email": true}}}),
            )
            .await;
        for _ in 0..2 {
            world.notify.unsubscribe(bob.user).await.unwrap();
        }
        let wishes = world.notify.preferences(&bob).await.unwrap();
        let wishes = serde_json::to_value(wishes).unwrap();
        assert_eq!(wishes["digest"], "off");
        assert_eq!(
            wishes["kinds"]["system"],
            json!({"in_app": false, "email": true})
        );
        world
            .notify(vec![happened(&bob, Action::FriendRequest, "1")])
            .await;
        world.pass(NotifyConfig::default().mail_after);
        world.work().await;
        assert!(world.mails().is_empty());
        assert_eq!(world.unread(&bob).await, 1);
        world.name(&gone, "deleted-2", true);
        world.notify.unsubscribe(gone.user).await.unwrap();
        let wishes = world.notify.preferences(&gone).await.unwrap();
        assert_eq!(wishes, contract::notify::NotificationPreferences::default());
        let nothing = world.notify.read(&gone, world.store.env().id()).await;
        assert_eq!(code(nothing), "notify.not_found");
    }
}
