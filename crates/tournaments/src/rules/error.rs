//! Why the rules refuse a step.

use super::{EntrantNumber, SlotKey};

/// A step that the rules do not allow. A service turns it into an error code of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The format takes more entrants.
    #[error("there are {entrants} entrants, and the format takes at least {min}")]
    TooFewEntrants {
        /// How many there are.
        entrants: usize,
        /// How many it takes.
        min: usize,
    },
    /// The format takes fewer entrants.
    #[error("there are {entrants} entrants, and the format takes at most {max}")]
    TooManyEntrants {
        /// How many there are.
        entrants: usize,
        /// How many it takes.
        max: usize,
    },
    /// The number of rounds is not possible with this format and these entrants.
    #[error("the number of rounds must be from {min} to {max}")]
    RoundsOutOfRange {
        /// The least number.
        min: u16,
        /// The greatest number.
        max: u16,
    },
    /// A seeding by hand names an entrant twice, or not at all.
    #[error("a seeding by hand must name each entrant once")]
    IncompleteSeeding,
    /// There is no such slot.
    #[error("there is no slot {0}")]
    UnknownSlot(SlotKey),
    /// There is no such entrant.
    #[error("there is no entrant {}", .0.0)]
    UnknownEntrant(EntrantNumber),
    /// The entrant is not one of the two in the slot.
    #[error("the entrant is not one of the two in the slot")]
    NotInSlot,
    /// The status of the slot or of the tournament does not allow the step.
    #[error("the status does not allow this step")]
    WrongStatus,
    /// A player of the slot is in another slot that is called or live.
    #[error("a player is in another match")]
    PlayerBusy,
    /// It is too early to call the slot.
    #[error("the slot cannot be called yet")]
    NotDue,
    /// The time for this step is over, or a slot that depends on this one is live or done.
    #[error("it is too late for this step")]
    TooLate,
    /// The tournament is paused.
    #[error("the tournament is paused")]
    Paused,
    /// The pairing was computed from another state of the tournament.
    #[error("the pairing does not fit the state of the tournament")]
    OutdatedPairing,
    /// The entrants who are left cannot be paired without a forbidden pair.
    #[error("no pairing is possible")]
    NoPairing,
}
