//! Digest mails: sent for the notifications crate, which keeps record of them.

use kernel::{AppError, Secret, UserId};
use mail::{MailId, MailTemplate, SendOutcome};

use crate::{Accounts, account_rows};

impl Accounts {
    /// The token that unsubscribes a user from digest mails without signing in.
    #[must_use]
    pub fn unsubscribe_token(&self, user: UserId) -> Secret {
        self.inner.keys.unsubscribe_token(user)
    }

    /// The user that a token unsubscribes, if it was made by [`Accounts::unsubscribe_token`].
    #[must_use]
    pub fn unsubscribed(&self, token: &Secret) -> Option<UserId> {
        self.inner.keys.unsubscribed(token)
    }

    /// Sends a mail to the verified address of a user now. Attempts with the same id are recognized
    /// as duplicates by the receiver.
    ///
    /// # Errors
    /// The database is unavailable; nothing was sent.
    pub async fn send_mail(
        &self,
        user: UserId,
        id: MailId,
        template: MailTemplate,
    ) -> Result<SendOutcome, AppError> {
        let read = move |conn: &mut _| account_rows::by_id(conn, user);
        let member = self.inner.store.read(read).await?;
        if !member.is_reachable() || member.suspended_at.is_some() {
            return Ok(SendOutcome::Unreachable);
        }
        let outgoing = member.outgoing_mail(template)?;
        Ok(self.inner.mail_queue.send(id, &outgoing).await)
    }
}
