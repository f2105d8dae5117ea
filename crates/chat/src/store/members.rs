//! Who is in a chat.

use std::collections::BTreeMap;

use contract::chat::ChatId;
use db::{AnyConn, BulkStatement, DbTime, DbUuid, EqAnyPadded};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use kernel::{Page, PageRequest, Timestamp, UserId};

use crate::schema::{chat_members, chats};
use crate::store::chats::ChatRow;

/// A person in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = chat_members)]
pub(crate) struct MemberRow {
    pub(crate) user_id: UserId,
    pub(crate) chat_id: ChatId,
    pub(crate) peer_id: Option<UserId>,
    pub(crate) opened: bool,
    pub(crate) last_read_seq: i64,
    pub(crate) receipt_seq: i64,
    pub(crate) cleared_seq: i64,
    /// Whether the next message calls them, though they have not read the one before.
    pub(crate) recall: bool,
    /// The newest message that a notification was made of.
    pub(crate) notified_seq: i64,
}

impl MemberRow {
    /// Whether a notification was made of anything that they have not read.
    pub(crate) fn is_notified(&self) -> bool {
        self.notified_seq > self.last_read_seq
    }
}

/// A person to be put into a chat.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewMember {
    pub(crate) user: UserId,
    pub(crate) peer: Option<UserId>,
    pub(crate) opened: bool,
}

/// The type of a [`MemberRow`] in a bulk statement.
type MemberSql = (
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

const OF_PLACES: &str =
    " JOIN chat_members AS m ON m.user_id = v.column1 AND m.chat_id = v.column2";
const HELD: &str = " JOIN chat_members AS m ON m.user_id = v.column1 AND m.chat_id = v.column2 \
                    FOR UPDATE OF m";

const WITH_PEERS: &str = " JOIN chat_members AS own ON own.user_id = v.column1 \
     AND own.chat_id = v.column2 JOIN chat_members AS m ON m.chat_id = own.chat_id \
     AND m.user_id IN (own.user_id, own.peer_id)";
const WITH_PEERS_HELD: &str = " JOIN chat_members AS own ON own.user_id = v.column1 \
     AND own.chat_id = v.column2 JOIN chat_members AS m ON m.chat_id = own.chat_id \
     AND m.user_id IN (own.user_id, own.peer_id) FOR UPDATE OF m";

/// A chat and its members in a bulk statement.
type ChatAndMemberSql = ((DbUuid, Text, Text, BigInt), MemberSql);

/// The chat comes first, so that whoever holds it alone waits for no member.
const LOCKED_WITH_CHAT: &str = " JOIN chats AS c ON c.id = v.column2 \
     JOIN chat_members AS own ON own.user_id = v.column1 AND own.chat_id = v.column2 \
     JOIN chat_members AS m ON m.chat_id = own.chat_id \
     AND m.user_id IN (own.user_id, own.peer_id) FOR UPDATE OF c, m";
const WITH_CHAT: &str = " JOIN chats AS c ON c.id = v.column2 \
     JOIN chat_members AS own ON own.user_id = v.column1 AND own.chat_id = v.column2 \
     JOIN chat_members AS m ON m.chat_id = own.chat_id AND m.user_id IN (own.user_id, own.peer_id)";

/// The chat of these places with the members of [`held_with_peers`]; all stay as they are until the
/// transaction ends. Nothing where none of these people is a member.
pub(crate) fn lock_with_chat(
    conn: &mut AnyConn,
    places: &[(UserId, ChatId)],
) -> QueryResult<Vec<(ChatRow, MemberRow)>> {
    let after = match conn {
        AnyConn::Postgres(_) => LOCKED_WITH_CHAT,
        AnyConn::Sqlite(_) => WITH_CHAT,
    };
    BulkStatement::<'_, ChatAndMemberSql>::new(
        "SELECT c.id, c.kind, c.title, c.last_seq, m.user_id, m.chat_id, m.peer_id, m.opened, \
         m.last_read_seq, m.receipt_seq, m.cleared_seq, m.recall, m.notified_seq FROM ",
        after,
    )
    .column::<DbUuid, _>(places.iter().map(|(user, _)| *user).collect())
    .column::<DbUuid, _>(places.iter().map(|(_, chat)| *chat).collect())
    .load(conn)
}

/// These people in these chats, where they are in them.
pub(crate) fn of(conn: &mut AnyConn, places: &[(UserId, ChatId)]) -> QueryResult<Vec<MemberRow>> {
    select(conn, places, OF_PLACES)
}

/// The same with the others of their conversations; all stay as they are until the transaction
/// ends. Hold their chats first.
pub(crate) fn held_with_peers(
    conn: &mut AnyConn,
    places: &[(UserId, ChatId)],
) -> QueryResult<Vec<MemberRow>> {
    let after = match conn {
        AnyConn::Postgres(_) => WITH_PEERS_HELD,
        AnyConn::Sqlite(_) => WITH_PEERS,
    };
    select(conn, places, after)
}

