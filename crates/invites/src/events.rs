//! What both sides hear.

use contract::invites::{CancelReason, GameFound, GameInviteCanceled, InviteAnswered};
use contract::notify::{Action, NotificationEvent, Settled};
use db::Tx;
use jobs::Enqueue;
use kernel::{AppError, Timestamp, UserId};
use outbox::{Emit, NewEvent};
use serde::Serialize;

use crate::ports::Player;
use crate::store::Row;

/// The two of an invite.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) sender: Player,
    pub(crate) receiver: Player,
}

impl Pair {
    /// The same two, for an invite the other way.
    pub(crate) fn swapped(&self) -> Self {
        Self {
            sender: self.receiver.clone(),
            receiver: self.sender.clone(),
        }
    }

    /// Who they are.
    pub(crate) fn ids(&self) -> [UserId; 2] {
        [self.sender.summary.id, self.receiver.summary.id]
    }

    /// Each of the two with the other.
    fn both(&self) -> [(UserId, &Player); 2] {
        [
            (self.sender.summary.id, &self.receiver),
            (self.receiver.summary.id, &self.sender),
        ]
    }
}

/// An event for one person.
fn event(to: UserId, name: &'static str, data: &impl Serialize) -> Result<NewEvent, AppError> {
    NewEvent::new(format!("user:{to}"), name, data)
}

/// An invite was sent.
pub(crate) fn sent(
    tx: &mut Tx<'_>,
    row: &Row,
    pair: &Pair,
    now: Timestamp,
) -> Result<(), AppError> {
    let invite = row.shown(&pair.sender, &pair.receiver, now);
    let happened = NotificationEvent {
        user_id: row.receiver_id,
        action: Action::GameInvite,
        data: serde_json::to_value(&invite)?,
        key: key_of(row),
    };
    tx.enqueue(happened)?;
    tx.emit_all(vec![
        event(row.receiver_id, "game_invite", &invite)?.by(row.sender_id),
        event(row.sender_id, "game_invite_sent", &invite)?.by(row.sender_id),
    ])
}

/// Names the notification of an invite.
fn key_of(row: &Row) -> String {
    format!("game_invite:{}", row.id)
}

/// An invite is over: its notification waits no longer.
pub(crate) fn over(tx: &mut Tx<'_>, row: &Row) -> Result<(), AppError> {
    tx.enqueue(Settled::by_key(row.receiver_id, key_of(row)))
}

/// An invite was taken back: its notification goes.
fn withdrawn(tx: &mut Tx<'_>, row: &Row) -> Result<(), AppError> {
    tx.enqueue(Settled::withdrawn(row.receiver_id, key_of(row)))
}

/// An invite was accepted, and a match came of it.
pub(crate) fn accepted(tx: &mut Tx<'_>, row: &Row, pair: &Pair) -> Result<(), AppError> {
    over(tx, row)?;
    let mut events = answered(row, pair, "game_accepted")?;
    if let Some(match_id) = row.match_id {
        for (to, opponent) in pair.both() {
            let found = GameFound {
                match_id,
                game: row.game.clone(),
                opponent: opponent.summary.clone(),
            };
            events.push(event(to, "game_found", &found)?);
        }
    }
    tx.emit_all(events)
}

/// An invite was declined.
pub(crate) fn declined(tx: &mut Tx<'_>, row: &Row, pair: &Pair) -> Result<(), AppError> {
    over(tx, row)?;
    let events = answered(row, pair, "game_declined")?;
    tx.emit_all(events)
}

fn answered(row: &Row, pair: &Pair, name: &'static str) -> Result<Vec<NewEvent>, AppError> {
    let told = |(to, other): (UserId, &Player)| {
        let data = InviteAnswered {
            id: row.id,
            username: other.summary.username.clone(),
            game: row.game.clone(),
            client_id: row.client_id.clone(),
            match_id: row.match_id,
        };
        event(to, name, &data)
    };
    pair.both().into_iter().map(told).collect()
}

/// An invite is over without an answer.
pub(crate) fn canceled(
    tx: &mut Tx<'_>,
    row: &Row,
    pair: &Pair,
    reason: CancelReason,
) -> Result<(), AppError> {
    match reason {
        CancelReason::Canceled => withdrawn(tx, row)?,
        _ => over(tx, row)?,
    }
    let told = |(to, other): (UserId, &Player)| {
        let data = GameInviteCanceled {
            id: Some(row.id),
            client_id: row.client_id.clone(),
            username: other.summary.username.clone(),
            reason,
            code: None,
        };
        event(to, "game_invite_canceled", &data)
    };
    let events: Result<Vec<NewEvent>, AppError> = pair.both().into_iter().map(told).collect();
    tx.emit_all(events?)
}
