//! What users are told: events on their streams, and notifications.

use contract::catalogue::EventName;
use contract::notify::{Action, NotificationEvent, Resolved};
use contract::streams::StreamName;
use db::Tx;
use jobs::Enqueue;
use kernel::{AppError, UserId};
use outbox::NewEvent;
use serde::Serialize;

/// A durable event on the stream of one user.
pub(crate) fn user_event(
    to: UserId,
    name: EventName,
    data: &impl Serialize,
) -> Result<NewEvent, AppError> {
    NewEvent::new(StreamName::User(to), name, data)
}

/// Enqueues a notification.
pub(crate) fn enqueue_notification(
    tx: &mut Tx<'_>,
    user_id: UserId,
    action: Action,
    data: &impl Serialize,
    key: String,
) -> Result<(), AppError> {
    let data = serde_json::to_value(data)?;
    tx.enqueue(NotificationEvent {
        user_id,
        action,
        data,
        key,
    })
}

/// Enqueues the resolution of the notification with this key.
pub(crate) fn resolve_notification(
    tx: &mut Tx<'_>,
    user_id: UserId,
    key: String,
) -> Result<(), AppError> {
    tx.enqueue(Resolved::by_key(user_id, key))
}

/// Enqueues the withdrawal of the notification with this key.
pub(crate) fn withdraw_notification(
    tx: &mut Tx<'_>,
    user_id: UserId,
    key: String,
) -> Result<(), AppError> {
    tx.enqueue(Resolved::withdrawn(user_id, key))
}
