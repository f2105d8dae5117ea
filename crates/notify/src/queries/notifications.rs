//! SQL on notifications.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::notify::{Action, Badges, Notification, NotificationId};
use db::names::PendingRenames;
use db::types::Json;
use db::{AnyConn, BulkStatement, DbJson, DbTime, DbUuid, EqAnyPadded, MultiBackend, UserQuery};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use kernel::{AppError, Cursor, Timestamp, UserId};

use crate::inbox_filter::InboxFilter;
use crate::ports::DeliveryId;
use crate::schema::notifications;

/// A stored notification.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = notifications)]
pub(crate) struct NotificationRow {
    pub(crate) id: NotificationId,
    pub(crate) user_id: UserId,
    pub(crate) key: String,
    pub(crate) action: String,
    pub(crate) data: Json,
    pub(crate) subject: String,
    pub(crate) seq: i64,
    pub(crate) in_app: bool,
    pub(crate) by_mail: bool,
    pub(crate) delivery_id: Option<DeliveryId>,
    pub(crate) created_at: Timestamp,
    pub(crate) read_at: Option<Timestamp>,
    /// The user whose action caused it.
    pub(crate) actor_id: Option<UserId>,
}

/// A notification and its recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnedNotification {
    pub(crate) user: UserId,
    pub(crate) id: NotificationId,
    /// Whether it is shown in the app.
    pub(crate) in_app: bool,
}

impl NotificationRow {
    /// The notification as in responses, unless a newer version wrote an unknown action.
    pub(crate) fn to_dto(&self) -> Option<Notification> {
        Some(Notification {
            id: self.id,
            action: Action::from_text(&self.action).ok()?,
            data: self.data.0.clone(),
            is_read: self.read_at.is_some(),
            created_at: self.created_at,
        })
    }
}

/// The columns of [`OwnedNotification`].
type OwnedSql = (DbUuid, DbUuid, Bool);

fn owned(rows: Vec<(UserId, NotificationId, bool)>) -> Vec<OwnedNotification> {
    let owned = |(user, id, in_app)| OwnedNotification { user, id, in_app };
    rows.into_iter().map(owned).collect()
}

/// The notifications of these users about these subjects.
pub(crate) fn about(
    conn: &mut AnyConn,
    subjects: &BTreeMap<(UserId, &str), i64>,
) -> QueryResult<Vec<OwnedNotification>> {
    let found = BulkStatement::<'_, OwnedSql>::new(
        "SELECT n.user_id, n.id, n.in_app FROM ",
        " JOIN notifications AS n ON n.user_id = v.column1 AND n.subject = v.column2 \
         ORDER BY n.id",
    )
    .column::<DbUuid, UserId>(subjects.keys().map(|(user, _)| *user).collect())
    .column::<Text, &str>(subjects.keys().map(|(_, subject)| *subject).collect())
    .load(conn)?;
    Ok(owned(found))
}

/// The notifications about actors, for each of these pairs of recipient and actor.
pub(crate) fn by_actors(
    conn: &mut AnyConn,
    pairs: &BTreeSet<(UserId, UserId)>,
) -> QueryResult<Vec<OwnedNotification>> {
    let found = BulkStatement::<'_, OwnedSql>::new(
        "SELECT n.user_id, n.id, n.in_app FROM ",
        " JOIN notifications AS n ON n.user_id = v.column1 AND n.actor_id = v.column2 \
         ORDER BY n.id",
    )
    .column::<DbUuid, UserId>(pairs.iter().map(|(user, _)| *user).collect())
    .column::<DbUuid, UserId>(pairs.iter().map(|(_, actor)| *actor).collect())
    .load(conn)?;
    Ok(owned(found))
}

/// The subjects of a user's unread notifications.
pub(crate) fn unread_subjects(conn: &mut AnyConn, user: UserId) -> Result<Vec<String>, AppError> {
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

/// The unread counts of these users.
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
        if let Ok(action) = Action::from_text(&action) {
            let badges = all.entry(user).or_default();
            badges.total += count;
            badges.by_action.insert(action, count);
        }
    }
    Ok(all)
}

