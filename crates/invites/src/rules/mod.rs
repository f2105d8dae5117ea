//! Pure decisions: no I/O, no clock, no chance.

pub mod lifecycle;
pub mod sending;
