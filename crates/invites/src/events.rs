//! What both sides hear.

use contract::invites::{CancelReason, GameFound, GameInviteCanceled, InviteAnswered};
use contract::notify::{Action, Happened};
use kernel::{Fault, Timestamp, UserId};
use serde::Serialize;
use serde_json::Value;
use store::{NewJob, Tx};

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
    pub(crate) fn turned(&self) -> Self {
        Self {
            sender: self.receiver.clone(),
            receiver: self.sender.clone(),
        }
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
struct Told {
    to: UserId,
    event: &'static str,
    data: Value,
}

impl Told {
    fn new(to: UserId, event: &'static str, data: &impl Serialize) -> Result<Self, Fault> {
        let data = serde_json::to_value(data)?;
        Ok(Self { to, event, data })
    }
}

/// Emits events in the order of their streams, in which alone several may be locked.
fn emit_all(tx: &mut Tx<'_>, author: Option<UserId>, mut events: Vec<Told>) -> Result<(), Fault> {
    events.sort_by_key(|told| told.to);
    for Told { to, event, data } in events {
        let stream = format!("user:{to}");
        match author {
            Some(author) => tx.emit_by(author, &stream, event, &data)?,
            None => tx.emit(&stream, event, &data)?,
        }
    }
    Ok(())
}

/// An invite was sent.
pub(crate) fn sent(tx: &mut Tx<'_>, row: &Row, pair: &Pair, now: Timestamp) -> Result<(), Fault> {
    let invite = row.shown(&pair.sender, &pair.receiver, now);
    let happened = Happened {
        user_id: row.receiver_id,
        action: Action::GameInvite,
        data: serde_json::to_value(&invite)?,
        key: format!("game_invite:{}", row.id),
    };
    tx.enqueue(NewJob::new("notify", &happened)?)?;
    let events = vec![
        Told::new(row.receiver_id, "game_invite", &invite)?,
        Told::new(row.sender_id, "game_invite_sent", &invite)?,
    ];
    emit_all(tx, Some(row.sender_id), events)
}

/// An invite was accepted, and a match came of it.
pub(crate) fn accepted(tx: &mut Tx<'_>, row: &Row, pair: &Pair) -> Result<(), Fault> {
    let mut events = answered(row, pair, "game_accepted")?;
    if let Some(match_id) = row.match_id {
        for (to, opponent) in pair.both() {
            let found = GameFound {
                match_id,
                game: row.game.clone(),
                opponent: opponent.summary.clone(),
            };
            events.push(Told::new(to, "game_found", &found)?);
        }
    }
    emit_all(tx, None, events)
}

/// An invite was declined.
pub(crate) fn declined(tx: &mut Tx<'_>, row: &Row, pair: &Pair) -> Result<(), Fault> {
    let events = answered(row, pair, "game_declined")?;
    emit_all(tx, None, events)
}

fn answered(row: &Row, pair: &Pair, event: &'static str) -> Result<Vec<Told>, Fault> {
    let told = |(to, other): (UserId, &Player)| {
        let data = InviteAnswered {
            id: row.id,
            username: other.summary.username.clone(),
            game: row.game.clone(),
            client_id: row.client_id.clone(),
            match_id: row.match_id,
        };
        Told::new(to, event, &data)
    };
    pair.both().into_iter().map(told).collect()
}

/// An invite is over without an answer.
pub(crate) fn canceled(
    tx: &mut Tx<'_>,
    row: &Row,
    pair: &Pair,
    reason: CancelReason,
) -> Result<(), Fault> {
    let told = |(to, other): (UserId, &Player)| {
        let data = GameInviteCanceled {
            id: Some(row.id),
            client_id: row.client_id.clone(),
            username: other.summary.username.clone(),
            reason,
            code: None,
        };
        Told::new(to, "game_invite_canceled", &data)
    };
    let events: Result<Vec<Told>, Fault> = pair.both().into_iter().map(told).collect();
    emit_all(tx, None, events?)
}
