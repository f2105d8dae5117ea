//! Mail: what we write ([`Letter`]), how it looks ([`Stationery`]), and how it leaves ([`Mailer`]).

mod letter;
mod mailbox;
mod page;
mod smtp;
mod stationery;

use async_trait::async_trait;
use kernel::id_type;

pub use letter::{Envelope, Letter};
pub use mailbox::{Delivered, DevMailbox};
pub use smtp::Smtp;
pub use stationery::Stationery;

use crate::rules::email::Email;

id_type!(MailId, MailKind, "mail");

/// A mail ready to leave.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The same for every try to send it, so that who gets it twice can tell.
    pub id: MailId,
    /// Who gets it.
    pub to: Email,
    /// Its subject line.
    pub subject: String,
    /// For programs that show text.
    pub text: String,
    /// For programs that show pages.
    pub html: String,
    /// Where mail of this kind is ended with one click (RFC 8058), where it can be.
    pub unsubscribe: Option<String>,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Codes and links stay out of logs.
        write!(f, "Mail({:?} to {})", self.subject, self.to.masked())
    }
}

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It may work later.
    #[error("the mail server did not take the mail for now: {0}")]
    Later(Box<dyn std::error::Error + Send + Sync>),
    /// It will not.
    #[error("the mail server refused the mail: {0}")]
    Refused(Box<dyn std::error::Error + Send + Sync>),
}

/// A way for mail to leave.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one mail.
    async fn send(&self, mail: Mail) -> Result<(), MailError>;

    /// Whether mail could leave now, for health checks.
    async fn check(&self) -> Result<(), MailError>;
}
