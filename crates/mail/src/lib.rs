//! Outgoing mail: templates ([`MailTemplate`]), their rendering ([`MailRenderer`]), transports
//! ([`Mailer`]: SMTP or the dev mailbox) and the queue ([`MailQueue`]).
//!
//! Invariants:
//! - A mail is queued in the transaction that causes it, so that it is sent exactly when that
//!   transaction commits.
//! - Mails hold codes and tokens: in the job table they are encrypted, and neither logs nor `Debug`
//!   show their content.
//! - A retried mail keeps its id, so that receivers recognize a duplicate.
//!
//! ```
//! use kernel::{Env, Secret};
//! use mail::{Email, MailRenderer, MailTemplate, OutgoingMail};
//!
//! let renderer = MailRenderer::new("https://play.example.org");
//! let outgoing = OutgoingMail {
//!     to: Email::parse("ada@example.org")?,
//!     name: "Ada".to_owned(),
//!     template: MailTemplate::LoginCode { code: Secret::new("012345") },
//! };
//! let mail = renderer.render(Env::system().id(), &outgoing)?;
//! assert!(mail.text.contains("012345"));
//! # Ok::<(), kernel::AppError>(())
//! ```

mod address;
mod dev_mailbox;
mod draft;
mod layout;
mod links;
mod queue;
mod renderer;
mod smtp;
mod template;

use async_trait::async_trait;
use kernel::id_type;

pub use address::{Email, InvalidEmail};
pub use dev_mailbox::{DeliveredMail, DevMailbox};
pub use queue::{MailCipher, MailQueue, SendOutcome};
pub use renderer::MailRenderer;
pub use smtp::SmtpMailer;
pub use template::{MailTemplate, OutgoingMail};

id_type!(MailId, MailKind, "mail");

/// A rendered mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Id, the same for every attempt, so that receivers recognize duplicates.
    pub id: MailId,
    /// Recipient.
    pub to: Email,
    /// Subject line.
    pub subject: String,
    /// Plain text body.
    pub text: String,
    /// HTML body.
    pub html: String,
    /// URL of one-click unsubscribe (RFC 8058), if mail of this kind has it.
    pub unsubscribe: Option<String>,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Codes and links stay out of logs.
        write!(f, "Mail({:?} to {})", self.subject, self.to.masked())
    }
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It may be sent later.
    #[error("the mail server did not accept the mail for now: {0}")]
    Temporary(Box<dyn std::error::Error + Send + Sync>),
    /// It was refused for good.
    #[error("the mail server refused the mail: {0}")]
    Permanent(Box<dyn std::error::Error + Send + Sync>),
}

/// A transport of mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one mail.
    async fn send(&self, mail: Mail) -> Result<(), MailError>;

    /// Checks the transport, for health checks.
    async fn check(&self) -> Result<(), MailError>;
}
