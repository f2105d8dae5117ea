//! What nodes tell each other about sockets at tables.

use std::ops::Range;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use cluster::Topic;
use contract::invites::MatchId;
use contract::match_frames::MatchInput;
use outbox::NodeId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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

/// A message to the tables of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum ToTables {
    Seat(SeatRequest),
    /// This node has sockets at tables there, and is alive.
    Heartbeat(NodeId),
}

/// What a socket asks of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SeatRequest {
    /// The node of the socket.
    pub(super) from: NodeId,
    pub(super) number: SeatNumber,
    /// Grows with each attempt of the socket to join.
    pub(super) attempt: u32,
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
        follows: bool,
    },
    Input(MatchInput),
    Command(TableCommand, Option<String>),
    Alive,
    Leave,
}

/// What a table sends a socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SeatUpdate {
    /// The node of the table.
    pub(super) from: NodeId,
    pub(super) number: SeatNumber,
    /// The attempt to join that it belongs to.
    pub(super) attempt: u32,
    /// The number of the message, from 0 with each attempt.
    pub(super) n: u32,
    pub(super) content: SeatContent,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum SeatContent {
    Message(TableMessage),
    Answer(Option<String>, Option<RemoteError>),
    Close(TableClose),
    /// The match is not run there.
    NotHere,
    /// The socket is not at the table, and has to join again.
    NotJoined,
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

/// States of one pass for the sockets of one node. A state that many are sent is contained once.
#[derive(Debug, Default)]
pub(super) struct StateBatch {
    bytes: BytesMut,
    last: Option<LastState>,
}

/// The last state of a batch, to which more sockets can be added.
#[derive(Debug)]
struct LastState {
    /// Where the number of its sockets is.
    count_at: usize,
    count: u16,
    frame: Range<usize>,
}

impl StateBatch {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Adds a state for a socket. States are far shorter than the length field allows.
    pub(super) fn add(&mut self, from: NodeId, number: SeatNumber, attempt: u32, frame: &[u8]) {
        if self.bytes.is_empty() {
            self.bytes.put_u8(STATES);
            self.bytes.put_u128_le(from.uuid().as_u128());
        }
        if !self.is_last(frame) && !self.begin(frame) {
            return;
        }
        self.bytes.put_u32_le(number);
        self.bytes.put_u32_le(attempt);
        self.count_socket();
    }

    fn is_last(&self, frame: &[u8]) -> bool {
        let last = self.last.as_ref().filter(|last| last.count < u16::MAX);
        last.is_some_and(|last| self.bytes.get(last.frame.clone()) == Some(frame))
    }

    /// Adds a state without sockets. Returns false if it is too long.
    fn begin(&mut self, frame: &[u8]) -> bool {
        let Ok(length) = u16::try_from(frame.len()) else {
            return false;
        };
        let count_at = self.bytes.len();
        self.bytes.put_u16_le(0);
        self.bytes.put_u16_le(length);
        let start = self.bytes.len();
        self.bytes.put_slice(frame);
        self.last = Some(LastState {
            count_at,
            count: 0,
            frame: start..self.bytes.len(),
        });
        true
    }

    fn count_socket(&mut self) {
        let Some(last) = &mut self.last else {
            return;
        };
        last.count += 1;
        let field = last.count_at..last.count_at + size_of::<u16>();
        if let Some(field) = self.bytes.get_mut(field) {
            field.copy_from_slice(&last.count.to_le_bytes());
        }
    }

    pub(super) fn take(&mut self) -> Bytes {
        self.last = None;
        self.bytes.split().freeze()
    }
}

/// A message to the sockets of a node other than states.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum SeatsMessage {
    Update(Box<SeatUpdate>),
    /// This node runs tables that sockets there are at, and is alive.
    Heartbeat(NodeId),
}

/// A message to the sockets of a node.
#[derive(Debug)]
pub(super) enum ToSeats {
    /// The node of the tables, and the states.
    States(NodeId, Bytes),
    Message(SeatsMessage),
}

/// Reads a message to the sockets of a node; `None` if a newer version wrote it.
pub(super) fn read_to_seats(payload: &Bytes) -> Option<ToSeats> {
    if payload.first() == Some(&STATES) {
        let mut states = payload.slice(1..);
        let from = NodeId::from_uuid(Uuid::from_u128(states.try_get_u128_le().ok()?));
        return Some(ToSeats::States(from, states));
    }
    let message = serde_json::from_slice(payload).ok()?;
    Some(ToSeats::Message(message))
}

/// A state, and the sockets that it is for with their attempts.
pub(super) type SharedState = (Bytes, Vec<(SeatNumber, u32)>);

/// The states of a batch.
pub(super) fn states(mut batch: Bytes) -> impl Iterator<Item = SharedState> {
    std::iter::from_fn(move || {
        let count = batch.try_get_u16_le().ok()?;
        let length = usize::from(batch.try_get_u16_le().ok()?);
        let frame = (batch.len() >= length).then(|| batch.split_to(length))?;
        let mut socket = || Some((batch.try_get_u32_le().ok()?, batch.try_get_u32_le().ok()?));
        let sockets: Option<Vec<_>> = (0..count).map(|_| socket()).collect();
        Some((frame, sockets?))
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

    fn node() -> NodeId {
        NodeId::from_uuid(Uuid::from_u128(5))
    }

    fn read(batch: &mut StateBatch) -> Bytes {
        match read_to_seats(&batch.take()) {
            Some(ToSeats::States(from, states)) if from == node() => states,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn states_come_out_as_they_went_in() {
        let mut batch = StateBatch::default();
        assert!(batch.is_empty());
        batch.add(node(), 7, 1, b"one");
        batch.add(node(), 8, 3, &[9; 300]);
        let taken = read(&mut batch);
        assert!(batch.is_empty());
        let all: Vec<_> = states(taken.clone()).collect();
        let one = (Bytes::from_static(b"one"), vec![(7, 1)]);
        let long = (Bytes::from(vec![9; 300]), vec![(8, 3)]);
        assert_eq!(all, [one, long]);
        assert_eq!(states(taken.slice(..taken.len() - 1)).count(), 1);
    }

    #[test]
    fn state_for_many_sockets_is_sent_once() {
        let mut batch = StateBatch::default();
        let sockets: Vec<_> = (0..500).map(|number| (number, number % 3)).collect();
        for (number, attempt) in &sockets {
            batch.add(node(), *number, *attempt, &[1; 200]);
        }
        batch.add(node(), 900, 0, b"other");
        batch.add(node(), 901, 0, &[1; 200]);
        let taken = read(&mut batch);
        assert!(taken.len() < 500 * 8 + 3 * 210);
        let all: Vec<_> = states(taken).collect();
        assert_eq!(all.len(), 3);
        assert_eq!(all[0], (Bytes::from(vec![1; 200]), sockets));
        assert_eq!(all[2].1, [(901, 0)]);
        batch.add(node(), 1, 0, &[1; 200]);
        assert_eq!(states(read(&mut batch)).count(), 1, "of a new batch");
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
