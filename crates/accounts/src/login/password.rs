//! Verification of passwords, whose time and errors do not depend on whether the account exists.

use db::Tx;
use kernel::{AppError, Secret, UserId};

use super::queries;
use crate::Accounts;
use crate::account_rows::{self, AccountRow};
use crate::attempts::AttemptPermit;
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::fair_queue::QueueClient;
use crate::hashing::PasswordMatch;
use crate::rules::{email, username};

/// A right password and its account.
pub(super) struct VerifiedPassword {
    pub(super) account: AccountRow,
    permit: AttemptPermit,
    /// A new hash, if the stored one is outdated.
    new_hash: Option<String>,
}

impl VerifiedPassword {
    /// Locks the account and checks that the password was not changed since it was verified.
    pub(super) fn recheck(&self, tx: &mut Tx<'_>) -> Result<AccountRow, AppError> {
        let account = account_rows::lock_and_reload(tx, &self.account)?;
        if account.deleted_at.is_some() || account.password_hash != self.account.password_hash {
            return Err(Error::InvalidCredentials.into());
        }
        Ok(account)
    }

    /// Resets the failures and stores the new hash.
    pub(super) fn record_success(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        self.permit.reset_failures(tx)?;
        match &self.new_hash {
            Some(hash) => queries::set_password_hash(tx.conn, self.account.id, hash),
            None => Ok(()),
        }
    }
}

/// The right password of an authenticated user.
#[derive(Debug)]
pub(crate) struct Reauthenticated {
    pub(crate) account: AccountRow,
    permit: AttemptPermit,
}

impl Reauthenticated {
    /// Locks the account and checks that the password was not changed since it was verified.
    ///
    /// # Errors
    /// `auth.password_wrong` if it was; `auth.session_ended` if the account was deleted.
    pub(crate) fn recheck(
        &self,
        tx: &mut Tx<'_>,
        field: &'static str,
    ) -> Result<AccountRow, AppError> {
        let account = account_rows::lock_and_reload(tx, &self.account)?;
        if account.deleted_at.is_some() {
            return Err(Error::SessionEnded.into());
        }
        if account.password_hash != self.account.password_hash {
            return Err(Error::PasswordWrong.on_field(field));
        }
        self.permit.reset_failures(tx)?;
        Ok(account)
    }
}

impl Accounts {
    pub(super) async fn check_password(
        &self,
        login: &str,
        password: &Secret,
        client_info: &ClientInfo,
    ) -> Result<VerifiedPassword, AppError> {
        let input = login.to_owned();
        let account = self
            .inner
            .store
            .read(move |conn| account_rows::by_login(conn, &input))
            .await?;
        let user = account.as_ref().map(|account| account.id);
        let attempt = self.password_for(&login_key(login), user, client_info);
        let permit = self.check_attempt(attempt).await?;
        let stored = account
            .as_ref()
            .map(|account| account.password_hash.clone());
        let known = self.known_device(client_info, user);
        let client = known.map_or_else(
            || client_info.queue_client(),
            |device| QueueClient::isolated(device.key()),
        );
        let hasher = &self.inner.hasher;
        let matched = hasher.verify(client.clone(), password, stored).await?;
        match account {
            Some(account) if matched.is_right() => Ok(VerifiedPassword {
                new_hash: self.new_hash(client, password, matched).await?,
                account,
                permit,
            }),
            _ => {
                tracing::info!(place = client_info.place_key(), "password rejected");
                self.record_failure(permit).await?;
                Err(Error::InvalidCredentials.into())
            }
        }
    }

    async fn new_hash(
        &self,
        client: QueueClient,
        password: &Secret,
        matched: PasswordMatch,
    ) -> Result<Option<String>, AppError> {
        match matched {
            PasswordMatch::RightButOutdated => {
                self.inner.hasher.rehash(client, password).await.map(Some)
            }
            PasswordMatch::Right | PasswordMatch::Wrong => Ok(None),
        }
    }

    /// Verifies the password of an authenticated user; failures are counted.
    ///
    /// # Errors
    /// `auth.password_wrong` with the field; `auth.too_many_attempts`; `auth.session_ended` if the
    /// account was deleted.
    pub(crate) async fn verify_own_password(
        &self,
        user: UserId,
        input: &Secret,
        field: &'static str,
    ) -> Result<Reauthenticated, AppError> {
        let permit = self.check_attempt(self.password_of(user)).await?;
        let account = self
            .inner
            .store
            .read(move |conn| account_rows::by_id(conn, user))
            .await?;
        if account.deleted_at.is_some() {
            return Err(Error::SessionEnded.into());
        }
        let stored = Some(account.password_hash.clone());
        let (hasher, client) = (&self.inner.hasher, QueueClient::user(user));
        if hasher.verify(client, input, stored).await?.is_right() {
            return Ok(Reauthenticated { account, permit });
        }
        self.record_failure(permit).await?;
        Err(Error::PasswordWrong.on_field(field))
    }
}

/// The key by which failures are counted: the input in the form that finds accounts.
fn login_key(input: &str) -> String {
    email::lookup_key(input).unwrap_or_else(|| username::lookup_key(input))
}
