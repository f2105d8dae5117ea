//! A block of matches in structure-of-arrays form, so that one instruction moves many matches.

use crate::events::Events;
use crate::game::{Match, drive_paddle, is_clear, move_freely};
use crate::input::Inputs;
use crate::side::{Side, Sides};
use crate::state::{Ball, Paddle};

/// How many matches a block holds.
pub(super) const LANES: usize = 64;

pub(super) type Lanes = [i16; LANES];

/// The values of [`LANES`] matches that a tick reads and writes.
///
/// Lanes without a match are all zero: nothing moves there, and what is due there is ignored.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct GameBlock {
    pub(super) x: Lanes,
    pub(super) y: Lanes,
    pub(super) vx: Lanes,
    pub(super) vy: Lanes,
    left: Paddles,
    right: Paddles,
    grip: Lanes,
    lane: Lanes,
    clear_x: Lanes,
    /// The tick of the batch at which something is due. The batch's ticks wrap around; a match's next
    /// due tick is always far less than 65,536 ticks ahead.
    due_at: [u16; LANES],
}

/// The paddles of one side.
#[derive(Clone, Debug)]
pub(super) struct Paddles {
    pub(super) y: Lanes,
    pub(super) v: Lanes,
    drive: Lanes,
    pub(super) limit: Lanes,
}

/// The matches whose tick the scalar code has to complete, one bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScalarWork {
    /// The ball has not been moved, as it may touch something.
    pub(super) unmoved: u64,
    /// A scheduled change is due.
    pub(super) due: u64,
}

impl GameBlock {
    pub(super) const EMPTY: Self = Self {
        x: [0; LANES],
        y: [0; LANES],
        vx: [0; LANES],
        vy: [0; LANES],
        left: Paddles::EMPTY,
        right: Paddles::EMPTY,
        grip: [0; LANES],
        lane: [0; LANES],
        clear_x: [0; LANES],
        due_at: [0; LANES],
    };

    /// Moves all paddles, and the balls whose path is clear.
    #[inline(always)]
    pub(super) fn pass(
        &mut self,
        now: u16,
        inputs: &[Inputs; LANES],
        events: &mut [Events; LANES],
    ) -> ScalarWork {
        self.move_paddles(inputs);
        let unmoved = self.move_balls(events);
        let mut due = [0; LANES];
        for (due, due_at) in due.iter_mut().zip(&self.due_at) {
            *due = u8::from(*due_at == now);
        }
        ScalarWork {
            unmoved: bits(&unmoved),
            due: bits(&due),
        }
    }

    /// The paddles of a side.
    #[inline(always)]
    pub(super) const fn paddles(&self, side: Side) -> &Paddles {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    #[inline(always)]
    fn move_paddles(&mut self, inputs: &[Inputs; LANES]) {
        let mut left = [0; LANES];
        let mut right = [0; LANES];
        for ((left, right), inputs) in left.iter_mut().zip(&mut right).zip(inputs) {
            (*left, *right) = inputs.steps();
        }
        self.left.step(&left, &self.grip);
        self.right.step(&right, &self.grip);
    }

    /// Moves the balls whose path is clear; returns 1 for each ball that was not moved.
    #[inline(always)]
    #[expect(
        clippy::indexing_slicing,
        reason = "all arrays are as long as the loop"
    )]
    fn move_balls(&mut self, events: &mut [Events; LANES]) -> [u8; LANES] {
        let mut unmoved = [0; LANES];
        for at in 0..LANES {
            let ball = self.ball(at);
            // A resting ball touches nothing, wherever it is.
            let clear = is_clear(ball, self.clear_x[at], self.lane[at]) | (ball.vx == 0);
            let mask = i16::from(clear).wrapping_neg();
            let (moved, happened) = move_freely(Ball {
                vx: ball.vx & mask,
                vy: ball.vy & mask,
                ..ball
            });
            self.x[at] = moved.x;
            self.y[at] = moved.y;
            // One of the two is zero.
            self.vy[at] = moved.vy + (ball.vy & !mask);
            events[at] = happened;
            unmoved[at] = u8::from(!clear);
        }
        unmoved
    }

    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "callers stay below LANES")]
    fn ball(&self, at: usize) -> Ball {
        Ball {
            x: self.x[at],
            y: self.y[at],
            vx: self.vx[at],
            vy: self.vy[at],
        }
    }

    /// Copies what the block holds of a lane's match into `game`, as of this tick of the batch.
    #[expect(clippy::indexing_slicing, reason = "callers stay below LANES")]
    pub(super) fn load(&self, at: usize, now: u16, game: &mut Match) {
        game.state.ball = self.ball(at);
        game.state.paddles = Sides {
            left: self.left.get(at),
            right: self.right.get(at),
        };
        let ahead = self.due_at[at].wrapping_sub(now);
        game.state.tick = game.derived.due_at.wrapping_sub(ahead);
    }

    /// Copies a match into a lane.
    #[expect(clippy::indexing_slicing, reason = "callers stay below LANES")]
    pub(super) fn store(&mut self, at: usize, now: u16, game: &Match) {
        let Ball { x, y, vx, vy } = game.state.ball;
        let Sides { left, right } = game.state.paddles;
        let derived = &game.derived;
        self.x[at] = x;
        self.y[at] = y;
        self.vx[at] = vx;
        self.vy[at] = vy;
        self.left
            .set(at, left, derived.drive.left, derived.limit.left);
        self.right
            .set(at, right, derived.drive.right, derived.limit.right);
        self.grip[at] = derived.grip;
        self.lane[at] = derived.lane;
        self.clear_x[at] = derived.clear_x;
        let ahead = derived.due_at.wrapping_sub(game.state.tick);
        self.due_at[at] = now.wrapping_add(ahead);
    }
}

