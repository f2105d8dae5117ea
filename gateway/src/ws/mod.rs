//! Sockets: each path is one file. Its [`ChannelSpec`](realtime::ChannelSpec) says which messages its
//! sockets are sent, its [`ChannelHandler`](realtime::ChannelHandler) who may open one, what they are
//! sent first, and which actions they have. Everything else is the same for all paths and in the crate
//! `realtime`, whose ports are implemented here.

mod chat_actions;
mod direct_chat;
pub mod error;
mod events;
mod filters;
mod friends_status;
pub mod handshake;
mod lobby;
mod notifications;
pub(crate) mod ports;
mod redaction;
mod telling;

use http_kit::{Routes, rate_limit};

rate_limit!(Entering, "enter_chat", 60 in 60, User);

/// The paths of sockets.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .add(events::events)
        .add(notifications::notifications_socket)
        .add(friends_status::friends_status);
    routes.add(lobby::lobby).add(direct_chat::direct_chat);
}
