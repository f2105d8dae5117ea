//! How the sockets of one path speak and listen. What is different between paths is said here and
//! in the path's own [`ChannelHandler`](super::session::ChannelHandler); everything else is the same for all.

use super::frame::{EnvelopeStyle, Message};

/// How the sockets of a path speak and listen.
#[derive(Debug)]
pub struct ChannelSpec {
    /// The path, as its route is written.
    pub path: &'static str,
    /// Which key names its frames.
    pub style: EnvelopeStyle,
    /// Whether it hears every chat of its person, also those they join later.
    pub follows_chats: bool,
    /// Whether it begins with how each friend can be found.
    pub shows_friends: bool,
    /// Whether the client is told a message of the rooms and people it listens to.
    pub forwards: fn(&Message) -> bool,
    /// Whether a message makes the handler [look](super::session::ChannelHandler::recheck) again at what is
    /// allowed or shown here.
    pub rechecks_on: fn(&Message) -> bool,
}

/// Everything but what only changes who hears what: somebody who is blocked must not learn of it.
pub fn everything(message: &Message) -> bool {
    message.name != "blocks_changed"
}

/// Nothing at all.
pub fn nothing(_message: &Message) -> bool {
    false
}

/// What is said and done in a chat.
pub fn talk(message: &Message) -> bool {
    matches!(
        message.name.as_str(),
        "new_message"
            | "message_edited"
            | "message_deleted"
            | "chat_like_update"
            | "typing"
            | "resync"
    )
}

/// How friends can be found.
pub fn presence(message: &Message) -> bool {
    matches!(
        message.name.as_str(),
        "user_online" | "user_offline" | "user_status"
    )
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;

    #[test]
    fn each_path_hears_its_own_alone() {
        let named = |name: &str| Message::of(name, &(), Timestamp::from_micros(0)).unwrap();
        for (name, is_talk, is_presence) in [
            ("new_message", true, false),
            ("typing", true, false),
            ("resync", true, false),
            ("user_status", false, true),
            ("message_read", false, false),
            ("game_invite", false, false),
        ] {
            let message = named(name);
            assert_eq!((talk(&message), presence(&message)), (is_talk, is_presence));
            assert!(everything(&message) && !nothing(&message));
        }
        assert!(!everything(&named("blocks_changed")));
    }
}
