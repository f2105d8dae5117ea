//! Sockets end with their sessions.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use accounts::Accounts;
use kernel::{SessionId, UserId};

use super::Hub;
use crate::ws::close::Close;

/// How often the sessions of all sockets are looked at: some end by time alone.
const CHECK_SESSIONS_EVERY: Duration = Duration::from_secs(30);

impl Hub {
    /// Closes the sockets of sessions that have ended.
    pub fn end_sessions(&self, user: UserId, sessions: &[SessionId]) {
        for client in self.sockets_of(user) {
            if sessions.contains(&client.actor.session) {
                client.close(&Close::unauthenticated());
            }
        }
    }

    /// Looks again and again whether the sessions of this node's sockets are still good.
    pub async fn watch_sessions(self: Arc<Self>, accounts: Accounts) {
        loop {
            tokio::time::sleep(CHECK_SESSIONS_EVERY).await;
            self.check_sessions(&accounts).await;
        }
    }

    /// The same at once: sessions may have ended while this node could not hear of it.
    pub fn check_sessions_soon(&self, accounts: Accounts) {
        if let Some(hub) = self.me.upgrade() {
            self.runtime
                .spawn(async move { hub.check_sessions(&accounts).await });
        }
    }

    /// Closes the sockets of sessions that are over, and tells the others who their person is now.
    pub(super) async fn check_sessions(&self, accounts: &Accounts) {
        let sockets = self.everybody();
        let sessions: HashSet<_> = sockets.iter().map(|one| one.actor.session).collect();
        let current = match accounts
            .current_actors(sessions.into_iter().collect())
            .await
        {
            Ok(current) => current,
            Err(error) => {
                return tracing::warn!(error = %error.chain(), "check of sessions failed");
            }
        };
        for client in sockets {
            match current.get(&client.actor.session) {
                Some(actor) if actor.user == client.actor.user => client.refresh(*actor),
                _ => {
                    accounts.forget_sessions(&[client.actor.session]);
                    client.close(&Close::unauthenticated());
                }
            }
        }
    }
}