/// The same without the others. Hold their chats first.
pub(crate) fn held(conn: &mut AnyConn, places: &[(UserId, ChatId)]) -> QueryResult<Vec<MemberRow>> {
    let after = match conn {
        AnyConn::Postgres(_) => HELD,
        AnyConn::Sqlite(_) => OF_PLACES,
    };
    select(conn, places, after)
}

fn select(
    conn: &mut AnyConn,
    places: &[(UserId, ChatId)],
    after: &'static str,
) -> QueryResult<Vec<MemberRow>> {
    BulkStatement::<'_, MemberSql>::new(
        "SELECT m.user_id, m.chat_id, m.peer_id, m.opened, m.last_read_seq, m.receipt_seq, \
         m.cleared_seq, m.recall, m.notified_seq FROM ",
        after,
    )
    .column::<DbUuid, _>(places.iter().map(|(user, _)| *user).collect())
    .column::<DbUuid, _>(places.iter().map(|(_, chat)| *chat).collect())
    .load(conn)
}

/// Puts people into a chat who have read all so far, and says which of them were not in it.
pub(crate) fn add(
    conn: &mut AnyConn,
    chat: ChatId,
    people: &[NewMember],
    last_seq: i64,
    now: Timestamp,
) -> QueryResult<Vec<UserId>> {
    let count = people.len();
    let added: Vec<(UserId,)> = BulkStatement::<'_, (DbUuid,)>::new(
        "INSERT INTO chat_members (user_id, chat_id, peer_id, opened, last_read_seq, \
         receipt_seq, cleared_seq, joined_at) \
         SELECT column1, column2, column3, column4, column5, column5, 0, column6 FROM ",
        " WHERE true ON CONFLICT DO NOTHING RETURNING user_id",
    )
    .column::<DbUuid, _>(people.iter().map(|person| person.user).collect())
    .column::<DbUuid, _>(vec![chat; count])
    .column::<Nullable<DbUuid>, _>(people.iter().map(|person| person.peer).collect())
    .column::<Bool, _>(people.iter().map(|person| person.opened).collect())
    .column::<BigInt, _>(vec![last_seq; count])
    .column::<DbTime, _>(vec![now; count])
    .load(conn)?;
    Ok(added.into_iter().map(|(user,)| user).collect())
}

/// Takes a person out of a chat, and says whether they were in it.
pub(crate) fn remove(conn: &mut AnyConn, chat: ChatId, user: UserId) -> QueryResult<bool> {
    Ok(diesel::delete(chat_members::table.find((user, chat))).execute(conn)? > 0)
}

/// A person in a chat, who stays as they are until the transaction ends.
pub(crate) fn locked(
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

/// Puts the conversation among those that its owner sees even without a message.
pub(crate) fn open(conn: &mut AnyConn, chat: ChatId, user: UserId) -> QueryResult<usize> {
    diesel::update(chat_members::table.find((user, chat)))
        .set(chat_members::opened.eq(true))
        .execute(conn)
}

/// Says whether the next message of a conversation calls this person in any case.
pub(crate) fn store_recall(
    conn: &mut AnyConn,
    chat: ChatId,
    user: UserId,
    recall: bool,
) -> QueryResult<()> {
    let other = chat_members::table
        .find((user, chat))
        .filter(chat_members::recall.ne(recall))
        .filter(chat_members::peer_id.is_not_null());
    diesel::update(other)
        .set(chat_members::recall.eq(recall))
        .execute(conn)?;
    Ok(())
}

/// Changes how far a person has come in a chat.
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

/// Notes the newest messages that notifications were made of.
pub(crate) fn note_notified(
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

/// A person has read up to this place.
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

/// The receipt of one person in a chat.
pub(crate) fn receipt(conn: &mut AnyConn, chat: ChatId, user: UserId) -> QueryResult<i64> {
    let found = chat_members::table
        .find((user, chat))
        .select(chat_members::receipt_seq)
        .first(conn)
        .optional()?;
    Ok(found.unwrap_or(0))
}

/// Every chat a person is in.
pub(crate) fn chats_of(conn: &mut AnyConn, user: UserId) -> QueryResult<Vec<ChatId>> {
    chat_members::table
        .filter(chat_members::user_id.eq(user))
        .select(chat_members::chat_id)
        .load(conn)
}

/// A chat somebody is in: its id, kind and title, the other one, and since when.
pub(crate) type MembershipRow = (ChatId, String, String, Option<UserId>, Timestamp);

/// The chats a person is in, with what they are, in the order of their ids, so many after this one.
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

/// Takes a person out of all lobbies and rooms.
pub(crate) fn remove_from_rooms(conn: &mut AnyConn, user: UserId) -> QueryResult<usize> {
    let rooms = chat_members::table
        .filter(chat_members::user_id.eq(user))
        .filter(chat_members::peer_id.is_null());
    diesel::delete(rooms).execute(conn)
}

/// Who is in a chat but for these, in the order of their ids, a page at a time, and how many they
/// are.
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
