//! A connection as the node that holds it sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use kernel::{SessionId, UserId};

use super::PresenceService;
use super::entry::Entry;
use crate::rules::presence_policy::{self, State};

/// One connection, or one seat in a match, of this node.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    pub(super) user: UserId,
    /// Its name in the registry.
    pub(super) name: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Tab {
        session: SessionId,
        /// Microseconds of monotonic time. Written with each thing that the person does, so it is
        /// no lock.
        acted_at: AtomicU64,
        off: AtomicBool,
    },
    Match,
}

impl ConnectionSlot {
    pub(super) fn tab(user: UserId, name: String, session: SessionId, now: Duration) -> Self {
        let kind = Kind::Tab {
            session,
            acted_at: AtomicU64::new(micros(now)),
            off: AtomicBool::new(false),
        };
        Self { user, name, kind }
    }

    pub(super) fn of_match(user: UserId, name: String) -> Self {
        Self {
            user,
            name,
            kind: Kind::Match,
        }
    }

    /// What the registry should say of it.
    pub(super) fn entry(&self, now: Duration) -> Entry {
        match &self.kind {
            Kind::Match => Entry::Match,
            Kind::Tab {
                session,
                acted_at,
                off,
            } => Entry::Tab {
                session: *session,
                open: true,
                state: if off.load(Ordering::Relaxed) {
                    State::Off
                } else {
                    presence_policy::state(now.saturating_sub(at(acted_at)))
                },
            },
        }
    }

    /// Something was done. True if that changes how the person is seen.
    pub(super) fn act(&self, now: Duration) -> bool {
        match &self.kind {
            Kind::Match => false,
            Kind::Tab { acted_at, .. } => {
                let before = acted_at.swap(micros(now), Ordering::Relaxed);
                let quiet = now.saturating_sub(Duration::from_micros(before));
                presence_policy::state(quiet) != State::Active
            }
        }
    }

    /// They said that they are off or on. True if that is new.
    pub(super) fn set_off(&self, wanted: bool) -> bool {
        match &self.kind {
            Kind::Match => false,
            Kind::Tab { off, .. } => off.swap(wanted, Ordering::Relaxed) != wanted,
        }
    }

    /// Whether something was done since then.
    pub(super) fn acted_since(&self, then: Duration) -> bool {
        match &self.kind {
            Kind::Match => false,
            Kind::Tab { acted_at, .. } => at(acted_at) >= then,
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn at(time: &AtomicU64) -> Duration {
    Duration::from_micros(time.load(Ordering::Relaxed))
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisconnectReason {
    /// The person signed out: they are gone at once.
    SignedOut,
    /// The client closed it in good order: they are gone unless they come back in a moment.
    Closed,
    /// Anything else, such as a lost network: they may be back in a while.
    Lost,
}

impl DisconnectReason {
    /// How long the person may come back before they count as gone.
    pub(super) const fn grace(self) -> Duration {
        match self {
            Self::SignedOut => Duration::ZERO,
            Self::Closed => presence_policy::GRACE_AFTER_CLOSE,
            Self::Lost => presence_policy::GRACE,
        }
    }
}

/// A tab or device that is connected to this node. Dropping it counts as losing it.
#[derive(Debug)]
pub struct PresenceConnection {
    service: PresenceService,
    seat: Arc<ConnectionSlot>,
    leaving: DisconnectReason,
}

impl PresenceConnection {
    pub(super) fn new(service: PresenceService, seat: Arc<ConnectionSlot>) -> Self {
        Self {
            service,
            seat,
            leaving: DisconnectReason::Lost,
        }
    }

    /// The person did something. It takes no lock unless they were away.
    pub fn acted(&self) {
        if self.seat.act(self.service.monotonic()) {
            self.service.changed(self.seat.user);
        }
    }

    /// The person said in this tab that they are here, or not (`user_online`, `user_offline`).
    pub fn announce(&self, here: bool) {
        let woke = here && self.seat.act(self.service.monotonic());
        if self.seat.set_off(!here) || woke {
            self.service.changed(self.seat.user);
        }
    }

    /// Ends the connection.
    pub fn close(mut self, leaving: DisconnectReason) {
        self.leaving = leaving;
    }
}

impl Drop for PresenceConnection {
    fn drop(&mut self) {
        self.service.left(&self.seat, self.leaving);
    }
}

/// A seat in a match that runs on this node. Dropping it ends the match for its player.
#[derive(Debug)]
pub struct Playing {
    service: PresenceService,
    seat: Arc<ConnectionSlot>,
}

impl Playing {
    pub(super) fn new(service: PresenceService, seat: Arc<ConnectionSlot>) -> Self {
        Self { service, seat }
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.service.left(&self.seat, DisconnectReason::SignedOut);
    }
}
