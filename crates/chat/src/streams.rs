//! The names of event streams.

use contract::chat::ChatId;
use kernel::UserId;

/// The stream of a chat's durable events, which is also the topic of its ephemeral ones.
#[must_use]
pub fn stream_of(chat: ChatId) -> String {
    format!("chat:{chat}")
}

/// The stream of events for one user.
pub(crate) fn user_stream(user: UserId) -> String {
    format!("user:{user}")
}
