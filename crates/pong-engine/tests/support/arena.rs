//! Players of every kind, and matches between them.

#![allow(dead_code, reason = "each program uses what it needs")]

use std::ops::Range;

use pong_engine::bots::{Bot, BotProfile};
use pong_engine::{
    BALL_HALF, Direction, Event, HALF_HEIGHT, Inputs, Match, Outcome, PADDLE_FACE, Paddle,
    PublicState, Rules, Side,
};

/// Anyone who can play.
pub(crate) trait Player {
    fn play(&mut self, game: &Match) -> Direction;
}

impl Player for Bot {
    fn play(&mut self, game: &Match) -> Direction {
        Bot::play(self, || game.public())
    }
}

/// What makes a player for a side of a match, from a seed.
pub(crate) type Maker<'a> = &'a dyn Fn(Rules, Side, u64) -> Box<dyn Player>;

/// Plays a match to its end.
pub(crate) fn play(rules: Rules, seed: u64, left: Maker<'_>, right: Maker<'_>) -> Outcome {
    play_watched(rules, seed, (left, right), |_| {})
}

/// Plays a match to its end; returns the number of hits of each rally.
fn play_watched(
    rules: Rules,
    seed: u64,
    (left, right): (Maker<'_>, Maker<'_>),
    mut rally_over: impl FnMut(u16),
) -> Outcome {
    let mut game = Match::new(rules, seed);
    let mut left = left(rules, Side::Left, seed ^ 0x1eaf);
    let mut right = right(rules, Side::Right, seed ^ 0x919_4777);
    loop {
        let hits = game.public().rally();
        let events = game.step(Inputs::new(left.play(&game), right.play(&game)));
        if events.scorer().is_some() {
            rally_over(hits);
        }
        if let Some(outcome) = game.outcome() {
            return outcome;
        }
    }
}

/// How many matches the first player won, and how many ended by score, one for each seed. The
/// players change sides after every match.
pub(crate) fn tally(rules: Rules, seeds: Range<u64>, one: Maker<'_>, two: Maker<'_>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let side = if seed % 2 == 0 {
            Side::Left
        } else {
            Side::Right
        };
        let (left, right) = match side {
            Side::Left => (one, two),
            Side::Right => (two, one),
        };
        let seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let outcome = play_watched(rules, seed, (left, right), |hits| tally.add_rally(hits));
        tally.add(&outcome, side);
    }
    tally
}

/// Results of many matches.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) matches: u32,
    pub(crate) won: u32,
    pub(crate) by_score: u32,
    pub(crate) ticks: u64,
    rallies: u32,
    hits: u32,
    untouched: u32,
}

impl Tally {
    fn add(&mut self, outcome: &Outcome, side: Side) {
        self.matches += 1;
        self.won += u32::from(outcome.winner == side);
        self.by_score += u32::from(outcome.ending == pong_engine::Ending::Score);
        self.ticks += u64::from(outcome.ticks);
    }

    fn add_rally(&mut self, hits: u16) {
        self.rallies += 1;
        self.hits += u32::from(hits);
        self.untouched += u32::from(hits == 0);
    }

    /// Hits in a rally, on average.
    pub(crate) fn hits_a_rally(&self) -> f64 {
        f64::from(self.hits) / f64::from(self.rallies)
    }

    /// The share of serves that were not returned, in percent.
    pub(crate) fn untouched(&self) -> f64 {
        100.0 * f64::from(self.untouched) / f64::from(self.rallies)
    }

    /// The share of matches won, in percent.
    pub(crate) fn percent(&self) -> f64 {
        100.0 * f64::from(self.won) / f64::from(self.matches)
    }

    /// Wilson's interval of 95 % around it.
    pub(crate) fn interval(&self) -> (f64, f64) {
        let (n, p, z) = (f64::from(self.matches), self.percent() / 100.0, 1.96);
        let scale = 100.0 / (1.0 + z * z / n);
        let middle = p + z * z / (2.0 * n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        (scale * (middle - half), scale * (middle + half))
    }
}

/// A bot with this profile.
pub(crate) fn bot(profile: impl Into<BotProfile>) -> impl Fn(Rules, Side, u64) -> Box<dyn Player> {
    let profile = profile.into();
    move |rules, side, seed| Box::new(Bot::new(rules, side, profile, seed))
}

/// Someone who plays for the first time: sees the ball a quarter of a second late and runs after it
/// while it comes, as if it went straight on since; foresees neither walls nor where it will arrive;
/// stops only roughly behind it, holds each key for a twelfth of a second at least, never gets used
/// to reversed keys, and is inattentive for half a second now and then. Where its own paddle is, it
/// knows.
pub(crate) struct Beginner {
    side: Side,
    past: [PublicState; Self::DELAY],
    held: Direction,
    hold: u16,
    noise: u64,
}

impl Beginner {
    const DELAY: usize = 15;
    const HOLD: u16 = 5;
    const SLOPPY: i32 = 900;

