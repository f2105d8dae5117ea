//! One task at a time fills the gaps of a room, however many gaps are noticed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::room::Room;

/// Whether the gaps of a room are being filled.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<State>);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    Filling,
    /// Another gap was noticed since the last read began.
    FillingAgain,
}

impl Gate {
    /// A gap was noticed. True where somebody has to begin to fill it.
    fn begin(&self) -> bool {
        let mut state = self.lock();
        let is_idle = *state == State::Idle;
        *state = if is_idle {
            State::Filling
        } else {
            State::FillingAgain
        };
        is_idle
    }

    /// A read is over. True where another one has to follow.
    fn goes_on(&self) -> bool {
        let mut state = self.lock();
        let again = *state == State::FillingAgain;
        *state = if again { State::Filling } else { State::Idle };
        again
    }

    fn reset(&self) {
        *self.lock() = State::Idle;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that fills the gaps of a room, until this is dropped.
pub(super) struct Filling {
    room: Arc<Room>,
    /// From then on another task may fill the room.
    is_over: bool,
}

impl Filling {
    /// Takes note of a gap in a room; nothing where another task will fill it.
    pub(super) fn begin(room: &Arc<Room>) -> Option<Self> {
        room.gate().begin().then(|| Self {
            room: Arc::clone(room),
            is_over: false,
        })
    }

    pub(super) fn room(&self) -> &Arc<Room> {
        &self.room
    }

    /// Whether another gap was noticed during the last read.
    pub(super) fn goes_on(&mut self) -> bool {
        self.is_over = !self.room.gate().goes_on();
        !self.is_over
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        if !self.is_over {
            self.room.gate().reset();
        }
    }
}

#[cfg(test)]
mod tests {
    use cluster::Topic;

    use super::*;

    #[test]
    fn many_gaps_of_a_room_make_one_task_and_one_more_read() {
        let room = Arc::new(Room::new(Topic::of("chat", 1)));
        let mut filling = Filling::begin(&room).unwrap();
        assert!((0..100).all(|_| Filling::begin(&room).is_none()));
        assert!(filling.goes_on());
        assert!(!filling.goes_on());
        let next = Filling::begin(&room).unwrap();
        drop(filling);
        assert!(Filling::begin(&room).is_none(), "the next one is at it");
        drop(next);
        assert!(Filling::begin(&room).is_some(), "it was given up");
    }
}
