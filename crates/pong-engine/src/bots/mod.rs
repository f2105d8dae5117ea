//! Computer opponents.
//!
//! A [`Bot`] observes the public state at most once a second, and presses keys; it knows neither the
//! seed of the match nor its opponent's next key. Between two observations it works from the last one
//! and from the keys that it pressed since. Its strength is one number, its [`Skill`]; the eight [`Level`]s are
//! skills chosen by simulation (`examples/calibrate.rs`) such that each beats the one below in about
//! three of four matches. [`Adaptive`] follows a human's results.
//!
//! ```
//! use pong_engine::bots::{Bot, Level};
//! use pong_engine::{Inputs, Match, Rules, Side};
//!
//! let rules = Rules::default();
//! let mut game = Match::new(rules, 42);
//! let mut left = Bot::new(rules, Side::Left, Level::Easy, 1);
//! let mut right = Bot::new(rules, Side::Right, Level::Expert, 2);
//! while game.outcome().is_none() {
//!     // The closure is called when the bot observes, at most once in sixty ticks.
//!     let inputs = Inputs::new(left.play(|| game.public()), right.play(|| game.public()));
//!     game.step(inputs);
//! }
//! ```

mod adaptive;
mod bot_profile;
mod flight;
mod paddle_controller;
mod planner;
mod reaction;
mod skill;

pub use adaptive::{Adaptive, AdaptiveError};
pub use bot_profile::BotProfile;
pub use skill::{Level, Skill};

use crate::field::TICK_RATE;
use crate::input::Direction;
use crate::public::PublicState;
use crate::rules::Rules;
use crate::side::Side;
use paddle_controller::PaddleController;
use planner::Planner;

/// A computer opponent: a small value without allocations, deterministic for its seed and
/// observations.
///
/// It can begin in the middle of a match; it observes in its first tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    side: Side,
    planner: Planner,
    controller: PaddleController,
    /// Where the paddle should be.
    target: i16,
    /// Ticks for which the target holds; the paddle returns to the centre afterwards.
    hold: u16,
    /// Ticks until the next observation.
    wait: u16,
}

impl Bot {
    /// Creates a bot for one side of a match with these rules. The seed decides its errors: use one
    /// that cannot be guessed where they should be unpredictable.
    pub fn new(rules: Rules, side: Side, profile: impl Into<BotProfile>, seed: u64) -> Self {
        Self {
            side,
            planner: Planner::new(rules, profile.into(), seed),
            controller: PaddleController::new(rules),
            target: 0,
            hold: 0,
            wait: 0,
        }
    }

    /// The side that it plays.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// The key that it holds during the next tick. Call it once before each tick; it calls `state` when
    /// an observation is due, at most once a second.
    pub fn play(&mut self, state: impl FnOnce() -> PublicState) -> Direction {
        if self.wait == 0 {
            self.observe(state());
        }
        self.wait -= 1;
        if self.hold == 0 {
            self.target = 0;
        }
        self.hold = self.hold.saturating_sub(1);
        self.controller.press(self.target)
    }

    fn observe(&mut self, seen: PublicState) {
        // The planner and the controller always play the left side.
        let seen = match self.side {
            Side::Left => seen,
            Side::Right => seen.mirrored(),
        };
        self.controller.observe(&seen);
        let plan = self.planner.plan(&seen);
        self.target = plan.target;
        self.hold = plan.hold;
        self.wait = plan.observe_in.max(TICK_RATE);
    }
}
