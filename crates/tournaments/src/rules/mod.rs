//! The rules of tournaments: data in, decisions out. No I/O, no clock, no randomness but the published seed of a
//! draw.
//!
//! # How a service uses them
//!
//! Before the start, [`TournamentPhase::after`] and [`Schedule::due_action`] say how a tournament gets from one phase
//! to the next, [`status_at_registration`], [`moves_up`] and [`close_check_in`] who takes part. [`Competition::start`] seeds the entrants and makes the slots.
//!
//! From then on every step is a transaction: lock the tournament, load its row, entrants and slots into a
//! [`Competition`] ([`Competition::restore`]), call one method, write the entrants and slots that the returned
//! [`Changes`] name, increase the revision, emit events. Nothing else is kept in memory.
//!
//! - [`Competition::callable`] lists the slots whose match is to be opened now, given who is busy;
//!   [`Competition::call`] marks one as called. [`Competition::next_due`] is when to ask again.
//! - [`Competition::begin`], [`Competition::record`], [`Competition::no_show`] and [`Competition::reopen`] take what
//!   a match reports; [`Competition::end_round`] judges what is still open at the deadline of a round.
//! - [`Competition::remove`] takes an entrant out who leaves or is disqualified.
//! - [`Competition::correct`], [`Competition::dispute`] and [`Competition::settle_dispute`] are the organizer's.
//! - [`Competition::enter_late`], [`Competition::set_present`] and [`Competition::request_bye`] are for entrants of
//!   Swiss.
//! - [`Changes::round_to_pair`] asks for a round of Swiss: take [`Competition::swiss_round`], run
//!   [`SwissRound::pair_or_repeat`] on a thread that may block, outside of any transaction, and give the result to
//!   [`Competition::apply_pairing`] if the revision is unchanged.
//! - [`Changes::finished`] says that all is played: [`Competition::placings`] are the places, [`Competition::table`] the
//!   points and tie-breaks.
//!
//! ```
//! use tournaments::rules::*;
//!
//! let entrants = (1..=4).map(|number| Entrant::new(EntrantNumber(number))).collect();
//! let format = Format::SingleElimination { third_place: false };
//! let now = UnixMillis(1_000);
//! let (mut cup, _) = Competition::start(format, Timing::default(), entrants, &Seeding::Rating, now)?;
//!
//! let later = now.plus(Timing::default().call_delay);
//! for slot in cup.callable(later, &Default::default()) {
//!     cup.call(slot, later)?;
//!     cup.begin(slot)?;
//!     cup.record(slot, SlotResult::played(SlotSide::A, 11, 7), later.plus(120_000))?;
//! }
//! let last = SlotKey::new(Bracket::Upper, 2, 1);
//! assert_eq!(cup.slot(last).map(|slot| slot.status), Some(SlotStatus::Waiting));
//! # Ok::<(), RuleError>(())
//! ```

mod changes;
mod competition;
mod elimination;
mod entrant;
mod error;
mod format;
mod lifecycle;
mod placing;
mod progress;
mod round_robin;
mod seeding;
mod slot;
mod swiss;
mod table;
mod time;

pub use changes::Changes;
pub use competition::{Competition, Progress};
pub use entrant::{Entrant, EntrantNumber, EntrantStatus, PlayerNumber, SeedRating};
pub use error::RuleError;
pub use format::{Format, MAX_SWISS_ROUNDS, MIN_SWISS_ROUNDS, Timing};
pub use lifecycle::{
    DEFAULT_CHECK_IN, Lineup, PhaseAction, Schedule, TournamentPhase, close_check_in, moves_up,
    status_at_registration,
};
pub use placing::Placing;
pub use progress::{Correction, OpenMatch, Removal, Ruling};
pub use seeding::{DrawGenerator, Seeding, seed_order};
pub use slot::{
    Bracket, BracketSlot, Dispute, Occupant, PerSide, ResultKind, SlotFeed, SlotKey, SlotResult,
    SlotSide, SlotSource, SlotStatus,
};
pub use swiss::{Float, SwissPairing, SwissPlayer, SwissRound};
pub use table::ScoreRow;
pub use time::UnixMillis;
