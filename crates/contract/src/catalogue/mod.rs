//! The catalogue of socket frames with the types of their data, and of events with their audiences. The AsyncAPI document is generated
//! from these tables, and tests check the server against them.

mod action_errors;
mod audience;
mod frames;
mod sockets;

use std::borrow::Cow;

use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::match_frames::COMPACT_FRAMES;

pub use action_errors::action_errors;
pub use audience::EventAudience;
pub use frames::EventName;
pub use sockets::SOCKETS;

/// The delivery of a frame to clients that are not connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Stored and numbered in the user's stream; sent again by `resume`.
    Durable,
    /// Stored and numbered in the chat's stream; sent again by `resume`.
    DurableInChat,
    /// Stored and numbered in the tournament's stream; sent again by `resume`.
    DurableInTournament,
    /// Not stored.
    Ephemeral,
}

impl Delivery {
    /// The kind of stream, if the frame is durable.
    #[must_use]
    pub const fn stream(self) -> Option<&'static str> {
        match self {
            Self::Durable => Some("user"),
            Self::DurableInChat => Some("chat"),
            Self::DurableInTournament => Some("tournament"),
            Self::Ephemeral => None,
        }
    }
}

/// A frame.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// The value of `action` or `type`.
    pub name: &'static str,
    /// A summary.
    pub about: &'static str,
    /// The type of `data`.
    pub data: Shape,
    /// The delivery. Frames from clients are ephemeral.
    pub delivery: Delivery,
}

/// The type of a frame's data.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The name of the type.
    pub name: fn() -> Cow<'static, str>,
    /// The schema of the type.
    pub schema: fn() -> RefOr<Schema>,
    /// The schemas that the type refers to.
    pub parts: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Shape {
    /// The shape of a type.
    #[must_use]
    pub const fn of<T: ToSchema + PartialSchema>() -> Self {
        Self {
            name: T::name,
            schema: T::schema,
            parts: T::schemas,
        }
    }
}

/// A path of sockets.
#[derive(Debug, Clone, Copy)]
pub struct Socket {
    /// The name of the channel.
    pub id: &'static str,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// A summary.
    pub about: &'static str,
    /// The key of a frame's name in frames from the server. Clients can use either key.
    pub key: &'static str,
    /// The frames from clients, in groups.
    pub actions: &'static [&'static [Frame]],
    /// The frames from the server, in groups.
    pub events: &'static [&'static [Frame]],
}

impl Socket {
    /// Whether the socket is for a single chat, so that frames need no `chat_id`.
    #[must_use]
    pub fn is_of_one_chat(&self) -> bool {
        self.path.starts_with("/ws/chat/")
    }

    /// The description of its binary frames, in Markdown, if it has any.
    #[must_use]
    pub fn binary_frames(&self) -> Option<&'static str> {
        (self.path == "/ws/game/{match_id}/").then_some(COMPACT_FRAMES)
    }

    /// The frames from clients.
    pub fn actions(&self) -> impl Iterator<Item = &'static Frame> {
        self.actions.iter().copied().flatten()
    }

    /// The frames from the server.
    pub fn events(&self) -> impl Iterator<Item = &'static Frame> {
        self.events.iter().copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn frame_names_are_unique_per_socket() {
        for socket in SOCKETS {
            let rows: [Vec<&Frame>; 2] = [socket.actions().collect(), socket.events().collect()];
            for row in rows {
                let names: HashSet<_> = row.iter().map(|frame| frame.name).collect();
                assert_eq!(names.len(), row.len(), "{}", socket.path);
            }
        }
    }
}
