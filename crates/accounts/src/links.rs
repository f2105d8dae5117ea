//! Links in mails. Each contains a single-use token for one purpose, which also verifies the
//! address.

use std::time::Duration;

use db::{AnyConn, EqAnyPadded, Tx, delete_batch};
use diesel::prelude::*;
use kernel::{AppError, Secret, SessionId, Timestamp, UserId};
use mail::Email;

use crate::account_rows;
use crate::error::Error;
use crate::keys::TokenDigest;
use crate::rules::codes;
use crate::rules::email;
use crate::schema::mail_links as links;

/// The purpose of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkPurpose {
    /// Verifies the address of a new account.
    VerifyEmail,
    /// Verifies a new address, which then replaces the current one.
    ChangeEmail,
    /// Sets a new password.
    ResetPassword,
}

kernel::text_enum!(LinkPurpose {
    VerifyEmail = "verify_email",
    ChangeEmail = "change_email",
    ResetPassword = "reset_password",
});

impl LinkPurpose {
    fn lifetime(self) -> Duration {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => codes::VERIFY_LIFETIME,
            Self::ResetPassword => codes::RESET_LIFETIME,
        }
    }

    /// How many links for this purpose are valid at the same time.
    fn max_valid(self) -> usize {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => 1,
            Self::ResetPassword => codes::MAX_RESET_LINKS,
        }
    }

    /// The purposes that share a daily quota of mails, and the quota.
    fn quota(self) -> (&'static [Self], usize) {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => (
                &[Self::VerifyEmail, Self::ChangeEmail],
                codes::MAX_ADDRESS_MAILS,
            ),
            Self::ResetPassword => (&[Self::ResetPassword], codes::MAX_RESET_MAILS),
        }
    }
}

/// A link to be issued.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewLink<'a> {
    pub(crate) user: UserId,
    pub(crate) purpose: LinkPurpose,
    /// The address that it is sent to.
    pub(crate) email: &'a Email,
    /// The session that requested it, if any.
    pub(crate) session: Option<SessionId>,
}

/// A stored link.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = links)]
pub(crate) struct Link {
    pub(crate) user_id: UserId,
    purpose: String,
    /// The address that it was sent to.
    pub(crate) email: String,
    /// The session that requested it, if any.
    pub(crate) session_id: Option<SessionId>,
    expires_at: Timestamp,
    /// When it was used or voided.
    used_at: Option<Timestamp>,
}

impl Link {
    /// The purpose.
    pub(crate) fn purpose(&self) -> Result<LinkPurpose, AppError> {
        Ok(LinkPurpose::from_text(&self.purpose)?)
    }

    /// The address that it was sent to.
    pub(crate) fn address(&self) -> Result<Email, AppError> {
        Ok(email::parse(&self.email)?)
    }

    fn check(&self, purposes: &[LinkPurpose], now: Timestamp) -> Result<(), AppError> {
        if !purposes.contains(&self.purpose()?) {
            return Err(Error::LinkInvalid.on_field("token"));
        }
        codes::check_link(self.expires_at, self.used_at.is_some(), now)
            .map_err(|error| error.on_field("token"))
    }
}

/// Issues a token for an account and an address; returns it with its expiry. Of the earlier ones
/// for the same purpose the newest stay valid, as many as the purpose allows.
pub(crate) fn issue(tx: &mut Tx<'_>, link: NewLink<'_>) -> Result<(Secret, Timestamp), AppError> {
    void_older(tx, link.user, link.purpose)?;
    let (token, now) = (Secret::token(tx.env()), tx.env().now());
    let expires_at = now + link.purpose.lifetime();
    let row = (
        links::hash.eq(TokenDigest::of(&token).0.to_vec()),
        links::user_id.eq(link.user),
        links::purpose.eq(link.purpose.as_text()),
        links::email.eq(link.email.address()),
        links::created_at.eq(now),
        links::expires_at.eq(expires_at),
        links::session_id.eq(link.session),
    );
    diesel::insert_into(links::table)
        .values(row)
        .execute(tx.conn)?;
    Ok((token, expires_at))
}

/// Limits mails for a purpose by a pause and a daily quota.
pub(crate) fn check_quota(
    tx: &mut Tx<'_>,
    user: UserId,
    purpose: LinkPurpose,
) -> Result<(), AppError> {
    let now = tx.env().now();
    let (sharing, max) = purpose.quota();
    let newest = sent_since(tx.conn, user, &[purpose], now - codes::RESEND_AFTER)?;
    let pause = newest.first().map(|at| codes::resend_wait(*at, now));
    let sent = sent_since(tx.conn, user, sharing, now - codes::MAIL_WINDOW)?;
    let wait = codes::quota_wait(&sent, max, now).max(pause.unwrap_or_default());
    if wait.is_zero() {
        return Ok(());
    }
    Err(Error::ResendTooSoon.retry_after(wait))
}

