//! SQL on chosen statuses, and on friends with their statuses.

use std::collections::{HashMap, HashSet};

use contract::social::ChosenStatus;
use db::{AnyBackend, AnyConn, BulkStatement, DbUuid, EqAnyPadded, UserQuery};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use kernel::{AppError, UserId};

use crate::schema::{chosen_statuses, friendships};

/// The status of a stored name. A name that a newer version wrote hides the user.
pub(crate) fn status_of(name: &str) -> ChosenStatus {
    ChosenStatus::from_text(name).unwrap_or(ChosenStatus::Invisible)
}

/// The statuses of those of these users who have chosen one.
pub(crate) fn chosen_statuses(
    conn: &mut AnyConn,
    users: &[UserId],
) -> Result<HashMap<UserId, ChosenStatus>, AppError> {
    let rows: Vec<(UserId, String)> = chosen_statuses::table
        .filter(chosen_statuses::user_id.eq_any_padded(users))
        .select((chosen_statuses::user_id, chosen_statuses::status))
        .load(conn)?;
    let read = |(user, name): (UserId, String)| (user, status_of(&name));
    Ok(rows.into_iter().map(read).collect())
}

/// The status of a user, [`ChosenStatus::Online`] if none was chosen.
pub(super) fn chosen_status(conn: &mut AnyConn, user: UserId) -> Result<ChosenStatus, AppError> {
    let found = chosen_statuses(conn, &[user])?.remove(&user);
    Ok(found.unwrap_or_default())
}

/// Stores the status of a user.
pub(super) fn upsert_status(
    conn: &mut AnyConn,
    user: UserId,
    wanted: ChosenStatus,
) -> Result<(), AppError> {
    let name = wanted.as_text();
    let upsert = diesel::insert_into(chosen_statuses::table)
        .values((
            chosen_statuses::user_id.eq(user),
            chosen_statuses::status.eq(name),
        ))
        .on_conflict(chosen_statuses::user_id)
        .do_update()
        .set(chosen_statuses::status.eq(name));
    AnyBackend(upsert).execute(conn)?;
    Ok(())
}

/// Deletes the status of a user.
pub(crate) fn delete_status(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(chosen_statuses::table.find(user)).execute(conn)?;
    Ok(())
}

/// The status and the friends of users.
pub(super) type StatusesAndFriends = HashMap<UserId, (ChosenStatus, Vec<UserId>)>;

/// Loads the statuses and the friends of these users, in one statement.
pub(super) fn statuses_and_friends(
    conn: &mut AnyConn,
    users: &[UserId],
) -> Result<StatusesAndFriends, AppError> {
    let rows: Vec<(UserId, Option<String>, Option<UserId>)> =
        BulkStatement::<'_, (DbUuid, Nullable<Text>, Nullable<DbUuid>)>::new(
            "SELECT v.column1, c.status, f.friend_id FROM ",
            " LEFT JOIN chosen_statuses AS c ON c.user_id = v.column1 \
             LEFT JOIN friendships AS f ON f.user_id = v.column1",
        )
        .column::<DbUuid, UserId>(users.to_vec())
        .load(conn)?;
    let mut known = StatusesAndFriends::new();
    for (user, name, friend) in rows {
        let (chosen, friends) = known.entry(user).or_default();
        *chosen = name.map_or(ChosenStatus::Online, |name| status_of(&name));
        friends.extend(friend);
    }
    Ok(known)
}

/// The friends of a user, and the users who are hidden from them.
#[derive(Debug, Default)]
pub(super) struct ContactRows {
    /// All friends with their statuses.
    pub(super) friends: Vec<(UserId, ChosenStatus)>,
    pub(super) hidden: HashSet<UserId>,
}

/// Friends with their statuses and hidden users, split where the user's id is bound.
const CONTACTS: &[&str] = &[
    "SELECT f.friend_id, c.status, false FROM friendships AS f \
     LEFT JOIN chosen_statuses AS c ON c.user_id = f.friend_id WHERE f.user_id = ",
    " UNION ALL SELECT b.blocked_id, NULL, true FROM blocks AS b WHERE b.blocker_id = ",
    " UNION ALL SELECT b.blocker_id, NULL, true FROM blocks AS b WHERE b.blocked_id = ",
    " ORDER BY 1",
];

/// Loads a user's friends with their statuses and the users who are hidden from the user, in one
/// statement.
pub(super) fn contacts(conn: &mut AnyConn, user: UserId) -> Result<ContactRows, AppError> {
    let rows = UserQuery::new(CONTACTS, user).load::<(DbUuid, Nullable<Text>, Bool), _>(conn)?;
    let mut contacts = ContactRows::default();
    for (user, name, is_hidden) in rows {
        let (user, name): (UserId, Option<String>) = (user, name);
        if is_hidden {
            contacts.hidden.insert(user);
        } else {
            let chosen = name.map_or(ChosenStatus::Online, |name| status_of(&name));
            contacts.friends.push((user, chosen));
        }
    }
    Ok(contacts)
}

/// Those of these users who are friends of the user, with their statuses.
pub(crate) fn friends_among(
    conn: &mut AnyConn,
    user: UserId,
    others: &[UserId],
) -> Result<HashMap<UserId, ChosenStatus>, AppError> {
    let rows: Vec<(UserId, Option<String>)> = friendships::table
        .left_join(chosen_statuses::table.on(chosen_statuses::user_id.eq(friendships::friend_id)))
        .filter(friendships::user_id.eq(user))
        .filter(friendships::friend_id.eq_any_padded(others))
        .select((friendships::friend_id, chosen_statuses::status.nullable()))
        .load(conn)?;
    let read = |(friend, name): (UserId, Option<String>)| {
        let chosen = name.map_or(ChosenStatus::Online, |name| status_of(&name));
        (friend, chosen)
    };
    Ok(rows.into_iter().map(read).collect())
}
