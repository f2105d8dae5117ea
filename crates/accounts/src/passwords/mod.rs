//! Changing a password, and setting a new one when it is forgotten. Both end other sessions.

mod forgot;
mod store;

use ::store::Tx;
use contract::auth::{ChangePassword, ResetPassword};
use kernel::{Actor, AppError, UserId};
use mail::MailTemplate;

use crate::audit::{Action, Deed};
use crate::error::Error;
use crate::fair_queue::Party;
use crate::links::{self, Link, Purpose};
use crate::members::{self, Member};
use crate::revocation::revoke_pending;
use crate::rules::email;
use crate::rules::password::{Password, check_typed, field_of};
use crate::sessions::{Ended, Which, end, require_second_factor_proof};
use crate::signin::Confirmed;
use crate::{Accounts, addresses, second_factor};

/// The account of a link. It opens only while the address is the account's to which it was mailed.
fn addressee(conn: &mut ::store::AnyConn, link: &Link) -> Result<Member, AppError> {
    let member = members::by_id(conn, link.user_id)?;
    let mailed = link.address()?;
    let today = email::parse(&member.email).ok();
    match today.filter(|today| today.key() == mailed.key()) {
        Some(_) if member.deleted_at.is_none() => Ok(member),
        _ => Err(Error::LinkInvalid.on_field("token")),
    }
}

impl Accounts {
    /// Looks at a new password as far as that costs nothing.
    ///
    /// # Errors
    /// It has not the right length, or was not typed the same twice.
    pub fn check_reset_password(request: &ResetPassword) -> Result<(), AppError> {
        check_typed(&request.password, &request.password_confirm)
            .map_err(|error| error.on_field(field_of(error)))
    }

    /// Sets a new password with the token of a mail; all sessions end. Second factors stay, unless
    /// the link is the first proof of the address: then whoever had the account before was not
    /// its owner.
    ///
    /// # Errors
    /// `auth.link_invalid`, `auth.link_expired`; says why the password is not fit.
    pub async fn reset_password(&self, request: ResetPassword) -> Result<(), AppError> {
        let (token, now) = (request.token.clone(), self.inner.env.now());
        // Looked at first, so that nobody has us hash passwords without a link.
        let find = move |conn: &mut ::store::AnyConn| {
            let link = links::look(conn, &token, &[Purpose::ResetPassword], now)?;
            addressee(conn, &link)
        };
        let member = self.inner.store.read(find).await?;
        let (typed, again) = (&request.password, &request.password_confirm);
        let hasher = &self.inner.hasher;
        let hash = hasher
            .choose(Party::user(member.id), typed, again, member.personal())
            .await?;
        let this = self.clone();
        let reset = move |tx: &mut Tx<'_>| {
            let link = links::spend(tx, &request.token, &[Purpose::ResetPassword])?;
            let member = addressee(tx.conn, &link)?;
            if member.email_verified_at.is_none() {
                second_factor::remove_all(tx.conn, member.id)?;
                addresses::proven_by_the_way(tx, member.id, &link.address()?)?;
            }
            Deed::own(member.id, Action::PasswordReset).record(tx)?;
            this.replace(tx, &member, &hash, Which::All)
        };
        let ended = self.inner.store.write(reset).await?;
        self.announce(&ended);
        Ok(())
    }

    /// Changes my password; my other sessions end. With a second factor on it needs a fresh proof,
    /// and it is none itself.
    ///
    /// # Errors
    /// `auth.step_up_required`;
    /// `auth.password_wrong`, `auth.password_unchanged`; `auth.too_many_attempts`; says why the
    /// new password is not fit.
    pub async fn change_password(
        &self,
        actor: &Actor,
        request: ChangePassword,
    ) -> Result<(), AppError> {
        let (confirmed, password) = self.read_change(actor, &request).await?;
        let party = Party::user(actor.user);
        let hash = self.inner.hasher.hash(party, &password).await?;
        let (this, actor) = (self.clone(), *actor);
        let change = move |tx: &mut Tx<'_>| {
            let member = confirmed.still(tx, "current_password")?;
            let now = tx.env().now();
            require_second_factor_proof(tx.conn, &actor, now)?;
            Deed::own(member.id, Action::PasswordChanged).record(tx)?;
            this.replace(tx, &member, &hash, Which::Others(actor.session))
        };
        let ended = self.inner.store.write(change).await?;
        self.announce(&ended);
        Ok(())
    }

    /// The right password of now and a fit new one; what is wrong with either is told at once.
    async fn read_change(
        &self,
        actor: &Actor,
        request: &ChangePassword,
    ) -> Result<(Confirmed, Password), AppError> {
        let (user, current) = (actor.user, &request.current_password);
        let confirmed = self.confirm_password(user, current, "current_password");
        let confirmed = match confirmed.await {
            Err(error) if !error.is(Error::PasswordWrong.code()) => return Err(error),
            other => other,
        };
        let is_the_same = confirmed.is_ok() && request.password == *current;
        let chosen = if is_the_same {
            Err(Error::PasswordUnchanged.on_field("password"))
        } else {
            self.judge_change(user, request).await?
        };
        match (confirmed, chosen) {
            (Ok(confirmed), Ok(password)) => Ok((confirmed, password)),
            (confirmed, chosen) => {
                let faults = [confirmed.err(), chosen.err()];
                Err(AppError::together(faults.into_iter().flatten()))
            }
        }
    }

    async fn judge_change(
        &self,
        user: UserId,
        request: &ChangePassword,
    ) -> Result<Result<Password, AppError>, AppError> {
        let member = self
            .inner
            .store
            .read(move |conn| members::by_id(conn, user));
        let personal = member.await?.personal();
        let (typed, again) = (&request.password, &request.password_confirm);
        let (party, hasher) = (Party::user(user), &self.inner.hasher);
        let judged = hasher.judge(party, typed, again, personal).await?;
        Ok(judged.map_err(|error| error.on_field(field_of(error))))
    }

    /// The new password, with all that was open to whoever knew the old one closed.
    fn replace(
        &self,
        tx: &mut Tx<'_>,
        member: &Member,
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
