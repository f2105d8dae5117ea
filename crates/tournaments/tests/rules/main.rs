//! The rules, from outside: whole tournaments of every format and size, compared with computations that share no code
//! with them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod disputes;
mod double_elimination;
mod lower_bracket;
mod mishaps;
mod organizer;
mod round_robin;
mod simulation;
mod single_elimination;
mod starting;
mod swiss_events;
mod swiss_pairing;
mod tables;
