//! Sending messages.

use chat::Error;
use contract::chat::{ClientTimestamp, PostMessage};
use contract::notify::Action;
use contract::streams::StreamName;
use kernel::Cursor;
use kernel::error::Common;

use crate::fixture::{ChatFixture, assert_error, post};

testkit::database_tests!(
    send_message_stores_and_emits_message,
    send_message_reports_all_invalid_fields,
    send_message_on_two_nodes_assigns_seqs_without_gaps,
    refused_message_does_not_affect_its_batch,
    send_message_checks_relation_each_time,
    send_message_reports_error_on_invalid_field,
    reply_refers_to_message_of_same_chat,
    reply_to_blocked_user_is_refused,
    send_message_schedules_one_notification_until_read,
    mention_notifies_users_who_can_read_chat,
    send_message_to_many_chats_stores_all,
);

async fn send_message_stores_and_emits_message(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let sent = fixture.send(&ada, chat, "  hello\r\nthere ").await;
    assert_eq!((sent.seq, sent.content.as_str()), (1, "hello\nthere"));
    assert_eq!(sent.sender.username, "ada");
    assert!(!sent.is_read && !sent.is_liked && !sent.is_deleted && sent.like_count == 0);
    let events = fixture.chat_events(chat, "new_message").await;
    assert_eq!(events, [serde_json::to_value(&sent).unwrap()]);
    let seen = fixture.chat.get_message(&grace, sent.id).await.unwrap();
    assert_eq!(seen, sent);
    let events = fixture.events(StreamName::Chat(chat)).await;
    assert_eq!(events.last().unwrap().author, Some(ada.user));
}

async fn send_message_reports_all_invalid_fields(fixture: ChatFixture) {
    let (ada, _, chat) = fixture.friends().await;
    let wrong = PostMessage {
        client_id: Some("~".to_owned()),
        timestamp: Some(ClientTimestamp::Text("x".repeat(101))),
        ..post(chat, &format!("\u{7}{}", "x".repeat(2_001)))
    };
    let failure = fixture.chat.send_message(&ada, wrong).await.unwrap_err();
    assert_eq!(failure.code().name, "invalid_fields");
    let fields: Vec<_> = failure
        .fields()
        .iter()
        .map(|one| one.field.as_str())
        .collect();
    assert_eq!(fields, ["content", "content", "client_id", "timestamp"]);
}

async fn send_message_on_two_nodes_assigns_seqs_without_gaps(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let nodes = [fixture.chat.clone(), fixture.another_node()];
    let tasks: Vec<_> = (0..100)
        .map(|n| {
            let (node, actor) = (nodes[n % 2].clone(), [ada, grace][n / 2 % 2]);
            let post = post(chat, &n.to_string());
            tokio::spawn(async move { node.send_message(&actor, post).await.unwrap() })
        })
        .collect();
    let mut seqs = Vec::new();
    for task in tasks {
        seqs.push(task.await.unwrap().seq);
    }
    seqs.sort_unstable();
    assert!(seqs.into_iter().eq(1..=100), "no gaps");
    let events = fixture.chat_events(chat, "new_message").await;
    assert!(
        events
            .iter()
            .map(|event| event["seq"].as_i64().unwrap())
            .eq(1..=100)
    );
}

async fn refused_message_does_not_affect_its_batch(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let stranger = fixture.user("mallory");
    let missing = fixture.store.env().id();
    let wrong_reply = PostMessage {
        reply_to: Some(fixture.store.env().id()),
        ..post(chat, "x")
    };
    let (a, b, c, d, e) = tokio::join!(
        fixture.chat.send_message(&ada, post(chat, "one")),
        fixture
            .chat
            .send_message(&stranger, post(chat, "let me in")),
        fixture.chat.send_message(&ada, post(missing, "lost")),
        fixture.chat.send_message(&ada, wrong_reply),
        fixture.chat.send_message(&grace, post(chat, "two")),
    );
    assert_eq!(a.unwrap().seq + e.unwrap().seq, 3);
    assert_error(b, Error::NotAMember.code());
    assert_error(c, Error::NotAMember.code());
    assert_error(d, Error::ReplyNotFound.code());
}

async fn send_message_checks_relation_each_time(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let mut unverified = ada;
    unverified.verified = false;
    assert_error(
        fixture
            .chat
            .send_message(&unverified, post(chat, "hi"))
            .await,
        Common::EmailNotVerified.code(),
    );
    fixture.users.unfriend(&ada, &grace);
    assert_error(
        fixture.chat.send_message(&ada, post(chat, "hi")).await,
        Error::NotFriends.code(),
    );
    fixture.users.block(&grace, &ada);
    for actor in [ada, grace] {
        assert_error(
            fixture.chat.send_message(&actor, post(chat, "hi")).await,
            Error::NotAMember.code(),
        );
    }
    fixture.users.befriend(&ada, &grace);
    assert_error(
        fixture.chat.send_message(&ada, post(chat, "hi")).await,
        Error::NotAMember.code(),
    );
}

async fn send_message_reports_error_on_invalid_field(fixture: ChatFixture) {
    let (ada, _, chat) = fixture.friends().await;
    let long = "x".repeat(2_001);
    let id = |id: &str| PostMessage {
        client_id: Some(id.to_owned()),
        ..post(chat, "x")
    };
    let mark = PostMessage {
        timestamp: Some(ClientTimestamp::Text("x".repeat(101))),
        ..post(chat, "x")
    };
    let cases = [
        (post(chat, " \n "), Error::ContentEmpty, "content"),
        (post(chat, &long), Error::ContentTooLong, "content"),
        (
            post(chat, "a\u{1b}[0m"),
            Error::ContentControlCharacter,
            "content",
        ),
        (id(""), Error::ClientIdInvalid, "client_id"),
        (id("~x"), Error::ClientIdInvalid, "client_id"),
        (mark, Error::TimestampInvalid, "timestamp"),
    ];
    for (post, error, field) in cases {
        let failure = fixture.chat.send_message(&ada, post).await.unwrap_err();
        assert!(failure.is(error.code()), "{}", failure.chain());
        assert_eq!(failure.fields()[0].field, field);
    }
    assert!(fixture.chat_events(chat, "new_message").await.is_empty());
}

