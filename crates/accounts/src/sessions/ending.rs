//! The end of sessions: in the database, in what is remembered, and told to their sockets.

use db::{AnyConn, Tx};
use kernel::{Actor, AppError, Secret, SessionId, UserId};
use serde_json::json;

use super::{require_second_factor_proof, store};
use crate::audit::{Action, AuditEntry};
use crate::error::Error;
use crate::keys::Digest;
use crate::revocation::revoke_pending;
use crate::{Accounts, account_rows};

/// Which sessions of a user to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// This one.
    One(SessionId),
    /// All but this one.
    Others(SessionId),
    /// All.
    All,
}

/// Sessions that end with a transaction, to be told of once it is committed.
#[derive(Debug)]
#[must_use = "sockets learn of the end by `Accounts::announce`"]
pub(crate) struct Ended {
    pub(super) user: UserId,
    sessions: Vec<SessionId>,
}

/// Ends sessions within a transaction.
pub(crate) fn end(tx: &mut Tx<'_>, user: UserId, which: Which) -> Result<Ended, AppError> {
    let now = tx.env().now();
    let candidates = match which {
        Which::One(session) => vec![session],
        Which::Others(session) => store::ids(tx.conn, user, Some(session))?,
        Which::All => store::ids(tx.conn, user, None)?,
    };
    let mut sessions = Vec::with_capacity(candidates.len());
    for session in candidates {
        if store::end(tx.conn, session, now)? {
            sessions.push(session);
        }
    }
    Ok(Ended { user, sessions })
}

impl Accounts {
    /// Tells of sessions that have ended, once that is committed.
    pub(crate) fn announce(&self, ended: &Ended) {
        if ended.sessions.is_empty() {
            return;
        }
        self.inner.sessions.forget(&ended.sessions);
        self.inner.session_events.ended(ended.user, &ended.sessions);
    }

    /// Ends one of my sessions. With a second factor on, another one than that which asks needs a
    /// fresh proof.
    ///
    /// # Errors
    /// `auth.session_not_found` where it is not mine, or over; `auth.step_up_required`.
    pub async fn end_session(&self, actor: &Actor, session: SessionId) -> Result<(), AppError> {
        let actor = *actor;
        let user = actor.user;
        let end = move |tx: &mut Tx<'_>| {
            if session != actor.session {
                let now = tx.env().now();
                require_second_factor_proof(tx.conn, &actor, now)?;
            }
            if store::owner(tx.conn, session)? != Some(user) {
                return Err(Error::SessionNotFound.into());
            }
            let ended = end(tx, user, Which::One(session))?;
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

    /// Signs out here: ends the session that asks.
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn sign_out(&self, actor: &Actor) -> Result<(), AppError> {
        let (user, session) = (actor.user, actor.session);
        let end = move |tx: &mut Tx<'_>| {
            let ended = end(tx, user, Which::One(session))?;
            record(tx, &ended)?;
            Ok(ended)
        };
        let ended = self.inner.store.write(end).await?;
        self.announce(&ended);
        Ok(())
    }

    /// Whether all of these refresh tokens, as far as they are ours, belong to the session of the
    /// actor.
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn are_of(&self, actor: &Actor, tokens: Vec<Secret>) -> Result<bool, AppError> {
        if tokens.is_empty() {
            return Ok(true);
        }
        let session = actor.session;
        let compare = move |conn: &mut AnyConn| {
            for token in &tokens {
                let found = store::refresh(conn, &Digest::of(token))?;
                if found.is_some_and(|(other, _)| other != session) {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        self.inner.store.read(compare).await
    }

    /// Signs out everywhere, here too, and voids links and challenges that are open. As it ends
    /// other sessions, it needs a fresh proof where a second factor is on.
    ///
    /// # Errors
    /// `auth.step_up_required`.
    pub async fn sign_out_everywhere(&self, actor: &Actor) -> Result<(), AppError> {
        let actor = *actor;
        let end = move |tx: &mut Tx<'_>| {
            account_rows::lock(tx, actor.user)?;
            let now = tx.env().now();
            require_second_factor_proof(tx.conn, &actor, now)?;
            revoke_pending(tx, actor.user)?;
            let ended = end(tx, actor.user, Which::All)?;
            record(tx, &ended)?;
            Ok(ended)
        };
        let ended = self.inner.store.write(end).await?;
        self.announce(&ended);
        Ok(())
    }

    /// Signs out a browser whose access token has ended: by its refresh token, also a spent one.
    /// A token that is not ours is signed out already.
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn sign_out_by_refresh(&self, refresh: &Secret) -> Result<(), AppError> {
        let token = Digest::of(refresh);
        let find = move |tx: &mut Tx<'_>| {
            let Some((session, _)) = store::refresh(tx.conn, &token)? else {
                return Ok(None);
            };
            let Some(user) = store::owner(tx.conn, session)? else {
                return Ok(None);
            };
            let ended = end(tx, user, Which::One(session))?;
            record(tx, &ended)?;
            Ok(Some(ended))
        };
        if let Some(ended) = self.inner.store.write(find).await? {
            self.announce(&ended);
        }
        Ok(())
    }
}

fn record(tx: &mut Tx<'_>, ended: &Ended) -> Result<(), AppError> {
    AuditEntry::own(ended.user, Action::SessionsEnded)
        .detail(json!({ "sessions": ended.sessions }))
        .record(tx)
}
