//! The domains in the tests over all operations. A new domain is a file here and a line in [`DOMAINS`].

mod games;
mod groups;
mod tournaments;

use e2e::TestUser;
use futures_util::future::LocalBoxFuture;

use crate::idempotency::Creation;
use crate::statements::Meter;

/// A domain in the tests over all operations.
pub(crate) struct Domain {
    /// Gives a user at least two rows in each list of the domain.
    pub(crate) fill_lists: fn(&TestUser) -> LocalBoxFuture<'_, ()>,
    /// The request of an operation that creates something.
    pub(crate) creation: fn(&str) -> Option<Creation>,
    /// Calls each operation, to count its statements.
    pub(crate) measure: for<'m> fn(&'m Meter<'m>) -> LocalBoxFuture<'m, ()>,
}

/// All domains.
pub(crate) static DOMAINS: &[Domain] = &[games::DOMAIN, groups::DOMAIN, tournaments::DOMAIN];
