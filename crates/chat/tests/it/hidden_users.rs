//! Users peer are deleted, blocked or invisible.

use chat::Error;
use contract::chat::{Message, PostMessage};
use db::Tx;
use kernel::error::Common;
use kernel::{Cursor, PageRequest};

use crate::fixture::{ChatFixture, assert_error, post};

testkit::database_tests!(
    conversation_with_deleted_account_is_read_only,
    open_conversation_with_deleted_stranger_is_not_found,
    list_rooms_leaves_out_messages_of_blocked_users,
    send_message_retry_leaves_out_blocked_users,
    list_members_leaves_out_blocked_users,
    invisible_user_publishes_no_typing_and_no_receipt,
    rearm_notifications_schedules_one_more_notification,
);

const PAGE: PageRequest = PageRequest {
    limit: 3,
    offset: 0,
};

async fn conversation_with_deleted_account_is_read_only(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let sent = fixture.send(&grace, chat, "farewell").await;
    fixture.users.delete_account(&grace);
    let name = format!("deleted-{}", grace.user);
    let listed = fixture.chat.list_conversations(&ada, PAGE).await.unwrap();
    assert_eq!(listed.items[0].username, name);
    assert!(listed.items[0].is_deleted);
    for peer in [name.clone(), grace.user.to_string()] {
        let opened = fixture.chat.open_conversation(&ada, &peer).await.unwrap();
        assert!(opened.conversation.is_deleted && !opened.conversation.can_write);
        assert!(opened.conversation.messages[0].sender.is_deleted);
        let history = fixture
            .chat
            .list_conversation_messages(&ada, &peer, Cursor::Newest, PAGE);
        assert_eq!(history.await.unwrap().messages[0].content, "farewell");
    }
    let gone = Error::AccountDeleted.code();
    assert_error(
        fixture.chat.send_message(&ada, post(chat, "wait")).await,
        gone,
    );
    assert_error(fixture.chat.set_like(&ada, sent.id, true).await, gone);
    assert_error(fixture.chat.set_typing(&ada, chat, true).await, gone);
    fixture.chat.mark_read(&ada, sent.id).await.unwrap();
    fixture.chat.delete_conversation(&ada, &name).await.unwrap();
    let listed = fixture.chat.list_conversations(&ada, PAGE).await.unwrap();
    assert_eq!((listed.items.len(), listed.total), (0, 0));
}

async fn open_conversation_with_deleted_stranger_is_not_found(fixture: ChatFixture) {
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.users.delete_account(&bob);
    let missing = Common::UserNotFound.code();
    for peer in [bob.user.to_string(), format!("deleted-{}", bob.user)] {
        assert_error(fixture.chat.open_conversation(&ada, &peer).await, missing);
    }
}

async fn list_rooms_leaves_out_messages_of_blocked_users(fixture: ChatFixture) {
    let [ada, grace, mallory] = ["ada", "grace", "mallory"].map(|name| fixture.user(name));
    let chat = fixture.create_room(&[&ada, &grace, &mallory]).await;
    for (peer, text) in [
        (&mallory, "m1"),
        (&grace, "g1"),
        (&mallory, "m2"),
        (&grace, "g2"),
    ] {
        fixture.send(peer, chat, text).await;
    }
    for text in ["m3", "m4"] {
        fixture.send(&mallory, chat, text).await;
    }
    fixture.users.block(&ada, &mallory);
    let unread = fixture.chat.unread_counts(&ada).await.unwrap();
    assert_eq!((unread.total, unread.chats[0].unread_count), (2, 2));
    let rooms = fixture.chat.list_rooms(&ada, PAGE).await.unwrap();
    assert_eq!(rooms.items[0].unread_count, 2);
    let last = rooms.items[0].last_message.as_ref().unwrap();
    assert_eq!(last.content, "g2");
    assert_eq!(
        fixture
            .chat
            .open_room(&ada, chat)
            .await
            .unwrap()
            .unread_count,
        2
    );
    let page = |offset| {
        fixture
            .chat
            .list_messages(&ada, chat, Cursor::Newest, PageRequest { limit: 1, offset })
    };
    let (first, second) = (page(0).await.unwrap(), page(1).await.unwrap());
    assert_eq!((first.total, first.more), (2, true));
    assert_eq!((second.total, second.more), (2, false));
    assert_eq!(first.messages[0].content, "g2");
    assert_eq!(second.messages[0].content, "g1");
    fixture.chat.mark_read(&ada, last.id).await.unwrap();
    assert_eq!(fixture.chat.unread_counts(&ada).await.unwrap().total, 0);
    let grace_waits = fixture.chat.unread_counts(&grace).await.unwrap().total;
    assert_eq!(grace_waits, 2, "posting marks earlier messages as read");
}

