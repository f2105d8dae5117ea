//! The settings of the server, and the times that are fixed.

use std::time::Duration;

use crate::network::Network;

/// How long an idle connection is kept. Load balancers keep theirs for a shorter time, so that no
/// request is sent on a connection that is being closed.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client may take to send the head of a request.
pub(super) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may continue to send after an early error response, until it has read it.
pub(super) const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Settings of the server.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// The number of worker threads.
    pub workers: usize,
    /// How long the shutdown may take.
    pub shutdown_grace: Duration,
    /// How long requests are accepted after the signal to stop.
    pub shutdown_delay: Duration,
    /// The maximum number of connections per client address; a share of the open files by default.
    pub connections_per_address: Option<usize>,
    /// Proxies, whose connections are not limited.
    pub trusted_proxies: Vec<Network>,
}
