//! Leaderboards and statistics.

use actix_web::{get, web};
use contract::envelope::{Envelope, ListEnvelope};
use contract::leaderboards::{HeadToHeads, LeaderboardEntry, StatisticsOverview};
use games::{GamesService, LeaderboardPart};
use http_kit::{
    ApiResponse, ApiResult, CurrentUser, Limit, ListResult, PageParams, PathParam, Query,
    QueryPair, Routes, rate_limit,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

rate_limit!(ReadingStatistics, "read_statistics", 120 in 60, User);

pub(super) fn leaderboard_routes(leaderboards: &mut Routes<'_>) {
    leaderboards.add(list_leaderboard);
}

pub(super) fn statistics_routes(statistics: &mut Routes<'_>) {
    statistics.add(get_statistics).add(get_head_to_head);
}

/// Around whom to list a leaderboard.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Around {
    /// The current user, with ten users above and below.
    Me,
}

/// Which part of a leaderboard to list.
#[derive(Debug, Clone, Deserialize, Validate)]
struct LeaderboardQuery {
    #[validate(length(max = 10, message = "as in 2026-Q4"))]
    season: Option<String>,
    around: Option<Around>,
    #[serde(default)]
    friends: bool,
}

/// Whose statistics to get.
#[derive(Debug, Clone, Deserialize, Validate)]
struct StatisticsQuery {
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    player: Option<String>,
}

/// Against whom to compare.
#[derive(Debug, Clone, Deserialize, Validate)]
struct OpponentQuery {
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    opponent: String,
}

/// List a leaderboard
///
/// Players stand on the leaderboard after ten rated matches in the season, once their rating is reliable.
/// Users with the same rating share a rank.
#[utoipa::path(tag = "Leaderboards",
    params(("game" = String, Path, min_length = 1, max_length = 40, description = "The game.", example = "pong"),
        ("season" = Option<String>, Query, max_length = 10, description = "The season, a quarter. The default is the current one.", example = "2026-Q4"),
        ("around" = inline(Option<Around>), Query, description = "`me`: only the current user, with ten users above and below."),
        ("friends" = Option<bool>, Query, description = "Whether to list only the current user and their friends."),
        PageParams),
    responses((status = 200, description = "The leaderboard, the highest rating first.", body = ListEnvelope<LeaderboardEntry>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["games.game_not_found", "games.season_invalid",
        "games.not_ranked", "too_many_requests"]))))]
#[get("/{game}/")]
async fn list_leaderboard(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ReadingStatistics>,
    PathParam(game): PathParam<String>,
    QueryPair(Query(query), mut page): QueryPair<Query<LeaderboardQuery>, PageParams>,
    games: web::Data<dyn GamesService>,
) -> ListResult<LeaderboardEntry> {
    let part = match (query.around, query.friends) {
        (Some(Around::Me), _) => LeaderboardPart::AroundMe,
        (None, true) => LeaderboardPart::Friends,
        (None, false) => LeaderboardPart::All,
    };
    let listed = games.leaderboard(&actor, &game, query.season, part, page.request);
    let (listed_page, listed) = listed.await?;
    page.request = listed_page;
    Ok(page.respond(listed))
}

/// Get statistics
///
/// The statistics of a player in each game, against other users, and the all-time totals of the
/// installation.
#[utoipa::path(tag = "Leaderboards",
    params(("player" = Option<String>, Query, min_length = 1, max_length = 60, description = "The player's username. The default is the current user.", example = "ada")),
    responses((status = 200, description = "The statistics.", body = Envelope<StatisticsOverview>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.not_found", "games.history_private", "too_many_requests"]))))]
#[get("/")]
async fn get_statistics(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ReadingStatistics>,
    Query(query): Query<StatisticsQuery>,
    games: web::Data<dyn GamesService>,
) -> ApiResult<StatisticsOverview> {
    let statistics = games.statistics(&actor, query.player).await?;
    Ok(ApiResponse::ok(statistics))
}

/// Compare with another user
///
/// What the current user has won and lost against another one, by game.
#[utoipa::path(tag = "Leaderboards",
    params(("opponent" = String, Query, min_length = 1, max_length = 60, description = "The other user's username.", example = "grace")),
    responses((status = 200, description = "One entry for each game that both have played.", body = Envelope<HeadToHeads>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.not_found", "too_many_requests"]))))]
#[get("/head-to-head/")]
async fn get_head_to_head(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ReadingStatistics>,
    Query(query): Query<OpponentQuery>,
    games: web::Data<dyn GamesService>,
) -> ApiResult<HeadToHeads> {
    let compared = games.head_to_head(&actor, &query.opponent).await?;
    Ok(ApiResponse::ok(HeadToHeads(compared)))
}
