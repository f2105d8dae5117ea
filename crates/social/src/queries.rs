//! Reads for other domains, on a connection that they have. Each takes a fixed number of statements
//! for any number of users.

use std::collections::{HashMap, HashSet};

use contract::social::ChosenStatus;
use db::{AnyConn, BulkStatement, DbUuid, UserQuery, UserSet};
use diesel::sql_types::Bool;
use kernel::{AppError, Relation, UserId};

use crate::{blocks, friends, presence};

/// Loads the relations of these pairs, in their order.
///
/// # Errors
/// Only if the database fails.
pub fn relations(
    conn: &mut AnyConn,
    pairs: &[(UserId, UserId)],
) -> Result<Vec<Relation>, AppError> {
    let rows: Vec<(UserId, UserId, bool, bool)> =
        BulkStatement::<'_, (DbUuid, DbUuid, Bool, Bool)>::new(RELATIONS, "")
            .column::<DbUuid, UserId>(pairs.iter().map(|(one, _)| *one).collect())
            .column::<DbUuid, UserId>(pairs.iter().map(|(_, other)| *other).collect())
            .load(conn)?;
    let relation = |(one, other, is_blocked, is_friend)| {
        let relation = match (is_blocked, is_friend) {
            (true, _) => Relation::Blocked,
            (false, true) => Relation::Friend,
            (false, false) => Relation::Stranger,
        };
        ((one, other), relation)
    };
    let relations: HashMap<(UserId, UserId), Relation> = rows.into_iter().map(relation).collect();
    let of = |pair| relations.get(pair).copied();
    // The statement returns a row per pair. The fallback is the relation that reveals nothing.
    Ok(pairs
        .iter()
        .map(|pair| of(pair).unwrap_or(Relation::Blocked))
        .collect())
}

/// For each pair, whether one has blocked the other, and whether they are friends.
const RELATIONS: &str = "SELECT v.column1, v.column2, \
    EXISTS (SELECT 1 FROM blocks AS b \
            WHERE b.blocker_id = v.column1 AND b.blocked_id = v.column2) \
    OR EXISTS (SELECT 1 FROM blocks AS b \
               WHERE b.blocker_id = v.column2 AND b.blocked_id = v.column1), \
    EXISTS (SELECT 1 FROM friendships AS f \
            WHERE f.user_id = v.column1 AND f.friend_id = v.column2) FROM ";

/// The pairs among these users of whom one has blocked the other, who stands first.
///
/// # Errors
/// Only if the database fails.
pub fn blocks_among(
    conn: &mut AnyConn,
    users: &[UserId],
) -> Result<Vec<(UserId, UserId)>, AppError> {
    Ok(blocks::queries::among(conn, users)?)
}

/// A guard that holds while two users are friends, and neither has blocked the other; for statements of
/// other domains.
#[must_use]
pub fn friends_guard(user: UserId, friend: UserId) -> BulkStatement<'static, ()> {
    BulkStatement::<'_, ()>::new(
        "SELECT 1 AS friends FROM ",
        " WHERE EXISTS (SELECT 1 FROM friendships AS f \
                   WHERE f.user_id = v.column1 AND f.friend_id = v.column2) \
         AND NOT EXISTS (SELECT 1 FROM blocks AS b \
                         WHERE b.blocker_id = v.column1 AND b.blocked_id = v.column2) \
         AND NOT EXISTS (SELECT 1 FROM blocks AS b \
                         WHERE b.blocker_id = v.column2 AND b.blocked_id = v.column1)",
    )
    .column::<DbUuid, _>(vec![user])
    .column::<DbUuid, _>(vec![friend])
}

/// Loads those of these users who have chosen to appear offline.
///
/// # Errors
/// Only if the database fails.
pub fn invisible_among(conn: &mut AnyConn, users: &[UserId]) -> Result<HashSet<UserId>, AppError> {
    let statuses = presence::queries::chosen_statuses(conn, users)?.into_iter();
    let invisible = statuses.filter(|(_, status)| *status == ChosenStatus::Invisible);
    Ok(invisible.map(|(user, _)| user).collect())
}

/// Loads the friends of a user.
///
/// # Errors
/// Only if the database fails.
pub fn friends_of(conn: &mut AnyConn, user: UserId) -> Result<Vec<UserId>, AppError> {
    friends::queries::ids(conn, user)
}

/// Loads the users who are hidden from this user because one has blocked the other.
///
/// # Errors
/// Only if the database fails.
pub fn hidden_from(conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
    blocks::queries::hidden_from(conn, user)
}

/// The set of [`hidden_from`], to be embedded in statements of other domains.
#[must_use]
pub fn hidden_set(user: UserId) -> UserSet {
    UserSet::Selected(UserQuery::new(blocks::queries::HIDDEN_FROM, user))
}
