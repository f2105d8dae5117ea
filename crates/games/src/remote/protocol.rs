//! What nodes tell each other about sockets at tables.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use cluster::Topic;
use contract::invites::MatchId;
use contract::match_frames::MatchInput;
use outbox::NodeId;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::port::{
    ActionError, FrameForm, FrameRate, TableClose, TableCommand, TableMessage, TableSeat,
};

/// The first byte of a batch of states. Other messages are JSON.
const STATES: u8 = 1;

/// The topic of what the sockets of other nodes ask of the tables of this one.
pub(super) fn tables_topic(node: NodeId) -> Topic {
    Topic::of("tables", node)
}

/// The topic of what the tables of other nodes tell the sockets of this one.
pub(super) fn seats_topic(node: NodeId) -> Topic {
    Topic::of("seats", node)
}

/// A socket, numbered by its node.
pub(super) type SeatNumber = u32;

/// What a socket asks of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SeatRequest {
    /// The node of the socket.
    pub(super) from: NodeId,
    pub(super) number: SeatNumber,
    pub(super) ask: SeatAsk,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum SeatAsk {
    /// Joins, or joins again.
    Join {
        match_id: MatchId,
        seat: TableSeat,
        form: FrameForm,
        rate: FrameRate,
        /// Grows with each attempt of the socket.
        attempt: u32,
    },
    Input(MatchInput),
    Command(TableCommand, Option<String>),
    Alive,
    Leave,
}

/// What a table tells a socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SeatNews {
    /// The node of the table.
    pub(super) from: NodeId,
    pub(super) number: SeatNumber,
    /// The attempt to join that it belongs to.
    pub(super) attempt: u32,
    /// The number of the message, from 0 with each attempt.
    pub(super) n: u32,
    pub(super) told: SeatTold,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum SeatTold {
    Message(TableMessage),
    Answer(Option<String>, Option<RemoteError>),
    Close(TableClose),
    /// The match is not run there.
    NotHere,
}

/// An [`ActionError`] on the bus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum RemoteError {
    Malformed(String),
    Refused(String),
}

impl From<ActionError> for RemoteError {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Malformed(reason) => Self::Malformed(reason.into_owned()),
            ActionError::Refused(code) => Self::Refused(code.name.to_owned()),
        }
    }
}

impl From<RemoteError> for ActionError {
    /// A code of a newer version becomes a general one.
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Malformed(reason) => Self::Malformed(reason.into()),
            RemoteError::Refused(name) => {
                let known = Error::CODES.iter().find(|code| code.name == name);
                Self::Refused(known.unwrap_or(Error::NotNow.code()))
            }
        }
    }
}

/// States of one pass for the sockets of one node.
#[derive(Debug, Default)]
pub(super) struct StateBatch(BytesMut);

impl StateBatch {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a state. States are far shorter than the length field allows.
    pub(super) fn add(&mut self, number: SeatNumber, attempt: u32, frame: &[u8]) {
        let Ok(length) = u16::try_from(frame.len()) else {
            return;
        };
        if self.0.is_empty() {
            self.0.put_u8(STATES);
        }
        self.0.put_u32_le(number);
        self.0.put_u32_le(attempt);
        self.0.put_u16_le(length);
        self.0.put_slice(frame);
    }

    pub(super) fn take(&mut self) -> Bytes {
        self.0.split().freeze()
    }
}

/// A message to the sockets of a node.
#[derive(Debug)]
pub(super) enum ToSeats {
    States(Bytes),
    News(Box<SeatNews>),
}

/// Reads a message to the sockets of a node; `None` if a newer version wrote it.
pub(super) fn read_to_seats(payload: &Bytes) -> Option<ToSeats> {
    if payload.first() == Some(&STATES) {
        return Some(ToSeats::States(payload.slice(1..)));
    }
    let news = serde_json::from_slice(payload).ok()?;
    Some(ToSeats::News(Box::new(news)))
}

/// The states of a batch: the socket, its attempt, and the frame.
pub(super) fn states(mut batch: Bytes) -> impl Iterator<Item = (SeatNumber, u32, Bytes)> {
    std::iter::from_fn(move || {
        let number = batch.try_get_u32_le().ok()?;
        let attempt = batch.try_get_u32_le().ok()?;
        let length = usize::from(batch.try_get_u16_le().ok()?);
        (batch.len() >= length).then(|| (number, attempt, batch.split_to(length)))
    })
}

/// Encodes a message other than states.
pub(super) fn encode(message: &impl Serialize) -> Bytes {
    // Strings, numbers and JSON values always have a JSON form.
    Bytes::from(serde_json::to_vec(message).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_come_out_as_they_went_in() {
        let mut batch = StateBatch::default();
        assert!(batch.is_empty());
        batch.add(7, 1, b"one");
        batch.add(8, 3, &[9; 300]);
        let Some(ToSeats::States(taken)) = read_to_seats(&batch.take()) else {
            panic!("no states");
        };
        assert!(batch.is_empty());
        let all: Vec<_> = states(taken.clone()).collect();
        assert_eq!(all[0], (7, 1, Bytes::from_static(b"one")));
        assert_eq!(all[1], (8, 3, Bytes::from(vec![9; 300])));
        assert_eq!(states(taken.slice(..taken.len() - 1)).count(), 1);
    }

    #[test]
    fn refusals_keep_their_code_and_unknown_ones_get_a_general_one() {
        let code = Error::MatchNotFound.code();
        let there = RemoteError::from(ActionError::Refused(code));
        assert_eq!(ActionError::from(there), ActionError::Refused(code));
        let newer = RemoteError::Refused("games.of_a_newer_version".to_owned());
        let general = ActionError::Refused(Error::NotNow.code());
        assert_eq!(ActionError::from(newer), general);
    }
}
