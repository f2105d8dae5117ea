//! Single messages and pages of messages.

use std::collections::HashSet;

use contract::chat::{ChatId, MessageId};
use db::types::Json;
use db::{AnyBackend, AnyConn, EqAnyPadded};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use crate::schema::{chat_likes, chat_messages};

/// A row of `chat_messages`.
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
    /// The users that the message mentions.
    pub(crate) fn mentioned(&self) -> Vec<UserId> {
        let ids = self.mentions.as_ref().and_then(|Json(ids)| ids.as_array());
        let texts = ids.into_iter().flatten().filter_map(|id| id.as_str());
        texts.filter_map(|id| id.parse().ok()).collect()
    }
}

/// The value of the column `mentions`; `NULL` where nobody is mentioned.
pub(crate) fn mentions_column(users: &[UserId]) -> Option<Json> {
    let ids = users.iter().map(|id| id.to_string().into()).collect();
    (!users.is_empty()).then_some(Json(serde_json::Value::Array(ids)))
}

/// The range of sequence numbers that a page begins with, and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageRange {
    /// Up to this number, newest first.
    UpTo(i64),
    /// After this number, oldest first.
    After(i64),
}

/// Selects a page of messages.
#[derive(Debug, Clone)]
pub(crate) struct MessageQuery {
    pub(crate) chat: ChatId,
    pub(crate) range: MessageRange,
    /// Only messages after this number.
    pub(crate) floor: i64,
    /// Users whose messages are left out.
    pub(crate) hidden: Vec<UserId>,
    pub(crate) limit: i64,
    /// The number of messages to skip.
    pub(crate) offset: i64,
}

/// A page of messages: one range scan of the primary key, whatever its position.
pub(crate) fn page(conn: &mut AnyConn, query: &MessageQuery) -> QueryResult<Vec<MessageRow>> {
    let messages = chat_messages::table
        .filter(
            chat_messages::chat_id
                .eq(query.chat)
                .and(chat_messages::seq.gt(query.floor))
                .and(chat_messages::sender.ne_all_padded(&query.hidden)),
        )
        .limit(query.limit)
        .offset(query.offset)
        .select(MessageRow::as_select());
    match query.range {
        MessageRange::UpTo(seq) => messages
            .filter(chat_messages::seq.le(seq))
            .order(chat_messages::seq.desc())
            .load(conn),
        MessageRange::After(seq) => messages
            .filter(chat_messages::seq.gt(seq))
            .order(chat_messages::seq.asc())
            .load(conn),
    }
}

/// The number of messages after `floor` that these users sent.
pub(crate) fn count_by(
    conn: &mut AnyConn,
    chat: ChatId,
    floor: i64,
    users: &[UserId],
) -> QueryResult<i64> {
    if users.is_empty() {
        return Ok(0);
    }
    chat_messages::table
        .filter(chat_messages::sender.eq_any_padded(users))
        .filter(chat_messages::chat_id.eq(chat))
        .filter(chat_messages::seq.gt(floor))
        .count()
        .get_result(conn)
}

/// The sequence number of a message of this chat, unless one of the hidden users sent it.
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

/// The first message after `seq` that is not deleted and that another user sent.
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

/// The message with this id.
pub(crate) fn find(conn: &mut AnyConn, id: MessageId) -> QueryResult<Option<MessageRow>> {
    chat_messages::table
        .filter(chat_messages::id.eq(id))
        .select(MessageRow::as_select())
        .first(conn)
        .optional()
}

/// Locks the message with this id.
pub(crate) fn lock(conn: &mut AnyConn, id: MessageId) -> QueryResult<Option<MessageRow>> {
    let one = chat_messages::table.filter(chat_messages::id.eq(id));
    let found = match conn {
        AnyConn::Postgres(pg) => one.select(MessageRow::as_select()).for_update().first(pg),
        AnyConn::Sqlite(sqlite) => one.select(MessageRow::as_select()).first(sqlite),
    };
    found.optional()
}

/// Stores an edited text.
pub(crate) fn store_text(conn: &mut AnyConn, message: &MessageRow) -> QueryResult<usize> {
    diesel::update(chat_messages::table.find((message.chat_id, message.seq)))
        .set((
            chat_messages::content.eq(&message.content),
            chat_messages::mentions.eq(&message.mentions),
            chat_messages::edited_at.eq(message.edited_at),
        ))
        .execute(conn)
}

/// Removes the text and the likes of a message; its row stays.
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

/// Inserts a like. Returns whether it is new.
pub(crate) fn insert_like(conn: &mut AnyConn, id: MessageId, user: UserId) -> QueryResult<bool> {
    let insert = diesel::insert_into(chat_likes::table)
        .values((chat_likes::message_id.eq(id), chat_likes::user_id.eq(user)))
        .on_conflict_do_nothing();
    Ok(AnyBackend(insert).execute(conn)? > 0)
}

/// Deletes a like. Returns whether there was one.
pub(crate) fn delete_like(conn: &mut AnyConn, id: MessageId, user: UserId) -> QueryResult<bool> {
    Ok(diesel::delete(chat_likes::table.find((id, user))).execute(conn)? > 0)
}

/// Stores the number of likes of a message.
pub(crate) fn store_like_count(conn: &mut AnyConn, message: &MessageRow) -> QueryResult<usize> {
    diesel::update(chat_messages::table.find((message.chat_id, message.seq)))
        .set(chat_messages::like_count.eq(message.like_count))
        .execute(conn)
}

/// Those of these messages that the user likes.
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

/// A page of the messages that a user has sent, in the order of their ids.
pub(crate) fn sent_by(
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
