//! How people want to be seen, and who their friends are.

use std::collections::{HashMap, HashSet};

use contract::social::ChosenStatus;
use db::{AnyBackend, AnyConn, BulkStatement, DbUuid, EqAnyPadded, UserQuery};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use kernel::{AppError, UserId};

use crate::schema::{chosen_statuses, friendships};

/// The name of a choice in the database.
fn name(choice: ChosenStatus) -> &'static str {
    match choice {
        ChosenStatus::Online => "online",
        ChosenStatus::Away => "away",
        ChosenStatus::Invisible => "invisible",
    }
}

/// The choice of this name. One of a newer version hides rather than shows.
fn choice(name: &str) -> ChosenStatus {
    match name {
        "online" => ChosenStatus::Online,
        "away" => ChosenStatus::Away,
        _ => ChosenStatus::Invisible,
    }
}

/// What these people chose, where they did.
pub(crate) fn chosen(
    conn: &mut AnyConn,
    users: &[UserId],
) -> Result<HashMap<UserId, ChosenStatus>, AppError> {
    let rows: Vec<(UserId, String)> = chosen_statuses::table
        .filter(chosen_statuses::user_id.eq_any_padded(users))
        .select((chosen_statuses::user_id, chosen_statuses::status))
        .load(conn)?;
    let read = |(user, name): (UserId, String)| (user, choice(&name));
    Ok(rows.into_iter().map(read).collect())
}

/// Stores a choice.
pub(super) fn choose(
    conn: &mut AnyConn,
    user: UserId,
    wanted: ChosenStatus,
) -> Result<(), AppError> {
    let name = name(wanted);
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

/// Forgets a choice.
pub(crate) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(chosen_statuses::table.find(user)).execute(conn)?;
    Ok(())
}

/// What each of some people chose, and all friends of theirs.
pub(super) type ChoicesAndFriends = HashMap<UserId, (ChosenStatus, Vec<UserId>)>;

/// What these people chose, and all their friends, in one statement.
pub(super) fn choices_and_friends(
    conn: &mut AnyConn,
    users: &[UserId],
) -> Result<ChoicesAndFriends, AppError> {
    let rows: Vec<(UserId, Option<String>, Option<UserId>)> =
        BulkStatement::<'_, (DbUuid, Nullable<Text>, Nullable<DbUuid>)>::new(
            "SELECT v.column1, c.status, f.friend_id FROM ",
            " LEFT JOIN chosen_statuses AS c ON c.user_id = v.column1 \
             LEFT JOIN friendships AS f ON f.user_id = v.column1",
        )
        .column::<DbUuid, UserId>(users.to_vec())
        .load(conn)?;
    let mut known = ChoicesAndFriends::new();
    for (user, name, friend) in rows {
        let (chosen, friends) = known.entry(user).or_default();
        *chosen = name.map_or(ChosenStatus::Online, |name| choice(&name));
        friends.extend(friend);
    }
    Ok(known)
}

/// Whom a person knows.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    /// All friends, with what each chose.
    pub(super) friends: Vec<(UserId, ChosenStatus)>,
    pub(super) hidden: HashSet<UserId>,
}

/// Friends with what they chose, and then all who are hidden; cut wherever the person's id belongs.
const CONTACTS: &[&str] = &[
    "SELECT f.friend_id, c.status, false FROM friendships AS f \
     LEFT JOIN chosen_statuses AS c ON c.user_id = f.friend_id WHERE f.user_id = ",
    " UNION ALL SELECT b.blocked_id, NULL, true FROM blocks AS b WHERE b.blocker_id = ",
    " UNION ALL SELECT b.blocker_id, NULL, true FROM blocks AS b WHERE b.blocked_id = ",
    " ORDER BY 1",
];

/// All friends of one person with what each chose, and all who are hidden from them.
pub(super) fn contacts(conn: &mut AnyConn, user: UserId) -> Result<Contacts, AppError> {
    let rows = UserQuery::new(CONTACTS, user).load::<(DbUuid, Nullable<Text>, Bool), _>(conn)?;
    let mut contacts = Contacts::default();
    for (user, name, is_hidden) in rows {
        let (user, name): (UserId, Option<String>) = (user, name);
        if is_hidden {
            contacts.hidden.insert(user);
        } else {
            let chosen = name.map_or(ChosenStatus::Online, |name| choice(&name));
            contacts.friends.push((user, chosen));
        }
    }
    Ok(contacts)
}

/// Which of these are friends of this person, and what each chose.
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
        let chosen = name.map_or(ChosenStatus::Online, |name| choice(&name));
        (friend, chosen)
    };
    Ok(rows.into_iter().map(read).collect())
}
