//! The refusals of sockets themselves.

kernel::error_codes! {
    /// Why a socket says no before any domain does.
    pub enum Error {
        OtherChat = "sockets.other_chat", Forbidden, "This socket is for one chat, and that is another.";
        TournamentNotFound = "tournaments.not_found", NotFound, "There is no such tournament that you can see.";
    }
}
