//! What people were told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::notify::{Action, Badges, Notification, NotificationId};
use db::names::PendingRenames;
use db::types::Json;
use db::{AnyConn, BulkStatement, DbUuid, EqAnyPadded, MultiBackend};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use kernel::{AppError, Cursor, Timestamp, UserId};

use crate::inbox::Filter;
use crate::ports::DeliveryId;
use crate::rules::kinds;
use crate::schema::notifications;

/// A notification as it is stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = notifications)]
pub(crate) struct Row {
    pub(crate) id: NotificationId,
    pub(crate) user_id: UserId,
    pub(crate) key: String,
    pub(crate) action: String,
    pub(crate) data: Json,
    pub(crate) subject: String,
    pub(crate) place: i64,
    pub(crate) in_app: bool,
    pub(crate) by_mail: bool,
    pub(crate) delivery_id: Option<DeliveryId>,
    pub(crate) created_at: Timestamp,
    pub(crate) read_at: Option<Timestamp>,
    /// Whose doing it tells of.
    pub(crate) actor_id: Option<UserId>,
}

/// Which one it is, and whether it shows.
pub(crate) type Line = (NotificationId, bool);

impl Row {
    /// The notification as it is told; nothing where a newer version wrote of something new.
    pub(crate) fn told(&self) -> Option<Notification> {
        Some(Notification {
            id: self.id,
            action: kinds::action(&self.action)?,
            data: self.data.0.clone(),
            is_read: self.read_at.is_some(),
            created_at: self.created_at,
        })
    }
}

/// A notification of somebody: whose, which, and whether it shows.
type TheirsSql = (DbUuid, DbUuid, Bool);

fn theirs(rows: Vec<(UserId, NotificationId, bool)>) -> Vec<(UserId, Line)> {
    let line = |(user, id, shows)| (user, (id, shows));
    rows.into_iter().map(line).collect()
}

/// All of these people about these subjects.
pub(crate) fn about(
    conn: &mut AnyConn,
    subjects: &BTreeMap<(UserId, &str), i64>,
) -> QueryResult<Vec<(UserId, Line)>> {
    let found = BulkStatement::<'_, TheirsSql>::new(
        "SELECT n.user_id, n.id, n.in_app FROM ",
        " JOIN notifications AS n ON n.user_id = v.column1 AND n.subject = v.column2 \
         ORDER BY n.id",
    )
    .column::<DbUuid, UserId>(subjects.keys().map(|(user, _)| *user).collect())
    .column::<Text, &str>(subjects.keys().map(|(_, subject)| *subject).collect())
    .load(conn)?;
    Ok(theirs(found))
}

/// All that tell a person of another's doing, for each of these pairs.
pub(crate) fn by_others(
    conn: &mut AnyConn,
    pairs: &BTreeSet<(UserId, UserId)>,
) -> QueryResult<Vec<(UserId, Line)>> {
    let found = BulkStatement::<'_, TheirsSql>::new(
        "SELECT n.user_id, n.id, n.in_app FROM ",
        " JOIN notifications AS n ON n.user_id = v.column1 AND n.actor_id = v.column2 \
         ORDER BY n.id",
    )
    .column::<DbUuid, UserId>(pairs.iter().map(|(user, _)| *user).collect())
    .column::<DbUuid, UserId>(pairs.iter().map(|(_, actor)| *actor).collect())
    .load(conn)?;
    Ok(theirs(found))
}

/// What those of a person are about that show and wait.
pub(crate) fn waiting_subjects(conn: &mut AnyConn, user: UserId) -> Result<Vec<String>, AppError> {
    Ok(notifications::table
        .filter(
            notifications::user_id
                .eq(user)
                .and(notifications::in_app.eq(true))
                .and(notifications::read_at.is_null()),
        )
        .select(notifications::subject)
        .distinct()
        .load(conn)?)
}

