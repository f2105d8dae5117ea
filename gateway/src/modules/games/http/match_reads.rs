//! Matches, histories and replays.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, get, web};
use contract::envelope::{Envelope, ListEnvelope};
use contract::invites::MatchId;
use contract::matches::{GameMatch, MatchOrigin, PlayerResult, ReplayVerification};
use games::{GamesService, HistoryQuery};
use http_kit::{
    ApiResponse, ApiResult, Binary, CurrentUser, Failure, Limit, ListResult, PageParams, PathParam,
    Query, QueryPair, Routes, rate_limit,
};
use serde::Deserialize;
use validator::Validate;

rate_limit!(ReadingReplay, "read_replay", 60 in 60, User);

pub(super) fn routes(matches: &mut Routes<'_>) {
    matches
        .add(list_matches)
        .add(list_live_matches)
        .add(get_match)
        .add(get_replay);
}

pub(super) fn user_routes(users: &mut Routes<'_>) {
    users.add(list_user_matches);
}

/// The filter of a list of matches.
#[derive(Debug, Clone, Deserialize, Validate)]
struct MatchListQuery {
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    player: Option<String>,
    #[validate(length(min = 1, max = 60, message = "1 to 60 characters"))]
    opponent: Option<String>,
    #[validate(length(min = 1, max = 40, message = "1 to 40 characters"))]
    game: Option<String>,
    result: Option<PlayerResult>,
    mode: Option<MatchOrigin>,
}

impl From<MatchListQuery> for HistoryQuery {
    fn from(query: MatchListQuery) -> Self {
        Self {
            player: query.player,
            opponent: query.opponent,
            game: query.game,
            result: query.result,
            mode: query.mode,
        }
    }
}

/// The filter of live matches.
#[derive(Debug, Clone, Deserialize, Validate)]
struct LiveQuery {
    #[validate(length(min = 1, max = 40, message = "1 to 40 characters"))]
    game: Option<String>,
}

/// What to do with a replay.
#[derive(Debug, Clone, Deserialize, Validate)]
struct ReplayQuery {
    #[serde(default)]
    verify: u8,
}

/// List finished matches
///
/// The history of a player, the last ended first. Matches against the computer and at one keyboard are
/// listed to the player alone.
#[utoipa::path(tag = "Matches",
    params(("player" = Option<String>, Query, min_length = 1, max_length = 60, description = "The player's username. The default is the current user.", example = "ada"),
        ("opponent" = Option<String>, Query, min_length = 1, max_length = 60, description = "Only matches against the user with this name.", example = "grace"),
        ("game" = Option<String>, Query, min_length = 1, max_length = 40, description = "Only matches of this game.", example = "pong"),
        ("result" = Option<PlayerResult>, Query, description = "Only matches with this result for the player."),
        ("mode" = Option<MatchOrigin>, Query, description = "Only matches of this origin."),
        PageParams),
    responses((status = 200, description = "The matches.", body = ListEnvelope<GameMatch>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.not_found", "games.history_private", "games.game_not_found"]))))]
#[get("/")]
async fn list_matches(
    CurrentUser(actor): CurrentUser,
    QueryPair(Query(query), page): QueryPair<Query<MatchListQuery>, PageParams>,
    games: web::Data<dyn GamesService>,
) -> ListResult<GameMatch> {
    let listed = games.history(&actor, query.into(), page.request);
    Ok(page.respond(listed.await?))
}

/// List a user's finished matches
///
/// The last ended first, as far as the user's privacy settings allow.
#[utoipa::path(tag = "Matches",
    params(("username" = String, Path, min_length = 1, max_length = 60, description = "Username or user id.", example = "ada"),
        ("opponent" = Option<String>, Query, min_length = 1, max_length = 60, description = "Only matches against the user with this name.", example = "grace"),
        ("game" = Option<String>, Query, min_length = 1, max_length = 40, description = "Only matches of this game.", example = "pong"),
        ("result" = Option<PlayerResult>, Query, description = "Only matches with this result for the user."),
        ("mode" = Option<MatchOrigin>, Query, description = "Only matches of this origin."),
        PageParams),
    responses((status = 200, description = "The matches.", body = ListEnvelope<GameMatch>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.not_found", "games.history_private", "games.game_not_found"]))))]
#[get("/{username}/matches/")]
async fn list_user_matches(
    CurrentUser(actor): CurrentUser,
    PathParam(username): PathParam<String>,
    QueryPair(Query(query), page): QueryPair<Query<MatchListQuery>, PageParams>,
    games: web::Data<dyn GamesService>,
) -> ListResult<GameMatch> {
    let query = HistoryQuery {
        player: Some(username),
        ..query.into()
    };
    let listed = games.history(&actor, query, page.request);
    Ok(page.respond(listed.await?))
}

/// List live matches
///
/// The matches that are played now and that the current user may watch, the newest first.
#[utoipa::path(tag = "Matches",
    params(("game" = Option<String>, Query, min_length = 1, max_length = 40, description = "Only matches of this game.", example = "pong"),
        PageParams),
    responses((status = 200, description = "The matches.", body = ListEnvelope<GameMatch>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["games.game_not_found"]))))]
#[get("/live/")]
async fn list_live_matches(
    CurrentUser(actor): CurrentUser,
    QueryPair(Query(query), page): QueryPair<Query<LiveQuery>, PageParams>,
    games: web::Data<dyn GamesService>,
) -> ListResult<GameMatch> {
    let listed = games.live(&actor, query.game, page.request);
    Ok(page.respond(listed.await?))
}

/// Get a match
///
/// With the time of each point, once it has ended.
#[utoipa::path(tag = "Matches",
    params(("id" = MatchId, Path, description = "Match id.")),
    responses((status = 200, description = "The match.", body = Envelope<GameMatch>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["games.match_not_found", "games.match_private"]))))]
#[get("/{id}/")]
async fn get_match(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<MatchId>,
    games: web::Data<dyn GamesService>,
) -> ApiResult<GameMatch> {
    Ok(ApiResponse::ok(games.get(&actor, id).await?))
}

/// Download a replay
///
/// The recorded inputs of a finished match, which lead to its result when they are played again. With
/// `?verify=1` the server plays it again instead, and says whether the result is the same.
#[utoipa::path(tag = "Matches",
    params(("id" = MatchId, Path, description = "Match id."),
        ("verify" = Option<u8>, Query, maximum = 1, description = "1 to play the replay again instead of downloading it.", example = 0)),
    responses((status = 200, description = "The replay, or what playing it again led to.",
        content((inline(Binary) = "application/octet-stream"), (Envelope<ReplayVerification> = "application/json")))),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["games.match_not_found", "games.match_private",
        "games.match_live", "games.no_replay", "too_many_requests"]))))]
#[get("/{id}/replay/")]
async fn get_replay(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ReadingReplay>,
    PathParam(id): PathParam<MatchId>,
    Query(query): Query<ReplayQuery>,
    games: web::Data<dyn GamesService>,
) -> Result<HttpResponse, Failure> {
    if query.verify != 0 {
        let verified = games.verify_replay(&actor, id).await?;
        return Ok(ApiResponse::ok(verified).into_response());
    }
    let record = games.replay(&actor, id).await?;
    let name = format!("attachment; filename=\"{id}.replay\"");
    let name = HeaderValue::try_from(name).map_err(kernel::AppError::internal)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    ));
    answer.insert_header((header::CONTENT_DISPOSITION, name));
    Ok(answer.body(record))
}
