//! What the server and other crates need of accounts, and what accounts need of other domains.

use std::collections::HashMap;

use accounts::Accounts;
use accounts::rules::privacy::Relation;
use async_trait::async_trait;
use http_kit::ports::{Authenticator, RequestHasher};
use kernel::{Actor, AppError, Secret, SessionId, UserId};
use realtime::SessionPort;
use social::Social;

use super::session_lookups::count_session_lookup;
use crate::services::Later;
use crate::sockets::handshake::TicketRedeemer;

/// Authenticates requests and sockets.
#[derive(Clone)]
pub(super) struct AccountsAdapter(pub(super) Accounts);

#[async_trait]
impl Authenticator for AccountsAdapter {
    async fn authenticate(&self, token: &str) -> Result<Actor, AppError> {
        count_session_lookup(self.0.authenticate(token)).await
    }

    fn require_verified(&self, actor: &Actor) -> Result<(), AppError> {
        self.0.require_verified(actor)
    }
}

impl RequestHasher for AccountsAdapter {
    fn request_digest(&self, scope: &str, body: &[u8; 32]) -> [u8; 32] {
        self.0.request_digest(scope, body)
    }
}

#[async_trait]
impl TicketRedeemer for AccountsAdapter {
    async fn redeem(&self, ticket: &Secret) -> Result<Actor, AppError> {
        self.0.redeem_ticket(ticket).await
    }
}

#[async_trait]
impl SessionPort for AccountsAdapter {
    async fn current_actor(&self, actor: &Actor) -> Result<Actor, AppError> {
        count_session_lookup(self.0.as_of_now(actor)).await
    }

    async fn current_actors(
        &self,
        sessions: Vec<SessionId>,
    ) -> Result<HashMap<SessionId, Actor>, AppError> {
        self.0.current_actors(sessions).await
    }

    fn forget(&self, sessions: &[SessionId]) {
        self.0.forget_sessions(sessions);
    }
}

/// The relations between users.
pub(super) struct RelationsAdapter(pub(super) Later<Social>);

#[async_trait]
impl accounts::ports::Relations for RelationsAdapter {
    async fn between(&self, viewer: UserId, other: UserId) -> Result<Relation, AppError> {
        Ok(match self.0.get()?.relation(viewer, other).await? {
            social::Relation::Friend => Relation::Friend,
            social::Relation::Stranger => Relation::Stranger,
            social::Relation::Blocked => Relation::Blocked,
        })
    }

    async fn hidden_from(&self, viewer: UserId) -> Result<Vec<UserId>, AppError> {
        let hidden = self.0.get()?.hidden_from(viewer).await?;
        Ok(hidden.into_iter().collect())
    }
}
