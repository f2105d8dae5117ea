//! Conversations, lobbies, rooms and messages.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};
use chat::{ChatService, MessagePage};
use contract::chat::{
    ChatId, Conversation, LikeUpdate, Message, MessageId, OpenConversation, PatchMessage,
    PostMessage, Unread, WriteMessage,
};
use contract::envelope::{Envelope, ListEnvelope, NoData};
use contract::rooms::{Report, ReportMessage};
use http_kit::rate_limit::VisibleAction;
use http_kit::{
    ApiResponse, ApiResult, CurrentUser, Failure, Form, History, Idempotent, Limit, ListResult,
    PageParams, PathParam, Routes, rate_limit,
};
use json_reader::PartialForm;

rate_limit!(Reporting, "report_message", 30 in 3600, User);
rate_limit!(OpeningChat, "open_chat", 60 in 600, User);

/// Registers the routes below `/api/v1`.
pub(super) fn routes(api: &mut Routes<'_>) {
    api.scope("/chats", |chats| {
        // Fixed segments come before `{username}`.
        super::lobbies::routes(chats);
        chats
            .add(unread_counts)
            .add(room_messages)
            .add(post_room_message);
        chats
            .add(list_conversations)
            .add(open_conversation)
            .add(conversation_messages);
        chats.add(delete_conversation);
    });
    api.scope("/messages", |messages| {
        messages
            .add(edit_message)
            .add(delete_message)
            .add(like_message)
            .add(unlike_message);
        messages.add(mark_message_read).add(report_message);
    });
}

fn respond(history: &History, found: MessagePage) -> ApiResponse<ListEnvelope<Message>> {
    let id = |message: &Message| message.id.uuid();
    history.respond(found.messages, id, found.total, found.more)
}

/// List conversations
#[utoipa::path(tag = "Chats",
    params(PageParams),
    responses((status = 200, description = "List of conversations with the last message of each, newest first.", body = ListEnvelope<Conversation>)),
    security(("bearer" = [])))]
#[get("/")]
async fn list_conversations(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    chat: web::Data<dyn ChatService>,
) -> ListResult<Conversation> {
    Ok(page.respond(chat.list_conversations(&actor, page.request).await?))
}

/// Get unread counts
#[utoipa::path(tag = "Chats",
    responses((status = 200, description = "Unread messages in total and per chat.", body = Envelope<Unread>)),
    security(("bearer" = [])))]
#[get("/unread/")]
async fn unread_counts(
    CurrentUser(actor): CurrentUser,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<Unread> {
    Ok(ApiResponse::ok(chat.unread_counts(&actor).await?))
}

/// Open a conversation
///
/// Returns the conversation with its last 30 messages, and creates it if it does not exist. A
/// conversation with a deleted account can be read under the username shown in the list.
#[utoipa::path(tag = "Chats",
    params(("username" = String, Path, min_length = 1, max_length = 60, description = "Username of the other user.", example = "grace")),
    responses((status = 200, description = "The existing conversation.", body = Envelope<OpenConversation>),
        (status = 201, description = "The conversation was created.", body = Envelope<OpenConversation>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "users.not_found", "chat.not_friends", "users.oneself", "auth.email_not_verified",
        "too_many_requests"
    ]))))]
#[put("/{username}/")]
async fn open_conversation(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<OpeningChat>,
    PathParam(username): PathParam<String>,
    chat: web::Data<dyn ChatService>,
) -> Result<HttpResponse, Failure> {
    let opened = chat.open_conversation(&actor, &username).await?;
    let reply = if opened.created {
        ApiResponse::created(opened.conversation)
    } else {
        ApiResponse::ok(opened.conversation)
    };
    Ok(reply.into_response())
}

