//! What the server sends to sockets, encoded once and shared by all that receive it.

use std::sync::OnceLock;

use bytes::Bytes;
use contract::catalogue::{EventAudience, EventName};
use contract::frames::StreamPosition;
use contract::streams::StreamName;
use kernel::{AppError, Timestamp, UserId};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::frame;

/// The key under which a frame has its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvelopeStyle {
    /// `{"action", "data"}`, on `/ws/events/`.
    Action,
    /// `{"type", "data", "timestamp"}`, on all other paths.
    Typed,
}

/// The position of a durable event in its stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventPosition {
    /// The name of the stream, as it was stored.
    pub stream: String,
    /// The sequence number.
    pub seq: i64,
    /// The epoch of the stream.
    pub epoch: i64,
}

impl EventPosition {
    /// The position within the stream.
    #[must_use]
    pub fn in_stream(&self) -> StreamPosition {
        StreamPosition {
            seq: self.seq,
            epoch: self.epoch,
        }
    }
}

/// What happens to a message whose receiver reads too slowly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// It is dropped first: it is worthless when it is late.
    Ephemeral,
    /// It is dropped, and the receiver is told to read the stream again.
    Resyncable(StreamName),
    /// It is sent, or the socket is closed.
    Required,
}

/// The users that an event tells of, apart from its author.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct NamedUsers {
    /// Those whose doings it tells of. A reader from whom one of them is hidden does not get it.
    pub subjects: Vec<UserId>,
    /// Those whom it mentions. A reader from whom one of them is hidden gets it without them.
    pub mentioned: Vec<UserId>,
}

/// A message to sockets: its name, its data as JSON, and its position if it is a durable event.
#[derive(Debug)]
pub struct ServerMessage {
    /// The name of the action or event.
    pub name: String,
    /// The data, already encoded.
    pub data: Box<RawValue>,
    /// Who caused it.
    pub author: Option<UserId>,
    /// When it happened.
    pub at: Timestamp,
    event: Option<EventName>,
    position: Option<EventPosition>,
    stream: Option<StreamName>,
    is_required: bool,
    action_frame: OnceLock<Bytes>,
    typed_frame: OnceLock<Bytes>,
    named_users: OnceLock<NamedUsers>,
}

#[derive(Serialize)]
struct ActionFrame<'a> {
    action: &'a str,
    data: &'a RawValue,
    #[serde(flatten)]
    position: Option<&'a EventPosition>,
}

#[derive(Serialize)]
struct TypedFrame<'a> {
    r#type: &'a str,
    data: &'a RawValue,
    timestamp: Timestamp,
    #[serde(flatten)]
    position: Option<&'a EventPosition>,
}

impl ServerMessage {
    /// A message that came from the bus or the database, perhaps of a newer version.
    #[must_use]
    pub fn new(name: String, data: Box<RawValue>, at: Timestamp) -> Self {
        Self {
            event: EventName::find(&name),
            name,
            data,
            author: None,
            at,
            position: None,
            stream: None,
            is_required: false,
            action_frame: OnceLock::new(),
            typed_frame: OnceLock::new(),
            named_users: OnceLock::new(),
        }
    }

    /// An ephemeral message.
    ///
    /// # Errors
    /// The data cannot be encoded, which is a programming error.
    pub fn ephemeral(
        event: EventName,
        data: &impl Serialize,
        at: Timestamp,
    ) -> Result<Self, AppError> {
        let data = serde_json::value::to_raw_value(data)?;
        Ok(Self::new(event.as_str().to_owned(), data, at))
    }

    /// A message without a position that must not be lost, such as a response.
    ///
    /// # Errors
    /// The data cannot be encoded, which is a programming error.
    pub fn required(
        event: EventName,
        data: &impl Serialize,
        at: Timestamp,
    ) -> Result<Self, AppError> {
        let mut message = Self::ephemeral(event, data, at)?;
        message.is_required = true;
        Ok(message)
    }

    /// Makes it a durable event.
    #[must_use]
    pub fn with_position(mut self, position: EventPosition) -> Self {
        self.stream = position.stream.parse().ok();
        self.position = Some(position);
        self
    }

    /// Sets who caused it.
    #[must_use]
    pub fn with_author(mut self, author: Option<UserId>) -> Self {
        self.author = author;
        self
    }

