//! The life of one socket: a task that greets the client, reads what it sends, checks that it is still
//! there, and cleans up at the end. One half of the task reads (`receiver`); the other executes
//! actions, one after the other (`run`). Writing happens in the response body
//! ([`SocketBody`](crate::body::SocketBody)). What differs between paths is in the [`ChannelHandler`].

mod acks;
mod end;
mod greeting;
mod handler;
mod inbox;
mod receiver;
mod resume;
mod run;
mod state;
mod subscriptions;

pub use self::handler::ChannelHandler;
pub use self::inbox::MAX_UNREAD_BYTES;
pub use self::receiver::{DEAD_AFTER, PING_INTERVAL};
pub use self::resume::{MAX_RESUMED, MAX_RESUMED_PER_STREAM};
pub use self::state::SocketSession;

pub(crate) use self::run::{reject, serve};
#[cfg(test)]
pub(crate) use self::{
    inbox::{Inbox, Received},
    receiver::FrameReceiver,
    resume::resume,
};
