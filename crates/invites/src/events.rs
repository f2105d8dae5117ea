//! Events and notifications of invites.

use contract::catalogue::EventName;
use contract::invites::{CancelReason, GameFound, GameInviteCanceled, InviteAnswered};
use contract::notify::{Action, NotificationEvent, Resolved};
use contract::streams::StreamName;
use db::Tx;
use jobs::Enqueue;
use kernel::{AppError, Timestamp, UserId};
use outbox::{Emit, NewEvent};
use serde::Serialize;

use crate::ports::InvitePlayer;
use crate::queries::InviteRow;

/// The players of an invite.
#[derive(Debug, Clone)]
pub(crate) struct InvitePair {
    pub(crate) sender: InvitePlayer,
    pub(crate) receiver: InvitePlayer,
}

impl InvitePair {
    /// The same players of an invite in the other direction.
    pub(crate) fn swapped(&self) -> Self {
        Self {
            sender: self.receiver.clone(),
            receiver: self.sender.clone(),
        }
    }

    /// The ids of sender and receiver.
    pub(crate) fn ids(&self) -> [UserId; 2] {
        [self.sender.summary.id, self.receiver.summary.id]
    }

    /// The id of each player with the other player.
    fn both(&self) -> [(UserId, &InvitePlayer); 2] {
        [
            (self.sender.summary.id, &self.receiver),
            (self.receiver.summary.id, &self.sender),
        ]
    }
}

/// A durable event on the stream of one user.
fn event(to: UserId, name: EventName, data: &impl Serialize) -> Result<NewEvent, AppError> {
    NewEvent::new(StreamName::User(to), name, data)
}

/// Emits that an invite was sent, and notifies the receiver.
pub(crate) fn sent(
    tx: &mut Tx<'_>,
    row: &InviteRow,
    pair: &InvitePair,
    now: Timestamp,
) -> Result<(), AppError> {
    let invite = row.to_dto(&pair.sender, &pair.receiver, now);
    tx.enqueue(NotificationEvent {
        user_id: row.receiver_id,
        action: Action::GameInvite,
        data: serde_json::to_value(&invite)?,
        key: notification_key(row),
    })?;
    tx.emit_all(vec![
        event(row.receiver_id, EventName::GameInvite, &invite)?.by(row.sender_id),
        event(row.sender_id, EventName::GameInviteSent, &invite)?.by(row.sender_id),
    ])
}

/// The key of the notification about an invite.
fn notification_key(row: &InviteRow) -> String {
    format!("game_invite:{}", row.id)
}

/// Resolves the notification about an invite that has ended.
pub(crate) fn resolve_notification(tx: &mut Tx<'_>, row: &InviteRow) -> Result<(), AppError> {
    tx.enqueue(Resolved::by_key(row.receiver_id, notification_key(row)))
}

/// Withdraws the notification about an invite that was canceled.
fn withdraw_notification(tx: &mut Tx<'_>, row: &InviteRow) -> Result<(), AppError> {
    tx.enqueue(Resolved::withdrawn(row.receiver_id, notification_key(row)))
}

/// Emits that an invite was accepted and a match was created.
pub(crate) fn accepted(
    tx: &mut Tx<'_>,
    row: &InviteRow,
    pair: &InvitePair,
) -> Result<(), AppError> {
    resolve_notification(tx, row)?;
    let mut events = answered_events(row, pair, EventName::GameAccepted)?;
    if let Some(match_id) = row.match_id {
        for (to, opponent) in pair.both() {
            let found = GameFound {
                match_id,
                game: row.game.clone(),
                opponent: opponent.summary.clone(),
            };
            events.push(event(to, EventName::GameFound, &found)?);
        }
    }
    tx.emit_all(events)
}

/// Emits that an invite was declined.
pub(crate) fn declined(
    tx: &mut Tx<'_>,
    row: &InviteRow,
    pair: &InvitePair,
) -> Result<(), AppError> {
    resolve_notification(tx, row)?;
    let events = answered_events(row, pair, EventName::GameDeclined)?;
    tx.emit_all(events)
}

fn answered_events(
    row: &InviteRow,
    pair: &InvitePair,
    name: EventName,
) -> Result<Vec<NewEvent>, AppError> {
    let to_event = |(to, other): (UserId, &InvitePlayer)| {
        let data = InviteAnswered {
            id: row.id,
            username: other.summary.username.clone(),
            game: row.game.clone(),
            client_id: row.client_id.clone(),
            match_id: row.match_id,
        };
        event(to, name, &data)
    };
    pair.both().into_iter().map(to_event).collect()
}

/// Emits that an invite has ended without an answer.
pub(crate) fn canceled(
    tx: &mut Tx<'_>,
    row: &InviteRow,
    pair: &InvitePair,
    reason: CancelReason,
) -> Result<(), AppError> {
    match reason {
        CancelReason::Canceled => withdraw_notification(tx, row)?,
        _ => resolve_notification(tx, row)?,
    }
    let to_event = |(to, other): (UserId, &InvitePlayer)| {
        let data = GameInviteCanceled {
            id: Some(row.id),
            client_id: row.client_id.clone(),
            username: other.summary.username.clone(),
            reason,
            code: None,
        };
        event(to, EventName::GameInviteCanceled, &data)
    };
    let events: Result<Vec<NewEvent>, AppError> = pair.both().into_iter().map(to_event).collect();
    tx.emit_all(events?)
}
