//! Email addresses: verifying the first one, and changing it to another, which replaces it once it
//! is verified.

mod queries;

use async_trait::async_trait;
use contract::auth::VerifyEmail;
use db::Tx;
use kernel::error::Common;
use kernel::{Actor, AppError, SessionId, UserId};
use mail::Email;
use mail::{MailTemplate, OutgoingMail};
use serde_json::json;

use crate::account_rows::{self, AccountRow};
use crate::audit::{AuditAction, AuditEntry};
use crate::error::Error;
use crate::links::{self, Link, LinkPurpose, NewLink};
use crate::revocation::revoke_pending;
use crate::rules::email;
use crate::sessions::{EndedSessions, SessionSelection, end, require_step_up};
use crate::{Accounts, EmailVerificationPolicy};

/// Verification and change of email addresses.
#[async_trait]
pub trait EmailsService: Send + Sync {
    /// Refuses actors without a verified address if this installation requires one.
    ///
    /// # Errors
    /// `auth.email_not_verified`.
    fn require_verified(&self, actor: &Actor) -> Result<(), AppError>;

    /// Verifies an address with the token that was mailed to it: that of a new account, or a new one,
    /// which replaces the previous address.
    ///
    /// # Errors
    /// `auth.link_invalid`, `auth.link_expired`; `auth.email_taken` if another account has verified
    /// the address meanwhile.
    async fn verify_email(&self, VerifyEmail { token }: VerifyEmail) -> Result<(), AppError>;

    /// Mails the link of the address that waits for verification again.
    ///
    /// # Errors
    /// `auth.email_already_verified` if none does; `auth.resend_too_soon`.
    async fn resend_verification(&self, actor: &Actor) -> Result<(), AppError>;
}

#[async_trait]
impl EmailsService for Accounts {
    fn require_verified(&self, actor: &Actor) -> Result<(), AppError> {
        match self.inner.email_verification {
            EmailVerificationPolicy::Required if !actor.verified => {
                Err(Common::EmailNotVerified.into())
            }
            _ => Ok(()),
        }
    }

    async fn verify_email(&self, VerifyEmail { token }: VerifyEmail) -> Result<(), AppError> {
        let this = self.clone();
        let verify = move |tx: &mut Tx<'_>| {
            let purposes = [LinkPurpose::VerifyEmail, LinkPurpose::ChangeEmail];
            let link = links::spend(tx, &token, &purposes)?;
            let ended = match link.purpose()? {
                LinkPurpose::ChangeEmail => Some(this.replace_address(tx, &link)?),
                _ => verify_first(tx, &link).map(|()| None)?,
            };
            Ok((link.user_id, ended))
        };
        let (user, ended) = self.inner.store.write(verify).await?;
        if let Some(ended) = ended {
            self.announce(&ended);
        }
        self.inner.sessions.invalidate_user(user);
        Ok(())
    }

    async fn resend_verification(&self, actor: &Actor) -> Result<(), AppError> {
        let (this, user) = (self.clone(), actor.user);
        let resend = move |tx: &mut Tx<'_>| {
            account_rows::lock(tx, user)?;
            let account = account_rows::by_id(tx.conn, user)?;
            let pending = pending_address(tx, &account)?;
            links::check_quota(tx, user, pending.purpose)?;
            this.mail_link(tx, &account, &pending)
        };
        self.inner.store.write(resend).await
    }
}

impl Accounts {
    /// Replaces the address of the account by that of the link, voids what was mailed to the
    /// previous one, and ends all sessions except the one that requested the change.
    fn replace_address(&self, tx: &mut Tx<'_>, link: &Link) -> Result<EndedSessions, AppError> {
        let (user, email) = (link.user_id, link.address()?);
        let before = account_rows::by_id(tx.conn, user)?;
        queries::set_address(tx.conn, user, &email, tx.env().now())?;
        revoke_pending(tx, user)?;
        if before.is_reachable() {
            let (to, at) = (email.masked(), tx.env().now());
            self.inner.mail_queue.enqueue(
                tx,
                &before.outgoing_mail(MailTemplate::EmailChanged { to, at })?,
            )?;
        }
        AuditEntry::own(user, AuditAction::EmailChanged).record(tx)?;
        end(
            tx,
            user,
            link.session_id
                .map_or(SessionSelection::All, SessionSelection::Others),
        )
    }

