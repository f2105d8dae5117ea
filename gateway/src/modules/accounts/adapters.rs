//! What the server and other crates need of accounts, and what accounts need of other domains.

use std::collections::HashMap;
use std::sync::Arc;

use accounts::AccountsService;
use async_trait::async_trait;
use db::AnyConn;
use http_kit::ports::{Authenticator, RequestHasher};
use kernel::{Actor, AppError, Relation, Secret, SessionId, UserId};
use realtime::SessionPort;

use super::session_lookups::count_session_lookup;
use crate::sockets::handshake::TicketRedeemer;

/// Authenticates requests and sockets.
#[derive(Clone)]
pub(super) struct AccountsAdapter(pub(super) Arc<dyn AccountsService>);

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
        count_session_lookup(self.0.current_actor(actor)).await
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
pub(super) struct AccountsRelations;

impl accounts::ports::RelationsPort for AccountsRelations {
    fn between(
        &self,
        conn: &mut AnyConn,
        viewer: UserId,
        other: UserId,
    ) -> Result<Relation, AppError> {
        let relations = social::queries::relations(conn, &[(viewer, other)])?;
        Ok(relations.first().copied().unwrap_or(Relation::Blocked))
    }

    fn hidden_from(&self, conn: &mut AnyConn, viewer: UserId) -> Result<Vec<UserId>, AppError> {
        let hidden = social::queries::hidden_from(conn, viewer)?;
        Ok(hidden.into_iter().collect())
    }
}

/// The statistics in profiles.
pub(super) struct PlayedStatistics;

impl accounts::ports::StatisticsPort for PlayedStatistics {
    fn of(
        &self,
        conn: &mut AnyConn,
        user: UserId,
    ) -> Result<contract::users::Statistics, AppError> {
        games::lookups::profile_statistics(conn, user)
    }
}
