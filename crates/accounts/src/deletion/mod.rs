//! Deletion of accounts: the user's own data is removed, and in shared data the user is replaced by
//! a meaningless name.

pub(crate) mod forget;
mod store;
mod unverified;

use async_trait::async_trait;
use contract::users::DeleteAccount;
use data_encoding::HEXLOWER;
use db::Tx;
use jobs::Enqueue;
use kernel::{Actor, AppError, Env, UserId};
use mail::MailTemplate;

use self::forget::is_known_to_others;
use crate::account_rows::AccountRow;
use crate::audit::{Action, AuditEntry};
use crate::pictures::AvatarCleanupJob;
use crate::rules::username::DELETED_PREFIX;
use crate::sessions::{self, Ended, Which, require_second_factor_proof};
use crate::{Accounts, EmailVerification, export, roles};

/// Deletion of accounts.
#[async_trait]
pub trait DeletionService: Send + Sync {
    /// Deletes the actor's account permanently. It can no longer log in or be found. Its email address
    /// is available at once, its username after 30 days.
    ///
    /// # Errors
    /// `auth.password_wrong`; `auth.too_many_attempts`; `auth.step_up_required` if a second factor is
    /// enabled; `users.last_admin`.
    async fn delete_account(&self, actor: &Actor, wanted: DeleteAccount) -> Result<(), AppError>;
}

#[async_trait]
impl DeletionService for Accounts {
    async fn delete_account(&self, actor: &Actor, wanted: DeleteAccount) -> Result<(), AppError> {
        let typed = &wanted.password;
        let confirmed = self.confirm_password(actor.user, typed, "password").await?;
        let (this, actor) = (self.clone(), *actor);
        let write = move |tx: &mut Tx<'_>| {
            let member = confirmed.still(tx, "password")?;
            let now = tx.env().now();
            require_second_factor_proof(tx.conn, &actor, now)?;
            roles::admit_leaving(tx, &member)?;
            this.remove(tx, &member, AuditEntry::own(member.id, Action::Deleted))
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
        member: &AccountRow,
        deed: AuditEntry,
    ) -> Result<Ended, AppError> {
        let user = member.id;
        if member.is_reachable() {
            self.inner
                .mail_queue
                .enqueue(tx, &member.outgoing_mail(MailTemplate::AccountDeleted)?)?;
        }
        self.reserve_username(tx, &member.username_key)?;
        let ended = sessions::end(tx, user, Which::All)?;
        remove_files(tx, user)?;
        store::remove_rows(tx.conn, user)?;
        store::anonymise(tx.conn, user, &new_name(tx.env()), tx.env().now())?;
        deed.record(tx)?;
        let could_act = member.email_verified_at.is_some()
            || self.inner.email_verification == EmailVerification::Optional;
        let is_known = could_act || is_known_to_others(tx.conn, user)?;
        Self::forget(tx, user, is_known.then(|| member.username.clone()))?;
        Ok(ended)
    }
}

/// Files are removed after the commit, when no row refers to them.
fn remove_files(tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
    if let Some(version) = store::avatar(tx.conn, user)? {
        tx.enqueue(AvatarCleanupJob::picture(user, &version))?;
    }
    for id in store::exports(tx.conn, user)? {
        export::end(tx, id)?;
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
    use crate::rules::username::{MAX, Username, lookup_key};

    #[test]
    fn names_of_the_deleted_are_their_own_key_and_nobodys_choice() {
        let name = new_name(&Env::system());
        assert_eq!(lookup_key(&name), name);
        assert!(name.chars().count() <= MAX);
        assert_eq!(Username::parse(&name), Err(Error::UsernameReserved));
    }
}
