//! What invites need of other domains, and what others need of invites.

use std::collections::{HashMap, HashSet};

use contract::users::{Privacy, UserSummary};
use db::{AnyConn, Tx};
use invites::InvitesService;
use kernel::{AppError, Relation, UserId};
use social::ports::BlockListener;

use crate::services::LateBound;

/// Users with their privacy settings.
pub(super) struct PlayersAdapter;

impl invites::ports::PlayerDirectory for PlayersAdapter {
    fn find_by_username(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<invites::ports::InvitePlayer>, AppError> {
        let Some(id) = accounts::queries::find(conn, username)? else {
            return Ok(None);
        };
        Ok(self.load(conn, &[id])?.remove(&id))
    }

    fn load(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, invites::ports::InvitePlayer>, AppError> {
        let found = accounts::queries::active_with_privacy(conn, ids)?;
        let player = |(id, (summary, privacy)): (UserId, (UserSummary, Privacy))| {
            let game_invites = privacy.game_invites;
            let player = invites::ports::InvitePlayer {
                summary,
                game_invites,
            };
            (id, player)
        };
        Ok(found.into_iter().map(player).collect())
    }

    fn inactive(&self, conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        accounts::queries::inactive(conn, ids)
    }
}

/// The relations between users.
pub(super) struct InviteRelationsAdapter;

impl invites::ports::InviteRelations for InviteRelationsAdapter {
    fn relation(
        &self,
        conn: &mut AnyConn,
        one: UserId,
        other: UserId,
    ) -> Result<Relation, AppError> {
        let relations = social::queries::relations(conn, &[(one, other)])?;
        Ok(relations.first().copied().unwrap_or(Relation::Blocked))
    }

    fn hidden_from(&self, conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
        social::queries::hidden_from(conn, user)
    }
}

/// Cancels the invites between users when one blocks the other.
pub(super) struct InviteBlockListener(pub(super) LateBound<dyn InvitesService>);

impl BlockListener for InviteBlockListener {
    fn blocked(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        self.0.get()?.cancel_between(tx, one, other)
    }
}
