//! What the home page shows of contacts: friends and the newest requests.

use std::collections::{HashMap, HashSet};

use contract::social::{ChosenStatus, FriendRequest, FriendRequestId};
use db::{AnyConn, DbTime, DbUuid, UserQuery};
use diesel::sql_types::{Bool, Nullable, Text};
use kernel::{AppError, Timestamp, UserId};

use crate::ports::UserWithPrivacy;
use crate::presence::KnownFriend;
use crate::presence::queries::status_of;
use crate::requests::queries::FriendRequestRow;

/// The friends of a user, the users who are hidden from them, and the newest ten requests to them, before
/// their names are loaded.
#[derive(Debug, Clone)]
pub struct ContactOverview {
    user: UserId,
    friends: Vec<(UserId, ChosenStatus)>,
    hidden: HashSet<UserId>,
    requests: Vec<FriendRequestRow>,
}

/// Requests, friends with their statuses, and hidden users, split where the user's id is bound. PostgreSQL
/// takes the types of columns from the first of them.
const OVERVIEW: &[&str] = &[
    "SELECT r.sender_id, NULL, false, r.id, r.created_at FROM (SELECT id, sender_id, created_at \
     FROM friend_requests WHERE receiver_id = ",
    " ORDER BY id DESC LIMIT 10) AS r \
     UNION ALL SELECT f.friend_id, c.status, false, NULL, NULL FROM friendships AS f \
     LEFT JOIN chosen_statuses AS c ON c.user_id = f.friend_id WHERE f.user_id = ",
    " UNION ALL SELECT b.blocked_id, NULL, true, NULL, NULL FROM blocks AS b WHERE b.blocker_id = ",
    " UNION ALL SELECT b.blocker_id, NULL, true, NULL, NULL FROM blocks AS b WHERE b.blocked_id = ",
    " ORDER BY 1",
];
type ContactOverviewSql = (
    DbUuid,
    Nullable<Text>,
    Bool,
    Nullable<DbUuid>,
    Nullable<DbTime>,
);
type ContactOverviewRow = (
    UserId,
    Option<String>,
    bool,
    Option<FriendRequestId>,
    Option<Timestamp>,
);

impl ContactOverview {
    /// Loads it, in one statement.
    ///
    /// # Errors
    /// Only if the database fails.
    pub fn load(conn: &mut AnyConn, user: UserId) -> Result<Self, AppError> {
        let rows: Vec<ContactOverviewRow> =
            UserQuery::new(OVERVIEW, user).load::<ContactOverviewSql, _>(conn)?;
        let mut overview = Self {
            user,
            friends: vec![],
            hidden: HashSet::new(),
            requests: vec![],
        };
        rows.into_iter().for_each(|row| overview.add(row));
        overview
            .requests
            .sort_unstable_by_key(|request| std::cmp::Reverse(request.id));
        Ok(overview)
    }

    fn add(&mut self, (other, status, is_hidden, request, sent_at): ContactOverviewRow) {
        if let (Some(id), Some(created_at)) = (request, sent_at) {
            self.requests.push(FriendRequestRow {
                id,
                sender_id: other,
                receiver_id: self.user,
                created_at,
            });
        } else if is_hidden {
            self.hidden.insert(other);
        } else {
            let chosen = status.map_or(ChosenStatus::Online, |name| status_of(&name));
            self.friends.push((other, chosen));
        }
    }

    /// The ids of the friends.
    #[must_use]
    pub fn friends(&self) -> Vec<UserId> {
        self.friends.iter().map(|(friend, _)| *friend).collect()
    }

    /// The users who are hidden because one has blocked the other.
    #[must_use]
    pub fn hidden(&self) -> Vec<UserId> {
        self.hidden.iter().copied().collect()
    }

    /// The users whose names are needed.
    pub fn users(&self) -> impl Iterator<Item = UserId> {
        let senders = self.requests.iter().map(|request| request.sender_id);
        senders.chain(self.friends.iter().map(|(friend, _)| *friend))
    }

    /// The friends, for [`status_of`](crate::PresenceService::status_of).
    #[must_use]
    pub fn known_friends(&self, users: &HashMap<UserId, UserWithPrivacy>) -> Vec<KnownFriend> {
        let friend = |(id, chosen): &(UserId, ChosenStatus)| KnownFriend::new(*id, *chosen, users);
        self.friends.iter().filter_map(friend).collect()
    }

    /// The requests, newest first.
    #[must_use]
    pub fn requests(&self, users: &HashMap<UserId, UserWithPrivacy>) -> Vec<FriendRequest> {
        let requests = self.requests.iter();
        let to_dto =
            |row: &FriendRequestRow| Some(row.to_dto(self.user, users.get(&row.sender_id)?));
        requests.filter_map(to_dto).collect()
    }
}
