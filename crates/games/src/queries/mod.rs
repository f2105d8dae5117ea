//! The SQL of this crate.

pub(crate) mod boards;
pub(crate) mod conduct;
pub(crate) mod engagements;
pub(crate) mod history;
pub(crate) mod home;
pub(crate) mod journal;
pub(crate) mod levels;
pub(crate) mod matches;
pub(crate) mod ownership;
pub(crate) mod ratings;
pub(crate) mod recount;
pub(crate) mod results;
pub(crate) mod statistics;
pub(crate) mod tickets;
pub(crate) mod totals;
