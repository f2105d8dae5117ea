//! Opening, listing and deleting conversations.

use chat::Error;
use kernel::error::Common;
use kernel::{Cursor, PageRequest};

use crate::fixture::{ChatFixture, assert_error};

testkit::database_tests!(
    open_conversation_is_the_same_for_both_friends,
    open_conversation_on_two_nodes_creates_it_once,
    open_conversation_requires_friendship,
    conversation_is_read_only_after_unfriending_and_hidden_after_block,
    list_conversations_orders_by_newest_message_with_unread_counts,
    delete_conversation_applies_to_actor_only,
    delete_conversation_refuses_missing_conversation,
    delete_message_reduces_unread_count,
);

async fn open_conversation_is_the_same_for_both_friends(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("Ada"), fixture.user("Grace"));
    fixture.users.befriend(&ada, &grace);
    fixture.users.set_online(&grace);
    let first = fixture.chat.open_conversation(&ada, "gRACE").await.unwrap();
    assert!(first.created);
    let conversation = &first.conversation;
    assert_eq!(
        (
            conversation.username.as_str(),
            conversation.is_online,
            conversation.can_write
        ),
        ("Grace", true, true)
    );
    let again = fixture
        .chat
        .open_conversation(&ada, &grace.user.to_string())
        .await
        .unwrap();
    let other = fixture.chat.open_conversation(&grace, "Ada").await.unwrap();
    assert!(!again.created && !other.created);
    assert_eq!(other.conversation.chat_id, conversation.chat_id);
    for actor in [ada, grace] {
        let joined = fixture.user_events(&actor, "chat_joined").await;
        assert_eq!(joined.len(), 1);
        assert_eq!(joined[0]["chat_id"], conversation.chat_id.to_string());
        assert_eq!(
            (&joined[0]["kind"], &joined[0]["seq"]),
            (&"direct".into(), &1.into())
        );
        assert_eq!(fixture.chats_of(&actor).await, [conversation.chat_id]);
    }
}

async fn open_conversation_on_two_nodes_creates_it_once(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    fixture.users.befriend(&ada, &grace);
    let nodes = [fixture.chat.clone(), fixture.another_node()];
    let tasks: Vec<_> = (0..10)
        .map(|n| {
            let node = nodes[n % 2].clone();
            let (actor, peer) = [(ada, "grace"), (grace, "ada")][n / 2 % 2];
            tokio::spawn(async move { node.open_conversation(&actor, peer).await.unwrap() })
        })
        .collect();
    let mut opened = Vec::new();
    for task in tasks {
        opened.push(task.await.unwrap());
    }
    assert_eq!(opened.iter().filter(|one| one.created).count(), 1);
    let chat = opened[0].conversation.chat_id;
    assert!(opened.iter().all(|one| one.conversation.chat_id == chat));
    assert_eq!(fixture.user_events(&ada, "chat_joined").await.len(), 1);
}

async fn open_conversation_requires_friendship(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    assert_error(
        fixture.chat.open_conversation(&ada, "grace").await,
        Error::NotFriends.code(),
    );
    assert_error(
        fixture.chat.open_conversation(&ada, "nobody").await,
        Common::UserNotFound.code(),
    );
    assert_error(
        fixture.chat.open_conversation(&ada, "ada").await,
        Common::Oneself.code(),
    );
    let history = |actor, peer: &'static str| {
        let chat = fixture.chat.clone();
        async move {
            chat.list_conversation_messages(&actor, peer, Cursor::Newest, Default::default())
                .await
        }
    };
    assert_error(history(ada, "grace").await, Error::NotAMember.code());
    fixture.users.befriend(&ada, &grace);
    let mut unverified = ada;
    unverified.verified = false;
    assert_error(
        fixture.chat.open_conversation(&unverified, "grace").await,
        Common::EmailNotVerified.code(),
    );
    fixture.users.block(&grace, &ada);
    assert_error(
        fixture.chat.open_conversation(&ada, "grace").await,
        Common::UserNotFound.code(),
    );
    assert_error(
        fixture.chat.open_conversation(&grace, "ada").await,
        Common::UserNotFound.code(),
    );
    assert_error(history(ada, "grace").await, Common::UserNotFound.code());
}

async fn conversation_is_read_only_after_unfriending_and_hidden_after_block(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let sent = fixture.send(&ada, chat, "hi").await;
    fixture.users.unfriend(&ada, &grace);
    let opened = fixture
        .chat
        .open_conversation(&grace, "ada")
        .await
        .unwrap()
        .conversation;
    assert!(!opened.can_write);
    assert_eq!(opened.messages, std::slice::from_ref(&sent));
    fixture.users.block(&ada, &grace);
    for actor in [ada, grace] {
        let page = fixture
            .chat
            .list_messages(&actor, chat, Cursor::Newest, Default::default())
            .await;
        assert_error(page, Error::NotAMember.code());
        assert_error(
            fixture.chat.get_message(&actor, sent.id).await,
            Error::MessageNotFound.code(),
        );
        assert_error(
            fixture.chat.check_subscription(&actor, chat).await,
            Error::NotAMember.code(),
        );
        let list = fixture
            .chat
            .list_conversations(&actor, PageRequest::default())
            .await
            .unwrap();
        assert_eq!((list.items.len(), list.total), (0, 0));
        assert_eq!(fixture.chat.unread_counts(&actor).await.unwrap().total, 0);
    }
}

