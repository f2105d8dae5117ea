//! Ending sessions: in the database, in the cache, and at their sockets.

use async_trait::async_trait;
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, Secret, SessionId, UserId};
use serde_json::json;

use super::{queries, require_step_up_if_second_factor};
use crate::audit::{AuditAction, AuditEntry};
use crate::error::Error;
use crate::keys::TokenDigest;
use crate::revocation::revoke_pending;
use crate::{Accounts, account_rows};

/// Which sessions of a user to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionSelection {
    /// This one.
    One(SessionId),
    /// All except this one.
    Others(SessionId),
    /// All.
    All,
}

/// Sessions that end with a transaction, to be announced after its commit.
#[derive(Debug)]
#[must_use = "sockets learn of the end by `Accounts::announce`"]
pub(crate) struct EndedSessions {
    pub(super) user: UserId,
    sessions: Vec<SessionId>,
}

/// Ends sessions in a transaction.
pub(crate) fn end(
    tx: &mut Tx<'_>,
    user: UserId,
    selection: SessionSelection,
) -> Result<EndedSessions, AppError> {
    let now = tx.env().now();
    let candidates = match selection {
        SessionSelection::One(session) => vec![session],
        SessionSelection::Others(session) => queries::ids(tx.conn, user, Some(session))?,
        SessionSelection::All => queries::ids(tx.conn, user, None)?,
    };
    let mut sessions = Vec::with_capacity(candidates.len());
    for session in candidates {
        if queries::end(tx.conn, session, now)? {
            sessions.push(session);
        }
    }
    Ok(EndedSessions { user, sessions })
}

/// Ending sessions. Their sockets are closed after the commit, on all nodes.
#[async_trait]
pub trait SignOutService: Send + Sync {
    /// Ends the actor's session.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn sign_out(&self, actor: &Actor) -> Result<(), AppError>;

    /// Ends the session of a refresh token, also of a spent one: for browsers whose access token has
    /// expired. An unknown token has no effect.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn sign_out_by_refresh(&self, refresh: &Secret) -> Result<(), AppError>;

    /// Ends all of the actor's sessions, and voids open links and challenges.
    ///
    /// # Errors
    /// `auth.step_up_required` if a second factor is enabled.
    async fn sign_out_everywhere(&self, actor: &Actor) -> Result<(), AppError>;

    /// Ends one of the actor's sessions.
    ///
    /// # Errors
    /// `auth.session_not_found` if it is somebody else's or has ended; `auth.step_up_required` for
    /// another session than the actor's own if a second factor is enabled.
    async fn end_session(&self, actor: &Actor, session: SessionId) -> Result<(), AppError>;

    /// Whether all of these refresh tokens belong to the actor's session. Unknown tokens are ignored.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn owns_refresh_tokens(
        &self,
        actor: &Actor,
        tokens: Vec<Secret>,
    ) -> Result<bool, AppError>;
}

#[async_trait]
impl SignOutService for Accounts {
    async fn sign_out(&self, actor: &Actor) -> Result<(), AppError> {
        let (user, session) = (actor.user, actor.session);
        let end = move |tx: &mut Tx<'_>| {
            let ended = end(tx, user, SessionSelection::One(session))?;
            record(tx, &ended)?;
            Ok(ended)
        };
        let ended = self.inner.store.write(end).await?;
        self.announce(&ended);
        Ok(())
    }

    async fn sign_out_by_refresh(&self, refresh: &Secret) -> Result<(), AppError> {
        let token = TokenDigest::of(refresh);
        let find = move |tx: &mut Tx<'_>| {
            let Some((session, _)) = queries::refresh(tx.conn, &token)? else {
                return Ok(None);
            };
            let Some(user) = queries::owner(tx.conn, session)? else {
                return Ok(None);
            };
            let ended = end(tx, user, SessionSelection::One(session))?;
            record(tx, &ended)?;
            Ok(Some(ended))
        };
        if let Some(ended) = self.inner.store.write(find).await? {
            self.announce(&ended);
        }
        Ok(())
    }

    async fn sign_out_everywhere(&self, actor: &Actor) -> Result<(), AppError> {
        let actor = *actor;
        let end = move |tx: &mut Tx<'_>| {
            account_rows::lock(tx, actor.user)?;
            let now = tx.env().now();
            require_step_up_if_second_factor(tx.conn, &actor, now)?;
            revoke_pending(tx, actor.user)?;
            let ended = end(tx, actor.user, SessionSelection::All)?;
            record(tx, &ended)?;
            Ok(ended)
        };
        let ended = self.inner.store.write(end).await?;
        self.announce(&ended);
        Ok(())
    }

    async fn end_session(&self, actor: &Actor, session: SessionId) -> Result<(), AppError> {
        let actor = *actor;
        let user = actor.user;
        let end = move |tx: &mut Tx<'_>| {
            if session != actor.session {
                let now = tx.env().now();
                require_step_up_if_second_factor(tx.conn, &actor, now)?;
            }
            if queries::owner(tx.conn, session)? != Some(user) {
                return Err(Error::SessionNotFound.into());
            }
            let ended = end(tx, user, SessionSelection::One(session))?;
            if ended.sessions.is_empty() {
                return Err(Error::SessionNotFound.into());
            }
            record(tx, &ended)?;
            Ok(ended)
        };
        let ended = self.inner.store.write(end).await?;
        self.announce(&ended);
        Ok(())
    }

    async fn owns_refresh_tokens(
        &self,
        actor: &Actor,
        tokens: Vec<Secret>,
    ) -> Result<bool, AppError> {
        if tokens.is_empty() {
            return Ok(true);
        }
        let session = actor.session;
        let compare = move |conn: &mut AnyConn| {
            for token in &tokens {
                let found = queries::refresh(conn, &TokenDigest::of(token))?;
                if found.is_some_and(|(other, _)| other != session) {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        self.inner.store.read(compare).await
    }
}

impl Accounts {
    /// Announces ended sessions after the commit.
    pub(crate) fn announce(&self, ended: &EndedSessions) {
        if ended.sessions.is_empty() {
            return;
        }
        self.inner.sessions.invalidate(&ended.sessions);
        self.inner.session_events.ended(ended.user, &ended.sessions);
    }
}

fn record(tx: &mut Tx<'_>, ended: &EndedSessions) -> Result<(), AppError> {
    AuditEntry::own(ended.user, AuditAction::SessionsEnded)
        .detail(json!({ "sessions": ended.sessions }))
        .record(tx)
}
