//! What happens in a tournament that is being played, and what follows from it.

mod advance;
mod corrections;
mod disputes;
mod matches;
mod pauses;
mod removals;
mod rounds;
mod swiss_rounds;

pub use corrections::Correction;
pub use disputes::Ruling;
pub use removals::Removal;
pub use rounds::OpenMatch;
