//! The error codes of this crate.

kernel::error_codes! {
    /// Errors of games.
    pub enum Error {
        UnknownGame = "games.unknown_game", Invalid, "This game is not in the catalogue.";
        OptionsInvalid = "games.options_invalid", Invalid, "Some options do not fit the game.";
        NotNow = "games.not_now", Conflict, "This is not possible now.";
        NoPauseLeft = "games.no_pause_left", Conflict, "You cannot pause this match any more.";
        NotYourPause = "games.not_your_pause", Conflict, "Only the player who paused the match can resume it.";
        NotYourTurn = "games.not_your_turn", Conflict, "It is the other player's turn.";
        MoveNotAllowed = "games.move_not_allowed", Conflict, "The rules do not allow this move.";
        NotAPlayer = "games.not_a_player", Forbidden, "Only the players of the match can do this.";
        NoRematchOffer = "games.no_rematch_offer", Conflict, "The other player does not offer a rematch.";
        TableNotHere = "games.table_not_here", Unavailable, "The match is on another server.";
        RecordDamaged = "games.record_damaged", Internal, "The record of this match is damaged.";
        GameNotFound = "games.game_not_found", NotFound, "There is no such game.";
        UnknownLevel = "games.unknown_level", Invalid, "The computer has no such level in this game.";
        NamesInvalid = "games.names_invalid", Invalid, "Give two different names of 1 to 24 visible characters.";
        NeverRanked = "games.never_ranked", Invalid, "Matches against the computer and at one keyboard are never ranked.";
        Engaged = "games.engaged", Conflict, "You are in another match. Finish it first.";
        OpponentEngaged = "games.opponent_engaged", Conflict, "The other player is in another match.";
        Queued = "games.queued", Conflict, "You are in the queue already.";
        Barred = "games.barred", Forbidden, "You left too many matches and cannot queue for a while.";
        MatchNotFound = "games.match_not_found", NotFound, "There is no such match.";
        MatchPrivate = "games.match_private", Forbidden, "Only friends of both players can see this match.";
        MatchLive = "games.match_live", Conflict, "The match has not ended yet.";
        NoReplay = "games.no_replay", NotFound, "There is no replay of this match.";
        ChatInvalid = "games.chat_invalid", Invalid, "Messages in a match must be 1 to 500 visible characters long.";
        SeasonInvalid = "games.season_invalid", Invalid, "Seasons are named as in 2026-Q4.";
        NotRanked = "games.not_ranked", NotFound, "You are not on this leaderboard yet.";
        HistoryPrivate = "games.history_private", Forbidden, "This user does not show their matches.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn codes_are_unique_and_start_with_games() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        assert!(names.iter().all(|name| name.starts_with("games.")));
    }
}
