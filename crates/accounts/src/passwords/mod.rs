//! Changing a password, and setting a new one after it was forgotten. Both end other sessions.

mod forgot;
mod store;

pub use forgot::PasswordRecoveryService;
pub(crate) use forgot::PasswordResetHandler;

use async_trait::async_trait;
use contract::auth::{ChangePassword, ResetPassword};
use db::Tx;
use kernel::{Actor, AppError, Secret, UserId};
use mail::MailTemplate;

use crate::account_rows::{self, AccountRow};
use crate::audit::{Action, AuditEntry};
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::fair_queue::Party;
use crate::forms::{NewPassword, PasswordChangeForm, PasswordResetForm, all_or_none};
use crate::links::{self, Link, Purpose};
use crate::revocation::revoke_pending;
use crate::rules::email;
use crate::rules::password::{Password, at_fields};
use crate::sessions::{Ended, Which, end, require_second_factor_proof};
use crate::signin::Reauthenticated;
use crate::{Accounts, addresses, second_factor};

/// The account of a link. The link is valid only while its address is the account's.
fn addressee(conn: &mut db::AnyConn, link: &Link) -> Result<AccountRow, AppError> {
    let member = account_rows::by_id(conn, link.user_id)?;
    let mailed = link.address()?;
    let today = email::parse(&member.email).ok();
    match today.filter(|today| today.key() == mailed.key()) {
        Some(_) if member.deleted_at.is_none() => Ok(member),
        _ => Err(Error::LinkInvalid.on_field("token")),
    }
}

/// Changing a password, and setting a new one with the token of a mail.
#[async_trait]
pub trait PasswordsService: Send + Sync {
    /// Validates the form that sets a forgotten password, as far as its fields could be read.
    ///
    /// # Errors
    /// All invalid fields; `auth.link_expired`.
    async fn check_password_reset(
        &self,
        form: PasswordResetForm<'_>,
        client_info: &ClientInfo,
    ) -> Result<(), AppError>;

    /// Sets a new password with the token of a mail and ends all sessions. Second factors stay enabled,
    /// unless the link is the first verification of the address: then whoever used the account before
    /// did not own the address.
    ///
    /// # Errors
    /// `auth.link_invalid`, `auth.link_expired`; `auth.password_length`, `auth.password_weak`,
    /// `auth.password_personal`, `auth.password_mismatch`.
    async fn reset_password(
        &self,
        request: ResetPassword,
        client_info: &ClientInfo,
    ) -> Result<(), AppError>;

    /// Validates the form that changes a password, as far as its fields could be read.
    ///
    /// # Errors
    /// All invalid fields; `auth.too_many_attempts`.
    async fn check_password_change(
        &self,
        actor: &Actor,
        form: PasswordChangeForm<'_>,
    ) -> Result<(), AppError>;

    /// Changes the actor's password and ends their other sessions. It does not count as a step-up.
    ///
    /// # Errors
    /// `auth.step_up_required` if a second factor is enabled; `auth.password_wrong`,
    /// `auth.password_unchanged`; `auth.too_many_attempts`; `auth.password_length`,
    /// `auth.password_weak`, `auth.password_personal`, `auth.password_mismatch`.
    async fn change_password(&self, actor: &Actor, request: ChangePassword)
    -> Result<(), AppError>;
}

#[async_trait]
impl PasswordsService for Accounts {
    async fn check_password_reset(
        &self,
        form: PasswordResetForm<'_>,
        client_info: &ClientInfo,
    ) -> Result<(), AppError> {
        self.read_reset(form, client_info).await.map(|_| ())
    }

    async fn reset_password(
        &self,
        request: ResetPassword,
        client_info: &ClientInfo,
    ) -> Result<(), AppError> {
        // The link is checked first, so that nobody can have passwords hashed without one.
        let form = PasswordResetForm::from(&request);
        let read = self.read_reset(form, client_info).await?;
        let (member, password) = read.ok_or_else(|| AppError::internal("a form was not read"))?;
        let party = Party::user(member.id);
        let hash = self.inner.hasher.hash(party, &password).await?;
        let this = self.clone();
        let reset = move |tx: &mut Tx<'_>| {
            let link = links::spend(tx, &request.token, &[Purpose::ResetPassword])?;
            let member = addressee(tx.conn, &link)?;
            if member.email_verified_at.is_none() {
                second_factor::remove_all(tx.conn, member.id)?;
                addresses::proven_by_the_way(tx, member.id, &link.address()?)?;
            }
            AuditEntry::own(member.id, Action::PasswordReset).record(tx)?;
            this.replace(tx, &member, &hash, Which::All)
        };
        let ended = self.inner.store.write(reset).await?;
        self.announce(&ended);
        Ok(())
    }

    async fn check_password_change(
        &self,
        actor: &Actor,
        form: PasswordChangeForm<'_>,
    ) -> Result<(), AppError> {
        self.read_change(actor, form).await.map(|_| ())
    }

    async fn change_password(
        &self,
        actor: &Actor,
        request: ChangePassword,
    ) -> Result<(), AppError> {
        let read = self.read_change(actor, PasswordChangeForm::from(&request));
        let read = read.await?;
        let (confirmed, password) =
            read.ok_or_else(|| AppError::internal("a form was not read"))?;
        let party = Party::user(actor.user);
        let hash = self.inner.hasher.hash(party, &password).await?;
        let (this, actor) = (self.clone(), *actor);
        let change = move |tx: &mut Tx<'_>| {
            let member = confirmed.still(tx, "current_password")?;
            let now = tx.env().now();
            require_second_factor_proof(tx.conn, &actor, now)?;
            AuditEntry::own(member.id, Action::PasswordChanged).record(tx)?;
            this.replace(tx, &member, &hash, Which::Others(actor.session))
        };
        let ended = self.inner.store.write(change).await?;
        self.announce(&ended);
        Ok(())
    }
}

