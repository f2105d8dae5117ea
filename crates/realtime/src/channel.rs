//! What differs between the paths that sockets are opened at. The behaviour of a path is in its
//! [`ChannelHandler`](crate::ChannelHandler).

use contract::catalogue::EventAudience;

use crate::message::{EnvelopeStyle, ServerMessage};
use crate::token_bucket::BucketSpec;

/// The settings of one socket path.
#[derive(Debug)]
pub struct ChannelSpec {
    /// The path, as its route is written.
    pub path: &'static str,
    /// The form of its frames.
    pub style: EnvelopeStyle,
    /// Whether its sockets subscribe to all streams that their user follows, including those
    /// followed later.
    pub follows_streams: bool,
    /// Whether the greeting is followed by the presence of friends.
    pub shows_friends: bool,
    /// The audiences whose events its sockets are sent, of the topics they subscribe to.
    pub audiences: &'static [EventAudience],
    /// Whether a message makes the handler [check again](crate::ChannelHandler::recheck) what its
    /// user may see.
    pub rechecks_on: fn(&ServerMessage) -> bool,
    /// What its clients may send, and how frames are sent to them.
    pub traffic: ChannelTraffic,
}

/// What clients of a path may send, and how frames are sent to them.
#[derive(Debug, Clone, Copy)]
pub struct ChannelTraffic {
    /// How many frames a client may send.
    pub frames: BucketSpec,
    /// Whether clients may send binary frames, to the [`InputLane`](crate::InputLane).
    pub accepts_binary: bool,
    /// Whether clients resume streams. Otherwise `resume` is an action of the path.
    pub resumes_streams: bool,
    /// Whether little is kept for slow readers, so that frames are not old when they are sent.
    pub is_live: bool,
}

impl ChannelTraffic {
    /// Actions and events.
    pub const EVENTS: Self = Self {
        frames: BucketSpec::FRAMES,
        accepts_binary: false,
        resumes_streams: true,
        is_live: false,
    };
    /// Inputs and states of a match.
    pub const MATCH: Self = Self {
        frames: BucketSpec::MATCH_FRAMES,
        accepts_binary: true,
        resumes_streams: false,
        is_live: true,
    };
}
