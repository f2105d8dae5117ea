//! The rows of sessions and their refresh tokens.

use db::{AnyConn, EqAnyPadded, delete_batch};
use diesel::prelude::*;
use kernel::{AppError, Page, PageRequest, SessionId, Timestamp, UserId};

use crate::client_info::ClientInfo;
use crate::keys::TokenDigest;
use crate::schema::{refresh_tokens as refreshes, sessions, users};

/// A session and the state of its account.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(super) struct SessionState {
    pub(super) user_id: UserId,
    pub(super) created_at: Timestamp,
    pub(super) last_used_at: Timestamp,
    pub(super) reauthenticated_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    #[diesel(select_expression = users::role)]
    pub(super) role: String,
    #[diesel(select_expression = users::email_verified_at)]
    pub(super) email_verified_at: Option<Timestamp>,
    #[diesel(select_expression = users::suspended_at)]
    pub(super) suspended_at: Option<Timestamp>,
    #[diesel(select_expression = users::deleted_at)]
    pub(super) deleted_at: Option<Timestamp>,
}

pub(super) fn state(
    conn: &mut AnyConn,
    session: SessionId,
) -> Result<Option<SessionState>, AppError> {
    Ok(sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(session))
        .select(SessionState::as_select())
        .first(conn)
        .optional()?)
}

/// The states of many sessions.
pub(super) fn states(
    conn: &mut AnyConn,
    ids: &[SessionId],
) -> Result<Vec<(SessionId, SessionState)>, AppError> {
    Ok(sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq_any_padded(ids))
        .select((sessions::id, SessionState::as_select()))
        .load(conn)?)
}

pub(super) fn insert(
    conn: &mut AnyConn,
    (session, user): (SessionId, UserId),
    client_info: &ClientInfo,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), AppError> {
    let row = (
        sessions::id.eq(session),
        sessions::user_id.eq(user),
        sessions::device.eq(client_info.device()),
        sessions::address.eq(client_info.address()),
        sessions::place.eq(client_info.place_key()),
        sessions::created_at.eq(now),
        sessions::last_used_at.eq(now),
        sessions::reauthenticated_at.eq(now),
        sessions::expires_at.eq(expires_at),
    );
    diesel::insert_into(sessions::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// An active session as its owner sees it.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(super) struct ActiveSessionRow {
    pub(super) id: SessionId,
    pub(super) device: String,
    pub(super) address: String,
    pub(super) created_at: Timestamp,
    pub(super) last_used_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

pub(super) fn page(
    conn: &mut AnyConn,
    user: UserId,
    page: PageRequest,
    now: Timestamp,
) -> Result<Page<ActiveSessionRow>, AppError> {
    let of_user = unexpired(now).filter(sessions::user_id.eq(user));
    let items = of_user
        .order((sessions::last_used_at.desc(), sessions::id.desc()))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select(ActiveSessionRow::as_select())
        .load(conn)?;
    Page::from_overfetch(items, page, || Ok(of_user.count().get_result(conn)?))
}

#[diesel::dsl::auto_type]
fn unexpired(now: Timestamp) -> _ {
    sessions::table.filter(
        sessions::ended_at
            .is_null()
            .and(sessions::expires_at.gt(now)),
    )
}

/// The active sessions of a user, except one if given.
pub(super) fn ids(
    conn: &mut AnyConn,
    user: UserId,
    without: Option<SessionId>,
) -> Result<Vec<SessionId>, AppError> {
    let ids: Vec<SessionId> = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::ended_at.is_null())
        // A fixed order, so that concurrent calls cannot deadlock.
        .order(sessions::id)
        .select(sessions::id)
        .load(conn)?;
    Ok(ids.into_iter().filter(|id| Some(*id) != without).collect())
}

/// Ends a session; returns whether this call did.
pub(super) fn end(
    conn: &mut AnyConn,
    session: SessionId,
    now: Timestamp,
) -> Result<bool, AppError> {
    let active = sessions::table
        .find(session)
        .filter(sessions::ended_at.is_null());
    Ok(diesel::update(active)
        .set(sessions::ended_at.eq(Some(now)))
        .execute(conn)?
        > 0)
}

/// The user of a session.
pub(super) fn owner(conn: &mut AnyConn, session: SessionId) -> Result<Option<UserId>, AppError> {
    Ok(sessions::table
        .find(session)
        .select(sessions::user_id)
        .first(conn)
        .optional()?)
}

/// Revokes the step-ups of all sessions of a user except one, because they were verified under
/// weaker requirements.
pub(crate) fn revoke_other_step_ups(
    conn: &mut AnyConn,
    user: UserId,
    without: SessionId,
) -> Result<(), AppError> {
    let others = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::id.ne(without))
        .filter(sessions::ended_at.is_null());
    diesel::update(others)
        .set(sessions::reauthenticated_at.eq(Timestamp::from_micros(0)))
        .execute(conn)?;
    Ok(())
}

