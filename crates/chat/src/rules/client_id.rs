//! The id that a client gives a message, by which a retry is recognized.

use contract::chat::{CLIENT_ID_MAX, ClientTimestamp, MessageId};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::rules::MessageContent;

/// The prefix of derived ids, which clients may not use.
const DERIVED_PREFIX: char = '~';
/// The maximum length of a client timestamp, in characters.
const MAX_TIMESTAMP_LEN: usize = 100;

/// Identifies a message together with its sender and chat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClientId(String);

impl ClientId {
    /// Parses the id that a client has chosen.
    ///
    /// # Errors
    /// `chat.client_id_invalid`.
    pub(crate) fn parse(id: String) -> Result<Self, Error> {
        let fits = u64::try_from(id.len()).is_ok_and(|length| length <= CLIENT_ID_MAX);
        let visible = id.bytes().all(|byte| byte.is_ascii_graphic());
        if fits && visible && !id.is_empty() && !id.starts_with(DERIVED_PREFIX) {
            Ok(Self(id))
        } else {
            Err(Error::ClientIdInvalid)
        }
    }

    /// Derives the id of a message whose client sends only a timestamp: such clients retry with the
    /// same timestamp, text and answered message.
    pub(crate) fn derive(
        timestamp: &TimestampText,
        content: &MessageContent,
        reply_to: Option<MessageId>,
    ) -> Self {
        let mut hash = Sha256::new();
        hash.update(timestamp.0.as_bytes());
        hash.update([0]);
        hash.update(content.as_str().as_bytes());
        if let Some(answered) = reply_to {
            hash.update([0]);
            hash.update(answered.uuid().as_bytes());
        }
        Self(format!(
            "{DERIVED_PREFIX}{}",
            BASE64URL_NOPAD.encode(&hash.finalize())
        ))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }

    /// The id for a response; `None` for derived ids.
    pub(crate) fn to_contract(id: Option<String>) -> Option<String> {
        id.filter(|id| !id.starts_with(DERIVED_PREFIX))
    }
}

/// A client timestamp as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimestampText(String);

impl TimestampText {
    pub(crate) fn parse(timestamp: &ClientTimestamp) -> Result<Self, Error> {
        let text = match timestamp {
            ClientTimestamp::Number(number) => number.to_string(),
            ClientTimestamp::Text(text) => text.clone(),
        };
        if text.chars().count() <= MAX_TIMESTAMP_LEN {
            Ok(Self(text))
        } else {
            Err(Error::TimestampInvalid)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timestamp(text: &str) -> Result<TimestampText, Error> {
        TimestampText::parse(&ClientTimestamp::Text(text.to_owned()))
    }

    fn derived(text: &str, content: &str, reply_to: Option<u128>) -> ClientId {
        let content = MessageContent::parse(content).unwrap();
        let reply_to = reply_to.map(|id| format!("{id:032x}").parse().unwrap());
        ClientId::derive(&timestamp(text).unwrap(), &content, reply_to)
    }

    #[test]
    fn derive_depends_on_timestamp_text_and_answered_message() {
        assert_eq!(derived("1", "hi", None), derived("1", "hi", None));
        assert_eq!(derived("1", "hi", Some(1)), derived("1", "hi", Some(1)));
        assert_ne!(derived("1", "hi", None), derived("1", "ho", None));
        assert_ne!(derived("1", "hi", None), derived("2", "hi", None));
        assert_ne!(derived("1", "hi", None), derived("1", "hi", Some(1)));
        assert_ne!(derived("1", "hi", Some(2)), derived("1", "hi", Some(1)));
        let derived = derived("1", "hi", None);
        assert_eq!(ClientId::to_contract(Some(derived.0)), None);
    }

    #[test]
    fn parse_refuses_invalid_ids_and_timestamps() {
        for id in ["", "~mine", "with space", "ü", "line\n", &"x".repeat(101)] {
            let parsed = ClientId::parse(id.to_owned());
            assert_eq!(parsed, Err(Error::ClientIdInvalid), "{id:?}");
        }
        assert!(ClientId::parse("x".repeat(100)).is_ok());
        assert!(timestamp(&"x".repeat(100)).is_ok());
        assert_eq!(timestamp(&"x".repeat(101)), Err(Error::TimestampInvalid));
    }
}
