//! Observations of a block of matches, computed from its arrays.

use super::block::{GameBlock, LANES, Lanes};
use crate::field::{HALF_HEIGHT, TICK_RATE};
use crate::game::Match;
use crate::observe::{COMPACT_OBSERVATION, NO_COIN_Y, OBSERVATION};
use crate::public::PublicState;
use crate::side::{Side, Sides};

/// The values of [`LANES`] matches that an observation needs and [`GameBlock`] does not hold. They
/// change by events only.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct ObservedBlock {
    drive: Sides<Lanes>,
    thickness: Sides<Lanes>,
    /// The points, divided by the score to win.
    score: Sides<[f32; LANES]>,
    /// All bits set while a match runs: its times are ticks of the batch then. Once it is over, they
    /// count from 0.
    running: Lanes,
    /// All bits set while a serve is due.
    serving: Lanes,
    serve: Lanes,
    time_up: Lanes,
    coin_x: Lanes,
    /// The coin's y, extrapolated to tick 0 of the batch.
    coin_y: Lanes,
    coin_vy: Lanes,
}

impl ObservedBlock {
    pub(super) const EMPTY: Self = Self {
        drive: BOTH_ZERO,
        thickness: BOTH_ZERO,
        score: Sides {
            left: [0.0; LANES],
            right: [0.0; LANES],
        },
        running: [0; LANES],
        serving: [0; LANES],
        serve: [0; LANES],
        time_up: [0; LANES],
        coin_x: [0; LANES],
        coin_y: [0; LANES],
        coin_vy: [0; LANES],
    };

    /// Copies a match into a lane.
    #[expect(clippy::indexing_slicing, reason = "callers stay below LANES")]
    pub(super) fn store(&mut self, at: usize, now: u16, game: &Match) {
        let (rules, seen) = (game.rules(), game.public());
        for side in Side::BOTH {
            self.drive[side][at] = seen.drive(rules, side);
            self.thickness[side][at] = seen.thickness(side);
            self.score[side][at] = f32::from(seen.score()[side]) / f32::from(rules.score_to_win());
        }
        let running = seen.ending().is_none();
        let now = if running { now.cast_signed() } else { 0 };
        self.running[at] = mask(running);
        self.serving[at] = mask(seen.serve_in().is_some());
        self.serve[at] = now.wrapping_add(seen.serve_in().unwrap_or(0).into());
        let ticks_left = rules.limit_ticks().wrapping_sub(seen.tick()).cast_signed();
        self.time_up[at] = now.wrapping_add(ticks_left);
        self.store_coin(at, now, &seen);
    }

    #[expect(clippy::indexing_slicing, reason = "callers stay below LANES")]
    fn store_coin(&mut self, at: usize, now: i16, seen: &PublicState) {
        let (x, y, vy) = seen
            .coin()
            .map_or((0, NO_COIN_Y, 0), |coin| (coin.x(), coin.y(), coin.vy()));
        self.coin_x[at] = x;
        self.coin_y[at] = y.wrapping_sub(vy.wrapping_mul(now));
        self.coin_vy[at] = vy;
    }

    /// Writes one side's observations.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "rows stay below LANES")]
    pub(super) fn write(
        &self,
        (block, now): (&GameBlock, u16),
        side: Side,
        seen: &mut [[f32; OBSERVATION]],
    ) {
        let sign = -side.sign();
        let (own, other) = (side, side.other());
        let (mine, theirs) = (block.paddles(own), block.paddles(other));
        let half = |limit: i16| f32::from(HALF_HEIGHT - limit) / 4_096.0;
        let clock = |at: usize| self.running[at] & now.cast_signed();
        let serve_in = |at: usize| self.serve[at].wrapping_sub(clock(at)) & self.serving[at];
        let ticks_left = |at: usize| self.time_up[at].wrapping_sub(clock(at));
        let coin_y =
            |at: usize| self.coin_y[at].wrapping_add(self.coin_vy[at].wrapping_mul(clock(at)));
        rows(seen, |at| {
            [
                f32::from(sign * block.x[at]) / 16_384.0,
                f32::from(block.y[at]) / 16_384.0,
                f32::from(sign * block.vx[at]) / 1_024.0,
                f32::from(block.vy[at]) / 1_024.0,
                f32::from(mine.y[at]) / 16_384.0,
                f32::from(mine.v[at]) / 512.0,
                f32::from(theirs.y[at]) / 16_384.0,
                f32::from(theirs.v[at]) / 512.0,
                half(mine.limit[at]),
                half(theirs.limit[at]),
                f32::from(self.drive[own][at]) / 512.0,
                f32::from(self.drive[other][at]) / 512.0,
                f32::from(self.thickness[own][at]) / 1_024.0,
                f32::from(self.thickness[other][at]) / 1_024.0,
                f32::from(serve_in(at)) / f32::from(TICK_RATE),
                self.score[own][at],
                self.score[other][at],
                f32::from(ticks_left(at)) / f32::from(60 * TICK_RATE) / 8.0,
                f32::from(sign * self.coin_x[at]) / 16_384.0,
                f32::from(coin_y(at)) / 16_384.0,
            ]
        });
    }
}

/// Writes the first numbers of one side's observations, which the block alone holds.
#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "rows stay below LANES")]
pub(super) fn write_compact(
    block: &GameBlock,
    side: Side,
    seen: &mut [[f32; COMPACT_OBSERVATION]],
) {
    let sign = -side.sign();
    let (mine, theirs) = (block.paddles(side), block.paddles(side.other()));
    rows(seen, |at| {
        [
            f32::from(sign * block.x[at]) / 16_384.0,
            f32::from(block.y[at]) / 16_384.0,
            f32::from(sign * block.vx[at]) / 1_024.0,
            f32::from(block.vy[at]) / 1_024.0,
            f32::from(mine.y[at]) / 16_384.0,
            f32::from(mine.v[at]) / 512.0,
            f32::from(theirs.y[at]) / 16_384.0,
            f32::from(theirs.v[at]) / 512.0,
        ]
    });
}

const BOTH_ZERO: Sides<Lanes> = Sides {
    left: [0; LANES],
    right: [0; LANES],
};

const fn mask(set: bool) -> i16 {
    if set { -1 } else { 0 }
}

/// Writes a row for each match.
#[inline(always)]
fn rows<const N: usize>(rows: &mut [[f32; N]], row: impl Fn(usize) -> [f32; N]) {
    for (at, written) in (0..LANES).zip(rows) {
        *written = row(at);
    }
}
