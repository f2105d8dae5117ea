//! Messages, one at a time and in pages.

use std::collections::HashSet;

use contract::chat::{ChatId, MessageId};
use db::types::Json;
use db::{AnyBackend, AnyConn, EqAnyPadded};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use crate::schema::{chat_likes, chat_messages};

/// A message as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = chat_messages)]
pub(crate) struct MessageRow {
    pub(crate) chat_id: ChatId,
    pub(crate) seq: i64,
    pub(crate) id: MessageId,
    pub(crate) sender: UserId,
    pub(crate) content: String,
    pub(crate) client_id: Option<String>,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) mentions: Option<Json>,
    pub(crate) like_count: i64,
    pub(crate) sent_at: Timestamp,
    pub(crate) edited_at: Option<Timestamp>,
    pub(crate) deleted_at: Option<Timestamp>,
}

impl MessageRow {
    /// The people it names.
    pub(crate) fn mentioned(&self) -> Vec<UserId> {
        let ids = self.mentions.as_ref().and_then(|Json(ids)| ids.as_array());
        let texts = ids.into_iter().flatten().filter_map(|id| id.as_str());
        texts.filter_map(|id| id.parse().ok()).collect()
    }
}

/// People as they stand in the column of those a message names; nothing where it names nobody.
pub(crate) fn mentions_column(people: &[UserId]) -> Option<Json> {
    let ids = people.iter().map(|id| id.to_string().into()).collect();
    (!people.is_empty()).then_some(Json(serde_json::Value::Array(ids)))
}

/// Where a page of messages begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// This place and those before it, newest first.
    Down(i64),
    /// The places after this one, oldest first.
    Up(i64),
}

/// Which messages are wanted.
#[derive(Debug, Clone)]
pub(crate) struct MessageQuery {
    pub(crate) chat: ChatId,
    pub(crate) from: From,
    /// Only places after this one.
    pub(crate) floor: i64,
    /// Not by these people.
    pub(crate) hidden: Vec<UserId>,
    pub(crate) limit: i64,
    /// So many of them are passed over.
    pub(crate) offset: i64,
}

/// A page of messages. It is one range of the primary key, however deep it lies.
pub(crate) fn page(conn: &mut AnyConn, wanted: &MessageQuery) -> QueryResult<Vec<MessageRow>> {
    let query = chat_messages::table
        .filter(
            chat_messages::chat_id
                .eq(wanted.chat)
                .and(chat_messages::seq.gt(wanted.floor))
                .and(chat_messages::sender.ne_all_padded(&wanted.hidden)),
        )
        .limit(wanted.limit)
        .offset(wanted.offset)
        .select(MessageRow::as_select());
    match wanted.from {
        From::Down(seq) => query
            .filter(chat_messages::seq.le(seq))
            .order(chat_messages::seq.desc())
            .load(conn),
        From::Up(seq) => query
            .filter(chat_messages::seq.gt(seq))
            .order(chat_messages::seq.asc())
            .load(conn),
    }
}

/// How many messages in a chat after this place are by these people.
pub(crate) fn count_by(
    conn: &mut AnyConn,
    chat: ChatId,
    floor: i64,
    people: &[UserId],
) -> QueryResult<i64> {
    if people.is_empty() {
        return Ok(0);
    }
    chat_messages::table
        .filter(chat_messages::sender.eq_any_padded(people))
        .filter(chat_messages::chat_id.eq(chat))
        .filter(chat_messages::seq.gt(floor))
        .count()
        .get_result(conn)
}

/// The place of a message in this chat, where none of these people wrote it.
pub(crate) fn seq_of(
    conn: &mut AnyConn,
    chat: ChatId,
    id: MessageId,
    hidden: &[UserId],
) -> QueryResult<Option<i64>> {
    chat_messages::table
        .filter(
            chat_messages::id
                .eq(id)
                .and(chat_messages::chat_id.eq(chat)),
        )
        .filter(chat_messages::sender.ne_all_padded(hidden))
        .select(chat_messages::seq)
        .first(conn)
        .optional()
}

/// The first message after a place that somebody else wrote and that is not deleted.
pub(crate) fn first_by_others(
    conn: &mut AnyConn,
    chat: ChatId,
    seq: i64,
    reader: UserId,
) -> QueryResult<Option<MessageRow>> {
    chat_messages::table
        .filter(chat_messages::chat_id.eq(chat))
        .filter(chat_messages::seq.gt(seq))
        .filter(chat_messages::sender.ne(reader))
        .filter(chat_messages::deleted_at.is_null())
        .order(chat_messages::seq)
        .select(MessageRow::as_select())
        .first(conn)
        .optional()
}

