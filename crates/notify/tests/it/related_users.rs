//! Notifications about other users: blocks, withdrawals and deleted accounts.

use std::time::Duration;

use contract::chat::ChatId;
use contract::notify::{Action, BlockCreated, NotificationEvent, Resolved};
use kernel::Actor;
use notify::NotifyConfig;
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, code, event, message_event};

testkit::database_tests!(
    block_deletes_notifications_of_both_users_about_each_other,
    deliver_across_a_block_notifies_nobody,
    withdraw_leaves_no_notification_in_either_order,
    forget_replaces_the_name_in_notifications_of_others,
    reads_apply_pending_renames,
    digest_applies_pending_renames,
    dismissing_a_notification_of_a_chat_rearms_it,
    digest_rearms_chats_and_the_next_digest_has_the_new_message,
    unsubscribe_turns_digests_off_only,
);

/// The event of a friend request.
fn friend_request(from: &Actor, to: &Actor, key: &str) -> NotificationEvent {
    let user = json!({"id": from.user, "username": "mallory", "display_name": "Mallory"});
    NotificationEvent {
        data: json!({"user": user, "sender_id": from.user, "receiver_id": to.user}),
        ..event(to, Action::FriendRequest, key)
    }
}

async fn block(fixture: &Fixture, one: &Actor, other: &Actor) {
    let job = BlockCreated {
        one: one.user,
        other: other.user,
    };
    fixture
        .directory
        .blocked
        .lock()
        .unwrap()
        .insert((one.user, other.user));
    fixture.enqueue([job]).await;
    fixture.work().await;
}

fn chat(fixture: &Fixture) -> ChatId {
    fixture.store.env().id()
}

async fn block_deletes_notifications_of_both_users_about_each_other(database: Database) {
    let fixture = Fixture::new(database);
    let [ada, bob, mallory] = [fixture.user(), fixture.user(), fixture.user()];
    fixture
        .notify(vec![
            friend_request(&mallory, &bob, "1"),
            friend_request(&bob, &mallory, "2"),
            friend_request(&ada, &bob, "3"),
            friend_request(&mallory, &ada, "4"),
        ])
        .await;
    block(&fixture, &bob, &mallory).await;
    assert_eq!(fixture.unread(&bob).await, 1);
    assert_eq!(fixture.list(&mallory).await, []);
    assert_eq!(fixture.unread(&ada).await, 1);
    fixture.assert_badges_agree(&bob).await;
    let (name, update) = fixture.events(&mallory).await.pop().unwrap();
    assert_eq!(
        (name.as_str(), &update["change"]),
        ("badge_update", &json!("deleted"))
    );
}

async fn deliver_across_a_block_notifies_nobody(database: Database) {
    let fixture = Fixture::new(database);
    let (bob, mallory) = (fixture.user(), fixture.user());
    block(&fixture, &bob, &mallory).await;
    fixture
        .notify(vec![
            friend_request(&mallory, &bob, "1"),
            friend_request(&bob, &mallory, "2"),
        ])
        .await;
    assert_eq!(fixture.list(&bob).await, []);
    assert_eq!(fixture.list(&mallory).await, []);
}

async fn withdraw_leaves_no_notification_in_either_order(database: Database) {
    let fixture = Fixture::new(database);
    let (bob, mallory) = (fixture.user(), fixture.user());
    for n in 0..29 {
        let key = format!("friend_request:{n}");
        fixture
            .notify(vec![friend_request(&mallory, &bob, &key)])
            .await;
        if n % 2 == 0 {
            let id = fixture.list(&bob).await[0].id;
            fixture.notify.read(&bob, id).await.unwrap();
        }
        fixture.resolve(&Resolved::withdrawn(bob.user, key)).await;
        fixture.work().await;
    }
    assert_eq!(fixture.list(&bob).await, []);
    fixture.assert_badges_agree(&bob).await;
    fixture
        .resolve(&Resolved::withdrawn(bob.user, "friend_request:30"))
        .await;
    fixture.work().await;
    fixture
        .notify(vec![friend_request(&mallory, &bob, "friend_request:30")])
        .await;
    assert_eq!(fixture.list(&bob).await, []);
}

