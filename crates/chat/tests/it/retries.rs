//! Sending a message again.

use chat::Error;
use contract::chat::{ClientTimestamp, PostMessage};
use kernel::Cursor;

use crate::fixture::{ChatFixture, assert_error, post};

testkit::database_tests!(
    send_message_with_timestamp_is_idempotent_per_text,
    send_message_retried_on_two_nodes_is_stored_once,
    client_id_is_unique_per_sender_and_chat,
    client_id_identifies_answered_message,
    send_message_retry_succeeds_after_unfriending,
);

async fn send_message_with_timestamp_is_idempotent_per_text(fixture: ChatFixture) {
    let (ada, _, chat) = fixture.friends().await;
    let marked = |text: &str| PostMessage {
        timestamp: Some(ClientTimestamp::Text("12:00".to_owned())),
        ..post(chat, text)
    };
    let first = fixture
        .chat
        .send_message(&ada, marked("one"))
        .await
        .unwrap();
    let again = fixture
        .chat
        .send_message(&ada, marked("one"))
        .await
        .unwrap();
    let other = fixture
        .chat
        .send_message(&ada, marked("two"))
        .await
        .unwrap();
    assert_eq!(first, again);
    assert_eq!((first.client_id, other.seq), (None, 2));
    let events = fixture.chat_events(chat, "new_message").await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event["timestamp"] == "12:00"));
}

async fn send_message_retried_on_two_nodes_is_stored_once(fixture: ChatFixture) {
    let (ada, _, chat) = fixture.friends().await;
    let nodes = [fixture.chat.clone(), fixture.another_node()];
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let node = nodes[n % 2].clone();
            let client_id = Some("once".to_owned());
            let post = PostMessage {
                client_id,
                ..post(chat, "hi")
            };
            tokio::spawn(async move { node.send_message(&ada, post).await.unwrap() })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    assert_eq!(fixture.chat_events(chat, "new_message").await.len(), 1);
    let page = fixture
        .chat
        .list_messages(&ada, chat, Cursor::Newest, Default::default())
        .await;
    assert_eq!(page.unwrap().messages, [answers[0].clone()]);
}

async fn client_id_is_unique_per_sender_and_chat(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let room = fixture.create_room(&[&ada, &grace]).await;
    let with = |chat, text: &str| PostMessage {
        client_id: Some("x".to_owned()),
        ..post(chat, text)
    };
    let first = fixture
        .chat
        .send_message(&ada, with(chat, "one"))
        .await
        .unwrap();
    assert_error(
        fixture.chat.send_message(&ada, with(chat, "two")).await,
        Error::ClientIdReused.code(),
    );
    let by_grace = fixture
        .chat
        .send_message(&grace, with(chat, "two"))
        .await
        .unwrap();
    let elsewhere = fixture
        .chat
        .send_message(&ada, with(room, "two"))
        .await
        .unwrap();
    assert_eq!((by_grace.seq, elsewhere.seq), (2, 1));
    // The original text of an edited message is not stored.
    fixture
        .chat
        .edit_message(&ada, first.id, "three")
        .await
        .unwrap();
    let again = fixture
        .chat
        .send_message(&ada, with(chat, "one"))
        .await
        .unwrap();
    assert_eq!((again.id, again.content.as_str()), (first.id, "three"));
}

async fn client_id_identifies_answered_message(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let asked = fixture
        .chat
        .send_message(&grace, post(chat, "?"))
        .await
        .unwrap()
        .id;
    let with = |client_id: Option<&str>, reply_to| PostMessage {
        client_id: client_id.map(str::to_owned),
        timestamp: Some(ClientTimestamp::Text("12:00".to_owned())),
        reply_to,
        ..post(chat, "yes")
    };
    let send = async |id, reply_to| fixture.chat.send_message(&ada, with(id, reply_to)).await;
    let first = send(Some("x"), Some(asked)).await.unwrap();
    assert_eq!(send(Some("x"), Some(asked)).await.unwrap(), first);
    let reused = Error::ClientIdReused.code();
    assert_error(send(Some("x"), None).await, reused);
    assert_error(send(Some("x"), Some(first.id)).await, reused);
    fixture
        .chat
        .edit_message(&ada, first.id, "no")
        .await
        .unwrap();
    assert_error(send(Some("x"), None).await, reused);
    // With the same timestamp, a reply to another message is another message.
    let marked = send(None, None).await.unwrap();
    let answer = send(None, Some(asked)).await.unwrap();
    assert_ne!(marked.id, answer.id);
    assert_eq!(send(None, Some(asked)).await.unwrap().id, answer.id);
    assert_eq!(send(None, None).await.unwrap().id, marked.id);
}

async fn send_message_retry_succeeds_after_unfriending(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let with = |text: &str| PostMessage {
        client_id: Some("x".to_owned()),
        ..post(chat, text)
    };
    let first = fixture.chat.send_message(&ada, with("one")).await.unwrap();
    fixture.chat.mark_read(&grace, first.id).await.unwrap();
    fixture.users.unfriend(&ada, &grace);
    let again = fixture.chat.send_message(&ada, with("one")).await.unwrap();
    assert_eq!(again.id, first.id);
    assert!(again.is_read, "Grace has read it");
}
