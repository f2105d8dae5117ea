//! Exact continuous collision detection: where a moving point first touches a moving box.
//!
//! A sweep is one motion along straight lines with integer ends. Times within it are fractions that
//! are compared by cross multiplication, so that whether something is hit is decided exactly, at any
//! speed: nothing is rounded before the decision.

use crate::field::WALL;

/// A time within a sweep: 0 is its start, 1 its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    num: i64,
    /// Always positive.
    den: i64,
}

impl Moment {
    const START: Self = Self { num: 0, den: 1 };
    const END: Self = Self { num: 1, den: 1 };

    /// When something that moves by `speed`, which is not zero, has covered `distance`.
    fn covering(distance: i32, speed: i32) -> Self {
        let (distance, speed) = match speed {
            ..0 => (-distance, -speed),
            0.. => (distance, speed),
        };
        Self {
            num: distance.into(),
            den: speed.into(),
        }
    }

    fn before(self, other: Self) -> bool {
        self.num * other.den < other.num * self.den
    }

    fn later(self, other: Self) -> Self {
        if self.before(other) { other } else { self }
    }

    fn earlier(self, other: Self) -> Self {
        if other.before(self) { other } else { self }
    }

    /// The part of `whole` that remains from this moment on, rounded toward zero.
    pub(crate) fn rest_of(self, whole: i32) -> i32 {
        (i64::from(whole) * (self.den - self.num) / self.den) as i32
    }
}

/// One coordinate during a sweep: its start and its displacement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Motion {
    pub(crate) at: i32,
    pub(crate) by: i32,
}

impl Motion {
    /// Where it ends.
    pub(crate) fn end(self) -> i32 {
        self.at + self.by
    }

    /// Where it is at a moment; the displacement is rounded toward zero, so that a mirrored motion stays
    /// mirrored.
    pub(crate) fn at(self, moment: Moment) -> i32 {
        self.at + (i64::from(self.by) * moment.num / moment.den) as i32
    }

    fn relative_to(self, other: Self) -> Self {
        Self {
            at: self.at - other.at,
            by: self.by - other.by,
        }
    }

    fn reflected_at(self, wall: i32) -> Self {
        Self {
            at: 2 * wall - self.at,
            by: -self.by,
        }
    }
}

/// A closed interval of time.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: Moment,
    to: Moment,
}

impl Window {
    /// The part of this window during which the motion lies between two bounds.
    fn between(self, motion: Motion, low: i32, high: i32) -> Option<Self> {
        let (near, far) = match motion.by {
            0 => return (low <= motion.at && motion.at <= high).then_some(self),
            1.. => (low, high),
            ..0 => (high, low),
        };
        let from = self
            .from
            .later(Moment::covering(near - motion.at, motion.by));
        let to = self
            .to
            .earlier(Moment::covering(far - motion.at, motion.by));
        (!to.before(from)).then_some(Self { from, to })
    }
}

/// A straight segment of a path between the upper and the lower wall.
///
/// Its `motion` is that of the whole sweep along this line, so that its ends are integers although
/// the segment begins within a tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) motion: Motion,
    /// The number of bounces before it.
    pub(crate) bounces: u32,
    window: Window,
}

/// The segments of a path between the walls, in order.
struct Segments {
    motion: Motion,
    from: Moment,
    bounces: u32,
    done: bool,
}

impl Segments {
    fn of(motion: Motion) -> Self {
        Self {
            motion,
            from: Moment::START,
            bounces: 0,
            done: false,
        }
    }

    /// The wall that the path crosses next, if any.
    fn wall(&self) -> Option<i32> {
        let wall = i32::from(WALL);
        let end = self.motion.end();
        (end.abs() > wall).then_some(wall * end.signum())
    }
}

impl Iterator for Segments {
    type Item = Segment;

    fn next(&mut self) -> Option<Segment> {
        if self.done {
            return None;
        }
        let (motion, bounces, from) = (self.motion, self.bounces, self.from);
        let to = match self.wall() {
            Some(wall) => {
                let bounce = Moment::covering(wall - motion.at, motion.by);
                self.motion = motion.reflected_at(wall);
                self.bounces += 1;
                self.from = bounce;
                bounce
            }
            None => {
                self.done = true;
                Moment::END
            }
        };
        Some(Segment {
            motion,
            bounces,
            window: Window { from, to },
        })
    }
}

/// Where a path between the walls ends, and its number of bounces.
pub(crate) fn bounce(motion: Motion) -> (i32, u32) {
    Segments::of(motion)
        .last()
        .map_or((motion.end(), 0), |segment| {
            (segment.motion.end(), segment.bounces)
        })
}

/// A box that a point may touch: fixed along x, moving along y.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) low: i32,
    pub(crate) high: i32,
    pub(crate) centre: Motion,
    pub(crate) reach: i32,
}

impl Target {
    /// When and on which segment a point first touches this box, edges included.
    pub(crate) fn first_touch(&self, x: Motion, y: Motion) -> Option<(Moment, Segment)> {
        if self.is_out_of_reach(y) {
            return None;
        }
        Segments::of(y).find_map(|segment| self.touch(x, &segment).map(|moment| (moment, segment)))
    }

    /// Whether the two stay apart even if they moved straight toward each other, as in most misses.
    fn is_out_of_reach(&self, y: Motion) -> bool {
        let apart = (y.at - self.centre.at).abs() - self.reach;
        apart > y.by.abs() + self.centre.by.abs()
    }

    fn touch(&self, x: Motion, segment: &Segment) -> Option<Moment> {
        let gap = segment.motion.relative_to(self.centre);
        let beside = segment.window.between(x, self.low, self.high)?;
        Some(beside.between(gap, -self.reach, self.reach)?.from)
    }
}

#[cfg(test)]
mod tests;
