//! The catalogue of refusals of this crate.

kernel::error_codes! {
    /// Why invites say no.
    pub enum Error {
        NotWelcome = "invites.not_welcome", Forbidden, "This person takes no invites from you.";
        YouArePlaying = "invites.you_are_playing", Conflict, "You are in a match; finish it first.";
        TheyArePlaying = "invites.opponent_busy", Conflict, "They are in a match; try again later.";
        AlreadyPending = "invites.already_pending", Conflict, "You have invited them already; wait for the answer or take it back.";
        Crossed = "invites.crossed", Conflict, "They have invited you to another game or with other options; answer that invite first.";
        TooManyOpen = "invites.too_many_open", Conflict, "Too many of your invites wait for an answer; take some back first.";
        UnknownGame = "invites.unknown_game", Invalid, "There is no such game in the catalogue.";
        OptionsInvalid = "invites.options_invalid", Invalid, "Some options of the game are not right.";
        NotFound = "invites.not_found", NotFound, "There is no such invite to or from you.";
        AlreadyAccepted = "invites.already_accepted", Conflict, "This invite was accepted; the match is on.";
        Declined = "invites.declined", Conflict, "This invite was declined.";
        Canceled = "invites.canceled", Conflict, "This invite was taken back.";
        Expired = "invites.expired", Gone, "This invite has expired.";
        MatchNotFound = "invites.match_not_found", NotFound, "There is no such finished match of yours.";
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
        assert!(names.iter().all(|name| name.starts_with("invites.")));
    }
}
