//! Deletion of accounts: the user's own data is removed, and in shared data the user is replaced by
//! a meaningless name.

pub(crate) mod erasure;
mod queries;
mod unverified;

use async_trait::async_trait;
use contract::users::DeleteAccount;
use data_encoding::HEXLOWER;
use db::Tx;
use jobs::Enqueue;
use kernel::{Actor, AppError, Env, UserId};
use mail::MailTemplate;

use self::erasure::may_be_stored;
use crate::account_rows::AccountRow;
use crate::audit::{AuditAction, AuditEntry};
use crate::avatars::AvatarCleanupJob;
use crate::rules::username::DELETED_PREFIX;
use crate::sessions::{self, EndedSessions, SessionSelection, require_step_up_if_second_factor};
use crate::{Accounts, EmailVerificationPolicy, export, roles};

/// Deletion of accounts.
#[async_trait]
pub trait DeletionService: Send + Sync {
    /// Deletes the actor's account permanently. It can no longer log in or be found. Its email address
    /// is available at once, its username after 30 days.
    ///
    /// # Errors
    /// `auth.password_wrong`; `auth.too_many_attempts`; `auth.step_up_required` if a second factor is
    /// enabled; `users.last_admin`; `auth.session_ended` if it was deleted meanwhile.
    async fn delete_account(&self, actor: &Actor, wanted: DeleteAccount) -> Result<(), AppError>;
}

#[async_trait]
impl DeletionService for Accounts {
    async fn delete_account(&self, actor: &Actor, wanted: DeleteAccount) -> Result<(), AppError> {
        let password = &wanted.password;
        let reauthenticated = self
            .verify_own_password(actor.user, password, "password")
            .await?;
        let (this, actor) = (self.clone(), *actor);
        let write = move |tx: &mut Tx<'_>| {
            let account = reauthenticated.recheck(tx, "password")?;
            let now = tx.env().now();
            require_step_up_if_second_factor(tx.conn, &actor, now)?;
            roles::ensure_not_last_admin(tx, &account)?;
            this.remove(
                tx,
                &account,
                AuditEntry::own(account.id, AuditAction::Deleted),
            )
        };
        let ended = self.inner.store.write(write).await?;
        self.announce(&ended);
        Ok(())
    }
}

impl Accounts {
    fn remove(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountRow,
        entry: AuditEntry,
    ) -> Result<EndedSessions, AppError> {
        let user = account.id;
        if account.is_reachable() {
            self.inner
                .mail_queue
                .enqueue(tx, &account.outgoing_mail(MailTemplate::AccountDeleted)?)?;
        }
        self.reserve_username(tx, &account.username_key)?;
        let ended = sessions::end(tx, user, SessionSelection::All)?;
        remove_files(tx, user)?;
        queries::remove_rows(tx.conn, user)?;
        queries::anonymize(tx.conn, user, &new_name(tx.env()), tx.env().now())?;
        entry.record(tx)?;
        let could_act = account.email_verified_at.is_some()
            || self.inner.email_verification == EmailVerificationPolicy::Optional;
        let is_known = could_act || may_be_stored(tx.conn, user)?;
        Self::schedule_erasure(tx, user, is_known.then(|| account.username.clone()))?;
        Ok(ended)
    }
}

/// Files are removed after the commit, when no row refers to them.
fn remove_files(tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
    if let Some(version) = queries::avatar(tx.conn, user)? {
        tx.enqueue(AvatarCleanupJob::new(user, &version))?;
    }
    for id in queries::exports(tx.conn, user)? {
        export::schedule_removal(tx, id)?;
    }
    Ok(())
}

/// A meaningless name that nobody can choose.
fn new_name(env: &Env) -> String {
    format!("{DELETED_PREFIX}{}", HEXLOWER.encode(&env.bytes::<6>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::rules::username::{MAX_LEN, Username, lookup_key};

    #[test]
    fn new_name_is_its_own_key_and_reserved() {
        let name = new_name(&Env::system());
        assert_eq!(lookup_key(&name), name);
        assert!(name.chars().count() <= MAX_LEN);
        assert_eq!(Username::parse(&name), Err(Error::UsernameReserved));
    }
}