/// A message by its id.
pub(crate) fn find(conn: &mut AnyConn, id: MessageId) -> QueryResult<Option<MessageRow>> {
    chat_messages::table
        .filter(chat_messages::id.eq(id))
        .select(MessageRow::as_select())
        .first(conn)
        .optional()
}

/// A message that stays as it is until the transaction ends.
pub(crate) fn locked(conn: &mut AnyConn, id: MessageId) -> QueryResult<Option<MessageRow>> {
    let one = chat_messages::table.filter(chat_messages::id.eq(id));
    let found = match conn {
        AnyConn::Postgres(pg) => one.select(MessageRow::as_select()).for_update().first(pg),
        AnyConn::Sqlite(sqlite) => one.select(MessageRow::as_select()).first(sqlite),
    };
    found.optional()
}

/// Stores another text.
pub(crate) fn store_text(conn: &mut AnyConn, message: &MessageRow) -> QueryResult<usize> {
    diesel::update(chat_messages::table.find((message.chat_id, message.seq)))
        .set((
            chat_messages::content.eq(&message.content),
            chat_messages::mentions.eq(&message.mentions),
            chat_messages::edited_at.eq(message.edited_at),
        ))
        .execute(conn)
}

/// Removes what a message said and who liked it; its place stays.
pub(crate) fn erase(
    conn: &mut AnyConn,
    message: &MessageRow,
    now: Timestamp,
) -> QueryResult<usize> {
    diesel::delete(chat_likes::table.filter(chat_likes::message_id.eq(message.id)))
        .execute(conn)?;
    diesel::update(chat_messages::table.find((message.chat_id, message.seq)))
        .set((
            chat_messages::content.eq(""),
            chat_messages::mentions.eq(None::<Json>),
            chat_messages::like_count.eq(0),
            chat_messages::deleted_at.eq(Some(now)),
        ))
        .execute(conn)
}

/// Adds somebody's like, and says whether it is new.
pub(crate) fn like(conn: &mut AnyConn, id: MessageId, user: UserId) -> QueryResult<bool> {
    let insert = diesel::insert_into(chat_likes::table)
        .values((chat_likes::message_id.eq(id), chat_likes::user_id.eq(user)))
        .on_conflict_do_nothing();
    Ok(AnyBackend(insert).execute(conn)? > 0)
}

/// Takes somebody's like back, and says whether there was one.
pub(crate) fn unlike(conn: &mut AnyConn, id: MessageId, user: UserId) -> QueryResult<bool> {
    Ok(diesel::delete(chat_likes::table.find((id, user))).execute(conn)? > 0)
}

/// Stores how many like a message.
pub(crate) fn store_like_count(conn: &mut AnyConn, message: &MessageRow) -> QueryResult<usize> {
    diesel::update(chat_messages::table.find((message.chat_id, message.seq)))
        .set(chat_messages::like_count.eq(message.like_count))
        .execute(conn)
}

/// Those of these messages that somebody likes.
pub(crate) fn liked_by(
    conn: &mut AnyConn,
    user: UserId,
    messages: &[MessageRow],
) -> Result<HashSet<MessageId>, AppError> {
    let liked: Vec<MessageId> = messages
        .iter()
        .filter(|message| message.like_count > 0)
        .map(|message| message.id)
        .collect();
    if liked.is_empty() {
        return Ok(HashSet::new());
    }
    let mine = chat_likes::table
        .filter(
            chat_likes::message_id
                .eq_any_padded(liked)
                .and(chat_likes::user_id.eq(user)),
        )
        .select(chat_likes::message_id)
        .load(conn)?;
    Ok(mine.into_iter().collect())
}

/// What somebody wrote, in the order of their ids, so many after this one.
pub(crate) fn by(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<MessageId>,
    limit: i64,
) -> QueryResult<Vec<MessageRow>> {
    let mut query = chat_messages::table
        .filter(chat_messages::sender.eq(user))
        .order(chat_messages::id)
        .limit(limit)
        .select(MessageRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(chat_messages::id.gt(after));
    }
    query.load(conn)
}
