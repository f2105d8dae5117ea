//! Pure decisions: no I/O, no clock, no randomness.

pub(crate) mod actor;
pub(crate) mod digest_schedule;
pub(crate) mod digest_text;
pub(crate) mod subject;
