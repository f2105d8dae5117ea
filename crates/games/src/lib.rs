//! Games: the catalogue, matches and how they are run, results, ratings, leaderboards and the queue.
//!
//! Invariants:
//! - A result comes from the simulation alone. No request carries a score, a winner or a position.
//! - A match has one owner at a time: the node named in its row, fenced by the row's epoch.
//! - A match is finished once: result, statistics, ratings, history, replay and events are written in the
//!   transaction that changes its status.
//! - A user is engaged once: in the queue or in one match, by the primary key of a row.

pub mod catalogue;
mod erasure;
mod error;
mod events;
pub mod frames;
mod games;
mod home;
mod leaderboards;
pub mod lookups;
mod match_access;
mod match_chat;
mod match_dto;
mod match_reads;
mod match_starts;
mod match_store;
mod mode;
mod names;
mod opening;
mod outcome;
mod parts;
mod player_statistics;
pub mod port;
pub mod ports;
mod queries;
mod queue;
mod queued_ticket;
mod recount;
mod rematch;
pub mod remote;
mod results;
mod routed_seat;
mod router;
pub mod rules;
#[allow(missing_docs, unreachable_pub)]
mod schema;
mod seat;
mod send_pace;
mod service;
mod stored_match;
mod stored_matches;
pub mod tables;
mod tenure;

pub use error::Error;
pub use games::Games;
pub use home::{GamesOverview, HomeGamesService, WatchedContacts};
pub use leaderboards::{LeaderboardPart, LeaderboardService};
pub use match_reads::{HistoryQuery, MatchReadsService};
pub use match_starts::MatchStartService;
pub use match_store::{
    ClaimedMatch, EndedMatch, MatchConclusion, MatchHead, MatchStore, RatingChange, SavedMatch,
    TablePlayer,
};
pub use mode::{MatchLimits, MatchMode};
pub use opening::{MatchDraft, Seating, cancel_match, open_match};
pub use outcome::{
    EndReason, MatchCancelReason, MatchEnding, MatchOutcome, PointScored, TimedPoint,
};
pub use parts::GamesParts;
pub use player_statistics::StatisticsService;
pub use queue::{KeptPlace, MatchQueue, QueueService, start_matchers};
pub use queued_ticket::TICKET_TTL;
pub use recount::{RecountDifference, recount};
pub use router::{MatchRouter, RouterParts};
pub use seat::Seat;
pub use service::GamesService;
pub use stored_match::{ComputerSettings, MatchResult, MatchStatus, SeatedPlayer, StoredMatch};
pub use stored_matches::StoredMatches;
pub use tenure::MatchNodes;
