//! Changing a password, and setting a new one after it was forgotten. Both end other sessions.

mod forgot;
mod queries;

pub use forgot::PasswordRecoveryService;
pub(crate) use forgot::PasswordResetHandler;

use async_trait::async_trait;
use contract::auth::{ChangePassword, ResetPassword};
use db::Tx;
use kernel::{Actor, AppError, Secret, UserId};
use mail::MailTemplate;

use crate::account_rows::{self, AccountRow};
use crate::audit::{AuditAction, AuditEntry};
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::fair_queue::QueueClient;
use crate::forms::{NewPassword, PasswordChangeForm, PasswordResetForm, into_result};
use crate::links::{self, Link, LinkPurpose};
use crate::login::Reauthenticated;
use crate::revocation::revoke_pending;
use crate::rules::email;
use crate::rules::password::{Password, at_fields};
use crate::sessions::{EndedSessions, SessionSelection, end, require_step_up_if_second_factor};
use crate::{Accounts, emails, second_factor};

/// The account of a link. The link is valid only while its address is the account's.
fn account_of_link(conn: &mut db::AnyConn, link: &Link) -> Result<AccountRow, AppError> {
    let account = account_rows::by_id(conn, link.user_id)?;
    let mailed = link.address()?;
    let current = email::parse(&account.email).ok();
    match current.filter(|current| current.key() == mailed.key()) {
        Some(_) if account.deleted_at.is_none() => Ok(account),
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
        self.check_reset_form(form, client_info).await.map(|_| ())
    }

    async fn reset_password(
        &self,
        request: ResetPassword,
        client_info: &ClientInfo,
    ) -> Result<(), AppError> {
        // The link is checked first, so that nobody can have passwords hashed without one.
        let form = PasswordResetForm::from(&request);
        let checked = self.check_reset_form(form, client_info).await?;
        let (account, password) = checked.ok_or_else(|| AppError::internal("form not parsed"))?;
        let client = QueueClient::user(account.id);
        let hash = self.inner.hasher.hash(client, &password).await?;
        let this = self.clone();
        let reset = move |tx: &mut Tx<'_>| {
            let link = links::spend(tx, &request.token, &[LinkPurpose::ResetPassword])?;
            let account = account_of_link(tx.conn, &link)?;
            if account.email_verified_at.is_none() {
                second_factor::remove_all(tx.conn, account.id)?;
                emails::mark_verified(tx, account.id, &link.address()?)?;
            }
            AuditEntry::own(account.id, AuditAction::PasswordReset).record(tx)?;
            this.set_password(tx, &account, &hash, SessionSelection::All)
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
        self.check_change_form(actor, form).await.map(|_| ())
    }

    async fn change_password(
        &self,
        actor: &Actor,
        request: ChangePassword,
    ) -> Result<(), AppError> {
        let checked = self.check_change_form(actor, PasswordChangeForm::from(&request));
        let checked = checked.await?;
        let (reauthenticated, password) =
            checked.ok_or_else(|| AppError::internal("form not parsed"))?;
        let client = QueueClient::user(actor.user);
        let hash = self.inner.hasher.hash(client, &password).await?;
        let (this, actor) = (self.clone(), *actor);
        let change = move |tx: &mut Tx<'_>| {
            let account = reauthenticated.recheck(tx, "current_password")?;
            let now = tx.env().now();
            require_step_up_if_second_factor(tx.conn, &actor, now)?;
            AuditEntry::own(account.id, AuditAction::PasswordChanged).record(tx)?;
            this.set_password(tx, &account, &hash, SessionSelection::Others(actor.session))
        };
        let ended = self.inner.store.write(change).await?;
        self.announce(&ended);
        Ok(())
    }
}

impl Accounts {
    /// The account of the link and the new password, if the form has both. Errors of both are
    /// reported together.
    async fn check_reset_form(
        &self,
        form: PasswordResetForm<'_>,
        client_info: &ClientInfo,
    ) -> Result<Option<(AccountRow, Password)>, AppError> {
        let (mut account, mut errors) = (None, vec![]);
        if let Some(token) = form.token {
            match self.find_account_of_link(token.clone()).await {
                Err(error) if !error.is(Error::LinkInvalid.code()) => return Err(error),
                Err(error) => errors.push(error),
                Ok(found) => account = Some(found),
            }
        }
        let client = (account.as_ref()).map_or_else(
            || client_info.queue_client(),
            |account| QueueClient::user(account.id),
        );
        let personal = account.as_ref().map_or(vec![], AccountRow::personal_words);
        let hasher = &self.inner.hasher;
        let checked = hasher.check_new(client, form.password, personal).await?;
        let password = checked.map_err(|found| errors.extend(at_fields(found)));
        into_result(errors)?;
        Ok(account.zip(password.ok()))
    }

    /// The account that a password reset link was mailed to.
    async fn find_account_of_link(&self, token: Secret) -> Result<AccountRow, AppError> {
        let now = self.inner.env.now();
        let find = move |conn: &mut db::AnyConn| {
            let link = links::find(conn, &token, &[LinkPurpose::ResetPassword], now)?;
            account_of_link(conn, &link)
        };
        self.inner.store.read(find).await
    }

    /// The verified current password and the new one, if the form has both. Errors of both are
    /// reported together.
    async fn check_change_form(
        &self,
        actor: &Actor,
        form: PasswordChangeForm<'_>,
    ) -> Result<Option<(Reauthenticated, Password)>, AppError> {
        let (mut reauthenticated, mut errors) = (None, vec![]);
        if let Some(current) = form.current {
            match self
                .verify_own_password(actor.user, current, "current_password")
                .await
            {
                Err(error) if !error.is(Error::PasswordWrong.code()) => return Err(error),
                Err(error) => errors.push(error),
                Ok(right) => reauthenticated = Some(right),
            }
        }
        let is_the_same = reauthenticated.is_some() && form.password.password == form.current;
        let checked = if is_the_same {
            let differs = form.password.differs().then_some(Error::PasswordMismatch);
            Err([Error::PasswordUnchanged]
                .into_iter()
                .chain(differs)
                .collect())
        } else {
            self.check_new_password(actor.user, form.password).await?
        };
        let password = checked.map_err(|found| errors.extend(at_fields(found)));
        into_result(errors)?;
        Ok(reauthenticated.zip(password.ok()))
    }

    async fn check_new_password(
        &self,
        user: UserId,
        wanted: NewPassword<'_>,
    ) -> Result<Result<Password, Vec<Error>>, AppError> {
        let load = move |conn: &mut db::AnyConn| account_rows::by_id(conn, user);
        let personal = self.inner.store.read(load).await?.personal_words();
        let hasher = &self.inner.hasher;
        hasher
            .check_new(QueueClient::user(user), wanted, personal)
            .await
    }

    /// Stores the new password, voids pending links and challenges, and ends sessions.
    fn set_password(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountRow,
        hash: &str,
        selection: SessionSelection,
    ) -> Result<EndedSessions, AppError> {
        queries::set(tx.conn, account.id, hash)?;
        revoke_pending(tx, account.id)?;
        if account.is_reachable() {
            let at = tx.env().now();
            self.inner.mail_queue.enqueue(
                tx,
                &account.outgoing_mail(MailTemplate::PasswordChanged { at })?,
            )?;
        }
        end(tx, account.id, selection)
    }
}
