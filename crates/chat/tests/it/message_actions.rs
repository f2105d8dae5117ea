//! Editing, deleting, liking and reading messages.

use chat::Error;
use contract::streams::StreamName;
use kernel::PageRequest;
use kernel::error::Common;
use serde_json::json;

use crate::fixture::{ChatFixture, assert_error};

testkit::database_tests!(
    edit_message_emits_new_text_once,
    edit_and_delete_message_refuse_others,
    ended_friendship_allows_only_unlike_and_delete,
    delete_message_keeps_seq_and_removes_content,
    set_like_is_idempotent_and_refuses_own_message,
    set_like_on_two_nodes_counts_each_user_once,
    mark_read_sends_receipt_to_sender_once,
    mark_read_without_receipts_stays_private,
    mark_read_in_room_sends_no_receipt,
    edit_and_delete_message_rewrite_stored_events,
);

async fn edit_message_emits_new_text_once(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let sent = fixture.send(&ada, chat, "one").await;
    let edited = fixture
        .chat
        .edit_message(&ada, sent.id, " two @grace ")
        .await
        .unwrap();
    assert_eq!(edited.content, "two @grace");
    assert_eq!(edited.mentions[0].id, grace.user);
    assert!(edited.edited_at.is_some());
    let events = fixture.chat_events(chat, "message_edited").await;
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["id"], &events[0]["content"]),
        (&json!(sent.id), &json!("two @grace"))
    );
    assert_eq!(events[0]["mentions"][0]["username"], "grace");
    fixture
        .chat
        .edit_message(&ada, sent.id, "two @grace")
        .await
        .unwrap();
    assert_eq!(
        fixture.chat_events(chat, "message_edited").await.len(),
        1,
        "the text is the same"
    );
    assert_eq!(
        fixture.chat.get_message(&grace, sent.id).await.unwrap(),
        edited
    );
}

async fn edit_and_delete_message_refuse_others(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let stranger = fixture.user("mallory");
    let sent = fixture.send(&ada, chat, "one").await;
    assert_error(
        fixture.chat.edit_message(&grace, sent.id, "x").await,
        Error::NotYourMessage.code(),
    );
    assert_error(
        fixture.chat.delete_message(&grace, sent.id).await,
        Error::NotYourMessage.code(),
    );
    assert_error(
        fixture.chat.edit_message(&stranger, sent.id, "x").await,
        Error::MessageNotFound.code(),
    );
    assert_error(
        fixture.chat.delete_message(&stranger, sent.id).await,
        Error::MessageNotFound.code(),
    );
    assert_error(
        fixture.chat.mark_read(&stranger, sent.id).await,
        Error::MessageNotFound.code(),
    );
    assert_error(
        fixture.chat.set_like(&stranger, sent.id, true).await,
        Error::MessageNotFound.code(),
    );
    let none = fixture.store.env().id();
    assert_error(
        fixture.chat.edit_message(&ada, none, "x").await,
        Error::MessageNotFound.code(),
    );
    assert_error(
        fixture.chat.edit_message(&ada, sent.id, "\0").await,
        Error::ContentControlCharacter.code(),
    );
}

async fn ended_friendship_allows_only_unlike_and_delete(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let by_ada = fixture.send(&ada, chat, "one").await;
    let by_grace = fixture.send(&grace, chat, "two").await;
    fixture
        .chat
        .set_like(&ada, by_grace.id, true)
        .await
        .unwrap();
    let mut unverified = ada;
    unverified.verified = false;
    assert_error(
        fixture.chat.edit_message(&unverified, by_ada.id, "x").await,
        Common::EmailNotVerified.code(),
    );
    assert_error(
        fixture.chat.set_like(&unverified, by_grace.id, true).await,
        Common::EmailNotVerified.code(),
    );
    fixture.users.unfriend(&ada, &grace);
    assert_error(
        fixture.chat.edit_message(&ada, by_ada.id, "x").await,
        Error::NotFriends.code(),
    );
    assert_error(
        fixture.chat.set_like(&grace, by_ada.id, true).await,
        Error::NotFriends.code(),
    );
    assert_error(
        fixture.chat.set_typing(&ada, chat, true).await,
        Error::NotFriends.code(),
    );
    assert_eq!(
        fixture
            .chat
            .set_like(&ada, by_grace.id, false)
            .await
            .unwrap()
            .like_count,
        0
    );
    fixture.chat.delete_message(&ada, by_ada.id).await.unwrap();
}

