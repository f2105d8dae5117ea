//! The queue: users who wait for an opponent, and how they are paired.
//!
//! A place is a row. One node for each game, which holds a lease, keeps the rows in memory, hears of
//! changes over the bus, and pairs as soon as it can; everybody is looked at again each second, since bands
//! of ratings widen. Two tickets are paired in one transaction that deletes both of them, so that nobody is
//! ever in two matches, whatever other nodes believe.
//!
//! If a match is not played since a player did not come or left before its start, the other one returns to
//! the place that they had (`results::queue_return`).

mod kept_places;
mod matcher;
mod matching;
mod nearest;
mod pairing;
mod pool;
mod running_matchers;
mod service;
mod sweep;
mod wait_times;

pub use self::kept_places::KeptPlace;
pub use self::matcher::start_matchers;
pub use self::service::{MatchQueue, QueueService};
