//! The rows of challenges.

use db::{AnyConn, delete_batch};
use diesel::prelude::*;
use kernel::{AppError, SessionId, Timestamp, UserId};

use crate::keys::TokenDigest;
use crate::schema::{login_challenges as challenges, users};

/// What an answered challenge leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChallengePurpose {
    /// Tokens for a client.
    Token,
    /// A login of a browser.
    Browser,
    /// A step-up of a session.
    StepUp,
}

kernel::text_enum!(ChallengePurpose { Token = "token", Browser = "browser", StepUp = "step_up" });

/// A stored challenge.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = challenges)]
pub(super) struct ChallengeRow {
    pub(super) user_id: UserId,
    pub(super) purpose: String,
    pub(super) session_id: Option<SessionId>,
    pub(super) code_hash: Option<Vec<u8>>,
    pub(super) code_sent_at: Option<Timestamp>,
    pub(super) resends: i32,
    pub(super) tries: i32,
    pub(super) expires_at: Timestamp,
    pub(super) used_at: Option<Timestamp>,
}

pub(super) fn insert(
    conn: &mut AnyConn,
    challenge: &TokenDigest,
    (user, session): (UserId, Option<SessionId>),
    purpose: ChallengePurpose,
    expires_at: Timestamp,
) -> Result<(), AppError> {
    let row = (
        challenges::hash.eq(challenge.0.to_vec()),
        challenges::user_id.eq(user),
        challenges::purpose.eq(purpose.as_text()),
        challenges::session_id.eq(session),
        challenges::resends.eq(0),
        challenges::tries.eq(0),
        challenges::expires_at.eq(expires_at),
    );
    diesel::insert_into(challenges::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// The user of a challenge.
pub(super) fn owner(
    conn: &mut AnyConn,
    challenge: &TokenDigest,
) -> Result<Option<UserId>, AppError> {
    Ok(challenges::table
        .find(challenge.0.to_vec())
        .select(challenges::user_id)
        .first(conn)
        .optional()?)
}

pub(super) fn load(
    conn: &mut AnyConn,
    challenge: &TokenDigest,
) -> Result<Option<ChallengeRow>, AppError> {
    Ok(challenges::table
        .find(challenge.0.to_vec())
        .select(ChallengeRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn set_code(
    conn: &mut AnyConn,
    challenge: &TokenDigest,
    code: &TokenDigest,
    now: Timestamp,
) -> Result<(), AppError> {
    diesel::update(challenges::table.find(challenge.0.to_vec()))
        .set((
            challenges::code_hash.eq(Some(code.0.to_vec())),
            challenges::code_sent_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn count_resend(conn: &mut AnyConn, challenge: &TokenDigest) -> Result<(), AppError> {
    diesel::update(challenges::table.find(challenge.0.to_vec()))
        .set(challenges::resends.eq(challenges::resends + 1))
        .execute(conn)?;
    Ok(())
}

pub(super) fn count_try(conn: &mut AnyConn, challenge: &TokenDigest) -> Result<(), AppError> {
    diesel::update(challenges::table.find(challenge.0.to_vec()))
        .set(challenges::tries.eq(challenges::tries + 1))
        .execute(conn)?;
    Ok(())
}

pub(super) fn finish(
    conn: &mut AnyConn,
    challenge: &TokenDigest,
    now: Timestamp,
) -> Result<(), AppError> {
    diesel::update(challenges::table.find(challenge.0.to_vec()))
        .set(challenges::used_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_password_hash(
    conn: &mut AnyConn,
    user: UserId,
    hash: &str,
) -> Result<(), AppError> {
    diesel::update(users::table.find(user))
        .set(users::password_hash.eq(hash))
        .execute(conn)?;
    Ok(())
}

/// Deletes all challenges of a user, so that pending logins must start again.
pub(crate) fn delete_challenges(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(challenges::table.filter(challenges::user_id.eq(user))).execute(conn)?;
    Ok(())
}

/// Deletes a batch of the challenges that expired before `limit`.
pub(crate) fn prune(conn: &mut AnyConn, limit: Timestamp) -> QueryResult<usize> {
    delete_batch(conn, "login_challenges", "hash", "expires_at < $1", limit)
}
