//! Game invites and rematches.

use actix_web::{HttpResponse, get, post, web};
use contract::envelope::{Envelope, ListEnvelope};
use contract::invites::{
    CreateInvite, Invite, InviteId, InviteRole, InviteStatus, MatchId, PlayAgain,
};
use http_kit::{
    ApiResponse, ApiResult, Body, CurrentUser, Failure, Form, Idempotent, Limit, ListResult,
    PageParams, PathParam, Query, QueryPair, Routes, VerifiedUser, rate_limit,
};
use invites::InvitesService;
use json_reader::PartialForm;
use serde::Deserialize;
use validator::Validate;

rate_limit!(Inviting, "invite", 20 in 300, User);

/// The errors of accepting, declining and canceling an invite.
const ANSWERING: [&str; 7] = [
    "invites.not_found",
    "invites.you_are_playing",
    "invites.opponent_busy",
    "invites.already_accepted",
    "invites.declined",
    "invites.canceled",
    "invites.expired",
];

/// The errors of a rematch or challenge.
const PLAYING_AGAIN: [&str; 12] = [
    "invites.match_not_found",
    "users.not_found",
    "invites.not_welcome",
    "invites.you_are_playing",
    "invites.opponent_busy",
    "invites.already_pending",
    "invites.crossed",
    "invites.too_many_open",
    "invites.unknown_game",
    "invites.options_invalid",
    "auth.email_not_verified",
    "too_many_requests",
];

/// Registers the routes below `/api/v1`.
pub(super) fn routes(api: &mut Routes<'_>) {
    api.scope("/invites", |invites| {
        invites.add(send_invite).add(list_invites).add(invite_inbox);
        invites
            .add(accept_invite)
            .add(decline_invite)
            .add(cancel_invite);
    });
    api.scope("/matches", |matches| {
        matches.add(offer_rematch).add(challenge_again);
    });
}

/// The filter of a list of invites.
#[derive(Debug, Clone, Deserialize, Validate)]
struct InviteListQuery {
    role: Option<InviteRole>,
    status: Option<InviteStatus>,
}

/// Send a game invite
///
/// The invite expires after ten minutes. If the other user has already sent an invite to the same
/// game with the same options, that invite is accepted and returned instead. If the options differ,
/// the request fails until that invite is answered.
#[utoipa::path(tag = "Invites", request_body = CreateInvite, params(Idempotent),
    responses((status = 201, description = "The sent invite.", body = Envelope<Invite>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.not_found", "users.oneself", "invites.not_welcome", "invites.you_are_playing",
        "invites.opponent_busy", "invites.already_pending", "invites.crossed", "invites.too_many_open",
        "invites.unknown_game", "invites.options_invalid", "auth.email_not_verified",
        "too_many_requests"]))))]
#[post("/")]
async fn send_invite(
    VerifiedUser(actor): VerifiedUser,
    _limit: Limit<Inviting>,
    once: Idempotent,
    form: Form<CreateInvite>,
    invites: web::Data<dyn InvitesService>,
) -> Result<HttpResponse, Failure> {
    let check = async |form: PartialForm<'_, _>| invites.check(form.value());
    let body = form.checked(check).await?;
    once.run(body.digest, async |key| {
        let invites = invites.once(key);
        Ok(ApiResponse::created(
            invites.create(&actor, body.value).await?,
        ))
    })
    .await
}

/// List invites
#[utoipa::path(tag = "Invites",
    params(("role" = Option<InviteRole>, Query, description = "Only invites in which the current user has this role."), ("status" = Option<InviteStatus>, Query, description = "Only invites with this status."),
        PageParams),
    responses((status = 200, description = "List of invites, newest first.", body = ListEnvelope<Invite>)),
    security(("bearer" = [])))]
#[get("/")]
async fn list_invites(
    CurrentUser(actor): CurrentUser,
    QueryPair(Query(wanted), page): QueryPair<Query<InviteListQuery>, PageParams>,
    invites: web::Data<dyn InvitesService>,
) -> ListResult<Invite> {
    let listed = invites.list(&actor, wanted.role, wanted.status, page.request);
    Ok(page.respond(listed.await?))
}

