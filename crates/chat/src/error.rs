//! The catalogue of refusals of this crate.

kernel::error_codes! {
    /// Why chat says no.
    pub enum Error {
        // Who may be here. What one is not in looks like what is not there.
        NotAMember = "chat.not_a_member", NotFound, "There is no such chat that you are in.";
        NotFriends = "chat.not_friends", Forbidden, "Only friends can write to each other.";
        AccountDeleted = "chat.account_deleted", Gone, "This account was deleted. The conversation can be read, but not continued.";
        LobbyNotFound = "chat.lobby_not_found", NotFound, "There is no lobby with this name.";
        LobbyNameInvalid = "chat.lobby_name_invalid", Invalid, "A lobby's name has 1 to 40 letters, digits, `-` or `_`, and begins with a letter or digit.";
        NotALobby = "chat.not_a_lobby", Conflict, "Only lobbies can be left here; people come to rooms and leave them where the room belongs.";

        // Messages.
        MessageNotFound = "chat.message_not_found", NotFound, "There is no such message that you can see.";
        MessageDeleted = "chat.message_deleted", Gone, "This message was deleted by its sender.";
        NotYourMessage = "chat.not_your_message", Forbidden, "Only its sender can change or delete a message.";
        OwnMessage = "chat.own_message", Forbidden, "You cannot like your own message.";
        ContentEmpty = "chat.content_empty", Invalid, "Write something.";
        ContentTooLong = "chat.content_too_long", Invalid, "too long: 2000 characters at most.";
        ContentControlCharacter = "chat.content_control_character", Invalid, "Control characters other than line breaks and tabs are not allowed.";
        ClientIdInvalid = "chat.client_id_invalid", Invalid, "A client's id has 1 to 100 visible ASCII characters and does not begin with `~`.";
        ClientIdReused = "chat.client_id_reused", Conflict, "You have sent another message with this id.";
        MarkInvalid = "chat.timestamp_invalid", Invalid, "A mark has at most 100 characters.";
        ReplyNotFound = "chat.reply_not_found", Invalid, "The message it answers is not in this chat.";
        ReportOwnMessage = "chat.report_own_message", Forbidden, "You cannot report your own message; delete it.";
        ReportNeedsDetails = "chat.report_needs_details", Invalid, "Say what is wrong with it.";
        AlreadyReported = "chat.already_reported", Conflict, "You have reported this message already.";
        Busy = "chat.busy", TooMany, "More is written in this chat than can be stored just now; try again in a moment.";
        CursorUnknown = "chat.cursor_unknown", Invalid, "There is no such message in this chat.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn each_code_is_its_own_and_belongs_here() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        assert!(names.iter().all(|name| name.starts_with("chat.")));
    }
}
