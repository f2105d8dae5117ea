//! Sessions: created by a login, extended by refresh tokens, checked by every request, and ended by
//! the user, by expiry or for security.

mod activity;
mod cache;
mod pending_activity;
mod queries;
mod refresh;
mod sign_out;
mod tickets;

use std::collections::HashMap;

use async_trait::async_trait;
use contract::auth::Session;
use db::{AnyConn, Tx};
use kernel::{
    Actor, AppError, ErrorKind, Page, PageRequest, Role, Secret, SessionId, Timestamp, UserId,
};

use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::keys::TokenDigest;
use crate::rules::{codes, device, session as rules};
use crate::tokens::IssuedToken;
use crate::{Accounts, account_rows};

pub use activity::ActivityService;
pub(crate) use cache::SessionCache;
pub(crate) use pending_activity::PendingActivity;
use queries::SessionState;
pub use refresh::TokenRefreshService;
pub use sign_out::SignOutService;
pub(crate) use sign_out::{EndedSessions, SessionSelection, end};
pub use tickets::SocketTicketsService;

/// How many sessions are read by one query.
const BATCH_SIZE: usize = 500;

/// The tokens of a session.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The session.
    pub session: SessionId,
    /// The user.
    pub user: UserId,
    /// The access token.
    pub access: IssuedToken,
    /// The refresh token, valid once.
    pub refresh: Secret,
    /// When the refresh token expires.
    pub refresh_expires_at: Timestamp,
}

/// Authentication of sessions.
#[async_trait]
pub trait SessionsService: Send + Sync {
    /// The actor of a request with this access token. Every request goes through it; it reads a
    /// session from the database at most once per second.
    ///
    /// # Errors
    /// `auth.token_invalid`, `auth.token_expired`, `auth.session_ended`, `auth.suspended`.
    async fn authenticate(&self, token: &str) -> Result<Actor, AppError>;

    /// The same actor with their current role and verification, which may have changed since their
    /// socket was opened.
    ///
    /// # Errors
    /// `auth.session_ended`, `auth.suspended`.
    async fn current_actor(&self, actor: &Actor) -> Result<Actor, AppError>;

    /// The current actors of these sessions, without sessions that have ended and those of suspended
    /// or deleted accounts. Sockets are checked with it, so that they close even if the event was
    /// lost. It reads in batches, so that other reads do not wait for all of them.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn current_actors(
        &self,
        sessions: Vec<SessionId>,
    ) -> Result<HashMap<SessionId, Actor>, AppError>;

    /// Removes sessions from the cache because another node has ended them.
    fn forget_sessions(&self, sessions: &[SessionId]);

    /// Lists the actor's active sessions, the most recently used first.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn sessions(&self, actor: &Actor, page: PageRequest) -> Result<Page<Session>, AppError>;
}

#[async_trait]
impl SessionsService for Accounts {
    async fn authenticate(&self, token: &str) -> Result<Actor, AppError> {
        let access = self.inner.tokens.verify(token, self.inner.env.now())?;
        let cached = self
            .inner
            .sessions
            .get(access.session, self.inner.env.monotonic());
        match cached {
            Some(actor) if actor.user == access.user => Ok(actor),
            _ => self.load_actor(access.user, access.session).await,
        }
    }

    async fn current_actor(&self, actor: &Actor) -> Result<Actor, AppError> {
        let now = self.inner.env.monotonic();
        match self.inner.sessions.get(actor.session, now) {
            Some(cached) => Ok(cached),
            None => self.load_actor(actor.user, actor.session).await,
        }
    }

    async fn current_actors(
        &self,
        sessions: Vec<SessionId>,
    ) -> Result<HashMap<SessionId, Actor>, AppError> {
        let now = self.inner.env.now();
        let mut current = HashMap::with_capacity(sessions.len());
        for batch in sessions.chunks(BATCH_SIZE) {
            let batch = batch.to_vec();
            let read = move |conn: &mut AnyConn| queries::states(conn, &batch);
            for (session, state) in self.inner.store.read(read).await? {
                match actor(session, state.user_id, Some(&state), now) {
                    Ok(actor) => drop(current.insert(session, actor)),
                    Err(error) if error.code().kind == ErrorKind::Internal => return Err(error),
                    Err(_) => {}
                }
            }
        }
        Ok(current)
    }

    fn forget_sessions(&self, sessions: &[SessionId]) {
        self.inner.sessions.invalidate(sessions);
    }

    async fn sessions(&self, actor: &Actor, page: PageRequest) -> Result<Page<Session>, AppError> {
        let (user, current) = (actor.user, actor.session);
        let now = self.inner.env.now();
        let rows = self
            .inner
            .store
            .read(move |conn| queries::page(conn, user, page, now))
            .await?;
        Ok(rows.map(|row| to_response(row, current)))
    }
}