async fn delete_message_keeps_seq_and_removes_content(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let sent = fixture.send(&ada, chat, "one @grace").await;
    fixture.chat.set_like(&grace, sent.id, true).await.unwrap();
    fixture.chat.delete_message(&ada, sent.id).await.unwrap();
    fixture.chat.delete_message(&ada, sent.id).await.unwrap();
    let events = fixture.chat_events(chat, "message_deleted").await;
    let gone = json!({"id": sent.id, "chat_id": chat, "seq": 1, "sender_id": ada.user});
    assert_eq!(events, [gone]);
    let left = fixture.chat.get_message(&grace, sent.id).await.unwrap();
    assert!(left.is_deleted && left.content.is_empty() && left.mentions.is_empty());
    assert_eq!((left.seq, left.like_count, left.is_liked), (1, 0, false));
    assert_error(
        fixture.chat.edit_message(&ada, sent.id, "x").await,
        Error::MessageDeleted.code(),
    );
    assert_error(
        fixture.chat.set_like(&grace, sent.id, true).await,
        Error::MessageDeleted.code(),
    );
    let list = fixture
        .chat
        .list_conversations(&grace, PageRequest::default())
        .await
        .unwrap();
    assert!(list.items[0].last_message.as_ref().unwrap().is_deleted);
}

async fn set_like_is_idempotent_and_refuses_own_message(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let sent = fixture.send(&ada, chat, "one").await;
    assert_error(
        fixture.chat.set_like(&ada, sent.id, true).await,
        Error::OwnMessage.code(),
    );
    assert_error(
        fixture.chat.set_like(&ada, sent.id, false).await,
        Error::OwnMessage.code(),
    );
    let first = fixture.chat.set_like(&grace, sent.id, true).await.unwrap();
    let second = fixture.chat.set_like(&grace, sent.id, true).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(
        (first.is_liked, first.like_count, first.user_id),
        (true, 1, grace.user)
    );
    let seen = fixture.chat.get_message(&grace, sent.id).await.unwrap();
    assert!(seen.is_liked && seen.like_count == 1);
    assert!(
        !fixture
            .chat
            .get_message(&ada, sent.id)
            .await
            .unwrap()
            .is_liked
    );
    let line = fixture
        .chat
        .list_conversations(&grace, PageRequest::default())
        .await
        .unwrap();
    assert!(line.items[0].last_message.as_ref().unwrap().is_liked);
    fixture.chat.set_like(&grace, sent.id, false).await.unwrap();
    let last = fixture.chat.set_like(&grace, sent.id, false).await.unwrap();
    assert_eq!((last.is_liked, last.like_count), (false, 0));
    let events = fixture.chat_events(chat, "chat_like_update").await;
    assert_eq!(events, [json!(first), json!(last)]);
}

