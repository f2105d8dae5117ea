//! What tables need from the rest of the server.

use std::time::Duration;

use async_trait::async_trait;
use contract::invites::MatchId;
use kernel::{AppError, UserId};

use crate::Seat;

/// The sockets that tables send to.
pub trait TableHost: Send + Sync {
    /// A thread has sent all states of a pass: wakes the connections that have something to send.
    fn pass_over(&self);
}

/// Whether other nodes take this one for alive.
pub trait NodeTenure: Send + Sync {
    /// How the node's lease stands.
    fn state(&self) -> TenureState;
}

/// How the lease of this node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenureState {
    /// There are no other nodes.
    Unlimited,
    /// Nobody takes over the node's matches before this monotonic time.
    Until(Duration),
    /// Leases cannot be read at the moment, by nobody. The last one ended at this monotonic time.
    Unknown(Duration),
}

/// What players do besides playing.
#[async_trait]
pub trait TableFollowUp: Send + Sync {
    /// Opens a rematch of a finished match, whose players have both asked for it. Sides are swapped.
    ///
    /// # Errors
    /// A player is in another match, or the players may not play each other any more.
    async fn rematch(&self, id: MatchId) -> Result<MatchId, AppError>;

    /// Checks what a player writes to the other one, by the rules of chats. Returns the text to be shown.
    ///
    /// # Errors
    /// The player may not write this.
    async fn check_chat(&self, id: MatchId, from: Seat, text: String) -> Result<String, AppError>;

    /// A user plays a match against another one on this node: shows that to friends until the result is
    /// dropped. It never waits.
    fn show_playing(&self, user: UserId) -> PlayingGuard {
        let _ = user;
        Box::new(())
    }
}

/// Shows a user as in a match until it is dropped.
pub type PlayingGuard = Box<dyn Send>;
