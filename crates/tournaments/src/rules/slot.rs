//! Slots: the places in a bracket or in a round where a match is played.

use std::fmt;

use super::{EntrantNumber, UnixMillis};

/// A part of a tournament.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bracket {
    /// The bracket of single elimination, and the upper one of double elimination.
    Upper,
    /// Where losers of the upper bracket go on in double elimination.
    Lower,
    /// The grand final of double elimination; round 2 is its second match.
    Final,
    /// The match for the third place of single elimination.
    ThirdPlace,
    /// The rounds of round robin.
    RoundRobin,
    /// The matches for the first place of round robin.
    PlayOff,
    /// The rounds of Swiss.
    Swiss,
}

/// Where a slot is in its tournament.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotKey {
    /// The part of the tournament.
    pub bracket: Bracket,
    /// The round in that part, from 1.
    pub round: u16,
    /// The position in that round, from 1.
    pub position: u16,
}

impl SlotKey {
    /// The first match of the grand final of double elimination.
    pub const GRAND_FINAL: Self = Self::new(Bracket::Final, 1, 1);
    /// The second match of the grand final, which exists only if the lower champion wins the first.
    pub const GRAND_FINAL_RESET: Self = Self::new(Bracket::Final, 2, 1);

    /// The slot at this position.
    #[must_use]
    pub const fn new(bracket: Bracket, round: u16, position: u16) -> Self {
        Self {
            bracket,
            round,
            position,
        }
    }
}

impl fmt::Display for SlotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}.{}", self.bracket, self.round, self.position)
    }
}

/// One of the two sides of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotSide {
    /// The first.
    A,
    /// The second.
    B,
}

impl SlotSide {
    /// Both sides.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Something for each side of a slot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PerSide<T> {
    /// That of the first side.
    pub a: T,
    /// That of the second side.
    pub b: T,
}

impl<T> PerSide<T> {
    /// One for each side.
    pub const fn new(a: T, b: T) -> Self {
        Self { a, b }
    }

    /// That of a side.
    pub const fn get(&self, side: SlotSide) -> &T {
        match side {
            SlotSide::A => &self.a,
            SlotSide::B => &self.b,
        }
    }

    /// That of a side.
    pub const fn get_mut(&mut self, side: SlotSide) -> &mut T {
        match side {
            SlotSide::A => &mut self.a,
            SlotSide::B => &mut self.b,
        }
    }

    /// Both, each with its side.
    pub fn iter(&self) -> impl Iterator<Item = (SlotSide, &T)> {
        [(SlotSide::A, &self.a), (SlotSide::B, &self.b)].into_iter()
    }

    /// The same function of both.
    pub fn map<U>(self, f: impl Fn(T) -> U) -> PerSide<U> {
        PerSide::new(f(self.a), f(self.b))
    }
}

/// Where the entrant of a side comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotSource {
    /// The entrant with this seed.
    Seed(u16),
    /// There is nobody: the other side advances.
    Bye,
    /// Who wins that slot.
    WinnerOf(SlotKey),
    /// Who loses that slot.
    LoserOf(SlotKey),
    /// The entrant was paired for this round.
    Paired,
}

impl SlotSource {
    /// The slot that decides who it is.
    #[must_use]
    pub const fn slot(self) -> Option<SlotKey> {
        match self {
            Self::WinnerOf(key) | Self::LoserOf(key) => Some(key),
            Self::Seed(_) | Self::Bye | Self::Paired => None,
        }
    }
}

/// Who is on a side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Occupant {
    /// It is not decided yet.
    #[default]
    Unknown,
    /// Nobody will be.
    Nobody,
    /// This entrant.
    Entrant(EntrantNumber),
}

impl Occupant {
    /// The entrant, if there is one.
    #[must_use]
    pub const fn entrant(self) -> Option<EntrantNumber> {
        match self {
            Self::Entrant(number) => Some(number),
            Self::Unknown | Self::Nobody => None,
        }
    }
}

/// A side of another slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotFeed {
    /// The slot.
    pub slot: SlotKey,
    /// Its side.
    pub side: SlotSide,
}

/// How far a slot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlotStatus {
    /// An entrant is not known.
    Unknown,
    /// Both are known, and the match is not open.
    Waiting,
    /// The match is open and waits for both.
    Called,
    /// The match is being played.
    Live,
    /// Decided by play, or by the organizer.
    Done,
    /// Decided without play.
    Walkover,
    /// Over without anybody who advances.
    Void,
}

