//! Conversations of two: opened, listed, deleted for oneself.

use chat::Error;
use kernel::error::Common;
use kernel::{Cursor, PageRequest};

use crate::world::{each, refused};

#[tokio::test]
async fn two_friends_have_one_conversation_whoever_opens_it() {
    for world in each() {
        let (ada, grace) = (world.person("Ada"), world.person("Grace"));
        world.people.befriend(&ada, &grace);
        world.people.comes_online(&grace);
        let first = world.chat.open_direct(&ada, "gRACE").await.unwrap();
        assert!(first.created);
        let hers = &first.conversation;
        assert_eq!(
            (hers.username.as_str(), hers.is_online, hers.can_write),
            ("Grace", true, true)
        );
        let again = world
            .chat
            .open_direct(&ada, &grace.user.to_string())
            .await
            .unwrap();
        let other = world.chat.open_direct(&grace, "Ada").await.unwrap();
        assert!(!again.created && !other.created);
        assert_eq!(other.conversation.chat_id, hers.chat_id);
        for actor in [ada, grace] {
            let joined = world.told_to(&actor, "chat_joined").await;
            assert_eq!(joined.len(), 1);
            assert_eq!(joined[0]["chat_id"], hers.chat_id.to_string());
            assert_eq!(
                (&joined[0]["kind"], &joined[0]["seq"]),
                (&"direct".into(), &1.into())
            );
            assert_eq!(world.chats_of(&actor).await, [hers.chat_id]);
        }
    }
}

#[tokio::test]
async fn of_friends_who_open_it_at_once_on_two_nodes_one_makes_it() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        world.people.befriend(&ada, &grace);
        let nodes = [world.chat.clone(), world.another_node()];
        let tasks: Vec<_> = (0..10)
            .map(|n| {
                let node = nodes[n % 2].clone();
                let (me, who) = [(ada, "grace"), (grace, "ada")][n / 2 % 2];
                tokio::spawn(async move { node.open_direct(&me, who).await.unwrap() })
            })
            .collect();
        let mut opened = Vec::new();
        for task in tasks {
            opened.push(task.await.unwrap());
        }
        assert_eq!(opened.iter().filter(|one| one.created).count(), 1);
        let chat = opened[0].conversation.chat_id;
        assert!(opened.iter().all(|one| one.conversation.chat_id == chat));
        assert_eq!(world.told_to(&ada, "chat_joined").await.len(), 1);
    }
}

#[tokio::test]
async fn only_friends_open_a_conversation() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        refused(
            world.chat.open_direct(&ada, "grace").await,
            Error::NotFriends.code(),
        );
        refused(
            world.chat.open_direct(&ada, "nobody").await,
            Common::UserNotFound.code(),
        );
        refused(
            world.chat.open_direct(&ada, "ada").await,
            Common::Oneself.code(),
        );
        let history = |actor, who: &'static str| {
            let chat = world.chat.clone();
            async move {
                chat.direct_history(&actor, who, Cursor::Newest, Default::default())
                    .await
            }
        };
        refused(history(ada, "grace").await, Error::NotAMember.code());
        world.people.befriend(&ada, &grace);
        let mut looking = ada;
        looking.verified = false;
        refused(
            world.chat.open_direct(&looking, "grace").await,
            Common::EmailNotVerified.code(),
        );
        world.people.block(&grace, &ada);
        refused(
            world.chat.open_direct(&ada, "grace").await,
            Common::UserNotFound.code(),
        );
        refused(
            world.chat.open_direct(&grace, "ada").await,
            Common::UserNotFound.code(),
        );
        refused(history(ada, "grace").await, Common::UserNotFound.code());
    }
}

#[tokio::test]
async fn who_is_a_friend_no_more_can_read_what_was_and_a_block_takes_it_away() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let sent = world.say(&ada, chat, "hi").await;
        world.people.part(&ada, &grace);
        let opened = world
            .chat
            .open_direct(&grace, "ada")
            .await
            .unwrap()
            .conversation;
        assert!(!opened.can_write);
        assert_eq!(opened.messages, std::slice::from_ref(&sent));
        world.people.block(&ada, &grace);
        for actor in [ada, grace] {
            let page = world
                .chat
                .history(&actor, chat, Cursor::Newest, Default::default())
                .await;
            refused(page, Error::NotAMember.code());
            refused(
                world.chat.message(&actor, sent.id).await,
                Error::MessageNotFound.code(),
            );
            refused(
                world.chat.may_listen(&actor, chat).await,
                Error::NotAMember.code(),
            );
            let list = world
                .chat
                .conversations(&actor, PageRequest::default())
                .await
                .unwrap();
            assert_eq!((list.items.len(), list.total), (0, 0));
            assert_eq!(world.chat.unread(&actor).await.unwrap().total, 0);
        }
    }
}

