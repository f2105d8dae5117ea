//! How matches end.

use std::time::Duration;

use crate::Seat;

/// How a finished match ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// A player reached the score.
    Score,
    /// The time limit passed, and a player led.
    Time,
    /// The first point after a draw at the time limit.
    SuddenDeath,
    /// Three in a row, or a full board.
    Board,
    /// A player ran out of time for a move.
    Clock,
    /// A player resigned.
    Resignation,
    /// A player was absent for too long.
    Forfeit,
}

kernel::text_enum!(EndReason {
    Score = "score",
    Time = "time",
    SuddenDeath = "sudden_death",
    Board = "board",
    Clock = "clock",
    Resignation = "resignation",
    Forfeit = "forfeit",
});

/// Why a match ended without a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchCancelReason {
    /// A player did not come in time.
    NoShow,
    /// A player left before the start.
    Declined,
    /// A player left before the first point.
    Abort,
    /// Both players were absent.
    Void,
    /// The server could not go on with it.
    Server,
}

kernel::text_enum!(MatchCancelReason {
    NoShow = "no_show",
    Declined = "declined",
    Abort = "abort",
    Void = "void",
    Server = "server",
});

/// The result of a finished match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchOutcome {
    /// The winner, or nobody in a draw.
    pub winner: Option<Seat>,
    /// How it ended.
    pub reason: EndReason,
    /// The points of both seats.
    pub score: [u32; 2],
}

/// A point, and when it was scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedPoint {
    /// The point.
    pub point: PointScored,
    /// The time since the start of the match, pauses not counted.
    pub at: Duration,
}

/// A point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointScored {
    /// The number of ticks or moves until it.
    pub tick: u32,
    /// Who scored.
    pub seat: Seat,
    /// The hits of the rally.
    pub rally: u32,
}

/// How a match ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchEnding {
    /// With a result.
    Finished(MatchOutcome),
    /// Without one.
    Canceled {
        /// Why.
        reason: MatchCancelReason,
        /// Whose fault it was, by seat.
        at_fault: [bool; 2],
    },
}
