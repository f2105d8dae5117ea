//! Tournaments: created, entered, played on live matches, and decided.
//!
//! [`rules`] decides everything about a tournament without I/O, clock or randomness: who is seeded where, which
//! slots there are, what follows from a result, an absence, a withdrawal, a correction or a dispute, whom Swiss
//! pairs, and who takes which place.
//!
//! Invariants:
//! - Nothing about a tournament is kept in memory. Each step is one transaction that locks the tournament, loads
//!   it, asks the rules, writes what they changed, and emits what happened.
//! - A bracket advances in the transaction that stores the result of a match.
//! - Whatever happens by itself is found from times in rows: a job that comes twice or too early has no effect.
//! - Results come from matches. What organizers change is in the audit trail, with before, after and reason.

mod access;
mod creation;
mod disputes;
mod dto;
mod error;
mod invitations;
mod jobs;
mod leaving;
mod local_tournaments;
mod match_ends;
mod notifications;
mod pairing;
mod pairing_job;
mod policy;
pub mod ports;
mod progress;
mod queries;
mod reads;
mod registration;
mod rounds;
pub mod rules;
mod rulings;
mod running;
#[allow(missing_docs, unreachable_pub)]
mod schema;
mod score_table;
mod service;
mod slot_names;
mod starting;
mod step;
mod timers;
mod tournaments;

pub use creation::{MAX_OPEN_TOURNAMENTS, TournamentCreationService};
pub use error::Error;
pub use invitations::{InvitationService, MAX_CO_ORGANIZERS, MAX_INVITATIONS};
pub use local_tournaments::LocalTournamentService;
pub use reads::{TournamentQuery, TournamentReadsService};
pub use registration::{EntryService, MAX_LOCALS};
pub use rulings::RulingService;
pub use service::TournamentsService;
pub use tournaments::{Tournaments, TournamentsParts};
