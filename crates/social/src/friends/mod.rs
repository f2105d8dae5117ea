//! Friends and who may become one.

pub(crate) mod store;

use contract::social::{Friend, FriendRemoved, Presence, Suggestion};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, Page, PageRequest, Timestamp, UserId};
use outbox::{Emit, NewEvent};

use crate::ports::{People, Person};
use crate::service::{event, lock};
use crate::{Error, Social};

impl Social {
    /// My friends and how each can be found; the newest first.
    pub async fn friends(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<Friend>, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn, people: &dyn People| {
            let rows = store::page(conn, user, page)?;
            let ids: Vec<UserId> = rows.items.iter().map(|(id, _)| *id).collect();
            Ok((rows, people.of(conn, &ids)?))
        };
        let (rows, people) = self.read(read).await?;
        let ids: Vec<UserId> = rows.items.iter().map(|(id, _)| *id).collect();
        let shows = |id: &UserId| people.get(id).is_some_and(|person| person.shows_presence);
        let seen = self.inner.presence.seen(&ids, shows).await?;
        let line = |(id, since): (UserId, Timestamp)| {
            Some(friend(people.get(&id)?, since, seen.get(&id).copied()))
        };
        Ok(Page {
            items: rows.items.into_iter().filter_map(line).collect(),
            total: rows.total,
        })
    }

    /// Ends a friendship. The other one is not notified, but finds it ended.
    ///
    /// # Errors
    /// There is none, whether or not anybody has this name.
    pub async fn unfriend(&self, actor: &Actor, username: &str) -> Result<(), AppError> {
        let (me, name) = (actor.user, username.to_owned());
        self.write(move |tx, people| {
            let named = people.named(tx.conn, &name)?;
            let other = named.ok_or(Error::NotFriends)?.summary.id;
            lock(tx.conn, &[me, other])?;
            if !store::remove(tx.conn, me, other)? {
                return Err(Error::NotFriends.into());
            }
            tx.emit_all(removed(me, other)?.into())
        })
        .await
    }

    /// Friends of my friends whom I could ask: none that is blocked, was asked, has declined, or
    /// does not want to be found. At most 50, those with most friends in common first.
    pub async fn suggestions(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<Suggestion>, AppError> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn, people: &dyn People| {
            let found = store::friends_of_friends(conn, user)?;
            let ids: Vec<UserId> = found.iter().map(|(id, _)| *id).collect();
            Ok((found, people.of(conn, &ids)?))
        };
        let (found, people) = self.read(read).await?;
        let askable = |(id, mutual_friends): (UserId, i64)| {
            let person = people.get(&id)?;
            (person.searchable && person.takes_requests).then(|| Suggestion {
                user: person.summary.clone(),
                mutual_friends,
            })
        };
        let all: Vec<Suggestion> = found.into_iter().filter_map(askable).collect();
        Ok(cut(all, page))
    }
}

/// One page of a short list.
fn cut<T>(all: Vec<T>, page: PageRequest) -> Page<T> {
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let [offset, limit] = [page.offset, page.limit].map(|n| usize::try_from(n).unwrap_or(0));
    Page {
        items: all.into_iter().skip(offset).take(limit).collect(),
        total,
    }
}

/// A friend as they are shown.
pub(crate) fn friend(person: &Person, since: Timestamp, seen: Option<Presence>) -> Friend {
    let summary = person.summary.clone();
    let status = seen.unwrap_or(Presence::Offline);
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

/// What both hear when a friendship ends.
pub(crate) fn removed(one: UserId, other: UserId) -> Result<[NewEvent; 2], AppError> {
    Ok([gone(one, other)?, gone(other, one)?])
}

/// What somebody hears whose friend is gone.
fn gone(to: UserId, user_id: UserId) -> Result<NewEvent, AppError> {
    event(to, "friend_removed", &FriendRemoved { user_id })
}

/// Tells friends that somebody is gone.
pub(crate) fn tell_removed(
    tx: &mut Tx<'_>,
    user: UserId,
    friends: Vec<UserId>,
) -> Result<(), AppError> {
    let told: Result<Vec<NewEvent>, AppError> =
        friends.into_iter().map(|to| gone(to, user)).collect();
    tx.emit_all(told?)
}
