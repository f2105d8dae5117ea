//! Friends and suggestions.

pub(crate) mod queries;

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::social::{Friend, FriendRemoved, Presence, Suggestion};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, Page, PageRequest, Timestamp, UserId};
use outbox::{Emit, NewEvent};

use crate::events::user_event;
use crate::locks::lock_users;
use crate::ports::{SocialDirectory, UserWithPrivacy};
use crate::{Error, Social};

/// Friends of the actor.
#[async_trait]
pub trait FriendsService: Send + Sync {
    /// Lists the actor's friends with their presence, newest friendship first.
    ///
    /// # Errors
    /// Only if the database or the registry of connections fails.
    async fn list_friends(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<Friend>, AppError>;

    /// Ends a friendship. Both users get `friend_removed`, and no notification.
    ///
    /// # Errors
    /// `friends.not_friends`, whether or not a user has this name.
    async fn remove_friend(&self, actor: &Actor, username: &str) -> Result<(), AppError>;

    /// Lists at most 50 friends of friends, those with most mutual friends first. Left out are users
    /// with a block or a request between them and the actor, users who have declined or were
    /// declined recently, and users who do not accept requests or suggestions.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn suggest_friends(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<Suggestion>, AppError>;
}

#[async_trait]
impl FriendsService for Social {
    async fn list_friends(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<Friend>, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn, users: &dyn SocialDirectory| {
            let rows = queries::page(conn, user, page)?;
            let ids: Vec<UserId> = rows.items.iter().map(|(id, _)| *id).collect();
            Ok((rows, users.load(conn, &ids)?))
        };
        let (rows, users) = self.read(read).await?;
        let ids: Vec<UserId> = rows.items.iter().map(|(id, _)| *id).collect();
        let shows = |id: &UserId| users.get(id).is_some_and(|user| user.shows_presence);
        let presence = self.inner.presence.visible_presences(&ids, shows).await?;
        let to_dto = |(id, since): (UserId, Timestamp)| {
            let user = users.get(&id)?;
            Some(friend_dto(user, since, presence.get(&id).copied()))
        };
        Ok(Page {
            items: rows.items.into_iter().filter_map(to_dto).collect(),
            total: rows.total,
        })
    }

    async fn remove_friend(&self, actor: &Actor, username: &str) -> Result<(), AppError> {
        let (user, name) = (actor.user, username.to_owned());
        self.write(move |tx, users| {
            let found = users.find_by_username(tx.conn, &name)?;
            let other = found.ok_or(Error::NotFriends)?.summary.id;
            lock_users(tx.conn, &[user, other])?;
            if !queries::delete(tx.conn, user, other)? {
                return Err(Error::NotFriends.into());
            }
            tx.emit_all(removed_events(user, other)?.into())
        })
        .await
    }

    async fn suggest_friends(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<Suggestion>, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn, users: &dyn SocialDirectory| {
            let candidates = queries::friends_of_friends(conn, user)?;
            let ids: Vec<UserId> = candidates.iter().map(|(id, _)| *id).collect();
            Ok((candidates, users.load(conn, &ids)?))
        };
        let (candidates, users) = self.read(read).await?;
        let suggestion = |(id, mutual_friends): (UserId, i64)| {
            let user = users.get(&id)?;
            (user.searchable && user.takes_requests).then(|| Suggestion {
                user: user.summary.clone(),
                mutual_friends,
            })
        };
        let all: Vec<Suggestion> = candidates.into_iter().filter_map(suggestion).collect();
        Ok(page_of(all, page))
    }
}

/// One page of a list that is in memory.
fn page_of<T>(all: Vec<T>, page: PageRequest) -> Page<T> {
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let [offset, limit] = [page.offset, page.limit].map(|n| usize::try_from(n).unwrap_or(0));
    Page {
        items: all.into_iter().skip(offset).take(limit).collect(),
        total,
    }
}

/// A friend as in responses. Without a known presence the friend is offline.
pub(crate) fn friend_dto(
    user: &UserWithPrivacy,
    since: Timestamp,
    presence: Option<Presence>,
) -> Friend {
    let summary = user.summary.clone();
    let status = presence.unwrap_or(Presence::Offline);
    Friend {
        id: summary.id,
        username: summary.username,
        display_name: summary.display_name,
        avatar: summary.avatar,
        is_online: status.is_online(),
        status,
        since,
    }
}

/// The events that both users get when their friendship ends.
pub(crate) fn removed_events(one: UserId, other: UserId) -> Result<[NewEvent; 2], AppError> {
    Ok([removed_event(one, other)?, removed_event(other, one)?])
}

fn removed_event(to: UserId, user_id: UserId) -> Result<NewEvent, AppError> {
    user_event(to, EventName::FriendRemoved, &FriendRemoved { user_id })
}

/// Emits `friend_removed` to these friends of a user.
pub(crate) fn emit_removed(
    tx: &mut Tx<'_>,
    user: UserId,
    friends: Vec<UserId>,
) -> Result<(), AppError> {
    let events = friends.into_iter().map(|to| removed_event(to, user));
    let events: Vec<NewEvent> = events.collect::<Result<_, AppError>>()?;
    tx.emit_all(events)
}
