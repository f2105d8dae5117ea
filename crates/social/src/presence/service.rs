//! The service of presence and its implementation.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::social::{ChosenStatus, FriendsPresence, OnlineCounts, OwnStatus, Presence};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, OutageLog, SessionId, UserId};

use super::connection::{MatchPresence, PresenceConnection};
use super::connection_slot::ConnectionSlot;
use super::contacts::{ContactList, KnownFriend};
use super::entry::ConnectionEntries;
use super::local_connections::RecheckReason;
use super::lookups::{own_status, visible_presence};
use super::{PresenceTracker, REFRESH_INTERVAL, queries};
use crate::ports::SocialDirectory;
use crate::rules::presence_policy::{ConnectionActivity, GRACE};

/// How long to wait when the registry or the database is unavailable.
const RETRY_DELAY: Duration = Duration::from_secs(2);

/// Presence on this node and in the cluster.
///
/// While the registry of connections is unavailable, reads are answered from the connections of this node.
#[async_trait]
pub trait PresenceService: Send + Sync {
    /// Tracks a tab or device of a user on this node until the result is closed or dropped.
    fn connect(&self, user: UserId, session: SessionId) -> PresenceConnection;

    /// Shows a user as in a match on this node until the result is dropped.
    fn start_match(&self, user: UserId) -> MatchPresence;

    /// Records activity other than on a connection, such as an HTTP request. Returns false if the
    /// user is not connected to this node.
    fn acted(&self, user: UserId) -> bool;

    /// Announces the presence of users whose privacy settings have changed.
    fn recompute(&self, users: &[UserId]);

    /// Loads a user, the user's friends if requested, and the users who are hidden from the user: two
    /// statements for any number of friends.
    ///
    /// # Errors
    /// Only if the database fails.
    fn contacts(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        with_friends: bool,
    ) -> Result<ContactList, AppError>;

    /// Reads the presence of friends loaded by [`contacts`](Self::contacts): one read of the registry.
    ///
    /// # Errors
    /// Only if the registry fails otherwise than by being unavailable.
    async fn status_of(&self, friends: &[KnownFriend]) -> Result<FriendsPresence, AppError>;

    /// Reads the presence of all friends of a user: two statements and one read of the registry.
    ///
    /// # Errors
    /// Only if the database or the registry fails.
    async fn friends_status(&self, user: UserId) -> Result<FriendsPresence, AppError>;

    /// Reads the presence of those of these users who are friends of the viewer. Others are left out,
    /// as are friends without a connection and friends who hide their presence.
    ///
    /// # Errors
    /// Only if the database or the registry fails.
    async fn of_friends(
        &self,
        viewer: UserId,
        others: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, AppError>;

    /// Reads which of these users are in a match.
    ///
    /// # Errors
    /// Only if the registry fails otherwise than by being unavailable.
    async fn in_match(&self, users: &[UserId]) -> Result<Vec<UserId>, AppError>;

    /// Reads whether a user is active on a connection, even if invisible.
    ///
    /// # Errors
    /// Only if the registry fails otherwise than by being unavailable.
    async fn is_active(&self, user: UserId) -> Result<bool, AppError>;

    /// Counts the actor's open connections by session.
    ///
    /// # Errors
    /// Only if the registry fails otherwise than by being unavailable.
    async fn connections(&self, actor: &Actor) -> Result<HashMap<SessionId, usize>, AppError>;

    /// Counts the users who are online on all nodes, and those of them who play, without users who
    /// appear offline. A count may be a few seconds old.
    ///
    /// # Errors
    /// Only if the database or the registry fails.
    async fn online_counts(&self) -> Result<OnlineCounts, AppError>;

    /// Reads the actor's chosen status and presence.
    ///
    /// # Errors
    /// Only if the database or the registry fails.
    async fn status(&self, actor: &Actor) -> Result<OwnStatus, AppError>;

    /// Changes the actor's status and announces the change to friends and to the actor's own tabs. A
    /// failure after the status is stored postpones the announcement and is not returned.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn set_status(&self, actor: &Actor, wanted: ChosenStatus) -> Result<OwnStatus, AppError>;

    /// Writes pending changes to the registry and announces them.
    ///
    /// # Errors
    /// The registry or the database is unavailable. The changes stay pending.
    async fn flush(&self) -> Result<(), AppError>;

    /// Renews the entries of this node, flushes, and recomputes the users of nodes that died.
    ///
    /// # Errors
    /// The registry or the database is unavailable. The next refresh makes up for it.
    async fn refresh(&self) -> Result<(), AppError>;

    /// Flushes and refreshes as needed until the future is dropped.
    async fn run(self: Arc<Self>);

    /// Leaves the cluster in an orderly way, after the connections of this node were dropped. Other
    /// nodes recompute its users when their grace ends.
    ///
    /// # Errors
    /// The registry or the database is unavailable. The other nodes then notice by the missing heartbeat.
    async fn retire(&self) -> Result<(), AppError>;
}

#[async_trait]
impl PresenceService for PresenceTracker {
    fn connect(&self, user: UserId, session: SessionId) -> PresenceConnection {
        let slot = ConnectionSlot::tab(user, self.entry_name(), session, self.monotonic());
        PresenceConnection::new(self.clone(), self.track(slot))
    }

