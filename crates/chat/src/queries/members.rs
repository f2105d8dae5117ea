//! The members of chats.

use std::collections::BTreeMap;

use contract::chat::ChatId;
use db::{AnyConn, BulkStatement, DbTime, DbUuid, EqAnyPadded};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};
use kernel::{Page, PageRequest, Timestamp, UserId};

use crate::schema::{chat_members, chats};

/// A row of `chat_members`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = chat_members)]
pub(crate) struct MemberRow {
    pub(crate) user_id: UserId,
    pub(crate) chat_id: ChatId,
    pub(crate) peer_id: Option<UserId>,
    /// Whether the conversation is listed even without messages.
    pub(crate) opened: bool,
    pub(crate) last_read_seq: i64,
    /// The last message that the user has confirmed as read to its sender.
    pub(crate) receipt_seq: i64,
    /// The last message that the user no longer sees, because they deleted the conversation.
    pub(crate) cleared_seq: i64,
    /// Whether the next message schedules a notification even if the one before is unread.
    #[diesel(column_name = recall)]
    pub(crate) is_rearmed: bool,
    /// The newest message that a notification was created for.
    pub(crate) notified_seq: i64,
}

impl MemberRow {
    /// Whether a notification was created for an unread message.
    pub(crate) fn is_notified(&self) -> bool {
        self.notified_seq > self.last_read_seq
    }
}

/// A member to be inserted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewMember {
    pub(crate) user: UserId,
    pub(crate) peer: Option<UserId>,
    pub(crate) opened: bool,
}

/// The SQL type of a [`MemberRow`] in a bulk statement.
pub(super) type MemberSql = (
    DbUuid,
    DbUuid,
    Nullable<DbUuid>,
    Bool,
    BigInt,
    BigInt,
    BigInt,
    Bool,
    BigInt,
);

const BY_KEY: &str = " JOIN chat_members AS m ON m.user_id = v.column1 AND m.chat_id = v.column2";
const BY_KEY_LOCKED: &str = " JOIN chat_members AS m ON m.user_id = v.column1 AND m.chat_id = v.column2 \
                    FOR UPDATE OF m";

const WITH_PEERS: &str = " JOIN chat_members AS own ON own.user_id = v.column1 \
     AND own.chat_id = v.column2 JOIN chat_members AS m ON m.chat_id = own.chat_id \
     AND m.user_id IN (own.user_id, own.peer_id)";
const WITH_PEERS_LOCKED: &str = " JOIN chat_members AS own ON own.user_id = v.column1 \
     AND own.chat_id = v.column2 JOIN chat_members AS m ON m.chat_id = own.chat_id \
     AND m.user_id IN (own.user_id, own.peer_id) FOR UPDATE OF m";

/// The members with these keys.
pub(crate) fn load(conn: &mut AnyConn, keys: &[(UserId, ChatId)]) -> QueryResult<Vec<MemberRow>> {
    select(conn, keys, BY_KEY)
}

/// Locks the members with these keys and the peers of their conversations. The caller has locked the
/// chats.
pub(crate) fn lock_with_peers(
    conn: &mut AnyConn,
    keys: &[(UserId, ChatId)],
) -> QueryResult<Vec<MemberRow>> {
    let after = match conn {
        AnyConn::Postgres(_) => WITH_PEERS_LOCKED,
        AnyConn::Sqlite(_) => WITH_PEERS,
    };
    select(conn, keys, after)
}

/// Locks the members with these keys. The caller has locked the chats.
pub(crate) fn lock_all(
    conn: &mut AnyConn,
    keys: &[(UserId, ChatId)],
) -> QueryResult<Vec<MemberRow>> {
    let after = match conn {
        AnyConn::Postgres(_) => BY_KEY_LOCKED,
        AnyConn::Sqlite(_) => BY_KEY,
    };
    select(conn, keys, after)
}

fn select(
    conn: &mut AnyConn,
    keys: &[(UserId, ChatId)],
    after: &'static str,
) -> QueryResult<Vec<MemberRow>> {
    BulkStatement::<'_, MemberSql>::new(
        "SELECT m.user_id, m.chat_id, m.peer_id, m.opened, m.last_read_seq, m.receipt_seq, \
         m.cleared_seq, m.recall, m.notified_seq FROM ",
        after,
    )
    .column::<DbUuid, _>(keys.iter().map(|(user, _)| *user).collect())
    .column::<DbUuid, _>(keys.iter().map(|(_, chat)| *chat).collect())
    .load(conn)
}

/// Inserts members who count as having read all messages so far. Returns those who were not members.
pub(crate) fn add(
    conn: &mut AnyConn,
    chat: ChatId,
    users: &[NewMember],
    last_seq: i64,
    now: Timestamp,
) -> QueryResult<Vec<UserId>> {
    let count = users.len();
    let added: Vec<(UserId,)> = BulkStatement::<'_, (DbUuid,)>::new(
        "INSERT INTO chat_members (user_id, chat_id, peer_id, opened, last_read_seq, \
         receipt_seq, cleared_seq, joined_at) \
         SELECT column1, column2, column3, column4, column5, column5, 0, column6 FROM ",
        " WHERE true ON CONFLICT DO NOTHING RETURNING user_id",
    )
    .column::<DbUuid, _>(users.iter().map(|user| user.user).collect())
    .column::<DbUuid, _>(vec![chat; count])
    .column::<Nullable<DbUuid>, _>(users.iter().map(|user| user.peer).collect())
    .column::<Bool, _>(users.iter().map(|user| user.opened).collect())
    .column::<BigInt, _>(vec![last_seq; count])
    .column::<DbTime, _>(vec![now; count])
    .load(conn)?;
    Ok(added.into_iter().map(|(user,)| user).collect())
}

