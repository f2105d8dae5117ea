//! Mail through a mail server.

use std::time::Duration;

use async_trait::async_trait;
use kernel::Fault;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use lettre::transport::smtp;
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::{Mail, MailError, Mailer};

/// How long one step of talking to the server may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// More connections than this look like an attack to many servers.
const CONNECTIONS: u32 = 4;

/// A mail server.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp(from {})", self.from.email)
    }
}

impl Smtp {
    /// The server at a URL such as `smtps://user:password@mail.example.org` or
    /// `smtp://mail.example.org:587?tls=required`, for mails from an address such as
    /// `Courtside <no-reply@example.org>`. Nothing is sent yet.
    ///
    /// # Errors
    /// The URL or the address is not one. The sentence does not repeat the URL: it has a password.
    pub fn new(url: &str, from: &str) -> Result<Self, Fault> {
        let from = from
            .parse()
            .map_err(|_| Fault::internal("the sender of mails is not a mail address"))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| Fault::internal("the SMTP URL is not one"))?
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS))
            .build();
        Ok(Self { transport, from })
    }

    fn message(&self, mail: Mail) -> Result<Message, MailError> {
        let refused = |error: lettre::address::AddressError| MailError::Refused(error.into());
        let to = Mailbox::new(None, mail.to.address().parse().map_err(refused)?);
        let builder = match &mail.unsubscribe {
            Some(url) => one_click(Message::builder(), url),
            None => Message::builder(),
        };
        builder
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject)
            .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
            .map_err(|error| MailError::Refused(error.into()))
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        self.transport.send(message).await.map(drop).map_err(sorted)
    }

    async fn check(&self) -> Result<(), MailError> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(MailError::Later("the server does not answer".into())),
            Err(error) => Err(sorted(error)),
        }
    }
}

/// Lets programs end mail of this kind for their reader (RFC 2369 and RFC 8058).
fn one_click(builder: MessageBuilder, url: &str) -> MessageBuilder {
    let header = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
    builder
        .raw_header(header("List-Unsubscribe", format!("<{url}>")))
        .raw_header(header(
            "List-Unsubscribe-Post",
            "List-Unsubscribe=One-Click".to_owned(),
        ))
}

/// What the server refused for good stays refused; all else is worth another try.
fn sorted(error: smtp::Error) -> MailError {
    if error.is_permanent() {
        MailError::Refused(error.into())
    } else {
        MailError::Later(error.into())
    }
}
