//! Chats, and one person's place in them.

use contract::chat::ChatId;
use db::{AnyBackend, AnyConn};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use crate::rules::Kind;
use crate::schema::{chat_members, chats};
use crate::store::members::MemberRow;

/// A chat as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = chats)]
pub(crate) struct ChatRow {
    pub(crate) id: ChatId,
    kind: String,
    pub(crate) title: String,
    pub(crate) last_seq: i64,
}

impl ChatRow {
    pub(crate) fn kind(&self) -> Result<Kind, AppError> {
        Ok(Kind::from_text(&self.kind)?)
    }
}

/// A chat, and what one person is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) chat: ChatRow,
    pub(crate) kind: Kind,
    pub(crate) member: Option<MemberRow>,
}

impl Membership {
    /// Whether this person may see what is there.
    pub(crate) fn is_open(&self) -> bool {
        self.kind.is_open() || self.member.is_some()
    }

    /// The other one, where the chat is between two.
    pub(crate) fn peer(&self) -> Option<UserId> {
        self.member.as_ref().and_then(|member| member.peer_id)
    }

    /// Up to where this person has deleted it for themselves.
    pub(crate) fn cleared(&self) -> i64 {
        self.member.as_ref().map_or(0, |member| member.cleared_seq)
    }
}

/// A chat to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewChat {
    pub(crate) kind: Kind,
    pub(crate) key: String,
    pub(crate) title: String,
}

type Joined = Option<(ChatRow, Option<MemberRow>)>;

fn placed(found: Joined) -> Result<Option<Membership>, AppError> {
    let Some((chat, member)) = found else {
        return Ok(None);
    };
    let kind = chat.kind()?;
    Ok(Some(Membership { chat, kind, member }))
}

/// One person's place in the chat that fits the condition.
macro_rules! place_where {
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
        placed(found)
    }};
}

/// One person's place in a chat.
pub(crate) fn place(
    conn: &mut AnyConn,
    chat: ChatId,
    user: UserId,
) -> Result<Option<Membership>, AppError> {
    place_where!(conn, user, chats::id.eq(chat))
}

/// One person's place in the chat with this key.
pub(crate) fn place_by_key(
    conn: &mut AnyConn,
    key: &str,
    user: UserId,
) -> Result<Option<Membership>, AppError> {
    place_where!(conn, user, chats::key.eq(key))
}

/// Makes the chat unless there is one with this key, and says whether it did.
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

/// The chat with this key.
pub(crate) fn id_of(conn: &mut AnyConn, key: &str) -> QueryResult<Option<ChatId>> {
    chats::table
        .filter(chats::key.eq(key))
        .select(chats::id)
        .first(conn)
        .optional()
}

/// The number of the newest message.
pub(crate) fn last_seq(conn: &mut AnyConn, chat: ChatId) -> QueryResult<i64> {
    chats::table.find(chat).select(chats::last_seq).first(conn)
}

/// Gives a chat another title, and says whether there is such a chat.
pub(crate) fn rename(conn: &mut AnyConn, chat: ChatId, title: &str) -> QueryResult<bool> {
    let renamed = diesel::update(chats::table.find(chat)).set(chats::title.eq(title));
    Ok(renamed.execute(conn)? > 0)
}

/// What a chat is, as it was made.
pub(crate) fn about(conn: &mut AnyConn, chat: ChatId) -> Result<Option<NewChat>, AppError> {
    let found: Option<(String, String, String)> = chats::table
        .find(chat)
        .select((chats::kind, chats::key, chats::title))
        .first(conn)
        .optional()?;
    let turn = |(kind, key, title): (String, _, _)| {
        let kind = Kind::from_text(&kind)?;
        Ok(NewChat { kind, key, title })
    };
    found.map(turn).transpose()
}
