//! Health checks and the dev mailbox.

use std::collections::BTreeMap;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// The process is running.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({"status": "alive"}))]
pub struct Alive {
    /// Always `alive`.
    pub status: &'static str,
}

/// The server accepts requests.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"status": "ready", "checks": {"bus": "up", "database": "up"}}))]
pub struct Ready {
    /// Always `ready`. If the server is not ready, the status is 503.
    pub status: &'static str,
    /// State of each dependency.
    pub checks: BTreeMap<&'static str, Condition>,
}

/// State of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Available.
    Up,
    /// Unavailable.
    Down,
}

/// The newest mail in the dev mailbox.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Mailbox(pub Vec<MailboxEntry>);

/// A mail in the dev mailbox.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "sent_at": "2026-01-31T12:00:00.000000Z", "to": "ada@example.org",
    "subject": "Verify your email address", "text": "Follow this link: …", "unsubscribe": null
}))]
pub struct MailboxEntry {
    /// Mail id.
    #[schema(format = Uuid)]
    pub id: String,
    /// Time at which the mail would have been sent.
    pub sent_at: Timestamp,
    /// Address of the recipient.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Content as plain text.
    pub text: String,
    /// Unsubscribe link, if the mail has one.
    #[schema(required)]
    pub unsubscribe: Option<String>,
}

/// How far to move the clock of a server that was started with `--dev-clock`.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"advance_seconds": 90000}))]
pub struct AdvanceClock {
    /// Seconds, at least 1.
    #[validate(range(min = 1, message = "must be at least 1"))]
    #[schema(minimum = 1)]
    pub advance_seconds: u64,
}

/// The clock of a server that was started with `--dev-clock`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({"now": "2026-02-01T13:00:00.000000Z", "ahead_seconds": 90000}))]
pub struct DevClockState {
    /// The time by this clock.
    pub now: Timestamp,
    /// How far it is ahead of the machine's clock, in seconds.
    pub ahead_seconds: u64,
}