/// The newest notifications, and the numbers of unread ones by action, split where the user's id is bound.
const OVERVIEW: &[&str] = &[
    "SELECT n.id, n.action, n.data, n.created_at, n.read_at, 0 FROM (SELECT id, action, data, created_at, \
     read_at FROM notifications WHERE user_id = ",
    " AND in_app ORDER BY id DESC LIMIT 10) AS n \
     UNION ALL SELECT NULL, b.action, NULL, NULL, NULL, COUNT(*) FROM notifications AS b WHERE b.user_id = ",
    " AND b.in_app AND b.read_at IS NULL GROUP BY b.action",
];
type InboxOverviewSql = (
    Nullable<DbUuid>,
    Text,
    Nullable<DbJson>,
    Nullable<DbTime>,
    Nullable<DbTime>,
    BigInt,
);
type InboxOverviewRow = (
    Option<NotificationId>,
    String,
    Option<Json>,
    Option<Timestamp>,
    Option<Timestamp>,
    i64,
);

/// The newest notifications of a user, and the unread counts.
pub(super) fn overview(
    conn: &mut AnyConn,
    user: UserId,
) -> Result<(Vec<Notification>, Badges), AppError> {
    let renames = PendingRenames::load(conn)?;
    let rows: Vec<InboxOverviewRow> =
        UserQuery::new(OVERVIEW, user).load::<InboxOverviewSql, _>(conn)?;
    let (mut newest, mut badges) = (vec![], Badges::default());
    for (id, action, data, created_at, read_at, unread) in rows {
        // A newer version may have written an unknown action.
        let Ok(action) = Action::from_text(&action) else {
            continue;
        };
        let (Some(id), Some(Json(mut data)), Some(created_at)) = (id, data, created_at) else {
            badges.total += unread;
            badges.by_action.insert(action, unread);
            continue;
        };
        renames.apply(&mut data);
        newest.push(Notification {
            id,
            action,
            data,
            is_read: read_at.is_some(),
            created_at,
        });
    }
    newest.sort_unstable_by_key(|notification| std::cmp::Reverse(notification.id));
    Ok((newest, badges))
}

type NotificationQuery<'a> = notifications::BoxedQuery<'a, MultiBackend>;

fn matching<'a>(user: UserId, filter: InboxFilter) -> NotificationQuery<'a> {
    let mut query = notifications::table
        .filter(
            notifications::user_id
                .eq(user)
                .and(notifications::in_app.eq(true)),
        )
        .into_boxed();
    if let Some(action) = filter.action {
        query = query.filter(notifications::action.eq(action.as_text()));
    }
    match filter.unread {
        None => query,
        Some(true) => query.filter(notifications::read_at.is_null()),
        Some(false) => query.filter(notifications::read_at.is_not_null()),
    }
}

/// The number of a user's notifications.
pub(crate) fn count(
    conn: &mut AnyConn,
    user: UserId,
    filter: InboxFilter,
) -> Result<i64, AppError> {
    Ok(matching(user, filter).count().get_result(conn)?)
}

/// A page of a user's notifications, newest first; after a notification oldest first.
pub(crate) fn page(
    conn: &mut AnyConn,
    user: UserId,
    filter: InboxFilter,
    cursor: Cursor,
    (limit, offset): (i64, i64),
) -> Result<Vec<NotificationRow>, AppError> {
    let query = matching(user, filter).limit(limit);
    let query = match cursor {
        Cursor::Newest => query.order(notifications::id.desc()).offset(offset),
        Cursor::Before(id) => query
            .filter(notifications::id.lt(NotificationId::from_uuid(id)))
            .order(notifications::id.desc()),
        Cursor::After(id) => query
            .filter(notifications::id.gt(NotificationId::from_uuid(id)))
            .order(notifications::id.asc()),
    };
    let renames = PendingRenames::load(conn)?;
    Ok(renamed(
        query.select(NotificationRow::as_select()).load(conn)?,
        &renames,
    ))
}

/// The rows with the current names of users.
pub(super) fn renamed(
    mut rows: Vec<NotificationRow>,
    renames: &PendingRenames,
) -> Vec<NotificationRow> {
    rows.iter_mut()
        .for_each(|row| renames.apply(&mut row.data.0));
    rows
}

