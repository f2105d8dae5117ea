//! What differs between the paths that sockets are opened at. The behaviour of a path is in its
//! [`ChannelHandler`](crate::ChannelHandler).

use contract::catalogue::EventAudience;

use crate::message::{EnvelopeStyle, ServerMessage};

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
}
