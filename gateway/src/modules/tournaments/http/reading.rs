//! Reads of tournaments.

use actix_web::{get, web};
use contract::envelope::{Envelope, ListEnvelope};
use contract::tournaments::{
    PlayedTournament, Tournament, TournamentAuditEntry, TournamentBracket, TournamentEntrant,
    TournamentFormat, TournamentId, TournamentRecapMatch, TournamentStatus,
};
use http_kit::{
    ApiResponse, ApiResult, CurrentUser, IfNoneMatch, ListResult, PageParams, PathParam, Query,
    QueryPair, Routes,
};
use serde::Deserialize;
use tournaments::{TournamentQuery, TournamentsService};
use validator::Validate;

pub(super) fn routes(tournaments: &mut Routes<'_>) {
    tournaments.add(list_tournaments).add(get_tournament);
    tournaments.add(list_entrants).add(get_bracket);
    tournaments
        .add(get_tournament_recap)
        .add(get_tournament_audit);
}

pub(super) fn user_routes(users: &mut Routes<'_>) {
    users.add(list_user_tournaments);
}

/// The filter of a list of tournaments.
#[derive(Debug, Clone, Deserialize, Validate)]
struct TournamentListQuery {
    status: Option<TournamentStatus>,
    format: Option<TournamentFormat>,
    #[validate(length(min = 1, max = 40, message = "1 to 40 characters"))]
    game: Option<String>,
    #[serde(default)]
    organizes: bool,
    #[serde(default)]
    enters: bool,
    #[serde(default)]
    invited: bool,
}

impl From<TournamentListQuery> for TournamentQuery {
    fn from(query: TournamentListQuery) -> Self {
        Self {
            status: query.status,
            format: query.format,
            game: query.game,
            organizes: query.organizes,
            enters: query.enters,
            is_invited: query.invited,
        }
    }
}

/// The part of a bracket.
#[derive(Debug, Clone, Deserialize, Validate)]
struct BracketQuery {
    round: Option<i32>,
}

/// List tournaments
///
/// Tournaments that the current user may see, newest first.
#[utoipa::path(tag = "Tournaments",
    params(("status" = Option<TournamentStatus>, Query, description = "Only those in this state."), ("format" = Option<TournamentFormat>, Query, description = "Only those of this format."), ("game" = Option<String>, Query, min_length = 1, max_length = 40, description = "Only those of this game."), ("organizes" = Option<bool>, Query, description = "Only those that the current user organizes."), ("enters" = Option<bool>, Query, description = "Only those that the current user has entered."), ("invited" = Option<bool>, Query, description = "Only those to which the current user is invited."), PageParams),
    responses((status = 200, description = "The tournaments.", body = ListEnvelope<Tournament>)),
    security(("bearer" = [])))]
#[get("/")]
async fn list_tournaments(
    CurrentUser(actor): CurrentUser,
    QueryPair(Query(wanted), page): QueryPair<Query<TournamentListQuery>, PageParams>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ListResult<Tournament> {
    let listed = tournaments.list(&actor, wanted.into(), page.request);
    Ok(page.respond(listed.await?))
}

/// Get a tournament
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament.")),
    responses((status = 200, description = "The tournament.", body = Envelope<Tournament>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found"]))))]
#[get("/{id}/")]
async fn get_tournament(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<Tournament> {
    Ok(ApiResponse::ok(tournaments.get(&actor, id).await?))
}

/// List the entrants of a tournament
///
/// In the order of their registration.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament."), PageParams),
    responses((status = 200, description = "The list.", body = ListEnvelope<TournamentEntrant>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found"]))))]
#[get("/{id}/entrants/")]
async fn list_entrants(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    page: PageParams,
    tournaments: web::Data<dyn TournamentsService>,
) -> ListResult<TournamentEntrant> {
    let listed = tournaments.entrants(&actor, id, page.request);
    Ok(page.respond(listed.await?))
}

/// List the results of a tournament
///
/// The slots that are over with their matches and timelines, in the order in which they ended.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament."), PageParams),
    responses((status = 200, description = "The list.", body = ListEnvelope<TournamentRecapMatch>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found"]))))]
#[get("/{id}/recap/")]
async fn get_tournament_recap(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    page: PageParams,
    tournaments: web::Data<dyn TournamentsService>,
) -> ListResult<TournamentRecapMatch> {
    let listed = tournaments.recap(&actor, id, page.request);
    Ok(page.respond(listed.await?))
}

/// List the audit trail of a tournament
///
/// What organizers and entrants did, newest first. For organizers and entrants.
#[utoipa::path(tag = "Tournaments",
    params(("id" = TournamentId, Path, description = "The id of the tournament."), PageParams),
    responses((status = 200, description = "The list.", body = ListEnvelope<TournamentAuditEntry>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found", "tournaments.not_organizer"]))))]
#[get("/{id}/audit/")]
async fn get_tournament_audit(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    page: PageParams,
    tournaments: web::Data<dyn TournamentsService>,
) -> ListResult<TournamentAuditEntry> {
    let listed = tournaments.audit(&actor, id, page.request);
    Ok(page.respond(listed.await?))
}

/// Get the bracket of a tournament
///
/// Entrants, slots and table. The `ETag` changes with the revision.
#[utoipa::path(tag = "Tournaments",
    params(IfNoneMatch, ("id" = TournamentId, Path, description = "The id of the tournament."), ("round" = Option<i32>, Query, description = "Only the slots of this round.")),
    responses((status = 200, description = "The bracket.", body = Envelope<TournamentBracket>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["tournaments.not_found"]))))]
#[get("/{id}/bracket/")]
async fn get_bracket(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<TournamentId>,
    Query(wanted): Query<BracketQuery>,
    tournaments: web::Data<dyn TournamentsService>,
) -> ApiResult<TournamentBracket> {
    let bracket = tournaments.bracket(&actor, id, wanted.round).await?;
    Ok(ApiResponse::ok(bracket).tagged())
}

/// List the tournaments of a user
///
/// Tournaments that the user has played and that the current user may see, newest first.
#[utoipa::path(tag = "Tournaments",
    params(("username" = String, Path, min_length = 1, max_length = 60, description = "Username or user id.", example = "ada"), PageParams),
    responses((status = 200, description = "The tournaments.", body = ListEnvelope<PlayedTournament>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.not_found", "tournaments.history_private"]))))]
#[get("/{username}/tournaments/")]
async fn list_user_tournaments(
    CurrentUser(actor): CurrentUser,
    PathParam(username): PathParam<String>,
    page: PageParams,
    tournaments: web::Data<dyn TournamentsService>,
) -> ListResult<PlayedTournament> {
    let listed = tournaments.history(&actor, username, page.request);
    Ok(page.respond(listed.await?))
}
