//! The catalogue, and matches that a user begins alone.

use actix_web::{HttpResponse, get, post, web};
use contract::envelope::Envelope;
use contract::games::{GameListings, LocalStart, StartLocal, StartPractice};
use contract::matches::GameMatch;
use games::GamesService;
use http_kit::{
    ApiResponse, ApiResult, CurrentUser, Failure, Form, Idempotent, Limit, PathParam, Routes,
    rate_limit,
};
use json_reader::PartialForm;
use tournaments::TournamentsService;

/// Whether the catalogue has a game.
fn is_known(games: &dyn GamesService, slug: &str) -> bool {
    games.games().iter().any(|listing| listing.slug == slug)
}

/// More players than this play a tournament.
const MAX_MATCH_PLAYERS: usize = 2;

rate_limit!(StartingMatch, "start_match", 30 in 300, User);

pub(super) fn routes(games: &mut Routes<'_>) {
    games.add(list_games).add(start_practice).add(start_local);
}

/// List games
///
/// The catalogue, with the JSON schema of each game's options and the levels of the computer.
#[utoipa::path(tag = "Games",
    responses((status = 200, description = "The games.", body = Envelope<GameListings>)),
    security(("bearer" = [])))]
#[get("/")]
async fn list_games(
    CurrentUser(_actor): CurrentUser,
    games: web::Data<dyn GamesService>,
) -> ApiResult<GameListings> {
    Ok(ApiResponse::ok(GameListings(games.games())))
}

/// Play against the computer
///
/// Creates a match to be joined at `/ws/game/{match_id}/`. It ends another match that the current user
/// plays alone, and the wait in the queue.
#[utoipa::path(tag = "Games", request_body = StartPractice,
    params(Idempotent, ("game" = String, Path, min_length = 1, max_length = 40, description = "The game.", example = "pong")),
    responses((status = 201, description = "The match.", body = Envelope<GameMatch>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["games.game_not_found", "games.unknown_level",
        "games.options_invalid", "games.never_ranked", "games.engaged", "too_many_requests"]))))]
#[post("/{game}/practice/")]
async fn start_practice(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<StartingMatch>,
    PathParam(game): PathParam<String>,
    idempotent: Idempotent,
    form: Form<StartPractice>,
    games: web::Data<dyn GamesService>,
) -> Result<HttpResponse, Failure> {
    let check = async |form: PartialForm<'_, _>| games.check_practice(&game, form.value());
    let body = form.checked(check).await?;
    idempotent
        .run(body.digest, async |key| {
            let games = games.once(key);
            let started = games.practice(&actor, &game, body.value).await?;
            Ok(ApiResponse::created(started))
        })
        .await
}

/// Play at one keyboard
///
/// With two names, creates a match whose players are played by the current user's client, to be joined at
/// `/ws/game/{match_id}/`. It is not rated and counts in nobody's statistics. With more names, creates and starts a
/// private tournament of local players: up to five meet each other, more play single elimination.
#[utoipa::path(tag = "Games", request_body = StartLocal,
    params(Idempotent, ("game" = String, Path, min_length = 1, max_length = 40, description = "The game.", example = "pong")),
    responses((status = 201, description = "The match or the tournament.", body = Envelope<LocalStart>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["games.game_not_found", "games.names_invalid",
        "games.options_invalid", "games.never_ranked", "games.engaged", "tournaments.alias_invalid",
        "tournaments.alias_taken", "tournaments.settings_invalid",
        "tournaments.too_many_tournaments", "too_many_requests"]))))]
#[post("/{game}/local/")]
async fn start_local(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<StartingMatch>,
    PathParam(game): PathParam<String>,
    idempotent: Idempotent,
    form: Form<StartLocal>,
    games: web::Data<dyn GamesService>,
    tournaments: web::Data<dyn TournamentsService>,
) -> Result<HttpResponse, Failure> {
    let check = async |form: PartialForm<'_, _>| {
        let wanted: &StartLocal = form.value();
        if is_known(&**games, &game) && wanted.players.len() > MAX_MATCH_PLAYERS {
            return tournaments.check_local(&game, wanted);
        }
        games.check_local(&game, wanted)
    };
    let body = form.checked(check).await?;
    idempotent
        .run(body.digest, async |key| {
            let started = if body.value.players.len() > MAX_MATCH_PLAYERS {
                let tournaments = tournaments.once(key);
                let started = tournaments.start_local(&actor, &game, body.value).await?;
                LocalStart::Tournament(Box::new(started))
            } else {
                let started = games.once(key).local(&actor, &game, body.value).await?;
                LocalStart::Match(Box::new(started))
            };
            Ok(ApiResponse::created(started))
        })
        .await
}
