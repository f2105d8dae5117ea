//! What rides on each socket: every frame by its name, with the type of its data. The description
//! of the sockets is made from these tables, and tests hold the server against them.

mod frames;
mod sockets;

use std::borrow::Cow;

use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

pub use sockets::SOCKETS;

/// What happens to a frame that a client was not there to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It is stored and numbered in the stream of its person; `resume` brings it.
    Durable,
    /// It is stored and numbered in the stream of its chat; `resume` brings it.
    DurableInChat,
    /// It is of the moment, and never comes again.
    Ephemeral,
}

impl Delivery {
    /// The kind of stream that it is numbered in, where it is numbered.
    #[must_use]
    pub const fn stream(self) -> Option<&'static str> {
        match self {
            Self::Durable => Some("user"),
            Self::DurableInChat => Some("chat"),
            Self::Ephemeral => None,
        }
    }
}

/// One sort of frame.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// What stands under `action` or `type`.
    pub name: &'static str,
    /// What it says or asks for, in one sentence.
    pub about: &'static str,
    /// What stands under `data`.
    pub data: Shape,
    /// What happens to it when nobody listens; all that clients send is of the moment.
    pub keeping: Delivery,
}

/// The type of a frame's data.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// What the type is called.
    pub name: fn() -> Cow<'static, str>,
    /// How it is made up.
    pub schema: fn() -> RefOr<Schema>,
    /// The types it is made up of.
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

/// One path that sockets are opened at.
#[derive(Debug, Clone, Copy)]
pub struct Socket {
    /// What it is called.
    pub id: &'static str,
    /// Where it is, with variable parts in braces.
    pub path: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// The key that names a frame from the server; clients may use either.
    pub key: &'static str,
    /// What a client can ask for.
    pub actions: &'static [&'static [Frame]],
    /// What the server tells.
    pub events: &'static [&'static [Frame]],
}

impl Socket {
    /// Whether it is for one chat alone, so that frames need not name it.
    #[must_use]
    pub fn is_of_one_chat(&self) -> bool {
        self.path.starts_with("/ws/chat/")
    }

    /// What a client can ask for, in one row.
    pub fn actions(&self) -> impl Iterator<Item = &'static Frame> {
        self.actions.iter().copied().flatten()
    }

    /// What the server tells, in one row.
    pub fn events(&self) -> impl Iterator<Item = &'static Frame> {
        self.events.iter().copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_name_stands_twice_on_one_socket() {
        for socket in SOCKETS {
            let rows: [Vec<&Frame>; 2] = [socket.actions().collect(), socket.events().collect()];
            for row in rows {
                let names: HashSet<_> = row.iter().map(|frame| frame.name).collect();
                assert_eq!(names.len(), row.len(), "{}", socket.path);
            }
        }
    }
}
