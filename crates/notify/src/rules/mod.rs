//! Pure decisions: no I/O, no clock, no randomness.

pub mod actor;
pub mod digest_schedule;
pub mod digest_text;
pub mod subject;
