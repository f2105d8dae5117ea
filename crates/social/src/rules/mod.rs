//! Pure decisions: no I/O, no clock, no randomness.

pub mod presence_policy;
pub mod request_policy;
