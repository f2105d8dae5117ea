//! Being signed in: the list of sessions, ending them, tickets for sockets.

use accounts::AccountsService;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use contract::auth::{Refresh, Session, WsTicket};
use contract::envelope::{Envelope, ListEnvelope, Nothing};
use http_kit::HttpState;
use http_kit::{
    ApiResponse, ApiResult, CurrentUser, Failure, HttpError, Idempotent, Limit, ListResult, NoBody,
    OptionalBody, OptionalUser, PageParams, PathParam, Routes, cookies, rate_limit,
};
use kernel::SessionId;
use social::SocialService;

rate_limit!(Ticketing, "ws_ticket", 60 in 60, User);

pub(super) fn routes(auth: &mut Routes<'_>) {
    auth.add(logout)
        .add(logout_everywhere)
        .add(list_sessions)
        .add(end_session)
        .add(ws_ticket);
}

/// Sign out here
///
/// Ends this session, its sockets too, and takes the cookie away. Works with the access token, or
/// with the refresh token alone, in the body or in its cookie; all that is sent must be of one
/// session. A refresh token that belongs to no session, or no longer, counts as signed out already.
#[utoipa::path(tag = "Signing in", request_body = Option<Refresh>,
    responses((status = 200, description = "Signed out.", body = Envelope<Nothing>)),
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
) -> ApiResult<Nothing> {
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
    Ok(signed_out("Signed out.", &request, &http))
}

/// The answer that takes the browser's cookie away.
fn signed_out(
    message: &'static str,
    request: &HttpRequest,
    http: &HttpState,
) -> ApiResponse<Envelope<Nothing>> {
    let site = &http.config.public_url;
    let outdated = cookies::outdated(request, site);
    ApiResponse::done(message).cookies(outdated.into_iter().chain([cookies::cleared(site)]))
}

/// Sign out everywhere
///
/// Ends all my sessions, this one too, and their sockets; voids open links and challenges. With a
/// second factor on it needs a fresh step-up.
#[utoipa::path(tag = "Signing in",
    responses((status = 200, description = "Signed out everywhere.", body = Envelope<Nothing>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["auth.step_up_required"]))))]
#[post("/logout-all/")]
async fn logout_everywhere(
    request: HttpRequest,
    CurrentUser(actor): CurrentUser,
    accounts: web::Data<dyn AccountsService>,
    http: web::Data<HttpState>,
) -> ApiResult<Nothing> {
    accounts.sign_out_everywhere(&actor).await?;
    Ok(signed_out("Signed out everywhere.", &request, &http))
}

/// Where I am signed in
#[utoipa::path(tag = "Signing in",
    params(PageParams),
    responses((status = 200, description = "My sessions, newest use first.", body = ListEnvelope<Session>)),
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

/// End one of my sessions
///
/// Its tokens are refused at once, and its sockets close within a second, on every node. With a
/// second factor on, ending another one than this needs a fresh step-up.
#[utoipa::path(tag = "Signing in",
    params(("id" = SessionId, Path, description = "Which session.")),
    responses((status = 200, description = "It has ended.", body = Envelope<Nothing>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["auth.session_not_found", "auth.step_up_required"]))))]
#[delete("/sessions/{id}/")]
async fn end_session(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<SessionId>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Nothing> {
    accounts.end_session(&actor, id).await?;
    Ok(ApiResponse::done("The session has ended."))
}

/// A ticket for one socket
///
/// Good for 30 seconds and once, as `?ticket=`: for clients that can set no headers and should put
/// no token into an address.
#[utoipa::path(tag = "Signing in", params(Idempotent),
    responses((status = 201, description = "The ticket.", body = Envelope<WsTicket>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[post("/ws-ticket/")]
async fn ws_ticket(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Ticketing>,
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
