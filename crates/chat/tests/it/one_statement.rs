//! Messages that PostgreSQL stores with one statement.

use chat::{ChatService, Error};
use contract::chat::{ChatId, Message, PostMessage};
use db::{StatementCounter, Tx};
use kernel::Actor;

use crate::fixture::{ChatFixture, assert_error, post};

testkit::postgres_tests!(
    next_message_of_known_conversation_takes_one_statement,
    message_after_one_of_another_node_takes_the_long_way,
    message_of_renamed_sender_has_the_new_name,
    message_to_former_friend_is_refused,
    message_with_known_client_id_is_stored_once,
    message_notifies_as_on_the_long_way,
    message_waits_for_who_holds_the_chat,
);

async fn counted(chat: &dyn ChatService, actor: &Actor, post: PostMessage) -> (Message, u64) {
    let counter = StatementCounter::default();
    let sent = counter.count(chat.send_message(actor, post)).await;
    (sent.unwrap(), counter.statements())
}

/// Sends two messages, after which the node knows the conversation and its senders.
async fn get_acquainted(fixture: &ChatFixture, actors: [&Actor; 2], chat: ChatId) {
    for actor in actors {
        fixture.send(actor, chat, "hello").await;
    }
}

async fn next_message_of_known_conversation_takes_one_statement(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    get_acquainted(&fixture, [&ada, &grace], chat).await;
    for (seq, actor) in [(3, &ada), (4, &grace), (5, &grace)] {
        let text = format!("number {seq}");
        let (sent, statements) = counted(&*fixture.chat, actor, post(chat, &text)).await;
        assert_eq!((sent.seq, statements), (seq, 1));
        let events = fixture.chat_events(chat, "new_message").await;
        assert_eq!(events.last(), serde_json::to_value(&sent).ok().as_ref());
        let read = fixture.chat.get_message(actor, sent.id).await.unwrap();
        assert_eq!(read, sent);
    }
    let unread = fixture.chat.unread_counts(&ada).await.unwrap();
    assert_eq!(unread.total, 2, "posting has read what was before");
    let unread = fixture.chat.unread_counts(&grace).await.unwrap();
    assert_eq!(unread.total, 0);
}

async fn message_after_one_of_another_node_takes_the_long_way(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    get_acquainted(&fixture, [&ada, &grace], chat).await;
    let other = fixture.another_node();
    for seq in (3..10).step_by(2) {
        let (theirs, _) = counted(&*other, &grace, post(chat, "there")).await;
        assert_eq!(theirs.seq, seq);
        let (ours, statements) = counted(&*fixture.chat, &ada, post(chat, "here")).await;
        assert_eq!(ours.seq, seq + 1);
        // Once it notices that another node takes turns, it does not even try.
        let tried = u64::from(seq == 3);
        assert_eq!(
            statements,
            2 + tried,
            "the ports of this test need no statements"
        );
    }
}

async fn message_of_renamed_sender_has_the_new_name(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    get_acquainted(&fixture, [&ada, &grace], chat).await;
    fixture.users.add(ada.user, "countess");
    let sent = fixture.send(&ada, chat, "my new name").await;
    assert_eq!(sent.sender.username, "countess");
    let (again, statements) = counted(&*fixture.chat, &ada, post(chat, "is known")).await;
    assert_eq!((again.sender, statements), (sent.sender, 1));
}

async fn message_to_former_friend_is_refused(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    get_acquainted(&fixture, [&ada, &grace], chat).await;
    fixture.users.unfriend(&ada, &grace);
    let refused = fixture.chat.send_message(&ada, post(chat, "?")).await;
    assert_error(refused, Error::NotFriends.code());
    fixture.users.block(&grace, &ada);
    let refused = fixture.chat.send_message(&ada, post(chat, "?")).await;
    assert_error(refused, Error::NotAMember.code());
    assert_eq!(fixture.chat_events(chat, "new_message").await.len(), 2);
}

