//! Pong as a library: the same match, bit for bit, on every machine.
//!
//! A [`Match`] is a value. It knows no clock, no socket, no thread and no file, allocates nothing,
//! and changes by [`Match::step`] alone: sixty times a second in a server, as fast as it goes in a
//! simulator, several times over in a client that predicts.
//!
//! ```
//! use pong_engine::{Direction, Event, Inputs, Match, Rules, Side, Speed};
//!
//! let rules = Rules::default().with_speed(Speed::Fast).with_score_to_win(3)?;
//! let mut game = Match::new(rules, 2024);
//!
//! let outcome = loop {
//!     // The left player follows the ball, the right one sleeps.
//!     let seen = game.public();
//!     let way = i32::from(seen.ball().y) - i32::from(seen.paddle(Side::Left).y);
//!     let events = game.step(Inputs::new(Direction::along(way), Direction::Still));
//!     if events.contains(Event::Wall) { /* play a sound */ }
//!     if let Some(outcome) = game.outcome() {
//!         break outcome;
//!     }
//! };
//! assert_eq!(outcome.winner, Side::Left);
//! # Ok::<(), pong_engine::RulesError>(())
//! ```

#![no_std]
#![cfg_attr(not(feature = "simd"), forbid(unsafe_code))]
#![cfg_attr(feature = "simd", deny(unsafe_code))]

#[cfg(feature = "batch")]
extern crate alloc;
#[cfg(any(test, feature = "simd"))]
extern crate std;

/// The examples of the README run as tests.
#[cfg(all(doctest, feature = "batch", feature = "bots"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[doc = include_str!("../FORMATS.md")]
pub mod formats {}

mod angle;
#[cfg(feature = "batch")]
mod batch;
#[cfg(feature = "bots")]
pub mod bots;
mod events;
mod field;
mod game;
mod input;
mod observe;
mod public;
mod random;
mod replay;
mod rules;
mod side;
mod snapshot;
mod state;
mod sweep;
mod wire;

#[cfg(feature = "batch")]
pub use batch::{Batch, LengthError};
pub use events::{Event, Events, EventsIter};
pub use field::*;
pub use game::Match;
pub use input::{Direction, DirectionError, Inputs, InputsError};
pub use observe::{COMPACT_OBSERVATION, OBSERVATION};
pub use public::{PublicState, SeenCoin, SeenEffect};
pub use replay::{Player, REPLAY_VERSION, Recorder, Replay, ReplayError};
pub use rules::{PHYSICS_VERSION, Pace, RULES_BYTES, Rules, RulesError, Speed};
pub use side::{Side, Sides};
pub use snapshot::{SNAPSHOT_BYTES, SNAPSHOT_VERSION, Snapshot, SnapshotError};
pub use state::{Ball, Coin, Effect, EffectKind, Ending, Outcome, Paddle};
pub use wire::{WIRE_BYTES, WIRE_VERSION, WireError};
