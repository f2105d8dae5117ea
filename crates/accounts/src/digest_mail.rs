//! Digest mails: sent for the notifications crate, which keeps record of them.

use async_trait::async_trait;
use kernel::{AppError, Secret, UserId};
use mail::{MailId, MailTemplate, SendOutcome};

use crate::{Accounts, account_rows};

/// Digest mails, which the notifications crate composes and keeps record of.
#[async_trait]
pub trait DigestMailService: Send + Sync {
    /// The token that unsubscribes a user from digest mails without a login.
    #[must_use]
    fn unsubscribe_token(&self, user: UserId) -> Secret;

    /// The user whom a token of [`unsubscribe_token`](Self::unsubscribe_token) unsubscribes; none for
    /// any other token.
    #[must_use]
    fn verify_unsubscribe_token(&self, token: &Secret) -> Option<UserId>;

    /// Sends a mail to the verified address of a user at once. The receiver recognizes attempts with
    /// the same id as duplicates.
    ///
    /// # Errors
    /// Only if the database is unavailable; then nothing was sent.
    async fn send_mail(
        &self,
        user: UserId,
        id: MailId,
        template: MailTemplate,
    ) -> Result<SendOutcome, AppError>;
}

#[async_trait]
impl DigestMailService for Accounts {
    fn unsubscribe_token(&self, user: UserId) -> Secret {
        self.inner.keys.unsubscribe_token(user)
    }

    fn verify_unsubscribe_token(&self, token: &Secret) -> Option<UserId> {
        self.inner.keys.verify_unsubscribe_token(token)
    }

    async fn send_mail(
        &self,
        user: UserId,
        id: MailId,
        template: MailTemplate,
    ) -> Result<SendOutcome, AppError> {
        let read = move |conn: &mut _| account_rows::by_id(conn, user);
        let account = self.inner.store.read(read).await?;
        if !account.is_reachable() || account.suspended_at.is_some() {
            return Ok(SendOutcome::Unreachable);
        }
        let outgoing = account.outgoing_mail(template)?;
        Ok(self.inner.mail_queue.send(id, &outgoing).await)
    }
}
