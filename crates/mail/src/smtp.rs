//! Sends mail over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use kernel::AppError;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use lettre::transport::smtp;
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::{Mail, MailError, Mailer};

/// Timeout of one SMTP command.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Many servers treat more connections as abuse.
const MAX_CONNECTIONS: u32 = 4;

/// An SMTP client with a connection pool.
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SmtpMailer(from {})", self.from.email)
    }
}

impl SmtpMailer {
    /// A client for a URL such as `smtps://user:password@mail.example.org` or
    /// `smtp://mail.example.org:587?tls=required`, sending from an address such as
    /// `Courtside <no-reply@example.org>`. It connects with the first mail.
    ///
    /// # Errors
    /// The URL or the address is invalid. The message does not repeat the URL, which has a password.
    pub fn new(url: &str, from: &str) -> Result<Self, AppError> {
        let from = from
            .parse()
            .map_err(|_| AppError::internal("the sender of mails is not an e-mail address"))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| AppError::internal("the SMTP URL is invalid"))?
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(MAX_CONNECTIONS))
            .build();
        Ok(Self { transport, from })
    }

    fn message(&self, mail: Mail) -> Result<Message, MailError> {
        let rejected = |error: lettre::address::AddressError| MailError::Permanent(error.into());
        let to = Mailbox::new(None, mail.to.address().parse().map_err(rejected)?);
        let builder = match &mail.unsubscribe {
            Some(url) => add_unsubscribe(Message::builder(), url),
            None => Message::builder(),
        };
        builder
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject)
            .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
            .map_err(|error| MailError::Permanent(error.into()))
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        self.transport
            .send(message)
            .await
            .map(drop)
            .map_err(classify)
    }

    async fn check(&self) -> Result<(), MailError> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(MailError::Temporary("the server does not answer".into())),
            Err(error) => Err(classify(error)),
        }
    }
}

/// Adds one-click unsubscribe headers (RFC 2369 and RFC 8058).
fn add_unsubscribe(builder: MessageBuilder, url: &str) -> MessageBuilder {
    let header = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
    builder
        .raw_header(header("List-Unsubscribe", format!("<{url}>")))
        .raw_header(header(
            "List-Unsubscribe-Post",
            "List-Unsubscribe=One-Click".to_owned(),
        ))
}

/// Permanent replies stay permanent; everything else may succeed later.
fn classify(error: smtp::Error) -> MailError {
    if error.is_permanent() {
        MailError::Permanent(error.into())
    } else {
        MailError::Temporary(error.into())
    }
}
