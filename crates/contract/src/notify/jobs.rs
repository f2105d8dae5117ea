//! The jobs through which other domains notify.

use kernel::{Job, JobClass, UserId};
use serde::{Deserialize, Serialize};

use super::action::Action;
use crate::chat::ChatId;

/// The job that notifies a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationEvent {
    /// The recipient.
    pub user_id: UserId,
    /// The kind of notification.
    pub action: Action,
    /// The details, whose type depends on the action.
    pub data: serde_json::Value,
    /// Identifies the notification: a user gets one per key, however often the job runs.
    pub key: String,
}

impl Job for NotificationEvent {
    const KIND: &'static str = "notify";
    const CLASS: JobClass = JobClass::Timer;
}

/// The job that resolves notifications, since their cause was dealt with or has ended: they become
/// read, including those that are delivered after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// The recipient of the notifications.
    pub user_id: UserId,
    /// The key of a notification, or the [`chat_subject`] of a chat.
    pub subject: String,
    /// The sequence number of the last message that was read in a chat; otherwise 0.
    #[serde(rename = "place")]
    pub up_to_seq: i64,
    /// Whether the cause was withdrawn: then the notification is deleted, and a later one is not
    /// delivered.
    #[serde(default)]
    pub withdrawn: bool,
}

impl Job for Resolved {
    const KIND: &'static str = "notify.settle";
    const CLASS: JobClass = JobClass::Timer;
}

impl Resolved {
    /// Resolves the notification with this key.
    #[must_use]
    pub fn by_key(user_id: UserId, key: impl Into<String>) -> Self {
        Self {
            user_id,
            subject: key.into(),
            up_to_seq: 0,
            withdrawn: false,
        }
    }

    /// Withdraws the notification with this key.
    #[must_use]
    pub fn withdrawn(user_id: UserId, key: impl Into<String>) -> Self {
        Self {
            withdrawn: true,
            ..Self::by_key(user_id, key)
        }
    }

    /// Resolves the notifications of messages in a chat up to this sequence number.
    #[must_use]
    pub fn up_to(user_id: UserId, chat: ChatId, seq: i64) -> Self {
        Self {
            user_id,
            subject: chat_subject(chat),
            up_to_seq: seq,
            withdrawn: false,
        }
    }
}

/// The job that removes the notifications of two users about each other after one has blocked the
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockCreated {
    /// One of the users.
    pub one: UserId,
    /// The other user.
    pub other: UserId,
}

impl Job for BlockCreated {
    const KIND: &'static str = "notify.part";
    const CLASS: JobClass = JobClass::Timer;
}

/// The prefix of the subjects of chats.
const CHAT_SUBJECT_PREFIX: &str = "chat:";

/// The subject of all notifications about messages in a chat.
#[must_use]
pub fn chat_subject(chat: ChatId) -> String {
    format!("{CHAT_SUBJECT_PREFIX}{chat}")
}

/// The chat of a subject, if it is that of a chat.
#[must_use]
pub fn chat_of_subject(subject: &str) -> Option<ChatId> {
    subject.strip_prefix(CHAT_SUBJECT_PREFIX)?.parse().ok()
}
