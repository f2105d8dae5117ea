//! Friends, requests, blocks, and how one is seen.

use actix_web::{HttpResponse, delete, get, post, put, web};
use contract::envelope::{Envelope, ListEnvelope, Nothing};
use contract::social::{
    BlockUser, BlockedUser, Friend, FriendRequest, FriendRequestId, FriendRequestResult, OwnStatus,
    RequestDirection, SendFriendRequest, SetStatus, Suggestion,
};
use http_kit::rate_limit::Telling;
use http_kit::{
    ApiResponse, ApiResult, Body, CurrentUser, Failure, Idempotent, Limit, ListResult, PageParams,
    PathParam, Query, QueryPair, Routes, VerifiedUser, rate_limit,
};
use serde::Deserialize;
use social::SocialService;
use validator::Validate;

rate_limit!(SendingFriendRequest, "friend_request", 30 in 600, User);
rate_limit!(Blocking, "block", 60 in 600, User);

/// Registers them below `/api/v1`.
pub(super) fn routes(api: &mut Routes<'_>) {
    api.scope("/friends", |friends| {
        friends
            .add(list_requests)
            .add(send_request)
            .add(accept_request)
            .add(decline_request);
        friends
            .add(cancel_request)
            .add(list_suggestions)
            .add(list_friends)
            .add(remove_friend);
    });
    api.scope("/blocks", |blocks| {
        blocks.add(list_blocks).add(block_user).add(unblock_user);
    });
    api.add(read_status).add(put_status);
}

/// Which requests to list.
#[derive(Debug, Clone, Deserialize, Validate)]
struct FriendRequestListQuery {
    #[serde(default = "incoming")]
    direction: RequestDirection,
}

fn incoming() -> RequestDirection {
    RequestDirection::Incoming
}

/// My friends
#[utoipa::path(tag = "Friends",
    params(PageParams),
    responses((status = 200, description = "My friends, and who of them is around.", body = ListEnvelope<Friend>)),
    security(("bearer" = [])))]
#[get("/")]
async fn list_friends(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    social: web::Data<dyn SocialService>,
) -> ListResult<Friend> {
    Ok(page.respond(social.list_friends(&actor, page.request).await?))
}

/// Friend requests that wait
#[utoipa::path(tag = "Friends",
    params(("direction" = Option<RequestDirection>, Query, description = "To me, or from me."),
        PageParams),
    responses((status = 200, description = "Newest first.", body = ListEnvelope<FriendRequest>)),
    security(("bearer" = [])))]
#[get("/requests/")]
async fn list_requests(
    CurrentUser(actor): CurrentUser,
    QueryPair(Query(wanted), page): QueryPair<Query<FriendRequestListQuery>, PageParams>,
    social: web::Data<dyn SocialService>,
) -> ListResult<FriendRequest> {
    Ok(page.respond(
        social
            .list_requests(&actor, wanted.direction, page.request)
            .await?,
    ))
}

/// Ask somebody to be friends
///
/// Where they have asked me already, we are friends at once.
#[utoipa::path(tag = "Friends", request_body = SendFriendRequest, params(Idempotent),
    responses((status = 201, description = "The request, or the friendship.", body = Envelope<FriendRequestResult>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "users.not_found", "users.oneself", "friends.you_blocked_them",
        "friends.already_friends", "friends.requests_not_welcome", "friends.declined_recently",
        "friends.too_many_open_requests", "friends.list_full", "friends.their_list_full",
        "auth.email_not_verified", "too_many_requests"
    ]))))]
#[post("/requests/")]
async fn send_request(
    VerifiedUser(actor): VerifiedUser,
    _limit: Limit<SendingFriendRequest>,
    once: Idempotent,
    body: Body<SendFriendRequest>,
    social: web::Data<dyn SocialService>,
) -> Result<HttpResponse, Failure> {
    once.run(body.digest, async |key| {
        let social = social.once(key);
        Ok(ApiResponse::created(
            social.send_request(&actor, &body.value.username).await?,
        ))
    })
    .await
}

/// Accept a friend request
///
/// Accepting twice gives the same answer, as long as the friendship lasts.
#[utoipa::path(tag = "Friends",
    params(("id" = FriendRequestId, Path, description = "Which request.")),
    responses((status = 200, description = "My new friend.", body = Envelope<Friend>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "friends.request_not_found", "users.not_found", "friends.list_full",
        "friends.their_list_full"
    ]))))]
#[post("/requests/{id}/accept/")]
async fn accept_request(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<FriendRequestId>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<Friend> {
    Ok(ApiResponse::ok(social.accept_request(&actor, id).await?))
}

/// Decline a friend request
///
/// Quietly: the other side is not told. Declining twice gives the same answer.
#[utoipa::path(tag = "Friends",
    params(("id" = FriendRequestId, Path, description = "Which request.")),
    responses((status = 200, description = "It is declined.", body = Envelope<Nothing>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["friends.request_not_found"]))))]
