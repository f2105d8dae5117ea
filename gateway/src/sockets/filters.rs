//! Which messages the sockets of a path are sent.

use realtime::ServerMessage;

/// Everything except what only changes who sees what: whoever is blocked must not learn of it.
#[must_use]
pub fn everything(message: &ServerMessage) -> bool {
    message.name != "blocks_changed"
}

/// Nothing.
#[must_use]
pub fn nothing(_message: &ServerMessage) -> bool {
    false
}

/// What happens in a chat.
#[must_use]
pub fn talk(message: &ServerMessage) -> bool {
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

/// Who is online.
#[must_use]
pub fn presence(message: &ServerMessage) -> bool {
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
    fn each_path_is_sent_its_own_messages_only() {
        let named =
            |name: &str| ServerMessage::ephemeral(name, &(), Timestamp::from_micros(0)).unwrap();
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