#[tokio::test]
async fn the_list_has_the_newest_first_with_what_is_unread() {
    for world in each() {
        let ada = world.person("ada");
        let mut chats = Vec::new();
        for name in ["b", "c", "d"] {
            let friend = world.person(name);
            world.people.befriend(&ada, &friend);
            world.wait(std::time::Duration::from_secs(1));
            let opened = world.chat.open_direct(&friend, "ada").await.unwrap();
            chats.push((friend, opened.conversation.chat_id));
        }
        let list = world
            .chat
            .conversations(&ada, PageRequest::default())
            .await
            .unwrap();
        assert_eq!(
            list.total, 0,
            "what somebody else opened and nobody used is not shown"
        );
        for (friend, chat) in [chats[2], chats[0], chats[1]] {
            world.wait(std::time::Duration::from_secs(1));
            world.say(&friend, chat, "one").await;
        }
        let last = world.say(&chats[1].0, chats[1].1, "two").await;
        world.people.comes_online(&chats[0].0);
        let list = world
            .chat
            .conversations(&ada, PageRequest::default())
            .await
            .unwrap();
        let line: Vec<_> = list
            .items
            .iter()
            .map(|line| (line.username.as_str(), line.unread_count, line.is_online))
            .collect();
        assert_eq!(line, [("c", 2, false), ("b", 1, true), ("d", 1, false)]);
        assert_eq!(list.items[0].last_message.as_ref(), Some(&last));
        let unread = world.chat.unread(&ada).await.unwrap();
        assert_eq!(unread.total, 4);
        assert_eq!(unread.chats[0].chat_id, chats[1].1);
        let page = PageRequest {
            limit: 1,
            offset: 1,
        };
        let second = world.chat.conversations(&ada, page).await.unwrap();
        assert_eq!((second.items.len(), second.total), (1, 3));
        assert_eq!(second.items[0], list.items[1]);
        assert!(
            world
                .chat
                .unread(&chats[1].0)
                .await
                .unwrap()
                .chats
                .is_empty()
        );
    }
}

#[tokio::test]
async fn what_one_deletes_for_oneself_stays_for_the_other() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let old = world.say(&grace, chat, "old").await;
        world.chat.delete_conversation(&ada, "grace").await.unwrap();
        let list = |actor| {
            let chat = world.chat.clone();
            async move {
                chat.conversations(&actor, PageRequest::default())
                    .await
                    .unwrap()
                    .items
            }
        };
        assert!(list(ada).await.is_empty());
        assert_eq!(list(grace).await[0].last_message.as_ref(), Some(&old));
        assert_eq!(world.chat.unread(&ada).await.unwrap().total, 0);
        refused(
            world.chat.message(&ada, old.id).await,
            Error::MessageNotFound.code(),
        );
        refused(
            world.chat.like(&ada, old.id, true).await,
            Error::MessageNotFound.code(),
        );
        let told = world.told_to(&ada, "conversation_deleted").await;
        assert_eq!(told, [serde_json::json!({"chat_id": chat, "seq": 1})]);
        assert!(
            world
                .told_to(&grace, "conversation_deleted")
                .await
                .is_empty()
        );
        let new = world.say(&grace, chat, "new").await;
        let lines = list(ada).await;
        assert_eq!((lines.len(), lines[0].unread_count), (1, 1));
        let page = world
            .chat
            .history(&ada, chat, Cursor::Newest, Default::default())
            .await
            .unwrap();
        assert_eq!((page.messages, page.total), (vec![new.clone()], 1));
        let hers = world
            .chat
            .history(&grace, chat, Cursor::Newest, Default::default())
            .await
            .unwrap();
        assert_eq!(hers.messages.len(), 2);
        // Opened again, it is there but empty of what was.
        world.chat.delete_conversation(&ada, "grace").await.unwrap();
        let opened = world.chat.open_direct(&ada, "grace").await.unwrap();
        assert!(!opened.created && opened.conversation.messages.is_empty());
        let lines = list(ada).await;
        assert_eq!((lines.len(), &lines[0].last_message), (1, &None));
    }
}

#[tokio::test]
async fn deleting_what_is_not_there_is_refused() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        world.people.befriend(&ada, &grace);
        refused(
            world.chat.delete_conversation(&ada, "grace").await,
            Error::NotAMember.code(),
        );
        refused(
            world.chat.delete_conversation(&ada, "x").await,
            Common::UserNotFound.code(),
        );
    }
}

#[tokio::test]
async fn a_deleted_message_no_longer_counts_as_unread() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let first = world.say(&ada, chat, "one").await;
        world.say(&ada, chat, "two").await;
        world.chat.delete(&ada, first.id).await.unwrap();
        assert_eq!(world.chat.unread(&grace).await.unwrap().total, 1);
        let list = world
            .chat
            .conversations(&grace, PageRequest::default())
            .await
            .unwrap();
        assert_eq!(list.items[0].unread_count, 1);
    }
}
