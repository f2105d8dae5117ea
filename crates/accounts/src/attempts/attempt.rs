//! An attempt to authenticate, and its origin.

use kernel::UserId;

use crate::keys::TokenDigest;
use crate::rules::backoff::BackoffPolicy;

/// An attempt to authenticate: what it is counted for, and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct CredentialAttempt {
    pub(super) subject: TokenDigest,
    /// How failures from all places together delay further attempts.
    pub(super) policy: BackoffPolicy,
    pub(super) origin: AttemptOrigin,
    /// The user who is informed of many failures.
    pub(super) alerted_user: Option<UserId>,
}

/// The origin of an attempt, as far as limits depend on it.
#[derive(Debug, Clone)]
pub(crate) enum AttemptOrigin {
    /// A user who has the password already, or a session whose origin does not matter.
    Anywhere,
    /// An address; with its owner, whose attempts are not delayed where they have a session.
    Place {
        place: String,
        owner: Option<UserId>,
    },
    /// A device or a session of the owner of the account. It is counted separately, so that
    /// attempts of others do not delay it.
    Own(String),
}

impl AttemptOrigin {
    /// The key by which attempts from there are counted, if they are.
    pub(super) fn place(&self) -> Option<&str> {
        match self {
            Self::Anywhere => None,
            Self::Place { place, .. } | Self::Own(place) => Some(place),
        }
    }
}
