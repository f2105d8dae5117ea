//! Computes changes of presence and announces them to friends.

use contract::catalogue::EventName;
use contract::social::{ChosenStatus, FriendPresence, Presence};
use db::AnyConn;
use kernel::{AppError, UserId};

use super::entry::ConnectionEntries;
use super::local_connections::{
    ChangeBatch, ClosedConnection, LocalChange, RecheckReason, RegistryEntry,
};
use super::lookups::visible_presence;
use super::queries::{self, StatusesAndFriends};
use super::tracker::set_of;
use super::{PresenceTracker, TTL};
use crate::ports::{SocialDirectory, UserWithPrivacy};
use crate::rules::presence_policy::{GRACE, GRACE_AFTER_CLOSE};

/// The number of users that are processed with one read, which bounds the statements of a reconnect
/// storm.
const BATCH_SIZE: usize = 500;

const ALL_STATUSES: [ChosenStatus; 3] = [
    ChosenStatus::Online,
    ChosenStatus::Away,
    ChosenStatus::Invisible,
];

/// A change of a user's presence.
struct PresenceChange {
    user: UserId,
    /// The presence that friends saw before, if it is known.
    before: Option<Presence>,
    after: Presence,
    reason: RecheckReason,
}

impl PresenceTracker {
    /// Flushes, under the lock of the registry.
    pub(super) async fn flush_locked(&self) -> Result<(), AppError> {
        let batch = self.local().take(self.monotonic());
        let applied = self.apply(&batch).await;
        if applied.is_err() {
            self.local().put_back(batch);
        }
        applied
    }

    async fn apply(&self, batch: &ChangeBatch) -> Result<(), AppError> {
        self.put_entries(&batch.put, TTL).await?;
        self.list_users_here(&batch.put).await?;
        for grace in [GRACE_AFTER_CLOSE, GRACE] {
            let closed = batch.closed.iter().filter(|closed| closed.grace == grace);
            let closed: Vec<RegistryEntry> = closed.map(ClosedConnection::entry).collect();
            self.put_entries(&closed, grace).await?;
        }
        self.remove_entries(&batch.removed).await?;
        let changes: Vec<(UserId, &LocalChange)> = batch
            .changes
            .iter()
            .map(|(user, change)| (*user, change))
            .collect();
        for chunk in changes.chunks(BATCH_SIZE) {
            self.announce_changes(chunk).await?;
        }
        Ok(())
    }

    async fn remove_entries(&self, entries: &[RegistryEntry]) -> Result<(), AppError> {
        if entries.is_empty() {
            return Ok(());
        }
        let sets: Vec<String> = entries.iter().map(|entry| set_of(entry.user)).collect();
        let both = sets.iter().zip(entries);
        let pairs: Vec<(&str, &str)> = both
            .map(|(set, entry)| (set.as_str(), entry.name.as_str()))
            .collect();
        self.parts().expiring_sets.remove(&pairs).await
    }

    async fn announce_changes(&self, changes: &[(UserId, &LocalChange)]) -> Result<(), AppError> {
        let users: Vec<UserId> = changes.iter().map(|(user, _)| *user).collect();
        let entries = self.entries(&users).await?;
        let mut candidates: Vec<_> = changes.iter().zip(entries).collect();
        // A second tab changes nothing whatever the user's status, which needs no statement.
        candidates.retain(|((user, change), entries)| {
            let mut statuses = ALL_STATUSES.into_iter();
            statuses.any(|chosen| presence_change(*user, change, entries.clone(), chosen).is_some())
        });
        let users = candidates.iter().map(|((user, _), _)| *user).collect();
        let known = self.statuses_and_friends(users).await?;
        let announcements = candidates
            .into_iter()
            .filter_map(|((user, change), entries)| {
                let (chosen, friends) = known.get(user)?;
                let change = presence_change(*user, change, entries, *chosen)?;
                Some((change, friends.clone()))
            });
        self.publish_changes(announcements.collect()).await
    }

    async fn statuses_and_friends(
        &self,
        users: Vec<UserId>,
    ) -> Result<StatusesAndFriends, AppError> {
        if users.is_empty() {
            return Ok(StatusesAndFriends::new());
        }
        let read = move |conn: &mut _| queries::statuses_and_friends(conn, &users);
        self.parts().store.read(read).await
    }

    /// Publishes changes to friends, as far as the privacy of each user allows.
    async fn publish_changes(
        &self,
        mut changes: Vec<(PresenceChange, Vec<UserId>)>,
    ) -> Result<(), AppError> {
        changes.retain(|(_, friends)| !friends.is_empty());
        if changes.is_empty() {
            return Ok(());
        }
        let ids: Vec<UserId> = changes.iter().map(|(change, _)| change.user).collect();
        let read = move |conn: &mut AnyConn, users: &dyn SocialDirectory| users.load(conn, &ids);
        let users = self.read(read).await?;
        for (change, friends) in changes {
            if let Some(user) = users.get(&change.user) {
                self.publish_change(&change, user, &friends)?;
            }
        }
        Ok(())
    }

