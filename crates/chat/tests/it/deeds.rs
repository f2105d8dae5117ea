//! Messages edited, deleted, liked and read.

use chat::Error;
use kernel::PageRequest;
use kernel::error::Common;
use serde_json::json;

use crate::world::{each, refused};

#[tokio::test]
async fn ones_own_message_can_be_changed_and_everybody_hears_of_it() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let sent = world.say(&ada, chat, "one").await;
        let edited = world
            .chat
            .edit(&ada, sent.id, " two @grace ")
            .await
            .unwrap();
        assert_eq!(edited.content, "two @grace");
        assert_eq!(edited.mentions[0].id, grace.user);
        assert!(edited.edited_at.is_some());
        let told = world.told(chat, "message_edited").await;
        assert_eq!(told.len(), 1);
        assert_eq!(
            (&told[0]["id"], &told[0]["content"]),
            (&json!(sent.id), &json!("two @grace"))
        );
        assert_eq!(told[0]["mentions"][0]["username"], "grace");
        world.chat.edit(&ada, sent.id, "two @grace").await.unwrap();
        assert_eq!(
            world.told(chat, "message_edited").await.len(),
            1,
            "nothing has changed"
        );
        assert_eq!(world.chat.message(&grace, sent.id).await.unwrap(), edited);
    }
}

#[tokio::test]
async fn others_messages_cannot_be_changed_or_deleted() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let stranger = world.person("mallory");
        let sent = world.say(&ada, chat, "one").await;
        refused(
            world.chat.edit(&grace, sent.id, "x").await,
            Error::NotYourMessage.code(),
        );
        refused(
            world.chat.delete(&grace, sent.id).await,
            Error::NotYourMessage.code(),
        );
        refused(
            world.chat.edit(&stranger, sent.id, "x").await,
            Error::MessageNotFound.code(),
        );
        refused(
            world.chat.delete(&stranger, sent.id).await,
            Error::MessageNotFound.code(),
        );
        refused(
            world.chat.read(&stranger, sent.id).await,
            Error::MessageNotFound.code(),
        );
        refused(
            world.chat.like(&stranger, sent.id, true).await,
            Error::MessageNotFound.code(),
        );
        let none = world.store.env().id();
        refused(
            world.chat.edit(&ada, none, "x").await,
            Error::MessageNotFound.code(),
        );
        refused(
            world.chat.edit(&ada, sent.id, "\0").await,
            Error::ContentControlCharacter.code(),
        );
    }
}

#[tokio::test]
async fn what_shows_up_at_others_needs_a_friend_and_what_takes_back_does_not() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let mine = world.say(&ada, chat, "one").await;
        let hers = world.say(&grace, chat, "two").await;
        world.chat.like(&ada, hers.id, true).await.unwrap();
        let mut looking = ada;
        looking.verified = false;
        refused(
            world.chat.edit(&looking, mine.id, "x").await,
            Common::EmailNotVerified.code(),
        );
        refused(
            world.chat.like(&looking, hers.id, true).await,
            Common::EmailNotVerified.code(),
        );
        world.people.part(&ada, &grace);
        refused(
            world.chat.edit(&ada, mine.id, "x").await,
            Error::NotFriends.code(),
        );
        refused(
            world.chat.like(&grace, mine.id, true).await,
            Error::NotFriends.code(),
        );
        refused(
            world.chat.typing(&ada, chat, true).await,
            Error::NotFriends.code(),
        );
        assert_eq!(
            world
                .chat
                .like(&ada, hers.id, false)
                .await
                .unwrap()
                .like_count,
            0
        );
        world.chat.delete(&ada, mine.id).await.unwrap();
    }
}

#[tokio::test]
async fn a_deleted_message_keeps_its_place_and_loses_all_else() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let sent = world.say(&ada, chat, "one @grace").await;
        world.chat.like(&grace, sent.id, true).await.unwrap();
        world.chat.delete(&ada, sent.id).await.unwrap();
        world.chat.delete(&ada, sent.id).await.unwrap();
        let told = world.told(chat, "message_deleted").await;
        let gone = json!({"id": sent.id, "chat_id": chat, "seq": 1, "sender_id": ada.user});
        assert_eq!(told, [gone]);
        let left = world.chat.message(&grace, sent.id).await.unwrap();
        assert!(left.is_deleted && left.content.is_empty() && left.mentions.is_empty());
        assert_eq!((left.seq, left.like_count, left.is_liked), (1, 0, false));
        refused(
            world.chat.edit(&ada, sent.id, "x").await,
            Error::MessageDeleted.code(),
        );
        refused(
            world.chat.like(&grace, sent.id, true).await,
            Error::MessageDeleted.code(),
        );
        let list = world
            .chat
            .conversations(&grace, PageRequest::default())
            .await
            .unwrap();
        assert!(list.items[0].last_message.as_ref().unwrap().is_deleted);
    }
}

#[tokio::test]
async fn a_like_counts_once_and_never_on_ones_own() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let sent = world.say(&ada, chat, "one").await;
        refused(
            world.chat.like(&ada, sent.id, true).await,
            Error::OwnMessage.code(),
        );
        refused(
            world.chat.like(&ada, sent.id, false).await,
            Error::OwnMessage.code(),
        );
        let first = world.chat.like(&grace, sent.id, true).await.unwrap();
        let second = world.chat.like(&grace, sent.id, true).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(
            (first.is_liked, first.like_count, first.user_id),
            (true, 1, grace.user)
        );
        let seen = world.chat.message(&grace, sent.id).await.unwrap();
        assert!(seen.is_liked && seen.like_count == 1);
        assert!(!world.chat.message(&ada, sent.id).await.unwrap().is_liked);
        let line = world
            .chat
            .conversations(&grace, PageRequest::default())
            .await
            .unwrap();
        assert!(line.items[0].last_message.as_ref().unwrap().is_liked);
        world.chat.like(&grace, sent.id, false).await.unwrap();
        let last = world.chat.like(&grace, sent.id, false).await.unwrap();
        assert_eq!((last.is_liked, last.like_count), (false, 0));
        let told = world.told(chat, "chat_like_update").await;
        assert_eq!(told, [json!(first), json!(last)]);
    }
}

