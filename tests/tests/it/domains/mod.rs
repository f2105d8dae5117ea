//! What the tests over all operations need of single domains. A new domain is a file here and a line in
//! [`DOMAINS`].

mod groups;

use e2e::Person;
use futures_util::future::LocalBoxFuture;

use crate::idempotency::Creation;
use crate::statements::Meter;

/// A domain in the tests over all operations.
pub(crate) struct Domain {
    /// Gives a user at least two rows in each list of the domain.
    pub(crate) fill_lists: fn(&Person) -> LocalBoxFuture<'_, ()>,
    /// How an operation of the domain that creates something is called.
    pub(crate) creation: fn(&str) -> Option<Creation>,
    /// Calls each operation of the domain, to count its statements.
    pub(crate) measure: for<'m> fn(&'m Meter<'m>) -> LocalBoxFuture<'m, ()>,
}

/// All domains that are tested so.
pub(crate) static DOMAINS: &[Domain] = &[groups::DOMAIN];