async fn send_message_retry_leaves_out_blocked_users(fixture: ChatFixture) {
    let [ada, grace, mallory] = ["ada", "grace", "mallory"].map(|name| fixture.user(name));
    let chat = fixture.create_room(&[&ada, &grace, &mallory]).await;
    let question = fixture.send(&mallory, chat, "peer is there?").await;
    let answer = PostMessage {
        client_id: Some("once".to_owned()),
        reply_to: Some(question.id),
        ..post(chat, "@grace and @mallory")
    };
    let first = fixture
        .chat
        .send_message(&ada, answer.clone())
        .await
        .unwrap();
    let named = |message: &Message| -> Vec<_> {
        let mentions = message.mentions.iter();
        mentions.map(|person| person.username.clone()).collect()
    };
    assert_eq!(named(&first), ["grace", "mallory"]);
    assert_eq!(first.reply_to, Some(question.id));
    fixture.users.block(&mallory, &ada);
    let again = fixture.chat.send_message(&ada, answer).await.unwrap();
    assert_eq!(
        (again.id, named(&again)),
        (first.id, vec!["grace".to_owned()])
    );
    assert_eq!(again.reply_to, None);
    assert_eq!(
        again,
        fixture.chat.get_message(&ada, first.id).await.unwrap()
    );
}

async fn list_members_leaves_out_blocked_users(fixture: ChatFixture) {
    let [ada, grace, mallory] = ["ada", "grace", "mallory"].map(|name| fixture.user(name));
    let chat = fixture.create_room(&[&ada, &grace, &mallory]).await;
    fixture.users.block(&ada, &mallory);
    for (viewer, hidden) in [(&ada, &mallory), (&mallory, &ada)] {
        let members = fixture.chat.list_members(viewer, chat, PAGE).await.unwrap();
        assert_eq!((members.total, members.items.len()), (2, 2));
        assert!(members.items.iter().all(|one| one.id != hidden.user));
    }
    assert_eq!(
        fixture
            .chat
            .list_members(&grace, chat, PAGE)
            .await
            .unwrap()
            .total,
        3
    );
}

async fn invisible_user_publishes_no_typing_and_no_receipt(mut fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let sent = fixture.send(&ada, chat, "are you there?").await;
    fixture.users.make_invisible(&grace);
    fixture.chat.set_typing(&grace, chat, true).await.unwrap();
    assert!(fixture.ephemeral.try_recv().is_err());
    fixture.chat.mark_read(&grace, sent.id).await.unwrap();
    assert!(fixture.user_events(&ada, "message_read").await.is_empty());
    let seen = fixture.chat.get_message(&ada, sent.id).await.unwrap();
    assert!(!seen.is_read);
    assert_eq!(fixture.chat.unread_counts(&grace).await.unwrap().total, 0);
}

async fn call_again(fixture: &ChatFixture, user: kernel::UserId, chat: contract::chat::ChatId) {
    let write = move |tx: &mut Tx<'_>| chat::rearm_notifications(tx, user, &[chat]);
    fixture.store.write(write).await.unwrap();
}

async fn rearm_notifications_schedules_one_more_notification(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    fixture.send(&ada, chat, "one").await;
    fixture.send(&ada, chat, "two").await;
    fixture.run_notification_jobs().await;
    assert_eq!(fixture.users.notifications().len(), 1);
    call_again(&fixture, grace.user, chat).await;
    fixture.send(&ada, chat, "three").await;
    fixture.send(&ada, chat, "four").await;
    fixture.run_notification_jobs().await;
    let notifications = fixture.users.notifications();
    let seqs: Vec<_> = notifications
        .iter()
        .map(|one| one.data["seq"].clone())
        .collect();
    assert_eq!(seqs, [1, 3]);
}
