//! Statistics of users, and the totals of the installation.

use std::collections::HashSet;

use async_trait::async_trait;
use contract::leaderboards::{
    GameStatistics, HeadToHead, PlayerRating, RatingDay, SiteTotals, StatisticsOverview,
};
use contract::users::{Statistics, UserSummary};
use db::AnyConn;
use kernel::error::Common;
use kernel::{Actor, AppError, Timestamp, UserId};

use crate::games::Games;
use crate::match_reads::{ShownPlayer, find_shown_player};
use crate::parts::GamesParts;
use crate::queries::boards::Leaderboard;
use crate::queries::ratings::{self, DayRow, RatingRow, day_of};
use crate::queries::statistics::{self, RivalRow, StatisticsRow};
use crate::queries::totals;
use crate::rules::Season;

/// The days of a rating history.
const HISTORY_DAYS: i32 = 90;
/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// Reads statistics.
#[async_trait]
pub trait StatisticsService: Send + Sync {
    /// The statistics of a player, the actor if no name is given, and the totals of the installation.
    ///
    /// # Errors
    /// `users.not_found`, also across a block; `games.history_private`.
    async fn statistics(
        &self,
        actor: &Actor,
        player: Option<String>,
    ) -> Result<StatisticsOverview, AppError>;

    /// The actor against another user, by game.
    ///
    /// # Errors
    /// `users.not_found`, also across a block.
    async fn head_to_head(
        &self,
        actor: &Actor,
        opponent: &str,
    ) -> Result<Vec<HeadToHead>, AppError>;
}

#[async_trait]
impl StatisticsService for Games {
    async fn statistics(
        &self,
        actor: &Actor,
        player: Option<String>,
    ) -> Result<StatisticsOverview, AppError> {
        let viewer = actor.user;
        let now = self.parts.store.env().now();
        self.read(move |conn, parts| {
            let ShownPlayer { user, hidden } = match player {
                Some(name) => find_shown_player(conn, parts, viewer, &name)?,
                None => ShownPlayer::oneself(viewer),
            };
            let summary = parts.players.summaries(conn, &[user])?.remove(&user);
            Ok(StatisticsOverview {
                totals: site_totals(conn, parts)?,
                user: summary.ok_or(Common::UserNotFound)?,
                games: by_game(conn, parts, user, &hidden, now)?,
            })
        })
        .await
    }

    async fn head_to_head(
        &self,
        actor: &Actor,
        opponent: &str,
    ) -> Result<Vec<HeadToHead>, AppError> {
        let (user, name) = (actor.user, opponent.to_owned());
        self.read(move |conn, parts| {
            let found = parts.players.find_by_username(conn, &name)?;
            let opponent = found.ok_or(Common::UserNotFound)?.0;
            let hidden = parts.relations.hidden_from(conn, user)?;
            if hidden.contains(&opponent.id) {
                return Err(Common::UserNotFound.into());
            }
            let rows = statistics::head_to_head(conn, user, opponent.id)?;
            let to_dto = |row: RivalRow| head_to_head(row, opponent.clone());
            Ok(rows.into_iter().map(to_dto).collect())
        })
        .await
    }
}

fn site_totals(conn: &mut AnyConn, parts: &GamesParts) -> Result<SiteTotals, AppError> {
    let (matches, points, duration_ms) = totals::sum(conn)?;
    Ok(SiteTotals {
        users: parts.players.count(conn)?,
        matches,
        tournaments: 0,
        points,
        duration_ms,
    })
}

/// The statistics of a user, without opponents who do not show their matches to the viewer.
fn by_game(
    conn: &mut AnyConn,
    parts: &GamesParts,
    user: UserId,
    hidden: &HashSet<UserId>,
    now: Timestamp,
) -> Result<Vec<GameStatistics>, AppError> {
    let season = Season::at(now).to_string();
    let rated = ratings::of_season(conn, user, &season)?;
    let mut games = vec![];
    for row in statistics::of_user(conn, user)? {
        let own = rated.iter().find(|rating| rating.game == row.game);
        games.push(GameStatistics {
            rating: own.map(|own| rating(conn, own)).transpose()?,
            best_opponent: extreme(conn, parts, (user, &row.game), hidden, true)?,
            worst_opponent: extreme(conn, parts, (user, &row.game), hidden, false)?,
            rating_history: rating_history(conn, user, &row.game, now)?,
            ..counts(row)
        });
    }
    Ok(games)
}