/// How many notifications of these people wait to be read.
pub(crate) fn badges(
    conn: &mut AnyConn,
    users: &BTreeSet<UserId>,
) -> Result<HashMap<UserId, Badges>, AppError> {
    let rows: Vec<(UserId, String, i64)> = notifications::table
        .filter(
            notifications::user_id
                .eq_any_padded(users)
                .and(notifications::in_app.eq(true))
                .and(notifications::read_at.is_null()),
        )
        .group_by((notifications::user_id, notifications::action))
        .select((
            notifications::user_id,
            notifications::action,
            diesel::dsl::count_star(),
        ))
        .load(conn)?;
    let mut all: HashMap<UserId, Badges> = HashMap::new();
    for (user, action, count) in rows {
        if let Some(action) = kinds::action(&action) {
            let badges = all.entry(user).or_default();
            badges.total += count;
            badges.by_action.insert(action, count);
        }
    }
    Ok(all)
}

type Query<'a> = notifications::BoxedQuery<'a, MultiBackend>;

fn matching<'a>(user: UserId, filter: Filter) -> Query<'a> {
    let mut query = notifications::table
        .filter(
            notifications::user_id
                .eq(user)
                .and(notifications::in_app.eq(true)),
        )
        .into_boxed();
    if let Some(action) = filter.action {
        query = query.filter(notifications::action.eq(kinds::name(action)));
    }
    match filter.unread {
        None => query,
        Some(true) => query.filter(notifications::read_at.is_null()),
        Some(false) => query.filter(notifications::read_at.is_not_null()),
    }
}

/// How many there are.
pub(crate) fn count(conn: &mut AnyConn, user: UserId, filter: Filter) -> Result<i64, AppError> {
    Ok(matching(user, filter).count().get_result(conn)?)
}

/// A piece of a person's history: the newest first, but the oldest first after one of them.
pub(crate) fn page(
    conn: &mut AnyConn,
    user: UserId,
    filter: Filter,
    keyset: Cursor,
    (limit, offset): (i64, i64),
) -> Result<Vec<Row>, AppError> {
    let query = matching(user, filter).limit(limit);
    let query = match keyset {
        Cursor::Newest => query.order(notifications::id.desc()).offset(offset),
        Cursor::Before(id) => query
            .filter(notifications::id.lt(NotificationId::from_uuid(id)))
            .order(notifications::id.desc()),
        Cursor::After(id) => query
            .filter(notifications::id.gt(NotificationId::from_uuid(id)))
            .order(notifications::id.asc()),
    };
    let renames = PendingRenames::load(conn)?;
    Ok(named(query.select(Row::as_select()).load(conn)?, &renames))
}

/// The rows as they are handed out: with the names that people have now.
pub(super) fn named(mut rows: Vec<Row>, renames: &PendingRenames) -> Vec<Row> {
    rows.iter_mut()
        .for_each(|row| renames.apply(&mut row.data.0));
    rows
}

/// One notification of a person.
pub(crate) fn find(
    conn: &mut AnyConn,
    user: UserId,
    id: NotificationId,
) -> Result<Option<Row>, AppError> {
    let renames = PendingRenames::load(conn)?;
    let found = notifications::table
        .find(id)
        .filter(
            notifications::user_id
                .eq(user)
                .and(notifications::in_app.eq(true)),
        )
        .select(Row::as_select())
        .load(conn)?;
    Ok(named(found, &renames).pop())
}

/// These were read.
pub(crate) fn mark_read(
    conn: &mut AnyConn,
    ids: &[NotificationId],
    at: Timestamp,
) -> Result<(), AppError> {
    if ids.is_empty() {
        return Ok(());
    }
    let these = notifications::table.filter(notifications::id.eq_any_padded(ids));
    diesel::update(these)
        .set(notifications::read_at.eq(Some(at)))
        .execute(conn)?;
    Ok(())
}

/// All of a person were read; how many that changed.
pub(crate) fn mark_all_read(
    conn: &mut AnyConn,
    user: UserId,
    at: Timestamp,
) -> Result<usize, AppError> {
    let waiting = notifications::table.filter(
        notifications::user_id
            .eq(user)
            .and(notifications::in_app.eq(true))
            .and(notifications::read_at.is_null()),
    );
    Ok(diesel::update(waiting)
        .set(notifications::read_at.eq(Some(at)))
        .execute(conn)?)
}

