//! Pure decisions: no I/O, no clock, no chance.

pub mod asking;
pub mod standing;
