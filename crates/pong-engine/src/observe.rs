//! Observations for learning agents.

use crate::field::{HALF_HEIGHT, TICK_RATE};
use crate::game::Match;
use crate::public::PublicState;
use crate::side::{Side, Sides};
use crate::state::Paddle;

/// The number of values in an observation.
pub const OBSERVATION: usize = 20;
/// The number of values in a compact observation: the first ones of an observation, ball and paddles.
pub const COMPACT_OBSERVATION: usize = 8;
/// The y of the coin in an observation while there is none.
pub(crate) const NO_COIN_Y: i16 = 16_384;

impl Match {
    /// Writes one side's observation into a buffer, as if that side played on the left.
    /// `Batch::observe` and its relatives do so for many matches at once.
    ///
    /// | at | what | unit |
    /// |---|---|---|
    /// | 0, 1 | ball x, y | 16384 units |
    /// | 2, 3 | ball velocity x, y | 1024 units a tick |
    /// | 4, 5 | own paddle y, velocity | 16384, 512 |
    /// | 6, 7 | opponent's paddle y, velocity | 16384, 512 |
    /// | 8, 9 | half length of the own, the opponent's paddle | 4096 |
    /// | 10, 11 | speed that "down" drives the own, the opponent's paddle to: halved when slowed, negative when reversed | 512 |
    /// | 12, 13 | thickness of the own, the opponent's paddle | 1024 |
    /// | 14 | seconds to the serve, 0 while the ball is in play | 1 |
    /// | 15, 16 | own, opponent's points | the score to win |
    /// | 17 | minutes to the end of the time, negative in sudden death | 8 |
    /// | 18, 19 | coin x, y; beyond the wall (y = 1) while there is none | 16384 |
    ///
    /// All units but those of 14 to 17 are powers of two, so these numbers are exact; the others are
    /// single IEEE divisions, and so the same on every machine too.
    ///
    /// ```
    /// use pong_engine::{Match, OBSERVATION, Rules, Side};
    /// let mut seen = [0.0; OBSERVATION];
    /// Match::new(Rules::default(), 1).observe(Side::Right, &mut seen);
    /// assert_eq!(seen[14], 1.0, "a second to the serve");
    /// ```
    pub fn observe(&self, side: Side, seen: &mut [f32; OBSERVATION]) {
        let state = match side {
            Side::Left => self.public(),
            Side::Right => self.public().mirrored(),
        };
        *seen = numbers(self, &state);
    }
}

fn numbers(game: &Match, state: &PublicState) -> [f32; OBSERVATION] {
    let rules = game.rules();
    let win = f32::from(rules.score_to_win());
    let minutes_left =
        (f32::from(rules.limit_ticks()) - f32::from(state.tick())) / f32::from(60 * TICK_RATE);
    let ball = state.ball();
    let Sides {
        left: own,
        right: other,
    } = Sides {
        left: Side::Left,
        right: Side::Right,
    }
    .map(|side| {
        let Paddle { y, v } = state.paddle(side);
        let shape = (
            state.half_length(rules, side),
            state.drive(rules, side),
            state.thickness(side),
        );
        (y, v, shape)
    });
    let (coin_x, coin_y) = state
        .coin()
        .map_or((0, NO_COIN_Y), |coin| (coin.x(), coin.y()));
    debug_assert!(coin_y > HALF_HEIGHT || state.coin().is_some());
    let part = |value: i16, unit: f32| f32::from(value) / unit;
    [
        part(ball.x, 16_384.0),
        part(ball.y, 16_384.0),
        part(ball.vx, 1_024.0),
        part(ball.vy, 1_024.0),
        part(own.0, 16_384.0),
        part(own.1, 512.0),
        part(other.0, 16_384.0),
        part(other.1, 512.0),
        part(own.2.0, 4_096.0),
        part(other.2.0, 4_096.0),
        part(own.2.1, 512.0),
        part(other.2.1, 512.0),
        part(own.2.2, 1_024.0),
        part(other.2.2, 1_024.0),
        f32::from(state.serve_in().unwrap_or(0)) / f32::from(TICK_RATE),
        f32::from(state.score().left) / win,
        f32::from(state.score().right) / win,
        minutes_left / 8.0,
        part(coin_x, 16_384.0),
        part(coin_y, 16_384.0),
    ]
}