impl SlotStatus {
    /// Whether nothing more is expected to happen.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Walkover | Self::Void)
    }

    /// Whether a match exists that is not over.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Called | Self::Live)
    }
}

/// How a result came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultKind {
    /// It was played to its end.
    Played,
    /// One side gave up, or was away for too long, during the match.
    Forfeit,
    /// Who is absent did not come to the match.
    NoShow,
    /// Who lost had left or was disqualified before the match began, or nobody came out of the slot before.
    Removal,
    /// Pairing or bracket had no opponent.
    Bye,
    /// Swiss: the entrant asked not to be paired in this round.
    RequestedBye,
    /// The organizer decided.
    Awarded,
    /// The deadline of the round came, and the score at that time counts.
    Judged,
}

/// The result of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotResult {
    /// Who won. `None` is a draw, or that both were absent.
    pub winner: Option<SlotSide>,
    /// The points of both, if it was played.
    pub score: Option<PerSide<u16>>,
    /// How it came about.
    pub how: ResultKind,
}

impl SlotResult {
    /// A match that was played to its end and won by a side.
    #[must_use]
    pub const fn played(winner: SlotSide, a: u16, b: u16) -> Self {
        Self {
            winner: Some(winner),
            score: Some(PerSide::new(a, b)),
            how: ResultKind::Played,
        }
    }

    /// A match that was played to its end without a winner.
    #[must_use]
    pub const fn drawn(a: u16, b: u16) -> Self {
        Self {
            winner: None,
            score: Some(PerSide::new(a, b)),
            how: ResultKind::Played,
        }
    }

    /// A result without play.
    #[must_use]
    pub const fn unplayed(winner: Option<SlotSide>, how: ResultKind) -> Self {
        Self {
            winner,
            score: None,
            how,
        }
    }
}

/// An entrant's objection to a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dispute {
    /// Who objected.
    pub by: EntrantNumber,
    /// Until when the slots that depend on the result are not called.
    pub until: UnixMillis,
}

/// A slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BracketSlot {
    /// Where it is.
    pub key: SlotKey,
    /// Where its entrants come from.
    pub sources: PerSide<SlotSource>,
    /// Its entrants.
    pub occupants: PerSide<Occupant>,
    /// Where the winner goes.
    pub winner_to: Option<SlotFeed>,
    /// Where the loser goes.
    pub loser_to: Option<SlotFeed>,
    /// How far it is.
    pub status: SlotStatus,
    /// The result, if it is over.
    pub result: Option<SlotResult>,
    /// `Waiting`: from when it can be called, `None` while its round has not begun. `Called`: when who has not come is
    /// absent. `None` in all other statuses.
    pub due: Option<UnixMillis>,
    /// When it was over.
    pub ended_at: Option<UnixMillis>,
    /// The objection that is not settled.
    pub dispute: Option<Dispute>,
}

impl BracketSlot {
    /// A slot whose entrants are not known.
    #[must_use]
    pub const fn new(key: SlotKey, sources: PerSide<SlotSource>) -> Self {
        Self {
            key,
            sources,
            occupants: PerSide::new(Occupant::Unknown, Occupant::Unknown),
            winner_to: None,
            loser_to: None,
            status: SlotStatus::Unknown,
            result: None,
            due: None,
            ended_at: None,
            dispute: None,
        }
    }

    /// Whether both sides can have an entrant.
    #[must_use]
    pub fn is_match(&self) -> bool {
        self.sources.a != SlotSource::Bye && self.sources.b != SlotSource::Bye
    }

    /// The side of an entrant.
    #[must_use]
    pub fn side_of(&self, entrant: EntrantNumber) -> Option<SlotSide> {
        let wanted = Occupant::Entrant(entrant);
        SlotSide::BOTH
            .into_iter()
            .find(|side| *self.occupants.get(*side) == wanted)
    }

    /// Who won.
    #[must_use]
    pub fn winner(&self) -> Option<EntrantNumber> {
        let side = self.result?.winner?;
        self.occupants.get(side).entrant()
    }

    /// Who lost to somebody, or to nobody.
    #[must_use]
    pub fn loser(&self) -> Option<EntrantNumber> {
        let side = self.result?.winner?.other();
        self.occupants.get(side).entrant()
    }
}
