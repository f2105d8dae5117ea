//! Who is acting.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{SessionId, Timestamp, UserId};

/// Role of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Regular user.
    Member,
    /// Moderates chats, videos and reports.
    Moderator,
    /// Administers the server.
    Admin,
}

/// A signed-in person, as far as it was proven for this request. Built by the gateway from the
/// access token and the session's row; services trust it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub user: UserId,
    /// The session they came with.
    pub session: SessionId,
    /// Read from the database, never from the token.
    pub role: Role,
    /// Whether their e-mail address is proven.
    pub verified: bool,
    /// When they last proved who they are with a password or a second factor.
    pub proven_at: Timestamp,
}
