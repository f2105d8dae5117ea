//! Chats, and the memberships of single users.

use contract::chat::ChatId;
use db::{AnyBackend, AnyConn, match_backend};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use crate::queries::members::MemberRow;
use crate::rules::ChatType;
use crate::schema::{chat_members, chats};

/// A row of `chats`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = chats)]
pub(crate) struct ChatRow {
    pub(crate) id: ChatId,
    kind: String,
    pub(crate) title: String,
    pub(crate) last_seq: i64,
}

impl ChatRow {
    pub(crate) fn kind(&self) -> Result<ChatType, AppError> {
        Ok(ChatType::from_text(&self.kind)?)
    }
}

/// A chat, and the membership of one user in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) chat: ChatRow,
    pub(crate) kind: ChatType,
    /// `None` where the user is not a member.
    pub(crate) member: Option<MemberRow>,
}

impl Membership {
    /// Whether the user can read the chat.
    pub(crate) fn can_read(&self) -> bool {
        self.kind.is_open() || self.member.is_some()
    }

    /// The other user of a conversation.
    pub(crate) fn peer(&self) -> Option<UserId> {
        self.member.as_ref().and_then(|member| member.peer_id)
    }

    /// The last message that the user no longer sees, because they deleted the conversation.
    pub(crate) fn cleared_up_to(&self) -> i64 {
        self.member.as_ref().map_or(0, |member| member.cleared_seq)
    }
}

/// A chat to be inserted.
#[derive(Debug, Clone)]
pub(crate) struct NewChat {
    pub(crate) kind: ChatType,
    pub(crate) key: String,
    pub(crate) title: String,
}

type ChatWithMember = Option<(ChatRow, Option<MemberRow>)>;

fn to_membership(found: ChatWithMember) -> Result<Option<Membership>, AppError> {
    let Some((chat, member)) = found else {
        return Ok(None);
    };
    let kind = chat.kind()?;
    Ok(Some(Membership { chat, kind, member }))
}

/// The membership of a user in the chat that fits the condition.
macro_rules! membership_where {
    ($conn:expr, $user:expr, $condition:expr) => {{
        let mine = chat_members::chat_id
            .eq(chats::id)
            .and(chat_members::user_id.eq($user));
        let found = chats::table
            .left_join(chat_members::table.on(mine))
            .filter($condition)
            .select((ChatRow::as_select(), Option::<MemberRow>::as_select()))
            .first($conn)
            .optional()?;
        to_membership(found)
    }};
}

/// The membership of a user in a chat.
pub(crate) fn membership(
    conn: &mut AnyConn,
    chat: ChatId,
    user: UserId,
) -> Result<Option<Membership>, AppError> {
    membership_where!(conn, user, chats::id.eq(chat))
}

/// The membership of a user in the chat with this key.
pub(crate) fn membership_by_key(
    conn: &mut AnyConn,
    key: &str,
    user: UserId,
) -> Result<Option<Membership>, AppError> {
    membership_where!(conn, user, chats::key.eq(key))
}

/// Inserts the chat unless its key exists. Returns whether it did.
pub(crate) fn insert(
    conn: &mut AnyConn,
    id: ChatId,
    new: &NewChat,
    now: Timestamp,
) -> QueryResult<bool> {
    let values = (
        chats::id.eq(id),
        chats::kind.eq(new.kind.as_text()),
        chats::key.eq(&new.key),
        chats::title.eq(&new.title),
        chats::last_seq.eq(0_i64),
        chats::touched_at.eq(now),
    );
    let insert = diesel::insert_into(chats::table)
        .values(values)
        .on_conflict(chats::key)
        .do_nothing();
    Ok(AnyBackend(insert).execute(conn)? > 0)
}

/// The id of the chat with this key.
pub(crate) fn find_id(conn: &mut AnyConn, key: &str) -> QueryResult<Option<ChatId>> {
    chats::table
        .filter(chats::key.eq(key))
        .select(chats::id)
        .first(conn)
        .optional()
}

/// The sequence number of the newest message.
pub(crate) fn last_seq(conn: &mut AnyConn, chat: ChatId) -> QueryResult<i64> {
    chats::table.find(chat).select(chats::last_seq).first(conn)
}

/// Locks a chat with a new version of its row, and returns the sequence number of its newest message.
/// A statement that posts to the chat and began before sees that (see [`guard`]), and has no effect.
///
/// [`guard`]: crate::queries::batch::guard
pub(crate) fn lock_anew(conn: &mut AnyConn, chat: ChatId) -> QueryResult<Option<i64>> {
    let touch = diesel::update(chats::table.find(chat))
        .set(chats::last_seq.eq(chats::last_seq))
        .returning(chats::last_seq);
    match_backend!(conn, c => touch.get_result(c)).optional()
}

/// Sets the title of a chat. Returns whether the chat exists.
pub(crate) fn rename(conn: &mut AnyConn, chat: ChatId, title: &str) -> QueryResult<bool> {
    let renamed = diesel::update(chats::table.find(chat)).set(chats::title.eq(title));
    Ok(renamed.execute(conn)? > 0)
}

/// The type, key and title of a chat.
pub(crate) fn details(conn: &mut AnyConn, chat: ChatId) -> Result<Option<NewChat>, AppError> {
    let found: Option<(String, String, String)> = chats::table
        .find(chat)
        .select((chats::kind, chats::key, chats::title))
        .first(conn)
        .optional()?;
    let convert = |(kind, key, title): (String, _, _)| {
        let kind = ChatType::from_text(&kind)?;
        Ok(NewChat { kind, key, title })
    };
    found.map(convert).transpose()
}