/// List messages of a conversation
///
/// Newest first. For long histories, `before` and `after` are faster than `offset`.
#[utoipa::path(tag = "Chats",
    params(("username" = String, Path, min_length = 1, max_length = 60, description = "Username of the other user.", example = "grace"),
        History),
    responses((status = 200, description = "List of messages.", body = ListEnvelope<Message>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.not_found", "chat.not_a_member", "users.oneself", "chat.cursor_unknown"]))))]
#[get("/{username}/messages/")]
async fn conversation_messages(
    CurrentUser(actor): CurrentUser,
    PathParam(username): PathParam<String>,
    history: History,
    chat: web::Data<dyn ChatService>,
) -> ListResult<Message> {
    let found = chat
        .list_conversation_messages(&actor, &username, history.cursor, history.page.request)
        .await?;
    Ok(respond(&history, found))
}

/// Delete a conversation
///
/// Deletes it for the current user only; the other user keeps it.
#[utoipa::path(tag = "Chats",
    params(("username" = String, Path, min_length = 1, max_length = 60, description = "Username of the other user.", example = "grace")),
    responses((status = 200, description = "The conversation is deleted for the current user.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.not_found", "chat.not_a_member", "users.oneself"]))))]
#[delete("/{username}/")]
async fn delete_conversation(
    CurrentUser(actor): CurrentUser,
    PathParam(username): PathParam<String>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<NoData> {
    chat.delete_conversation(&actor, &username).await?;
    Ok(ApiResponse::done(
        "Conversation deleted. The other user keeps it.",
    ))
}

/// List messages of a room or lobby
#[utoipa::path(tag = "Chats",
    params(("id" = ChatId, Path, description = "Chat id."),
        History),
    responses((status = 200, description = "List of messages.", body = ListEnvelope<Message>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["chat.not_a_member", "chat.cursor_unknown"]))))]
#[get("/rooms/{id}/messages/")]
async fn room_messages(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<ChatId>,
    history: History,
    chat: web::Data<dyn ChatService>,
) -> ListResult<Message> {
    let found = chat
        .list_messages(&actor, id, history.cursor, history.page.request)
        .await?;
    Ok(respond(&history, found))
}

/// Send a message
///
/// The chat is a conversation, a lobby or a room. If a message with the same `client_id` exists, it
/// is returned instead.
#[utoipa::path(tag = "Chats", request_body = WriteMessage,
    params(Idempotent, ("id" = ChatId, Path, description = "Chat id.")),
    responses((status = 201, description = "The sent message.", body = Envelope<Message>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "chat.not_a_member", "chat.not_friends", "chat.account_deleted", "auth.email_not_verified",
        "chat.content_empty", "chat.content_too_long", "chat.content_control_character", "chat.client_id_invalid",
        "chat.client_id_reused", "chat.timestamp_invalid", "chat.reply_not_found", "chat.busy",
        "too_many_requests"
    ]))))]
#[post("/rooms/{id}/messages/")]
async fn post_room_message(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<VisibleAction>,
    PathParam(id): PathParam<ChatId>,
    once: Idempotent,
    form: Form<WriteMessage>,
    chat: web::Data<dyn ChatService>,
) -> Result<HttpResponse, Failure> {
    let check = async |form: PartialForm<'_, WriteMessage>| {
        chat::check_post(&PostMessage::into_chat(id, form.value().clone()))
    };
    let body = form.checked(check).await?;
    let post = PostMessage::into_chat(id, body.value);
    once.run(body.digest, async |key| {
        Ok(ApiResponse::created(
            chat.once(key).send_message(&actor, post).await?,
        ))
    })
    .await
}

/// Edit a message
///
/// Only the sender can edit a message.
#[utoipa::path(tag = "Chats", request_body = PatchMessage,
    params(("id" = MessageId, Path, description = "Message id.")),
    responses((status = 200, description = "The edited message.", body = Envelope<Message>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "chat.message_not_found", "chat.not_your_message", "chat.message_deleted",
        "chat.not_friends", "chat.account_deleted", "auth.email_not_verified", "chat.content_empty",
        "chat.content_too_long", "chat.content_control_character", "too_many_requests"
    ]))))]