    fn mail_link(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountRow,
        wanted: &AddressRequest,
    ) -> Result<(), AppError> {
        let email = &wanted.email;
        let new = NewLink {
            user: account.id,
            purpose: wanted.purpose,
            email,
            session: wanted.session,
        };
        let (token, until) = links::issue(tx, new)?;
        // Only the owner of an address learns that it belongs to an account.
        let owner = account_rows::by_login(tx.conn, &email.address())?;
        if let Some(owner) = owner.filter(|owner| owner.id != account.id) {
            return self.inner.mail_queue.enqueue_expiring(
                tx,
                &owner.outgoing_mail(MailTemplate::EmailInUse)?,
                until,
            );
        }
        let template = match wanted.purpose {
            LinkPurpose::ChangeEmail => MailTemplate::EmailChange { token },
            LinkPurpose::VerifyEmail => MailTemplate::VerifyEmail { token },
            LinkPurpose::ResetPassword => MailTemplate::PasswordReset { token },
        };
        let outgoing = OutgoingMail {
            to: email.clone(),
            ..account.outgoing_mail(template)?
        };
        self.inner.mail_queue.enqueue_expiring(tx, &outgoing, until)
    }

    /// Mails a link to set a new password.
    pub(crate) fn mail_reset(&self, tx: &mut Tx<'_>, account: &AccountRow) -> Result<(), AppError> {
        let wanted = AddressRequest {
            purpose: LinkPurpose::ResetPassword,
            email: email::parse(&account.email)?,
            session: None,
        };
        self.mail_link(tx, account, &wanted)
    }

    /// Requests a change of the address as part of a profile change: a link is mailed to the new
    /// address and a notice to the old one. An address that was never verified is replaced at once.
    /// The response does not depend on whether the new address belongs to an account; its owner is
    /// informed by mail. Requesting the current address cancels a pending change.
    ///
    /// # Errors
    /// `auth.step_up_required`; `auth.email_invalid`; `auth.resend_too_soon`.
    pub(crate) fn request_address_change(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        input: &str,
    ) -> Result<(), AppError> {
        let email = email::parse(input).map_err(|error| error.on_field("email"))?;
        account_rows::lock(tx, actor.user)?;
        let account = account_rows::by_id(tx.conn, actor.user)?;
        if email::parse(&account.email)?.key() == email.key() {
            return keep_current(tx, &account);
        }
        require_step_up(tx, actor)?;
        links::check_quota(tx, account.id, LinkPurpose::ChangeEmail)?;
        if account.email_verified_at.is_none() {
            revoke_pending(tx, account.id)?;
            queries::replace_unverified(tx.conn, account.id, &email)?;
        }
        self.notify_old_address(tx, &account, &email)?;
        let detail = json!({ "to": email.masked() });
        let wanted = AddressRequest {
            purpose: LinkPurpose::ChangeEmail,
            email,
            session: Some(actor.session),
        };
        self.mail_link(tx, &account, &wanted)?;
        AuditEntry::own(account.id, AuditAction::EmailChangeAsked)
            .detail(detail)
            .record(tx)
    }

    fn notify_old_address(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountRow,
        email: &Email,
    ) -> Result<(), AppError> {
        if !account.is_reachable() {
            return Ok(());
        }
        let template = MailTemplate::EmailChangeNotice {
            to: email.masked(),
            at: tx.env().now(),
        };
        self.inner
            .mail_queue
            .enqueue(tx, &account.outgoing_mail(template)?)
    }
}

/// Verifies the address of a new account and voids all other links and challenges.
fn verify_first(tx: &mut Tx<'_>, link: &Link) -> Result<(), AppError> {
    let (user, email) = (link.user_id, link.address()?);
    revoke_pending(tx, user)?;
    if queries::mark_verified(tx.conn, user, &email, tx.env().now())? {
        return AuditEntry::own(user, AuditAction::EmailVerified).record(tx);
    }
    Err(Error::LinkInvalid.on_field("token"))
}

/// Keeps the address and voids a pending change.
fn keep_current(tx: &mut Tx<'_>, account: &AccountRow) -> Result<(), AppError> {
    match account.email_verified_at {
        Some(_) => links::void(tx, account.id, LinkPurpose::ChangeEmail),
        // The pending address is this one.
        None => Ok(()),
    }
}

/// Marks an address as verified because its owner has followed another link to it.
pub(crate) fn mark_verified(tx: &mut Tx<'_>, user: UserId, email: &Email) -> Result<(), AppError> {
    queries::mark_verified(tx.conn, user, email, tx.env().now())?;
    Ok(())
}

/// An address that is to be verified.
struct AddressRequest {
    purpose: LinkPurpose,
    email: Email,
    /// The session that requested it, if any.
    session: Option<SessionId>,
}

fn pending_address(tx: &mut Tx<'_>, account: &AccountRow) -> Result<AddressRequest, AppError> {
    if let Some(link) = links::pending(tx, account.id, LinkPurpose::ChangeEmail)? {
        return Ok(AddressRequest {
            purpose: LinkPurpose::ChangeEmail,
            email: link.address()?,
            session: link.session_id,
        });
    }
    if account.email_verified_at.is_some() {
        return Err(Error::EmailAlreadyVerified.into());
    }
    Ok(AddressRequest {
        purpose: LinkPurpose::VerifyEmail,
        email: email::parse(&account.email)?,
        session: None,
    })
}