impl Paddles {
    const EMPTY: Self = Self {
        y: [0; LANES],
        v: [0; LANES],
        drive: [0; LANES],
        limit: [0; LANES],
    };

    #[inline(always)]
    #[expect(
        clippy::indexing_slicing,
        reason = "all arrays are as long as the loop"
    )]
    fn step(&mut self, steps: &Lanes, grip: &Lanes) {
        for at in 0..LANES {
            let speed = steps[at] * self.drive[at];
            let moved = drive_paddle(self.get(at), speed, grip[at], self.limit[at]);
            self.y[at] = moved.y;
            self.v[at] = moved.v;
        }
    }

    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "callers stay below LANES")]
    fn get(&self, at: usize) -> Paddle {
        Paddle {
            y: self.y[at],
            v: self.v[at],
        }
    }

    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "callers stay below LANES")]
    fn set(&mut self, at: usize, Paddle { y, v }: Paddle, drive: i16, limit: i16) {
        self.y[at] = y;
        self.v[at] = v;
        self.drive[at] = drive;
        self.limit[at] = limit;
    }
}

/// Packs 64 flags, each 0 or 1, into a word.
#[inline(always)]
fn bits(flags: &[u8; LANES]) -> u64 {
    let mut word = 0;
    for eight in flags.as_chunks().0.iter().rev() {
        // The product gathers the eight flags in the highest byte.
        let byte = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word = (word << 8) + byte;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;
    use crate::state::Ending;

    /// Which balls a pass does not move, with one match in the block.
    fn unmoved(ball: Ball, ending: Option<Ending>) -> u64 {
        let rules = Rules::DEFAULT.with_time_limit(1).unwrap();
        let mut state = Match::new(rules, 1).snapshot();
        state.ball = ball;
        state.ending = ending;
        if ending.is_some() {
            state.tick = rules.limit_ticks();
            state.score.left = 1;
        }
        if ending.is_some() || ball.vx != 0 {
            state.serve_at = None;
        }
        let mut block = GameBlock::EMPTY;
        block.store(0, 0, &Match::restore(&state).unwrap());
        let inputs = [Inputs::default(); LANES];
        block.pass(1, &inputs, &mut [Events::NONE; LANES]).unmoved
    }

    /// A batch is fast because the scalar code moves few balls.
    #[test]
    fn pass_leaves_only_balls_that_may_touch_something() {
        let moving = |x| Ball {
            x,
            y: 0,
            vx: 340,
            vy: 0,
        };
        let resting = Ball::RESTING;
        let over = Ball {
            vx: 0,
            ..moving(14_500)
        };
        assert_eq!(unmoved(moving(0), None), 0);
        assert_eq!(unmoved(moving(14_500), None), 1);
        assert_eq!(unmoved(resting, None), 0);
        assert_eq!(unmoved(over, Some(Ending::Time)), 0);
    }

    #[test]
    fn bits_packs_each_flag_at_its_index() {
        for at in 0..LANES {
            let mut flags = [0; LANES];
            flags[at] = 1;
            assert_eq!(bits(&flags), 1 << at);
            let others = flags.map(|flag| 1 - flag);
            assert_eq!(bits(&others), !(1 << at));
        }
    }
}
