//! Decisions without a database, a clock or chance.

pub mod actor;
pub mod kinds;
pub mod mailing;
pub mod topic;
pub mod words;
