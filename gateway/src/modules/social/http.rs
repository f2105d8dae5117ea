//! Friends, friend requests, blocks and the presence status.

use actix_web::{HttpResponse, delete, get, post, put, web};
use contract::envelope::{Envelope, ListEnvelope, NoData};
use contract::social::{
    BlockUser, BlockedUser, Friend, FriendRequest, FriendRequestId, FriendRequestResult,
    OnlineCounts, OwnStatus, RequestDirection, SendFriendRequest, SetStatus, Suggestion,
};
use http_kit::rate_limit::VisibleAction;
use http_kit::{
    ApiResponse, ApiResult, Body, CurrentUser, Failure, Idempotent, Limit, ListResult, PageParams,
    PathParam, Query, QueryPair, Routes, VerifiedUser, rate_limit,
};
use serde::Deserialize;
use social::SocialService;
use validator::Validate;

rate_limit!(SendingFriendRequest, "friend_request", 30 in 600, User);
rate_limit!(CountingOnline, "count_online", 120 in 60, Address);
rate_limit!(Blocking, "block", 60 in 600, User);

/// Registers the routes below `/api/v1`.
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
    api.add(read_status).add(put_status).add(count_online);
}

/// The filter of a list of friend requests.
#[derive(Debug, Clone, Deserialize, Validate)]
struct FriendRequestListQuery {
    #[serde(default = "incoming")]
    direction: RequestDirection,
}

fn incoming() -> RequestDirection {
    RequestDirection::Incoming
}

/// List friends
#[utoipa::path(tag = "Friends",
    params(PageParams),
    responses((status = 200, description = "List of friends with their presence.", body = ListEnvelope<Friend>)),
    security(("bearer" = [])))]
#[get("/")]
async fn list_friends(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    social: web::Data<dyn SocialService>,
) -> ListResult<Friend> {
    Ok(page.respond(social.list_friends(&actor, page.request).await?))
}

/// List pending friend requests
#[utoipa::path(tag = "Friends",
    params(("direction" = Option<RequestDirection>, Query, description = "`incoming` (the default) or `outgoing` requests."),
        PageParams),
    responses((status = 200, description = "List of friend requests, newest first.", body = ListEnvelope<FriendRequest>)),
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

/// Send a friend request
///
/// If the other user has already sent a request, it is accepted instead.
#[utoipa::path(tag = "Friends", request_body = SendFriendRequest, params(Idempotent),
    responses((status = 201, description = "The friend request, or the new friend.", body = Envelope<FriendRequestResult>)),
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
/// The operation is idempotent while the friendship exists.
#[utoipa::path(tag = "Friends",
    params(("id" = FriendRequestId, Path, description = "Friend request id.")),
    responses((status = 200, description = "The new friend.", body = Envelope<Friend>)),
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
/// The sender is not notified. The operation is idempotent.
#[utoipa::path(tag = "Friends",
    params(("id" = FriendRequestId, Path, description = "Friend request id.")),
    responses((status = 200, description = "The request is declined.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["friends.request_not_found"]))))]
#[post("/requests/{id}/decline/")]
async fn decline_request(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<FriendRequestId>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<NoData> {
    social.decline_request(&actor, id).await?;
    Ok(ApiResponse::done("Friend request declined."))
}

/// Cancel a friend request
///
/// The operation is idempotent.
#[utoipa::path(tag = "Friends",
    params(("id" = FriendRequestId, Path, description = "Friend request id.")),
    responses((status = 200, description = "The request is canceled.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["friends.request_not_found"]))))]
#[delete("/requests/{id}/")]
async fn cancel_request(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<FriendRequestId>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<NoData> {
    social.cancel_request(&actor, id).await?;
    Ok(ApiResponse::done("Friend request canceled."))
}

/// Remove a friend
#[utoipa::path(tag = "Friends",
    params(("username" = String, Path, min_length = 1, max_length = 60, description = "Username of the friend.", example = "grace")),
    responses((status = 200, description = "The friend is removed.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["friends.not_friends"]))))]
#[delete("/{username}/")]
async fn remove_friend(
    CurrentUser(actor): CurrentUser,
    PathParam(username): PathParam<String>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<NoData> {
    social.remove_friend(&actor, &username).await?;
    Ok(ApiResponse::done("Friend removed."))
}

/// List friend suggestions
///
/// Friends of friends, ordered by the number of mutual friends.
#[utoipa::path(tag = "Friends",
    params(PageParams),
    responses((status = 200, description = "List of suggested users.", body = ListEnvelope<Suggestion>)),
    security(("bearer" = [])))]
#[get("/suggestions/")]
async fn list_suggestions(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    social: web::Data<dyn SocialService>,
) -> ListResult<Suggestion> {
    Ok(page.respond(social.suggest_friends(&actor, page.request).await?))
}

/// List blocked users
#[utoipa::path(tag = "Friends",
    params(PageParams),
    responses((status = 200, description = "List of blocked users, newest first.", body = ListEnvelope<BlockedUser>)),
    security(("bearer" = [])))]
#[get("/")]
async fn list_blocks(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    social: web::Data<dyn SocialService>,
) -> ListResult<BlockedUser> {
    Ok(page.respond(social.list_blocks(&actor, page.request).await?))
}

/// Block a user
///
/// Ends the friendship, pending friend requests and invites, and hides both users from each other.
/// Users who have blocked the current user can be blocked, too.
#[utoipa::path(tag = "Friends", request_body = BlockUser, params(Idempotent),
    responses((status = 201, description = "The block.", body = Envelope<BlockedUser>)),
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

/// Unblock a user
#[utoipa::path(tag = "Friends",
    params(("username" = String, Path, min_length = 1, max_length = 60, description = "Username of the blocked user.", example = "mallory")),
    responses((status = 200, description = "The user is unblocked.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["blocks.not_blocked"]))))]
#[delete("/{username}/")]
async fn unblock_user(
    CurrentUser(actor): CurrentUser,
    PathParam(username): PathParam<String>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<NoData> {
    social.unblock(&actor, &username).await?;
    Ok(ApiResponse::done("User unblocked."))
}

/// Count users who are online
///
/// Without users who appear offline; needs no account. The count may be a few seconds old.
#[utoipa::path(tag = "Friends",
    responses((status = 200, description = "The number of users who are online, and of those who play.", body = Envelope<OnlineCounts>)),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[get("/online/")]
async fn count_online(
    _limit: Limit<CountingOnline>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<OnlineCounts> {
    Ok(ApiResponse::ok(social.presence().online_counts().await?))
}

/// Get the presence status
#[utoipa::path(tag = "Friends",
    responses((status = 200, description = "The chosen and the effective status.", body = Envelope<OwnStatus>)),
    security(("bearer" = [])))]
#[get("/users/profile/status/")]
async fn read_status(
    CurrentUser(actor): CurrentUser,
    social: web::Data<dyn SocialService>,
) -> ApiResult<OwnStatus> {
    Ok(ApiResponse::ok(social.presence().status(&actor).await?))
}

/// Set the presence status
#[utoipa::path(tag = "Friends", request_body = SetStatus,
    responses((status = 200, description = "The updated status.", body = Envelope<OwnStatus>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[put("/users/profile/status/")]
async fn put_status(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<VisibleAction>,
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
