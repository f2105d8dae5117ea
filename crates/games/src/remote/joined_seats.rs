//! The sockets of this node at tables of others, and how well they hear of them.

use std::collections::HashMap;
use std::sync::Arc;

use contract::invites::MatchId;
use outbox::NodeId;

use super::liveness::SILENT_CHECKS;
use super::protocol::{SeatAsk, SeatContent, SeatNumber, SeatUpdate};
use crate::port::{JoinTable, SeatSink, TableSeat};

/// After so many checks without an answer a socket is shown the saved state.
const UNANSWERED_CHECKS: u32 = 3;
/// After so many checks without an answer it asks again.
const AGAIN_CHECKS: u32 = 10;
/// After so many checks without a sign of life of the owner its sockets are shown the saved state.
const STALLED_CHECKS: u32 = 10;

/// A socket at a table of another node.
pub(super) struct JoinedSeat {
    pub(super) owner: NodeId,
    pub(super) join: JoinTable,
    /// Numbers the attempts to join.
    pub(super) attempt: u32,
    contact: SeatContact,
    /// The number of the next message.
    expected: u32,
}

/// A match, and the seat that it is seen from.
pub(super) type SeatView = (MatchId, TableSeat);

/// How well a socket hears of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SeatContact {
    /// It has asked to join so many checks ago, and got no answer yet.
    Waiting(u32),
    Joined,
    /// The node of the table has fallen silent.
    Stalled,
}

/// What a message to a socket is.
pub(super) enum SeatReceipt {
    /// The next one.
    Next(Arc<dyn SeatSink>),
    /// Of an earlier attempt, or received before.
    Late,
    /// Something before it was lost, or the table does not know the socket.
    Gap,
    /// For a socket that has left.
    Unknown,
}

/// What a check has found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SeatCheck {
    /// Sockets to be shown the saved state.
    pub(super) unanswered: Vec<SeatNumber>,
    /// Sockets to join again.
    pub(super) again: Vec<SeatNumber>,
    /// Owners that may be dead.
    pub(super) silent: Vec<NodeId>,
}

#[derive(Default)]
pub(super) struct JoinedSeats {
    seats: HashMap<SeatNumber, JoinedSeat>,
    /// For how many checks the nodes of the tables have been silent.
    owners: HashMap<NodeId, u32>,
    next: SeatNumber,
}

impl JoinedSeat {
    /// The request to join.
    pub(super) fn ask(&self) -> (NodeId, u32, SeatAsk) {
        let JoinTable {
            match_id,
            seat,
            form,
            rate,
            follows,
            ..
        } = self.join;
        let ask = SeatAsk::Join {
            match_id,
            seat,
            form,
            rate,
            follows,
        };
        (self.owner, self.attempt, ask)
    }

    /// Counts a check. Returns whether to show the saved state, and whether to join again.
    fn check(&mut self, owner_silence: u32) -> (bool, bool) {
        match self.contact {
            SeatContact::Waiting(checks) => {
                let checks = checks + 1;
                self.contact = SeatContact::Waiting(checks);
                (
                    checks == UNANSWERED_CHECKS,
                    checks.is_multiple_of(AGAIN_CHECKS),
                )
            }
            SeatContact::Joined if owner_silence >= STALLED_CHECKS => {
                self.contact = SeatContact::Stalled;
                (true, false)
            }
            SeatContact::Joined | SeatContact::Stalled => (false, false),
        }
    }
}

impl JoinedSeats {
    pub(super) fn add(&mut self, owner: NodeId, join: JoinTable) -> SeatNumber {
        let number = self.next;
        self.next = number.wrapping_add(1);
        self.owners.entry(owner).or_default();
        let seat = JoinedSeat {
            owner,
            join,
            attempt: 0,
            contact: SeatContact::Waiting(0),
            expected: 0,
        };
        self.seats.insert(number, seat);
        number
    }

    pub(super) fn get(&self, number: SeatNumber) -> Option<&JoinedSeat> {
        self.seats.get(&number)
    }

