//! Mail that another room has decided on, and keeps the record of.

use kernel::{Fault, Secret, UserId};

use crate::mail::{Letter, MailError, MailId};
use crate::{Accounts, members};

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It left.
    Left,
    /// There is nobody with a proven address to send it to.
    Unreachable,
    /// It was refused for good.
    Refused,
    /// It did not leave, but may later.
    Later,
}

impl Accounts {
    /// What ends the mail to this person about what waits, without signing in.
    #[must_use]
    pub fn unsubscribe_token(&self, user: UserId) -> Secret {
        self.inner.keys.unsubscribe_token(user)
    }

    /// Whose mail a token ends; nobody's where it is not one of ours.
    #[must_use]
    pub fn unsubscribed(&self, token: &Secret) -> Option<UserId> {
        self.inner.keys.unsubscribed(token)
    }

    /// Sends a letter to somebody's proven address now. The same id on every try lets who gets it
    /// twice tell.
    ///
    /// # Errors
    /// The database is away; nothing has left.
    pub async fn send_now(&self, user: UserId, id: MailId, letter: Letter) -> Result<Sent, Fault> {
        let read = move |conn: &mut _| members::by_id(conn, user);
        let member = self.inner.store.read(read).await?;
        if !member.is_reachable() || member.suspended_at.is_some() {
            return Ok(Sent::Unreachable);
        }
        let mail = self.inner.stationery.write(id, &member.envelope(letter)?);
        Ok(match self.inner.mailer.send(mail).await {
            Ok(()) => Sent::Left,
            Err(error @ MailError::Later(_)) => {
                tracing::warn!(mail = %id, %error, "a mail did not leave");
                Sent::Later
            }
            Err(error @ MailError::Refused(_)) => {
                tracing::warn!(mail = %id, %error, "a mail was refused for good");
                Sent::Refused
            }
        })
    }
}
