//! The end of the process, in time, whatever hangs.

use std::io;
use std::time::Duration;

use actix_web::web;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout_at};

use super::connections::Connections;
use super::listener::Listener;
use crate::config::Config;
use crate::wiring::AppState;
use crate::ws::close::Close;

/// How much of the grace time is kept for leaving the other nodes.
const LEAVE_RESERVE: Duration = Duration::from_millis(800);
/// How long before the end of the grace time the process ends by force.
const EXIT_MARGIN: Duration = Duration::from_millis(200);

/// How a process is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StopSignal {
    /// By a supervisor, which may still be sending requests here.
    Terminate,
    /// By a person at the terminal.
    Interrupt,
}

/// The signals by which a process is told to stop.
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

/// A server that was told to stop.
pub(super) struct Stopping {
    /// How long requests are still welcome.
    delay: Duration,
    /// When whatever is still under way is cut off.
    deadline: Instant,
    /// When leaving the other nodes is given up.
    end: Instant,
}

impl Stopping {
    /// Ends readiness, tells all sockets, and makes sure that the process ends.
    pub(super) fn begin(
        config: &Config,
        signal: StopSignal,
        services: &web::Data<AppState>,
    ) -> Self {
        tracing::info!("stopping: no longer ready, answering what is under way");
        let grace = config.shutdown_grace;
        exit_after(grace.saturating_sub(EXIT_MARGIN));
        services.lifecycle.stop();
        services.hub.close_all(&Close::restarting());
        Self {
            delay: delay(config, signal),
            deadline: sleep(grace.saturating_sub(LEAVE_RESERVE)).deadline(),
            end: sleep(grace.saturating_sub(EXIT_MARGIN * 2)).deadline(),
        }
    }

    /// Answers what comes while load balancers learn that nothing should, then what has come, and
    /// lets go of all connections.
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

    /// Leaves the other nodes.
    pub(super) async fn leave(&self, services: &AppState) {
        if timeout_at(self.end, services.leave()).await.is_err() {
            tracing::warn!("left without telling the other nodes, which will notice in a moment");
        }
    }
}

/// How long requests are still welcome: not for a person at the terminal, for whom nobody probes.
fn delay(config: &Config, signal: StopSignal) -> Duration {
    match signal {
        StopSignal::Terminate => config.shutdown_delay.min(config.shutdown_grace / 2),
        StopSignal::Interrupt => Duration::ZERO,
    }
}

/// Ends the process then, if it is still there. It is a thread of its own, as whatever hangs may
/// hang the runtime.
fn exit_after(time: Duration) {
    std::thread::spawn(move || {
        std::thread::sleep(time);
        tracing::warn!("stopped by force: something took longer than --shutdown-grace");
        std::process::exit(1);
    });
}
