//! Entrants.

/// The number of an entrant in its tournament, by order of registration from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntrantNumber(pub u32);

/// Who sits at the keyboard, numbered within the tournament: entrants whom the connection of one host plays have the
/// same player, and one player is in one match at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlayerNumber(pub u32);

/// What the seeding by rating goes by. The greatest is the first seed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum SeedRating {
    /// A player without an account, or without a rating.
    #[default]
    Unrated,
    /// A rating that few matches support: behind all established ones.
    Provisional(i32),
    /// A rating.
    Established(i32),
}

/// What an entrant is to its tournament.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntrantStatus {
    /// On the waiting list.
    Waiting,
    /// Registered.
    Registered,
    /// Registered, and has checked in.
    CheckedIn,
    /// Takes part.
    Playing,
    /// Plays no more: lost what there was to lose, or did not come.
    Out,
    /// Left.
    Withdrawn,
    /// Was disqualified.
    Disqualified,
}

/// Somebody who takes part in a tournament, or wants to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entrant {
    /// The number in the tournament.
    pub number: EntrantNumber,
    /// Who plays for the entrant.
    pub player: PlayerNumber,
    /// What the seeding by rating goes by.
    pub rating: SeedRating,
    /// The seed, from 1. `None` before the start.
    pub seed: Option<u16>,
    /// What the entrant is to the tournament.
    pub status: EntrantStatus,
    /// Whether the entrant says that it is here: it has checked in, also from the waiting list; in Swiss `false` after
    /// a no-show until it says otherwise.
    pub present: bool,
    /// The first round it takes part in: 1, and more after a late entry.
    pub first_round: u16,
    /// Swiss: the round for which it asked for a bye.
    pub requested_bye: Option<u16>,
}

impl Entrant {
    /// An entrant who has just registered, without a rating, and plays for itself.
    #[must_use]
    pub const fn new(number: EntrantNumber) -> Self {
        Self {
            number,
            player: PlayerNumber(number.0),
            rating: SeedRating::Unrated,
            seed: None,
            status: EntrantStatus::Registered,
            present: true,
            first_round: 1,
            requested_bye: None,
        }
    }

    /// Whether the entrant left or was disqualified.
    #[must_use]
    pub const fn was_removed(&self) -> bool {
        matches!(
            self.status,
            EntrantStatus::Withdrawn | EntrantStatus::Disqualified
        )
    }

    /// Whether the entrant still takes part.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.status == EntrantStatus::Playing
    }
}
