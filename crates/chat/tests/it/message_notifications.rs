//! Scheduling and resolving notifications of messages.

use std::time::Duration;

use crate::fake_users::notifications_lock;
use crate::fixture::{ChatFixture, post};

testkit::database_tests!(
    mark_read_resolves_notification_once,
    mark_read_schedules_notification_for_remaining_messages,
    mark_read_before_notification_is_due_prevents_it,
    send_message_resolves_notification_of_sender_once,
    delete_conversation_resolves_notification_once,
    delete_message_resolves_notification_and_next_message_notifies,
    notification_is_due_two_seconds_after_message,
    leave_lobby_resolves_notifications,
    mark_read_between_resolves_notifications_of_both,
    send_message_during_mark_read_notifies_or_is_read,
    rearm_notifications_during_notification_jobs_does_not_deadlock,
    join_lobby_resolves_notifications_of_earlier_mentions,
);

async fn mark_read_resolves_notification_once(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let first = fixture.send(&ada, chat, "one").await;
    let second = fixture.send(&ada, chat, "two").await;
    fixture.run_notification_jobs().await;
    assert!(fixture.resolved(chat).await.is_empty());
    for id in [first.id, first.id, second.id, first.id, second.id] {
        fixture.chat.mark_read(&grace, id).await.unwrap();
    }
    assert_eq!(fixture.resolved(chat).await, [(grace.user, 1)]);
}

async fn mark_read_schedules_notification_for_remaining_messages(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let first = fixture.send(&ada, chat, "one").await;
    let second = fixture.send(&ada, chat, "two").await;
    fixture.send(&ada, chat, "three").await;
    fixture.run_notification_jobs().await;
    fixture.chat.mark_read(&grace, first.id).await.unwrap();
    fixture.run_notification_jobs().await;
    let notifications = fixture.users.notifications();
    let notifications: Vec<_> = notifications
        .iter()
        .map(|one| one.data["seq"].clone())
        .collect();
    assert_eq!(notifications, [1, 2]);
    assert_eq!(second.seq, 2);
}

async fn mark_read_before_notification_is_due_prevents_it(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let one = fixture.send(&ada, chat, "one").await;
    fixture.chat.mark_read(&grace, one.id).await.unwrap();
    fixture.send(&ada, chat, "two").await;
    fixture.send(&grace, chat, "three").await;
    assert_eq!(
        fixture.notification_jobs().await.len(),
        3,
        "two for Grace, one for Ada"
    );
    fixture.run_notification_jobs().await;
    let notifications = fixture.users.notifications();
    let notifications: Vec<_> = notifications.iter().map(|one| one.user_id).collect();
    assert_eq!(notifications, [ada.user], "Grace has read");
    assert!(fixture.resolved(chat).await.is_empty());
    fixture.send(&ada, chat, "four").await;
    assert_eq!(fixture.resolved(chat).await, [(ada.user, 4)]);
}

async fn send_message_resolves_notification_of_sender_once(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    fixture.send(&ada, chat, "one").await;
    fixture.send(&ada, chat, "two").await;
    fixture.run_notification_jobs().await;
    assert!(fixture.resolved(chat).await.is_empty());
    fixture.send(&grace, chat, "three").await;
    fixture.send(&grace, chat, "four").await;
    assert_eq!(fixture.resolved(chat).await, [(grace.user, 3)]);
    fixture.run_notification_jobs().await;
    fixture.send(&ada, chat, "five").await;
    assert_eq!(
        fixture.resolved(chat).await,
        [(grace.user, 3), (ada.user, 5)]
    );
}

async fn delete_conversation_resolves_notification_once(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    fixture.send(&ada, chat, "one").await;
    fixture.run_notification_jobs().await;
    for _ in 0..2 {
        fixture
            .chat
            .delete_conversation(&grace, "ada")
            .await
            .unwrap();
    }
    assert_eq!(fixture.resolved(chat).await, [(grace.user, 1)]);
}

