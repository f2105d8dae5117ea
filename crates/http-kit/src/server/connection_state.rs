//! What a connection is doing, shared between it and those who serve or end it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::Waker;
use std::time::Duration;

use futures_util::task::AtomicWaker;

use super::config::{HEAD_TIMEOUT, KEEP_ALIVE};

/// How long a connection may be idle. The framework closes it a little earlier, but not while the start
/// of a request is in its buffer.
const IDLE_TIMEOUT: Duration = KEEP_ALIVE.saturating_add(HEAD_TIMEOUT);
/// How long a connection without request, and a socket that was asked to close, stay open during
/// shutdown.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// The state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum ConnectionPhase {
    /// No request yet.
    New,
    /// Between two requests.
    Idle,
    /// The head of a further request is being received.
    Head,
    /// A request is being processed.
    Busy,
    /// The connection is a WebSocket.
    Upgraded,
}

impl ConnectionPhase {
    const ALL: [Self; 5] = [
        Self::New,
        Self::Idle,
        Self::Head,
        Self::Busy,
        Self::Upgraded,
    ];
}

/// Shared handle to the state of a connection.
#[derive(Debug)]
pub struct ConnectionState {
    phase: AtomicU8,
    aborted: AtomicBool,
    draining: Arc<AtomicBool>,
    waker: AtomicWaker,
}

impl ConnectionState {
    pub(super) fn new(draining: Arc<AtomicBool>) -> Self {
        Self {
            phase: AtomicU8::new(ConnectionPhase::New as u8),
            aborted: AtomicBool::new(false),
            draining,
            waker: AtomicWaker::new(),
        }
    }

    /// Records that a request is being processed.
    pub fn begin_request(&self) {
        self.enter(ConnectionPhase::Busy);
    }

    /// Records that the response is ready; `upgraded` if the connection becomes a WebSocket.
    pub fn end_request(&self, upgraded: bool) {
        self.enter(if upgraded {
            ConnectionPhase::Upgraded
        } else {
            ConnectionPhase::Idle
        });
    }

    /// Closes the connection, whatever the peer does.
    pub fn abort(&self) {
        self.aborted.store(true, Ordering::Release);
        self.wake();
    }

    /// Makes the connection check its state.
    pub(super) fn wake(&self) {
        self.waker.wake();
    }

    /// Called by the connection, to be woken when its state is to be checked.
    pub(super) fn register(&self, waker: &Waker) {
        self.waker.register(waker);
    }

    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Acquire)
    }

    pub(super) fn enter(&self, phase: ConnectionPhase) {
        self.phase.store(phase as u8, Ordering::Release);
    }

    pub(super) fn phase(&self) -> ConnectionPhase {
        let phase = usize::from(self.phase.load(Ordering::Acquire));
        ConnectionPhase::ALL
            .get(phase)
            .copied()
            .unwrap_or(ConnectionPhase::New)
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// The time until the connection gives up waiting for bytes.
    pub(super) fn read_timeout(&self) -> Option<Duration> {
        match (self.phase(), self.is_draining()) {
            (ConnectionPhase::Idle, true) => Some(Duration::ZERO),
            (ConnectionPhase::New | ConnectionPhase::Upgraded, true) => Some(DRAIN_TIMEOUT),
            (ConnectionPhase::Idle, false) => Some(IDLE_TIMEOUT),
            (ConnectionPhase::Head, _) => Some(HEAD_TIMEOUT),
            (ConnectionPhase::New | ConnectionPhase::Busy | ConnectionPhase::Upgraded, _) => None,
        }
    }
}
