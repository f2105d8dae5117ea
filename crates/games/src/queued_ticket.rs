//! A place in the queue.

use std::time::Duration;

use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::catalogue::Wants;
use crate::rules::PairingPlayer;

/// How long a place lasts that no socket holds.
pub const TICKET_TTL: Duration = Duration::from_secs(60);
/// For how long two users count as having just met.
pub(crate) const JUST_MET: Duration = Duration::from_secs(600);

/// A user who waits for an opponent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct QueuedTicket {
    pub(crate) user: UserId,
    /// What the user accepts.
    pub(crate) wants: u64,
    pub(crate) rating: f64,
    pub(crate) deviation: f64,
    /// The mean of the user's latest outcomes.
    pub(crate) conduct: f64,
    /// When the user entered, in microseconds since 1970.
    pub(crate) joined_at: i64,
    /// The last opponent, if they met just now.
    pub(crate) avoid: Option<UserId>,
}

/// What is known of a user who enters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct QueueProfile {
    pub(crate) rating: f64,
    pub(crate) deviation: f64,
    pub(crate) conduct: f64,
    pub(crate) avoid: Option<UserId>,
}

impl QueuedTicket {
    pub(crate) fn new(
        user: UserId,
        wants: Wants,
        profile: QueueProfile,
        joined_at: Timestamp,
    ) -> Self {
        Self {
            user,
            wants: wants.0,
            rating: profile.rating,
            deviation: profile.deviation,
            conduct: profile.conduct,
            joined_at: joined_at.micros(),
            avoid: profile.avoid,
        }
    }

    pub(crate) const fn wants(&self) -> Wants {
        Wants(self.wants)
    }

    pub(crate) fn joined_at(&self) -> Timestamp {
        Timestamp::from_micros(self.joined_at)
    }

    /// The player as of now.
    pub(crate) fn player(&self, now: Timestamp) -> PairingPlayer {
        PairingPlayer {
            rating: self.rating,
            deviation: self.deviation,
            waited: now.since(self.joined_at()),
            conduct: self.conduct,
        }
    }
}

/// What nodes tell each other about the queue of a game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum QueueChange {
    /// Somebody waits, or waits for something else than before.
    Entered(QueuedTicket),
    /// Somebody does not wait any more.
    Left(UserId),
    /// Somebody with this rating was paired after so many seconds.
    Paired { rating: f64, waited: u32 },
}
