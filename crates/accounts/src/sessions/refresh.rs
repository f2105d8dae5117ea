//! Refresh tokens: each is exchanged for the next, and reuse reveals a copied token.

use async_trait::async_trait;
use contract::users::Profile;
use db::Tx;
use kernel::{AppError, Secret, SessionId, Timestamp};

use super::queries::{self, SessionState};
use super::sign_out::{self, EndedSessions, SessionSelection};
use super::{Tokens, actor};
use crate::Accounts;
use crate::audit::{AuditAction, AuditEntry};
use crate::client_info::ClientInfo;
use crate::error::Error;
use crate::keys::TokenDigest;
use crate::profile;
use crate::rules::session::{self as rules, PresentedToken, RefreshDecision};

/// The result of presenting a refresh token. `T` is what was read with the new tokens.
enum RefreshOutcome<T> {
    Renewed(Tokens, T),
    /// Committed as well: the session has ended.
    Reused(EndedSessions),
}

/// A refresh token that exists.
struct KnownRefreshToken<'a> {
    token: &'a Secret,
    digest: TokenDigest,
    spent_at: Option<Timestamp>,
    session: SessionId,
    state: SessionState,
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

    /// [`refresh`](Self::refresh), with the user's profile from the same transaction.
    ///
    /// # Errors
    /// Those of [`refresh`](Self::refresh).
    async fn refresh_with_profile(
        &self,
        refresh: &Secret,
        client_info: &ClientInfo,
    ) -> Result<(Tokens, Profile), AppError>;
}

#[async_trait]
impl TokenRefreshService for Accounts {
    async fn refresh(
        &self,
        refresh: &Secret,
        client_info: &ClientInfo,
    ) -> Result<Tokens, AppError> {
        let no_more = |_: &mut Tx<'_>, _: &Tokens| Ok(());
        let (tokens, ()) = self.renew_and_read(refresh, client_info, no_more).await?;
        Ok(tokens)
    }

    async fn refresh_with_profile(
        &self,
        refresh: &Secret,
        client_info: &ClientInfo,
    ) -> Result<(Tokens, Profile), AppError> {
        let read = |tx: &mut Tx<'_>, tokens: &Tokens| {
            let now = tx.env().now();
            profile::load(tx.conn, tokens.user, now)
        };
        self.renew_and_read(refresh, client_info, read).await
    }
}

