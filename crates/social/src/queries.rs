//! What other rooms ask about people's relations while they look into the database themselves: a
//! fixed number of queries each, however many people.

use std::collections::{HashMap, HashSet};

use contract::social::ChosenStatus;
use db::{AnyConn, BulkStatement, DbUuid, UserQuery, UserSet};
use diesel::sql_types::Bool;
use kernel::{AppError, UserId};

use crate::presence;
use crate::{Relation, blocks};

/// How each of these pairs stands, in their order.
///
/// # Errors
/// Only where the database is away.
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
    // The statement answers each pair; better nobody there than somebody who is blocked.
    Ok(pairs
        .iter()
        .map(|pair| of(pair).unwrap_or(Relation::Blocked))
        .collect())
}

/// Of each pair, whether one has blocked the other, and whether they are friends.
const RELATIONS: &str = "SELECT v.column1, v.column2, \
    EXISTS (SELECT 1 FROM blocks AS b \
            WHERE b.blocker_id = v.column1 AND b.blocked_id = v.column2) \
    OR EXISTS (SELECT 1 FROM blocks AS b \
               WHERE b.blocker_id = v.column2 AND b.blocked_id = v.column1), \
    EXISTS (SELECT 1 FROM friendships AS f \
            WHERE f.user_id = v.column1 AND f.friend_id = v.column2) FROM ";

/// Those of these people who have chosen to be seen as offline.
///
/// # Errors
/// Only where the database is away.
pub fn invisible_among(conn: &mut AnyConn, users: &[UserId]) -> Result<HashSet<UserId>, AppError> {
    let chosen = presence::store::chosen(conn, users)?.into_iter();
    let invisible = chosen.filter(|(_, chosen)| *chosen == ChosenStatus::Invisible);
    Ok(invisible.map(|(user, _)| user).collect())
}

/// Everybody who is not there for this person, because one has blocked the other.
///
/// # Errors
/// Only where the database is away.
pub fn hidden_from(conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
    blocks::store::hidden_from(conn, user)
}

/// The same as a set that statements of other domains can leave out in passing.
#[must_use]
pub fn hidden_set(user: UserId) -> UserSet {
    UserSet::Selected(UserQuery::new(blocks::store::HIDDEN_FROM, user))
}
