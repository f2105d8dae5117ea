//! The people that an event of a chat tells of.

use kernel::UserId;
use serde::Deserialize;

/// The people in an event of a chat, beside who caused it.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub struct EventPeople {
    /// Who wrote the message that the event is about.
    #[serde(default)]
    pub(super) sender_id: Option<UserId>,
    /// Who wrote the message that is answered.
    #[serde(default)]
    pub(super) reply_to_sender_id: Option<UserId>,
    /// Those who are named.
    #[serde(default)]
    pub(super) mentions: Vec<MentionedPerson>,
}

/// Somebody who is named.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct MentionedPerson {
    pub(super) id: UserId,
}
