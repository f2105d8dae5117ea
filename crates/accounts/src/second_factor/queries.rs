//! The rows of second factors.

use contract::accounts::{SecondFactorMethod, SecondFactorState};
use db::AnyConn;
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use crate::keys::TokenDigest;
use crate::schema::{authenticators as apps, recovery_codes as codes, users};

/// An authenticator app, possibly not enabled yet.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = apps)]
pub(super) struct AuthenticatorRow {
    pub(super) secret: Vec<u8>,
    pub(super) enabled_at: Option<Timestamp>,
    pub(super) last_step: i64,
}

/// The second factors of an account.
pub(crate) fn state(conn: &mut AnyConn, user: UserId) -> Result<SecondFactorState, AppError> {
    let enabled = apps::table
        .filter(apps::user_id.eq(user))
        .filter(apps::enabled_at.is_not_null());
    let (email, totp) = users::table
        .find(user)
        .select((users::email_codes, diesel::dsl::exists(enabled)))
        .first(conn)?;
    let left: i64 = codes::table
        .filter(codes::user_id.eq(user))
        .filter(codes::used_at.is_null())
        .count()
        .get_result(conn)?;
    Ok(SecondFactorState {
        email,
        totp,
        recovery_codes_left: u32::try_from(left)?,
    })
}

/// The methods to answer a challenge.
pub(crate) fn methods(state: &SecondFactorState) -> Vec<SecondFactorMethod> {
    let methods = [
        (state.email, SecondFactorMethod::Email),
        (state.totp, SecondFactorMethod::Totp),
        (state.recovery_codes_left > 0, SecondFactorMethod::Recovery),
    ];
    methods
        .into_iter()
        .filter_map(|(enabled, method)| enabled.then_some(method))
        .collect()
}

pub(super) fn authenticator(
    conn: &mut AnyConn,
    user: UserId,
) -> Result<Option<AuthenticatorRow>, AppError> {
    Ok(apps::table
        .find(user)
        .select(AuthenticatorRow::as_select())
        .first(conn)
        .optional()?)
}

pub(super) fn replace_authenticator(
    conn: &mut AnyConn,
    user: UserId,
    sealed: &[u8],
) -> Result<(), AppError> {
    remove_authenticator(conn, user)?;
    let row = (
        apps::user_id.eq(user),
        apps::secret.eq(sealed),
        apps::last_step.eq(0),
    );
    diesel::insert_into(apps::table).values(row).execute(conn)?;
    Ok(())
}

pub(super) fn remove_authenticator(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(apps::table.find(user)).execute(conn)?;
    Ok(())
}

pub(super) fn enable_authenticator(
    conn: &mut AnyConn,
    user: UserId,
    step: i64,
    now: Timestamp,
) -> Result<(), AppError> {
    diesel::update(apps::table.find(user))
        .set((apps::enabled_at.eq(Some(now)), apps::last_step.eq(step)))
        .execute(conn)?;
    Ok(())
}

/// Spends a time step; returns whether this call did.
pub(super) fn spend_step(conn: &mut AnyConn, user: UserId, step: i64) -> Result<bool, AppError> {
    let before = apps::table.find(user).filter(apps::last_step.lt(step));
    Ok(diesel::update(before)
        .set(apps::last_step.eq(step))
        .execute(conn)?
        > 0)
}

pub(super) fn set_email_codes(
    conn: &mut AnyConn,
    user: UserId,
    enabled: bool,
) -> Result<(), AppError> {
    diesel::update(users::table.find(user))
        .set(users::email_codes.eq(enabled))
        .execute(conn)?;
    Ok(())
}

pub(super) fn replace_codes(
    conn: &mut AnyConn,
    user: UserId,
    stored: &[TokenDigest],
) -> Result<(), AppError> {
    remove_codes(conn, user)?;
    for code in stored {
        let row = (codes::user_id.eq(user), codes::hash.eq(code.0.to_vec()));
        diesel::insert_into(codes::table)
            .values(row)
            .execute(conn)?;
    }
    Ok(())
}

pub(super) fn remove_codes(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    diesel::delete(codes::table.filter(codes::user_id.eq(user))).execute(conn)?;
    Ok(())
}

/// Deletes all second factors and recovery codes.
pub(crate) fn remove_all(conn: &mut AnyConn, user: UserId) -> Result<(), AppError> {
    set_email_codes(conn, user, false)?;
    remove_authenticator(conn, user)?;
    remove_codes(conn, user)
}

/// Spends a recovery code; returns whether this call did.
pub(super) fn spend_code(
    conn: &mut AnyConn,
    user: UserId,
    code: &TokenDigest,
    now: Timestamp,
) -> Result<bool, AppError> {
    let unused = codes::table
        .find((user, code.0.to_vec()))
        .filter(codes::used_at.is_null());
    Ok(diesel::update(unused)
        .set(codes::used_at.eq(Some(now)))
        .execute(conn)?
        > 0)
}
