//! What games need of other domains.

use std::collections::{HashMap, HashSet};

use contract::accounts::Audience;
use contract::users::{AiSettings, UserSummary};
use db::AnyConn;
use kernel::{AppError, Relation, UserId};

/// The names and settings of users.
pub(super) struct GamePlayersAdapter;

impl games::ports::GamePlayers for GamePlayersAdapter {
    fn find_by_username(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<(UserSummary, Audience)>, AppError> {
        let Some(id) = accounts::queries::find(conn, username)? else {
            return Ok(None);
        };
        let found = accounts::queries::active_with_privacy(conn, &[id])?.remove(&id);
        Ok(found.map(|(summary, privacy)| (summary, privacy.match_history)))
    }

    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        accounts::queries::summaries(conn, ids)
    }

    fn history_audiences(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, Audience>, AppError> {
        let found = accounts::queries::active_with_privacy(conn, ids)?;
        let audience = |(id, (_, privacy)): (UserId, (_, contract::users::Privacy))| {
            (id, privacy.match_history)
        };
        Ok(found.into_iter().map(audience).collect())
    }

    fn ai_settings(&self, conn: &mut AnyConn, user: UserId) -> Result<AiSettings, AppError> {
        accounts::queries::ai_settings(conn, user)
    }

    fn count(&self, conn: &mut AnyConn) -> Result<i64, AppError> {
        accounts::queries::count(conn)
    }
}

/// The relations between users.
pub(super) struct GameRelationsAdapter;

impl games::ports::GameRelations for GameRelationsAdapter {
    fn relations(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError> {
        social::queries::relations(conn, pairs)
    }

    fn friends(&self, conn: &mut AnyConn, user: UserId) -> Result<Vec<UserId>, AppError> {
        social::queries::friends_of(conn, user)
    }

    fn hidden_from(&self, conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
        social::queries::hidden_from(conn, user)
    }
}