/// Deletes a member. Returns whether the user was one.
pub(crate) fn remove(conn: &mut AnyConn, chat: ChatId, user: UserId) -> QueryResult<bool> {
    Ok(diesel::delete(chat_members::table.find((user, chat))).execute(conn)? > 0)
}

/// Locks one member.
pub(crate) fn lock(
    conn: &mut AnyConn,
    chat: ChatId,
    user: UserId,
) -> QueryResult<Option<MemberRow>> {
    let one = chat_members::table.find((user, chat));
    let found = match conn {
        AnyConn::Postgres(pg) => one.select(MemberRow::as_select()).for_update().first(pg),
        AnyConn::Sqlite(sqlite) => one.select(MemberRow::as_select()).first(sqlite),
    };
    found.optional()
}

/// Lists the conversation even without messages.
pub(crate) fn open(conn: &mut AnyConn, chat: ChatId, user: UserId) -> QueryResult<usize> {
    diesel::update(chat_members::table.find((user, chat)))
        .set(chat_members::opened.eq(true))
        .execute(conn)
}

/// Sets whether the next message of a conversation schedules a notification in any case.
pub(crate) fn store_rearmed(
    conn: &mut AnyConn,
    chat: ChatId,
    user: UserId,
    is_rearmed: bool,
) -> QueryResult<()> {
    let changed = chat_members::table
        .find((user, chat))
        .filter(chat_members::recall.ne(is_rearmed))
        .filter(chat_members::peer_id.is_not_null());
    diesel::update(changed)
        .set(chat_members::recall.eq(is_rearmed))
        .execute(conn)?;
    Ok(())
}

/// Stores what a member has opened, read, confirmed and deleted.
pub(crate) fn store_progress(conn: &mut AnyConn, member: &MemberRow) -> QueryResult<usize> {
    diesel::update(chat_members::table.find((member.user_id, member.chat_id)))
        .set((
            chat_members::opened.eq(member.opened),
            chat_members::last_read_seq.eq(member.last_read_seq),
            chat_members::receipt_seq.eq(member.receipt_seq),
            chat_members::cleared_seq.eq(member.cleared_seq),
        ))
        .execute(conn)
}

/// Stores the newest messages that notifications were created for.
pub(crate) fn store_notified(
    conn: &mut AnyConn,
    newest: &BTreeMap<(UserId, ChatId), i64>,
) -> QueryResult<usize> {
    BulkStatement::<'_, ()>::new(
        "UPDATE chat_members SET notified_seq = v.column3 FROM ",
        " WHERE chat_members.user_id = v.column1 AND chat_members.chat_id = v.column2 \
         AND chat_members.notified_seq < v.column3",
    )
    .column::<DbUuid, _>(newest.keys().map(|(user, _)| *user).collect())
    .column::<DbUuid, _>(newest.keys().map(|(_, chat)| *chat).collect())
    .column::<BigInt, _>(newest.values().copied().collect())
    .execute(conn)
}

/// Stores the last message that a member has read.
pub(crate) fn store_read(
    conn: &mut AnyConn,
    chat: ChatId,
    user: UserId,
    seq: i64,
) -> QueryResult<()> {
    diesel::update(chat_members::table.find((user, chat)))
        .set(chat_members::last_read_seq.eq(seq))
        .execute(conn)?;
    Ok(())
}

/// The last message that a member has confirmed as read.
pub(crate) fn receipt(conn: &mut AnyConn, chat: ChatId, user: UserId) -> QueryResult<i64> {
    let found = chat_members::table
        .find((user, chat))
        .select(chat_members::receipt_seq)
        .first(conn)
        .optional()?;
    Ok(found.unwrap_or(0))
}

/// The chats that a user is a member of.
pub(crate) fn chats_of(conn: &mut AnyConn, user: UserId) -> QueryResult<Vec<ChatId>> {
    chat_members::table
        .filter(chat_members::user_id.eq(user))
        .select(chat_members::chat_id)
        .load(conn)
}

/// A membership in a data export: the chat's id, type and title, the peer, and when the user joined.
pub(crate) type MembershipRow = (ChatId, String, String, Option<UserId>, Timestamp);

/// A page of the chats that a user is a member of, in the order of their ids.
pub(crate) fn memberships(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<ChatId>,
    limit: i64,
) -> QueryResult<Vec<MembershipRow>> {
    let mut query = chat_members::table
        .inner_join(chats::table.on(chats::id.eq(chat_members::chat_id)))
        .filter(chat_members::user_id.eq(user))
        .order(chat_members::chat_id)
        .limit(limit)
        .select((
            chats::id,
            chats::kind,
            chats::title,
            chat_members::peer_id,
            chat_members::joined_at,
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(chat_members::chat_id.gt(after));
    }
    query.load(conn)
}

/// Deletes a user's memberships in lobbies and rooms.
pub(crate) fn remove_from_rooms(conn: &mut AnyConn, user: UserId) -> QueryResult<usize> {
    let rooms = chat_members::table
        .filter(chat_members::user_id.eq(user))
        .filter(chat_members::peer_id.is_null());
    diesel::delete(rooms).execute(conn)
}

/// A page of a chat's members without the hidden ones, in the order of their ids.
pub(crate) fn list(
    conn: &mut AnyConn,
    chat: ChatId,
    hidden: &[UserId],
    page: PageRequest,
) -> QueryResult<Page<UserId>> {
    let all = chat_members::table
        .filter(chat_members::chat_id.eq(chat))
        .filter(chat_members::user_id.ne_all_padded(hidden));
    let some = all
        .clone()
        .order(chat_members::user_id)
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select(chat_members::user_id)
        .load(conn)?;
    Page::from_overfetch(some, page, || all.count().get_result(conn))
}