    /// These sockets by what they see.
    pub(super) fn by_view(&self, numbers: &[SeatNumber]) -> HashMap<SeatView, Vec<SeatNumber>> {
        let mut views: HashMap<_, Vec<_>> = HashMap::new();
        for number in numbers {
            if let Some(JoinedSeat { join, .. }) = self.seats.get(number) {
                let view = (join.match_id, join.seat);
                views.entry(view).or_default().push(*number);
            }
        }
        views
    }

    /// The sinks of those sockets among these that still wait.
    pub(super) fn waiting(&self, numbers: &[SeatNumber]) -> impl Iterator<Item = &dyn SeatSink> {
        let seats = numbers.iter().filter_map(|number| self.seats.get(number));
        let waiting = seats.filter(|seat| seat.contact != SeatContact::Joined);
        waiting.map(|seat| &*seat.join.sink)
    }

    pub(super) fn numbers(&self) -> Vec<SeatNumber> {
        self.seats.keys().copied().collect()
    }

    pub(super) fn owners(&self) -> Vec<NodeId> {
        self.owners.keys().copied().collect()
    }

    pub(super) fn remove(&mut self, number: SeatNumber) -> Option<JoinedSeat> {
        self.seats.remove(&number)
    }

    pub(super) fn remove_at(&mut self, owner: NodeId) -> Vec<JoinedSeat> {
        self.owners.remove(&owner);
        let removed = self.seats.extract_if(|_, seat| seat.owner == owner);
        removed.map(|(_, seat)| seat).collect()
    }

    /// Something came from a node. Returns the sockets that have to join again.
    pub(super) fn note_contact(&mut self, node: NodeId) -> Vec<SeatNumber> {
        let Some(silence) = self.owners.get_mut(&node) else {
            return vec![];
        };
        let was_stalled = std::mem::take(silence) >= STALLED_CHECKS;
        let is_stalled =
            |seat: &JoinedSeat| seat.owner == node && seat.contact == SeatContact::Stalled;
        let stalled = self
            .seats
            .iter()
            .filter(|(_, seat)| was_stalled && is_stalled(seat));
        stalled.map(|(number, _)| *number).collect()
    }

    /// Starts another attempt of these sockets to join.
    pub(super) fn prepare_again(&mut self, numbers: &[SeatNumber]) {
        for number in numbers {
            if let Some(seat) = self.seats.get_mut(number) {
                seat.attempt += 1;
                seat.expected = 0;
                seat.join.follows = false;
                if !matches!(seat.contact, SeatContact::Waiting(_)) {
                    seat.contact = SeatContact::Waiting(0);
                }
            }
        }
    }

    /// Takes a message to a socket.
    pub(super) fn take(&mut self, update: &SeatUpdate) -> SeatReceipt {
        let Some(seat) = self.seats.get_mut(&update.number) else {
            return SeatReceipt::Unknown;
        };
        if seat.attempt != update.attempt {
            return SeatReceipt::Late;
        }
        if update.content == SeatContent::NotJoined || update.n > seat.expected {
            return SeatReceipt::Gap;
        }
        if update.n < seat.expected {
            return SeatReceipt::Late;
        }
        seat.expected += 1;
        seat.contact = SeatContact::Joined;
        SeatReceipt::Next(Arc::clone(&seat.join.sink))
    }

    /// Counts a check.
    pub(super) fn check(&mut self) -> SeatCheck {
        let mut check = SeatCheck::default();
        let seats = &self.seats;
        self.owners
            .retain(|owner, _| seats.values().any(|seat| seat.owner == *owner));
        for (owner, silence) in &mut self.owners {
            *silence += 1;
            if *silence >= SILENT_CHECKS {
                check.silent.push(*owner);
            }
        }
        for (number, seat) in &mut self.seats {
            let silence = self.owners.get(&seat.owner).copied().unwrap_or_default();
            let (is_unanswered, joins_again) = seat.check(silence);
            check.unanswered.extend(is_unanswered.then_some(*number));
            check.again.extend(joins_again.then_some(*number));
        }
        check
    }
}
