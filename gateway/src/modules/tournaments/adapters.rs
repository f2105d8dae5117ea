//! What tournaments need of other domains, and what games need of tournaments.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use contract::invites::MatchId;
use contract::matches::GameMatch;
use contract::users::UserSummary;
use db::{AnyConn, Tx};
use games::ports::MatchListener;
use games::{
    EndReason, EndedMatch, GamesParts, MatchCancelReason, MatchDraft, MatchEnding, MatchMode,
    SeatedPlayer, Seating, StoredMatch, cancel_match, lookups, open_match,
};
use kernel::{AppError, Relation, UserId};
use serde_json::{Map, Value};
use tournaments::TournamentsService;
use tournaments::ports::{
    CalledMatch, CalledMatchEnd, CalledMatchEnded, EntrantRating, SavedScore, TournamentGames,
    TournamentRelations, TournamentUser, TournamentUsers,
};

use crate::services::LateBound;

/// Users with their privacy settings.
pub(super) struct TournamentUsersAdapter;

impl TournamentUsers for TournamentUsersAdapter {
    fn find_by_usernames(
        &self,
        conn: &mut AnyConn,
        usernames: &[String],
    ) -> Result<Vec<TournamentUser>, AppError> {
        let mut ids = vec![];
        for username in usernames {
            ids.extend(accounts::queries::find(conn, username)?);
        }
        let found = accounts::queries::active_with_privacy(conn, &ids)?;
        let user = |(summary, privacy): (UserSummary, contract::users::Privacy)| TournamentUser {
            summary,
            game_invites: privacy.game_invites,
            match_history: privacy.match_history,
        };
        Ok(found.into_values().map(user).collect())
    }

    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        accounts::queries::summaries(conn, ids)
    }
}

/// The relations between users.
pub(super) struct TournamentRelationsAdapter;

impl TournamentRelations for TournamentRelationsAdapter {
    fn relations(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError> {
        social::queries::relations(conn, pairs)
    }

    fn blocks_among(
        &self,
        conn: &mut AnyConn,
        users: &[UserId],
    ) -> Result<Vec<(UserId, UserId)>, AppError> {
        social::queries::blocks_among(conn, users)
    }

    fn friends(&self, conn: &mut AnyConn, user: UserId) -> Result<Vec<UserId>, AppError> {
        social::queries::friends_of(conn, user)
    }

    fn hidden_from(&self, conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
        social::queries::hidden_from(conn, user)
    }
}

/// The games, and the matches of tournaments.
pub(super) struct TournamentGamesAdapter(pub(super) Arc<GamesParts>);

impl TournamentGames for TournamentGamesAdapter {
    fn check(&self, game: &str, options: &Map<String, Value>) -> Result<Value, AppError> {
        let Some(game) = self.0.catalog.find(game) else {
            return Err(tournaments::Error::UnknownGame.on_field("game"));
        };
        game.check(options).map_err(refused_by_tournaments)
    }

    fn ratings(
        &self,
        conn: &mut AnyConn,
        game: &str,
        users: &[UserId],
    ) -> Result<HashMap<UserId, EntrantRating>, AppError> {
        let latest = lookups::latest_ratings(conn, users, game)?;
        let rating = |(user, rating): (UserId, lookups::LatestRating)| {
            let rating = EntrantRating {
                points: rating.points,
                is_provisional: rating.is_provisional,
            };
            (user, rating)
        };
        Ok(latest.into_iter().map(rating).collect())
    }

    fn engaged(&self, conn: &mut AnyConn, users: &[UserId]) -> Result<Vec<UserId>, AppError> {
        lookups::playing(conn, users)
    }

