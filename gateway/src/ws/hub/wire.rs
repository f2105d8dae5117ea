//! Messages on the bus.

use bytes::Bytes;
use kernel::{Timestamp, UserId};
use outbox::StoredEvent;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ws::frame::{Message, Place};

/// One letter per field: it crosses the network for every message.
#[derive(Serialize, Deserialize)]
struct BusEvent<'a> {
    n: &'a str,
    #[serde(borrow)]
    d: &'a RawValue,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    a: Option<UserId>,
    t: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<&'a str>,
    #[serde(default)]
    q: i64,
    #[serde(default)]
    e: i64,
}

fn pack(message: &BusEvent<'_>) -> Bytes {
    // Strings, numbers and a raw value always have a JSON form.
    Bytes::from(serde_json::to_vec(message).unwrap_or_default())
}

/// A stored event for the bus.
#[must_use]
pub fn encode_event(event: &StoredEvent) -> Option<Bytes> {
    let data: &RawValue = serde_json::from_str(&event.data).ok()?;
    Some(pack(&BusEvent {
        n: &event.name,
        d: data,
        a: event.author,
        t: event.at.micros(),
        s: Some(&event.stream),
        q: event.seq,
        e: event.epoch,
    }))
}

/// Something that is told and not kept, for the bus.
#[must_use]
pub fn encode_ephemeral(
    name: &str,
    data: &serde_json::Value,
    author: Option<UserId>,
    at: Timestamp,
) -> Option<Bytes> {
    let data = serde_json::value::to_raw_value(data).ok()?;
    Some(pack(&BusEvent {
        n: name,
        d: &data,
        a: author,
        t: at.micros(),
        s: None,
        q: 0,
        e: 0,
    }))
}

/// Reads a message of the bus.
pub(super) fn decode(payload: &Bytes) -> Option<Message> {
    let read: BusEvent<'_> = serde_json::from_slice(payload).ok()?;
    let at = Timestamp::from_micros(read.t);
    let mut message = Message::new(read.n.to_owned(), read.d.to_owned(), at);
    message.author = read.a;
    message.place = read.s.map(|stream| Place {
        stream: stream.to_owned(),
        seq: read.q,
        epoch: read.e,
    });
    Some(message)
}

/// A stored event as it is told.
#[must_use]
pub(crate) fn told(event: StoredEvent) -> Option<Message> {
    let data = RawValue::from_string(event.data).ok()?;
    let mut message = Message::new(event.name, data, event.at);
    message.author = event.author;
    message.place = Some(Place {
        stream: event.stream,
        seq: event.seq,
        epoch: event.epoch,
    });
    Some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_crosses_the_bus_unchanged() {
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
        let direct = told(event).unwrap();
        assert_eq!(
            there.frame(crate::ws::frame::EnvelopeStyle::Typed),
            direct.frame(crate::ws::frame::EnvelopeStyle::Typed)
        );
        assert_eq!(there.author, direct.author);
    }

    #[test]
    fn fields_of_a_newer_node_are_passed_over() {
        let newer = br#"{"n":"noted","d":{"x":1},"t":5,"new":[1]}"#;
        assert_eq!(decode(&Bytes::from_static(newer)).unwrap().name, "noted");
    }

    #[test]
    fn what_is_no_message_is_no_message() {
        assert!(decode(&Bytes::from_static(b"{}")).is_none());
        assert!(decode(&Bytes::from_static(b"\xFF")).is_none());
    }
}
