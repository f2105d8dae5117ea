//! The sender's own name for a message, by which a retry is known.

use contract::chat::{CLIENT_ID_MAX, ClientTimestamp, MessageId};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::rules::Content;

/// Begins the ids that we make ourselves.
const OURS: char = '~';

/// What, together with sender and chat, makes a message the only one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClientId(String);

impl ClientId {
    /// What the client calls its message.
    pub(crate) fn parse(id: String) -> Result<Self, Error> {
        let fits = u64::try_from(id.len()).is_ok_and(|length| length <= CLIENT_ID_MAX);
        let visible = id.bytes().all(|byte| byte.is_ascii_graphic());
        if fits && visible && !id.is_empty() && !id.starts_with(OURS) {
            Ok(Self(id))
        } else {
            Err(Error::ClientIdInvalid)
        }
    }

    /// What a mark and a text make the id of a message that its client does not call anything:
    /// clients that only send a mark send the same mark, text and answered message again.
    pub(crate) fn from_mark(
        mark: &MarkText,
        content: &Content,
        reply_to: Option<MessageId>,
    ) -> Self {
        let mut hash = Sha256::new();
        hash.update(mark.0.as_bytes());
        hash.update([0]);
        hash.update(content.as_str().as_bytes());
        if let Some(answered) = reply_to {
            hash.update([0]);
            hash.update(answered.uuid().as_bytes());
        }
        Self(format!(
            "{OURS}{}",
            BASE64URL_NOPAD.encode(&hash.finalize())
        ))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }

    /// The id as its sender gave it; nothing where we made it.
    pub(crate) fn on_the_wire(id: Option<String>) -> Option<String> {
        id.filter(|id| !id.starts_with(OURS))
    }
}

/// A client's mark as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkText(String);

impl MarkText {
    pub(crate) fn parse(mark: &ClientTimestamp) -> Result<Self, Error> {
        let text = match mark {
            ClientTimestamp::Number(number) => number.to_string(),
            ClientTimestamp::Text(text) => text.clone(),
        };
        if text.chars().count() <= 100 {
            Ok(Self(text))
        } else {
            Err(Error::MarkInvalid)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(text: &str) -> Result<MarkText, Error> {
        MarkText::parse(&ClientTimestamp::Text(text.to_owned()))
    }

    fn made(text: &str, content: &str, reply_to: Option<u128>) -> ClientId {
        let content = Content::parse(content).unwrap();
        let reply_to = reply_to.map(|id| format!("{id:032x}").parse().unwrap());
        ClientId::from_mark(&mark(text).unwrap(), &content, reply_to)
    }

    #[test]
    fn a_mark_tells_a_retry_only_together_with_the_text_and_the_answered_message() {
        assert_eq!(made("1", "hi", None), made("1", "hi", None));
        assert_eq!(made("1", "hi", Some(1)), made("1", "hi", Some(1)));
        assert_ne!(made("1", "hi", None), made("1", "ho", None));
        assert_ne!(made("1", "hi", None), made("2", "hi", None));
        assert_ne!(made("1", "hi", None), made("1", "hi", Some(1)));
        assert_ne!(made("1", "hi", Some(2)), made("1", "hi", Some(1)));
        let made = made("1", "hi", None);
        assert_eq!(ClientId::on_the_wire(Some(made.0)), None);
    }

    #[test]
    fn odd_ids_and_marks_are_refused() {
        for id in ["", "~mine", "with space", "ü", "line\n", &"x".repeat(101)] {
            let parsed = ClientId::parse(id.to_owned());
            assert_eq!(parsed, Err(Error::ClientIdInvalid), "{id:?}");
        }
        assert!(ClientId::parse("x".repeat(100)).is_ok());
        assert!(mark(&"x".repeat(100)).is_ok());
        assert_eq!(mark(&"x".repeat(101)), Err(Error::MarkInvalid));
    }
}
