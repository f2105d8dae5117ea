//! The encoding of messages on the bus.

use bytes::Bytes;
use contract::catalogue::EventName;
use kernel::{Timestamp, UserId};
use outbox::StoredEvent;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::message::{EventPosition, ServerMessage};

/// The topic of messages that name their receivers.
pub(crate) const USERS_TOPIC: &str = "people";

/// A message of a topic. Its fields have one letter each on the bus, which every message crosses.
#[derive(Serialize, Deserialize)]
struct BusEvent<'a> {
    #[serde(rename = "n")]
    name: &'a str,
    #[serde(rename = "d", borrow)]
    data: &'a RawValue,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    author: Option<UserId>,
    #[serde(rename = "t")]
    at: i64,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    stream: Option<&'a str>,
    #[serde(rename = "q", default)]
    seq: i64,
    #[serde(rename = "e", default)]
    epoch: i64,
}

/// An ephemeral message for some users, wherever they are connected.
#[derive(Serialize, Deserialize)]
pub(crate) struct UsersMessage {
    pub(crate) to: Vec<UserId>,
    pub(crate) name: String,
    pub(crate) data: Box<RawValue>,
    pub(crate) at: i64,
}

fn encode(event: &BusEvent<'_>) -> Bytes {
    // Strings, numbers and a raw value always have a JSON form.
    Bytes::from(serde_json::to_vec(event).unwrap_or_default())
}

/// Encodes a stored event; `None` if its data is not JSON.
pub(crate) fn encode_event(event: &StoredEvent) -> Option<Bytes> {
    Some(encode(&BusEvent {
        name: &event.name,
        data: serde_json::from_str(&event.data).ok()?,
        author: event.author,
        at: event.at.micros(),
        stream: Some(&event.stream),
        seq: event.seq,
        epoch: event.epoch,
    }))
}

/// Encodes an ephemeral message.
pub(crate) fn encode_ephemeral(
    event: EventName,
    data: &serde_json::Value,
    author: Option<UserId>,
    at: Timestamp,
) -> Option<Bytes> {
    let data = serde_json::value::to_raw_value(data).ok()?;
    Some(encode(&BusEvent {
        name: event.as_str(),
        data: &data,
        author,
        at: at.micros(),
        stream: None,
        seq: 0,
        epoch: 0,
    }))
}

/// Decodes a message of a topic.
pub(crate) fn decode(payload: &Bytes) -> Option<ServerMessage> {
    let event: BusEvent<'_> = serde_json::from_slice(payload).ok()?;
    let at = Timestamp::from_micros(event.at);
    let message = ServerMessage::new(event.name.to_owned(), event.data.to_owned(), at)
        .with_author(event.author);
    let Some(stream) = event.stream else {
        return Some(message);
    };
    Some(message.with_position(EventPosition {
        stream: stream.to_owned(),
        seq: event.seq,
        epoch: event.epoch,
    }))
}

/// The message of a stored event; `None` if its data is not JSON.
pub(crate) fn message_of(event: StoredEvent) -> Option<ServerMessage> {
    let data = RawValue::from_string(event.data).ok()?;
    let message = ServerMessage::new(event.name, data, event.at).with_author(event.author);
    Some(message.with_position(EventPosition {
        stream: event.stream,
        seq: event.seq,
        epoch: event.epoch,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::EnvelopeStyle;

    #[test]
    fn decode_restores_an_encoded_event() {
        let event = StoredEvent {
            stream: "chat:1".to_owned(),
            seq: 4,
            epoch: 9,
            name: "noted".to_owned(),
            data: r#"{"text":"\"ü\""}"#.to_owned(),
            author: Some(kernel::Env::system().id()),
            at: Timestamp::from_micros(5),
        };
        let there = decode(&encode_event(&event).unwrap()).unwrap();
        let direct = message_of(event).unwrap();
        assert_eq!(
            there.frame(EnvelopeStyle::Typed),
            direct.frame(EnvelopeStyle::Typed)
        );
        assert_eq!(there.author, direct.author);
    }

    #[test]
    fn decode_ignores_fields_of_newer_nodes() {
        let newer = br#"{"n":"noted","d":{"x":1},"t":5,"new":[1]}"#;
        assert_eq!(decode(&Bytes::from_static(newer)).unwrap().name, "noted");
    }

    #[test]
    fn decode_refuses_what_is_no_message() {
        assert!(decode(&Bytes::from_static(b"{}")).is_none());
        assert!(decode(&Bytes::from_static(b"\xFF")).is_none());
    }
}
