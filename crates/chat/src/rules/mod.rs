//! Decisions that need no database, clock or chance.

mod client_id;
mod content;
mod kind;
mod lobby;
mod mentions;

pub(crate) use client_id::{ClientId, MarkText};
pub(crate) use content::Content;
pub(crate) use kind::{Kind, direct_key, lobby_key};
pub(crate) use lobby::LobbyName;
pub(crate) use mentions::named_in;