async fn delete_message_resolves_notification_and_next_message_notifies(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let first = fixture.send(&ada, chat, "one").await;
    let second = fixture.send(&ada, chat, "two").await;
    fixture.run_notification_jobs().await;
    fixture.chat.delete_message(&ada, first.id).await.unwrap();
    assert!(
        fixture.resolved(chat).await.is_empty(),
        "the second message is unread"
    );
    fixture.chat.delete_message(&ada, second.id).await.unwrap();
    assert_eq!(fixture.resolved(chat).await, [(grace.user, 2)]);
    assert_eq!(fixture.chat.unread_counts(&grace).await.unwrap().total, 0);
    fixture.send(&ada, chat, "three").await;
    fixture.run_notification_jobs().await;
    let notifications = fixture.users.notifications();
    let users: Vec<_> = notifications.iter().map(|one| one.user_id).collect();
    assert_eq!(users, [grace.user, grace.user]);
    assert_eq!(fixture.chat.unread_counts(&grace).await.unwrap().total, 1);
    assert!(
        fixture.user_events(&ada, "message_read").await.is_empty(),
        "deletion sends no receipt"
    );
}

async fn notification_is_due_two_seconds_after_message(fixture: ChatFixture) {
    let (ada, _, chat) = fixture.friends().await;
    let sent = fixture.send(&ada, chat, "one").await;
    let users = fixture.notification_times().await;
    assert_eq!(users, [sent.date + Duration::from_secs(2)]);
}

async fn leave_lobby_resolves_notifications(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    let lobby = fixture
        .chat
        .join_lobby(&ada, "chess")
        .await
        .unwrap()
        .chat_id;
    fixture.send(&grace, lobby, "@ada are you there?").await;
    fixture.send(&grace, lobby, "well then").await;
    for _ in 0..2 {
        fixture.chat.leave_lobby(&ada, lobby).await.unwrap();
    }
    assert_eq!(fixture.resolved(lobby).await, [(ada.user, 2)]);
}

async fn mark_read_between_resolves_notifications_of_both(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let stranger = fixture.user("linus");
    fixture.send(&ada, chat, "one").await;
    fixture.send(&ada, chat, "two").await;
    fixture.run_notification_jobs().await;
    for other in [grace.user, stranger.user] {
        let part = move |tx: &mut db::Tx<'_>| chat::mark_read_between(tx, ada.user, other);
        fixture.store.write(part).await.unwrap();
    }
    assert_eq!(fixture.resolved(chat).await, [(grace.user, 2)]);
    assert_eq!(fixture.chat.unread_counts(&grace).await.unwrap().total, 0);
    fixture.send(&ada, chat, "friends again?").await;
    fixture.run_notification_jobs().await;
    assert_eq!(
        fixture.users.notifications().len(),
        2,
        "a new notification is scheduled"
    );
}

async fn send_message_during_mark_read_notifies_or_is_read(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let mut last = fixture.send(&ada, chat, "first").await;
    for round in 0..40 {
        fixture.run_notification_jobs().await;
        let text = format!("round {round}");
        let write = fixture.chat.send_message(&ada, post(chat, &text));
        let read = fixture.chat.mark_read(&grace, last.id);
        let (written, read) = tokio::join!(write, read);
        read.unwrap();
        last = written.unwrap();
        fixture.run_notification_jobs().await;
        let notifications = fixture.users.notifications();
        let newest = notifications
            .last()
            .map(|one| one.data["message_id"].clone());
        assert_eq!(newest, Some(last.id.to_string().into()), "{text}");
    }
}

async fn rearm_notifications_during_notification_jobs_does_not_deadlock(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    for round in 0..30 {
        let sent = fixture.send(&ada, chat, &format!("round {round}")).await;
        let user = grace.user;
        let dismiss = move |tx: &mut db::Tx<'_>| {
            db::lock(tx.conn, &notifications_lock(user))?;
            chat::rearm_notifications(tx, user, &[chat])
        };
        let dismissed = async {
            for _ in 0..20 {
                fixture.store.write(dismiss).await.unwrap();
            }
        };
        tokio::join!(fixture.run_notification_jobs(), dismissed);
        let notifications = fixture.users.notifications();
        assert_eq!(
            notifications.last().unwrap().data["message_id"],
            sent.id.to_string()
        );
        fixture.chat.mark_read(&grace, sent.id).await.unwrap();
    }
}

async fn join_lobby_resolves_notifications_of_earlier_mentions(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    let lobby = fixture.chat.join_lobby(&grace, "chess").await.unwrap();
    let lobby = lobby.chat_id;
    fixture.send(&grace, lobby, "@ada come and play").await;
    fixture.run_notification_jobs().await;
    assert_eq!(fixture.users.notifications().len(), 1);
    assert!(fixture.resolved(lobby).await.is_empty());
    for _ in 0..2 {
        fixture.chat.join_lobby(&ada, "chess").await.unwrap();
    }
    assert_eq!(fixture.resolved(lobby).await, [(ada.user, 1)]);
}
