//! What invites need of other domains, and what others need of invites.

use std::collections::{HashMap, HashSet};

use contract::invites::MatchId;
use contract::users::{Privacy, UserSummary};
use db::{AnyConn, Tx};
use games::catalogue::Catalog;
use games::{MatchDraft, MatchMode, SeatedPlayer, Seating, lookups, open_match};
use invites::InvitesService;
use invites::ports::{FinishedMatch, GameCatalog, MatchDirectory, MatchFactory, NewMatch};
use kernel::{AppError, Relation, Timestamp, UserId};
use serde_json::{Map, Value};
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

/// Opens the matches of accepted invites.
pub(super) struct InvitedMatches;

impl MatchFactory for InvitedMatches {
    fn create_match(&self, tx: &mut Tx<'_>, new_match: &NewMatch<'_>) -> Result<MatchId, AppError> {
        let draft = MatchDraft {
            game: new_match.game,
            mode: MatchMode::Invite,
            options: new_match.options,
            players: new_match.players.map(SeatedPlayer::User),
            seating: Seating::Drawn,
            names: [None, None],
            invite: Some(new_match.invite),
        };
        open_match(tx, &draft)
    }
}

impl MatchDirectory for InvitedMatches {
    fn playing(
        &self,
        conn: &mut AnyConn,
        users: &[UserId],
        _now: Timestamp,
    ) -> Result<Vec<UserId>, AppError> {
        lookups::playing(conn, users)
    }

    fn finished(
        &self,
        conn: &mut AnyConn,
        player: UserId,
        id: MatchId,
    ) -> Result<Option<FinishedMatch>, AppError> {
        let found = lookups::finished(conn, player, id)?;
        Ok(found.map(|found| FinishedMatch {
            opponent: found.opponent,
            game: found.game,
            options: found.options,
        }))
    }
}

/// The catalogue, for invites. Its refusals are those of invites.
pub(super) struct InviteGames(pub(super) Catalog);

impl GameCatalog for InviteGames {
    fn check(&self, game: &str, given: &Map<String, Value>) -> Result<Value, AppError> {
        let Some(game) = self.0.find(game) else {
            return Err(invites::Error::UnknownGame.on_field("game"));
        };
        game.check(given).map_err(refused_by_invites)
    }
}

/// Invites name invalid options in their own words.
fn refused_by_invites(error: AppError) -> AppError {
    if !error.is(games::Error::OptionsInvalid.code()) {
        return error;
    }
    let refusal = AppError::from(invites::Error::OptionsInvalid);
    error.fields().iter().fold(refusal, |refusal, field| {
        refusal.on_field(field.field.clone(), field.problem.clone())
    })
}
