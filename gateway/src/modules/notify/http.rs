//! Notifications. Web push, and the word of administrators over HTTP, are still to come.

use accounts::AccountsService;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use contract::envelope::{Envelope, ListEnvelope, Nothing};
use contract::notify::{
    Action, Badges, Notification, NotificationId, NotificationPreferences,
    PutNotificationPreferences,
};
use http_kit::static_files::html;
use http_kit::{
    ApiResponse, ApiResult, Body, CurrentUser, Failure, History, Limit, ListResult, PathParam,
    Query, QueryPair, Routes, query, rate_limit,
};
use kernel::{Secret, UserId};
use notify::InboxFilter;
use notify::NotifyService;
use serde::Deserialize;
use validator::Validate;

rate_limit!(Reading, "read_notifications", 120 in 60, User);
rate_limit!(Choosing, "notification_preferences", 30 in 60, User);
rate_limit!(Unsubscribing, "unsubscribe", 30 in 60, Address);

/// Registers them below `/api/v1`.
pub(super) fn routes(api: &mut Routes<'_>) {
    api.scope("/notifications", |notifications| {
        notifications
            .add(list_notifications)
            .add(read_all_notifications)
            .add(clear_notifications);
        notifications
            .add(notification_preferences)
            .add(put_notification_preferences);
        notifications.add(unsubscribe_page).add(unsubscribe);
        notifications
            .add(read_notification)
            .add(delete_notification);
    });
}

/// Which of them.
#[derive(Debug, Deserialize, Validate)]
struct NotificationListQuery {
    unread: Option<bool>,
    action: Option<Action>,
}

/// My notifications
///
/// Newest first; `before` and `after` an id stay quick at any depth. The newest 500 of the last 90
/// days are kept.
#[utoipa::path(tag = "Notifications",
    params(("unread" = Option<bool>, Query, description = "Only those that wait to be read, or only those that do not."),
        ("action" = Option<Action>, Query, description = "Only those about this."),
        History),
    responses((status = 200, description = "What I was told.", body = ListEnvelope<Notification>)),
    security(("bearer" = [])))]
#[get("/")]
async fn list_notifications(
    CurrentUser(actor): CurrentUser,
    QueryPair(Query(wanted), history): QueryPair<Query<NotificationListQuery>, History>,
    notify: web::Data<dyn NotifyService>,
) -> ListResult<Notification> {
    let filter = InboxFilter {
        unread: wanted.unread,
        action: wanted.action,
    };
    let (keyset, page) = (history.cursor, history.page.request);
    let found = notify.list(&actor, filter, keyset, page).await?;
    let (id, more) = (|one: &Notification| one.id.uuid(), found.next.is_some());
    Ok(history.respond(found.notifications, id, found.total, more))
}

/// Mark one as read
///
/// Reading it again changes nothing. My other tabs are told.
#[utoipa::path(tag = "Notifications",
    params(("id" = NotificationId, Path, description = "Which one.")),
    responses((status = 200, description = "As it is now.", body = Envelope<Notification>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["notify.not_found", "too_many_requests"]))))]
