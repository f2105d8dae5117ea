//! The lists of a user's conversations and rooms, and unread counts.

use std::collections::HashMap;

use contract::chat::ChatId;
use db::{AnyConn, EqAnyPadded, NotInUserSet, UserSet};
use diesel::dsl::exists;
use diesel::prelude::*;
use kernel::{Page, PageRequest, UserId};

use crate::queries::chats::ChatRow;
use crate::queries::expressions::BigIntSql;
use crate::queries::members::MemberRow;
use crate::queries::messages::MessageRow;
use crate::schema::{chat_likes, chat_members, chat_messages, chats};

/// A conversation with its newest message.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(crate) struct ConversationRow {
    pub(crate) member: MemberRow,
    pub(crate) unread: i64,
    /// The last message that the peer has confirmed as read.
    pub(crate) receipt: i64,
    pub(crate) last: Option<MessageRow>,
    pub(crate) is_last_liked: bool,
}

/// The messages after the last read one, without deleted ones. A user's own messages are read when
/// they are posted.
const UNREAD: BigIntSql = BigIntSql(
    "(chats.last_seq - chat_members.last_read_seq - \
    (SELECT count(*) FROM chat_messages AS gone WHERE gone.chat_id = chats.id \
     AND gone.seq > chat_members.last_read_seq AND gone.deleted_at IS NOT NULL))",
);

/// The peer's read receipt, found by primary key.
const RECEIPT: BigIntSql = BigIntSql(
    "coalesce((SELECT other.receipt_seq FROM chat_members AS other \
    WHERE other.user_id = chat_members.peer_id AND other.chat_id = chats.id), 0)",
);

/// A page of a user's conversations, the one with the newest message first. It leaves out those with
/// hidden users, and those without messages that the user has not opened.
pub(crate) fn list(
    conn: &mut AnyConn,
    user: UserId,
    hidden: &UserSet,
    page: PageRequest,
) -> QueryResult<Page<ConversationRow>> {
    let listed = chat_members::opened
        .eq(true)
        .or(chats::last_seq.gt(chat_members::cleared_seq));
    let visible = chat_members::table
        .inner_join(chats::table.on(chats::id.eq(chat_members::chat_id)))
        .filter(chat_members::user_id.eq(user).and(listed))
        .filter(chat_members::peer_id.is_not_null())
        .filter(chat_members::peer_id.not_in(hidden));
    let newest = chat_messages::chat_id
        .eq(chats::id)
        .and(chat_messages::seq.eq(chats::last_seq))
        .and(chat_messages::seq.gt(chat_members::cleared_seq));
    let liked = chat_likes::table.filter(
        chat_likes::message_id
            .eq(chat_messages::id)
            .and(chat_likes::user_id.eq(user)),
    );
    let rows = visible
        .left_join(chat_messages::table.on(newest))
        .order((chats::touched_at.desc(), chats::id.desc()))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select((
            MemberRow::as_select(),
            UNREAD,
            RECEIPT,
            Option::<MessageRow>::as_select(),
            exists(liked),
        ))
        .load(conn)?;
    Page::from_overfetch(rows, page, || visible.count().get_result(conn))
}

/// A lobby or room with its newest message.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(crate) struct RoomRow {
    pub(crate) chat: ChatRow,
    pub(crate) last_read_seq: i64,
    pub(crate) unread: i64,
    pub(crate) last: Option<MessageRow>,
    pub(crate) is_last_liked: bool,
}

/// A page of the lobbies and rooms that a user is a member of, the one with the newest message first.
/// The newest message is left out if a hidden user sent it.
pub(crate) fn rooms(
    conn: &mut AnyConn,
    user: UserId,
    hidden: &[UserId],
    page: PageRequest,
) -> QueryResult<Page<RoomRow>> {
    let mine = chat_members::table
        .inner_join(chats::table.on(chats::id.eq(chat_members::chat_id)))
        .filter(chat_members::user_id.eq(user))
        .filter(chat_members::peer_id.is_null());
    let newest = chat_messages::chat_id
        .eq(chats::id)
        .and(chat_messages::seq.eq(chats::last_seq))
        .and(chat_messages::sender.ne_all_padded(hidden));
    let liked = chat_likes::table.filter(
        chat_likes::message_id
            .eq(chat_messages::id)
            .and(chat_likes::user_id.eq(user)),
    );
    let rows = mine
        .left_join(chat_messages::table.on(newest))
        .order((chats::touched_at.desc(), chats::id.desc()))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select((
            ChatRow::as_select(),
            chat_members::last_read_seq,
            UNREAD,
            Option::<MessageRow>::as_select(),
            exists(liked),
        ))
        .load(conn)?;
    Page::from_overfetch(rows, page, || mine.count().get_result(conn))
}

/// A chat that a user is a member of, and its unread count.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(crate) struct ChatOverviewRow {
    pub(crate) chat: ChatId,
    /// The other user of a conversation.
    pub(crate) peer: Option<UserId>,
    pub(crate) unread: i64,
}

/// As [`UNREAD`], without running the subquery where everything is read.
const UNREAD_IF_ANY: BigIntSql = BigIntSql(
    "(CASE WHEN chats.last_seq > chat_members.last_read_seq THEN \
    chats.last_seq - chat_members.last_read_seq - \
    (SELECT count(*) FROM chat_messages AS gone WHERE gone.chat_id = chats.id \
     AND gone.seq > chat_members.last_read_seq AND gone.deleted_at IS NOT NULL) ELSE 0 END)",
);

/// The chats of a user, or only those that may have unread messages, the one with the newest message
/// first.
pub(crate) fn overview(
    conn: &mut AnyConn,
    user: UserId,
    with_read: bool,
) -> QueryResult<Vec<ChatOverviewRow>> {
    let mut query = chat_members::table
        .inner_join(chats::table.on(chats::id.eq(chat_members::chat_id)))
        .filter(chat_members::user_id.eq(user))
        .order(chats::touched_at.desc())
        .select((chats::id, chat_members::peer_id, UNREAD_IF_ANY))
        .into_boxed();
    if !with_read {
        query = query.filter(chats::last_seq.gt(chat_members::last_read_seq));
    }
    query.load(conn)
}

/// How many of a user's unread messages in these chats were sent by these users.
pub(crate) fn unread_by(
    conn: &mut AnyConn,
    user: UserId,
    chats: &[ChatId],
    senders: &[UserId],
) -> QueryResult<HashMap<ChatId, i64>> {
    if senders.is_empty() || chats.is_empty() {
        return Ok(HashMap::new());
    }
    let mine = chat_members::chat_id
        .eq(chat_messages::chat_id)
        .and(chat_members::user_id.eq(user));
    let counts: Vec<(ChatId, i64)> = chat_messages::table
        .inner_join(chat_members::table.on(mine))
        .filter(chat_messages::sender.eq_any_padded(senders))
        .filter(chat_messages::chat_id.eq_any_padded(chats))
        .filter(chat_messages::seq.gt(chat_members::last_read_seq))
        .filter(chat_messages::deleted_at.is_null())
        .group_by(chat_messages::chat_id)
        .select((chat_messages::chat_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(counts.into_iter().collect())
}

/// The unread count of one chat.
pub(crate) fn unread_in(conn: &mut AnyConn, user: UserId, chat: ChatId) -> QueryResult<i64> {
    let found = chat_members::table
        .inner_join(chats::table.on(chats::id.eq(chat_members::chat_id)))
        .filter(chat_members::user_id.eq(user).and(chats::id.eq(chat)))
        .select(UNREAD)
        .first(conn)
        .optional()?;
    Ok(found.unwrap_or(0))
}
