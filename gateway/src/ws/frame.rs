//! Server frames, encoded once and shared by everybody who gets them.

use std::sync::OnceLock;

use bytes::{BufMut, Bytes, BytesMut};
use kernel::{AppError, Timestamp, UserId};
use serde::Serialize;
use serde_json::value::RawValue;

use super::close::Close;
use super::event_people::EventPeople;
use super::queue::Class;

/// Which key names a frame: `action` on `/ws/events/`, `type` with a `timestamp` on all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvelopeStyle {
    /// `{"action", "data"}`
    Action,
    /// `{"type", "data", "timestamp"}`
    Typed,
}

/// Where a durable event stands in its stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The stream's name.
    pub stream: String,
    /// The number within it.
    pub seq: i64,
    /// The life of the stream.
    pub epoch: i64,
}

/// Something to tell: its name, its data as JSON, and its place if it is durable.
#[derive(Debug)]
pub struct Message {
    /// The name of the action or event.
    pub name: String,
    /// The data, already encoded.
    pub data: Box<RawValue>,
    /// Where it stands; nothing for ephemeral ones.
    pub place: Option<Place>,
    /// Who caused it, where those who block them must not hear of it.
    pub author: Option<UserId>,
    /// When it happened.
    pub at: Timestamp,
    action: OnceLock<Bytes>,
    typed: OnceLock<Bytes>,
    class: OnceLock<Class>,
    people: OnceLock<EventPeople>,
}

#[derive(Serialize)]
struct ActionFrame<'a> {
    action: &'a str,
    data: &'a RawValue,
    #[serde(flatten)]
    place: Option<&'a Place>,
}

#[derive(Serialize)]
struct TypedFrame<'a> {
    r#type: &'a str,
    data: &'a RawValue,
    timestamp: Timestamp,
    #[serde(flatten)]
    place: Option<&'a Place>,
}

impl Message {
    /// What has no place in a stream and must not be lost all the same.
    const KEPT: [&str; 5] = ["hello", "ack", "error", "pong", "resync"];

    /// A message with data that is already JSON.
    #[must_use]
    pub fn new(name: String, data: Box<RawValue>, at: Timestamp) -> Self {
        Self {
            name,
            data,
            place: None,
            author: None,
            at,
            action: OnceLock::new(),
            typed: OnceLock::new(),
            class: OnceLock::new(),
            people: OnceLock::new(),
        }
    }

    /// What becomes of it where its reader is slow. The first to ask finds out.
    #[must_use]
    pub fn class(&self) -> Class {
        *self.class.get_or_init(|| match &self.place {
            None if Self::KEPT.contains(&self.name.as_str()) => Class::Kept,
            None => Class::Ephemeral,
            Some(place) => {
                let chat = place.stream.strip_prefix("chat:");
                let chat = chat.and_then(|chat| chat.parse().ok());
                chat.map_or(Class::Kept, Class::OfChat)
            }
        })
    }

    /// Whom an event of a chat is about. The first to ask finds out.
    #[must_use]
    pub fn people(&self) -> &EventPeople {
        self.people.get_or_init(|| match self.class() {
            Class::OfChat(_) => serde_json::from_str(self.data.get()).unwrap_or_default(),
            Class::Kept | Class::Ephemeral => EventPeople::default(),
        })
    }

    /// A message that answers or greets one socket.
    ///
    /// # Errors
    /// The data cannot be written as JSON, which is a mistake of ours.
    pub fn of(name: &str, data: &impl Serialize, at: Timestamp) -> Result<Self, AppError> {
        Ok(Self::new(
            name.to_owned(),
            serde_json::value::to_raw_value(data)?,
            at,
        ))
    }

    /// The frame in a dialect, with its WebSocket head. The first to ask encodes it.
    #[must_use]
    pub fn frame(&self, style: EnvelopeStyle) -> Bytes {
        match style {
            EnvelopeStyle::Action => self
                .action
                .get_or_init(|| text(&self.action_frame()))
                .clone(),
            EnvelopeStyle::Typed => self.typed.get_or_init(|| text(&self.typed_frame())).clone(),
        }
    }

    fn action_frame(&self) -> ActionFrame<'_> {
        ActionFrame {
            action: &self.name,
            data: &self.data,
            place: self.place.as_ref(),
        }
    }

    fn typed_frame(&self) -> TypedFrame<'_> {
        TypedFrame {
            r#type: &self.name,
            data: &self.data,
            timestamp: self.at,
            place: self.place.as_ref(),
        }
    }
}

const FINAL_TEXT: u8 = 0x81;
const FINAL_CLOSE: u8 = 0x88;
const FINAL_PING: u8 = 0x89;
const FINAL_PONG: u8 = 0x8A;

fn text(frame: &impl Serialize) -> Bytes {
    // A value with a raw part and string keys always has a JSON form.
    let json = serde_json::to_vec(frame).unwrap_or_default();
    framed(FINAL_TEXT, &json)
}

/// A close frame.
#[must_use]
pub fn close(close: &Close) -> Bytes {
    let payload = [&close.code.to_be_bytes(), close.reason.as_bytes()].concat();
    framed(FINAL_CLOSE, &payload)
}

/// A ping.
#[must_use]
pub fn ping() -> Bytes {
    framed(FINAL_PING, b"")
}

/// The answer to a ping.
#[must_use]
pub fn pong(payload: &[u8]) -> Bytes {
    framed(FINAL_PONG, payload)
}

/// Puts the head of an unmasked server frame before its payload (RFC 6455, 5.2).
fn framed(head: u8, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(payload.len() + 10);
    frame.put_u8(head);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ 0..126), _) => frame.put_u8(length),
        (_, Ok(length)) => {
            frame.put_u8(126);
            frame.put_u16(length);
        }
        _ => {
            frame.put_u8(127);
            frame.put_u64(payload.len() as u64);
        }
    }
    frame.extend_from_slice(payload);
    frame.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        let data = serde_json::json!({"id": 1});
        let mut message = Message::of("noted", &data, Timestamp::from_micros(0)).unwrap();
        message.place = Some(Place {
            stream: "s".to_owned(),
            seq: 7,
            epoch: 3,
        });
        message
    }

    #[test]
    fn each_dialect_has_its_key_and_is_encoded_once() {
        let message = message();
        let frame = message.frame(EnvelopeStyle::Action);
        let expected = br#"{"action":"noted","data":{"id":1},"stream":"s","seq":7,"epoch":3}"#;
        assert_eq!(&frame[2..], expected);
        assert_eq!(frame[..2], [0x81, expected.len() as u8]);
        assert_eq!(
            frame.as_ptr(),
            message.frame(EnvelopeStyle::Action).as_ptr()
        );
        let typed = message.frame(EnvelopeStyle::Typed);
        let typed = String::from_utf8_lossy(&typed[2..]).into_owned();
        assert!(
            typed.contains(r#""type":"noted""#) && typed.contains("1970-01-01T00:00:00"),
            "{typed}"
        );
    }

    #[test]
    fn lengths_take_as_many_bytes_as_they_need() {
        for (length, head) in [(125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            assert_eq!(framed(FINAL_TEXT, &vec![b'x'; length]).len(), length + head);
        }
    }
}
