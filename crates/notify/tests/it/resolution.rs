use std::collections::BTreeMap;

use contract::chat::ChatId;
use contract::notify::{Action, Resolved};
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, event, message_event};

testkit::database_tests!(
    resolve_marks_read_once,
    resolve_before_delivery_makes_it_read,
    resolve_chat_marks_messages_read_up_to_a_sequence_number,
    resolve_and_deliver_in_any_order_leave_nothing_unread,
    deliver_replaces_read_notifications_of_the_same_chat,
    deliver_records_messages_enqueued_by_older_nodes,
);

async fn resolve_marks_read_once(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let two = ["friend_request:1", "friend_request:2"];
    fixture
        .notify(
            two.map(|key| event(&bob, Action::FriendRequest, key))
                .into(),
        )
        .await;
    fixture
        .resolve(&Resolved::by_key(bob.user, "friend_request:1"))
        .await;
    fixture.work().await;
    assert_eq!(fixture.unread(&bob).await, 1);
    let listed = fixture.list(&bob).await;
    let read: Vec<_> = listed.iter().filter(|one| one.is_read).collect();
    let (_, update) = fixture.events(&bob).await.pop().unwrap();
    assert_eq!(update["ids"], json!([read[0].id]));
    fixture.assert_badges_agree(&bob).await;
    let before = fixture.events(&bob).await.len();
    fixture
        .resolve(&Resolved::by_key(bob.user, "friend_request:1"))
        .await;
    fixture.work().await;
    assert_eq!(
        fixture.events(&bob).await.len(),
        before,
        "resolving again changes nothing"
    );
}

async fn resolve_before_delivery_makes_it_read(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user(), fixture.user());
    fixture
        .resolve(&Resolved::by_key(bob.user, "friend_request:1"))
        .await;
    fixture.work().await;
    let events = [&ada, &bob].map(|who| event(who, Action::FriendRequest, "friend_request:1"));
    fixture.notify(events.into()).await;
    assert!(
        fixture.list(&bob).await[0].is_read,
        "it is kept in the inbox"
    );
    assert_eq!(fixture.unread(&bob).await, 0);
    assert!(fixture.events(&bob).await.is_empty());
    assert_eq!(
        fixture.unread(&ada).await,
        1,
        "the notification of ada is another"
    );
    fixture.advance(notify::NotifyConfig::default().digest_after);
    fixture.work().await;
    let mailed: Vec<_> = fixture.mails().iter().map(|mail| mail.user).collect();
    assert_eq!(mailed, [ada.user]);
}

async fn resolve_chat_marks_messages_read_up_to_a_sequence_number(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let (chat, other): (ChatId, ChatId) = (fixture.store.env().id(), fixture.store.env().id());
    let messages = [(chat, 3), (chat, 9), (other, 1)];
    let messages = messages.map(|(chat, seq)| message_event(&bob, &chat.to_string(), seq));
    fixture.notify(messages.into()).await;
    fixture.resolve(&Resolved::up_to(bob.user, chat, 8)).await;
    fixture.work().await;
    assert_eq!(fixture.unread(&bob).await, 2);
    // A late message before the sequence number is read, one after it is not.
    fixture.resolve(&Resolved::up_to(bob.user, chat, 2)).await;
    fixture.work().await;
    let late = [7, 12].map(|seq| message_event(&bob, &chat.to_string(), seq));
    fixture.notify(late.into()).await;
    assert_eq!(fixture.unread(&bob).await, 3);
    fixture.resolve(&Resolved::up_to(bob.user, chat, 12)).await;
    fixture.work().await;
    assert_eq!(fixture.unread(&bob).await, 1);
    fixture.assert_badges_agree(&bob).await;
}

async fn resolve_and_deliver_in_any_order_leave_nothing_unread(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    for n in 0..20 {
        let key = format!("game_invite:{n}");
        fixture
            .enqueue(vec![event(&bob, Action::GameInvite, &key)])
            .await;
        fixture.resolve(&Resolved::by_key(bob.user, key)).await;
    }
    fixture.work().await;
    assert_eq!(fixture.unread(&bob).await, 0);
    assert_eq!(fixture.list(&bob).await.len(), 20);
}

async fn deliver_replaces_read_notifications_of_the_same_chat(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let (chat, other): (ChatId, ChatId) = (fixture.store.env().id(), fixture.store.env().id());
    fixture
        .notify(vec![message_event(&bob, &other.to_string(), 1)])
        .await;
    for seq in 1..=5 {
        fixture
            .notify(vec![message_event(&bob, &chat.to_string(), seq)])
            .await;
        fixture.resolve(&Resolved::up_to(bob.user, chat, seq)).await;
        fixture.work().await;
    }
    let seq = |one: &contract::notify::Notification| one.data["seq"].as_i64().unwrap();
    let kept: Vec<i64> = fixture.list(&bob).await.iter().map(seq).collect();
    assert_eq!(kept, [5, 1], "the last of each chat");
    for seq in 6..=7 {
        fixture
            .notify(vec![message_event(&bob, &chat.to_string(), seq)])
            .await;
    }
    let kept: Vec<i64> = fixture.list(&bob).await.iter().map(seq).collect();
    assert_eq!(kept, [7, 6, 1], "unread notifications stay");
    fixture.assert_badges_agree(&bob).await;
}

async fn deliver_records_messages_enqueued_by_older_nodes(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let chat: ChatId = fixture.store.env().id();
    let messages = [3, 5].map(|seq| message_event(&bob, &chat.to_string(), seq));
    fixture.notify(messages.into()).await;
    let notified = fixture.directory.notified.lock().unwrap().clone();
    assert_eq!(notified, BTreeMap::from([((bob.user, chat), 5)]));
}