    fn publish_change(
        &self,
        change: &PresenceChange,
        user: &UserWithPrivacy,
        friends: &[UserId],
    ) -> Result<(), AppError> {
        let after = if user.shows_presence {
            change.after
        } else {
            Presence::Offline
        };
        // A user with private presence was offline for friends before, unless it has just become private.
        if !user.shows_presence && change.reason != RecheckReason::PrivacyChanged {
            return Ok(());
        }
        self.publish_presence(friends, event_name(change.before, after), user, after)
    }

    fn publish_presence(
        &self,
        to: &[UserId],
        event: EventName,
        user: &UserWithPrivacy,
        status: Presence,
    ) -> Result<(), AppError> {
        let data = serde_json::to_value(FriendPresence {
            user_id: user.summary.id,
            username: user.summary.username.clone(),
            status,
        })?;
        self.parts().publisher.publish(to, event, data);
        Ok(())
    }

    /// Announces a change of status, now or as soon as that is possible.
    pub(super) async fn announce_status(&self, user: UserId, before: Presence, after: Presence) {
        let change = PresenceChange {
            user,
            before: Some(before),
            after,
            reason: RecheckReason::StatusChanged,
        };
        let announce = async {
            let known = self.statuses_and_friends(vec![user]).await?.remove(&user);
            let (_, friends) = known.unwrap_or_default();
            self.publish_changes(vec![(change, friends)]).await
        };
        if let Err(error) = announce.await {
            tracing::warn!(error = %error.chain(), %user, "status announcement postponed");
            self.mark(&[user], RecheckReason::StatusChanged);
        }
    }

    /// Announces two new friends to each other, as far as they are online.
    pub(crate) async fn announce_friendship(
        &self,
        friends: [&UserWithPrivacy; 2],
    ) -> Result<(), AppError> {
        let [one, other] = friends;
        let ids = [one.summary.id, other.summary.id];
        let shows = |id: &UserId| {
            let user = if *id == one.summary.id { one } else { other };
            user.shows_presence
        };
        let visible = self.visible_presences(&ids, shows).await?;
        for (user, to) in [(one, other.summary.id), (other, one.summary.id)] {
            let status = visible.get(&user.summary.id).copied();
            if let Some(status) = status.filter(|status| status.is_online()) {
                self.publish_presence(&[to], EventName::UserOnline, user, status)?;
            }
        }
        Ok(())
    }
}

impl ClosedConnection {
    /// The entry during the grace.
    fn entry(&self) -> RegistryEntry {
        RegistryEntry {
            entry: self.entry.entry.closed(),
            ..self.entry.clone()
        }
    }
}

/// The change to announce, if there is one. Of invisible users only the change to invisible is
/// announced, as if they had disconnected.
fn presence_change(
    user: UserId,
    change: &LocalChange,
    now: ConnectionEntries,
    chosen: ChosenStatus,
) -> Option<PresenceChange> {
    let after = visible_presence(&now, chosen);
    let before = visible_presence(&change.undo(now), chosen);
    let is_visible = chosen != ChosenStatus::Invisible;
    let is_announced = match change.reason {
        RecheckReason::Changed => before != after,
        RecheckReason::NodeDied => is_visible && !after.is_online(),
        RecheckReason::AnnounceAgain => is_visible,
        RecheckReason::PrivacyChanged => before.is_online() || after.is_online(),
        RecheckReason::StatusChanged => true,
    };
    is_announced.then_some(PresenceChange {
        user,
        before: (change.reason == RecheckReason::Changed).then_some(before),
        after,
        reason: change.reason,
    })
}

fn event_name(before: Option<Presence>, after: Presence) -> EventName {
    match (before.map(Presence::is_online), after.is_online()) {
        (_, false) => EventName::UserOffline,
        (Some(true), true) => EventName::UserStatus,
        (_, true) => EventName::UserOnline,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_name_depends_on_the_presence_before_and_after() {
        use EventName::{UserOffline, UserOnline, UserStatus};
        use Presence::{Away, InMatch, Offline, Online};
        assert_eq!(event_name(Some(Offline), Online), UserOnline);
        assert_eq!(event_name(None, Away), UserOnline);
        assert_eq!(event_name(Some(Online), InMatch), UserStatus);
        assert_eq!(event_name(Some(Away), Offline), UserOffline);
        assert_eq!(event_name(None, Offline), UserOffline);
    }
}
