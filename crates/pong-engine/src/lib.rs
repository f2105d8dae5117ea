//! Pong as a library: a deterministic simulation with the same result, bit for bit, on every machine.
//!
//! A [`Match`] is a value without clock, socket, thread, file or allocation. It changes by
//! [`Match::step`] alone: sixty times a second in a server, at full speed in a simulator, ahead of the
//! server in a client that predicts.
//!
//! # Play a match
//!
//! ```
//! use pong_engine::{Direction, Event, Inputs, Match, Rules, Side, Speed};
//!
//! let rules = Rules::default().with_speed(Speed::Fast).with_score_to_win(3)?;
//! let mut game = Match::new(rules, 2024);
//!
//! let outcome = loop {
//!     // The left player follows the ball, the right one is idle.
//!     let distance = i32::from(game.ball().y) - i32::from(game.paddle(Side::Left).y);
//!     let events = game.step(Inputs::new(Direction::along(distance), Direction::Still));
//!     if events.contains(Event::Wall) { /* play a sound */ }
//!     if let Some(outcome) = game.outcome() {
//!         break outcome;
//!     }
//! };
//! assert_eq!(outcome.winner, Side::Left);
//! # Ok::<(), pong_engine::RulesError>(())
//! ```
//!
//! # Let two bots play
//!
#![cfg_attr(feature = "bots", doc = "```")]
#![cfg_attr(not(feature = "bots"), doc = "```ignore")]
//! use pong_engine::bots::{Bot, Level};
//! use pong_engine::{Inputs, Match, Rules, Side};
//!
//! let rules = Rules::default().with_cool_mode(true);
//! let mut game = Match::new(rules, 42);
//! let mut left = Bot::new(rules, Side::Left, Level::Hard, 1);
//! let mut right = Bot::new(rules, Side::Right, Level::Expert, 2);
//! while !game.is_over() {
//!     let inputs = Inputs::new(left.play(|| game.public()), right.play(|| game.public()));
//!     game.step(inputs);
//! }
//! println!("{}", game.outcome().unwrap());
//! ```
//!
//! # Step and observe a batch
//!
//! Row `n` of a buffer is match `n`; [`Match::observe`] lists the twenty numbers of a row.
//!
#![cfg_attr(feature = "batch", doc = "```")]
#![cfg_attr(not(feature = "batch"), doc = "```ignore")]
//! use pong_engine::{Batch, Direction, Inputs, Match, OBSERVATION, Rules};
//!
//! let rules = Rules::default();
//! let mut batch: Batch = (0..1_000).map(|seed| Match::new(rules, seed)).collect();
//! let mut left = vec![[0.0; OBSERVATION]; batch.len()];
//! let mut right = left.clone();
//! let mut inputs = vec![Inputs::default(); batch.len()];
//! for _ in 0..600 {
//!     batch.observe_both(&mut left, &mut right)?;
//!     for (inputs, (left, right)) in inputs.iter_mut().zip(left.iter().zip(&right)) {
//!         // A policy: number 1 is the ball's y, number 4 that of the own paddle.
//!         let policy = |seen: &[f32; OBSERVATION]| match seen[1] - seen[4] {
//!             ..-0.02 => Direction::Up,
//!             0.02.. => Direction::Down,
//!             _ => Direction::Still,
//!         };
//!         *inputs = Inputs::new(policy(left), policy(right));
//!     }
//!     batch.step(&inputs)?;
//! }
//! # Ok::<(), pong_engine::LengthError>(())
//! ```
//!
//! # Where to go from here
//!
//! | task | item |
//! |---|---|
//! | record a match, verify a record | [`Recorder`], [`Replay`] |
//! | store a match and continue it | [`Match::snapshot`], [`Match::restore`] and what it refuses |
//! | show a match, send it to clients | [`PublicState`], [`PublicState::encode`] |
//! | predict in a client | [`Match::predict`] |
//! | train an agent | [`Batch`](struct.Batch.html), [`Match::observe`] |
//! | read or write the bytes in another language | [`formats`] |
//!
//! The field's origin is its centre, x grows to the right and y downward; one unit is 1/32 000 of the
//! field's width. Time is counted in ticks, [`TICK_RATE`] to a second. The README describes the rules of
//! the game, the features of the crate and what stays the same across versions.

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
