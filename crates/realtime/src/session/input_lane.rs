//! Frames that are handled as they arrive.

use crate::close::Close;

/// Takes the inputs of a client: frames that come many times a second and change nothing but memory.
/// They are neither queued nor acknowledged, no session is looked up for them, and they overtake actions.
pub trait InputLane {
    /// A text frame.
    ///
    /// # Errors
    /// It is malformed; the socket is closed.
    fn take_text(&self, text: &str) -> Result<LaneOutcome, Close>;

    /// A binary frame.
    ///
    /// # Errors
    /// It is malformed; the socket is closed.
    fn take_binary(&self, payload: &[u8]) -> Result<(), Close>;
}

/// What became of a text frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneOutcome {
    /// It was an input, and is dealt with.
    Taken,
    /// It is an action.
    NotAnInput,
}