#[tokio::test]
async fn likes_that_meet_on_two_nodes_are_all_counted_once() {
    for world in each() {
        let people: Vec<_> = (0..8).map(|n| world.person(&format!("p{n}"))).collect();
        let room = world.room(&people.iter().collect::<Vec<_>>()).await;
        let sent = world.say(&people[0], room, "like me").await;
        let nodes = [world.chat.clone(), world.another_node()];
        let tasks: Vec<_> = (0..28)
            .map(|n| {
                let (node, actor) = (nodes[n % 2].clone(), people[1 + n % 7]);
                tokio::spawn(async move { node.like(&actor, sent.id, true).await.unwrap() })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(
            world
                .chat
                .message(&people[0], sent.id)
                .await
                .unwrap()
                .like_count,
            7
        );
        assert_eq!(world.told(room, "chat_like_update").await.len(), 7);
    }
}

#[tokio::test]
async fn reading_tells_the_sender_and_nobody_else() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let first = world.say(&ada, chat, "one").await;
        let second = world.say(&ada, chat, "two").await;
        world.chat.read(&grace, second.id).await.unwrap();
        world.chat.read(&grace, second.id).await.unwrap();
        world.chat.read(&grace, first.id).await.unwrap();
        let told = world.told_to(&ada, "message_read").await;
        let expected = json!({"id": second.id, "chat_id": chat, "seq": 2, "user_id": grace.user});
        assert_eq!(told, [expected]);
        assert!(world.told_to(&grace, "message_read").await.is_empty());
        assert!(
            world.chat.message(&ada, first.id).await.unwrap().is_read,
            "all before it too"
        );
        assert_eq!(world.chat.unread(&grace).await.unwrap().total, 0);
        // Reading one's own message says nothing.
        world.chat.read(&ada, second.id).await.unwrap();
        assert_eq!(world.told_to(&grace, "message_read").await.len(), 0);
    }
}

#[tokio::test]
async fn who_keeps_receipts_to_themselves_reads_in_private_then_and_later() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let first = world.say(&ada, chat, "one").await;
        world.people.keeps_receipts(&grace, true);
        world.chat.read(&grace, first.id).await.unwrap();
        assert_eq!(
            world.chat.unread(&grace).await.unwrap().total,
            0,
            "she has read it"
        );
        assert!(world.chat.message(&grace, first.id).await.unwrap().is_read);
        assert!(world.told_to(&ada, "message_read").await.is_empty());
        assert!(!world.chat.message(&ada, first.id).await.unwrap().is_read);
        let line = world
            .chat
            .conversations(&ada, PageRequest::default())
            .await
            .unwrap();
        assert!(!line.items[0].last_message.as_ref().unwrap().is_read);
        // Answering gives no receipt either, nor does switching them on again by itself.
        world.say(&grace, chat, "two").await;
        world.people.keeps_receipts(&grace, false);
        assert!(!world.chat.message(&ada, first.id).await.unwrap().is_read);
        let third = world.say(&ada, chat, "three").await;
        world.chat.read(&grace, third.id).await.unwrap();
        assert!(world.chat.message(&ada, third.id).await.unwrap().is_read);
        let line = world
            .chat
            .conversations(&ada, PageRequest::default())
            .await
            .unwrap();
        assert!(line.items[0].last_message.as_ref().unwrap().is_read);
    }
}

#[tokio::test]
async fn in_company_reading_is_for_oneself() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        let room = world.room(&[&ada, &grace]).await;
        let sent = world.say(&ada, room, "one").await;
        assert_eq!(world.chat.unread(&grace).await.unwrap().total, 1);
        world.chat.read(&grace, sent.id).await.unwrap();
        assert_eq!(world.chat.unread(&grace).await.unwrap().total, 0);
        assert!(world.told_to(&ada, "message_read").await.is_empty());
    }
}

#[tokio::test]
async fn edit_and_delete_remove_the_old_text_from_stored_events() {
    for world in each() {
        let (ada, _, chat) = world.friends().await;
        let kept = world.say(&ada, chat, "kept words").await;
        let sent = world.say(&ada, chat, "first words @grace").await;
        world
            .chat
            .edit(&ada, sent.id, "second words")
            .await
            .unwrap();
        world.chat.edit(&ada, sent.id, "third words").await.unwrap();
        let stored = |events: Vec<outbox::StoredEvent>| -> String {
            events.into_iter().map(|event| event.data).collect()
        };
        let stream = chat::stream_of(chat);
        let all = stored(world.events(&stream).await);
        assert!(!all.contains("first") && !all.contains("second"), "{all}");
        let told = world.told(chat, "new_message").await;
        assert_eq!(told[1]["content"], "third words");
        assert_eq!(told[1]["mentions"], json!([]));
        assert!(told[1]["edited_at"].is_string());
        world.chat.delete(&ada, sent.id).await.unwrap();
        let all = stored(world.events(&stream).await);
        assert!(
            !all.contains("third") && all.contains("kept words"),
            "{all}"
        );
        let told = world.told(chat, "new_message").await;
        assert_eq!(told[1]["is_deleted"], true);
        assert_eq!(told[0]["id"], json!(kept.id));
        assert_eq!(world.told(chat, "message_edited").await.len(), 2);
        assert_eq!(world.told(chat, "message_deleted").await.len(), 1);
    }
}