#[post("/{id}/read/")]
async fn read_notification(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Reading>,
    PathParam(id): PathParam<NotificationId>,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<Notification> {
    Ok(ApiResponse::ok(notify.read(&actor, id).await?))
}

/// Mark all as read
#[utoipa::path(tag = "Notifications",
    responses((status = 200, description = "How many wait now.", body = Envelope<Badges>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[post("/mark_all_as_read/")]
async fn read_all_notifications(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Reading>,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<Badges> {
    Ok(ApiResponse::ok(notify.read_all(&actor).await?))
}

/// Delete one
#[utoipa::path(tag = "Notifications",
    params(("id" = NotificationId, Path, description = "Which one.")),
    responses((status = 200, description = "It is gone.", body = Envelope<Nothing>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["notify.not_found", "too_many_requests"]))))]
#[delete("/{id}/")]
async fn delete_notification(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Reading>,
    PathParam(id): PathParam<NotificationId>,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<Nothing> {
    notify.delete(&actor, id).await?;
    Ok(ApiResponse::done("The notification is gone."))
}

/// Delete all
#[utoipa::path(tag = "Notifications",
    responses((status = 200, description = "All are gone.", body = Envelope<Nothing>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[post("/clear/")]
async fn clear_notifications(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Reading>,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<Nothing> {
    notify.clear(&actor).await?;
    Ok(ApiResponse::done("All notifications are gone."))
}

/// How I want to hear of things
#[utoipa::path(tag = "Notifications",
    responses((status = 200, description = "By kind and way, and how often mail may come.", body = Envelope<NotificationPreferences>)),
    security(("bearer" = [])))]
#[get("/preferences/")]
async fn notification_preferences(
    CurrentUser(actor): CurrentUser,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<NotificationPreferences> {
    Ok(ApiResponse::ok(notify.preferences(&actor).await?))
}

/// Replace how I want to hear of things
///
/// What is left out is as usual. It counts for what comes from now on, and for mail that was not
/// made yet.
#[utoipa::path(tag = "Notifications", request_body = PutNotificationPreferences,
    responses((status = 200, description = "As it is now.", body = Envelope<NotificationPreferences>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[put("/preferences/")]
async fn put_notification_preferences(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Choosing>,
    body: Body<PutNotificationPreferences>,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<NotificationPreferences> {
    let changed = notify.set_preferences(&actor, body.value.0);
    Ok(ApiResponse::ok(changed.await?))
}

/// Confirm that mail is to end
///
/// A page with a button, for who follows the link in a mail about what waits. Looking at it changes
/// nothing.
#[utoipa::path(tag = "Notifications",
    params(("token" = String, Query, max_length = 512, description = "From the mail.")),
    responses((status = 200, description = "A page that asks.", body = String, content_type = "text/html")),
    extensions(("x-errors" = json!(["notify.link_invalid", "too_many_requests"]))))]
#[get("/unsubscribe/")]
async fn unsubscribe_page(
    request: HttpRequest,
    _limit: Limit<Unsubscribing>,
    accounts: web::Data<dyn AccountsService>,
) -> Result<HttpResponse, Failure> {
    user_of_link(&request, &**accounts)?;
    let body = "<p>Stop emails about unread notifications? You can turn them on again in your \
                notification settings.</p><form method=\"post\"><button class=\"primary\">\
                Unsubscribe</button></form>";
    Ok(html::respond("Unsubscribe", body))
}

/// End mail about what waits
///
/// Without signing in, with the token of the link in such a mail; also as programs ask for their
/// reader, with one click (RFC 8058). Nothing in the body counts.
#[utoipa::path(tag = "Notifications",
    params(("token" = String, Query, max_length = 512, description = "From the mail.")),
    responses((status = 200, description = "A page that says so.", body = String, content_type = "text/html")),
    extensions(("x-errors" = json!(["notify.link_invalid", "too_many_requests"]))))]
#[post("/unsubscribe/")]
async fn unsubscribe(
    request: HttpRequest,
    _limit: Limit<Unsubscribing>,
    accounts: web::Data<dyn AccountsService>,
    notify: web::Data<dyn NotifyService>,
) -> Result<HttpResponse, Failure> {
    let user = user_of_link(&request, &**accounts)?;
    notify.unsubscribe(user).await?;
    let body = "<p>You will get no more emails about unread notifications.</p>";
    Ok(html::respond("Unsubscribed", body))
}

/// The user whose digests the link ends.
fn user_of_link(request: &HttpRequest, accounts: &dyn AccountsService) -> Result<UserId, Failure> {
    let token = query::last(request.query_string(), "token").unwrap_or_default();
    let user = accounts.verify_unsubscribe_token(&Secret::new(token));
    Ok(user.ok_or(notify::Error::LinkInvalid)?)
}
