//! How users are named in requests.

use kernel::UserId;

use crate::rules::username;

/// A reference to a user: an id, or a username in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UserRef {
    Id(UserId),
    Name(String),
}

impl UserRef {
    /// No username is long enough to be mistaken for an id.
    pub(crate) fn parse(input: &str) -> Self {
        input
            .parse()
            .map_or_else(|_| Self::Name(username::lookup_key(input)), Self::Id)
    }
}
