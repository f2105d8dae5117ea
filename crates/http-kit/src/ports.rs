//! What the HTTP layer needs from domains, as traits that the application implements.

use async_trait::async_trait;
use kernel::{Actor, AppError, UserId};

/// Authenticates users.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// The user of an access token.
    ///
    /// # Errors
    /// The token is invalid or expired, or its session has ended.
    async fn authenticate(&self, token: &str) -> Result<Actor, AppError>;

    /// Checks that the email address of a user is verified, if the installation requires that.
    ///
    /// # Errors
    /// `auth.email_not_verified`.
    fn require_verified(&self, actor: &Actor) -> Result<(), AppError>;
}

/// Hashes requests for idempotency keys.
pub trait RequestHasher: Send + Sync {
    /// The stored hash of a request, from the digest of its body. It is keyed with a secret of the
    /// installation, so that nobody can find the body by trial.
    fn request_digest(&self, scope: &str, body: &[u8; 32]) -> [u8; 32];
}

/// Is notified of user activity, for presence.
pub trait ActivityListener: Send + Sync {
    /// A user has sent a request that changes something.
    fn user_acted(&self, user: UserId);
}
