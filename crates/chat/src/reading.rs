//! What reading a chat changes besides the membership: the notifications about its messages.

use contract::chat::ChatId;
use contract::notify::Resolved;
use db::Tx;
use jobs::Enqueue;
use kernel::{AppError, UserId};

use crate::queries::members;

/// Enqueues the job that resolves the user's notifications about messages up to `seq`.
pub(crate) fn resolve_notifications(
    tx: &mut Tx<'_>,
    user: UserId,
    chat: ChatId,
    seq: i64,
) -> Result<(), AppError> {
    tx.enqueue(Resolved::up_to(user, chat, seq))
}

/// Marks messages up to `seq` as read, without a read receipt. Changes nothing where the user has read
/// further or is not a member.
pub(crate) fn mark_read_up_to(
    tx: &mut Tx<'_>,
    user: UserId,
    chat: ChatId,
    seq: i64,
) -> Result<(), AppError> {
    let Some(member) = members::lock(tx.conn, chat, user)? else {
        return Ok(());
    };
    if member.last_read_seq >= seq {
        return Ok(());
    }
    members::store_read(tx.conn, chat, user, seq)?;
    if member.is_notified() {
        resolve_notifications(tx, user, chat, seq)?;
    }
    Ok(())
}
