//! Lobbies, and the rooms that belong to groups, parties and matches.

use actix_web::{get, post, put, web};
use chat::ChatService;
use contract::chat::{ChatId, OpenRoom};
use contract::envelope::{Envelope, ListEnvelope, NoData};
use contract::rooms::RoomLine;
use contract::users::UserSummary;
use http_kit::{
    ApiResponse, ApiResult, CurrentUser, Limit, ListResult, PageParams, PathParam, Routes,
    rate_limit,
};

rate_limit!(EnteringLobby, "enter_lobby", 60 in 600, User);

/// Registers the routes below `/api/v1/chats`.
pub(super) fn routes(chats: &mut Routes<'_>) {
    chats.add(list_rooms).add(open_room).add(room_members);
    chats.add(leave_lobby).add(get_lobby);
    chats.add(open_lobby).add(join_lobby);
}

/// List lobbies and rooms
#[utoipa::path(tag = "Chats",
    params(PageParams),
    responses((status = 200, description = "Lobbies and rooms that the current user is a member of, with the last message of each, newest first.", body = ListEnvelope<RoomLine>)),
    security(("bearer" = [])))]
#[get("/rooms/")]
async fn list_rooms(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    chat: web::Data<dyn ChatService>,
) -> ListResult<RoomLine> {
    Ok(page.respond(chat.list_rooms(&actor, page.request).await?))
}

/// Get a lobby or room
///
/// Returns the last 30 messages. Lobbies are open to all users, rooms only to their members.
#[utoipa::path(tag = "Chats",
    params(("id" = ChatId, Path, description = "Chat id.")),
    responses((status = 200, description = "The lobby or room.", body = Envelope<OpenRoom>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["chat.not_a_member"]))))]
#[get("/rooms/{id}/")]
async fn open_room(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<ChatId>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<OpenRoom> {
    Ok(ApiResponse::ok(chat.open_room(&actor, id).await?))
}

/// List members of a lobby or room
#[utoipa::path(tag = "Chats",
    params(("id" = ChatId, Path, description = "Chat id."),
        PageParams),
    responses((status = 200, description = "List of members.", body = ListEnvelope<UserSummary>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["chat.not_a_member"]))))]
#[get("/rooms/{id}/members/")]
async fn room_members(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<ChatId>,
    page: PageParams,
    chat: web::Data<dyn ChatService>,
) -> ListResult<UserSummary> {
    let members = chat.list_members(&actor, id, page.request).await?;
    Ok(page.respond(members))
}

/// Leave a lobby
///
/// Its messages are no longer delivered. The lobby can still be read, and joined again.
#[utoipa::path(tag = "Chats",
    params(("id" = ChatId, Path, description = "Chat id of the lobby.")),
    responses((status = 200, description = "The current user is no longer a member.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["chat.not_a_member", "chat.not_a_lobby"]))))]
#[post("/rooms/{id}/leave/")]
async fn leave_lobby(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<ChatId>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<NoData> {
    chat.leave_lobby(&actor, id).await?;
    Ok(ApiResponse::done("You have left the lobby."))
}

/// Get a lobby by its name
///
/// Returns the last 30 messages. `world` is the world chat, which always exists.
#[utoipa::path(tag = "Chats",
    params(("name" = String, Path, min_length = 1, max_length = 40, description = "Name of the lobby.", example = "world")),
    responses((status = 200, description = "The lobby.", body = Envelope<OpenRoom>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["chat.lobby_not_found", "chat.lobby_name_invalid"]))))]
#[get("/lobbies/{name}/")]
async fn get_lobby(
    CurrentUser(actor): CurrentUser,
    PathParam(name): PathParam<String>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<OpenRoom> {
    Ok(ApiResponse::ok(chat.find_lobby(&actor, &name).await?))
}

/// Open a lobby
///
/// Creates the lobby if it does not exist and the current user is allowed to send messages. `world`
/// is the world chat.
#[utoipa::path(tag = "Chats",
    params(("name" = String, Path, min_length = 1, max_length = 40, description = "Name of the lobby.", example = "world")),
    responses((status = 200, description = "The lobby.", body = Envelope<OpenRoom>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "chat.lobby_not_found", "chat.lobby_name_invalid", "too_many_requests"
    ]))))]
#[put("/lobbies/{name}/")]
async fn open_lobby(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<EnteringLobby>,
    PathParam(name): PathParam<String>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<OpenRoom> {
    Ok(ApiResponse::ok(chat.open_lobby(&actor, &name).await?))
}

/// Join a lobby
///
/// Adds the lobby to the current user's chats: its messages are delivered on all sockets and count as
/// unread.
#[utoipa::path(tag = "Chats",
    params(("name" = String, Path, min_length = 1, max_length = 40, description = "Name of the lobby.", example = "world")),
    responses((status = 200, description = "The lobby.", body = Envelope<OpenRoom>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "chat.lobby_not_found", "chat.lobby_name_invalid", "too_many_requests"
    ]))))]
#[post("/lobbies/{name}/join/")]
async fn join_lobby(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<EnteringLobby>,
    PathParam(name): PathParam<String>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<OpenRoom> {
    Ok(ApiResponse::ok(chat.join_lobby(&actor, &name).await?))
}
