//! What invites need of other domains, and what others need of invites.

use std::collections::{HashMap, HashSet};

use contract::users::{Privacy, UserSummary};
use db::{AnyConn, Tx};
use invites::InvitesService;
use kernel::{AppError, UserId};
use social::ports::BlockListener;

use crate::services::Later;

/// Users with their privacy settings.
pub(super) struct PlayersAdapter;

impl invites::ports::Players for PlayersAdapter {
    fn named(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<invites::ports::Player>, AppError> {
        let Some(id) = accounts::queries::find(conn, username)? else {
            return Ok(None);
        };
        Ok(self.of(conn, &[id])?.remove(&id))
    }

    fn of(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, invites::ports::Player>, AppError> {
        let found = accounts::queries::active_with_privacy(conn, ids)?;
        let player = |(id, (summary, privacy)): (UserId, (UserSummary, Privacy))| {
            let game_invites = privacy.game_invites;
            let player = invites::ports::Player {
                summary,
                game_invites,
            };
            (id, player)
        };
        Ok(found.into_iter().map(player).collect())
    }

    fn absent(&self, conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        accounts::queries::inactive(conn, ids)
    }
}

/// The relations between users.
pub(super) struct RelationsAdapter;

impl invites::ports::Contacts for RelationsAdapter {
    fn relation(
        &self,
        conn: &mut AnyConn,
        one: UserId,
        other: UserId,
    ) -> Result<invites::ports::Relation, AppError> {
        use invites::ports::Relation;
        let relations = social::queries::relations(conn, &[(one, other)])?;
        Ok(match relations.first() {
            Some(social::Relation::Friend) => Relation::Friend,
            Some(social::Relation::Stranger) => Relation::Stranger,
            Some(social::Relation::Blocked) | None => Relation::Blocked,
        })
    }

    fn hidden_from(&self, conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
        social::queries::hidden_from(conn, user)
    }
}

/// Cancels the invites between users when one blocks the other.
pub(super) struct BlockAdapter(pub(super) Later<dyn InvitesService>);

impl BlockListener for BlockAdapter {
    fn blocked(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        self.0.get()?.cancel_between(tx, one, other)
    }
}
