//! The end of a match: its result and all that follows from it, in one transaction.

mod conclusion;
mod follow_up;
mod queue_return;
mod ratings;

pub(crate) use conclusion::end_match;
