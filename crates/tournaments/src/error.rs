//! The error codes of this crate.

kernel::error_codes! {
    /// Why a request about tournaments is refused.
    pub enum Error {
        NotFound = "tournaments.not_found", NotFound, "Tournament not found.";
        NameInvalid = "tournaments.name_invalid", Invalid, "Tournament names must be 3 to 60 visible characters long and contain a letter or digit.";
        DescriptionInvalid = "tournaments.description_invalid", Invalid, "Tournament descriptions must be at most 2000 characters long and contain no control or invisible characters.";
        UnknownGame = "tournaments.unknown_game", Invalid, "There are no tournaments of this game.";
        OptionsInvalid = "tournaments.options_invalid", Invalid, "Some options of the matches do not fit the game.";
        SettingsInvalid = "tournaments.settings_invalid", Invalid, "Some settings do not fit the format of the tournament.";
        AliasInvalid = "tournaments.alias_invalid", Invalid, "Aliases must be 1 to 24 visible characters long and contain a letter or digit.";
        AliasTaken = "tournaments.alias_taken", Conflict, "An entrant with this alias, or one that looks like it, is registered.";
        NotOrganizer = "tournaments.not_organizer", Forbidden, "Only the organizers of the tournament can do this.";
        NotInvited = "tournaments.not_invited", Forbidden, "Only users who are invited can enter this tournament.";
        WrongState = "tournaments.wrong_state", Conflict, "The state of the tournament does not allow this.";
        AlreadyRegistered = "tournaments.already_registered", Conflict, "You are registered for this tournament already.";
        NotRegistered = "tournaments.not_registered", Conflict, "You are not registered for this tournament.";
        WaitingListFull = "tournaments.waiting_list_full", Conflict, "The tournament and its waiting list are full.";
        TooManyLocals = "tournaments.too_many_locals", Conflict, "You host the maximum number of local players.";
        TooFewEntrants = "tournaments.too_few_entrants", Conflict, "There are too few entrants to start.";
        TooManyTournaments = "tournaments.too_many_tournaments", Conflict, "You organize the maximum number of tournaments that have not ended.";
        TooManyOrganizers = "tournaments.too_many_organizers", Conflict, "The tournament has the maximum number of co-organizers.";
        TooManyInvitations = "tournaments.too_many_invitations", Conflict, "The maximum number of users is invited to this tournament.";
        NotWelcome = "tournaments.not_welcome", Forbidden, "This user does not accept your invitations to tournaments.";
        EntrantNotFound = "tournaments.entrant_not_found", NotFound, "There is no such entrant.";
        SeedsIncomplete = "tournaments.seeds_incomplete", Invalid, "The order must name each entrant once.";
        SlotNotFound = "tournaments.slot_not_found", NotFound, "There is no such slot in the bracket.";
        NotYourSlot = "tournaments.not_your_slot", Forbidden, "Only the entrants of a match can dispute it.";
        TooLate = "tournaments.too_late", Conflict, "It is too late for this: the time is over, or the tournament has gone on.";
        WinnerInvalid = "tournaments.winner_invalid", Invalid, "The winner must be one of the two entrants.";
        HistoryPrivate = "tournaments.history_private", Forbidden, "This user does not show their tournaments.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn codes_are_unique_and_start_with_tournaments() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        assert!(names.iter().all(|name| name.starts_with("tournaments.")));
    }
}
