//! E-mail addresses: proving the first one, and changing it for another that is proven before it
//! counts.

mod store;

use ::store::Tx;
use contract::auth::VerifyEmail;
use kernel::{Actor, Fault, UserId};
use serde_json::json;

use crate::audit::{Action, Deed};
use crate::error::Error;
use crate::links::{self, Link, Purpose};
use crate::mail::{Envelope, Letter};
use crate::members::{self, Member};
use crate::rules::email::Email;
use crate::sessions::require_proof;
use crate::{Accounts, EmailVerification};

impl Accounts {
    /// Lets only those pass whose address is proven, where this installation asks for it.
    ///
    /// # Errors
    /// `auth.email_not_verified`.
    pub fn require_verified(&self, actor: &Actor) -> Result<(), Fault> {
        match self.inner.email_verification {
            EmailVerification::Required if !actor.verified => Err(Error::EmailNotVerified.into()),
            _ => Ok(()),
        }
    }

    /// Proves an address with the token that was mailed to it: that of a new account, or one that
    /// from now on is the account's.
    ///
    /// # Errors
    /// `auth.link_invalid`, `auth.link_expired`; `auth.email_taken` where somebody else has proven
    /// the address first.
    pub async fn verify_email(&self, VerifyEmail { token }: VerifyEmail) -> Result<(), Fault> {
        let this = self.clone();
        let verify = move |tx: &mut Tx<'_>| {
            let purposes = [Purpose::VerifyEmail, Purpose::ChangeEmail];
            let link = links::spend(tx, &token, &purposes)?;
            match link.purpose()? {
                Purpose::ChangeEmail => this.move_in(tx, &link)?,
                _ => prove(tx, &link)?,
            }
            Ok(link.user_id)
        };
        let user = self.inner.store.write(verify).await?;
        self.inner.sessions.forget_user(user);
        Ok(())
    }

    /// The address of the link becomes the account's.
    fn move_in(&self, tx: &mut Tx<'_>, link: &Link) -> Result<(), Fault> {
        let (user, email) = (link.user_id, link.address()?);
        store::set_address(tx.conn, user, &email, tx.ambient().now())?;
        // Links that were mailed to the address before must not open the account any more.
        links::void(
            tx.conn,
            user,
            &[Purpose::VerifyEmail, Purpose::ResetPassword],
        )?;
        Deed::own(user, Action::EmailChanged).record(tx)
    }

    /// Mails the link again: that of the address which waits for its proof.
    ///
    /// # Errors
    /// `auth.email_already_verified` where none does; `auth.resend_too_soon`.
    pub async fn resend_verification(&self, actor: &Actor) -> Result<(), Fault> {
        let (this, user) = (self.clone(), actor.user);
        let resend = move |tx: &mut Tx<'_>| {
            members::lock(tx, user)?;
            let member = members::by_id(tx.conn, user)?;
            let (purpose, email) = waiting(tx, &member)?;
            links::admit_another(tx, user, purpose)?;
            this.mail_link(tx, &member, purpose, &email)
        };
        self.inner.store.write(resend).await
    }

    fn mail_link(
        &self,
        tx: &mut Tx<'_>,
        member: &Member,
        purpose: Purpose,
        email: &Email,
    ) -> Result<(), Fault> {
        let (token, until) = links::issue(tx, member.id, purpose, email)?;
        let letter = match purpose {
            Purpose::ChangeEmail => Letter::EmailChange { token },
            Purpose::VerifyEmail => Letter::VerifyEmail { token },
            Purpose::ResetPassword => Letter::PasswordReset { token },
        };
        let envelope = Envelope {
            to: email.clone(),
            ..member.envelope(letter)?
        };
        self.post_until(tx, &envelope, until)
    }

    /// Mails a link to set a new password.
    pub(crate) fn mail_reset(&self, tx: &mut Tx<'_>, member: &Member) -> Result<(), Fault> {
        let email = Email::parse(&member.email)?;
        self.mail_link(tx, member, Purpose::ResetPassword, &email)
    }

    /// Asks for another address, within a change of the profile: a link goes to the new one, and
    /// a word to the old one. Who asks for the address they have wants no other any more.
    ///
    /// # Errors
    /// `auth.step_up_required`; `auth.email_invalid`, `auth.email_taken`; `auth.resend_too_soon`.
    pub(crate) fn ask_for_address(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        typed: &str,
    ) -> Result<(), Fault> {
        let email = Email::parse(typed).map_err(|error| error.at("email"))?;
        members::lock(tx, actor.user)?;
        let member = members::by_id(tx.conn, actor.user)?;
        if Email::parse(&member.email)?.key() == email.key() {
            return links::void(tx.conn, member.id, &[Purpose::ChangeEmail]);
        }
        require_proof(tx, actor)?;
        store::admit(tx.conn, &email)?;
        links::admit_another(tx, member.id, Purpose::ChangeEmail)?;
        self.mail_link(tx, &member, Purpose::ChangeEmail, &email)?;
        self.warn_old_address(tx, &member, &email)?;
        Deed::own(member.id, Action::EmailChangeAsked)
            .detail(json!({ "to": email.masked() }))
            .record(tx)
    }

    fn warn_old_address(
        &self,
        tx: &mut Tx<'_>,
        member: &Member,
        email: &Email,
    ) -> Result<(), Fault> {
        if !member.is_reachable() {
            return Ok(());
        }
        let letter = Letter::EmailChangeNotice {
            to: email.masked(),
            at: tx.ambient().now(),
        };
        self.post(tx, &member.envelope(letter)?)
    }
}

/// The address of a new account is proven.
fn prove(tx: &mut Tx<'_>, link: &Link) -> Result<(), Fault> {
    let (user, email) = (link.user_id, link.address()?);
    if store::prove(tx.conn, user, &email, tx.ambient().now())? {
        return Deed::own(user, Action::EmailVerified).record(tx);
    }
    Err(Error::LinkInvalid.at("token"))
}

/// Notes that the owner of this address has just followed a link to it.
pub(crate) fn proven_by_the_way(tx: &mut Tx<'_>, user: UserId, email: &Email) -> Result<(), Fault> {
    store::prove(tx.conn, user, email, tx.ambient().now())?;
    Ok(())
}

/// Which address waits for its proof.
fn waiting(tx: &mut Tx<'_>, member: &Member) -> Result<(Purpose, Email), Fault> {
    if let Some(link) = links::pending(tx, member.id, Purpose::ChangeEmail)? {
        return Ok((Purpose::ChangeEmail, link.address()?));
    }
    if member.email_verified_at.is_some() {
        return Err(Error::EmailAlreadyVerified.into());
    }
    Ok((Purpose::VerifyEmail, Email::parse(&member.email)?))
}