async fn list_conversations_orders_by_newest_message_with_unread_counts(fixture: ChatFixture) {
    let ada = fixture.user("ada");
    let mut chats = Vec::new();
    for name in ["b", "c", "d"] {
        let friend = fixture.user(name);
        fixture.users.befriend(&ada, &friend);
        fixture.advance(std::time::Duration::from_secs(1));
        let opened = fixture
            .chat
            .open_conversation(&friend, "ada")
            .await
            .unwrap();
        chats.push((friend, opened.conversation.chat_id));
    }
    let list = fixture
        .chat
        .list_conversations(&ada, PageRequest::default())
        .await
        .unwrap();
    assert_eq!(list.total, 0, "the peers opened them and sent nothing");
    for (friend, chat) in [chats[2], chats[0], chats[1]] {
        fixture.advance(std::time::Duration::from_secs(1));
        fixture.send(&friend, chat, "one").await;
    }
    let last = fixture.send(&chats[1].0, chats[1].1, "two").await;
    fixture.users.set_online(&chats[0].0);
    let list = fixture
        .chat
        .list_conversations(&ada, PageRequest::default())
        .await
        .unwrap();
    let line: Vec<_> = list
        .items
        .iter()
        .map(|line| (line.username.as_str(), line.unread_count, line.is_online))
        .collect();
    assert_eq!(line, [("c", 2, false), ("b", 1, true), ("d", 1, false)]);
    assert_eq!(list.items[0].last_message.as_ref(), Some(&last));
    let unread = fixture.chat.unread_counts(&ada).await.unwrap();
    assert_eq!(unread.total, 4);
    assert_eq!(unread.chats[0].chat_id, chats[1].1);
    let page = PageRequest {
        limit: 1,
        offset: 1,
    };
    let second = fixture.chat.list_conversations(&ada, page).await.unwrap();
    assert_eq!((second.items.len(), second.total), (1, 3));
    assert_eq!(second.items[0], list.items[1]);
    assert!(
        fixture
            .chat
            .unread_counts(&chats[1].0)
            .await
            .unwrap()
            .chats
            .is_empty()
    );
}

async fn delete_conversation_applies_to_actor_only(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let old = fixture.send(&grace, chat, "old").await;
    fixture
        .chat
        .delete_conversation(&ada, "grace")
        .await
        .unwrap();
    let list = |actor| {
        let chat = fixture.chat.clone();
        async move {
            chat.list_conversations(&actor, PageRequest::default())
                .await
                .unwrap()
                .items
        }
    };
    assert!(list(ada).await.is_empty());
    assert_eq!(list(grace).await[0].last_message.as_ref(), Some(&old));
    assert_eq!(fixture.chat.unread_counts(&ada).await.unwrap().total, 0);
    assert_error(
        fixture.chat.get_message(&ada, old.id).await,
        Error::MessageNotFound.code(),
    );
    assert_error(
        fixture.chat.set_like(&ada, old.id, true).await,
        Error::MessageNotFound.code(),
    );
    let events = fixture.user_events(&ada, "conversation_deleted").await;
    assert_eq!(events, [serde_json::json!({"chat_id": chat, "seq": 1})]);
    assert!(
        fixture
            .user_events(&grace, "conversation_deleted")
            .await
            .is_empty()
    );
    let new = fixture.send(&grace, chat, "new").await;
    let lines = list(ada).await;
    assert_eq!((lines.len(), lines[0].unread_count), (1, 1));
    let page = fixture
        .chat
        .list_messages(&ada, chat, Cursor::Newest, Default::default())
        .await
        .unwrap();
    assert_eq!((page.messages, page.total), (vec![new.clone()], 1));
    let of_grace = fixture
        .chat
        .list_messages(&grace, chat, Cursor::Newest, Default::default())
        .await
        .unwrap();
    assert_eq!(of_grace.messages.len(), 2);
    // A conversation that is opened again has no earlier messages.
    fixture
        .chat
        .delete_conversation(&ada, "grace")
        .await
        .unwrap();
    let opened = fixture.chat.open_conversation(&ada, "grace").await.unwrap();
    assert!(!opened.created && opened.conversation.messages.is_empty());
    let lines = list(ada).await;
    assert_eq!((lines.len(), &lines[0].last_message), (1, &None));
}

async fn delete_conversation_refuses_missing_conversation(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    fixture.users.befriend(&ada, &grace);
    assert_error(
        fixture.chat.delete_conversation(&ada, "grace").await,
        Error::NotAMember.code(),
    );
    assert_error(
        fixture.chat.delete_conversation(&ada, "x").await,
        Common::UserNotFound.code(),
    );
}

async fn delete_message_reduces_unread_count(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let first = fixture.send(&ada, chat, "one").await;
    fixture.send(&ada, chat, "two").await;
    fixture.chat.delete_message(&ada, first.id).await.unwrap();
    assert_eq!(fixture.chat.unread_counts(&grace).await.unwrap().total, 1);
    let list = fixture
        .chat
        .list_conversations(&grace, PageRequest::default())
        .await
        .unwrap();
    assert_eq!(list.items[0].unread_count, 1);
}
