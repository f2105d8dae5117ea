//! The service of this crate, which names all its parts.

use std::sync::Arc;

use async_trait::async_trait;
use db::{AnyConn, IdempotencyKey, PagedJson, Tx};
use kernel::{AppError, UserId};
use serde_json::{Value, json};

use crate::erasure::delete_figures;
use crate::games::Games;
use crate::home::HomeGamesService;
use crate::leaderboards::LeaderboardService;
use crate::match_dto;
use crate::match_reads::MatchReadsService;
use crate::match_starts::MatchStartService;
use crate::opening::end_interruptible;
use crate::player_statistics::StatisticsService;
use crate::queries::{history, ratings};

/// Matches that are deleted in one transaction.
const DELETED_AT_ONCE: i64 = 200;

/// Games: catalogue, matches, leaderboards and statistics.
///
/// Each method of this trait and its parts may fail as `unavailable` or `overloaded` when the database
/// does, and names its other errors.
#[async_trait]
pub trait GamesService:
    MatchStartService + MatchReadsService + LeaderboardService + StatisticsService + HomeGamesService
{
    /// The same service for a request that creates something: repeated with the same key, it creates
    /// nothing more and returns the first result.
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn GamesService>;

    /// The chapter of this crate in a user's data export.
    fn personal_data(&self, user: UserId) -> PagedJson;

    /// Deletes the ratings of a user whose account is deleted, and the matches that they played alone.
    /// Matches against other users stay, with nothing but their id.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn forget(&self, user: UserId) -> Result<(), AppError>;
}

#[async_trait]
impl GamesService for Games {
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn GamesService> {
        let parts = Arc::clone(&self.parts);
        Arc::new(Self { parts, key })
    }

    fn personal_data(&self, user: UserId) -> PagedJson {
        let (store, parts) = (&self.parts.store, Arc::clone(&self.parts));
        let matches = PagedJson::list(store, move |conn, after, limit| {
            let ids = history::export_page(conn, user, after, limit)?;
            let shown = match_dto::load(conn, &parts, &ids)?;
            let export = |shown| Ok(serde_json::to_value(shown)?);
            let values: Result<Vec<Value>, AppError> = shown.into_iter().map(export).collect();
            Ok(ids.into_iter().zip(values?).collect())
        });
        let ratings = PagedJson::value(store, move |conn| export_ratings(conn, user));
        PagedJson::object([("matches", matches), ("ratings", ratings)])
    }

    async fn forget(&self, user: UserId) -> Result<(), AppError> {
        let store = &self.parts.store;
        store.write(move |tx| forget_ratings(tx, user)).await?;
        while store.write(move |tx| forget_matches(tx, user)).await? {}
        Ok(())
    }
}

fn export_ratings(conn: &mut AnyConn, user: UserId) -> Result<Value, AppError> {
    let rows = ratings::all_of(conn, user)?;
    let export = |row: ratings::RatingRow| {
        json!({
            "game": row.game, "season": row.season, "rating": row.points, "peak": row.peak,
            "matches": row.games, "last_at": row.last_at,
        })
    };
    Ok(rows.into_iter().map(export).collect())
}

fn forget_ratings(tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
    db::lock(tx.conn, &format!("games:{user}"))?;
    end_interruptible(tx, &[user])?;
    delete_figures(tx.conn, user)
}

/// Returns whether there may be more.
fn forget_matches(tx: &mut Tx<'_>, user: UserId) -> Result<bool, AppError> {
    let alone = history::alone(tx.conn, user, DELETED_AT_ONCE)?;
    history::delete(tx.conn, &alone)?;
    Ok(!alone.is_empty())
}
