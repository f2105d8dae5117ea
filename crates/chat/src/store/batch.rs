//! The statements that store many messages together: each is one, however many messages.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::chat::{ChatId, MessageId};
use db::types::Json;
use db::{AnyConn, BulkStatement, DbJson, DbTime, DbUuid, EqAnyPadded};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use kernel::{AppError, Timestamp, UserId};

use crate::schema::{chat_messages, chats};
use crate::store::chats::ChatRow;
use crate::store::members::{self, MemberRow};
use crate::store::messages::MessageRow;

/// What makes a message the only one: its sender, its chat, and the sender's id for it.
pub(crate) type Key = (UserId, ChatId, String);

/// The chats of these senders and ids, held until the transaction ends, with the memberships of the
/// senders and of the others of their conversations: who holds a chat alone gives out its numbers.
pub(crate) fn lock(
    conn: &mut AnyConn,
    places: &[(UserId, ChatId)],
) -> Result<(HashMap<ChatId, ChatRow>, Vec<MemberRow>), AppError> {
    let ids: BTreeSet<ChatId> = places.iter().map(|(_, chat)| *chat).collect();
    // Several chats are locked in the order of their ids before any of their members.
    if ids.len() == 1 {
        let rows = members::lock_with_chat(conn, places)?;
        if !rows.is_empty() {
            let (chats, members): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            return Ok((by_id(chats), members));
        }
    }
    let ids: Vec<_> = ids.into_iter().collect();
    let chats = lock_chats(conn, &ids)?;
    Ok((chats, members::held_with_peers(conn, places)?))
}

/// The chats with these ids, held in the order of their ids until the transaction ends: who holds
/// a chat alone gives out its numbers.
pub(crate) fn lock_chats(
    conn: &mut AnyConn,
    ids: &[ChatId],
) -> Result<HashMap<ChatId, ChatRow>, AppError> {
    let query = chats::table
        .filter(chats::id.eq_any_padded(ids))
        .order(chats::id);
    let rows: Vec<ChatRow> = match conn {
        AnyConn::Postgres(pg) => query.select(ChatRow::as_select()).for_update().load(pg)?,
        AnyConn::Sqlite(sqlite) => query.select(ChatRow::as_select()).load(sqlite)?,
    };
    Ok(by_id(rows))
}

fn by_id(rows: Vec<ChatRow>) -> HashMap<ChatId, ChatRow> {
    rows.into_iter().map(|row| (row.id, row)).collect()
}

type MessageSql = (
    DbUuid,
    BigInt,
    DbUuid,
    DbUuid,
    Text,
    Nullable<Text>,
    Nullable<DbUuid>,
    Nullable<DbJson>,
    BigInt,
    DbTime,
    Nullable<DbTime>,
    Nullable<DbTime>,
);

/// The messages that were stored with these keys before.
pub(crate) fn known(conn: &mut AnyConn, keys: &[Key]) -> QueryResult<Vec<MessageRow>> {
    BulkStatement::<'_, MessageSql>::new(
        "SELECT m.chat_id, m.seq, m.id, m.sender, m.content, m.client_id, m.reply_to, \
         m.mentions, m.like_count, m.sent_at, m.edited_at, m.deleted_at FROM ",
        " JOIN chat_messages AS m \
         ON m.sender = v.column1 AND m.chat_id = v.column2 AND m.client_id = v.column3",
    )
    .column::<DbUuid, _>(keys.iter().map(|(sender, ..)| *sender).collect())
    .column::<DbUuid, _>(keys.iter().map(|(_, chat, _)| *chat).collect())
    .column::<Text, _>(keys.iter().map(|(.., id)| id.as_str()).collect())
    .load(conn)
}

/// Which of these messages there are, in which chat, and who wrote them.
pub(crate) fn existing(
    conn: &mut AnyConn,
    ids: &[MessageId],
) -> Result<HashMap<(ChatId, MessageId), UserId>, AppError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(ChatId, MessageId, UserId)> = chat_messages::table
        .filter(chat_messages::id.eq_any_padded(ids))
        .select((
            chat_messages::chat_id,
            chat_messages::id,
            chat_messages::sender,
        ))
        .load(conn)?;
    let entry = |(chat, id, sender)| ((chat, id), sender);
    Ok(rows.into_iter().map(entry).collect())
}

/// Adds messages.
pub(crate) fn insertion(messages: &[MessageRow]) -> BulkStatement<'_, ()> {
    macro_rules! each {
        ($field:ident) => {
            messages.iter().map(|message| message.$field).collect()
        };
    }
    let texts = messages.iter().map(|message| message.content.as_str());
    let client_ids = messages.iter().map(|message| message.client_id.as_deref());
    let mentions = messages.iter().map(|message| message.mentions.clone());
    BulkStatement::<'_, ()>::new(
        "INSERT INTO chat_messages (chat_id, seq, id, sender, content, client_id, reply_to, \
         mentions, like_count, sent_at) SELECT column1, column2, column3, column4, column5, \
         column6, column7, column8, 0, column9 FROM ",
        "",
    )
    .column::<DbUuid, ChatId>(each!(chat_id))
    .column::<BigInt, i64>(each!(seq))
    .column::<DbUuid, MessageId>(each!(id))
    .column::<DbUuid, UserId>(each!(sender))
    .column::<Text, _>(texts.collect())
    .column::<Nullable<Text>, _>(client_ids.collect())
    .column::<Nullable<DbUuid>, Option<MessageId>>(each!(reply_to))
    .column::<Nullable<DbJson>, Option<Json>>(mentions.collect())
    .column::<DbTime, Timestamp>(each!(sent_at))
}

/// Counts the chats' numbers on to the newest messages.
pub(crate) fn advance(
    newest: &BTreeMap<ChatId, i64>,
    now: Timestamp,
) -> BulkStatement<'static, ()> {
    BulkStatement::<'_, ()>::new(
        "UPDATE chats SET last_seq = v.column2, touched_at = v.column3 FROM ",
        " WHERE chats.id = v.column1",
    )
    .column::<DbUuid, _>(newest.keys().copied().collect())
    .column::<BigInt, _>(newest.values().copied().collect())
    .column::<DbTime, _>(vec![now; newest.len()])
}

/// Who writes has read what was there.
pub(crate) fn read_by_senders(
    newest: &BTreeMap<(UserId, ChatId), i64>,
) -> BulkStatement<'static, ()> {
    BulkStatement::<'_, ()>::new(
        "UPDATE chat_members SET last_read_seq = v.column3 FROM ",
        " WHERE chat_members.user_id = v.column1 AND chat_members.chat_id = v.column2",
    )
    .column::<DbUuid, _>(newest.keys().map(|(user, _)| *user).collect())
    .column::<DbUuid, _>(newest.keys().map(|(_, chat)| *chat).collect())
    .column::<BigInt, _>(newest.values().copied().collect())
}
