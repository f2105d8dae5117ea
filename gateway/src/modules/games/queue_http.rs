//! The queue over HTTP.

use actix_web::{delete, post, web};
use contract::envelope::{Envelope, NoData};
use contract::queue::{EnterQueue, QueueTicket};
use games::QueueService;
use http_kit::{ApiResponse, ApiResult, Body, CurrentUser, Limit, PathParam, Routes, VerifiedUser};

use super::limits::{EnteringQueue, LeavingQueue};

/// Registers the routes below `/api/v1/games`.
pub(super) fn routes(games: &mut Routes<'_>) {
    games.add(enter_queue).add(leave_queue);
}

/// Enter the queue of a game
///
/// Options that are left out, or are `any`, do not matter. The place lasts for a minute, and longer while
/// a socket at `/ws/matchmaking/` is open. Another request prolongs it, and fails with `games.queued` and
/// the ticket in `error.ticket`. It ends a match that the current user plays alone. `game_found` is sent
/// when an opponent was found.
#[utoipa::path(tag = "Games", request_body = EnterQueue,
    params(("game" = String, Path, min_length = 1, max_length = 40, description = "The game.", example = "pong")),
    responses((status = 200, description = "The place in the queue.", body = Envelope<QueueTicket>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["games.game_not_found", "games.options_invalid", "games.queued",
        "games.engaged", "games.barred", "auth.email_not_verified", "too_many_requests"]))))]
#[post("/{game}/queue/")]
async fn enter_queue(
    VerifiedUser(actor): VerifiedUser,
    _limit: Limit<EnteringQueue>,
    PathParam(game): PathParam<String>,
    body: Body<EnterQueue>,
    queue: web::Data<dyn QueueService>,
) -> ApiResult<QueueTicket> {
    let ticket = queue.enter(&actor, &game, &body.value.options).await?;
    Ok(ApiResponse::ok(ticket))
}

/// Leave the queue of a game
///
/// It is no error if the current user does not wait. A user who has a match from the queue does not return to
/// the queue if that match is not played.
#[utoipa::path(tag = "Games",
    params(("game" = String, Path, min_length = 1, max_length = 40, description = "The game.", example = "pong")),
    responses((status = 200, description = "The current user does not wait.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["games.game_not_found", "too_many_requests"]))))]
#[delete("/{game}/queue/")]
async fn leave_queue(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<LeavingQueue>,
    PathParam(game): PathParam<String>,
    queue: web::Data<dyn QueueService>,
) -> ApiResult<NoData> {
    queue.leave(actor.user, &game).await?;
    Ok(ApiResponse::done("You are not in the queue."))
}
