//! What organizers do.

use actix_web::{HttpResponse, delete, patch, post, put, web};
use contract::envelope::{Envelope, NoData};
use contract::tournaments::{
    ChangeTournament, CoOrganizer, CreateTournament, DecideSlot, Disqualify, InviteToTournament,
    OrderSeeds, Tournament, TournamentId, TournamentSlot,
};
use http_kit::{
    ApiResponse, ApiResult, Body, CurrentUser, Failure, Form, Idempotent, Limit, PathParam, Routes,
    VerifiedUser,
};
use json_reader::PartialForm;
use tournaments::TournamentsService;

use crate::modules::tournaments::limits::{CreatingTournament, InvitingToTournament};

pub(super) fn routes(tournaments: &mut Routes<'_>) {
    tournaments.add(create_tournament);
    tournaments.add(change_tournament).add(cancel_tournament);
    tournaments.add(open_tournament).add(start_tournament);
    tournaments.add(pause_tournament).add(resume_tournament);
    tournaments.add(order_tournament_seeds);
    tournaments.add(invite_to_tournament);
    tournaments.add(add_co_organizer).add(remove_co_organizer);
    tournaments.add(disqualify_entrant).add(decide_slot);
}

/// Create a tournament
///
/// The current user organizes it.
#[utoipa::path(tag = "Tournaments", request_body = CreateTournament,
    params(Idempotent),
    responses((status = 201, description = "The tournament.", body = Envelope<Tournament>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.name_invalid", "tournaments.description_invalid",
        "tournaments.settings_invalid", "tournaments.unknown_game", "tournaments.options_invalid",
        "tournaments.too_many_tournaments", "auth.email_not_verified", "too_many_requests"]))))]
#[post("/")]
async fn create_tournament(
    VerifiedUser(actor): VerifiedUser,
    _limit: Limit<CreatingTournament>,
    idempotent: Idempotent,
    form: Form<CreateTournament>,
    tournaments: web::Data<dyn TournamentsService>,
) -> Result<HttpResponse, Failure> {
    let check = async |form: PartialForm<'_, _>| tournaments.check(form.value());
    let body = form.checked(check).await?;
    idempotent
        .run(body.digest, async |key| {
            let created = tournaments.once(key).create(&actor, body.value).await?;
            Ok(ApiResponse::created(created))
        })
        .await
}

/// Change a tournament
///
/// Fields that are left out stay unchanged. Once the tournament has started, only its name and description can be
/// changed.
#[utoipa::path(tag = "Tournaments", request_body = ChangeTournament,
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The tournament.", body = Envelope<Tournament>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state", "tournaments.name_invalid", "tournaments.description_invalid",
        "tournaments.settings_invalid", "tournaments.options_invalid"]))))]
#[patch("/{id}/")]
async fn change_tournament(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    body: Body<ChangeTournament>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<Tournament> {
    let changed = tournaments.change(&actor, id, body.value).await?;
    Ok(ApiResponse::ok(changed))
}

/// Cancel a tournament
///
/// Its matches end without a result. A draft is deleted.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The tournament is canceled.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state"]))))]
#[delete("/{id}/")]
async fn cancel_tournament(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<NoData> {
    tournaments.cancel(&actor, id).await?;
    Ok(ApiResponse::done("Tournament canceled."))
}

/// Open a draft for registration
///
/// Those who are invited are notified. The operation is idempotent.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The tournament.", body = Envelope<Tournament>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state", "tournaments.settings_invalid"]))))]
#[post("/{id}/open/")]
async fn open_tournament(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<Tournament> {
    Ok(ApiResponse::ok(tournaments.open(&actor, id).await?))
}

/// Start a tournament
///
/// Starts it before its time. After check-in began, with those who have checked in. The operation is idempotent.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The tournament.", body = Envelope<Tournament>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state", "tournaments.too_few_entrants"]))))]
#[post("/{id}/start/")]
async fn start_tournament(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<Tournament> {
    Ok(ApiResponse::ok(tournaments.start(&actor, id).await?))
}

/// Pause a tournament
///
/// No matches are called until it goes on; those that are played go on. The operation is idempotent.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The tournament.", body = Envelope<Tournament>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state"]))))]
#[post("/{id}/pause/")]
async fn pause_tournament(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<Tournament> {
    Ok(ApiResponse::ok(tournaments.pause(&actor, id).await?))
}

/// Resume a tournament
///
/// Deadlines move by the length of the pause. The operation is idempotent.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The tournament.", body = Envelope<Tournament>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state"]))))]
#[post("/{id}/resume/")]
async fn resume_tournament(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<Tournament> {
    Ok(ApiResponse::ok(tournaments.resume(&actor, id).await?))
}

/// Set the seeds of a tournament
///
/// The best seed first. Entrants who register later follow.
#[utoipa::path(tag = "Tournaments", request_body = OrderSeeds,
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The tournament.", body = Envelope<Tournament>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state", "tournaments.seeds_incomplete"]))))]
#[put("/{id}/seeds/")]
async fn order_tournament_seeds(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    body: Body<OrderSeeds>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<Tournament> {
    let changed = tournaments.order_seeds(&actor, id, body.value).await?;
    Ok(ApiResponse::ok(changed))
}

/// Invite users to a tournament
///
/// They are notified, unless the tournament is a draft. Users who are invited already stay so.
#[utoipa::path(tag = "Tournaments", request_body = InviteToTournament,
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The users are invited.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state", "users.not_found", "tournaments.not_welcome",
        "tournaments.too_many_invitations", "auth.email_not_verified", "too_many_requests"]))))]
