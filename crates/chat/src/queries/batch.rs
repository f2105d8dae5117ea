//! The statements that store a batch of messages: one each, however many messages it has.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::chat::{ChatId, MessageId};
use db::types::Json;
use db::{AnyConn, BulkStatement, DbJson, DbTime, DbUuid, EqAnyPadded};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use kernel::{AppError, Timestamp, UserId};

use crate::queries::chats::ChatRow;
use crate::queries::members::{self, MemberRow, MemberSql};
use crate::queries::messages::MessageRow;
use crate::schema::{chat_messages, chats};

/// Identifies a message: its sender, its chat, and its client id.
pub(crate) type MessageKey = (UserId, ChatId, String);

/// Locks the chats that these senders post to, and returns them with the memberships of the senders and
/// of the peers of their conversations. The lock on a chat is what its sequence numbers depend on.
pub(crate) fn lock(
    conn: &mut AnyConn,
    memberships: &[(UserId, ChatId)],
) -> Result<(HashMap<ChatId, ChatRow>, Vec<MemberRow>), AppError> {
    let ids: BTreeSet<ChatId> = memberships.iter().map(|(_, chat)| *chat).collect();
    // Several chats are locked in the order of their ids, before any of their members.
    if ids.len() == 1 {
        let rows = lock_with_chat(conn, memberships)?;
        if !rows.is_empty() {
            let (chats, members): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            return Ok((by_id(chats), members));
        }
    }
    let ids: Vec<_> = ids.into_iter().collect();
    let chats = lock_chats(conn, &ids)?;
    Ok((chats, members::lock_with_peers(conn, memberships)?))
}

/// The SQL type of a chat with a member in a bulk statement.
type ChatAndMemberSql = ((DbUuid, Text, Text, BigInt), MemberSql);

/// The chat is locked before its members, the order that all transactions use.
const WITH_CHAT_LOCKED: &str = " JOIN chats AS c ON c.id = v.column2 \
     JOIN chat_members AS own ON own.user_id = v.column1 AND own.chat_id = v.column2 \
     JOIN chat_members AS m ON m.chat_id = own.chat_id \
     AND m.user_id IN (own.user_id, own.peer_id) FOR UPDATE OF c, m";
const WITH_CHAT: &str = " JOIN chats AS c ON c.id = v.column2 \
     JOIN chat_members AS own ON own.user_id = v.column1 AND own.chat_id = v.column2 \
     JOIN chat_members AS m ON m.chat_id = own.chat_id AND m.user_id IN (own.user_id, own.peer_id)";

/// Locks the one chat of these keys together with the members of [`members::lock_with_peers`]. Returns nothing
/// if none of the users is a member.
fn lock_with_chat(
    conn: &mut AnyConn,
    keys: &[(UserId, ChatId)],
) -> QueryResult<Vec<(ChatRow, MemberRow)>> {
    let after = match conn {
        AnyConn::Postgres(_) => WITH_CHAT_LOCKED,
        AnyConn::Sqlite(_) => WITH_CHAT,
    };
    BulkStatement::<'_, ChatAndMemberSql>::new(
        "SELECT c.id, c.kind, c.title, c.last_seq, m.user_id, m.chat_id, m.peer_id, m.opened, \
         m.last_read_seq, m.receipt_seq, m.cleared_seq, m.recall, m.notified_seq FROM ",
        after,
    )
    .column::<DbUuid, _>(keys.iter().map(|(user, _)| *user).collect())
    .column::<DbUuid, _>(keys.iter().map(|(_, chat)| *chat).collect())
    .load(conn)
}

/// Locks the chats with these ids, in the order of their ids, and returns them.
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

/// A friend's message as the next one of a conversation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NextMessage<'a> {
    pub(crate) sender: UserId,
    pub(crate) peer: UserId,
    pub(crate) chat: ChatId,
    pub(crate) seq: i64,
    pub(crate) client_id: Option<&'a str>,
}

/// What the first unread message of a conversation depends on, over the row of [`guard`].
pub(crate) const IS_PEER_NOTIFIED: &str = "is_notified";

/// A guard that locks a conversation and its members as [`lock`] does, and holds if this is its next
/// message, was not sent before, and has no effect but the usual ones: no notification of the sender is
/// to be resolved, and none of the peer to be repeated.
///
/// It does not wait for other transactions. A statement sees what was committed when it began, and of a
/// row that it locks the newest version. So it does not hold either if the chat has got a new version
/// since: then what else it has read may have changed too.
pub(crate) fn guard(message: NextMessage<'_>) -> BulkStatement<'_, ()> {
    BulkStatement::<'_, ()>::new(
        "SELECT peer.last_read_seq >= c.last_seq AS is_notified FROM ",
        " JOIN chats AS c ON c.id = v.column3 AND c.last_seq = v.column4 - 1 \
         JOIN chats AS seen ON seen.id = v.column3 AND seen.ctid = c.ctid \
         JOIN chat_members AS own ON own.user_id = v.column1 AND own.chat_id = v.column3 \
         AND own.peer_id = v.column2 AND own.notified_seq <= own.last_read_seq \
         JOIN chat_members AS peer ON peer.user_id = v.column2 AND peer.chat_id = v.column3 \
         AND NOT peer.recall \
         WHERE NOT EXISTS (SELECT 1 FROM chat_messages AS m WHERE m.sender = v.column1 \
                           AND m.chat_id = v.column3 AND m.client_id = v.column5) \
         FOR UPDATE OF c, own, peer SKIP LOCKED",
    )
    .column::<DbUuid, _>(vec![message.sender])
    .column::<DbUuid, _>(vec![message.peer])
    .column::<DbUuid, _>(vec![message.chat])
    .column::<BigInt, _>(vec![message.seq])
    .column::<Nullable<Text>, _>(vec![message.client_id])
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

/// The stored messages with these keys.
pub(crate) fn find_by_keys(
    conn: &mut AnyConn,
    keys: &[MessageKey],
) -> QueryResult<Vec<MessageRow>> {
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

/// The senders of these messages, by chat and id; messages that do not exist are left out.
pub(crate) fn senders_of(
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

/// Inserts messages.
pub(crate) fn insert_messages(messages: &[MessageRow]) -> BulkStatement<'_, ()> {
    macro_rules! column {
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
    .column::<DbUuid, ChatId>(column!(chat_id))
    .column::<BigInt, i64>(column!(seq))
    .column::<DbUuid, MessageId>(column!(id))
    .column::<DbUuid, UserId>(column!(sender))
    .column::<Text, _>(texts.collect())
    .column::<Nullable<Text>, _>(client_ids.collect())
    .column::<Nullable<DbUuid>, Option<MessageId>>(column!(reply_to))
    .column::<Nullable<DbJson>, Option<Json>>(mentions.collect())
    .column::<DbTime, Timestamp>(column!(sent_at))
}

/// Sets the newest sequence number of each chat.
pub(crate) fn advance_chats(
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

/// Marks the earlier messages of each chat as read by the senders.
pub(crate) fn mark_read_by_senders(
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
