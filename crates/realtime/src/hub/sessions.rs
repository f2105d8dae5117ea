//! Closes sockets when their sessions end.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use kernel::{SessionId, UserId};

use super::core::Hub;
use crate::close::Close;

/// How often all sessions are checked: some end by time alone.
const CHECK_INTERVAL: Duration = Duration::from_secs(30);

impl Hub {
    /// Closes the sockets of sessions that have ended.
    pub fn end_sessions(&self, user: UserId, sessions: &[SessionId]) {
        for connection in self.sockets.of(user) {
            if sessions.contains(&connection.actor.session) {
                connection.close(&Close::unauthenticated());
            }
        }
    }

    /// Checks the sessions of all sockets again and again.
    pub async fn watch_sessions(self: Arc<Self>) {
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            self.check_sessions().await;
        }
    }

    /// Checks the sessions of all sockets soon: some may have ended without this node's knowledge.
    pub fn check_sessions_soon(&self) {
        if let Some(hub) = self.this.upgrade() {
            self.runtime
                .spawn(async move { hub.check_sessions().await });
        }
    }

    /// Closes the sockets of sessions that have ended, and updates the users of the others.
    pub(crate) async fn check_sessions(&self) {
        let sockets = self.sockets.all();
        let port = &self.ports.sessions;
        let sessions: HashSet<_> = sockets.iter().map(|one| one.actor.session).collect();
        let current = match port.current_actors(sessions.into_iter().collect()).await {
            Ok(current) => current,
            Err(error) => {
                return tracing::warn!(error = %error.chain(), "sessions not checked");
            }
        };
        for connection in sockets {
            match current.get(&connection.actor.session) {
                Some(actor) if actor.user == connection.actor.user => connection.refresh(*actor),
                _ => {
                    port.forget(&[connection.actor.session]);
                    connection.close(&Close::unauthenticated());
                }
            }
        }
    }
}