    /// The same message with other data.
    #[must_use]
    pub(crate) fn with_data(&self, data: Box<RawValue>) -> Self {
        Self {
            position: self.position.clone(),
            stream: self.stream,
            is_required: self.is_required,
            ..Self::new(self.name.clone(), data, self.at).with_author(self.author)
        }
    }

    /// Its event; `None` if only a newer version knows it.
    #[must_use]
    pub fn event(&self) -> Option<EventName> {
        self.event
    }

    /// Whom it is for. Events of a newer version count as personal.
    #[must_use]
    pub fn audience(&self) -> EventAudience {
        self.event
            .map_or(EventAudience::Personal, EventName::audience)
    }

    /// Its position, if it is a durable event.
    #[must_use]
    pub fn position(&self) -> Option<&EventPosition> {
        self.position.as_ref()
    }

    /// The stream of a durable event; `None` also if this version does not know the kind of stream.
    #[must_use]
    pub fn stream(&self) -> Option<StreamName> {
        self.stream
    }

    /// What happens to it if the receiver reads too slowly.
    #[must_use]
    pub fn priority(&self) -> Priority {
        match (&self.position, self.stream) {
            (None, _) if !self.is_required => Priority::Ephemeral,
            (Some(_), Some(stream)) if stream.owner().is_none() => Priority::Resyncable(stream),
            _ => Priority::Required,
        }
    }

    /// The users it names. The first call finds them with `read`.
    pub(crate) fn named_users(&self, read: impl FnOnce(&Self) -> NamedUsers) -> &NamedUsers {
        self.named_users.get_or_init(|| read(self))
    }

    /// The WebSocket frame in this style. The first call encodes it.
    #[must_use]
    pub fn frame(&self, style: EnvelopeStyle) -> Bytes {
        let frame = match style {
            EnvelopeStyle::Action => self.action_frame.get_or_init(|| self.encode_action()),
            EnvelopeStyle::Typed => self.typed_frame.get_or_init(|| self.encode_typed()),
        };
        frame.clone()
    }

    fn encode_action(&self) -> Bytes {
        text(&ActionFrame {
            action: &self.name,
            data: &self.data,
            position: self.position.as_ref(),
        })
    }

    fn encode_typed(&self) -> Bytes {
        text(&TypedFrame {
            r#type: &self.name,
            data: &self.data,
            timestamp: self.at,
            position: self.position.as_ref(),
        })
    }
}

fn text(frame: &impl Serialize) -> Bytes {
    // A raw value and string keys always have a JSON form.
    frame::text(&serde_json::to_vec(frame).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    fn event(stream: &str) -> ServerMessage {
        let data = serde_json::json!({"id": 1});
        let position = EventPosition {
            stream: stream.to_owned(),
            seq: 7,
            epoch: 3,
        };
        let message =
            ServerMessage::ephemeral(EventName::Hello, &data, Timestamp::from_micros(0)).unwrap();
        message.with_position(position)
    }

    #[test]
    fn frame_has_the_key_of_its_style_and_is_encoded_once() {
        let message = event("s");
        let frame = message.frame(EnvelopeStyle::Action);
        let expected = br#"{"action":"hello","data":{"id":1},"stream":"s","seq":7,"epoch":3}"#;
        assert_eq!(&frame[2..], expected);
        assert_eq!(frame[..2], [0x81, expected.len() as u8]);
        let again = message.frame(EnvelopeStyle::Action);
        assert_eq!(frame.as_ptr(), again.as_ptr());
        let typed = message.frame(EnvelopeStyle::Typed);
        let typed = String::from_utf8_lossy(&typed[2..]).into_owned();
        assert!(
            typed.contains(r#""type":"hello""#) && typed.contains("1970-01-01T00:00:00"),
            "{typed}"
        );
    }

    #[test]
    fn priority_follows_from_position_and_stream() {
        let (user, chat) = (
            StreamName::User(Env::system().id()),
            StreamName::Chat(Env::system().id()),
        );
        let at = Timestamp::from_micros(0);
        let of = |stream: StreamName| event(&stream.to_string()).priority();
        assert_eq!(of(user), Priority::Required);
        assert_eq!(of(chat), Priority::Resyncable(chat));
        assert_eq!(event("newer:1").priority(), Priority::Required);
        let response = ServerMessage::required(EventName::Ack, &(), at).unwrap();
        assert_eq!(response.priority(), Priority::Required);
        let ephemeral = ServerMessage::ephemeral(EventName::Typing, &(), at).unwrap();
        assert_eq!(ephemeral.priority(), Priority::Ephemeral);
    }
}
