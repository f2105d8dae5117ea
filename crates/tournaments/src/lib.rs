//! Tournaments.
//!
//! [`rules`] decides everything about a tournament without I/O, clock or randomness: who is seeded where, which
//! slots there are, what follows from a result, an absence, a withdrawal, a correction or a dispute, whom Swiss
//! pairs, and who takes which place.

pub mod rules;
