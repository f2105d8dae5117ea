//! Recovery of forgotten passwords. The request does the same for every address, which is to
//! enqueue a job; only the job looks the account up.

use async_trait::async_trait;
use contract::auth::ForgotPassword;
use data_encoding::HEXLOWER;
use db::Tx;
use jobs::{ClaimedJob, Enqueue, Job, JobClass, JobHandler};
use kernel::{AppError, Secret};
use mail::Email;
use serde::{Deserialize, Serialize};

use crate::Accounts;
use crate::account_rows::{self, AccountRow};
use crate::error::Error;
use crate::keys::TokenDigest;
use crate::links::{self, LinkPurpose};
use crate::rules::email;

/// Mails a link to set a new password to this address, if it has an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PasswordResetJob(Email);

impl Job for PasswordResetJob {
    const KIND: &'static str = "accounts.forgot";
    const CLASS: JobClass = JobClass::Timer;

    fn unique_key(&self) -> Option<String> {
        let digest = TokenDigest::of(&Secret::new(self.0.key()));
        Some(format!("forgot:{}", HEXLOWER.encode(&digest.0)))
    }
}

/// Recovery of accounts whose password is forgotten.
#[async_trait]
pub trait PasswordRecoveryService: Send + Sync {
    /// Mails a link to set a new password, if the address has an account. The response is the same in
    /// both cases.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn forgot_password(&self, request: ForgotPassword) -> Result<(), AppError>;
}

#[async_trait]
impl PasswordRecoveryService for Accounts {
    async fn forgot_password(&self, request: ForgotPassword) -> Result<(), AppError> {
        let Ok(email) = email::parse(&request.email) else {
            return Ok(());
        };
        let job = PasswordResetJob(email);
        self.inner.store.write(move |tx| tx.enqueue(job)).await
    }
}

impl Accounts {
    fn mail_reset_to(&self, tx: &mut Tx<'_>, email: &Email) -> Result<(), AppError> {
        let Some(found) = account_rows::by_login(tx.conn, &email.address())? else {
            return Ok(());
        };
        account_rows::lock(tx, found.id)?;
        // The address may have changed before the lock was acquired.
        let account = account_rows::by_login(tx.conn, &email.address())?;
        let is_active =
            |account: &AccountRow| account.id == found.id && account.suspended_at.is_none();
        let Some(account) = account.filter(is_active) else {
            return Ok(());
        };
        match links::check_quota(tx, account.id, LinkPurpose::ResetPassword) {
            Err(error) if error.is(Error::ResendTooSoon.code()) => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.mail_reset(tx, &account),
        }
    }
}

/// Looks the account up and enqueues the mail.
pub(crate) struct PasswordResetHandler(pub(crate) Accounts);

#[async_trait]
impl JobHandler<PasswordResetJob> for PasswordResetHandler {
    async fn run(&self, job: PasswordResetJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let (this, claimed) = (self.0.clone(), claimed.clone());
        let mail = move |tx: &mut Tx<'_>| {
            this.mail_reset_to(tx, &job.0)?;
            claimed.complete(tx)
        };
        self.0.inner.store.write(mail).await
    }
}
