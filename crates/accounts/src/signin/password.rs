//! Verification of passwords, whose time and errors do not depend on whether the account exists.

use db::Tx;
use kernel::{AppError, Secret, UserId};

use super::{reread, store};
use crate::Accounts;
use crate::account_rows::{self, AccountRow};
use crate::attempts::AttemptPermit;
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::fair_queue::Party;
use crate::hashing::Verdict;
use crate::rules::{email, username};

/// A right password and its account.
pub(super) struct VerifiedPassword {
    pub(super) member: AccountRow,
    admitted: AttemptPermit,
    /// A new hash, if the stored one is outdated.
    rehashed: Option<String>,
}

impl VerifiedPassword {
    /// Locks the account and checks that the password was not changed since it was verified.
    pub(super) fn still(&self, tx: &mut Tx<'_>) -> Result<AccountRow, AppError> {
        let member = reread(tx, &self.member)?;
        if member.deleted_at.is_some() || member.password_hash != self.member.password_hash {
            return Err(Error::InvalidCredentials.into());
        }
        Ok(member)
    }

    /// Resets the failures and stores the new hash.
    pub(super) fn settle(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        self.admitted.forget(tx)?;
        match &self.rehashed {
            Some(hash) => store::set_password_hash(tx.conn, self.member.id, hash),
            None => Ok(()),
        }
    }
}

/// The right password of an authenticated user.
#[derive(Debug)]
pub(crate) struct Reauthenticated {
    pub(crate) member: AccountRow,
    admitted: AttemptPermit,
}

impl Reauthenticated {
    /// Locks the account and checks that the password was not changed since it was verified.
    ///
    /// # Errors
    /// `auth.password_wrong` if it was.
    pub(crate) fn still(
        &self,
        tx: &mut Tx<'_>,
        field: &'static str,
    ) -> Result<AccountRow, AppError> {
        let member = reread(tx, &self.member)?;
        if member.password_hash != self.member.password_hash {
            return Err(Error::PasswordWrong.on_field(field));
        }
        self.admitted.forget(tx)?;
        Ok(member)
    }
}

impl Accounts {
    pub(super) async fn check_password(
        &self,
        login: &str,
        password: &Secret,
        client_info: &ClientInfo,
    ) -> Result<VerifiedPassword, AppError> {
        let typed = login.to_owned();
        let member = self
            .inner
            .store
            .read(move |conn| account_rows::by_login(conn, &typed))
            .await?;
        let user = member.as_ref().map(|member| member.id);
        let attempt = self.password_for(&login_key(login), user, client_info);
        let admitted = self.admit(attempt).await?;
        let stored = member.as_ref().map(|member| member.password_hash.clone());
        let known = self.known_device(client_info, user);
        let party = known.map_or_else(|| client_info.party(), |device| Party::alone(device.key()));
        let hasher = &self.inner.hasher;
        let verdict = hasher.verify(party.clone(), password, stored).await?;
        match member {
            Some(member) if verdict.is_right() => Ok(VerifiedPassword {
                rehashed: self.rehashed(party, password, verdict).await?,
                member,
                admitted,
            }),
            _ => {
                tracing::info!(place = client_info.place_key(), "a wrong name or password");
                self.count_wrong(admitted).await?;
                Err(Error::InvalidCredentials.into())
            }
        }
    }

    async fn rehashed(
        &self,
        party: Party,
        password: &Secret,
        verdict: Verdict,
    ) -> Result<Option<String>, AppError> {
        match verdict {
            Verdict::RightButWeak => self.inner.hasher.rehash(party, password).await.map(Some),
            Verdict::Right | Verdict::Wrong => Ok(None),
        }
    }

    /// Verifies the password of an authenticated user; failures are counted.
    ///
    /// # Errors
    /// `auth.password_wrong` with the field; `auth.too_many_attempts`.
    pub(crate) async fn confirm_password(
        &self,
        user: UserId,
        typed: &Secret,
        field: &'static str,
    ) -> Result<Reauthenticated, AppError> {
        let admitted = self.admit(self.password_of(user)).await?;
        let member = self
            .inner
            .store
            .read(move |conn| account_rows::by_id(conn, user))
            .await?;
        let living = member.deleted_at.is_none();
        let stored = living.then(|| member.password_hash.clone());
        let (hasher, party) = (&self.inner.hasher, Party::user(user));
        if hasher.verify(party, typed, stored).await?.is_right() {
            return Ok(Reauthenticated { member, admitted });
        }
        self.count_wrong(admitted).await?;
        Err(Error::PasswordWrong.on_field(field))
    }
}

/// The key by which failures are counted: the input in the form that finds accounts.
fn login_key(typed: &str) -> String {
    email::lookup_key(typed).unwrap_or_else(|| username::lookup_key(typed))
}
