//! What users are told when a request ends.

use contract::catalogue::EventName;
use contract::social::FriendRequestRemoved;
use db::Tx;
use kernel::AppError;
use outbox::NewEvent;

use super::queries::FriendRequestRow;
use crate::events::{resolve_notification, user_event, withdraw_notification};

/// The key of the notification about a request.
pub(super) fn notification_key(row: &FriendRequestRow) -> String {
    format!("friend_request:{}", row.id)
}

/// Resolves the notification about a request that has ended.
pub(crate) fn resolve(tx: &mut Tx<'_>, row: &FriendRequestRow) -> Result<(), AppError> {
    resolve_notification(tx, row.receiver_id, notification_key(row))
}

/// Withdraws the notification about a request that was canceled.
pub(super) fn withdraw(tx: &mut Tx<'_>, row: &FriendRequestRow) -> Result<(), AppError> {
    withdraw_notification(tx, row.receiver_id, notification_key(row))
}

/// The events that both users get when a request ends.
pub(crate) fn removed_events(row: &FriendRequestRow) -> Result<[NewEvent; 2], AppError> {
    let data = FriendRequestRemoved {
        id: row.id,
        sender_id: row.sender_id,
        receiver_id: row.receiver_id,
    };
    let event = |to| user_event(to, EventName::FriendRequestRemoved, &data);
    Ok([event(row.sender_id)?, event(row.receiver_id)?])
}
