//! Lets one task at a time fill the gaps of a topic, however many gaps are noticed.

use crate::sync::{Mutex, MutexGuard, PoisonError};

/// Whether the gaps of a topic are being filled.
#[derive(Debug, Default)]
pub(crate) struct FillGate(Mutex<State>);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    Filling,
    /// Another gap was noticed since the last read began.
    FillingAgain,
}

impl FillGate {
    /// Notes a gap. True if the caller has to fill it, false if the task that does so already will
    /// read once more.
    pub(crate) fn begin(&self) -> bool {
        let mut state = self.lock();
        let is_idle = *state == State::Idle;
        *state = if is_idle {
            State::Filling
        } else {
            State::FillingAgain
        };
        is_idle
    }

    /// Ends a read. True if another one must follow, false if the gate is open again.
    pub(crate) fn must_read_again(&self) -> bool {
        let mut state = self.lock();
        let again = *state == State::FillingAgain;
        *state = if again { State::Filling } else { State::Idle };
        again
    }

    /// Gives up filling.
    pub(crate) fn reset(&self) {
        *self.lock() = State::Idle;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
