//! The life of one socket: a task that greets the client, reads what it sends, checks that it is still
//! there, and cleans up at the end. One half of the task reads (`receiver`), and hands inputs over at
//! once (`input_lane`); the other executes actions, one after the other (`run`). Writing happens in the response body
//! ([`SocketBody`](crate::body::SocketBody)). What differs between paths is in the [`ChannelHandler`].

mod acks;
mod end;
mod greeting;
mod handler;
mod inbox;
mod input_lane;
mod receiver;
mod resume;
mod run;
mod state;
mod subscriptions;

pub use self::acks::answer;
pub use self::handler::ChannelHandler;
pub use self::inbox::MAX_UNREAD_BYTES;
pub use self::input_lane::{InputLane, LaneOutcome};
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