impl Accounts {
    /// The account of the link and the new password, if the form has both. Errors of both are
    /// reported together.
    async fn read_reset(
        &self,
        form: PasswordResetForm<'_>,
        client_info: &ClientInfo,
    ) -> Result<Option<(AccountRow, Password)>, AppError> {
        let (mut member, mut faults) = (None, vec![]);
        if let Some(token) = form.token {
            match self.addressee_of(token.clone()).await {
                Err(error) if !error.is(Error::LinkInvalid.code()) => return Err(error),
                Err(error) => faults.push(error),
                Ok(found) => member = Some(found),
            }
        }
        let party =
            (member.as_ref()).map_or_else(|| client_info.party(), |one| Party::user(one.id));
        let personal = member.as_ref().map_or(vec![], AccountRow::personal);
        let hasher = &self.inner.hasher;
        let judged = hasher.judge(party, form.password, personal).await?;
        let password = judged.map_err(|errors| faults.extend(at_fields(errors)));
        all_or_none(faults)?;
        Ok(member.zip(password.ok()))
    }

    /// The account that a password reset link was mailed to.
    async fn addressee_of(&self, token: Secret) -> Result<AccountRow, AppError> {
        let now = self.inner.env.now();
        let find = move |conn: &mut db::AnyConn| {
            let link = links::find(conn, &token, &[Purpose::ResetPassword], now)?;
            addressee(conn, &link)
        };
        self.inner.store.read(find).await
    }

    /// The verified current password and the new one, if the form has both. Errors of both are
    /// reported together.
    async fn read_change(
        &self,
        actor: &Actor,
        form: PasswordChangeForm<'_>,
    ) -> Result<Option<(Reauthenticated, Password)>, AppError> {
        let (mut confirmed, mut faults) = (None, vec![]);
        if let Some(current) = form.current {
            match self
                .confirm_password(actor.user, current, "current_password")
                .await
            {
                Err(error) if !error.is(Error::PasswordWrong.code()) => return Err(error),
                Err(error) => faults.push(error),
                Ok(right) => confirmed = Some(right),
            }
        }
        let is_the_same = confirmed.is_some() && form.password.typed == form.current;
        let judged = if is_the_same {
            let differs = form.password.differs().then_some(Error::PasswordMismatch);
            Err([Error::PasswordUnchanged]
                .into_iter()
                .chain(differs)
                .collect())
        } else {
            self.judge_change(actor.user, form.password).await?
        };
        let password = judged.map_err(|errors| faults.extend(at_fields(errors)));
        all_or_none(faults)?;
        Ok(confirmed.zip(password.ok()))
    }

    async fn judge_change(
        &self,
        user: UserId,
        wanted: NewPassword<'_>,
    ) -> Result<Result<Password, Vec<Error>>, AppError> {
        let load = move |conn: &mut db::AnyConn| account_rows::by_id(conn, user);
        let personal = self.inner.store.read(load).await?.personal();
        let hasher = &self.inner.hasher;
        hasher.judge(Party::user(user), wanted, personal).await
    }

    /// Stores the new password, voids pending links and challenges, and ends sessions.
    fn replace(
        &self,
        tx: &mut Tx<'_>,
        member: &AccountRow,
        hash: &str,
        which: Which,
    ) -> Result<Ended, AppError> {
        store::set(tx.conn, member.id, hash)?;
        revoke_pending(tx, member.id)?;
        if member.is_reachable() {
            let at = tx.env().now();
            self.inner.mail_queue.enqueue(
                tx,
                &member.outgoing_mail(MailTemplate::PasswordChanged { at })?,
            )?;
        }
        end(tx, member.id, which)
    }
}
