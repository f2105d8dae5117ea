//! What people were told.

use std::collections::{BTreeSet, HashMap};

use contract::notify::{Action, Badges, Notification, NotificationId};
use diesel::prelude::*;
use kernel::{Fault, Keyset, Timestamp, UserId};
use store::types::Json;
use store::{AnyConn, Each, Listed, MultiBackend};

use crate::inbox::Filter;
use crate::ports::DeliveryId;
use crate::rules::kinds;
use crate::schema::{notification_deliveries as deliveries, notifications};
use crate::store::deliveries::State;

/// A notification as it is stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
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

/// Stores a notification. False if its person has it already.
pub(crate) fn insert(conn: &mut AnyConn, row: &Row) -> Result<bool, Fault> {
    let insert = diesel::insert_into(notifications::table)
        .values(row.clone())
        .on_conflict((notifications::user_id, notifications::key))
        .do_nothing();
    Ok(Each(insert).execute(conn)? > 0)
}

/// Something new takes the place of what its person has read about the same subject, so that a
/// lively chat does not fill the history.
pub(crate) fn replace_read(conn: &mut AnyConn, new: &Row) -> Result<(), Fault> {
    let read = notifications::table.filter(
        notifications::user_id
            .eq(new.user_id)
            .and(notifications::subject.eq(&new.subject))
            .and(notifications::id.ne(new.id))
            .and(notifications::read_at.is_not_null()),
    );
    diesel::delete(read).execute(conn)?;
    Ok(())
}

/// Something new takes the place of what waits about the same chat and was told by a mail that has
/// ended, but for what names its person; which those were, and whether they show.
pub(crate) fn replace_mailed(conn: &mut AnyConn, new: &Row) -> Result<Vec<Line>, Fault> {
    if new.action != kinds::name(Action::NewMessage) || names_its_person(&new.data) {
        return Ok(vec![]);
    }
    let ended = deliveries::table
        .filter(deliveries::state.ne(State::Waiting.as_text()))
        .select(deliveries::id.nullable());
    let mut mailed: Vec<(NotificationId, bool, Json)> = notifications::table
        .filter(
            notifications::user_id
                .eq(new.user_id)
                .and(notifications::subject.eq(&new.subject))
                .and(notifications::id.ne(new.id))
                .and(notifications::read_at.is_null())
                .and(notifications::delivery_id.eq_any(ended)),
        )
        .order(notifications::id)
        .select((
            notifications::id,
            notifications::in_app,
            notifications::data,
        ))
        .load(conn)?;
    mailed.retain(|(.., data)| !names_its_person(data));
    let lines: Vec<Line> = mailed
        .into_iter()
        .map(|(id, shows, _)| (id, shows))
        .collect();
    remove_lines(conn, &lines)?;
    Ok(lines)
}

fn names_its_person(Json(data): &Json) -> bool {
    data.get("mention").and_then(serde_json::Value::as_bool) == Some(true)
}

/// All of a person about a subject.
pub(crate) fn about(conn: &mut AnyConn, user: UserId, subject: &str) -> Result<Vec<Line>, Fault> {
    Ok(notifications::table
        .filter(
            notifications::user_id
                .eq(user)
                .and(notifications::subject.eq(subject)),
        )
        .order(notifications::id)
        .select((notifications::id, notifications::in_app))
        .load(conn)?)
}

/// All of a person that tell of somebody's doing.
pub(crate) fn by(conn: &mut AnyConn, user: UserId, actor: UserId) -> Result<Vec<Line>, Fault> {
    Ok(notifications::table
        .filter(
            notifications::actor_id
                .eq(Some(actor))
                .and(notifications::user_id.eq(user)),
        )
        .order(notifications::id)
        .select((notifications::id, notifications::in_app))
        .load(conn)?)
}

/// Removes these.
pub(crate) fn remove_lines(conn: &mut AnyConn, lines: &[Line]) -> Result<(), Fault> {
    let ids: Vec<NotificationId> = lines.iter().map(|(id, _)| *id).collect();
    remove_all(conn, &ids)
}

