//! A socket over a real database.

use std::task::{Context, Poll, Waker};

use actix_web::dev::Payload;
use actix_web::web;
use bytes::Bytes;
use cluster::Topic;
use contract::frames::{Resume, StreamPosition};
use db::Tx;
use futures_util::{FutureExt, StreamExt, stream};
use kernel::Actor;
use outbox::Emit;

use super::*;
use crate::ws::connection::JoinedChat;
use crate::ws::hub::tests::{client_of, services, signed_in};

/// What waits to be sent to a socket.
fn sent(client: &Connection) -> String {
    let mut context = Context::from_waker(Waker::noop());
    match client.queue.poll_next(&mut context) {
        Poll::Ready(Some(frames)) => String::from_utf8_lossy(&frames).into_owned(),
        _ => String::new(),
    }
}

/// The socket of somebody in the world chat, on whose stream so much came since.
async fn line_in_busy_chat(services: crate::wiring::AppState, count: usize) -> (Session, Topic) {
    let actor = Actor {
        verified: true,
        ..signed_in(&services).await
    };
    let room = services.chat.join_lobby(&actor, "world").await.unwrap();
    let stream = chat::stream_of(room.chat_id);
    let topic = Topic::from(stream.as_str());
    let emit = move |tx: &mut Tx<'_>| (0..count).try_for_each(|n| tx.emit(&stream, "noted", &n));
    services.store.write(emit).await.unwrap();
    let client = client_of(&services.hub, actor);
    let line = Session::new(client, web::Data::new(services), false);
    (line, topic)
}

const BEGINNING: StreamPosition = StreamPosition { seq: 0, epoch: 0 };

#[tokio::test]
async fn a_new_member_who_missed_too_much_is_told_to_read_again() {
    for database in testkit::databases() {
        let folder = tempfile::tempdir().unwrap();
        let services = services(folder.path(), &database).await;
        let (mut line, topic) = line_in_busy_chat(services, 150).await;
        let chat = topic.clone();
        line.client.follow(JoinedChat {
            chat,
            since: BEGINNING,
        });
        line.hear_joined_chats().await.unwrap();
        let sent = sent(&line.client);
        assert!(sent.contains("\"resync\"") && sent.contains(topic.as_str()));
        assert!(!sent.contains("noted"));
    }
}

#[tokio::test]
async fn resume_is_refused_where_it_is_asked_again_and_again() {
    for database in testkit::databases() {
        let folder = tempfile::tempdir().unwrap();
        let services = services(folder.path(), &database).await;
        let (mut line, topic) = line_in_busy_chat(services, 3).await;
        let topics = [topic.clone()];
        line.listen_and_look(&topics, |_| Ok(())).await.unwrap();
        let wanted = Resume {
            streams: [(topic.to_string(), BEGINNING)].into(),
        };
        resume::resume(&mut line, &wanted).await.unwrap();
        assert_eq!(sent(&line.client).matches("noted").count(), 3);
        let mut told = 1;
        let refused = loop {
            match resume::resume(&mut line, &wanted).await {
                Ok(()) => told += 1,
                Err(refused) => break refused,
            }
        };
        let Refused::Told(error) = refused else {
            panic!("the socket would close");
        };
        assert_eq!(error.code().name, "too_many_requests");
        assert!(error.retry_delay().is_some());
        assert!(told >= 10, "after {told}");
    }
}

/// A text frame as a client sends it; its mask changes nothing.
fn masked(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 126);
    [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()
}

/// Reads these frames from a client that then says nothing more.
fn reader_of(texts: &[&str]) -> Reader {
    let frames: Vec<_> = texts.iter().map(|text| masked(text)).collect();
    let frames = stream::iter([Ok(Bytes::from(frames.concat()))]);
    Reader::new(Payload::Stream {
        payload: Box::pin(frames.chain(stream::pending())),
    })
}

#[tokio::test]
async fn ping_overtakes_an_action_that_waits_and_comes_after_the_greeting() {
    for database in testkit::databases() {
        let folder = tempfile::tempdir().unwrap();
        let services = services(folder.path(), &database).await;
        let client = client_of(&services.hub, signed_in(&services).await);
        let inbox = Inbox::default();
        let mut reader = reader_of(&[
            r#"{"action":"typing","cid":"a"}"#,
            r#"{"action":"ping","cid":"p"}"#,
        ]);
        let receiver = Receiver::new(&client, &services.env, &inbox, BucketSpec::FRAMES);
        let mut reading = std::pin::pin!(receiver.run(&mut reader));
        let a_second = Duration::from_secs(1);
        assert!(
            tokio::time::timeout(a_second, reading.as_mut())
                .await
                .is_err()
        );
        assert_eq!(sent(&client), "", "the client was not greeted yet");
        inbox.open();
        let mut told = String::new();
        while !told.contains(r#""ack""#) {
            let a_moment = Duration::from_millis(20);
            assert!(
                tokio::time::timeout(a_moment, reading.as_mut())
                    .await
                    .is_err()
            );
            told += &sent(&client);
        }
        assert!(told.contains(r#""pong""#) && told.contains(r#""p""#));
        let Some(Received::Frame { text, .. }) = inbox.next().now_or_never() else {
            panic!("the action is gone");
        };
        assert!(text.contains("typing"));
        assert!(inbox.next().now_or_never().is_none());
    }
}

#[test]
fn known_leaving_asks_only_where_the_client_closed() {
    let code = |close: Close| Some(close.code);
    let leaving = [
        (
            End::Clean,
            code(Close::unauthenticated()),
            Some(DisconnectReason::SignedOut),
        ),
        (
            End::Clean,
            code(Close::restarting()),
            Some(DisconnectReason::Lost),
        ),
        (
            End::Clean,
            code(Close::bad_data("x")),
            Some(DisconnectReason::Lost),
        ),
        (End::Dirty, None, Some(DisconnectReason::Lost)),
        (End::ByClient, code(Close::done()), None),
    ];
    for (end, code, known) in leaving {
        assert_eq!(known_leaving(end, code), known, "{end:?} {code:?}");
    }
}
