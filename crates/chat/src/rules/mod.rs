//! Decisions without I/O, clock or randomness.

mod chat_type;
mod client_id;
mod content;
mod lobby_name;
mod mentions;
mod peer_access;

pub(crate) use chat_type::{ChatType, conversation_key, lobby_key};
pub(crate) use client_id::{ClientId, TimestampText};
pub(crate) use content::MessageContent;
pub(crate) use lobby_name::LobbyName;
pub(crate) use mentions::mentioned_names;
pub(crate) use peer_access::PeerAccess;
