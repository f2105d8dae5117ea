//! One connection or match, and how long it counts after its end.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use kernel::{SessionId, UserId};

use super::entry::ConnectionEntry;
use crate::rules::presence_policy::{self, ConnectionActivity};

/// A connection or a match of a user on this node.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    pub(super) user: UserId,
    /// The name of its entry in the registry.
    pub(super) name: String,
    kind: SlotKind,
}

#[derive(Debug)]
enum SlotKind {
    Tab {
        session: SessionId,
        /// Microseconds of monotonic time. Written on each activity, hence no lock.
        acted_at: AtomicU64,
        off: AtomicBool,
    },
    Match,
}

impl ConnectionSlot {
    pub(super) fn tab(user: UserId, name: String, session: SessionId, now: Duration) -> Self {
        let kind = SlotKind::Tab {
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
            kind: SlotKind::Match,
        }
    }

    /// The entry that the registry should have.
    pub(super) fn entry(&self, now: Duration) -> ConnectionEntry {
        match &self.kind {
            SlotKind::Match => ConnectionEntry::Match,
            SlotKind::Tab {
                session,
                acted_at,
                off,
            } => ConnectionEntry::Tab {
                session: *session,
                open: true,
                activity: if off.load(Ordering::Relaxed) {
                    ConnectionActivity::Off
                } else {
                    presence_policy::activity(now.saturating_sub(load(acted_at)))
                },
            },
        }
    }

    /// Records activity. Returns true if the tab was not active before.
    pub(super) fn act(&self, now: Duration) -> bool {
        match &self.kind {
            SlotKind::Match => false,
            SlotKind::Tab { acted_at, .. } => {
                let before = acted_at.swap(micros(now), Ordering::Relaxed);
                let inactive_for = now.saturating_sub(Duration::from_micros(before));
                presence_policy::activity(inactive_for) != ConnectionActivity::Active
            }
        }
    }

    /// Sets the tab offline or online. Returns true if that is a change.
    pub(super) fn set_off(&self, wanted: bool) -> bool {
        match &self.kind {
            SlotKind::Match => false,
            SlotKind::Tab { off, .. } => off.swap(wanted, Ordering::Relaxed) != wanted,
        }
    }

    /// Whether there was activity since this time.
    pub(super) fn acted_since(&self, since: Duration) -> bool {
        match &self.kind {
            SlotKind::Match => false,
            SlotKind::Tab { acted_at, .. } => load(acted_at) >= since,
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn load(time: &AtomicU64) -> Duration {
    Duration::from_micros(time.load(Ordering::Relaxed))
}

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisconnectReason {
    /// The user signed out. The connection stops counting at once.
    SignedOut,
    /// The client closed it, perhaps to reload the page. It counts for
    /// [`presence_policy::GRACE_AFTER_CLOSE`].
    Closed,
    /// Anything else, such as a lost network. It counts for [`presence_policy::GRACE`].
    Lost,
}

impl DisconnectReason {
    /// How long the connection still counts.
    pub(super) const fn grace(self) -> Duration {
        match self {
            Self::SignedOut => Duration::ZERO,
            Self::Closed => presence_policy::GRACE_AFTER_CLOSE,
            Self::Lost => presence_policy::GRACE,
        }
    }
}
