//! The error codes of this crate.

kernel::error_codes! {
    /// Errors of invites.
    pub enum Error {
        NotAllowed = "invites.not_welcome", Forbidden, "This user does not accept invites from you.";
        YouArePlaying = "invites.you_are_playing", Conflict, "You are already in a match. Finish it first.";
        OpponentPlaying = "invites.opponent_busy", Conflict, "The other player is already in a match. Try again later.";
        AlreadyPending = "invites.already_pending", Conflict, "You have already invited this user. Wait for an answer, or cancel the invite.";
        Crossed = "invites.crossed", Conflict, "This user has invited you with another game or other options. Answer that invite first.";
        TooManyOpen = "invites.too_many_open", Conflict, "Too many of your invites are pending. Cancel some first.";
        UnknownGame = "invites.unknown_game", Invalid, "Unknown game.";
        OptionsInvalid = "invites.options_invalid", Invalid, "Some options of the game are not valid.";
        NotFound = "invites.not_found", NotFound, "Invite not found.";
        AlreadyAccepted = "invites.already_accepted", Conflict, "This invite has already been accepted.";
        Declined = "invites.declined", Conflict, "This invite has been declined.";
        Canceled = "invites.canceled", Conflict, "This invite has been canceled.";
        Expired = "invites.expired", Gone, "This invite has expired.";
        MatchNotFound = "invites.match_not_found", NotFound, "Match not found.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn codes_are_unique_and_start_with_invites() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        assert!(names.iter().all(|name| name.starts_with("invites.")));
    }
}
