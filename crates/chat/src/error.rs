//! The error codes of this crate.

kernel::error_codes! {
    /// An error of chat.
    pub enum Error {
        // Access. A chat that the actor may not see is reported as missing.
        NotAMember = "chat.not_a_member", NotFound, "This chat does not exist, or you are not a member of it.";
        NotFriends = "chat.not_friends", Forbidden, "You can only write to friends.";
        AccountDeleted = "chat.account_deleted", Gone, "This account was deleted. You can read the conversation, but not continue it.";
        LobbyNotFound = "chat.lobby_not_found", NotFound, "There is no lobby with this name.";
        LobbyNameInvalid = "chat.lobby_name_invalid", Invalid, "Lobby names have 1 to 40 letters, digits, “-” or “_”, and begin with a letter or digit.";
        NotALobby = "chat.not_a_lobby", Conflict, "Only lobbies can be left. You leave a room by leaving the group, party or match it belongs to.";

        // Messages.
        MessageNotFound = "chat.message_not_found", NotFound, "This message does not exist, or you cannot see it.";
        MessageDeleted = "chat.message_deleted", Gone, "This message was deleted by its sender.";
        NotYourMessage = "chat.not_your_message", Forbidden, "Only the sender of a message can edit or delete it.";
        OwnMessage = "chat.own_message", Forbidden, "You cannot like your own message.";
        ContentEmpty = "chat.content_empty", Invalid, "Messages cannot be empty.";
        ContentTooLong = "chat.content_too_long", Invalid, "Messages can have at most 2000 characters.";
        ContentControlCharacter = "chat.content_control_character", Invalid, "Control characters other than line breaks and tabs are not allowed.";
        ClientIdInvalid = "chat.client_id_invalid", Invalid, "Client ids have 1 to 100 visible ASCII characters and do not begin with `~`.";
        ClientIdReused = "chat.client_id_reused", Conflict, "You have already sent a different message with this client id.";
        TimestampInvalid = "chat.timestamp_invalid", Invalid, "Timestamps can have at most 100 characters.";
        ReplyNotFound = "chat.reply_not_found", Invalid, "The message you reply to is not in this chat.";
        ReportOwnMessage = "chat.report_own_message", Forbidden, "You cannot report your own message. You can delete it.";
        ReportNeedsDetails = "chat.report_needs_details", Invalid, "Describe what is wrong with the message.";
        AlreadyReported = "chat.already_reported", Conflict, "You have already reported this message.";
        Busy = "chat.busy", TooMany, "Too many messages are being sent in this chat. Try again in a moment.";
        CursorUnknown = "chat.cursor_unknown", Invalid, "The message that this page starts from is not in this chat.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn codes_are_unique_and_begin_with_chat() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        assert!(names.iter().all(|name| name.starts_with("chat.")));
    }
}
