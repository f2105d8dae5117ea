//! The presence of users with sockets.

use std::sync::Arc;

use kernel::{SessionId, UserId};
use realtime::{Departure, PresenceGuard, PresencePort};
use social::{DisconnectReason, PresenceConnection, PresenceService};

/// Counts sockets as connections of their users.
pub(super) struct SocketPresence(pub(super) Arc<dyn PresenceService>);

impl PresencePort for SocketPresence {
    fn connect(&self, user: UserId, session: SessionId) -> Box<dyn PresenceGuard> {
        Box::new(SocketPresenceGuard(self.0.connect(user, session)))
    }
}

struct SocketPresenceGuard(PresenceConnection);

impl PresenceGuard for SocketPresenceGuard {
    fn acted(&self) {
        self.0.acted();
    }

    fn announce(&self, is_here: bool) {
        self.0.announce(is_here);
    }

    fn close(self: Box<Self>, departure: Departure) {
        self.0.close(match departure {
            Departure::SignedOut => DisconnectReason::SignedOut,
            Departure::Closed => DisconnectReason::Closed,
            Departure::Lost => DisconnectReason::Lost,
        });
    }
}
