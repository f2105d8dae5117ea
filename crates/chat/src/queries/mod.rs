//! The SQL of this crate: functions over one connection. Those of this file are also for other crates
//! that read data of several domains in one closure.

use contract::chat::{ChatId, Unread, UnreadChat};
use db::AnyConn;
use kernel::{AppError, UserId};

pub(crate) mod batch;
pub(crate) mod chats;
pub(crate) mod conversations;
mod expressions;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod reports;

use self::conversations::ChatOverviewRow;

/// The chats that a user is a member of.
///
/// # Errors
/// The database is unavailable.
pub fn chats_of(conn: &mut AnyConn, user: UserId) -> Result<Vec<ChatId>, AppError> {
    Ok(members::chats_of(conn, user)?)
}

/// Whether a user is a member of a chat, and so receives its events.
///
/// # Errors
/// The database is unavailable.
pub fn is_member(conn: &mut AnyConn, user: UserId, chat: ChatId) -> Result<bool, AppError> {
    Ok(!members::load(conn, &[(user, chat)])?.is_empty())
}

/// The chats of a user and their unread counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatOverview {
    /// The chats that the user is a member of.
    pub all: Vec<ChatId>,
    /// The unread counts, without conversations with hidden users.
    pub unread: Unread,
}

/// The chats of a user and their unread counts, in one statement. A second one runs where users are
/// hidden and messages unread.
///
/// # Errors
/// The database is unavailable.
pub fn overview(
    conn: &mut AnyConn,
    user: UserId,
    hidden: &[UserId],
) -> Result<ChatOverview, AppError> {
    let rows = conversations::overview(conn, user, true)?;
    let all = rows.iter().map(|row| row.chat).collect();
    let unread = unread_of(conn, user, rows, hidden)?;
    Ok(ChatOverview { all, unread })
}

/// The unread counts of all chats that a user is a member of, without messages of hidden users.
///
/// # Errors
/// The database is unavailable.
pub fn unread(conn: &mut AnyConn, user: UserId, hidden: &[UserId]) -> Result<Unread, AppError> {
    let rows = conversations::overview(conn, user, false)?;
    unread_of(conn, user, rows, hidden)
}

fn unread_of(
    conn: &mut AnyConn,
    user: UserId,
    rows: Vec<ChatOverviewRow>,
    hidden: &[UserId],
) -> Result<Unread, AppError> {
    let is_unread = |row: &ChatOverviewRow| {
        let with_hidden = row.peer.is_some_and(|peer| hidden.contains(&peer));
        row.unread > 0 && !with_hidden
    };
    let rows: Vec<_> = rows.into_iter().filter(is_unread).collect();
    let ids: Vec<ChatId> = rows.iter().map(|row| row.chat).collect();
    let by_hidden = conversations::unread_by(conn, user, &ids, hidden)?;
    let chat = |row: ChatOverviewRow| UnreadChat {
        chat_id: row.chat,
        unread_count: row.unread - by_hidden.get(&row.chat).copied().unwrap_or_default(),
    };
    let mut chats: Vec<UnreadChat> = rows.into_iter().map(chat).collect();
    chats.retain(|chat| chat.unread_count > 0);
    let total = chats.iter().map(|chat| chat.unread_count).sum();
    Ok(Unread { total, chats })
}
