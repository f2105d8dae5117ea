//! The SQL of this crate.

pub(crate) mod audit;
pub(crate) mod entrants;
pub(crate) mod involvement;
pub(crate) mod lists;
pub(crate) mod slots;
pub(crate) mod tournaments;
