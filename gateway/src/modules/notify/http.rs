//! Notifications and notification preferences.

use accounts::AccountsService;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use contract::envelope::{Envelope, ListEnvelope, NoData};
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

rate_limit!(ReadingNotifications, "read_notifications", 120 in 60, User);
rate_limit!(ChangingNotificationPreferences, "notification_preferences", 30 in 60, User);
rate_limit!(Unsubscribing, "unsubscribe", 30 in 60, Address);

/// Registers the routes below `/api/v1`.
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

/// The filter of a list of notifications.
#[derive(Debug, Deserialize, Validate)]
struct NotificationListQuery {
    unread: Option<bool>,
    action: Option<Action>,
}

/// List notifications
///
/// Newest first. For long histories, `before` and `after` are faster than `offset`. The newest 500
/// notifications of the last 90 days are stored.
#[utoipa::path(tag = "Notifications",
    params(("unread" = Option<bool>, Query, description = "Only unread notifications if true, only read ones if false."),
        ("action" = Option<Action>, Query, description = "Only notifications of this kind."),
        History),
    responses((status = 200, description = "List of notifications.", body = ListEnvelope<Notification>)),
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

/// Mark a notification as read
///
/// The operation is idempotent. The user's other sockets receive `badge_update`.
#[utoipa::path(tag = "Notifications",
    params(("id" = NotificationId, Path, description = "Notification id.")),
    responses((status = 200, description = "The updated notification.", body = Envelope<Notification>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["notify.not_found", "too_many_requests"]))))]
#[post("/{id}/read/")]
async fn read_notification(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ReadingNotifications>,
    PathParam(id): PathParam<NotificationId>,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<Notification> {
    Ok(ApiResponse::ok(notify.read(&actor, id).await?))
}

/// Mark all notifications as read
#[utoipa::path(tag = "Notifications",
    responses((status = 200, description = "The updated unread counts.", body = Envelope<Badges>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[post("/mark_all_as_read/")]
async fn read_all_notifications(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ReadingNotifications>,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<Badges> {
    Ok(ApiResponse::ok(notify.read_all(&actor).await?))
}

/// Delete a notification
#[utoipa::path(tag = "Notifications",
    params(("id" = NotificationId, Path, description = "Notification id.")),
    responses((status = 200, description = "The notification is deleted.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["notify.not_found", "too_many_requests"]))))]
#[delete("/{id}/")]
async fn delete_notification(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ReadingNotifications>,
    PathParam(id): PathParam<NotificationId>,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<NoData> {
    notify.delete(&actor, id).await?;
    Ok(ApiResponse::done("Notification deleted."))
}

/// Delete all notifications
#[utoipa::path(tag = "Notifications",
    responses((status = 200, description = "All notifications are deleted.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[post("/clear/")]
async fn clear_notifications(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ReadingNotifications>,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<NoData> {
    notify.clear(&actor).await?;
    Ok(ApiResponse::done("All notifications deleted."))
}

/// Get notification preferences
#[utoipa::path(tag = "Notifications",
    responses((status = 200, description = "Channels per kind of notification, and the frequency of emails.", body = Envelope<NotificationPreferences>)),
    security(("bearer" = [])))]
#[get("/preferences/")]
async fn notification_preferences(
    CurrentUser(actor): CurrentUser,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<NotificationPreferences> {
    Ok(ApiResponse::ok(notify.preferences(&actor).await?))
}

/// Replace notification preferences
///
/// Preferences that are omitted are set to their defaults. The change applies to new notifications
/// and to emails that have not been prepared yet.
#[utoipa::path(tag = "Notifications", request_body = PutNotificationPreferences,
    responses((status = 200, description = "The updated preferences.", body = Envelope<NotificationPreferences>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[put("/preferences/")]
async fn put_notification_preferences(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ChangingNotificationPreferences>,
    body: Body<PutNotificationPreferences>,
    notify: web::Data<dyn NotifyService>,
) -> ApiResult<NotificationPreferences> {
    let changed = notify.set_preferences(&actor, body.value.0);
    Ok(ApiResponse::ok(changed.await?))
}

/// Show the unsubscribe page
///
/// The target of the link in emails about unread notifications: an HTML page with a button. Loading
/// the page changes nothing.
#[utoipa::path(tag = "Notifications",
    params(("token" = String, Query, max_length = 512, description = "Token from the email.")),
    responses((status = 200, description = "An HTML page with a confirmation button.", body = String, content_type = "text/html")),
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

/// Unsubscribe from emails about unread notifications
///
/// Authenticated by the token of the link in the email. Supports one-click unsubscription (RFC 8058);
/// the body is ignored.
#[utoipa::path(tag = "Notifications",
    params(("token" = String, Query, max_length = 512, description = "Token from the email.")),
    responses((status = 200, description = "An HTML page that confirms the change.", body = String, content_type = "text/html")),
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

/// The user who unsubscribes with the link.
fn user_of_link(request: &HttpRequest, accounts: &dyn AccountsService) -> Result<UserId, Failure> {
    let token = query::last(request.query_string(), "token").unwrap_or_default();
    let user = accounts.verify_unsubscribe_token(&Secret::new(token));
    Ok(user.ok_or(notify::Error::LinkInvalid)?)
}