/// List pending received invites
#[utoipa::path(tag = "Invites",
    params(PageParams),
    responses((status = 200, description = "List of invites, newest first.", body = ListEnvelope<Invite>)),
    security(("bearer" = [])))]
#[get("/inbox/")]
async fn invite_inbox(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    invites: web::Data<dyn InvitesService>,
) -> ListResult<Invite> {
    Ok(page.respond(invites.inbox(&actor, page.request).await?))
}

/// Accept an invite
///
/// The operation is idempotent.
#[utoipa::path(tag = "Invites",
    params(("id" = InviteId, Path, description = "Invite id.")),
    responses((status = 200, description = "The accepted invite with its match.", body = Envelope<Invite>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(ANSWERING))))]
#[post("/{id}/accept/")]
async fn accept_invite(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<InviteId>,
    invites: web::Data<dyn InvitesService>,
) -> ApiResult<Invite> {
    Ok(ApiResponse::ok(invites.accept(&actor, id).await?))
}

/// Decline an invite
///
/// The operation is idempotent.
#[utoipa::path(tag = "Invites",
    params(("id" = InviteId, Path, description = "Invite id.")),
    responses((status = 200, description = "The updated invite.", body = Envelope<Invite>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(ANSWERING))))]
#[post("/{id}/decline/")]
async fn decline_invite(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<InviteId>,
    invites: web::Data<dyn InvitesService>,
) -> ApiResult<Invite> {
    Ok(ApiResponse::ok(invites.decline(&actor, id).await?))
}

/// Cancel an invite
///
/// Only the sender can cancel an invite. The operation is idempotent.
#[utoipa::path(tag = "Invites",
    params(("id" = InviteId, Path, description = "Invite id.")),
    responses((status = 200, description = "The updated invite.", body = Envelope<Invite>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(ANSWERING))))]
#[post("/{id}/cancel/")]
async fn cancel_invite(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<InviteId>,
    invites: web::Data<dyn InvitesService>,
) -> ApiResult<Invite> {
    Ok(ApiResponse::ok(invites.cancel(&actor, id).await?))
}

/// Offer a rematch
///
/// Sends an invite to the opponent of a finished match. If the opponent has already offered a
/// rematch, it is accepted instead.
#[utoipa::path(tag = "Invites", request_body = PlayAgain,
    params(Idempotent, ("id" = MatchId, Path, description = "Match id.")),
    responses((status = 201, description = "The sent invite.", body = Envelope<Invite>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(PLAYING_AGAIN))))]
#[post("/{id}/rematch/")]
async fn offer_rematch(
    VerifiedUser(actor): VerifiedUser,
    _limit: Limit<Inviting>,
    PathParam(id): PathParam<MatchId>,
    once: Idempotent,
    body: Body<PlayAgain>,
    invites: web::Data<dyn InvitesService>,
) -> Result<HttpResponse, Failure> {
    once.run(body.digest, async |key| {
        let invites = invites.once(key);
        Ok(ApiResponse::created(
            invites.rematch(&actor, id, body.value).await?,
        ))
    })
    .await
}

/// Challenge an opponent again
///
/// Sends an invite to the opponent of a match in the current user's history, with the options of that
/// match unless others are given.
#[utoipa::path(tag = "Invites", request_body = PlayAgain,
    params(Idempotent, ("id" = MatchId, Path, description = "Match id.")),
    responses((status = 201, description = "The sent invite.", body = Envelope<Invite>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(PLAYING_AGAIN))))]
#[post("/{id}/challenge/")]
async fn challenge_again(
    VerifiedUser(actor): VerifiedUser,
    _limit: Limit<Inviting>,
    PathParam(id): PathParam<MatchId>,
    once: Idempotent,
    body: Body<PlayAgain>,
    invites: web::Data<dyn InvitesService>,
) -> Result<HttpResponse, Failure> {
    once.run(body.digest, async |key| {
        let invites = invites.once(key);
        Ok(ApiResponse::created(
            invites.challenge(&actor, id, body.value).await?,
        ))
    })
    .await
}