#[patch("/{id}/")]
async fn edit_message(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<VisibleAction>,
    PathParam(id): PathParam<MessageId>,
    form: Form<PatchMessage>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<Message> {
    let check =
        async |form: PartialForm<'_, PatchMessage>| chat::check_content(&form.value().content);
    let body = form.checked(check).await?;
    Ok(ApiResponse::ok(
        chat.edit_message(&actor, id, &body.value.content).await?,
    ))
}

/// Delete a message
///
/// Only the sender can delete a message. It is deleted for all members of the chat.
#[utoipa::path(tag = "Chats",
    params(("id" = MessageId, Path, description = "Message id.")),
    responses((status = 200, description = "The message is deleted.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["chat.message_not_found", "chat.not_your_message", "too_many_requests"]))))]
#[delete("/{id}/")]
async fn delete_message(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<VisibleAction>,
    PathParam(id): PathParam<MessageId>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<NoData> {
    chat.delete_message(&actor, id).await?;
    Ok(ApiResponse::done("Message deleted."))
}

/// Like a message
#[utoipa::path(tag = "Chats",
    params(("id" = MessageId, Path, description = "Message id.")),
    responses((status = 200, description = "The updated like count.", body = Envelope<LikeUpdate>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "chat.message_not_found", "chat.own_message", "chat.message_deleted", "chat.not_friends",
        "chat.account_deleted", "auth.email_not_verified", "too_many_requests"
    ]))))]
#[post("/{id}/like/")]
async fn like_message(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<VisibleAction>,
    PathParam(id): PathParam<MessageId>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<LikeUpdate> {
    Ok(ApiResponse::ok(chat.set_like(&actor, id, true).await?))
}

/// Remove a like from a message
#[utoipa::path(tag = "Chats",
    params(("id" = MessageId, Path, description = "Message id.")),
    responses((status = 200, description = "The updated like count.", body = Envelope<LikeUpdate>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "chat.message_not_found", "chat.own_message", "chat.message_deleted", "too_many_requests"
    ]))))]
#[delete("/{id}/like/")]
async fn unlike_message(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<VisibleAction>,
    PathParam(id): PathParam<MessageId>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<LikeUpdate> {
    Ok(ApiResponse::ok(chat.set_like(&actor, id, false).await?))
}

/// Mark messages as read
///
/// Marks the message and all earlier messages of its chat.
#[utoipa::path(tag = "Chats",
    params(("id" = MessageId, Path, description = "Message id.")),
    responses((status = 200, description = "The messages are marked as read.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["chat.message_not_found", "too_many_requests"]))))]
#[post("/{id}/read/")]
async fn mark_message_read(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<VisibleAction>,
    PathParam(id): PathParam<MessageId>,
    chat: web::Data<dyn ChatService>,
) -> ApiResult<NoData> {
    chat.mark_read(&actor, id).await?;
    Ok(ApiResponse::done("Marked as read."))
}

/// Report a message to the moderators
///
/// Stores the current content of the message with the report. A user can report a message once.
#[utoipa::path(tag = "Chats", request_body = ReportMessage,
    params(Idempotent, ("id" = MessageId, Path, description = "Message id.")),
    responses((status = 201, description = "The report.", body = Envelope<Report>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "chat.message_not_found", "chat.message_deleted", "chat.report_own_message",
        "chat.report_needs_details", "chat.already_reported", "too_many_requests"
    ]))))]
#[post("/{id}/report/")]
async fn report_message(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Reporting>,
    PathParam(id): PathParam<MessageId>,
    once: Idempotent,
    form: Form<ReportMessage>,
    chat: web::Data<dyn ChatService>,
) -> Result<HttpResponse, Failure> {
    let check = async |form: PartialForm<'_, ReportMessage>| match form.field("reason", |one| one) {
        Some(report) => chat::check_report(report),
        // Whether details are needed depends on the reason.
        None => Ok(()),
    };
    let body = form.checked(check).await?;
    once.run(body.digest, async |key| {
        let chat = chat.once(key);
        let report = chat.report_message(&actor, id, body.value).await?;
        Ok(ApiResponse::created(report).message("Report sent. The moderators will review it."))
    })
    .await
}
