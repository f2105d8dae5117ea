//! Computer opponents that play fair.
//!
//! A [`Bot`] sees what everybody may see, once a second at most, and presses keys; it knows neither
//! the seed of the match nor what its opponent will press. Between two looks it remembers what it
//! saw and how it moved its own paddle since. How good it is hangs on one number, its [`Skill`];
//! the six [`Level`]s are skills chosen by simulation (`examples/calibrate.rs`), so that each beats
//! the one below in about three matches of four. [`Adaptive`] finds the skill that suits a human.
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
//!     // The closure is called when the bot looks, at most once in sixty ticks.
//!     let inputs = Inputs::new(left.play(|| game.public()), right.play(|| game.public()));
//!     game.step(inputs);
//! }
//! ```

mod adaptive;
mod arm;
mod flight;
mod manner;
mod mind;
mod skill;
mod watch;

pub use adaptive::{Adaptive, AdaptiveError};
pub use manner::Manner;
pub use skill::{Level, Skill};

use crate::field::TICK_RATE;
use crate::input::Direction;
use crate::public::PublicState;
use crate::rules::Rules;
use crate::side::Side;
use arm::Arm;
use mind::Mind;

/// A computer opponent: a small value that allocates nothing and does the same for the same seed
/// and the same looks.
///
/// It can take over in the middle of a match; it looks first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    side: Side,
    mind: Mind,
    arm: Arm,
    /// Where it wants its paddle to be.
    target: i16,
    /// For how many ticks more; after that, back to the middle.
    hold: u16,
    /// Ticks to the next look.
    wait: u16,
}

impl Bot {
    /// A bot for one side of a match; give it the rules of that match, and a seed of its own: one
    /// that nobody can guess where its mistakes should stay a surprise.
    pub fn new(rules: Rules, side: Side, manner: impl Into<Manner>, seed: u64) -> Self {
        Self {
            side,
            mind: Mind::new(rules, manner.into(), seed),
            arm: Arm::new(rules),
            target: 0,
            hold: 0,
            wait: 0,
        }
    }

    /// The side that it plays.
    pub const fn side(&self) -> Side {
        self.side
    }

    /// The key that it holds during the next tick. To be asked once before each tick; when it is
    /// time to look, it calls `look`, never twice within a second.
    pub fn play(&mut self, look: impl FnOnce() -> PublicState) -> Direction {
        if self.wait == 0 {
            self.see(look());
        }
        self.wait -= 1;
        if self.hold == 0 {
            self.target = 0;
        }
        self.hold = self.hold.saturating_sub(1);
        self.arm.press(self.target)
    }

    fn see(&mut self, seen: PublicState) {
        // It thinks as if on the left.
        let seen = match self.side {
            Side::Left => seen,
            Side::Right => seen.mirrored(),
        };
        self.arm.see(&seen);
        let plan = self.mind.plan(&seen);
        self.target = plan.target;
        self.hold = plan.hold;
        self.wait = plan.look_in.max(TICK_RATE);
    }
}