/// The times when links for these purposes were mailed, the newest first.
fn sent_since(
    conn: &mut AnyConn,
    user: UserId,
    purposes: &[LinkPurpose],
    since: Timestamp,
) -> Result<Vec<Timestamp>, AppError> {
    Ok(links::table
        .filter(links::user_id.eq(user))
        .filter(links::purpose.eq_any_padded(names(purposes)))
        .filter(links::created_at.gt(since))
        .order(links::created_at.desc())
        .select(links::created_at)
        .load(conn)?)
}

/// The link that waits to be used, if any.
pub(crate) fn pending(
    tx: &mut Tx<'_>,
    user: UserId,
    purpose: LinkPurpose,
) -> Result<Option<Link>, AppError> {
    let now = tx.env().now();
    Ok(links::table
        .filter(links::user_id.eq(user))
        .filter(links::purpose.eq(purpose.as_text()))
        .filter(links::used_at.is_null().and(links::expires_at.gt(now)))
        .select(Link::as_select())
        .first(tx.conn)
        .optional()?)
}

/// Finds a usable link by its token, without using it.
///
/// # Errors
/// `auth.link_invalid`, `auth.link_expired`.
pub(crate) fn find(
    conn: &mut AnyConn,
    token: &Secret,
    purposes: &[LinkPurpose],
    now: Timestamp,
) -> Result<Link, AppError> {
    let link = load(conn, token)?.ok_or_else(|| Error::LinkInvalid.on_field("token"))?;
    link.check(purposes, now)?;
    Ok(link)
}

/// Uses a link and locks its account until the transaction ends. Of two requests with the same
/// token, the second is refused.
///
/// # Errors
/// `auth.link_invalid`, `auth.link_expired`.
pub(crate) fn spend(
    tx: &mut Tx<'_>,
    token: &Secret,
    purposes: &[LinkPurpose],
) -> Result<Link, AppError> {
    let now = tx.env().now();
    let link = find(tx.conn, token, purposes, now)?;
    account_rows::lock(tx, link.user_id)?;
    let unused = links::table
        .find(TokenDigest::of(token).0.to_vec())
        .filter(links::used_at.is_null());
    let spent = diesel::update(unused)
        .set(links::used_at.eq(Some(now)))
        .execute(tx.conn)?;
    if spent == 0 {
        return Err(Error::LinkInvalid.on_field("token"));
    }
    Ok(link)
}

fn load(conn: &mut AnyConn, token: &Secret) -> Result<Option<Link>, AppError> {
    Ok(links::table
        .find(TokenDigest::of(token).0.to_vec())
        .select(Link::as_select())
        .first(conn)
        .optional()?)
}

/// Voids the unused links for a purpose. Their rows are kept for the quota of mails.
pub(crate) fn void(tx: &mut Tx<'_>, user: UserId, purpose: LinkPurpose) -> Result<(), AppError> {
    let now = tx.env().now();
    let unused = unused(user).filter(links::purpose.eq(purpose.as_text()));
    diesel::update(unused)
        .set(links::used_at.eq(Some(now)))
        .execute(tx.conn)?;
    Ok(())
}

/// Voids all unused links of an account.
pub(crate) fn void_all(tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
    let now = tx.env().now();
    diesel::update(unused(user))
        .set(links::used_at.eq(Some(now)))
        .execute(tx.conn)?;
    Ok(())
}

/// Voids the oldest links for a purpose to make room for one more.
fn void_older(tx: &mut Tx<'_>, user: UserId, purpose: LinkPurpose) -> Result<(), AppError> {
    let now = tx.env().now();
    let newest_first: Vec<Vec<u8>> = unused(user)
        .filter(links::purpose.eq(purpose.as_text()))
        .filter(links::expires_at.gt(now))
        .order(links::created_at.desc())
        .select(links::hash)
        .load(tx.conn)?;
    let retained = purpose.max_valid().saturating_sub(1);
    for hash in newest_first.into_iter().skip(retained) {
        diesel::update(links::table.find(hash))
            .set(links::used_at.eq(Some(now)))
            .execute(tx.conn)?;
    }
    Ok(())
}

#[diesel::dsl::auto_type]
fn unused(user: UserId) -> _ {
    links::table
        .filter(links::user_id.eq(user))
        .filter(links::used_at.is_null())
}

fn names(purposes: &[LinkPurpose]) -> Vec<&'static str> {
    purposes.iter().map(|purpose| purpose.as_text()).collect()
}

/// Deletes a batch of the links that expired before `limit`.
pub(crate) fn prune(conn: &mut AnyConn, limit: Timestamp) -> QueryResult<usize> {
    delete_batch(conn, "mail_links", "hash", "expires_at < $1", limit)
}
