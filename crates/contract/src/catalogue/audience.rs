//! Whom events are for.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::frames::GROUPS;

/// Whom an event is for. Sockets are sent the events of their audiences, whatever their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// All sockets.
    Anyone,
    /// Readers of the messages of a chat.
    Messages,
    /// A user, about the list of their chats.
    Chats,
    /// Friends of the user whose presence it tells of.
    Presence,
    /// A user, about themselves: friends, invites, notifications.
    Personal,
    /// The socket of a single chat.
    SingleChat,
    /// Those present in a lobby.
    Lobby,
    /// The server: the event changes what a user may see, and must not be seen itself.
    Server,
}

/// The event that hides users from each other.
const BLOCKS_CHANGED: &str = "blocks_changed";

impl Audience {
    /// The audience of an event. Events of a newer version count as personal.
    #[must_use]
    pub fn of(event: &str) -> Self {
        static AUDIENCES: OnceLock<HashMap<&'static str, Audience>> = OnceLock::new();
        let audiences = AUDIENCES.get_or_init(|| {
            let frames = GROUPS.iter().copied().flatten();
            let listed = frames.filter_map(|frame| Some((frame.name, frame.audience?)));
            listed.chain([(BLOCKS_CHANGED, Self::Server)]).collect()
        });
        audiences.get(event).copied().unwrap_or(Self::Personal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_one_audience() {
        let frames = || GROUPS.iter().copied().flatten();
        for frame in frames() {
            let all = frames().filter(|other| other.name == frame.name);
            let audiences: Vec<Audience> = all.filter_map(|other| other.audience).collect();
            assert!(audiences.len() <= 1, "{}: {audiences:?}", frame.name);
        }
    }

    #[test]
    fn of_finds_the_audience_of_an_event() {
        for (event, audience) in [
            ("new_message", Audience::Messages),
            ("typing", Audience::Messages),
            ("resync", Audience::Anyone),
            ("user_status", Audience::Presence),
            ("message_read", Audience::Chats),
            ("game_invite", Audience::Personal),
            ("blocks_changed", Audience::Server),
            ("of_a_newer_version", Audience::Personal),
        ] {
            assert_eq!(Audience::of(event), audience, "{event}");
        }
    }
}
