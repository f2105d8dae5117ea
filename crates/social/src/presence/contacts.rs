//! Whom a person knows, as a socket of theirs begins with it.

use std::collections::{HashMap, HashSet};

use contract::social::{ChosenStatus, FriendPresence, FriendsStatus, Presence};
use contract::users::UserSummary;
use db::AnyConn;
use kernel::{AppError, UserId};

use super::announce::seen;
use super::entry::Entries;
use super::{PresenceService, store};
use crate::ports::Person;

/// A friend of somebody, and how they want to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Friend {
    user: UserId,
    username: String,
    shows_presence: bool,
    chosen: ChosenStatus,
}

/// A person and whom they know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contacts {
    /// The person; nothing where they have no account any more.
    pub own: Option<UserSummary>,
    /// Their friends, where those were asked for.
    pub friends: Vec<Friend>,
    /// Everybody who is not there for them, because one has blocked the other.
    pub hidden: HashSet<UserId>,
}

impl Friend {
    fn of(user: UserId, chosen: ChosenStatus, people: &HashMap<UserId, Person>) -> Option<Self> {
        let person = people.get(&user)?;
        Some(Self {
            user,
            username: person.summary.username.clone(),
            shows_presence: person.shows_presence,
            chosen,
        })
    }

    fn seen(&self, entries: &Entries) -> FriendPresence {
        let status = if self.shows_presence {
            seen(entries, self.chosen)
        } else {
            Presence::Offline
        };
        FriendPresence {
            user_id: self.user,
            username: self.username.clone(),
            status,
        }
    }
}

impl PresenceService {
    /// A person and whom they know: two statements, however many those are.
    ///
    /// # Errors
    /// Only where the database is away.
    pub fn contacts(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        with_friends: bool,
    ) -> Result<Contacts, AppError> {
        let store::Contacts {
            mut friends,
            hidden,
        } = store::contacts(conn, user)?;
        if !with_friends {
            friends.clear();
        }
        let ids = friends.iter().map(|(friend, _)| *friend);
        let ids: Vec<UserId> = ids.chain([user]).collect();
        let mut people = self.parts().people.of(conn, &ids)?;
        let friend = |(user, chosen)| Friend::of(user, chosen, &people);
        Ok(Contacts {
            friends: friends.into_iter().filter_map(friend).collect(),
            own: people.remove(&user).map(|person| person.summary),
            hidden,
        })
    }

    /// All friends of a person and how each can be found: two statements and one look into the
    /// registry, however many friends.
    ///
    /// # Errors
    /// Only where the database or the registry is away.
    pub async fn snapshot(&self, user: UserId) -> Result<FriendsStatus, AppError> {
        let this = self.clone();
        let read = move |conn: &mut AnyConn| this.contacts(conn, user, true);
        let contacts = self.parts().store.read(read).await?;
        self.status_of(&contacts.friends).await
    }

    /// How these friends of one person can be found: one look into the registry.
    ///
    /// # Errors
    /// Only where the registry is away.
    pub async fn status_of(&self, friends: &[Friend]) -> Result<FriendsStatus, AppError> {
        let ids: Vec<UserId> = friends.iter().map(|friend| friend.user).collect();
        let entries = self.entries_or_own(&ids).await?;
        let both = friends.iter().zip(&entries);
        Ok(FriendsStatus {
            friends: both.map(|(friend, entries)| friend.seen(entries)).collect(),
        })
    }
}
