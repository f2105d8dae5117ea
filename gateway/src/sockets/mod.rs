//! What the sockets of all modules share. Each path is a file of its module: its
//! [`ChannelSpec`](realtime::ChannelSpec) says whose events its sockets are sent, its
//! [`ChannelHandler`](realtime::ChannelHandler) who may open one, what they are sent first, and which
//! actions they have. The rest is the same for all paths, in the crate `realtime`.

pub mod action_limit;
pub mod handshake;
