//! Graceful shutdown, which ends in time whatever hangs.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout_at};

use super::config::ServerConfig;
use super::connections::Connections;
use super::events::ServerEvents;
use super::listener::Listener;
use crate::lifecycle::Lifecycle;

/// Part of the grace time that is reserved for leaving the cluster.
const LEAVE_RESERVE: Duration = Duration::from_millis(800);
/// How long before the end of the grace time the process is terminated.
const EXIT_MARGIN: Duration = Duration::from_millis(200);

/// The signal that stops the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopSignal {
    /// Sent by a supervisor, whose load balancer may still send requests.
    Terminate,
    /// Sent from a terminal.
    Interrupt,
}

/// Receives the signals that stop the process.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    pub(super) async fn next(&mut self) -> StopSignal {
        tokio::select! {
            _ = self.terminate.recv() => StopSignal::Terminate,
            _ = self.interrupt.recv() => StopSignal::Interrupt,
        }
    }
}

/// A shutdown in progress.
pub(super) struct Shutdown {
    /// How long requests are still accepted.
    delay: Duration,
    /// When requests in progress are cut off.
    deadline: Instant,
    /// When leaving the cluster is abandoned.
    end: Instant,
}

impl Shutdown {
    /// Ends readiness, and ensures that the process ends in time.
    pub(super) fn begin(
        config: &ServerConfig,
        signal: StopSignal,
        lifecycle: &Lifecycle,
        events: &impl ServerEvents,
    ) -> Self {
        tracing::info!("shutdown started: no longer ready, finishing requests");
        let grace = config.shutdown_grace;
        exit_after(grace.saturating_sub(EXIT_MARGIN));
        lifecycle.stop();
        events.stopping();
        Self {
            delay: delay(config, signal),
            deadline: sleep(grace.saturating_sub(LEAVE_RESERVE)).deadline(),
            end: sleep(grace.saturating_sub(EXIT_MARGIN * 2)).deadline(),
        }
    }

    /// Accepts requests until load balancers have noticed, then finishes those in progress and closes all
    /// connections.
    pub(super) async fn drain(&self, listener: Listener, connections: &Connections) {
        let drained = timeout_at(self.deadline, async {
            sleep(self.delay).await;
            listener.close_gently().await;
            connections.drain();
            connections.emptied().await;
        });
        if drained.await.is_err() {
            tracing::warn!("connections cut off: their requests took longer than --shutdown-grace");
        }
    }

    /// Leaves the cluster.
    pub(super) async fn leave(&self, events: &impl ServerEvents) {
        if timeout_at(self.end, events.leave()).await.is_err() {
            tracing::warn!("cluster left without notice: other nodes will notice in a moment");
        }
    }
}

/// How long requests are still accepted; not after an interrupt from a terminal, where there is no load
/// balancer.
fn delay(config: &ServerConfig, signal: StopSignal) -> Duration {
    match signal {
        StopSignal::Terminate => config.shutdown_delay.min(config.shutdown_grace / 2),
        StopSignal::Interrupt => Duration::ZERO,
    }
}

/// Terminates the process at that time, from a thread of its own, as the runtime may hang.
fn exit_after(time: Duration) {
    std::thread::spawn(move || {
        std::thread::sleep(time);
        tracing::warn!("process terminated: something took longer than --shutdown-grace");
        std::process::exit(1);
    });
}