fn counts(row: StatisticsRow) -> GameStatistics {
    GameStatistics {
        game: row.game,
        matches: row.won + row.lost + row.drawn,
        wins: row.won,
        losses: row.lost,
        draws: row.drawn,
        early_wins: row.won_early,
        early_losses: row.lost_early,
        streak: row.streak,
        best_streak: row.best_streak,
        points_for: row.points_for,
        points_against: row.points_against,
        duration_ms: row.duration_ms,
        longest_rally: row.longest_rally,
        last_played_at: row.last_at,
        rating: None,
        best_opponent: None,
        worst_opponent: None,
        rating_history: vec![],
    }
}

/// The rating of a row, with its rank.
fn rating(conn: &mut AnyConn, row: &RatingRow) -> Result<PlayerRating, AppError> {
    let board = Leaderboard {
        game: row.game.clone(),
        season: row.season.clone(),
    };
    let rank = match row.board_points() {
        Some(points) => Some(board.counted(conn)?.rank(conn, points)?),
        None => None,
    };
    #[allow(clippy::cast_possible_truncation, reason = "a deviation is 45 to 350")]
    let deviation = row.deviation.round() as i32;
    Ok(PlayerRating {
        season: row.season.clone(),
        rating: row.points,
        deviation,
        provisional: row.rating().is_provisional(),
        peak: row.peak,
        matches: row.games,
        rank,
    })
}

fn extreme(
    conn: &mut AnyConn,
    parts: &GamesParts,
    (user, game): (UserId, &str),
    hidden: &HashSet<UserId>,
    best: bool,
) -> Result<Option<HeadToHead>, AppError> {
    let found = statistics::extreme_rival(conn, user, game, best)?;
    let Some(row) = found.filter(|row| !hidden.contains(&row.opponent_id)) else {
        return Ok(None);
    };
    let mut summaries = parts.players.summaries(conn, &[row.opponent_id])?;
    let opponent = summaries.remove(&row.opponent_id);
    Ok(opponent.map(|opponent| head_to_head(row, opponent)))
}

fn head_to_head(row: RivalRow, opponent: UserSummary) -> HeadToHead {
    HeadToHead {
        opponent,
        game: row.game,
        wins: row.won,
        losses: row.lost,
        draws: row.drawn,
    }
}

fn rating_history(
    conn: &mut AnyConn,
    user: UserId,
    game: &str,
    now: Timestamp,
) -> Result<Vec<RatingDay>, AppError> {
    let since = day_of(now).saturating_sub(HISTORY_DAYS);
    let days = ratings::days(conn, user, game, since)?;
    Ok(days.into_iter().map(rating_day).collect())
}

fn rating_day((day, close, low, high): DayRow) -> RatingDay {
    let micros = i64::from(day) * DAY_SECONDS * 1_000_000;
    let date = Timestamp::from_micros(micros).utc().date_naive();
    RatingDay {
        date: date.to_string(),
        rating: close,
        lowest: low,
        highest: high,
    }
}

/// The statistics of a user over all games, for profiles.
///
/// # Errors
/// Only if the database fails.
pub fn profile_statistics(conn: &mut AnyConn, user: UserId) -> Result<Statistics, AppError> {
    let mut all = Statistics::default();
    for row in statistics::of_user(conn, user)? {
        all.matches += row.won + row.lost + row.drawn;
        all.wins += row.won;
        all.losses += row.lost;
        all.draws += row.drawn;
        all.points += row.points_for;
        all.tournaments += row.tournaments;
        all.tournament_wins += row.tournament_wins;
    }
    Ok(all)
}
