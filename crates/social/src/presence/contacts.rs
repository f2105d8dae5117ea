//! A user's friends and hidden users, as a socket needs them when it opens.

use std::collections::{HashMap, HashSet};

use contract::social::{ChosenStatus, FriendPresence, Presence};
use contract::users::UserSummary;
use kernel::UserId;

use super::entry::ConnectionEntries;
use super::lookups::visible_presence;
use crate::ports::UserWithPrivacy;

/// A friend and what decides about their presence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFriend {
    user: UserId,
    username: String,
    shows_presence: bool,
    chosen: ChosenStatus,
}

/// A user with friends and hidden users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactList {
    /// The user, unless the account is not active any more.
    pub own: Option<UserSummary>,
    /// The user's friends, if they were requested.
    pub friends: Vec<KnownFriend>,
    /// The users who are hidden from the user because one has blocked the other.
    pub hidden: HashSet<UserId>,
}

impl KnownFriend {
    /// A friend, unless their account is not active any more.
    pub(crate) fn new(
        user: UserId,
        chosen: ChosenStatus,
        users: &HashMap<UserId, UserWithPrivacy>,
    ) -> Option<Self> {
        let found = users.get(&user)?;
        Some(Self {
            user,
            username: found.summary.username.clone(),
            shows_presence: found.shows_presence,
            chosen,
        })
    }

    pub(super) fn id(&self) -> UserId {
        self.user
    }

    /// The friend's presence with these entries.
    pub(super) fn to_dto(&self, entries: &ConnectionEntries) -> FriendPresence {
        let status = if self.shows_presence {
            visible_presence(entries, self.chosen)
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