impl Accounts {
    async fn load_actor(&self, user: UserId, session: SessionId) -> Result<Actor, AppError> {
        let inner = &self.inner;
        let lookup = inner.sessions.begin_lookup(session);
        let state = inner
            .store
            .read(move |conn| queries::state(conn, session))
            .await?;
        let actor = actor(session, user, state.as_ref(), inner.env.now())?;
        if let Some(state) = &state {
            inner.activity.record(session, state, inner.env.now());
        }
        inner.sessions.put(&lookup, actor, inner.env.monotonic());
        Ok(actor)
    }

    /// Creates a session in the transaction that authenticated its user.
    pub(crate) fn create_session(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        client_info: &ClientInfo,
    ) -> Result<Tokens, AppError> {
        let (session, now) = (tx.env().id(), tx.env().now());
        let refresh = Secret::token(tx.env());
        let expires_at = rules::ends_at(now, now);
        queries::insert(tx.conn, (session, user), client_info, now, expires_at)?;
        queries::insert_refresh(tx.conn, &TokenDigest::of(&refresh), session, expires_at)?;
        self.tokens_for(session, user, refresh, expires_at)
    }

    fn tokens_for(
        &self,
        session: SessionId,
        user: UserId,
        refresh: Secret,
        refresh_expires_at: Timestamp,
    ) -> Result<Tokens, AppError> {
        let now = self.inner.env.now();
        Ok(Tokens {
            session,
            user,
            access: self.inner.tokens.issue(user, session, now)?,
            refresh,
            refresh_expires_at,
        })
    }

    /// Records a step-up in the transaction that verified it; returns when it expires.
    pub(crate) fn record_step_up(
        &self,
        tx: &mut Tx<'_>,
        session: SessionId,
    ) -> Result<Timestamp, AppError> {
        let now = tx.env().now();
        queries::record_step_up(tx.conn, session, now)?;
        Ok(now + codes::STEP_UP_LIFETIME)
    }
}

/// Requires a recent step-up. It is read from the database because it may be newer than the cached
/// actor.
///
/// # Errors
/// `auth.step_up_required`, `auth.session_ended`.
pub(crate) fn require_step_up(tx: &mut Tx<'_>, actor: &Actor) -> Result<(), AppError> {
    let now = tx.env().now();
    check_step_up(tx.conn, actor, now)
}

/// As [`require_step_up`], if a second factor is enabled: for actions that a stolen session or
/// password alone must not allow.
///
/// # Errors
/// `auth.step_up_required`, `auth.session_ended`.
pub(crate) fn require_step_up_if_second_factor(
    conn: &mut AnyConn,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), AppError> {
    if account_rows::has_second_factor(conn, actor.user)? {
        return check_step_up(conn, actor, now);
    }
    Ok(())
}

fn check_step_up(conn: &mut AnyConn, actor: &Actor, now: Timestamp) -> Result<(), AppError> {
    let state = queries::state(conn, actor.session)?;
    let current = self::actor(actor.session, actor.user, state.as_ref(), now)?;
    Ok(codes::check_step_up(current.reauthenticated_at, now)?)
}

/// Whether the account has a session from this device at this place, and whether it has any
/// session.
pub(crate) fn is_familiar(
    tx: &mut Tx<'_>,
    user: UserId,
    client_info: &ClientInfo,
) -> Result<(bool, bool), AppError> {
    queries::find_familiar(tx.conn, user, client_info)
}

pub(crate) use queries::{prune, revoke_other_step_ups};

fn actor(
    session: SessionId,
    user: UserId,
    state: Option<&SessionState>,
    now: Timestamp,
) -> Result<Actor, AppError> {
    let state = state.ok_or(Error::SessionEnded)?;
    let over = state.ended_at.is_some() || state.expires_at <= now || state.deleted_at.is_some();
    if over || state.user_id != user {
        return Err(Error::SessionEnded.into());
    }
    if state.suspended_at.is_some() {
        return Err(Error::Suspended.into());
    }
    Ok(Actor {
        user,
        session,
        role: Role::from_text(&state.role)?,
        verified: state.email_verified_at.is_some(),
        reauthenticated_at: state.reauthenticated_at,
    })
}

fn to_response(row: queries::ActiveSessionRow, current: SessionId) -> Session {
    let place = row.address.parse().map(device::place);
    Session {
        id: row.id,
        device: row.device,
        place: place.unwrap_or_else(|_| row.address.clone()),
        ip: row.address,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
        current: row.id == current,
        // Filled in by the gateway, which knows the sockets.
        connections: 0,
    }
}