#[post("/requests/{id}/decline/")]
async fn decline_request(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<FriendRequestId>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<Nothing> {
    social.decline_request(&actor, id).await?;
    Ok(ApiResponse::done("The request is declined."))
}

/// Take back a friend request
///
/// Taking it back twice gives the same answer.
#[utoipa::path(tag = "Friends",
    params(("id" = FriendRequestId, Path, description = "Which request.")),
    responses((status = 200, description = "It is taken back.", body = Envelope<Nothing>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["friends.request_not_found"]))))]
#[delete("/requests/{id}/")]
async fn cancel_request(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<FriendRequestId>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<Nothing> {
    social.cancel_request(&actor, id).await?;
    Ok(ApiResponse::done("The request is taken back."))
}

/// End a friendship
#[utoipa::path(tag = "Friends",
    params(("username" = String, Path, min_length = 1, max_length = 60, description = "The friend's name.", example = "grace")),
    responses((status = 200, description = "It has ended.", body = Envelope<Nothing>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["friends.not_friends"]))))]
#[delete("/{username}/")]
async fn remove_friend(
    CurrentUser(actor): CurrentUser,
    PathParam(username): PathParam<String>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<Nothing> {
    social.remove_friend(&actor, &username).await?;
    Ok(ApiResponse::done("You are no longer friends."))
}

/// Whom I may know
///
/// Friends of my friends, those with the most in common first.
#[utoipa::path(tag = "Friends",
    params(PageParams),
    responses((status = 200, description = "Suggestions.", body = ListEnvelope<Suggestion>)),
    security(("bearer" = [])))]
#[get("/suggestions/")]
async fn list_suggestions(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    social: web::Data<dyn SocialService>,
) -> ListResult<Suggestion> {
    Ok(page.respond(social.suggest_friends(&actor, page.request).await?))
}

/// Whom I have blocked
#[utoipa::path(tag = "Friends",
    params(PageParams),
    responses((status = 200, description = "Newest first.", body = ListEnvelope<BlockedUser>)),
    security(("bearer" = [])))]
#[get("/")]
async fn list_blocks(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    social: web::Data<dyn SocialService>,
) -> ListResult<BlockedUser> {
    Ok(page.respond(social.list_blocks(&actor, page.request).await?))
}

/// Block somebody
///
/// Ends friendship, requests and invites, and hides both from each other. Whoever has blocked me can
/// be blocked too.
#[utoipa::path(tag = "Friends", request_body = BlockUser, params(Idempotent),
    responses((status = 201, description = "They are blocked.", body = Envelope<BlockedUser>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "users.not_found", "users.oneself", "blocks.list_full", "too_many_requests"
    ]))))]
#[post("/")]
async fn block_user(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Blocking>,
    once: Idempotent,
    body: Body<BlockUser>,
    social: web::Data<dyn SocialService>,
) -> Result<HttpResponse, Failure> {
    once.run(body.digest, async |key| {
        let social = social.once(key);
        Ok(ApiResponse::created(
            social.block(&actor, &body.value.username).await?,
        ))
    })
    .await
}

/// Unblock somebody
#[utoipa::path(tag = "Friends",
    params(("username" = String, Path, min_length = 1, max_length = 60, description = "Their name.", example = "mallory")),
    responses((status = 200, description = "They are no longer blocked.", body = Envelope<Nothing>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["blocks.not_blocked"]))))]
#[delete("/{username}/")]
async fn unblock_user(
    CurrentUser(actor): CurrentUser,
    PathParam(username): PathParam<String>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<Nothing> {
    social.unblock(&actor, &username).await?;
    Ok(ApiResponse::done("They are no longer blocked."))
}

/// How I want to be seen and am seen
#[utoipa::path(tag = "Friends",
    responses((status = 200, description = "My status.", body = Envelope<OwnStatus>)),
    security(("bearer" = [])))]
#[get("/users/profile/status/")]
async fn read_status(
    CurrentUser(actor): CurrentUser,
    social: web::Data<dyn SocialService>,
) -> ApiResult<OwnStatus> {
    Ok(ApiResponse::ok(social.presence().status(&actor).await?))
}

/// Choose how I want to be seen
#[utoipa::path(tag = "Friends", request_body = SetStatus,
    responses((status = 200, description = "My status as it is now.", body = Envelope<OwnStatus>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[put("/users/profile/status/")]
async fn put_status(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Telling>,
    body: Body<SetStatus>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<OwnStatus> {
    Ok(ApiResponse::ok(
        social
            .presence()
            .set_status(&actor, body.value.status)
            .await?,
    ))
}