/// Those that tell of somebody's doing after this one, and whose they are, so many.
pub(crate) fn all_by(
    conn: &mut AnyConn,
    actor: UserId,
    after: Option<NotificationId>,
    most: i64,
) -> Result<Vec<(NotificationId, UserId)>, Fault> {
    let mut query = notifications::table
        .filter(notifications::actor_id.eq(Some(actor)))
        .order(notifications::id)
        .limit(most)
        .select((notifications::id, notifications::user_id))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(notifications::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Changes the data of one; nothing where it is gone. Under its person's lock.
pub(crate) fn edit_data(
    conn: &mut AnyConn,
    id: NotificationId,
    edit: impl FnOnce(&mut serde_json::Value),
) -> Result<(), Fault> {
    let one = notifications::table.find(id);
    let found: Option<Json> = one.select(notifications::data).first(conn).optional()?;
    let Some(Json(mut data)) = found else {
        return Ok(());
    };
    edit(&mut data);
    diesel::update(one)
        .set(notifications::data.eq(Json(data)))
        .execute(conn)?;
    Ok(())
}

/// What those of a person are about that show and wait.
pub(crate) fn waiting_subjects(conn: &mut AnyConn, user: UserId) -> Result<Vec<String>, Fault> {
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

/// Forgets the oldest of a person beyond so many.
pub(crate) fn trim(conn: &mut AnyConn, user: UserId, in_app: bool, keep: i64) -> Result<(), Fault> {
    let theirs = notifications::user_id
        .eq(user)
        .and(notifications::in_app.eq(in_app));
    let beyond: Option<NotificationId> = notifications::table
        .filter(theirs)
        .order(notifications::id.desc())
        .offset(keep)
        .limit(1)
        .select(notifications::id)
        .first(conn)
        .optional()?;
    if let Some(id) = beyond {
        let old = notifications::table.filter(theirs.and(notifications::id.le(id)));
        diesel::delete(old).execute(conn)?;
    }
    Ok(())
}

/// How many notifications of these people wait to be read.
pub(crate) fn badges(
    conn: &mut AnyConn,
    users: &BTreeSet<UserId>,
) -> Result<HashMap<UserId, Badges>, Fault> {
    let rows: Vec<(UserId, String, i64)> = notifications::table
        .filter(
            notifications::user_id
                .one_of(users)
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
pub(crate) fn count(conn: &mut AnyConn, user: UserId, filter: Filter) -> Result<i64, Fault> {
    Ok(matching(user, filter).count().get_result(conn)?)
}

/// A piece of a person's history: the newest first, but the oldest first after one of them.
pub(crate) fn page(
    conn: &mut AnyConn,
    user: UserId,
    filter: Filter,
    keyset: Keyset,
    (limit, offset): (i64, i64),
) -> Result<Vec<Row>, Fault> {
    let query = matching(user, filter).limit(limit);
    let query = match keyset {
        Keyset::Newest => query.order(notifications::id.desc()).offset(offset),
        Keyset::Before(id) => query
            .filter(notifications::id.lt(NotificationId::from_uuid(id)))
            .order(notifications::id.desc()),
        Keyset::After(id) => query
            .filter(notifications::id.gt(NotificationId::from_uuid(id)))
            .order(notifications::id.asc()),
    };
    Ok(query.select(Row::as_select()).load(conn)?)
}

/// One notification of a person.
pub(crate) fn find(
    conn: &mut AnyConn,
    user: UserId,
    id: NotificationId,
) -> Result<Option<Row>, Fault> {
    Ok(notifications::table
        .find(id)
        .filter(
            notifications::user_id
                .eq(user)
                .and(notifications::in_app.eq(true)),
        )
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// These were read.
pub(crate) fn mark_read(
    conn: &mut AnyConn,
    ids: &[NotificationId],
    at: Timestamp,
) -> Result<(), Fault> {
    let these = notifications::table.filter(notifications::id.one_of(ids));
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
) -> Result<usize, Fault> {
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

/// Which of a person wait that a subject settles, and whether they show.
pub(crate) fn waiting_for(
    conn: &mut AnyConn,
    user: UserId,
    subject: &str,
    place: i64,
) -> Result<Vec<(NotificationId, bool)>, Fault> {
    Ok(notifications::table
        .filter(
            notifications::user_id
                .eq(user)
                .and(notifications::subject.eq(subject))
                .and(notifications::place.le(place))
                .and(notifications::read_at.is_null()),
        )
        .order(notifications::id)
        .select((notifications::id, notifications::in_app))
        .load(conn)?)
}

/// Removes all that a person sees; how many that were.
pub(crate) fn clear(conn: &mut AnyConn, user: UserId) -> Result<usize, Fault> {
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
pub(crate) fn unmailed(conn: &mut AnyConn, user: UserId) -> Result<Vec<Unmailed>, Fault> {
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
) -> Result<(), Fault> {
    let these = notifications::table.filter(notifications::id.one_of(ids));
    diesel::update(these)
        .set(notifications::delivery_id.eq(Some(delivery)))
        .execute(conn)?;
    Ok(())
}

/// What a mail tells of that still waits, the oldest first.
pub(crate) fn still_waiting(
    conn: &mut AnyConn,
    delivery: DeliveryId,
) -> Result<Vec<(String, Json)>, Fault> {
    Ok(notifications::table
        .filter(
            notifications::delivery_id
                .eq(Some(delivery))
                .and(notifications::read_at.is_null()),
        )
        .order(notifications::id)
        .select((notifications::action, notifications::data))
        .load(conn)?)
}

/// The oldest before this one: whose they are, and whether they wait where they show.
pub(crate) fn before(
    conn: &mut AnyConn,
    limit: NotificationId,
    most: i64,
) -> Result<Vec<(NotificationId, UserId, bool)>, Fault> {
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
pub(crate) fn remove_all(conn: &mut AnyConn, ids: &[NotificationId]) -> Result<(), Fault> {
    let these = notifications::table.filter(notifications::id.one_of(ids));
    diesel::delete(these).execute(conn)?;
    Ok(())
}

/// Everything of a person, for a download.
pub(crate) fn all_of(conn: &mut AnyConn, user: UserId) -> Result<Vec<Row>, Fault> {
    Ok(notifications::table
        .filter(notifications::user_id.eq(user))
        .order(notifications::id)
        .select(Row::as_select())
        .load(conn)?)
}

/// Forgets a person.
pub(crate) fn forget(conn: &mut AnyConn, user: UserId) -> Result<(), Fault> {
    diesel::delete(notifications::table.filter(notifications::user_id.eq(user))).execute(conn)?;
    Ok(())
}
