//! A match.

mod coin;
mod flight;
mod schedule;
mod validate;

pub(crate) use coin::{COIN_PAUSE, FIRST_COIN, coin_y};

use crate::events::Events;
use crate::field::{COIN_NEAR, CONTACT, HALF_HEIGHT, SERVE_PAUSE, WALL};
use crate::input::Inputs;
use crate::public::PublicState;
use crate::random::{Stream, draw};
use crate::rules::Rules;
use crate::side::{Side, Sides};
use crate::snapshot::{Snapshot, SnapshotError};
use crate::state::{Ball, Outcome, Paddle};

/// The coin's lane while there is no coin: out of reach of any ball.
const NO_LANE: i16 = i16::MAX;

/// A match of Pong: a value that only [`step`](Self::step) changes.
///
/// ```
/// use pong_engine::{Direction, Inputs, Match, Rules};
///
/// let mut game = Match::new(Rules::default(), 42);
/// while game.outcome().is_none() {
///     // Nobody moves, so each serve is a point.
///     game.step(Inputs::new(Direction::Still, Direction::Still));
/// }
/// assert_eq!(game.outcome().map(|outcome| outcome.score.left.max(outcome.score.right)), Some(5));
/// ```
#[derive(Clone, Debug)]
pub struct Match {
    pub(crate) state: Snapshot,
    /// Values that follow from the state, cached so that a tick need not compute them.
    pub(crate) derived: Derived,
}

impl PartialEq for Match {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl Eq for Match {}

/// Values that follow from the state and change rarely: by a scheduled change, a coin, or a ball near
/// a paddle.
#[derive(Clone, Debug)]
pub(crate) struct Derived {
    /// The next tick at which a scheduled change is due.
    pub(crate) due_at: u16,
    /// How much a paddle's speed can change in a tick.
    pub(crate) grip: i16,
    /// The coin's x, or [`NO_LANE`].
    pub(crate) lane: i16,
    /// Closer to the middle than this, the ball can touch nothing but a wall and the coin: the front of
    /// the paddles, or the edge once no paddle can reach the ball any more.
    pub(crate) clear_x: i16,
    /// The speed that each paddle approaches while "down" is held: halved when slowed, negative when
    /// reversed.
    pub(crate) drive: Sides<i16>,
    /// The greatest distance of each paddle's centre from the middle.
    pub(crate) limit: Sides<i16>,
}

impl Match {
    /// Creates a match. The same rules, seed and inputs always give the same match.
    ///
    /// All serves and coins follow from the seed. Take 64 random bits from the operating system for
    /// each match that people play: a seed that can be guessed, such as a counter or a time, can be
    /// checked against the serves so far and then gives away the next ones.
    pub fn new(rules: Rules, seed: u64) -> Self {
        let toss = draw(seed, Stream::Toss, 0);
        Self::from_state(Snapshot {
            rules,
            seed,
            tick: 0,
            ball: Ball::RESTING,
            paddles: Sides::default(),
            score: Sides::default(),
            rally: 0,
            serve_at: Some(SERVE_PAUSE),
            receiver: if toss & 1 == 0 {
                Side::Left
            } else {
                Side::Right
            },
            ending: None,
            effect: None,
            coin: rules.cool_mode().then_some(FIRST_COIN),
            coins: 0,
        })
    }

    /// Restores a match from a snapshot; it continues exactly as the match that the snapshot was taken
    /// of.
    ///
    /// Restoring does not prove that play can lead to the state (only a [`Replay`](crate::Replay) proves
    /// that), but a restored match plays on as any match does and ends by
    /// [`MAX_TICKS`](crate::MAX_TICKS).
    ///
    /// # Errors
    ///
    /// Snapshots that contradict themselves or their rules are refused:
    ///
    /// | error | refused |
    /// |---|---|
    /// | [`Score`](SnapshotError::Score) | a score that should have ended the match, or an ending that the score does not justify; a running match past its time limit without an even score; more than [`MAX_TICKS`](crate::MAX_TICKS); more hits than ticks or than [`Pace::max_rally`](crate::Pace::max_rally) |
    /// | [`Serve`](SnapshotError::Serve) | a serve that is due in the past or more than [`SERVE_PAUSE`](crate::SERVE_PAUSE) ahead, during a rally, after the end, or after the point that decides sudden death |
    /// | [`Ball`](SnapshotError::Ball) | a ball out of the field; one that moves before a serve or after the end; a velocity that is not one of the 17 angles at the speed after so many hits; one that would not be out in time once the paddles have shrunk to nothing |
    /// | [`Paddle`](SnapshotError::Paddle) | a paddle beyond a wall, given its length; one faster than its rules allow, or moving after the end |
    /// | [`Coin`](SnapshotError::Coin) | a coin without cool mode, or cool mode without a coin; a coin outside its lanes or longer on the field than it takes to cross; one that appears earlier than the pauses between coins allow; an effect that has ended, lasts too long or does not agree with the coin |
    pub fn restore(snapshot: &Snapshot) -> Result<Self, SnapshotError> {
        validate::check(snapshot)?;
        Ok(Self::from_state(*snapshot))
    }

    /// Creates a match that continues from a public state, for clients that predict. It equals the real
    /// one up to the next serve or coin, which follow from the seed.
    ///
    /// Fails for a state that is impossible under these rules, as [`Self::restore`] does.
    pub fn predict(rules: Rules, seen: &PublicState) -> Result<Self, SnapshotError> {
        Self::restore(&seen.guess(rules))
    }

    /// The complete state, seed included.
    pub fn snapshot(&self) -> Snapshot {
        self.state
    }

    /// The state that players, spectators and bots may see.
    pub fn public(&self) -> PublicState {
        PublicState::of(&self.state)
    }

