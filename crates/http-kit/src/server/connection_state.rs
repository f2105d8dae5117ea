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
    input_ended: AtomicBool,
    blocked: AtomicBool,
    buffers_limited: AtomicBool,
    draining: Arc<AtomicBool>,
    waker: AtomicWaker,
}

impl ConnectionState {
    pub(super) fn new(draining: Arc<AtomicBool>) -> Self {
        Self {
            phase: AtomicU8::new(ConnectionPhase::New as u8),
            aborted: AtomicBool::new(false),
            input_ended: AtomicBool::new(false),
            blocked: AtomicBool::new(false),
            buffers_limited: AtomicBool::new(false),
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

    /// Reads nothing more, as if the peer had closed its half: the connection is closed once all is sent.
    pub fn end_input(&self) {
        self.input_ended.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether what was sent last waits for the peer to read. The task of the connection is woken when
    /// that is over.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.blocked.load(Ordering::Acquire)
    }

    /// Limits what the system holds of what is not sent yet, from the next write on.
    pub fn limit_buffers(&self) {
        self.buffers_limited.store(true, Ordering::Release);
    }

    /// Whether the limit was set since the last call.
    pub(super) fn take_buffers_limited(&self) -> bool {
        self.buffers_limited.load(Ordering::Acquire)
            && self.buffers_limited.swap(false, Ordering::AcqRel)
    }

    pub(super) fn has_input_ended(&self) -> bool {
        self.input_ended.load(Ordering::Acquire)
    }

    /// Sets whether a write waits for the peer.
    pub(super) fn set_blocked(&self, is_blocked: bool) {
        if self.blocked.swap(is_blocked, Ordering::AcqRel) && !is_blocked {
            self.wake();
        }
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
