//! People who are gone, hidden or invisible.

use chat::Error;
use contract::chat::{Message, PostMessage};
use db::Tx;
use kernel::error::Common;
use kernel::{Cursor, PageRequest};

use crate::world::{World, each, post, refused};

const PAGE: PageRequest = PageRequest {
    limit: 3,
    offset: 0,
};

#[tokio::test]
async fn conversation_with_deleted_account_is_read_and_deleted_but_not_continued() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let said = world.say(&grace, chat, "farewell").await;
        world.people.delete(&grace);
        let name = format!("deleted-{}", grace.user);
        let listed = world.chat.conversations(&ada, PAGE).await.unwrap();
        assert_eq!(listed.items[0].username, name);
        assert!(listed.items[0].is_deleted);
        for who in [name.clone(), grace.user.to_string()] {
            let opened = world.chat.open_direct(&ada, &who).await.unwrap();
            assert!(opened.conversation.is_deleted && !opened.conversation.can_write);
            assert!(opened.conversation.messages[0].sender.is_deleted);
            let history = world.chat.direct_history(&ada, &who, Cursor::Newest, PAGE);
            assert_eq!(history.await.unwrap().messages[0].content, "farewell");
        }
        let gone = Error::AccountDeleted.code();
        refused(world.chat.send(&ada, post(chat, "wait")).await, gone);
        refused(world.chat.like(&ada, said.id, true).await, gone);
        refused(world.chat.typing(&ada, chat, true).await, gone);
        world.chat.read(&ada, said.id).await.unwrap();
        world.chat.delete_conversation(&ada, &name).await.unwrap();
        let listed = world.chat.conversations(&ada, PAGE).await.unwrap();
        assert_eq!((listed.items.len(), listed.total), (0, 0));
    }
}

#[tokio::test]
async fn open_conversation_with_deleted_stranger_finds_nobody() {
    for world in each() {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        world.people.delete(&bob);
        let missing = Common::UserNotFound.code();
        for who in [bob.user.to_string(), format!("deleted-{}", bob.user)] {
            refused(world.chat.open_direct(&ada, &who).await, missing);
        }
    }
}

#[tokio::test]
async fn messages_of_blocked_people_are_neither_unread_nor_counted_nor_last() {
    for world in each() {
        let [ada, grace, mallory] = ["ada", "grace", "mallory"].map(|name| world.person(name));
        let chat = world.room(&[&ada, &grace, &mallory]).await;
        for (who, text) in [
            (&mallory, "m1"),
            (&grace, "g1"),
            (&mallory, "m2"),
            (&grace, "g2"),
        ] {
            world.say(who, chat, text).await;
        }
        for text in ["m3", "m4"] {
            world.say(&mallory, chat, text).await;
        }
        world.people.block(&ada, &mallory);
        let unread = world.chat.unread(&ada).await.unwrap();
        assert_eq!((unread.total, unread.chats[0].unread_count), (2, 2));
        let rooms = world.chat.rooms(&ada, PAGE).await.unwrap();
        assert_eq!(rooms.items[0].unread_count, 2);
        let last = rooms.items[0].last_message.as_ref().unwrap();
        assert_eq!(last.content, "g2");
        assert_eq!(world.chat.enter(&ada, chat).await.unwrap().unread_count, 2);
        let page = |offset| {
            world
                .chat
                .history(&ada, chat, Cursor::Newest, PageRequest { limit: 1, offset })
        };
        let (first, second) = (page(0).await.unwrap(), page(1).await.unwrap());
        assert_eq!((first.total, first.more), (2, true));
        assert_eq!((second.total, second.more), (2, false));
        assert_eq!(first.messages[0].content, "g2");
        assert_eq!(second.messages[0].content, "g1");
        world.chat.read(&ada, last.id).await.unwrap();
        assert_eq!(world.chat.unread(&ada).await.unwrap().total, 0);
        let grace_waits = world.chat.unread(&grace).await.unwrap().total;
        assert_eq!(grace_waits, 2, "she has read up to what she wrote last");
    }
}

#[tokio::test]
async fn send_again_gives_the_message_without_blocked_people() {
    for world in each() {
        let [ada, grace, mallory] = ["ada", "grace", "mallory"].map(|name| world.person(name));
        let chat = world.room(&[&ada, &grace, &mallory]).await;
        let question = world.say(&mallory, chat, "who is there?").await;
        let answer = PostMessage {
            client_id: Some("once".to_owned()),
            reply_to: Some(question.id),
            ..post(chat, "@grace and @mallory")
        };
        let first = world.chat.send(&ada, answer.clone()).await.unwrap();
        let named = |message: &Message| -> Vec<_> {
            let mentions = message.mentions.iter();
            mentions.map(|person| person.username.clone()).collect()
        };
        assert_eq!(named(&first), ["grace", "mallory"]);
        assert_eq!(first.reply_to, Some(question.id));
        world.people.block(&mallory, &ada);
        let again = world.chat.send(&ada, answer).await.unwrap();
        assert_eq!(
            (again.id, named(&again)),
            (first.id, vec!["grace".to_owned()])
        );
        assert_eq!(again.reply_to, None);
        assert_eq!(again, world.chat.message(&ada, first.id).await.unwrap());
    }
}

#[tokio::test]
async fn members_of_a_chat_are_listed_without_blocked_people() {
    for world in each() {
        let [ada, grace, mallory] = ["ada", "grace", "mallory"].map(|name| world.person(name));
        let chat = world.room(&[&ada, &grace, &mallory]).await;
        world.people.block(&ada, &mallory);
        for (viewer, hidden) in [(&ada, &mallory), (&mallory, &ada)] {
            let members = world.chat.members(viewer, chat, PAGE).await.unwrap();
            assert_eq!((members.total, members.items.len()), (2, 2));
            assert!(members.items.iter().all(|one| one.id != hidden.user));
        }
        assert_eq!(
            world.chat.members(&grace, chat, PAGE).await.unwrap().total,
            3
        );
    }
}

#[tokio::test]
async fn invisible_people_neither_type_nor_give_receipts() {
    for mut world in each() {
        let (ada, grace, chat) = world.friends().await;
        let sent = world.say(&ada, chat, "are you there?").await;
        world.people.hides(&grace);
        world.chat.typing(&grace, chat, true).await.unwrap();
        assert!(world.wire.try_recv().is_err());
        world.chat.read(&grace, sent.id).await.unwrap();
        assert!(world.told_to(&ada, "message_read").await.is_empty());
        let seen = world.chat.message(&ada, sent.id).await.unwrap();
        assert!(!seen.is_read);
        assert_eq!(world.chat.unread(&grace).await.unwrap().total, 0);
    }
}

async fn call_again(world: &World, user: kernel::UserId, chat: contract::chat::ChatId) {
    let write = move |tx: &mut Tx<'_>| chat::call_again(tx, user, &[chat]);
    world.store.write(write).await.unwrap();
}

#[tokio::test]
async fn send_calls_once_more_after_the_call_was_dismissed() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        world.say(&ada, chat, "one").await;
        world.say(&ada, chat, "two").await;
        world.make_calls().await;
        assert_eq!(world.people.notified().len(), 1);
        call_again(&world, grace.user, chat).await;
        world.say(&ada, chat, "three").await;
        world.say(&ada, chat, "four").await;
        world.make_calls().await;
        let notices = world.people.notified();
        let seqs: Vec<_> = notices.iter().map(|one| one.data["seq"].clone()).collect();
        assert_eq!(seqs, [1, 3]);
    }
}
