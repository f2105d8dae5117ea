//! What other rooms ask about people's relations while they look into the database themselves: a
//! fixed number of queries each, however many people.

use std::collections::HashSet;

use contract::social::ChosenStatus;
use kernel::{Fault, UserId};
use store::AnyConn;

use crate::presence::{self, FriendChoice};
use crate::{Relation, blocks, friends};

/// All friends of a person, with what each chose, for
/// [`snapshot_of`](crate::PresenceService::snapshot_of).
///
/// # Errors
/// Only where the database is away.
pub fn friends(conn: &mut AnyConn, user: UserId) -> Result<Vec<FriendChoice>, Fault> {
    presence::store::friends_and_choices(conn, user)
}

/// How each of these pairs stands, in their order.
///
/// # Errors
/// Only where the database is away.
pub fn relations(conn: &mut AnyConn, pairs: &[(UserId, UserId)]) -> Result<Vec<Relation>, Fault> {
    let blocked = blocks::store::among(conn, pairs)?;
    let friends = friends::store::among(conn, pairs)?;
    let relation = |pair: &(UserId, UserId)| {
        let back = (pair.1, pair.0);
        if blocked.contains(pair) || blocked.contains(&back) {
            Relation::Blocked
        } else if friends.contains(pair) {
            Relation::Friend
        } else {
            Relation::Stranger
        }
    };
    Ok(pairs.iter().map(relation).collect())
}

/// Those of these people who have chosen to be seen as offline.
///
/// # Errors
/// Only where the database is away.
pub fn invisible_among(conn: &mut AnyConn, users: &[UserId]) -> Result<HashSet<UserId>, Fault> {
    let chosen = presence::store::chosen(conn, users)?.into_iter();
    let invisible = chosen.filter(|(_, chosen)| *chosen == ChosenStatus::Invisible);
    Ok(invisible.map(|(user, _)| user).collect())
}

/// Everybody who is not there for this person, because one has blocked the other.
///
/// # Errors
/// Only where the database is away.
pub fn hidden_from(conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, Fault> {
    blocks::store::hidden_from(conn, user)
}
