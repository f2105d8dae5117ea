//! Mail on its way out: written in the transaction of what it tells of, sent by a job.
//!
//! A letter may carry a token or a code. In the job table it is sealed, so that who reads the
//! database learns neither.

mod at_once;

use std::sync::Arc;

use async_trait::async_trait;
use data_encoding::BASE64;
use kernel::{Fault, Timestamp};
use serde::{Deserialize, Serialize};
use store::jobs::Claimed;
use store::{Handler, JobClass, NewJob, Tx};

pub use at_once::Sent;

use crate::Accounts;
use crate::keys::Keys;
use crate::mail::{Envelope, MailError, MailId};

/// The kind of these jobs.
const KIND: &str = "accounts.mail";
/// What letters are sealed for.
const OWNER: &[u8] = b"mail";

/// What a mail job holds.
#[derive(Serialize, Deserialize)]
struct Parcel {
    sealed: String,
    /// After this the letter is of no use.
    until: Option<Timestamp>,
}

impl Accounts {
    /// Sends a letter once this transaction is committed.
    pub(crate) fn post(&self, tx: &mut Tx<'_>, envelope: &Envelope) -> Result<(), Fault> {
        self.enqueue(tx, envelope, None)
    }

    /// Sends a letter once this transaction is committed, unless that takes until its code or
    /// link has ended.
    pub(crate) fn post_until(
        &self,
        tx: &mut Tx<'_>,
        envelope: &Envelope,
        until: Timestamp,
    ) -> Result<(), Fault> {
        self.enqueue(tx, envelope, Some(until))
    }

    fn enqueue(
        &self,
        tx: &mut Tx<'_>,
        envelope: &Envelope,
        until: Option<Timestamp>,
    ) -> Result<(), Fault> {
        let plain = serde_json::to_vec(envelope)?;
        let sealed = self.inner.keys.seal(OWNER, &plain, tx.ambient())?;
        let sealed = BASE64.encode(&sealed);
        tx.enqueue(NewJob::new(KIND, &Parcel { sealed, until })?)
    }

    /// The kind of the mail jobs and who does them.
    pub(crate) fn postman(&self) -> (&'static str, Arc<dyn Handler>) {
        (KIND, Arc::new(Postman(self.clone())))
    }
}

/// Sends the mails.
struct Postman(Accounts);

#[async_trait]
impl Handler for Postman {
    fn class(&self) -> JobClass {
        JobClass::Mail
    }

    async fn run(&self, job: &Claimed) -> Result<(), Fault> {
        let parcel: Parcel = job.arguments()?;
        let inner = &self.0.inner;
        if parcel
            .until
            .is_some_and(|until| until <= inner.ambient.now())
        {
            tracing::info!(job = %job.id, "a mail came too late to be of use and was not sent");
            return Ok(());
        }
        // A job that is tried again sends the same mail again, not another one.
        let id = MailId::from_uuid(job.id.uuid());
        let mail = inner.stationery.write(id, &open(&inner.keys, &parcel)?);
        match inner.mailer.send(mail).await {
            Ok(()) => Ok(()),
            Err(error @ MailError::Later(_)) => Err(Fault::unavailable(error)),
            Err(error @ MailError::Refused(_)) => {
                tracing::warn!(job = %job.id, %error, "a mail was refused for good");
                Ok(())
            }
        }
    }
}

fn open(keys: &Keys, parcel: &Parcel) -> Result<Envelope, Fault> {
    let sealed = BASE64.decode(parcel.sealed.as_bytes())?;
    Ok(serde_json::from_slice(&keys.open(OWNER, &sealed)?)?)
}
