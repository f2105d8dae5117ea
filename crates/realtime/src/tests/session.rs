//! A socket over a real database.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use bytes::Bytes;
use cluster::Topic;
use contract::catalogue::EventName;
use contract::frames::{Resume, StreamPosition};
use contract::streams::StreamName;
use db::Tx;
use futures_util::{FutureExt, StreamExt, stream};
use outbox::Emit;

use super::fixture::{CHANNEL, Fixture, actor, fixtures, sent};
use crate::channel::{ChannelSpec, ChannelTraffic};
use crate::close::Close;
use crate::connection::{Connection, JoinedStream};
use crate::decoder::FrameReader;
use crate::refusal::Refused;
use crate::session::{
    FrameReceiver, Inbox, InputLane, LaneOutcome, Received, SocketSession, resume,
};
use crate::token_bucket::BucketSpec;

/// A socket, and a stream that has so many events.
async fn session_and_stream(fixture: &Fixture, count: usize) -> (SocketSession, StreamName) {
    let stream = StreamName::Chat(fixture.store.env().id());
    let emit = move |tx: &mut Tx<'_>| {
        (0..count).try_for_each(|n| tx.emit(stream, EventName::NewMessage, &n))
    };
    fixture.store.write(emit).await.unwrap();
    let session = SocketSession::new(fixture.connect(), fixture.hub.clone(), false);
    (session, stream)
}

#[tokio::test]
async fn follow_joined_tells_to_resync_if_too_much_was_missed() {
    for fixture in fixtures() {
        let (mut session, stream) = session_and_stream(&fixture, 150).await;
        session.connection.follow(JoinedStream {
            stream,
            since: StreamPosition::default(),
        });
        session.follow_joined().await.unwrap();
        let sent = sent(&session.connection);
        assert!(sent.contains("\"resync\"") && sent.contains(&stream.to_string()));
        assert!(!sent.contains("new_message"));
    }
}

#[tokio::test]
async fn resume_is_refused_if_it_is_repeated_too_often() {
    for fixture in fixtures() {
        let (mut session, stream) = session_and_stream(&fixture, 3).await;
        let topics = [Topic::from(stream)];
        session.join_and_read(&topics, |_| Ok(())).await.unwrap();
        let wanted = Resume {
            streams: [(stream.to_string(), StreamPosition::default())].into(),
        };
        resume(&mut session, &wanted).await.unwrap();
        assert_eq!(sent(&session.connection).matches("new_message").count(), 3);
        let mut answered = 1;
        let refused = loop {
            match resume(&mut session, &wanted).await {
                Ok(()) => answered += 1,
                Err(refused) => break refused,
            }
        };
        let Refused::WithError(error) = refused else {
            panic!("the socket would close");
        };
        assert_eq!(error.code().name, "too_many_requests");
        assert!(error.retry_delay().is_some());
        assert!(answered >= 10, "after {answered}");
    }
}

/// A text frame as a client sends it; its mask changes nothing.
fn masked(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 126);
    [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()
}

/// Reads these frames from a client that then sends nothing more.
fn reader_of(texts: &[&str]) -> FrameReader {
    let frames: Vec<_> = texts.iter().map(|text| masked(text)).collect();
    let frames = stream::iter([Ok(Bytes::from(frames.concat()))]);
    FrameReader::new(Payload::Stream {
        payload: Box::pin(frames.chain(stream::pending())),
    })
}

