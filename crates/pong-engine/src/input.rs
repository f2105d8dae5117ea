//! Inputs of the players: a key that is held, or none.

use core::fmt;

use crate::side::{Side, Sides};

/// The direction in which a player drives the paddle during one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "i8", into = "i8"))]
#[repr(i8)]
pub enum Direction {
    /// Toward negative y, the upper wall.
    Up = -1,
    /// No key held: the paddle brakes.
    #[default]
    Still = 0,
    /// Toward positive y, the lower wall.
    Down = 1,
}

impl Direction {
    /// All directions, upward first.
    pub const ALL: [Self; 3] = [Self::Up, Self::Still, Self::Down];

    /// The direction of a target at this distance along y: `Down` if it is positive, `Up` if negative.
    pub const fn along(distance: i32) -> Self {
        match distance {
            0 => Self::Still,
            1.. => Self::Down,
            _ => Self::Up,
        }
    }

    const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Up,
            1 => Self::Still,
            _ => Self::Down,
        }
    }

    const fn bits(self) -> u8 {
        match self {
            Self::Up => 0,
            Self::Still => 1,
            Self::Down => 2,
        }
    }
}

impl From<Direction> for i8 {
    fn from(direction: Direction) -> Self {
        direction as Self
    }
}

impl TryFrom<i8> for Direction {
    type Error = DirectionError;

    fn try_from(value: i8) -> Result<Self, DirectionError> {
        match value {
            -1 => Ok(Self::Up),
            0 => Ok(Self::Still),
            1 => Ok(Self::Down),
            _ => Err(DirectionError),
        }
    }
}

/// A direction is -1, 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectionError;

impl fmt::Display for DirectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a direction is -1, 0 or 1")
    }
}

impl core::error::Error for DirectionError {}

/// Both players' directions for one tick, in one byte.
///
/// ```
/// use pong_engine::{Direction, Inputs, Side};
/// let inputs = Inputs::new(Direction::Up, Direction::Still);
/// assert_eq!(inputs.of(Side::Left), Direction::Up);
/// assert_eq!(Inputs::default(), Inputs::new(Direction::Still, Direction::Still));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(from = "Sides<Direction>", into = "Sides<Direction>")
)]
#[repr(transparent)]
pub struct Inputs(u8);

impl Inputs {
    /// The inputs of the left and the right player.
    pub const fn new(left: Direction, right: Direction) -> Self {
        Self(left.bits() + (right.bits() << 2))
    }

    /// The direction of the left player.
    pub const fn left(self) -> Direction {
        Direction::from_bits(self.0)
    }

    /// The direction of the right player.
    pub const fn right(self) -> Direction {
        Direction::from_bits(self.0 >> 2)
    }

    /// The direction of this side's player.
    pub const fn of(self, side: Side) -> Direction {
        match side {
            Side::Left => self.left(),
            Side::Right => self.right(),
        }
    }

    /// The same inputs with another direction for one side.
    #[must_use]
    pub const fn with(self, side: Side, direction: Direction) -> Self {
        match side {
            Side::Left => Self::new(direction, self.right()),
            Side::Right => Self::new(self.left(), direction),
        }
    }

    /// The same inputs with the sides exchanged.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        Self::new(self.right(), self.left())
    }

    /// Both directions as one byte: the left player's in bits 0 and 1, the right player's in bits 2
    /// and 3; up is 0, still 1, down 2.
    ///
    /// ```
    /// use pong_engine::{Direction, Inputs};
    /// let inputs = Inputs::new(Direction::Down, Direction::Up);
    /// assert_eq!(inputs.to_byte(), 0b0010);
    /// assert_eq!(Inputs::from_byte(0b0010), Ok(inputs));
    /// assert!(Inputs::from_byte(0b0011).is_err());
    /// ```
    pub const fn to_byte(self) -> u8 {
        self.0
    }

    /// Reads what [`Self::to_byte`] writes; any other byte is an error.
    pub const fn from_byte(byte: u8) -> Result<Self, InputsError> {
        let inputs = Self::new(Direction::from_bits(byte), Direction::from_bits(byte >> 2));
        if inputs.0 == byte {
            Ok(inputs)
        } else {
            Err(InputsError)
        }
    }

    /// The directions as -1, 0 or 1, without branches.
    #[inline]
    pub(crate) const fn steps(self) -> (i16, i16) {
        ((self.0 & 3) as i16 - 1, (self.0 >> 2) as i16 - 1)
    }

    /// The number of this pair, 0 to 8.
    pub(crate) const fn code(self) -> u8 {
        self.left().bits() * 3 + self.right().bits()
    }

    /// The pair with this number.
    pub(crate) const fn from_code(code: u8) -> Self {
        Self::new(
            Direction::from_bits(code / 3),
            Direction::from_bits(code % 3),
        )
    }
}

/// A byte of inputs holds two directions of two bits, each 0, 1 or 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputsError;

impl fmt::Display for InputsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("inputs are two directions of two bits, each 0, 1 or 2")
    }
}

impl core::error::Error for InputsError {}

impl From<Sides<Direction>> for Inputs {
    fn from(sides: Sides<Direction>) -> Self {
        Self::new(sides.left, sides.right)
    }
}

impl From<Inputs> for Sides<Direction> {
    fn from(inputs: Inputs) -> Self {
        Self {
            left: inputs.left(),
            right: inputs.right(),
        }
    }
}

impl Default for Inputs {
    fn default() -> Self {
        Self::new(Direction::Still, Direction::Still)
    }
}

impl fmt::Debug for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs")
            .field("left", &self.left())
            .field("right", &self.right())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn code_byte_and_steps_of_each_pair_agree() {
        for left in Direction::ALL {
            for right in Direction::ALL {
                let inputs = Inputs::new(left, right);
                assert!(inputs.code() < 9);
                assert_eq!(Inputs::from_code(inputs.code()), inputs);
                assert_eq!(Inputs::from_byte(inputs.to_byte()), Ok(inputs));
                assert_eq!(inputs.steps(), (left as i16, right as i16));
                assert_eq!(inputs.mirrored(), Inputs::new(right, left));
            }
        }
    }

    #[test]
    fn from_byte_accepts_nine_bytes() {
        let bytes = (0..=u8::MAX).filter(|byte| Inputs::from_byte(*byte).is_ok());
        assert_eq!(bytes.collect::<Vec<_>>(), [0, 1, 2, 4, 5, 6, 8, 9, 10]);
    }

    #[test]
    fn direction_converts_from_and_to_its_number() {
        for direction in Direction::ALL {
            assert_eq!(Direction::try_from(i8::from(direction)), Ok(direction));
            assert_eq!(
                Direction::along(i32::from(i8::from(direction)) * 7),
                direction
            );
        }
        assert_eq!(Direction::try_from(2), Err(DirectionError));
    }
}
