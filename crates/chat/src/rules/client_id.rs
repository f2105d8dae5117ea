//! The sender's own name for a message, by which a retry is known.

use contract::chat::{CLIENT_ID_MAX, Mark};
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
    /// The id of a message: what the client calls it, or else what its mark and text make of it.
    /// Clients that only send a mark send the same mark and the same text again.
    pub(crate) fn of(
        id: Option<String>,
        mark: Option<&Mark>,
        content: &Content,
    ) -> Result<Option<Self>, Error> {
        let mark = mark.map(mark_text).transpose()?;
        match (id, mark) {
            (Some(id), _) => Self::parse(id).map(Some),
            (None, Some(mark)) => Ok(Some(Self::from_mark(&mark, content))),
            (None, None) => Ok(None),
        }
    }

    fn parse(id: String) -> Result<Self, Error> {
        let fits = u64::try_from(id.len()).is_ok_and(|length| length <= CLIENT_ID_MAX);
        let visible = id.bytes().all(|byte| byte.is_ascii_graphic());
        if fits && visible && !id.is_empty() && !id.starts_with(OURS) {
            Ok(Self(id))
        } else {
            Err(Error::ClientIdInvalid)
        }
    }

    fn from_mark(mark: &str, content: &Content) -> Self {
        let mut hash = Sha256::new();
        hash.update(mark.as_bytes());
        hash.update([0]);
        hash.update(content.as_str().as_bytes());
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

fn mark_text(mark: &Mark) -> Result<String, Error> {
    let text = match mark {
        Mark::Number(number) => number.to_string(),
        Mark::Text(text) => text.clone(),
    };
    if text.chars().count() <= 100 {
        Ok(text)
    } else {
        Err(Error::MarkInvalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: Option<&str>, mark: Option<&str>, content: &str) -> Result<Option<ClientId>, Error> {
        let mark = mark.map(|text| Mark::Text(text.to_owned()));
        let content = Content::parse(content).unwrap();
        ClientId::of(id.map(str::to_owned), mark.as_ref(), &content)
    }

    #[test]
    fn the_clients_own_id_comes_first() {
        let id = of(Some("a-1"), Some("now"), "hi").unwrap().unwrap();
        assert_eq!(id.as_str(), "a-1");
        assert_eq!(of(None, None, "hi"), Ok(None));
    }

    #[test]
    fn a_mark_tells_a_retry_only_together_with_the_text() {
        assert_eq!(of(None, Some("1"), "hi"), of(None, Some("1"), "hi"));
        assert_ne!(of(None, Some("1"), "hi"), of(None, Some("1"), "ho"));
        assert_ne!(of(None, Some("1"), "hi"), of(None, Some("2"), "hi"));
        let made = of(None, Some("1"), "hi").unwrap().unwrap();
        assert_eq!(ClientId::on_the_wire(Some(made.0)), None);
    }

    #[test]
    fn odd_ids_and_marks_are_refused() {
        for id in ["", "~mine", "with space", "ü", "line\n", &"x".repeat(101)] {
            assert_eq!(
                of(Some(id), None, "hi"),
                Err(Error::ClientIdInvalid),
                "{id:?}"
            );
        }
        assert!(of(Some(&"x".repeat(100)), None, "hi").is_ok());
        assert_eq!(
            of(None, Some(&"x".repeat(101)), "hi"),
            Err(Error::MarkInvalid)
        );
    }
}