/// Records a step-up.
pub(super) fn record_step_up(
    conn: &mut AnyConn,
    session: SessionId,
    now: Timestamp,
) -> Result<(), AppError> {
    diesel::update(sessions::table.find(session))
        .set(sessions::reauthenticated_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Whether the account has a session from this device at this place, and whether it has any.
pub(super) fn find_familiar(
    conn: &mut AnyConn,
    user: UserId,
    client_info: &ClientInfo,
) -> Result<(bool, bool), AppError> {
    let of_user = sessions::table.filter(sessions::user_id.eq(user));
    let same = of_user
        .filter(sessions::device.eq(client_info.device()))
        .filter(sessions::place.eq(client_info.place_key()));
    let same: bool = diesel::select(diesel::dsl::exists(same)).get_result(conn)?;
    let any = same || diesel::select(diesel::dsl::exists(of_user)).get_result(conn)?;
    Ok((same, any))
}

/// Records a refresh of a session and where it came from.
pub(super) fn record_refresh(
    conn: &mut AnyConn,
    session: SessionId,
    client_info: &ClientInfo,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), AppError> {
    diesel::update(sessions::table.find(session))
        .set((
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(expires_at),
            sessions::address.eq(client_info.address()),
            sessions::place.eq(client_info.place_key()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Records the use of a session in the past.
pub(super) fn record_use(
    conn: &mut AnyConn,
    session: SessionId,
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), AppError> {
    let older = sessions::table
        .find(session)
        .filter(sessions::last_used_at.lt(at));
    diesel::update(older)
        .set((
            sessions::last_used_at.eq(at),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Records the activity of a user in the past.
pub(super) fn record_activity(
    conn: &mut AnyConn,
    user: UserId,
    at: Timestamp,
) -> Result<(), AppError> {
    let older = users::table
        .find(user)
        .filter(users::last_activity_at.lt(at));
    diesel::update(older)
        .set(users::last_activity_at.eq(at))
        .execute(conn)?;
    Ok(())
}

pub(super) fn insert_refresh(
    conn: &mut AnyConn,
    token: &TokenDigest,
    session: SessionId,
    expires_at: Timestamp,
) -> Result<(), AppError> {
    let row = (
        refreshes::hash.eq(token.0.to_vec()),
        refreshes::session_id.eq(session),
        refreshes::expires_at.eq(expires_at),
    );
    diesel::insert_into(refreshes::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// The session of a refresh token, and when the token was spent.
pub(super) fn refresh(
    conn: &mut AnyConn,
    token: &TokenDigest,
) -> Result<Option<(SessionId, Option<Timestamp>)>, AppError> {
    Ok(refreshes::table
        .find(token.0.to_vec())
        .select((refreshes::session_id, refreshes::spent_at))
        .first(conn)
        .optional()?)
}

/// Spends a refresh token; returns whether this call did.
pub(super) fn spend(
    conn: &mut AnyConn,
    token: &TokenDigest,
    now: Timestamp,
) -> Result<bool, AppError> {
    let unspent = refreshes::table
        .find(token.0.to_vec())
        .filter(refreshes::spent_at.is_null());
    Ok(diesel::update(unspent)
        .set(refreshes::spent_at.eq(Some(now)))
        .execute(conn)?
        > 0)
}

/// Deletes a batch of the sessions and refresh tokens that ended before `limit`.
pub(crate) fn prune(conn: &mut AnyConn, limit: Timestamp) -> QueryResult<usize> {
    let tokens = delete_batch(conn, "refresh_tokens", "hash", "expires_at < $1", limit)?;
    let is_over = "expires_at < $1 OR ended_at < $1";
    Ok(tokens + delete_batch(conn, "sessions", "id", is_over, limit)?)
}
