//! The two sides, and values that exist once for each.

use core::ops::{Index, IndexMut};

/// One of the two players, named after the edge that they defend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Side {
    /// Defends the edge at negative x.
    Left,
    /// Defends the edge at positive x.
    Right,
}

impl Side {
    /// Both sides, left first.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The opponent's side.
    pub const fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// The sign of x on this side.
    pub const fn sign(self) -> i16 {
        match self {
            Self::Left => -1,
            Self::Right => 1,
        }
    }

    /// The x coordinate, or displacement along x, of a distance toward this side.
    pub(crate) const fn outward(self, distance: i16) -> i16 {
        match self {
            Self::Left => -distance,
            Self::Right => distance,
        }
    }

    /// The side that something with this horizontal velocity moves toward.
    pub(crate) const fn toward(vx: i16) -> Self {
        if vx < 0 { Self::Left } else { Self::Right }
    }
}

/// A value for each side, indexed by [`Side`].
///
/// ```
/// use pong_engine::{Side, Sides};
/// let mut score = Sides { left: 1, right: 2 };
/// score[Side::Left] += 1;
/// assert_eq!(score, Sides { left: 2, right: 2 });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sides<T> {
    /// The left player's.
    pub left: T,
    /// The right player's.
    pub right: T,
}

impl<T> Sides<T> {
    /// The same with the sides exchanged.
    pub fn swapped(self) -> Self {
        Self {
            left: self.right,
            right: self.left,
        }
    }

    /// Each side's value, changed by `change`.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Sides<U> {
        Sides {
            left: change(self.left),
            right: change(self.right),
        }
    }
}

impl<T> Index<Side> for Sides<T> {
    type Output = T;

    fn index(&self, side: Side) -> &T {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }
}

impl<T> IndexMut<Side> for Sides<T> {
    fn index_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outward_and_toward_agree_with_sign() {
        for side in Side::BOTH {
            assert_eq!(side.outward(7), 7 * side.sign());
            assert_eq!(Side::toward(side.outward(1)), side);
            assert_eq!(side.other().outward(7), -side.outward(7));
        }
        assert_eq!((Side::Left.sign(), Side::Right.sign()), (-1, 1));
        assert_eq!(Side::toward(0), Side::Right);
    }
}