async fn message_with_known_client_id_is_stored_once(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    get_acquainted(&fixture, [&ada, &grace], chat).await;
    let retried = || PostMessage {
        client_id: Some("one".to_owned()),
        ..post(chat, "once")
    };
    let (first, statements) = counted(&*fixture.chat, &ada, retried()).await;
    assert_eq!(statements, 1);
    let (again, _) = counted(&*fixture.chat, &ada, retried()).await;
    assert_eq!(again, first);
    let other = PostMessage {
        content: "another".to_owned(),
        ..retried()
    };
    let refused = fixture.chat.send_message(&ada, other).await;
    assert_error(refused, Error::ClientIdReused.code());
    assert_eq!(fixture.chat_events(chat, "new_message").await.len(), 3);
}

async fn message_notifies_as_on_the_long_way(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    get_acquainted(&fixture, [&ada, &grace], chat).await;
    fixture.run_notification_jobs().await;
    let told = fixture.users.notifications().len();
    // Ada has one unread message and was told of it: that is resolved, and Grace is told of this one.
    fixture.send(&ada, chat, "three").await;
    assert_eq!(fixture.resolved(chat).await, [(ada.user, 3)]);
    for text in ["four", "five"] {
        let (_, statements) = counted(&*fixture.chat, &ada, post(chat, text)).await;
        assert_eq!(statements, 1);
    }
    let jobs = fixture.notification_jobs().await;
    assert_eq!(jobs.len(), 1, "only the first unread message notifies");
    assert_eq!(
        (&jobs[0]["seq"], &jobs[0]["user_id"]),
        (&3.into(), &grace.user.to_string().into())
    );
    fixture.run_notification_jobs().await;
    assert_eq!(fixture.users.notifications().len(), told + 1);
    let rearm = move |tx: &mut Tx<'_>| chat::rearm_notifications(tx, grace.user, &[chat]);
    fixture.store.write(rearm).await.unwrap();
    fixture.send(&ada, chat, "six").await;
    assert_eq!(
        fixture.notification_jobs().await.len(),
        1,
        "it was asked for again"
    );
    fixture.send(&grace, chat, "seven").await;
    fixture.run_notification_jobs().await;
    let (_, statements) = counted(&*fixture.chat, &grace, post(chat, "eight")).await;
    assert_eq!(statements, 1);
}

/// A statement does not see what was committed after it began. So it gives up where another transaction
/// is at work on the chat, and the long way waits for that one.
async fn message_waits_for_who_holds_the_chat(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    get_acquainted(&fixture, [&ada, &grace], chat).await;
    let (locked, is_locked) = tokio::sync::oneshot::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let block = move |tx: &mut Tx<'_>| {
        chat::mark_read_between(tx, ada.user, grace.user)?;
        locked.send(()).unwrap();
        let _ = released.recv();
        Ok(())
    };
    let store = fixture.store.clone();
    let blocking = tokio::spawn(async move { store.write(block).await });
    is_locked.await.unwrap();
    let chats = fixture.chat.clone();
    let sending = tokio::spawn(async move { chats.send_message(&ada, post(chat, "late")).await });
    testkit::until("the message waits for the lock", async || {
        waits_for_lock(&fixture).await
    })
    .await;
    fixture.users.block(&grace, &ada);
    release.send(()).unwrap();
    blocking.await.unwrap().unwrap();
    assert_error(sending.await.unwrap(), Error::NotAMember.code());
}

async fn waits_for_lock(fixture: &ChatFixture) -> bool {
    let read = |conn: &mut db::AnyConn| {
        use diesel::prelude::*;
        #[derive(QueryableByName)]
        struct Waiting {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            count: i64,
        }
        let waiting = "SELECT count(*) AS count FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        Ok(diesel::sql_query(waiting)
            .get_result::<Waiting>(conn)?
            .count)
    };
    fixture.store.read(read).await.unwrap() > 0
}