/// Loads a notification of a user.
pub(crate) fn load(
    conn: &mut AnyConn,
    user: UserId,
    id: NotificationId,
) -> Result<Option<NotificationRow>, AppError> {
    let renames = PendingRenames::load(conn)?;
    let found = notifications::table
        .find(id)
        .filter(
            notifications::user_id
                .eq(user)
                .and(notifications::in_app.eq(true)),
        )
        .select(NotificationRow::as_select())
        .load(conn)?;
    Ok(renamed(found, &renames).pop())
}

/// Marks notifications as read.
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

/// Marks all notifications of a user as read, and returns how many were unread.
pub(crate) fn mark_all_read(
    conn: &mut AnyConn,
    user: UserId,
    at: Timestamp,
) -> Result<usize, AppError> {
    let unread = notifications::table.filter(
        notifications::user_id
            .eq(user)
            .and(notifications::in_app.eq(true))
            .and(notifications::read_at.is_null()),
    );
    Ok(diesel::update(unread)
        .set(notifications::read_at.eq(Some(at)))
        .execute(conn)?)
}

/// The unread notifications about these subjects up to these sequence numbers.
pub(crate) fn unread_up_to(
    conn: &mut AnyConn,
    up_to_seq: &BTreeMap<(UserId, &str), i64>,
) -> QueryResult<Vec<OwnedNotification>> {
    let found = BulkStatement::<'_, OwnedSql>::new(
        "SELECT n.user_id, n.id, n.in_app FROM ",
        " JOIN notifications AS n ON n.user_id = v.column1 AND n.subject = v.column2 \
         AND n.place <= v.column3 AND n.read_at IS NULL ORDER BY n.id",
    )
    .column::<DbUuid, UserId>(up_to_seq.keys().map(|(user, _)| *user).collect())
    .column::<Text, &str>(up_to_seq.keys().map(|(_, subject)| *subject).collect())
    .column::<BigInt, i64>(up_to_seq.values().copied().collect())
    .load(conn)?;
    Ok(owned(found))
}

/// Deletes all notifications of a user that are shown in the app, and returns how many.
pub(crate) fn clear(conn: &mut AnyConn, user: UserId) -> Result<usize, AppError> {
    let all = notifications::table.filter(
        notifications::user_id
            .eq(user)
            .and(notifications::in_app.eq(true)),
    );
    Ok(diesel::delete(all).execute(conn)?)
}

/// An unread notification that is to be mailed and is in no digest.
#[derive(Debug, Clone)]
pub(crate) struct UnmailedNotification {
    pub(crate) id: NotificationId,
    pub(crate) action: Option<Action>,
    pub(crate) subject: String,
    pub(crate) created_at: Timestamp,
}

/// The unread notifications that are to be mailed and are in no digest, oldest first.
pub(crate) fn unmailed(
    conn: &mut AnyConn,
    user: UserId,
) -> Result<Vec<UnmailedNotification>, AppError> {
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
    let known = |(id, action, subject, created_at): (_, String, _, _)| UnmailedNotification {
        id,
        action: Action::from_text(&action).ok(),
        subject,
        created_at,
    };
    Ok(rows.into_iter().map(known).collect())
}

/// Adds notifications to a digest.
pub(crate) fn set_delivery(
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

/// The actions and data of a digest's notifications that are still unread, oldest first.
pub(crate) fn unread_of_delivery(
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

/// The oldest notifications before this one, with recipient and whether they count as unread.
pub(crate) fn before(
    conn: &mut AnyConn,
    limit: NotificationId,
    max: i64,
) -> Result<Vec<(NotificationId, UserId, bool)>, AppError> {
    type OldRow = (NotificationId, UserId, bool, Option<Timestamp>);
    let rows: Vec<OldRow> = notifications::table
        .filter(notifications::id.lt(limit))
        .order(notifications::id)
        .limit(max)
        .select((
            notifications::id,
            notifications::user_id,
            notifications::in_app,
            notifications::read_at,
        ))
        .load(conn)?;
    let line = |(id, user, in_app, read_at): OldRow| (id, user, in_app && read_at.is_none());
    Ok(rows.into_iter().map(line).collect())
}

/// Deletes notifications.
pub(crate) fn delete_all(conn: &mut AnyConn, ids: &[NotificationId]) -> Result<(), AppError> {
    if ids.is_empty() {
        return Ok(());
    }
    let these = notifications::table.filter(notifications::id.eq_any_padded(ids));
    diesel::delete(these).execute(conn)?;
    Ok(())
}
