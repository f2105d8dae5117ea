//! Sessions and WebSocket tickets.

use accounts::AccountsService;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use contract::auth::{Refresh, Session, WsTicket};
use contract::envelope::{Envelope, ListEnvelope, NoData};
use http_kit::HttpState;
use http_kit::{
    ApiResponse, ApiResult, CurrentUser, Failure, HttpError, Idempotent, Limit, ListResult, NoBody,
    OptionalBody, OptionalUser, PageParams, PathParam, Routes, cookies, rate_limit,
};
use kernel::SessionId;
use social::SocialService;

rate_limit!(RequestingTicket, "ws_ticket", 60 in 60, User);

pub(super) fn routes(auth: &mut Routes<'_>) {
    auth.add(logout)
        .add(logout_everywhere)
        .add(list_sessions)
        .add(end_session)
        .add(ws_ticket);
}

/// Log out
///
/// Ends the session, closes its sockets and clears the cookie. Accepts the access token, or the
/// refresh token in the body or in the cookie; all credentials sent must belong to the same session.
/// Succeeds if the refresh token belongs to no session.
#[utoipa::path(tag = "Authentication", request_body = Option<Refresh>,
    responses((status = 200, description = "Logged out.", body = Envelope<NoData>)),
    security((), ("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.ambiguous_credentials", "auth.duplicate_cookie", "auth.cross_origin",
        "unsupported_media_type"
    ]))))]
#[post("/logout/")]
async fn logout(
    request: HttpRequest,
    OptionalUser(actor): OptionalUser,
    OptionalBody(body): OptionalBody<Refresh>,
    accounts: web::Data<dyn AccountsService>,
    http: web::Data<HttpState>,
) -> ApiResult<NoData> {
    let token = body.and_then(|body| body.refresh);
    match actor {
        Some(actor) => {
            let cookie = cookies::refresh_cookie(&request)?;
            let tokens = token.into_iter().chain(cookie).collect();
            if !accounts.owns_refresh_tokens(&actor, tokens).await? {
                return Err(HttpError::AmbiguousCredentials.into());
            }
            accounts.sign_out(&actor).await?;
        }
        None => {
            if let Some(token) = cookies::refresh_token(&request, token)? {
                accounts.sign_out_by_refresh(&token).await?;
            }
        }
    }
    Ok(signed_out("Logged out.", &request, &http))
}

/// The response that clears the browser's cookie.
fn signed_out(
    message: &'static str,
    request: &HttpRequest,
    http: &HttpState,
) -> ApiResponse<Envelope<NoData>> {
    let site = &http.config.public_url;
    let outdated = cookies::outdated(request, site);
    ApiResponse::done(message).cookies(outdated.into_iter().chain([cookies::cleared(site)]))
}

/// Log out of all sessions
///
/// Ends all sessions, including the current one, closes their sockets, and invalidates pending links
/// and challenges. Requires a recent step-up if two-factor authentication is enabled.
#[utoipa::path(tag = "Authentication",
    responses((status = 200, description = "Logged out of all sessions.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["auth.step_up_required"]))))]
#[post("/logout-all/")]
async fn logout_everywhere(
    request: HttpRequest,
    CurrentUser(actor): CurrentUser,
    accounts: web::Data<dyn AccountsService>,
    http: web::Data<HttpState>,
) -> ApiResult<NoData> {
    accounts.sign_out_everywhere(&actor).await?;
    Ok(signed_out("Logged out of all sessions.", &request, &http))
}

/// List sessions
#[utoipa::path(tag = "Authentication",
    params(PageParams),
    responses((status = 200, description = "List of sessions, most recently used first.", body = ListEnvelope<Session>)),
    security(("bearer" = [])))]
#[get("/sessions/")]
async fn list_sessions(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    accounts: web::Data<dyn AccountsService>,
    social: web::Data<dyn SocialService>,
) -> ListResult<Session> {
    let mut sessions = accounts.sessions(&actor, page.request).await?;
    let open = social.presence().connections(&actor).await?;
    for session in &mut sessions.items {
        session.connections = open.get(&session.id).copied().unwrap_or_default();
    }
    Ok(page.respond(sessions))
}

/// End a session
///
/// Its tokens become invalid immediately, and its sockets are closed within one second. Ending a
/// session other than the current one requires a recent step-up if two-factor authentication is
/// enabled.
#[utoipa::path(tag = "Authentication",
    params(("id" = SessionId, Path, description = "Session id.")),
    responses((status = 200, description = "The session has ended.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["auth.session_not_found", "auth.step_up_required"]))))]
#[delete("/sessions/{id}/")]
async fn end_session(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<SessionId>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<NoData> {
    accounts.end_session(&actor, id).await?;
    Ok(ApiResponse::done("Session ended."))
}

/// Create a WebSocket ticket
///
/// The ticket is valid for 30 seconds and can be used once, as `?ticket=` when a socket is opened.
/// It is meant for clients that cannot set headers.
#[utoipa::path(tag = "Authentication", params(Idempotent),
    responses((status = 201, description = "The ticket.", body = Envelope<WsTicket>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[post("/ws-ticket/")]
async fn ws_ticket(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<RequestingTicket>,
    once: Idempotent,
    body: NoBody,
    accounts: web::Data<dyn AccountsService>,
) -> Result<HttpResponse, Failure> {
    once.run(body.digest, async |key| {
        let accounts = accounts.once(key);
        Ok(ApiResponse::created(accounts.ws_ticket(&actor).await?))
    })
    .await
}
