//! One match.

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

/// Where the coin's lane is said to be while there is no coin: far from any ball.
const NO_LANE: i16 = i16::MAX;

/// One match of Pong: a value that changes by [`step`](Self::step) and by nothing else.
///
/// ```
/// use pong_engine::{Direction, Inputs, Match, Rules};
///
/// let mut game = Match::new(Rules::default(), 42);
/// while game.outcome().is_none() {
///     // Nobody moves: someone concedes until it is over.
///     game.step(Inputs::new(Direction::Still, Direction::Still));
/// }
/// assert_eq!(game.outcome().map(|outcome| outcome.score.left.max(outcome.score.right)), Some(5));
/// ```
#[derive(Clone, Debug)]
pub struct Match {
    pub(crate) state: Snapshot,
    /// What follows from the state, kept so that a tick needn't work it out.
    pub(crate) derived: Derived,
}

impl PartialEq for Match {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl Eq for Match {}

/// What changes seldom: by what is on the schedule, a coin, or a ball near a paddle.
#[derive(Clone, Debug)]
pub(crate) struct Derived {
    /// The next tick at which something is due.
    pub(crate) alarm: u16,
    /// How much a paddle's speed can change in a tick.
    pub(crate) grip: i16,
    /// The coin's x, or [`NO_LANE`].
    pub(crate) lane: i16,
    /// How far from the middle the ball can get and touch nothing but a wall: to the paddles, or
    /// to the edge once no paddle can reach it any more.
    pub(crate) free: i16,
    /// The speed each paddle is driven to: halved when slowed, negative when reversed.
    pub(crate) drive: Sides<i16>,
    /// How far each paddle's centre can go from the middle.
    pub(crate) limit: Sides<i16>,
}

impl Match {
    /// A match about to begin. The same rules, seed and inputs give the same match, always.
    ///
    /// All serves and coins follow from the seed. Take 64 random bits from the operating system for
    /// each match that people play: whoever guesses a seed, a counter or a time for instance, can
    /// check the guess against the serves seen and then knows those to come.
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

    /// Goes on from a snapshot exactly as the match it was taken of.
    ///
    /// It refuses what contradicts itself: numbers out of bounds, a ball of a speed or direction
    /// that none has after so many hits, a score that should have ended the match, a serve, coin or
    /// effect at an impossible time. It does not prove that play can lead to the state (only a
    /// [`Replay`](crate::Replay) proves that), but what is restored plays on as any match does and
    /// ends by [`MAX_TICKS`](crate::MAX_TICKS).
    pub fn restore(snapshot: &Snapshot) -> Result<Self, SnapshotError> {
        validate::check(snapshot)?;
        Ok(Self::from_state(*snapshot))
    }

    /// A match that goes on from what everybody sees, to look ahead with: it does what the real one
    /// will, up to the next serve or coin, whose randomness only the owner of the match knows.
    pub fn predict(rules: Rules, seen: &PublicState) -> Result<Self, SnapshotError> {
        Self::restore(&seen.guess(rules))
    }

    /// Everything that decides how the match goes on, the random state included.
    pub fn snapshot(&self) -> Snapshot {
        self.state
    }

    /// What everybody may see.
    pub fn public(&self) -> PublicState {
        PublicState::of(&self.state)
    }

    /// A hash of the whole state, the same on every machine; see [`Snapshot::hash`].
    pub fn hash(&self) -> u64 {
        self.state.hash()
    }

    /// The same match with the sides exchanged. Stepped with exchanged inputs it stays so.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        Self::from_state(self.state.mirrored())
    }

    /// What the players agreed on.
    pub const fn rules(&self) -> Rules {
        self.state.rules
    }

    /// How many ticks have been played.
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

    /// Whether it is over.
    pub const fn is_over(&self) -> bool {
        self.state.ending.is_some()
    }

    /// How it went, once it is over.
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

    /// Plays one tick. Once the match is over, nothing changes any more.
    #[inline]
    pub fn step(&mut self, inputs: Inputs) -> Events {
        if self.state.ending.is_some() {
            return Events::NONE;
        }
        self.state.tick += 1;
        self.move_paddles(inputs);
        let glided = is_open(self.state.ball, self.derived.free, self.derived.lane).then(|| {
            let (ball, events) = glide(self.state.ball);
            self.state.ball = ball;
            events
        });
        self.complete(glided)
    }

    /// Plays the rest of a tick that has been counted and whose paddles have moved; the ball too,
    /// if its way was open, and this came of it.
    #[inline]
    pub(crate) fn complete(&mut self, glided: Option<Events>) -> Events {
        let due = self.state.tick >= self.derived.alarm;
        let events = match glided {
            Some(events) => events,
            None => self.fly(),
        };
        if due { events | self.ring() } else { events }
    }

    fn from_state(state: Snapshot) -> Self {
        let grip = state.rules.speed().pace().grip;
        let derived = Derived {
            alarm: 0,
            grip,
            lane: NO_LANE,
            free: CONTACT,
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

/// Whether the ball touches nothing but a wall in this tick, being free so far from the middle and
/// the coin in this lane.
#[inline]
pub(crate) fn is_open(ball: Ball, free: i16, lane: i16) -> bool {
    let x = ball.x + ball.vx;
    let aside = x.saturating_sub(lane).saturating_abs();
    (x.abs() < free) & (aside > COIN_NEAR)
}

/// One tick of a ball that can touch nothing but a wall.
#[inline]
pub(crate) fn glide(ball: Ball) -> (Ball, Events) {
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

/// One tick of a paddle that is driven toward a speed.
#[inline]
pub(crate) fn drive_paddle(paddle: Paddle, speed: i16, grip: i16, limit: i16) -> Paddle {
    let v = paddle.v + bounded(speed - paddle.v, grip);
    let y = bounded(paddle.y + v, limit);
    Paddle { y, v: y - paddle.y }
}

/// The value, or the bound of its sign that is nearer to zero. Unlike `clamp` it can't panic, and
/// compiles to moves instead of branches, which random inputs would mispredict.
#[inline]
fn bounded(value: i16, most: i16) -> i16 {
    value.max(-most).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_open_short_of_the_paddles_and_beside_the_coin() {
        let ball = |x| Ball {
            x,
            vx: 100,
            ..Ball::RESTING
        };
        let open = |x| is_open(ball(x), CONTACT, NO_LANE);
        assert!(open(0) && open(CONTACT - 101) && open(-CONTACT - 99));
        assert!(!open(CONTACT - 100) && !open(-CONTACT - 100));
        let beside = |x| is_open(ball(x), CONTACT, 1_000);
        assert!(beside(900 + COIN_NEAR + 1) && beside(900 - COIN_NEAR - 1));
        assert!(!beside(900 + COIN_NEAR) && !beside(900 - COIN_NEAR));
    }
}
