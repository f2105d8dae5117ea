//! How people want to be seen, and who their friends are.

use std::collections::HashMap;

use contract::social::ChosenStatus;
use diesel::prelude::*;
use kernel::{AppError, UserId};
use store::{AnyConn, Each, Listed};

use super::FriendChoice;
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
        .filter(chosen_statuses::user_id.one_of(users))
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
    Each(upsert).execute(conn)?;
    Ok(())
}

/// Forgets a choice.
pub(crate) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(chosen_statuses::table.find(user)).execute(conn)?;
    Ok(())
}

/// All friends of these people.
pub(super) fn friends(
    conn: &mut AnyConn,
    users: &[UserId],
) -> Result<HashMap<UserId, Vec<UserId>>, AppError> {
    let rows: Vec<(UserId, UserId)> = friendships::table
        .filter(friendships::user_id.one_of(users))
        .select((friendships::user_id, friendships::friend_id))
        .load(conn)?;
    let mut friends: HashMap<UserId, Vec<UserId>> = HashMap::new();
    for (user, friend) in rows {
        friends.entry(user).or_default().push(friend);
    }
    Ok(friends)
}

/// All friends of one person, with what each chose.
pub(crate) fn friends_and_choices(
    conn: &mut AnyConn,
    user: UserId,
) -> Result<Vec<FriendChoice>, AppError> {
    let rows: Vec<(UserId, Option<String>)> = friendships::table
        .left_join(chosen_statuses::table.on(chosen_statuses::user_id.eq(friendships::friend_id)))
        .filter(friendships::user_id.eq(user))
        .order(friendships::friend_id)
        .select((friendships::friend_id, chosen_statuses::status.nullable()))
        .load(conn)?;
    let read = |(friend, name): (UserId, Option<String>)| FriendChoice {
        user: friend,
        chosen: name.map_or(ChosenStatus::Online, |name| choice(&name)),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Which of these are friends of this person.
pub(crate) fn friends_among(
    conn: &mut AnyConn,
    user: UserId,
    others: &[UserId],
) -> Result<Vec<UserId>, AppError> {
    Ok(friendships::table
        .filter(friendships::user_id.eq(user))
        .filter(friendships::friend_id.one_of(others))
        .select(friendships::friend_id)
        .load(conn)?)
}
