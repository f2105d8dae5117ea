//! Storing what is new, and letting go of what it replaces.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use contract::notify::{Action, NotificationId};
use db::types::Json;
use db::{AnyConn, BulkStatement, DbJson, DbTime, DbUuid};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use kernel::{AppError, Timestamp, UserId};

use crate::rules::kinds;
use crate::store::notifications::{Line, Row, remove_all};

/// Stores notifications; which of them their people did not have yet.
pub(crate) fn insert_all(conn: &mut AnyConn, rows: &[Row]) -> QueryResult<HashSet<NotificationId>> {
    macro_rules! each {
        ($field:ident) => {
            rows.iter().map(|row| row.$field.clone()).collect()
        };
    }
    let stored: Vec<(NotificationId,)> = BulkStatement::<'_, (DbUuid,)>::new(
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
    .column::<BigInt, i64>(each!(place))
    .column::<Bool, bool>(each!(in_app))
    .column::<Bool, bool>(each!(by_mail))
    .column::<DbTime, Timestamp>(each!(created_at))
    .column::<Nullable<DbTime>, Option<Timestamp>>(each!(read_at))
    .column::<Nullable<DbUuid>, Option<UserId>>(each!(actor_id))
    .load(conn)?;
    Ok(stored.into_iter().map(|(id,)| id).collect())
}

/// The newest of these notifications about each subject.
fn newest<'r>(
    rows: impl IntoIterator<Item = &'r Row>,
) -> BTreeMap<(UserId, &'r str), NotificationId> {
    let place = |row: &'r Row| ((row.user_id, row.subject.as_str()), row.id);
    rows.into_iter().map(place).collect()
}

/// Something new takes the place of what its person has read about the same subject, so that a
/// lively chat does not fill the history.
pub(crate) fn replace_read(conn: &mut AnyConn, new: &[Row]) -> QueryResult<()> {
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

/// Something new takes the place of what waits about the same chat and was told by a mail that has
/// ended, but for what names its person; which those were, and whether they show.
pub(crate) fn replace_mailed(
    conn: &mut AnyConn,
    new: &[Row],
) -> Result<Vec<(UserId, Line)>, AppError> {
    let replaces =
        |row: &&Row| row.action == kinds::name(Action::NewMessage) && !names_its_person(&row.data);
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
    let lines: Vec<(UserId, Line)> = mailed
        .filter(|(.., data)| !names_its_person(data))
        .map(|(user, id, shows, _)| (user, (id, shows)))
        .collect();
    let ids: Vec<NotificationId> = lines.iter().map(|(_, (id, _))| *id).collect();
    remove_all(conn, &ids)?;
    Ok(lines)
}

fn names_its_person(Json(data): &Json) -> bool {
    data.get("mention").and_then(serde_json::Value::as_bool) == Some(true)
}

/// Forgets the oldest of people beyond so many, of those that show and of the others.
pub(crate) fn trim(conn: &mut AnyConn, new: &[Row], keep: i64) -> QueryResult<()> {
    let grown: BTreeSet<(UserId, bool)> = new.iter().map(|row| (row.user_id, row.in_app)).collect();
    BulkStatement::<'_, ()>::new(
        "DELETE FROM notifications WHERE id IN (SELECT id FROM (SELECT n.id AS id, v.column3 AS \
         keep, row_number() OVER (PARTITION BY n.user_id, n.in_app ORDER BY n.id DESC) AS number \
         FROM ",
        " JOIN notifications AS n ON n.user_id = v.column1 AND n.in_app = v.column2) AS ranked \
         WHERE number > keep)",
    )
    .column::<DbUuid, UserId>(grown.iter().map(|(user, _)| *user).collect())
    .column::<Bool, bool>(grown.iter().map(|(_, in_app)| *in_app).collect())
    .column::<BigInt, i64>(vec![keep; grown.len()])
    .execute(conn)?;
    Ok(())
}
