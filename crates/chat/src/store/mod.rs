//! All SQL of this crate.

pub(crate) mod batch;
pub(crate) mod chats;
pub(crate) mod conversations;
mod expressions;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod reports;