    /// A hash of the complete state, the same on every machine; see [`Snapshot::hash`].
    pub fn hash(&self) -> u64 {
        self.state.hash()
    }

    /// The match with the sides exchanged. Stepped with exchanged inputs, it stays the mirror image.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        Self::from_state(self.state.mirrored())
    }

    /// The rules.
    pub const fn rules(&self) -> Rules {
        self.state.rules
    }

    /// The number of ticks played.
    pub const fn tick(&self) -> u16 {
        self.state.tick
    }

    /// The points.
    pub const fn score(&self) -> Sides<u8> {
        self.state.score
    }

    /// The ball.
    pub const fn ball(&self) -> Ball {
        self.state.ball
    }

    /// A side's paddle.
    pub const fn paddle(&self, side: Side) -> Paddle {
        match side {
            Side::Left => self.state.paddles.left,
            Side::Right => self.state.paddles.right,
        }
    }

    /// Hits since the serve.
    pub const fn rally(&self) -> u16 {
        self.state.rally
    }

    /// Whether the match is over.
    pub const fn is_over(&self) -> bool {
        self.state.ending.is_some()
    }

    /// The outcome, once the match is over.
    pub fn outcome(&self) -> Option<Outcome> {
        let ending = self.state.ending?;
        let score = self.state.score;
        let winner = if score.left > score.right {
            Side::Left
        } else {
            Side::Right
        };
        Some(Outcome {
            winner,
            score,
            ending,
            ticks: self.state.tick,
        })
    }

    /// Plays one tick and returns its events. A match that is over does not change any more.
    #[inline]
    pub fn step(&mut self, inputs: Inputs) -> Events {
        if self.state.ending.is_some() {
            return Events::NONE;
        }
        self.state.tick += 1;
        self.move_paddles(inputs);
        let moved_freely =
            is_clear(self.state.ball, self.derived.clear_x, self.derived.lane).then(|| {
                let (ball, events) = move_freely(self.state.ball);
                self.state.ball = ball;
                events
            });
        self.complete(moved_freely)
    }

    /// Completes a tick that has been counted and whose paddles have moved. `moved_freely` has the events
    /// of the ball if it has been moved already, as its path was clear.
    #[inline]
    pub(crate) fn complete(&mut self, moved_freely: Option<Events>) -> Events {
        let due = self.state.tick >= self.derived.due_at;
        let events = match moved_freely {
            Some(events) => events,
            None => self.move_with_collisions(),
        };
        if due {
            events | self.run_schedule()
        } else {
            events
        }
    }

    fn from_state(state: Snapshot) -> Self {
        let grip = state.rules.speed().pace().grip;
        let derived = Derived {
            due_at: 0,
            grip,
            lane: NO_LANE,
            clear_x: CONTACT,
            drive: Sides::default(),
            limit: Sides {
                left: HALF_HEIGHT,
                right: HALF_HEIGHT,
            },
        };
        let mut game = Self { state, derived };
        game.refresh();
        game
    }

    #[inline]
    fn move_paddles(&mut self, inputs: Inputs) {
        let (left, right) = inputs.steps();
        let Derived {
            grip, drive, limit, ..
        } = self.derived;
        let paddles = &mut self.state.paddles;
        paddles.left = drive_paddle(paddles.left, left * drive.left, grip, limit.left);
        paddles.right = drive_paddle(paddles.right, right * drive.right, grip, limit.right);
    }
}

/// Whether the ball touches nothing but a wall in this tick, given [`Derived::clear_x`] and the coin's
/// lane.
#[inline]
pub(crate) fn is_clear(ball: Ball, clear_x: i16, lane: i16) -> bool {
    let x = ball.x + ball.vx;
    let aside = x.saturating_sub(lane).saturating_abs();
    (x.abs() < clear_x) & (aside > COIN_NEAR)
}

/// Moves a ball that can touch nothing but a wall by one tick.
#[inline]
pub(crate) fn move_freely(ball: Ball) -> (Ball, Events) {
    let y = ball.y + ball.vy;
    let beyond = (y - WALL).max(0) + (y + WALL).min(0);
    let (vy, events) = if beyond == 0 {
        (ball.vy, Events::NONE)
    } else {
        (-ball.vy, Events::WALL)
    };
    let moved = Ball {
        x: ball.x + ball.vx,
        y: y - 2 * beyond,
        vy,
        ..ball
    };
    (moved, events)
}

/// Moves a paddle that is driven toward a speed by one tick.
#[inline]
pub(crate) fn drive_paddle(paddle: Paddle, speed: i16, grip: i16, limit: i16) -> Paddle {
    let v = paddle.v + bounded(speed - paddle.v, grip);
    let y = bounded(paddle.y + v, limit);
    Paddle { y, v: y - paddle.y }
}

/// The value, clamped to `-max..=max`. Unlike `clamp` it cannot panic, and it compiles to moves instead
/// of branches, which random inputs would mispredict.
#[inline]
fn bounded(value: i16, max: i16) -> i16 {
    value.max(-max).min(max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_clear_before_the_paddles_and_beside_the_coin() {
        let ball = |x| Ball {
            x,
            vx: 100,
            ..Ball::RESTING
        };
        let clear = |x| is_clear(ball(x), CONTACT, NO_LANE);
        assert!(clear(0) && clear(CONTACT - 101) && clear(-CONTACT - 99));
        assert!(!clear(CONTACT - 100) && !clear(-CONTACT - 100));
        let beside = |x| is_clear(ball(x), CONTACT, 1_000);
        assert!(beside(900 + COIN_NEAR + 1) && beside(900 - COIN_NEAR - 1));
        assert!(!beside(900 + COIN_NEAR) && !beside(900 - COIN_NEAR));
    }
}
