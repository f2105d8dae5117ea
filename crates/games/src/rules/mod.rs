//! Decisions about matches, ratings, conduct and the queue: no I/O, no clock, no randomness.

mod conduct;
mod lifecycle;
mod pairing;
mod rated;
mod rating;
mod rematch;
mod season;

pub use conduct::{Conduct, QueueBar, Strike};
pub use lifecycle::{Lifecycle, LifecycleEffect, PlayFacts, SavedLifecycle};
pub use pairing::{PairingPlayer, cost, may_meet, width};
pub use rated::{RatedFacts, is_rated};
pub use rating::{RatedPlayer, Rating, RatingWeight, rate};
pub use rematch::{RematchEffect, RematchOffers};
pub use season::{Season, SeasonError};
