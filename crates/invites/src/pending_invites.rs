//! What the home page shows of invites.

use std::collections::{HashMap, HashSet};

use contract::invites::{Invite, InviteRole, InviteStatus};
use contract::users::UserSummary;
use db::AnyConn;
use kernel::{AppError, Timestamp, UserId};

use crate::queries::{self, InviteQuery, InviteRow};

/// The newest pending invites to a user, before the names of their senders are loaded.
#[derive(Debug, Clone)]
pub struct PendingInvites {
    rows: Vec<InviteRow>,
    now: Timestamp,
}

impl PendingInvites {
    /// Loads up to so many invites, without those of hidden users, in one statement.
    ///
    /// # Errors
    /// Only if the database fails.
    pub fn load(
        conn: &mut AnyConn,
        user: UserId,
        hidden: HashSet<UserId>,
        now: Timestamp,
        limit: i64,
    ) -> Result<Self, AppError> {
        let query = InviteQuery {
            user,
            role: Some(InviteRole::To),
            status: Some(InviteStatus::Pending),
            hidden,
            now,
        };
        let rows = queries::newest_of(conn, &query, limit)?;
        Ok(Self { rows, now })
    }

    /// The users whose names are needed.
    pub fn users(&self) -> impl Iterator<Item = UserId> {
        let rows = self.rows.iter();
        rows.flat_map(|row| [row.sender_id, row.receiver_id])
    }

    /// The invites, newest first, of these users; those of others are left out.
    #[must_use]
    pub fn to_dto(&self, users: &HashMap<UserId, UserSummary>) -> Vec<Invite> {
        let to_dto = |row: &InviteRow| {
            let [sender, receiver] = [row.sender_id, row.receiver_id].map(|id| users.get(&id));
            Some(row.between(sender?, receiver?, self.now))
        };
        self.rows.iter().filter_map(to_dto).collect()
    }
}