    fn open(&self, tx: &mut Tx<'_>, called: &CalledMatch<'_>) -> Result<MatchId, AppError> {
        let [first, second] = &called.players;
        let is_one_keyboard = first.user == second.user;
        let draft = MatchDraft {
            game: called.game,
            mode: MatchMode::Tournament,
            options: called.options,
            players: if is_one_keyboard {
                [SeatedPlayer::User(first.user), SeatedPlayer::Local]
            } else {
                [first, second].map(|player| SeatedPlayer::User(player.user))
            },
            seating: if is_one_keyboard {
                Seating::InOrder
            } else {
                Seating::Drawn
            },
            names: called
                .players
                .each_ref()
                .map(|player| player.local_name.clone()),
            invite: None,
        };
        open_match(tx, &draft)
    }

    fn cancel(&self, tx: &mut Tx<'_>, id: MatchId) -> Result<(), AppError> {
        cancel_match(tx, id)
    }

    fn live_scores(
        &self,
        conn: &mut AnyConn,
        ids: &[MatchId],
    ) -> Result<Vec<SavedScore>, AppError> {
        let found = lookups::live_scores(conn, ids)?.into_iter();
        let saved = |live: lookups::LiveScore| SavedScore {
            id: live.id,
            users: live.users,
            score: live.score,
        };
        Ok(found.map(saved).collect())
    }

    fn matches(&self, conn: &mut AnyConn, ids: &[MatchId]) -> Result<Vec<GameMatch>, AppError> {
        lookups::with_timelines(conn, &self.0, ids)
    }

    fn count_tournament(
        &self,
        tx: &mut Tx<'_>,
        game: &str,
        users: &[UserId],
        winner: Option<UserId>,
    ) -> Result<(), AppError> {
        lookups::count_tournament(tx, game, users, winner)
    }
}

/// Tournaments name invalid options in their own words.
fn refused_by_tournaments(error: AppError) -> AppError {
    if !error.is(games::Error::OptionsInvalid.code()) {
        return error;
    }
    let refusal = AppError::from(tournaments::Error::OptionsInvalid);
    error.fields().iter().fold(refusal, |refusal, field| {
        refusal.on_field(field.field.clone(), field.problem.clone())
    })
}

/// Lets brackets advance in the transaction that stores a result.
pub(super) struct TournamentMatches(pub(super) LateBound<dyn TournamentsService>);

impl MatchListener for TournamentMatches {
    fn may_see(&self, conn: &mut AnyConn, user: UserId, id: MatchId) -> Result<bool, AppError> {
        self.0.get()?.may_see_match(conn, user, id)
    }

    fn lock(&self, tx: &mut Tx<'_>, stored: &StoredMatch) -> Result<(), AppError> {
        if stored.mode != MatchMode::Tournament {
            return Ok(());
        }
        self.0.get()?.lock_of_match(tx, stored.id)
    }

    fn match_started(&self, tx: &mut Tx<'_>, id: MatchId) -> Result<(), AppError> {
        self.0.get()?.match_started(tx, id)
    }

    fn match_ended(
        &self,
        tx: &mut Tx<'_>,
        stored: &StoredMatch,
        ended: &EndedMatch,
    ) -> Result<(), AppError> {
        if stored.mode != MatchMode::Tournament {
            return Ok(());
        }
        let ended = CalledMatchEnded {
            id: stored.id,
            users: stored.players.each_ref().map(SeatedPlayer::user),
            end: end_of(&ended.ending),
        };
        self.0.get()?.match_ended(tx, &ended)
    }
}

/// What the end of a match means to a tournament. Nobody may leave a match of a tournament without losing it.
fn end_of(ending: &MatchEnding) -> CalledMatchEnd {
    match *ending {
        MatchEnding::Finished(outcome) => CalledMatchEnd::Finished {
            winner: outcome.winner.map(games::Seat::index),
            score: outcome.score,
            is_forfeit: matches!(outcome.reason, EndReason::Forfeit | EndReason::Resignation),
        },
        MatchEnding::Canceled { reason, at_fault } => match reason {
            MatchCancelReason::NoShow | MatchCancelReason::Declined | MatchCancelReason::Abort => {
                CalledMatchEnd::Absent(at_fault)
            }
            MatchCancelReason::Void => CalledMatchEnd::Absent([true; 2]),
            MatchCancelReason::Server => CalledMatchEnd::Void,
        },
    }
}
