//! What entrants do.

use actix_web::{post, web};
use contract::envelope::{Envelope, NoData};
use contract::tournaments::{
    DisputeSlot, EnterTournament, RequestBye, TournamentEntrant, TournamentId, TournamentSlot,
};
use http_kit::{
    ApiResponse, ApiResult, Body, CurrentUser, Form, Limit, PathParam, Query, Routes, VerifiedUser,
};
use json_reader::PartialForm;
use serde::Deserialize;
use tournaments::TournamentsService;
use validator::Validate;

use crate::modules::tournaments::limits::{DisputingSlot, EnteringTournament};

pub(super) fn routes(tournaments: &mut Routes<'_>) {
    tournaments
        .add(register_for_tournament)
        .add(unregister_from_tournament)
        .add(check_in_to_tournament)
        .add(request_bye)
        .add(dispute_slot);
}

/// Which entry of the current user is meant.
#[derive(Debug, Clone, Deserialize, Validate)]
struct OwnEntryQuery {
    number: Option<i32>,
}

/// Register for a tournament
///
/// Registers the current user, or a local player of theirs, under an alias. If the tournament is full, they are
/// put on its waiting list. The operation is idempotent.
#[utoipa::path(tag = "Tournaments", request_body = EnterTournament,
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The entrant.", body = Envelope<TournamentEntrant>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_invited",
        "tournaments.wrong_state", "tournaments.alias_invalid", "tournaments.alias_taken",
        "tournaments.already_registered", "tournaments.waiting_list_full",
        "tournaments.too_many_locals", "auth.email_not_verified", "too_many_requests"]))))]
#[post("/{id}/register/")]
async fn register_for_tournament(
    VerifiedUser(actor): VerifiedUser,
    _limit: Limit<EnteringTournament>,
    PathParam(id): PathParam<TournamentId>,
    form: Form<EnterTournament>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<TournamentEntrant> {
    let check = async |form: PartialForm<'_, _>| tournaments.check_entry(form.value());
    let body = form.checked(check).await?;
    let entrant = tournaments.register(&actor, id, body.value).await?;
    Ok(ApiResponse::ok(entrant))
}

/// Leave a tournament
///
/// Once it is played, the matches of the entrant are lost.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament."), ("number" = Option<i32>, Query, description = "The number of a local player of the current user; their own entry if left out.")),
    responses((status = 200, description = "The entrant has left.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_registered",
        "tournaments.wrong_state", "too_many_requests"]))))]
#[post("/{id}/unregister/")]
async fn unregister_from_tournament(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<EnteringTournament>,
    PathParam(id): PathParam<TournamentId>,
    Query(entry): Query<OwnEntryQuery>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<NoData> {
    tournaments.unregister(&actor, id, entry.number).await?;
    Ok(ApiResponse::done("You left the tournament."))
}

/// Check in to a tournament
///
/// In Swiss, an entrant who was absent takes part again from the next round on. The operation is idempotent.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament."), ("number" = Option<i32>, Query, description = "The number of a local player of the current user; their own entry if left out.")),
    responses((status = 200, description = "The entrant.", body = Envelope<TournamentEntrant>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_registered",
        "tournaments.wrong_state", "too_many_requests"]))))]
#[post("/{id}/check-in/")]
async fn check_in_to_tournament(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<EnteringTournament>,
    PathParam(id): PathParam<TournamentId>,
    Query(entry): Query<OwnEntryQuery>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<TournamentEntrant> {
    let entrant = tournaments.check_in(&actor, id, entry.number).await?;
    Ok(ApiResponse::ok(entrant))
}

/// Request a bye
///
/// Swiss: the entrant does not play a round that is not paired yet, for half a point. Each has one such bye, and not in
/// the last round.
#[utoipa::path(tag = "Tournaments", request_body = RequestBye,
    params(("id" = TournamentId, Path, description = "The id of the tournament."), ("number" = Option<i32>, Query, description = "The number of a local player of the current user; their own entry if left out.")),
    responses((status = 200, description = "The bye is noted.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_registered",
        "tournaments.wrong_state", "tournaments.too_late", "too_many_requests"]))))]
#[post("/{id}/bye/")]
async fn request_bye(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<EnteringTournament>,
    PathParam(id): PathParam<TournamentId>,
    Query(entry): Query<OwnEntryQuery>,
    body: Body<RequestBye>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<NoData> {
    tournaments
        .request_bye(&actor, id, entry.number, body.value)
        .await?;
    Ok(ApiResponse::done("Bye noted."))
}

/// Dispute a result
///
/// Within ten minutes after the end of a match of the current user, or of a local player of theirs. The matches
/// that depend on it wait for ten minutes, or until an organizer decides.
#[utoipa::path(tag = "Tournaments", request_body = DisputeSlot,
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The slot.", body = Envelope<TournamentSlot>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.wrong_state",
        "tournaments.slot_not_found", "tournaments.not_your_slot", "tournaments.too_late",
        "too_many_requests"]))))]
#[post("/{id}/dispute/")]
async fn dispute_slot(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<DisputingSlot>,
    PathParam(id): PathParam<TournamentId>,
    body: Body<DisputeSlot>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<TournamentSlot> {
    let disputed = tournaments.dispute(&actor, id, body.value).await?;
    Ok(ApiResponse::ok(disputed))
}
