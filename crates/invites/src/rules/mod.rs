//! Pure decisions: no I/O, no clock, no randomness.

pub mod invite_policy;
pub mod lifecycle;