/// Which of these people wait that are settled by having dealt with their subjects up to there.
pub(crate) fn waiting_for(
    conn: &mut AnyConn,
    places: &BTreeMap<(UserId, &str), i64>,
) -> QueryResult<Vec<(UserId, Line)>> {
    let found = BulkStatement::<'_, TheirsSql>::new(
        "SELECT n.user_id, n.id, n.in_app FROM ",
        " JOIN notifications AS n ON n.user_id = v.column1 AND n.subject = v.column2 \
         AND n.place <= v.column3 AND n.read_at IS NULL ORDER BY n.id",
    )
    .column::<DbUuid, UserId>(places.keys().map(|(user, _)| *user).collect())
    .column::<Text, &str>(places.keys().map(|(_, subject)| *subject).collect())
    .column::<BigInt, i64>(places.values().copied().collect())
    .load(conn)?;
    Ok(theirs(found))
}

/// Removes all that a person sees; how many that were.
pub(crate) fn clear(conn: &mut AnyConn, user: UserId) -> Result<usize, AppError> {
    let all = notifications::table.filter(
        notifications::user_id
            .eq(user)
            .and(notifications::in_app.eq(true)),
    );
    Ok(diesel::delete(all).execute(conn)?)
}

/// Something that waits and that no mail has told of yet.
#[derive(Debug, Clone)]
pub(crate) struct Unmailed {
    pub(crate) id: NotificationId,
    pub(crate) action: Option<Action>,
    pub(crate) subject: String,
    pub(crate) created_at: Timestamp,
}

/// What waits that no mail has told of yet, the oldest first.
pub(crate) fn unmailed(conn: &mut AnyConn, user: UserId) -> Result<Vec<Unmailed>, AppError> {
    let rows: Vec<(NotificationId, String, String, Timestamp)> = notifications::table
        .filter(
            notifications::user_id
                .eq(user)
                .and(notifications::by_mail.eq(true))
                .and(notifications::delivery_id.is_null())
                .and(notifications::read_at.is_null()),
        )
        .order(notifications::id)
        .select((
            notifications::id,
            notifications::action,
            notifications::subject,
            notifications::created_at,
        ))
        .load(conn)?;
    let known = |(id, action, subject, created_at): (_, String, _, _)| Unmailed {
        id,
        action: kinds::action(&action),
        subject,
        created_at,
    };
    Ok(rows.into_iter().map(known).collect())
}

/// A mail tells of these.
pub(crate) fn claim(
    conn: &mut AnyConn,
    ids: &[NotificationId],
    delivery: DeliveryId,
) -> Result<(), AppError> {
    let these = notifications::table.filter(notifications::id.eq_any_padded(ids));
    diesel::update(these)
        .set(notifications::delivery_id.eq(Some(delivery)))
        .execute(conn)?;
    Ok(())
}

/// What a mail tells of that still waits, the oldest first.
pub(crate) fn still_waiting(
    conn: &mut AnyConn,
    delivery: DeliveryId,
) -> Result<Vec<(String, Json)>, AppError> {
    let renames = PendingRenames::load(conn)?;
    let mut found: Vec<(String, Json)> = notifications::table
        .filter(
            notifications::delivery_id
                .eq(Some(delivery))
                .and(notifications::read_at.is_null()),
        )
        .order(notifications::id)
        .select((notifications::action, notifications::data))
        .load(conn)?;
    found
        .iter_mut()
        .for_each(|(_, data)| renames.apply(&mut data.0));
    Ok(found)
}

/// The oldest before this one: whose they are, and whether they wait where they show.
pub(crate) fn before(
    conn: &mut AnyConn,
    limit: NotificationId,
    most: i64,
) -> Result<Vec<(NotificationId, UserId, bool)>, AppError> {
    type Found = (NotificationId, UserId, bool, Option<Timestamp>);
    let rows: Vec<Found> = notifications::table
        .filter(notifications::id.lt(limit))
        .order(notifications::id)
        .limit(most)
        .select((
            notifications::id,
            notifications::user_id,
            notifications::in_app,
            notifications::read_at,
        ))
        .load(conn)?;
    let line = |(id, user, in_app, read_at): Found| (id, user, in_app && read_at.is_none());
    Ok(rows.into_iter().map(line).collect())
}

/// Removes these.
pub(crate) fn remove_all(conn: &mut AnyConn, ids: &[NotificationId]) -> Result<(), AppError> {
    if ids.is_empty() {
        return Ok(());
    }
    let these = notifications::table.filter(notifications::id.eq_any_padded(ids));
    diesel::delete(these).execute(conn)?;
    Ok(())
}
