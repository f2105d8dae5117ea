//! The authenticated user of a request.

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

crate::text_enum!(Role { Member = "member", Moderator = "moderator", Admin = "admin" });

/// The authenticated user of a request or a socket. Built from the access token and the row of the
/// session; services trust it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The id of the user.
    pub user: UserId,
    /// The session of the access token.
    pub session: SessionId,
    /// The role, read from the database and never from the token.
    pub role: Role,
    /// Whether the email address is verified.
    pub verified: bool,
    /// When the user last authenticated with a password or a second factor.
    pub reauthenticated_at: Timestamp,
}
