//! Links in mails: each carries a token that proves its address, for one purpose, once.

use std::time::Duration;

use diesel::prelude::*;
use kernel::{Fault, Secret, Timestamp, UserId};
use store::{AnyConn, Listed, Tx};

use crate::error::Error;
use crate::keys::Digest;
use crate::members;
use crate::rules::codes;
use crate::rules::email::Email;
use crate::schema::mail_links as links;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To prove the address of a new account.
    VerifyEmail,
    /// To prove another address, which then is the account's.
    ChangeEmail,
    /// To set a new password.
    ResetPassword,
}

store::text_enum!(Purpose {
    VerifyEmail = "verify_email",
    ChangeEmail = "change_email",
    ResetPassword = "reset_password",
});

impl Purpose {
    fn lifetime(self) -> Duration {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => codes::VERIFY_LIFETIME,
            Self::ResetPassword => codes::RESET_LIFETIME,
        }
    }
}

/// A link as it was stored.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = links)]
pub(crate) struct Link {
    pub(crate) user_id: UserId,
    purpose: String,
    /// The address it was sent to.
    pub(crate) email: String,
    expires_at: Timestamp,
    used_at: Option<Timestamp>,
}

impl Link {
    /// What it is for.
    pub(crate) fn purpose(&self) -> Result<Purpose, Fault> {
        Ok(Purpose::from_text(&self.purpose)?)
    }

    /// The address it was sent to.
    pub(crate) fn address(&self) -> Result<Email, Fault> {
        Ok(Email::parse(&self.email)?)
    }

    fn admit(&self, purposes: &[Purpose], now: Timestamp) -> Result<(), Fault> {
        if !purposes.contains(&self.purpose()?) {
            return Err(Error::LinkInvalid.at("token"));
        }
        codes::admit_link(self.expires_at, self.used_at.is_some(), now)
            .map_err(|error| error.at("token"))
    }
}

/// A new token for an account and an address, and when it ends; older ones for the same purpose
/// are void.
pub(crate) fn issue(
    tx: &mut Tx<'_>,
    user: UserId,
    purpose: Purpose,
    email: &Email,
) -> Result<(Secret, Timestamp), Fault> {
    void(tx.conn, user, &[purpose])?;
    let (token, now) = (Secret::token(tx.ambient()), tx.ambient().now());
    let expires_at = now + purpose.lifetime();
    let row = (
        links::hash.eq(Digest::of(&token).0.to_vec()),
        links::user_id.eq(user),
        links::purpose.eq(purpose.as_text()),
        links::email.eq(email.address()),
        links::created_at.eq(now),
        links::expires_at.eq(expires_at),
    );
    diesel::insert_into(links::table)
        .values(row)
        .execute(tx.conn)?;
    Ok((token, expires_at))
}

/// Refuses another mail so soon after the one before.
pub(crate) fn admit_another(tx: &mut Tx<'_>, user: UserId, purpose: Purpose) -> Result<(), Fault> {
    let newest: Option<Timestamp> = links::table
        .filter(links::user_id.eq(user))
        .filter(links::purpose.eq(purpose.as_text()))
        .select(diesel::dsl::max(links::created_at))
        .first(tx.conn)?;
    let now = tx.ambient().now();
    let wait = newest.map_or(Duration::ZERO, |at| codes::resend_wait(at, now));
    if wait.is_zero() {
        return Ok(());
    }
    Err(Error::ResendTooSoon.retry_after(wait))
}

/// A link that waits for its owner, if there is one.
pub(crate) fn pending(
    tx: &mut Tx<'_>,
    user: UserId,
    purpose: Purpose,
) -> Result<Option<Link>, Fault> {
    let now = tx.ambient().now();
    Ok(links::table
        .filter(links::user_id.eq(user))
        .filter(links::purpose.eq(purpose.as_text()))
        .filter(links::used_at.is_null().and(links::expires_at.gt(now)))
        .select(Link::as_select())
        .first(tx.conn)
        .optional()?)
}

/// The link of a token that could be followed now; it is not spent.
///
/// # Errors
/// `auth.link_invalid`, `auth.link_expired`.
pub(crate) fn look(
    conn: &mut AnyConn,
    token: &Secret,
    purposes: &[Purpose],
    now: Timestamp,
) -> Result<Link, Fault> {
    let link = load(conn, token)?.ok_or_else(|| Error::LinkInvalid.at("token"))?;
    link.admit(purposes, now)?;
    Ok(link)
}

/// Spends the link of a token. Its account is held until the commit; of two requests with the
/// same token the second finds it used.
///
/// # Errors
/// `auth.link_invalid`, `auth.link_expired`.
pub(crate) fn spend(tx: &mut Tx<'_>, token: &Secret, purposes: &[Purpose]) -> Result<Link, Fault> {
    let now = tx.ambient().now();
    let link = look(tx.conn, token, purposes, now)?;
    members::lock(tx, link.user_id)?;
    let unused = links::table
        .find(Digest::of(token).0.to_vec())
        .filter(links::used_at.is_null());
    let spent = diesel::update(unused)
        .set(links::used_at.eq(Some(now)))
        .execute(tx.conn)?;
    if spent == 0 {
        return Err(Error::LinkInvalid.at("token"));
    }
    Ok(link)
}

fn load(conn: &mut AnyConn, token: &Secret) -> Result<Option<Link>, Fault> {
    Ok(links::table
        .find(Digest::of(token).0.to_vec())
        .select(Link::as_select())
        .first(conn)
        .optional()?)
}

/// Makes the unused links for these purposes void.
pub(crate) fn void(conn: &mut AnyConn, user: UserId, purposes: &[Purpose]) -> Result<(), Fault> {
    let names: Vec<&str> = purposes.iter().map(|purpose| purpose.as_text()).collect();
    let unused = links::table
        .filter(links::user_id.eq(user))
        .filter(links::purpose.one_of(names))
        .filter(links::used_at.is_null());
    diesel::delete(unused).execute(conn)?;
    Ok(())
}

/// Removes links that ended before `limit`.
pub(crate) fn prune(conn: &mut AnyConn, limit: Timestamp) -> Result<usize, Fault> {
    Ok(diesel::delete(links::table.filter(links::expires_at.lt(limit))).execute(conn)?)
}
