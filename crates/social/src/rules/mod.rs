//! Pure decisions: no I/O, no clock, no chance.

pub mod presence_policy;
pub mod request_policy;
