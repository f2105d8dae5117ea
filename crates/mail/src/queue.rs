//! The mail queue: mails are enqueued in a transaction and sent by a job.

use std::sync::Arc;

use async_trait::async_trait;
use data_encoding::BASE64;
use db::Tx;
use jobs::{ClaimedJob, Enqueue, Job, JobClass, JobHandler, Registration};
use kernel::{AppError, Env, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{MailError, MailId, MailRenderer, Mailer, OutgoingMail};

/// Encrypts mails while they wait in the job table.
pub trait MailCipher: Send + Sync {
    /// Encrypts a mail.
    ///
    /// # Errors
    /// Internal, if encryption fails.
    fn seal(&self, plain: &[u8], env: &Env) -> Result<Vec<u8>, AppError>;

    /// Decrypts a mail.
    ///
    /// # Errors
    /// Internal, if it was encrypted with another key or tampered with.
    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, AppError>;
}

/// Sends a mail.
#[derive(Serialize, Deserialize)]
struct MailJob {
    sealed: String,
    /// After this time the mail is useless.
    until: Option<Timestamp>,
}

impl Job for MailJob {
    const KIND: &'static str = "accounts.mail";
    const CLASS: JobClass = JobClass::Mail;
}

/// The result of sending a mail immediately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendOutcome {
    /// It was sent.
    Sent,
    /// The recipient has no verified address.
    Unreachable,
    /// The mail server refused it for good.
    Rejected,
    /// It was not sent, but may be later.
    Deferred,
}

/// Queues and sends mails. Clones share everything.
#[derive(Clone)]
pub struct MailQueue {
    renderer: MailRenderer,
    mailer: Arc<dyn Mailer>,
    cipher: Arc<dyn MailCipher>,
}

impl std::fmt::Debug for MailQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailQueue")
    }
}

impl MailQueue {
    /// A queue that sends through this mailer.
    #[must_use]
    pub fn new(
        renderer: MailRenderer,
        mailer: Arc<dyn Mailer>,
        cipher: Arc<dyn MailCipher>,
    ) -> Self {
        Self {
            renderer,
            mailer,
            cipher,
        }
    }

    /// Sends a mail after this transaction commits.
    ///
    /// # Errors
    /// The job cannot be stored.
    pub fn enqueue(&self, tx: &mut Tx<'_>, outgoing: &OutgoingMail) -> Result<(), AppError> {
        self.enqueue_job(tx, outgoing, None)
    }

    /// Sends a mail after this transaction commits, unless it expires first.
    ///
    /// # Errors
    /// The job cannot be stored.
    pub fn enqueue_expiring(
        &self,
        tx: &mut Tx<'_>,
        outgoing: &OutgoingMail,
        until: Timestamp,
    ) -> Result<(), AppError> {
        self.enqueue_job(tx, outgoing, Some(until))
    }

    fn enqueue_job(
        &self,
        tx: &mut Tx<'_>,
        outgoing: &OutgoingMail,
        until: Option<Timestamp>,
    ) -> Result<(), AppError> {
        let plain = serde_json::to_vec(outgoing)?;
        let sealed = BASE64.encode(&self.cipher.seal(&plain, tx.env())?);
        tx.enqueue(MailJob { sealed, until })
    }

    /// Sends a mail now. Attempts with the same id are recognized as duplicates by the receiver.
    pub async fn send(&self, id: MailId, outgoing: &OutgoingMail) -> SendOutcome {
        let mail = match self.renderer.render(id, outgoing) {
            Ok(mail) => mail,
            Err(error) => {
                tracing::error!(mail = %id, error = %error.chain(), "mail not rendered");
                return SendOutcome::Deferred;
            }
        };
        match self.mailer.send(mail).await {
            Ok(()) => SendOutcome::Sent,
            Err(error @ MailError::Temporary(_)) => {
                tracing::warn!(mail = %id, %error, "mail deferred");
                SendOutcome::Deferred
            }
            Err(error @ MailError::Permanent(_)) => {
                tracing::warn!(mail = %id, %error, "mail rejected");
                SendOutcome::Rejected
            }
        }
    }

    /// The handler of the mail jobs.
    #[must_use]
    pub fn handler(&self, env: Env) -> Registration {
        let queue = self.clone();
        Registration::new(SendMailHandler { queue, env })
    }

    fn open(&self, job: &MailJob) -> Result<OutgoingMail, AppError> {
        let sealed = BASE64.decode(job.sealed.as_bytes())?;
        Ok(serde_json::from_slice(&self.cipher.open(&sealed)?)?)
    }
}

/// Sends queued mails.
struct SendMailHandler {
    queue: MailQueue,
    env: Env,
}

#[async_trait]
impl JobHandler<MailJob> for SendMailHandler {
    async fn run(&self, job: MailJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let is_expired = |until| until <= self.env.now();
        if job.until.is_some_and(is_expired) {
            tracing::info!(job = %claimed.id, "mail expired before it was sent");
            return Ok(());
        }
        // A retried job sends the same mail, not a new one.
        let id = MailId::from_uuid(claimed.id.uuid());
        let mail = self.queue.renderer.render(id, &self.queue.open(&job)?)?;
        match self.queue.mailer.send(mail).await {
            Ok(()) => Ok(()),
            Err(error @ MailError::Temporary(_)) => Err(AppError::unavailable(error)),
            Err(error @ MailError::Permanent(_)) => {
                tracing::warn!(job = %claimed.id, %error, "mail rejected");
                Ok(())
            }
        }
    }
}