impl Accounts {
    /// Renews the tokens and reads something with them, in one transaction.
    async fn renew_and_read<T: Send + 'static>(
        &self,
        refresh: &Secret,
        client_info: &ClientInfo,
        read: fn(&mut Tx<'_>, &Tokens) -> Result<T, AppError>,
    ) -> Result<(Tokens, T), AppError> {
        let (this, refresh, client_info) = (self.clone(), refresh.clone(), client_info.clone());
        let renew = move |tx: &mut Tx<'_>| match this.renew(tx, &refresh, &client_info)? {
            RefreshOutcome::Renewed(tokens, ()) => {
                let found = read(tx, &tokens)?;
                Ok(RefreshOutcome::Renewed(tokens, found))
            }
            RefreshOutcome::Reused(ended) => Ok(RefreshOutcome::Reused(ended)),
        };
        match self.inner.store.write(renew).await? {
            RefreshOutcome::Renewed(tokens, found) => Ok((tokens, found)),
            RefreshOutcome::Reused(ended) => {
                tracing::warn!(user_id = %ended.user, "spent refresh token presented");
                self.announce(&ended);
                Err(Error::RefreshReused.into())
            }
        }
    }

    fn renew(
        &self,
        tx: &mut Tx<'_>,
        refresh: &Secret,
        client_info: &ClientInfo,
    ) -> Result<RefreshOutcome<()>, AppError> {
        let known = find(tx, refresh)?.ok_or(Error::RefreshInvalid)?;
        let now = tx.env().now();
        check_active(&known, now)?;
        let position = self.position(tx, &known)?;
        match rules::decide(
            position,
            known.state.created_at,
            known.state.last_used_at,
            now,
        ) {
            RefreshDecision::Rotate => self
                .rotate(tx, &known, client_info)
                .map(|tokens| RefreshOutcome::Renewed(tokens, ())),
            RefreshDecision::Repeat => self
                .repeat(&known)
                .map(|tokens| RefreshOutcome::Renewed(tokens, ())),
            RefreshDecision::Reused => reused(tx, &known, client_info).map(RefreshOutcome::Reused),
            RefreshDecision::Expired => Err(Error::RefreshInvalid.into()),
        }
    }

    /// The token before the newest is the one whose successor is unspent.
    fn position(
        &self,
        tx: &mut Tx<'_>,
        known: &KnownRefreshToken<'_>,
    ) -> Result<PresentedToken, AppError> {
        let Some(spent_at) = known.spent_at else {
            return Ok(PresentedToken::Newest);
        };
        let successor = TokenDigest::of(&self.inner.keys.successor(known.token));
        Ok(match queries::refresh(tx.conn, &successor)? {
            Some((_, None)) => PresentedToken::Parent { spent_at },
            _ => PresentedToken::Older,
        })
    }

    fn rotate(
        &self,
        tx: &mut Tx<'_>,
        known: &KnownRefreshToken<'_>,
        client_info: &ClientInfo,
    ) -> Result<Tokens, AppError> {
        let now = tx.env().now();
        let expires_at = rules::ends_at(known.state.created_at, now);
        let successor = self.inner.keys.successor(known.token);
        if !queries::spend(tx.conn, &known.digest, now)? {
            return Err(AppError::internal("refresh token spent despite the lock"));
        }
        queries::insert_refresh(
            tx.conn,
            &TokenDigest::of(&successor),
            known.session,
            expires_at,
        )?;
        queries::record_refresh(tx.conn, known.session, client_info, now, expires_at)?;
        self.tokens_for(known.session, known.state.user_id, successor, expires_at)
    }

    fn repeat(&self, known: &KnownRefreshToken<'_>) -> Result<Tokens, AppError> {
        let successor = self.inner.keys.successor(known.token);
        let state = &known.state;
        self.tokens_for(known.session, state.user_id, successor, state.expires_at)
    }
}

/// Finds a token and locks its session until the transaction ends, so that refreshes of one session
/// are serialized.
fn find<'a>(tx: &mut Tx<'_>, token: &'a Secret) -> Result<Option<KnownRefreshToken<'a>>, AppError> {
    let digest = TokenDigest::of(token);
    let Some((session, _)) = queries::refresh(tx.conn, &digest)? else {
        return Ok(None);
    };
    db::lock(tx.conn, &format!("session:{session}"))?;
    let (Some((_, spent_at)), Some(state)) = (
        queries::refresh(tx.conn, &digest)?,
        queries::state(tx.conn, session)?,
    ) else {
        return Ok(None);
    };
    Ok(Some(KnownRefreshToken {
        token,
        digest,
        spent_at,
        session,
        state,
    }))
}

fn check_active(known: &KnownRefreshToken<'_>, now: Timestamp) -> Result<(), AppError> {
    let state = &known.state;
    match actor(known.session, state.user_id, Some(state), now) {
        Err(error) if error.is(Error::SessionEnded.code()) => Err(Error::RefreshInvalid.into()),
        other => other.map(|_| ()),
    }
}

fn reused(
    tx: &mut Tx<'_>,
    known: &KnownRefreshToken<'_>,
    client_info: &ClientInfo,
) -> Result<EndedSessions, AppError> {
    let user = known.state.user_id;
    AuditEntry::anonymous(user, AuditAction::RefreshReused)
        .from(client_info)
        .record(tx)?;
    sign_out::end(tx, user, SessionSelection::One(known.session))
}