async fn forget_replaces_the_name_in_notifications_of_others(database: Database) {
    let fixture = Fixture::new(database);
    let (bob, mallory) = (fixture.user(), fixture.user());
    let many = (0..250).map(|n| friend_request(&mallory, &bob, &n.to_string()));
    fixture.notify(many.collect()).await;
    fixture.name(&mallory, "deleted-1", true);
    fixture.notify.forget(mallory.user).await.unwrap();
    fixture
        .notify(vec![friend_request(&mallory, &bob, "late")])
        .await;
    let mut before = None;
    let mut seen = 0;
    loop {
        let cursor = before.map_or(kernel::Cursor::Newest, kernel::Cursor::Before);
        let page = fixture.notify.list(
            &bob,
            notify::InboxFilter::default(),
            cursor,
            crate::fixture::PAGE,
        );
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

async fn reads_apply_pending_renames(database: Database) {
    let fixture = Fixture::new(database);
    let (bob, mallory) = (fixture.user(), fixture.user());
    fixture
        .notify(vec![friend_request(&mallory, &bob, "1")])
        .await;
    let fields = json!({"username": "deleted-1", "display_name": "Deleted user"});
    let renamed = db::names::Rename {
        user: mallory.user,
        former: Some("mallory".to_owned()),
        fields: fields.as_object().unwrap().clone(),
    };
    let rename = move |tx: &mut db::Tx<'_>| db::names::record_rename(tx, &renamed);
    fixture.store.write(rename).await.unwrap();
    let listed = fixture.list(&bob).await;
    assert_eq!(listed[0].data["user"]["username"], "deleted-1");
    let read = fixture.notify.read(&bob, listed[0].id).await.unwrap();
    assert_eq!(read.data["user"]["display_name"], "Deleted user");
    let export = fixture.notify.personal_data(bob.user).read().await.unwrap();
    let data = &export["notifications"][0]["data"];
    assert_eq!(data["user"]["username"], "deleted-1");
}

async fn digest_applies_pending_renames(database: Database) {
    let fixture = Fixture::new(database);
    let (bob, ada) = (fixture.user(), fixture.user());
    let chat = chat(&fixture);
    let mut message = message_event(&bob, &chat.to_string(), 1);
    message.data["sender_id"] = json!(ada.user);
    fixture.notify(vec![message]).await;
    let renamed = db::names::Rename {
        user: ada.user,
        former: Some("ada".to_owned()),
        fields: json!({"username": "deleted-1"})
            .as_object()
            .unwrap()
            .clone(),
    };
    let rename = move |tx: &mut db::Tx<'_>| db::names::record_rename(tx, &renamed);
    fixture.store.write(rename).await.unwrap();
    fixture.advance(NotifyConfig::default().digest_after);
    fixture.work().await;
    let lines: Vec<_> = fixture.mails().into_iter().map(|mail| mail.lines).collect();
    assert_eq!(lines, [["deleted-1 sent you a message."]]);
}

async fn dismissing_a_notification_of_a_chat_rearms_it(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let [one, two] = [chat(&fixture), chat(&fixture)];
    let deliver = async |seq| {
        let messages = [one, two].map(|chat| message_event(&bob, &chat.to_string(), seq));
        fixture.notify(messages.into()).await;
    };
    deliver(1).await;
    fixture.notify.read_all(&bob).await.unwrap();
    let mut rearmed = fixture.rearmed(&bob);
    rearmed.sort();
    assert_eq!(rearmed, [one, two]);
    deliver(2).await;
    let listed = fixture.list(&bob).await;
    let of_chat = |chat: ChatId| {
        let found = listed
            .iter()
            .find(|item| item.data["chat_id"] == json!(chat));
        found.unwrap().id
    };
    fixture.notify.read(&bob, of_chat(one)).await.unwrap();
    assert_eq!(fixture.rearmed(&bob), [one]);
    fixture.notify.read(&bob, of_chat(one)).await.unwrap();
    fixture.notify.delete(&bob, of_chat(one)).await.unwrap();
    assert_eq!(fixture.rearmed(&bob), [], "it was already read");
    fixture.notify.delete(&bob, of_chat(two)).await.unwrap();
    assert_eq!(fixture.rearmed(&bob), [two]);
    deliver(3).await;
    fixture.notify.clear(&bob).await.unwrap();
    assert_eq!(fixture.rearmed(&bob).len(), 2);
}

async fn digest_rearms_chats_and_the_next_digest_has_the_new_message(database: Database) {
    let fixture = Fixture::new(database);
    let (bob, chat) = (fixture.user(), chat(&fixture));
    fixture
        .notify(vec![message_event(&bob, &chat.to_string(), 1)])
        .await;
    let after = NotifyConfig::default().digest_after;
    fixture.advance(after);
    fixture.work().await;
    assert_eq!(fixture.mails().len(), 1);
    assert_eq!(fixture.rearmed(&bob), [chat]);
    fixture
        .notify(vec![message_event(&bob, &chat.to_string(), 2)])
        .await;
    let listed = fixture.list(&bob).await;
    assert_eq!(listed.len(), 1, "it replaces the one in the digest");
    assert_eq!(listed[0].data["seq"], 2);
    assert_eq!(fixture.unread(&bob).await, 1);
    fixture.assert_badges_agree(&bob).await;
    fixture.advance(after + Duration::from_secs(1));
    fixture.work().await;
    let lines: Vec<_> = fixture.mails().into_iter().map(|mail| mail.lines).collect();
    assert_eq!(
        lines,
        [["ada sent you a message."], ["ada sent you a message."]]
    );
}

async fn unsubscribe_turns_digests_off_only(database: Database) {
    let fixture = Fixture::new(database);
    let (bob, deleted) = (fixture.user(), fixture.user());
    fixture.name(&bob, "bob", false);
    fixture
        .set_preferences(
            &bob,
            json!({"kinds": {"system": {"in_app": false, "email": true}}}),
        )
        .await;
    for _ in 0..2 {
        fixture.notify.unsubscribe(bob.user).await.unwrap();
    }
    let preferences = fixture.notify.preferences(&bob).await.unwrap();
    let preferences = serde_json::to_value(preferences).unwrap();
    assert_eq!(preferences["digest"], "off");
    assert_eq!(
        preferences["kinds"]["system"],
        json!({"in_app": false, "email": true})
    );
    fixture
        .notify(vec![event(&bob, Action::FriendRequest, "1")])
        .await;
    fixture.advance(NotifyConfig::default().digest_after);
    fixture.work().await;
    assert!(fixture.mails().is_empty());
    assert_eq!(fixture.unread(&bob).await, 1);
    fixture.name(&deleted, "deleted-2", true);
    fixture.notify.unsubscribe(deleted.user).await.unwrap();
    let preferences = fixture.notify.preferences(&deleted).await.unwrap();
    assert_eq!(
        preferences,
        contract::notify::NotificationPreferences::default()
    );
    let missing = fixture
        .notify
        .read(&deleted, fixture.store.env().id())
        .await;
    assert_eq!(code(missing), "notify.not_found");
}