    fn start_match(&self, user: UserId) -> MatchPresence {
        let slot = ConnectionSlot::of_match(user, self.entry_name());
        MatchPresence::new(self.clone(), self.track(slot))
    }

    fn acted(&self, user: UserId) -> bool {
        let (is_here, became_active) = self.local().acted(user, self.monotonic());
        if became_active {
            self.mark(&[user], RecheckReason::Changed);
        }
        is_here
    }

    fn recompute(&self, users: &[UserId]) {
        self.mark(users, RecheckReason::PrivacyChanged);
    }

    fn contacts(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        with_friends: bool,
    ) -> Result<ContactList, AppError> {
        let queries::ContactRows {
            mut friends,
            hidden,
        } = queries::contacts(conn, user)?;
        if !with_friends {
            friends.clear();
        }
        let ids = friends.iter().map(|(friend, _)| *friend);
        let ids: Vec<UserId> = ids.chain([user]).collect();
        let mut users = self.parts().users.load(conn, &ids)?;
        let friend = |(user, chosen)| KnownFriend::new(user, chosen, &users);
        Ok(ContactList {
            friends: friends.into_iter().filter_map(friend).collect(),
            own: users.remove(&user).map(|user| user.summary),
            hidden,
        })
    }

    async fn status_of(&self, friends: &[KnownFriend]) -> Result<FriendsPresence, AppError> {
        let ids: Vec<UserId> = friends.iter().map(KnownFriend::id).collect();
        let entries = self.entries_or_local(&ids).await?;
        let both = friends.iter().zip(&entries);
        Ok(FriendsPresence {
            friends: both
                .map(|(friend, entries)| friend.to_dto(entries))
                .collect(),
        })
    }

    async fn friends_status(&self, user: UserId) -> Result<FriendsPresence, AppError> {
        let this = self.clone();
        let read = move |conn: &mut AnyConn| this.contacts(conn, user, true);
        let contacts = self.parts().store.read(read).await?;
        self.status_of(&contacts.friends).await
    }