async fn set_like_on_two_nodes_counts_each_user_once(fixture: ChatFixture) {
    let users: Vec<_> = (0..8).map(|n| fixture.user(&format!("p{n}"))).collect();
    let room = fixture.create_room(&users.iter().collect::<Vec<_>>()).await;
    let sent = fixture.send(&users[0], room, "like me").await;
    let nodes = [fixture.chat.clone(), fixture.another_node()];
    let tasks: Vec<_> = (0..28)
        .map(|n| {
            let (node, actor) = (nodes[n % 2].clone(), users[1 + n % 7]);
            tokio::spawn(async move { node.set_like(&actor, sent.id, true).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(
        fixture
            .chat
            .get_message(&users[0], sent.id)
            .await
            .unwrap()
            .like_count,
        7
    );
    assert_eq!(fixture.chat_events(room, "chat_like_update").await.len(), 7);
}

async fn mark_read_sends_receipt_to_sender_once(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let first = fixture.send(&ada, chat, "one").await;
    let second = fixture.send(&ada, chat, "two").await;
    fixture.chat.mark_read(&grace, second.id).await.unwrap();
    fixture.chat.mark_read(&grace, second.id).await.unwrap();
    fixture.chat.mark_read(&grace, first.id).await.unwrap();
    let events = fixture.user_events(&ada, "message_read").await;
    let expected = json!({"id": second.id, "chat_id": chat, "seq": 2, "user_id": grace.user});
    assert_eq!(events, [expected]);
    assert!(fixture.user_events(&grace, "message_read").await.is_empty());
    assert!(
        fixture
            .chat
            .get_message(&ada, first.id)
            .await
            .unwrap()
            .is_read,
        "earlier messages are read as well"
    );
    assert_eq!(fixture.chat.unread_counts(&grace).await.unwrap().total, 0);
    // Reading one's own message emits nothing.
    fixture.chat.mark_read(&ada, second.id).await.unwrap();
    assert_eq!(fixture.user_events(&grace, "message_read").await.len(), 0);
}

async fn mark_read_without_receipts_stays_private(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let first = fixture.send(&ada, chat, "one").await;
    fixture.users.share_receipts(&grace, false);
    fixture.chat.mark_read(&grace, first.id).await.unwrap();
    assert_eq!(
        fixture.chat.unread_counts(&grace).await.unwrap().total,
        0,
        "the message is read"
    );
    assert!(
        fixture
            .chat
            .get_message(&grace, first.id)
            .await
            .unwrap()
            .is_read
    );
    assert!(fixture.user_events(&ada, "message_read").await.is_empty());
    assert!(
        !fixture
            .chat
            .get_message(&ada, first.id)
            .await
            .unwrap()
            .is_read
    );
    let line = fixture
        .chat
        .list_conversations(&ada, PageRequest::default())
        .await
        .unwrap();
    assert!(!line.items[0].last_message.as_ref().unwrap().is_read);
    // Neither a reply nor turning receipts on again sends one.
    fixture.send(&grace, chat, "two").await;
    fixture.users.share_receipts(&grace, true);
    assert!(
        !fixture
            .chat
            .get_message(&ada, first.id)
            .await
            .unwrap()
            .is_read
    );
    let third = fixture.send(&ada, chat, "three").await;
    fixture.chat.mark_read(&grace, third.id).await.unwrap();
    assert!(
        fixture
            .chat
            .get_message(&ada, third.id)
            .await
            .unwrap()
            .is_read
    );
    let line = fixture
        .chat
        .list_conversations(&ada, PageRequest::default())
        .await
        .unwrap();
    assert!(line.items[0].last_message.as_ref().unwrap().is_read);
}

async fn mark_read_in_room_sends_no_receipt(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    let room = fixture.create_room(&[&ada, &grace]).await;
    let sent = fixture.send(&ada, room, "one").await;
    assert_eq!(fixture.chat.unread_counts(&grace).await.unwrap().total, 1);
    fixture.chat.mark_read(&grace, sent.id).await.unwrap();
    assert_eq!(fixture.chat.unread_counts(&grace).await.unwrap().total, 0);
    assert!(fixture.user_events(&ada, "message_read").await.is_empty());
}

async fn edit_and_delete_message_rewrite_stored_events(fixture: ChatFixture) {
    let (ada, _, chat) = fixture.friends().await;
    let kept = fixture.send(&ada, chat, "kept words").await;
    let sent = fixture.send(&ada, chat, "first words @grace").await;
    fixture
        .chat
        .edit_message(&ada, sent.id, "second words")
        .await
        .unwrap();
    fixture
        .chat
        .edit_message(&ada, sent.id, "third words")
        .await
        .unwrap();
    let stored = |events: Vec<outbox::StoredEvent>| -> String {
        events.into_iter().map(|event| event.data).collect()
    };
    let stream = StreamName::Chat(chat);
    let all = stored(fixture.events(stream).await);
    assert!(!all.contains("first") && !all.contains("second"), "{all}");
    let events = fixture.chat_events(chat, "new_message").await;
    assert_eq!(events[1]["content"], "third words");
    assert_eq!(events[1]["mentions"], json!([]));
    assert!(events[1]["edited_at"].is_string());
    fixture.chat.delete_message(&ada, sent.id).await.unwrap();
    let all = stored(fixture.events(stream).await);
    assert!(
        !all.contains("third") && all.contains("kept words"),
        "{all}"
    );
    let events = fixture.chat_events(chat, "new_message").await;
    assert_eq!(events[1]["is_deleted"], true);
    assert_eq!(events[0]["id"], json!(kept.id));
    assert_eq!(fixture.chat_events(chat, "message_edited").await.len(), 2);
    assert_eq!(fixture.chat_events(chat, "message_deleted").await.len(), 1);
}