    pub(crate) fn maker(rules: Rules, side: Side, seed: u64) -> Box<dyn Player> {
        let first = Match::new(rules, 0).public();
        Box::new(Self {
            side,
            past: [first; Self::DELAY],
            held: Direction::Still,
            hold: 0,
            noise: seed,
        })
    }

    fn decide(&mut self, seen: &PublicState, paddle: Paddle) -> (Direction, u16) {
        self.noise = self
            .noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        if self.noise >> 58 == 0 {
            return (self.held, 30);
        }
        let ball = seen.ball();
        let comes = ball.vx.signum() == self.side.sign();
        let y = i32::from(ball.y) + i32::from(ball.vy) * Self::DELAY as i32;
        let gap = y - i32::from(paddle.y);
        let distance = if comes && gap.abs() > Self::SLOPPY {
            gap
        } else {
            0
        };
        (Direction::along(distance), Self::HOLD)
    }
}

impl Player for Beginner {
    fn play(&mut self, game: &Match) -> Direction {
        self.past.rotate_left(1);
        let [seen, .., last] = &mut self.past;
        *last = game.public();
        let seen = *seen;
        if self.hold == 0 {
            let paddle = game.public().paddle(self.side);
            (self.held, self.hold) = self.decide(&seen, paddle);
        }
        self.hold -= 1;
        self.held
    }
}

/// The best there can be without knowing the opponent's keys: sees every tick, knows exactly where
/// the ball will be, and finds the return that is hardest to reach by playing each of them.
pub(crate) struct Perfect {
    side: Side,
    direction: i16,
    target: i32,
}

impl Perfect {
    /// Where on its paddle it may hit the ball: eighths of half its length.
    const PLACES: std::ops::RangeInclusive<i32> = -6..=6;

    pub(crate) fn maker(_: Rules, side: Side, _: u64) -> Box<dyn Player> {
        Box::new(Self {
            side,
            direction: 0,
            target: 0,
        })
    }

    fn aim(&self, game: &Match) -> Option<i32> {
        let mut ahead = Match::predict(game.rules(), &game.public()).ok()?;
        let front = i32::from(PADDLE_FACE - BALL_HALF);
        let ball = loop {
            let ball = ahead.public().ball();
            if (i32::from(ball.x) + i32::from(ball.vx)).abs() >= front {
                break ball;
            }
            if ahead.outcome().is_some() {
                return None;
            }
            ahead.step(Inputs::default());
        };
        let rest = front - i32::from(ball.x).abs();
        let y = i32::from(ball.y) + i32::from(ball.vy) * rest / i32::from(ball.vx.abs()).max(1);
        let half = i32::from(game.public().half_length(game.rules(), self.side));
        let limit = i32::from(HALF_HEIGHT) - half;
        Self::PLACES
            .map(|place| (y - half * place / 8).clamp(-limit, limit))
            .max_by_key(|paddle| self.worth(&ahead, *paddle))
    }

    /// How far the opponent would have to run, less how far it can, if the ball met the paddle here.
    fn worth(&self, before: &Match, paddle: i32) -> i32 {
        let mut state = before.snapshot();
        state.paddles[self.side] = Paddle {
            y: paddle as i16,
            v: 0,
        };
        let Ok(mut game) = Match::restore(&state) else {
            return i32::MIN;
        };
        let other = self.side.other();
        let start = i32::from(game.public().paddle(other).y) / 2;
        let mut events = game.step(Inputs::default());
        if !events.contains(Event::Hit(self.side)) {
            return i32::MIN;
        }
        let mut ball = game.public().ball();
        let (since, mut effect) = (game.tick(), 0);
        while !events.contains(Event::Hit(other)) && game.outcome().is_none() {
            if events.scorer().is_some() {
                break;
            }
            ball = game.public().ball();
            events = game.step(Inputs::default());
            effect += 6_000 * i32::from(events.contains(Event::Coin(self.side)));
        }
        let drive = i32::from(before.public().drive(before.rules(), other).abs());
        (i32::from(ball.y) - start).abs() - drive * i32::from(game.tick() - since) + effect
    }

    fn steer(&self, game: &Match) -> Direction {
        let seen = game.public();
        let Paddle { y, v } = seen.paddle(self.side);
        let (v, grip) = (i32::from(v), i32::from(game.rules().speed().pace().grip));
        let gap = self.target - i32::from(y) - v * (v.abs() / grip) / 2;
        let distance = if gap.abs() < 60 { 0 } else { gap };
        let drive = seen.drive(game.rules(), self.side);
        Direction::along(distance * i32::from(drive.signum()))
    }
}

impl Player for Perfect {
    fn play(&mut self, game: &Match) -> Direction {
        let vx = game.public().ball().vx;
        if vx != self.direction {
            let comes = vx.signum() == self.side.sign();
            self.target = comes.then(|| self.aim(game)).flatten().unwrap_or(0);
            self.direction = vx;
        }
        self.steer(game)
    }
}