#[tokio::test]
async fn ping_overtakes_a_waiting_action_after_the_greeting() {
    for fixture in fixtures() {
        let (connection, inbox) = (fixture.connect(), Inbox::default());
        let mut reader = reader_of(&[
            r#"{"action":"typing","cid":"a"}"#,
            r#"{"action":"ping","cid":"p"}"#,
        ]);
        let env = fixture.store.env();
        let receiver = FrameReceiver::new(&connection, env, &inbox, BucketSpec::FRAMES);
        let mut reading = std::pin::pin!(receiver.run(&mut reader));
        let a_second = Duration::from_secs(1);
        let ended = tokio::time::timeout(a_second, reading.as_mut()).await;
        assert!(ended.is_err());
        assert_eq!(sent(&connection), "", "the client was not greeted yet");
        inbox.open(None);
        let mut told = String::new();
        while !told.contains(r#""ack""#) {
            let a_moment = Duration::from_millis(20);
            let ended = tokio::time::timeout(a_moment, reading.as_mut()).await;
            assert!(ended.is_err());
            told += &sent(&connection);
        }
        assert!(told.contains(r#""pong""#) && told.contains(r#""p""#));
        let Some(Received::Frame { text, .. }) = inbox.next().now_or_never() else {
            panic!("the action is gone");
        };
        assert!(text.contains("typing"));
        assert!(inbox.next().now_or_never().is_none());
    }
}

static MATCH: ChannelSpec = ChannelSpec {
    traffic: ChannelTraffic::MATCH,
    ..CHANNEL
};

/// Takes frames that contain `input` and binary ones of one byte.
#[derive(Default)]
struct Inputs(RefCell<Vec<String>>);

impl InputLane for Inputs {
    fn take_text(&self, text: &str) -> Result<LaneOutcome, Close> {
        if !text.contains("input") {
            return Ok(LaneOutcome::NotAnInput);
        }
        self.0.borrow_mut().push(text.to_owned());
        Ok(LaneOutcome::Taken)
    }

    fn take_binary(&self, payload: &[u8]) -> Result<(), Close> {
        let [byte] = payload else {
            return Err(Close::bad_data("one byte"));
        };
        self.0.borrow_mut().push(byte.to_string());
        Ok(())
    }
}

/// What the inbox holds after these frames, sent with an input lane.
async fn received_with_lane(fixture: &Fixture, frames: Vec<u8>) -> (Rc<Inputs>, Vec<Received>) {
    let env = fixture.store.env();
    let connection = Connection::new(
        1,
        actor(env),
        &MATCH,
        std::sync::Arc::default(),
        fixture.hub.ports.redaction.clone(),
    );
    let (connection, inbox) = (std::sync::Arc::new(connection), Inbox::default());
    let inputs = Rc::<Inputs>::default();
    inbox.open(Some(inputs.clone()));
    let frames = stream::iter([Ok(Bytes::from(frames))]);
    let mut reader = FrameReader::new(Payload::Stream {
        payload: Box::pin(frames),
    });
    let receiver = FrameReceiver::new(&connection, env, &inbox, MATCH.traffic.frames);
    receiver.run(&mut reader).await;
    let mut all = vec![];
    while let Some(received) = inbox.next().now_or_never() {
        all.push(received);
    }
    (inputs, all)
}

#[tokio::test]
async fn inputs_overtake_actions_and_count_as_activity_once() {
    for fixture in fixtures() {
        let binary = |byte: u8| vec![0x82, 0x81, 0, 0, 0, 0, byte];
        let frames = [
            masked("action"),
            masked("input 1"),
            binary(2),
            masked("input 3"),
        ];
        let (inputs, all) = received_with_lane(&fixture, frames.concat()).await;
        assert_eq!(*inputs.0.borrow(), ["input 1", "2", "input 3"]);
        assert!(matches!(&all[0], Received::Frame { text, .. } if text == "action"));
        assert_eq!(all[1], Received::Activity);
        assert!(
            matches!(all[2], Received::End(..)) && all.len() == 3,
            "{all:?}"
        );
    }
}

#[tokio::test]
async fn malformed_inputs_and_a_flood_of_them_close_the_socket() {
    for fixture in fixtures() {
        let (inputs, all) = received_with_lane(&fixture, vec![0x82, 0x80, 0, 0, 0, 0]).await;
        assert!(inputs.0.borrow().is_empty());
        assert!(matches!(&all[0], Received::End(close, _) if close.code == 4400));
        let (inputs, all) = received_with_lane(&fixture, masked("input").repeat(300)).await;
        assert!((180..190).contains(&inputs.0.borrow().len()));
        assert!(matches!(&all[1], Received::End(close, _) if close.code == 4429));
    }
}
