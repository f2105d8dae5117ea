//! SQL that inserts notifications and deletes those that they replace.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use contract::notify::{Action, NotificationId};
use db::types::Json;
use db::{AnyConn, BulkStatement, DbJson, DbTime, DbUuid};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use kernel::{AppError, Timestamp, UserId};

use crate::queries::notifications::{NotificationRow, OwnedNotification, delete_all};

/// Inserts notifications, and returns the ids of those whose keys are new.
pub(crate) fn insert_all(
    conn: &mut AnyConn,
    rows: &[NotificationRow],
) -> QueryResult<HashSet<NotificationId>> {
    macro_rules! each {
        ($field:ident) => {
            rows.iter().map(|row| row.$field.clone()).collect()
        };
    }
    let inserted: Vec<(NotificationId,)> = BulkStatement::<'_, (DbUuid,)>::new(
        "INSERT INTO notifications (id, user_id, key, action, data, subject, place, in_app, \
         by_mail, created_at, read_at, actor_id) SELECT column1, column2, column3, column4, \
         column5, column6, column7, column8, column9, column10, column11, column12 FROM ",
        " WHERE true ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
    )
    .column::<DbUuid, NotificationId>(each!(id))
    .column::<DbUuid, UserId>(each!(user_id))
    .column::<Text, String>(each!(key))
    .column::<Text, String>(each!(action))
    .column::<DbJson, Json>(each!(data))
    .column::<Text, String>(each!(subject))
    .column::<BigInt, i64>(each!(seq))
    .column::<Bool, bool>(each!(in_app))
    .column::<Bool, bool>(each!(by_mail))
    .column::<DbTime, Timestamp>(each!(created_at))
    .column::<Nullable<DbTime>, Option<Timestamp>>(each!(read_at))
    .column::<Nullable<DbUuid>, Option<UserId>>(each!(actor_id))
    .load(conn)?;
    Ok(inserted.into_iter().map(|(id,)| id).collect())
}

/// The newest of these notifications by user and subject.
fn newest<'r>(
    rows: impl IntoIterator<Item = &'r NotificationRow>,
) -> BTreeMap<(UserId, &'r str), NotificationId> {
    let entry = |row: &'r NotificationRow| ((row.user_id, row.subject.as_str()), row.id);
    rows.into_iter().map(entry).collect()
}

/// Deletes read notifications about the subjects of new ones, so that an active chat does not fill the
/// inbox.
pub(crate) fn delete_replaced_read(conn: &mut AnyConn, new: &[NotificationRow]) -> QueryResult<()> {
    let newest = newest(new);
    BulkStatement::<'_, ()>::new(
        "DELETE FROM notifications WHERE id IN (SELECT n.id FROM ",
        " JOIN notifications AS n ON n.user_id = v.column1 AND n.subject = v.column2 \
         AND n.id <> v.column3 AND n.read_at IS NOT NULL)",
    )
    .column::<DbUuid, UserId>(newest.keys().map(|(user, _)| *user).collect())
    .column::<Text, &str>(newest.keys().map(|(_, subject)| *subject).collect())
    .column::<DbUuid, NotificationId>(newest.values().copied().collect())
    .execute(conn)?;
    Ok(())
}

/// Deletes unread notifications about the chats of new ones that were in a finished digest, except
/// mentions, and returns them.
pub(crate) fn delete_replaced_mailed(
    conn: &mut AnyConn,
    new: &[NotificationRow],
) -> Result<Vec<OwnedNotification>, AppError> {
    let message = Action::NewMessage.as_text();
    let replaces = |row: &&NotificationRow| row.action == message && !is_mention(&row.data);
    let newest = newest(new.iter().filter(replaces));
    let mailed: Vec<(UserId, NotificationId, bool, Json)> =
        BulkStatement::<'_, (DbUuid, DbUuid, Bool, DbJson)>::new(
            "SELECT n.user_id, n.id, n.in_app, n.data FROM ",
            " JOIN notifications AS n ON n.user_id = v.column1 AND n.subject = v.column2 \
             AND n.id <> v.column3 AND n.read_at IS NULL AND n.delivery_id IN \
             (SELECT d.id FROM notification_deliveries AS d \
             WHERE d.id = n.delivery_id AND d.state <> 'waiting') ORDER BY n.id",
        )
        .column::<DbUuid, UserId>(newest.keys().map(|(user, _)| *user).collect())
        .column::<Text, &str>(newest.keys().map(|(_, subject)| *subject).collect())
        .column::<DbUuid, NotificationId>(newest.values().copied().collect())
        .load(conn)?;
    let mailed = mailed.into_iter();
    let replaced: Vec<OwnedNotification> = mailed
        .filter(|(.., data)| !is_mention(data))
        .map(|(user, id, in_app, _)| OwnedNotification { user, id, in_app })
        .collect();
    let ids: Vec<NotificationId> = replaced.iter().map(|one| one.id).collect();
    delete_all(conn, &ids)?;
    Ok(replaced)
}

fn is_mention(Json(data): &Json) -> bool {
    data.get("mention").and_then(serde_json::Value::as_bool) == Some(true)
}

/// Deletes the oldest notifications of the users of new ones beyond `max`, counting those that are
/// shown in the app and the others apart.
pub(crate) fn delete_surplus(
    conn: &mut AnyConn,
    new: &[NotificationRow],
    max: i64,
) -> QueryResult<()> {
    let inboxes: BTreeSet<(UserId, bool)> =
        new.iter().map(|row| (row.user_id, row.in_app)).collect();
    BulkStatement::<'_, ()>::new(
        "DELETE FROM notifications WHERE id IN (SELECT id FROM (SELECT n.id AS id, v.column3 AS \
         keep, row_number() OVER (PARTITION BY n.user_id, n.in_app ORDER BY n.id DESC) AS number \
         FROM ",
        " JOIN notifications AS n ON n.user_id = v.column1 AND n.in_app = v.column2) AS ranked \
         WHERE number > keep)",
    )
    .column::<DbUuid, UserId>(inboxes.iter().map(|(user, _)| *user).collect())
    .column::<Bool, bool>(inboxes.iter().map(|(_, in_app)| *in_app).collect())
    .column::<BigInt, i64>(vec![max; inboxes.len()])
    .execute(conn)?;
    Ok(())
}