    async fn of_friends(
        &self,
        viewer: UserId,
        others: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, AppError> {
        // Most users have no connection, which is known without the database.
        let connected = self.connected(others).await?;
        let ids: Vec<UserId> = connected.keys().copied().collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let read = move |conn: &mut AnyConn, users: &dyn SocialDirectory| {
            let friends = queries::friends_among(conn, viewer, &ids)?;
            let ids: Vec<UserId> = friends.keys().copied().collect();
            Ok((users.load(conn, &ids)?, friends))
        };
        let (users, friends) = self.read(read).await?;
        let visible = connected.into_iter().filter_map(|(user, entries)| {
            let shows = users.get(&user)?.shows_presence;
            shows.then_some((user, visible_presence(&entries, *friends.get(&user)?)))
        });
        Ok(visible.collect())
    }

    async fn in_match(&self, users: &[UserId]) -> Result<Vec<UserId>, AppError> {
        let entries = self.entries_or_local(users).await?;
        let both = users.iter().zip(entries);
        Ok(both
            .filter(|(_, entries)| entries.in_match())
            .map(|(user, _)| *user)
            .collect())
    }

    async fn is_active(&self, user: UserId) -> Result<bool, AppError> {
        let entries = self.entries_or_local(&[user]).await?;
        let mut activities = entries.iter().flat_map(ConnectionEntries::activities);
        Ok(activities.any(|activity| activity == ConnectionActivity::Active))
    }

    async fn connections(&self, actor: &Actor) -> Result<HashMap<SessionId, usize>, AppError> {
        let mut counts = HashMap::new();
        for entries in self.entries_or_local(&[actor.user]).await? {
            for session in entries.open_sessions() {
                *counts.entry(session).or_default() += 1;
            }
        }
        Ok(counts)
    }

    async fn online_counts(&self) -> Result<OnlineCounts, AppError> {
        self.count_online().await
    }

    async fn status(&self, actor: &Actor) -> Result<OwnStatus, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn| queries::chosen_status(conn, user);
        let chosen = self.parts().store.read(read).await?;
        let entries = self.entries_or_local(&[user]).await?;
        Ok(own_status(
            chosen,
            &entries.into_iter().next().unwrap_or_default(),
        ))
    }

    async fn set_status(&self, actor: &Actor, wanted: ChosenStatus) -> Result<OwnStatus, AppError> {
        let user = actor.user;
        let store = &self.parts().store;
        let _lock = store.before_deadline(self.inner.known_nodes.lock()).await?;
        let write = move |tx: &mut Tx<'_>| {
            let before = queries::chosen_status(tx.conn, user)?;
            queries::upsert_status(tx.conn, user, wanted)?;
            Ok(before)
        };
        let before = store.write(write).await?;
        let entries = self.entries_or_local(&[user]).await;
        let entries = entries.ok().and_then(|mut entries| entries.pop());
        let entries = entries.unwrap_or_else(|| self.local().of(user, self.monotonic()));
        let own = own_status(wanted, &entries);
        let data = serde_json::to_value(own)?;
        self.parts()
            .publisher
            .publish(&[user], EventName::OwnStatus, data);
        let before = visible_presence(&entries, before);
        if before != own.presence {
            self.announce_status(user, before, own.presence).await;
        }
        Ok(own)
    }

    async fn flush(&self) -> Result<(), AppError> {
        let _lock = self.inner.known_nodes.lock().await;
        self.flush_locked().await
    }

    async fn refresh(&self) -> Result<(), AppError> {
        let mut known_nodes = self.inner.known_nodes.lock().await;
        let refreshed = self.refresh_locked(&mut known_nodes).await;
        if refreshed.is_err() {
            // Meanwhile friends may have got what single nodes computed by themselves.
            self.local().mark_all();
        }
        refreshed
    }

    async fn run(self: Arc<Self>) {
        let mut next_refresh = self.monotonic();
        let mut log = OutageLog::default();
        loop {
            let now = self.monotonic();
            let result = if now >= next_refresh {
                next_refresh = now + REFRESH_INTERVAL;
                self.refresh().await
            } else {
                self.flush().await
            };
            if let Err(error) = result {
                if let Some(failures) = log.failed(now) {
                    tracing::warn!(error = %error.chain(), failures, "presence refresh failed");
                }
                tokio::time::sleep(RETRY_DELAY).await;
                continue;
            }
            if log.worked() {
                tracing::info!("presence refresh recovered");
            }
            tokio::select! {
                () = self.inner.changed.notified() => {}
                () = tokio::time::sleep(self.sleep_time(next_refresh)) => {}
            }
        }
    }

    async fn retire(&self) -> Result<(), AppError> {
        let _lock = self.inner.known_nodes.lock().await;
        self.flush_locked().await?;
        self.heartbeat(GRACE + REFRESH_INTERVAL / 10).await
    }
}