#[post("/{id}/invite/")]
async fn invite_to_tournament(
    VerifiedUser(actor): VerifiedUser,
    _limit: Limit<InvitingToTournament>,
    PathParam(id): PathParam<TournamentId>,
    body: Body<InviteToTournament>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<NoData> {
    tournaments.invite(&actor, id, body.value).await?;
    Ok(ApiResponse::done("Users invited."))
}

/// Add a co-organizer
///
/// The operation is idempotent.
#[utoipa::path(tag = "Tournaments", request_body = CoOrganizer,
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The tournament.", body = Envelope<Tournament>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state", "users.not_found", "tournaments.not_welcome",
        "tournaments.too_many_organizers"]))))]
#[post("/{id}/co-organizers/")]
async fn add_co_organizer(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    body: Body<CoOrganizer>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<Tournament> {
    let changed = tournaments.add_co_organizer(&actor, id, body.value).await?;
    Ok(ApiResponse::ok(changed))
}

/// Remove a co-organizer
///
/// The operation is idempotent.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament."), ("username" = String, Path, min_length = 1, max_length = 60, description = "Their username.", example = "grace")),
    responses((status = 200, description = "They are no co-organizer any more.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "users.not_found"]))))]
#[delete("/{id}/co-organizers/{username}/")]
async fn remove_co_organizer(
    CurrentUser(actor): CurrentUser,
    PathParam((id, username)): PathParam<(TournamentId, String)>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<NoData> {
    tournaments
        .remove_co_organizer(&actor, id, username)
        .await?;
    Ok(ApiResponse::done("Co-organizer removed."))
}

/// Disqualify an entrant
///
/// They lose all matches that are not over. The operation is idempotent.
#[utoipa::path(tag = "Tournaments", request_body = Disqualify,
    params(("id" = TournamentId, Path, description = "The id of the tournament."), ("number" = i32, Path, description = "The number of the entrant.")),
    responses((status = 200, description = "The entrant is disqualified.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state", "tournaments.entrant_not_found"]))))]
#[post("/{id}/entrants/{number}/disqualify/")]
async fn disqualify_entrant(
    CurrentUser(actor): CurrentUser,
    PathParam((id, number)): PathParam<(TournamentId, i32)>,
    body: Body<Disqualify>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<NoData> {
    tournaments
        .disqualify(&actor, id, number, body.value)
        .await?;
    Ok(ApiResponse::done("Entrant disqualified."))
}

/// Decide about a result
///
/// Upholds a disputed result, lets the match be played again, or awards it to one of the two. Only as long as no
/// match that depends on it has begun.
#[utoipa::path(tag = "Tournaments", request_body = DecideSlot,
    params(("id" = TournamentId, Path, description = "The id of the tournament."), ("slot" = String, Path, min_length = 1, max_length = 40, description = "The name of the slot.", example = "upper-2-1")),
    responses((status = 200, description = "The slot.", body = Envelope<TournamentSlot>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer",
        "tournaments.wrong_state", "tournaments.slot_not_found", "tournaments.winner_invalid",
        "tournaments.too_late"]))))]
#[post("/{id}/slots/{slot}/decide/")]
async fn decide_slot(
    CurrentUser(actor): CurrentUser,
    PathParam((id, slot)): PathParam<(TournamentId, String)>,
    body: Body<DecideSlot>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<TournamentSlot> {
    let decided = tournaments.decide(&actor, id, &slot, body.value).await?;
    Ok(ApiResponse::ok(decided))
}
