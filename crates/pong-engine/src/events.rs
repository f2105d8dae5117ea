//! The events of a tick.

use core::fmt;
use core::ops::{BitOr, BitOrAssign};

use crate::side::Side;

/// An event of a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Event {
    /// The ball was served.
    Serve,
    /// This side's paddle returned the ball.
    Hit(Side),
    /// The ball bounced off a wall, once or more.
    Wall,
    /// This side scored.
    Point(Side),
    /// A coin began to cross the field.
    CoinAppeared,
    /// The coin left the field untouched.
    CoinLeft,
    /// This side's ball hit the coin, and an effect began.
    Coin(Side),
    /// The effect ended.
    EffectOver,
    /// The time is up and the score is even: the next point decides.
    SuddenDeath,
    /// The match is over.
    End,
}

impl Event {
    const ALL: [Self; 13] = [
        Self::Hit(Side::Left),
        Self::Hit(Side::Right),
        Self::Wall,
        Self::Coin(Side::Left),
        Self::Coin(Side::Right),
        Self::Point(Side::Left),
        Self::Point(Side::Right),
        Self::SuddenDeath,
        Self::EffectOver,
        Self::CoinLeft,
        Self::CoinAppeared,
        Self::Serve,
        Self::End,
    ];

    const fn bit(self) -> u16 {
        match self {
            Self::Hit(Side::Left) => 1,
            Self::Hit(Side::Right) => 1 << 1,
            Self::Wall => 1 << 2,
            Self::Coin(Side::Left) => 1 << 3,
            Self::Coin(Side::Right) => 1 << 4,
            Self::Point(Side::Left) => 1 << 5,
            Self::Point(Side::Right) => 1 << 6,
            Self::SuddenDeath => 1 << 7,
            Self::EffectOver => 1 << 8,
            Self::CoinLeft => 1 << 9,
            Self::CoinAppeared => 1 << 10,
            Self::Serve => 1 << 11,
            Self::End => 1 << 12,
        }
    }
}

/// The events of a tick: a set of [`Event`]s in two bytes.
///
/// ```
/// use pong_engine::{Event, Events, Side};
/// let events = Events::from(Event::Point(Side::Left)) | Event::End.into();
/// assert!(events.contains(Event::End) && events.scorer() == Some(Side::Left));
/// assert_eq!(events.iter().count(), 2);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Events(u16);

impl Events {
    /// No events.
    pub const NONE: Self = Self(0);
    pub(crate) const WALL: Self = Self(Event::Wall.bit());
    /// Events that change nothing but the ball, and the paddles in a long rally.
    #[cfg(feature = "batch")]
    pub(crate) const BOUNCES: Self =
        Self(Event::Wall.bit() + Event::Hit(Side::Left).bit() + Event::Hit(Side::Right).bit());

    /// Whether there are no events.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the set contains this event.
    pub const fn contains(self, event: Event) -> bool {
        self.0 & event.bit() != 0
    }

    /// Whether the set contains other events than these.
    #[cfg(feature = "batch")]
    pub(crate) const fn has_others_than(self, these: Self) -> bool {
        self.0 & !these.0 != 0
    }

    /// The side that scored, if one did.
    pub fn scorer(self) -> Option<Side> {
        Side::BOTH
            .into_iter()
            .find(|side| self.contains(Event::Point(*side)))
    }

    /// The events, in the order in which a tick processes them.
    pub fn iter(self) -> EventsIter {
        EventsIter { remaining: self.0 }
    }

    /// The same events with the sides exchanged.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        const LEFT: u16 = Event::Hit(Side::Left).bit()
            + Event::Coin(Side::Left).bit()
            + Event::Point(Side::Left).bit();
        // Each right-hand event is the bit above its left-hand one.
        let rest = self.0 & !(LEFT + (LEFT << 1));
        Self(rest + ((self.0 & LEFT) << 1) + ((self.0 >> 1) & LEFT))
    }

    /// The events as bits, for storage and transmission; stable across versions. From bit 0:
    /// hit left, hit right, wall, coin left, coin right, point left, point right, sudden death,
    /// effect over, coin left the field, coin appeared, serve, end.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Reads what [`Self::bits`] returned; `None` if other bits are set.
    pub const fn from_bits(bits: u16) -> Option<Self> {
        if bits >> Event::ALL.len() == 0 {
            Some(Self(bits))
        } else {
            None
        }
    }

    /// This event if the condition holds, else none.
    pub(crate) fn when(event: Event, condition: bool) -> Self {
        if condition { event.into() } else { Self::NONE }
    }
}

impl IntoIterator for Events {
    type Item = Event;
    type IntoIter = EventsIter;

    fn into_iter(self) -> EventsIter {
        self.iter()
    }
}

/// The events of a set, in the order in which a tick processes them.
#[derive(Clone, Debug)]
pub struct EventsIter {
    remaining: u16,
}

impl Iterator for EventsIter {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let event = Event::ALL
            .get(self.remaining.trailing_zeros() as usize)
            .copied()?;
        self.remaining &= self.remaining - 1;
        Some(event)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.remaining.count_ones() as usize;
        (count, Some(count))
    }
}

impl ExactSizeIterator for EventsIter {}
impl core::iter::FusedIterator for EventsIter {}

impl From<Event> for Events {
    fn from(event: Event) -> Self {
        Self(event.bit())
    }
}

impl BitOr for Events {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Events {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrored_swaps_the_sides_of_each_event() {
        let mut seen = Events::NONE;
        for event in Event::ALL {
            assert!(!seen.contains(event));
            seen |= event.into();
            let expected = match event {
                Event::Hit(side) => Event::Hit(side.other()),
                Event::Coin(side) => Event::Coin(side.other()),
                Event::Point(side) => Event::Point(side.other()),
                same => same,
            };
            assert_eq!(Events::from(event).mirrored(), expected.into());
        }
        assert!(seen.iter().eq(Event::ALL) && seen.mirrored() == seen);
        assert_eq!(Events::from_bits(seen.bits()), Some(seen));
        assert_eq!(
            (seen.into_iter().len(), Events::NONE.iter().next()),
            (13, None)
        );
        assert_eq!(Events::from_bits(seen.bits() + 1), None);
    }

    #[test]
    fn bits_are_stable_across_versions() {
        assert!(Events::NONE.is_empty() && Events::NONE.bits() == 0);
        for (at, event) in Event::ALL.into_iter().enumerate() {
            let events = Events::from(event);
            assert!(!events.is_empty() && events.bits() == 1 << at, "{event:?}");
        }
    }
}