async fn reply_refers_to_message_of_same_chat(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let room = fixture.create_room(&[&ada, &grace]).await;
    let first = fixture.send(&ada, chat, "question").await;
    let reply = |chat| PostMessage {
        reply_to: Some(first.id),
        ..post(chat, "answer")
    };
    let answer = fixture
        .chat
        .send_message(&grace, reply(chat))
        .await
        .unwrap();
    assert_eq!(answer.reply_to, Some(first.id));
    assert_error(
        fixture.chat.send_message(&grace, reply(room)).await,
        Error::ReplyNotFound.code(),
    );
}

async fn reply_to_blocked_user_is_refused(fixture: ChatFixture) {
    let [ada, grace, linus] = ["ada", "grace", "linus"].map(|name| fixture.user(name));
    let lobby = fixture.chat.open_lobby(&ada, "chess").await.unwrap();
    let by_grace = fixture.send(&grace, lobby.chat_id, "one").await;
    fixture.users.block(&ada, &grace);
    let reply = || PostMessage {
        reply_to: Some(by_grace.id),
        ..post(lobby.chat_id, "answer")
    };
    let refusal = fixture.chat.send_message(&ada, reply()).await;
    assert_error(refusal, Error::ReplyNotFound.code());
    for other in [&linus, &grace] {
        let answer = fixture.chat.send_message(other, reply()).await.unwrap();
        assert_eq!(answer.reply_to, Some(by_grace.id));
    }
}

async fn send_message_schedules_one_notification_until_read(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let first = fixture.send(&ada, chat, "one").await;
    let second = fixture.send(&ada, chat, "two").await;
    fixture.run_notification_jobs().await;
    let notifications = fixture.users.notifications();
    assert_eq!(notifications.len(), 1);
    assert_eq!(
        (notifications[0].user_id, notifications[0].action),
        (grace.user, Action::NewMessage)
    );
    assert_eq!(notifications[0].data["message_id"], first.id.to_string());
    assert_eq!(notifications[0].data["sender"], "ada");
    fixture.chat.mark_read(&grace, second.id).await.unwrap();
    fixture.send(&ada, chat, "three").await;
    assert_eq!(fixture.notification_jobs().await.len(), 1);
    // Posting marks earlier messages as read: the reply notifies Ada, and her next message Grace.
    fixture.send(&grace, chat, "four").await;
    fixture.send(&ada, chat, "five").await;
    assert_eq!(fixture.notification_jobs().await.len(), 3);
}

async fn mention_notifies_users_who_can_read_chat(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("Ada"), fixture.user("Grace"));
    let (linus, mallory) = (fixture.user("linus"), fixture.user("mallory"));
    let room = fixture.create_room(&[&ada, &grace, &mallory]).await;
    fixture.users.block(&grace, &mallory);
    let text = "@grace, @LINUS, @ada, @nobody and @mallory!";
    let sent = fixture.send(&ada, room, text).await;
    let names = |message: &contract::chat::Message| {
        let mut names: Vec<_> = message
            .mentions
            .iter()
            .map(|person| person.username.clone())
            .collect();
        names.sort();
        names
    };
    assert_eq!(
        names(&sent),
        ["Grace", "mallory"],
        "Linus is not a member of the room"
    );
    fixture.run_notification_jobs().await;
    let notifications = fixture.users.notifications();
    assert!(
        notifications
            .iter()
            .all(|notification| notification.data["mention"] == true)
    );
    assert_eq!(notifications.len(), 2);
    let blocked = fixture.send(&mallory, room, "@grace @ada").await;
    assert_eq!(names(&blocked), ["Ada"], "Grace has blocked the sender");
    let lobby = fixture
        .chat
        .open_lobby(&ada, "world")
        .await
        .unwrap()
        .chat_id;
    let sent = fixture.send(&ada, lobby, "@linus").await;
    assert_eq!(
        sent.mentions[0].id, linus.user,
        "a lobby is open to everybody"
    );
    let read = fixture.chat.get_message(&linus, sent.id).await.unwrap();
    assert_eq!(read.mentions, sent.mentions);
}

async fn send_message_to_many_chats_stores_all(fixture: ChatFixture) {
    let ada = fixture.user("ada");
    let mut chats = Vec::new();
    for n in 0..20 {
        let friend = fixture.user(&format!("friend{n}"));
        fixture.users.befriend(&ada, &friend);
        let opened = fixture
            .chat
            .open_conversation(&ada, &format!("friend{n}"))
            .await
            .unwrap();
        chats.push((opened.conversation.chat_id, friend));
    }
    let nodes = [fixture.chat.clone(), fixture.another_node()];
    let tasks: Vec<_> = (0..1_000)
        .map(|n| {
            let (chat, friend) = chats[n % 20];
            let actor = if n % 3 == 0 { friend } else { ada };
            let node = nodes[n % 2].clone();
            tokio::spawn(async move { node.send_message(&actor, post(chat, "hi")).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    for (chat, friend) in chats {
        let page = fixture
            .chat
            .list_messages(&friend, chat, Cursor::Newest, Default::default());
        assert_eq!(page.await.unwrap().total, 50);
    }
}
