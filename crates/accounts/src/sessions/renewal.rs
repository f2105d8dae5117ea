//! Refresh tokens: each is exchanged for the next, and reuse reveals a copied token.

use async_trait::async_trait;
use db::Tx;
use kernel::{AppError, Secret, SessionId, Timestamp};

use super::ending::{self, Ended, Which};
use super::store::{self, State};
use super::{Tokens, actor};
use crate::Accounts;
use crate::audit::{Action, AuditEntry};
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::keys::Digest;
use crate::rules::session::{self as rules, Renewal, Shown};

/// The result of presenting a refresh token.
enum Outcome {
    Renewed(Tokens),
    /// Committed as well: the session has ended.
    Reused(Ended),
}

/// A refresh token that exists.
struct Known<'a> {
    token: &'a Secret,
    digest: Digest,
    spent_at: Option<Timestamp>,
    session: SessionId,
    state: State,
}

/// Rotation of refresh tokens.
#[async_trait]
pub trait TokenRefreshService: Send + Sync {
    /// Exchanges a refresh token for a new pair of tokens. The token before the newest returns the
    /// same newest one again for a few seconds, because two tabs may refresh at once and a response
    /// may be lost.
    ///
    /// # Errors
    /// `auth.refresh_invalid`; `auth.refresh_reused`, which also ends the session;
    /// `auth.suspended`.
    async fn refresh(&self, refresh: &Secret, client_info: &ClientInfo)
    -> Result<Tokens, AppError>;
}

#[async_trait]
impl TokenRefreshService for Accounts {
    async fn refresh(
        &self,
        refresh: &Secret,
        client_info: &ClientInfo,
    ) -> Result<Tokens, AppError> {
        let (this, refresh, client_info) = (self.clone(), refresh.clone(), client_info.clone());
        let renew = move |tx: &mut Tx<'_>| this.renew(tx, &refresh, &client_info);
        match self.inner.store.write(renew).await? {
            Outcome::Renewed(tokens) => Ok(tokens),
            Outcome::Reused(ended) => {
                tracing::warn!(user = %ended.user, "a spent refresh token was shown again");
                self.announce(&ended);
                Err(Error::RefreshReused.into())
            }
        }
    }
}

impl Accounts {
    fn renew(
        &self,
        tx: &mut Tx<'_>,
        refresh: &Secret,
        client_info: &ClientInfo,
    ) -> Result<Outcome, AppError> {
        let known = find(tx, refresh)?.ok_or(Error::RefreshInvalid)?;
        let now = tx.env().now();
        admit(&known, now)?;
        let shown = self.shown(tx, &known)?;
        match rules::renew(shown, known.state.created_at, known.state.last_used_at, now) {
            Renewal::Rotate => self.rotate(tx, &known, client_info).map(Outcome::Renewed),
            Renewal::Repeat => self.repeat(&known).map(Outcome::Renewed),
            Renewal::Reused => reused(tx, &known, client_info).map(Outcome::Reused),
            Renewal::Over => Err(Error::RefreshInvalid.into()),
        }
    }

    /// The token before the newest is the one whose successor is unspent.
    fn shown(&self, tx: &mut Tx<'_>, known: &Known<'_>) -> Result<Shown, AppError> {
        let Some(spent_at) = known.spent_at else {
            return Ok(Shown::Newest);
        };
        let successor = Digest::of(&self.inner.keys.successor(known.token));
        Ok(match store::refresh(tx.conn, &successor)? {
            Some((_, None)) => Shown::Parent { spent_at },
            _ => Shown::Older,
        })
    }

    fn rotate(
        &self,
        tx: &mut Tx<'_>,
        known: &Known<'_>,
        client_info: &ClientInfo,
    ) -> Result<Tokens, AppError> {
        let now = tx.env().now();
        let expires_at = rules::ends_at(known.state.created_at, now);
        let successor = self.inner.keys.successor(known.token);
        if !store::spend(tx.conn, &known.digest, now)? {
            return Err(AppError::internal(
                "a refresh token was spent under its lock",
            ));
        }
        store::insert_refresh(tx.conn, &Digest::of(&successor), known.session, expires_at)?;
        store::renewed(tx.conn, known.session, client_info, now, expires_at)?;
        self.tokens_for(known.session, known.state.user_id, successor, expires_at)
    }

    fn repeat(&self, known: &Known<'_>) -> Result<Tokens, AppError> {
        let successor = self.inner.keys.successor(known.token);
        let state = &known.state;
        self.tokens_for(known.session, state.user_id, successor, state.expires_at)
    }
}

/// Finds a token and locks its session until the transaction ends, so that refreshes of one session
/// are serialized.
fn find<'a>(tx: &mut Tx<'_>, token: &'a Secret) -> Result<Option<Known<'a>>, AppError> {
    let digest = Digest::of(token);
    let Some((session, _)) = store::refresh(tx.conn, &digest)? else {
        return Ok(None);
    };
    db::lock(tx.conn, &format!("session:{session}"))?;
    let (Some((_, spent_at)), Some(state)) = (
        store::refresh(tx.conn, &digest)?,
        store::state(tx.conn, session)?,
    ) else {
        return Ok(None);
    };
    Ok(Some(Known {
        token,
        digest,
        spent_at,
        session,
        state,
    }))
}

fn admit(known: &Known<'_>, now: Timestamp) -> Result<(), AppError> {
    let state = &known.state;
    match actor(known.session, state.user_id, Some(state), now) {
        Err(error) if error.is(Error::SessionEnded.code()) => Err(Error::RefreshInvalid.into()),
        other => other.map(|_| ()),
    }
}

fn reused(tx: &mut Tx<'_>, known: &Known<'_>, client_info: &ClientInfo) -> Result<Ended, AppError> {
    let user = known.state.user_id;
    AuditEntry::unknown(user, Action::RefreshReused)
        .from(client_info)
        .record(tx)?;
    ending::end(tx, user, Which::One(known.session))
}
