//! Routes to try the door with.

use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use async_trait::async_trait;
use contract::envelope::{Envelope, Nothing};
use db::Tx;
use gateway::http::kit::actor::{Admin, Authenticate, Moderator, Verified};
use gateway::http::kit::{
    ApiResponse, ApiResult, Body, CurrentUser, Failure, History, Idempotent, Limit, ListResult,
    NoBody, OptionalUser, PageParams, PathParam, Query, Visitor, cookies, same_origin,
};
use gateway::http::routes::Routes;
use gateway::wiring::AppState;
use kernel::error::Common;
use kernel::{Actor, AppError, Id, Page, Role, Timestamp, UserId};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use validator::Validate;

kernel::error_codes! {
    /// Refusals of these routes.
    pub enum Refusal {
        Full = "things.full", Conflict, "There are enough things.";
        Ended = "things.session_ended", Unauthenticated, "That session is over.";
    }
}

/// Knows two people: their tokens are `member` and `admin`.
pub(crate) struct Doorman;

#[async_trait]
impl Authenticate for Doorman {
    async fn authenticate(&self, token: &str) -> Result<Actor, AppError> {
        let role = match token {
            "member" => Role::Member,
            "admin" => Role::Admin,
            _ => return Err(Refusal::Ended.into()),
        };
        Ok(Actor {
            user: Id::from_uuid(uuid::Uuid::from_u128(role as u128 + 1)),
            session: Id::from_uuid(uuid::Uuid::from_u128(9)),
            role,
            verified: role == Role::Admin,
            proven_at: Timestamp::from_micros(0),
        })
    }
}

/// How often a thing was made in this process and thread.
pub(crate) static MADE: AtomicU32 = AtomicU32::new(0);

pub(crate) fn fill(routes: &mut Routes<'_>) {
    gateway::http::service(routes);
    routes.scope("/api/v1", |api| {
        api.scope("/things", |things| {
            things
                .add(list)
                .add(make)
                .add(history)
                .add(show)
                .add(remove);
        });
        api.add(who)
            .add(maybe)
            .add(admin)
            .add(moderator)
            .add(verified);
        api.add(broken).add(panicking).add(long).add(tagged);
        api.add(refresh)
            .add(login)
            .add(address)
            .add(limited)
            .add(make_limited)
            .add(limited_network);
    });
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewThing {
    #[validate(length(min = 1, max = 5, message = "1 to 5 characters"))]
    name: String,
}

#[derive(Debug, Deserialize, Validate)]
struct Filter {
    level: Option<u8>,
}

/// Lists things
#[utoipa::path(responses((status = 200, body = Vec<i64>)))]
#[get("/")]
async fn list(filter: Query<Filter>, page: PageParams) -> ListResult<i64> {
    let first = page.request.offset + i64::from(filter.0.level.unwrap_or(0));
    let items = (first..first + page.request.limit).collect();
    Ok(page.answer(Page { items, total: 50 }))
}

/// Makes a thing
#[utoipa::path(request_body = NewThing, responses((status = 201, body = Envelope<u32>)))]
#[post("/")]
async fn make(
    once: Idempotent,
    body: Body<NewThing>,
    services: Data<AppState>,
) -> Result<HttpResponse, Failure> {
    once.run(body.digest, async |key| {
        let make = move |_: &mut Tx<'_>| match body.value.name.as_str() {
            "full" => Err(Refusal::Full.into()),
            "away" => Err(Common::Unavailable.into()),
            _ => Ok(MADE.fetch_add(1, Ordering::SeqCst)),
        };
        let made = services.store.write_once(key.as_ref(), make).await?;
        Ok(ApiResponse::created(made))
    })
    .await
}

/// Lists a history
#[utoipa::path(responses((status = 200)))]
#[get("/history/")]
async fn history(history: History) -> ApiResult<String> {
    Ok(ApiResponse::ok(format!("{:?}", history.keyset)))
}

/// Shows a thing
#[utoipa::path(params(("id" = uuid::Uuid, Path)), responses((status = 200)))]
#[get("/{id}/")]
async fn show(id: PathParam<UserId>) -> ApiResult<UserId> {
    Ok(ApiResponse::ok(id.0))
}

/// Removes a thing
#[utoipa::path(params(("id" = uuid::Uuid, Path)), responses((status = 200)))]
#[delete("/{id}/")]
async fn remove(_id: PathParam<UserId>) -> ApiResult<Nothing> {
    Ok(ApiResponse::done("It is gone."))
}

/// Tells who it is
#[utoipa::path(responses((status = 200)), security(("bearer" = [])))]
#[get("/who/")]
async fn who(actor: CurrentUser) -> ApiResult<UserId> {
    Ok(ApiResponse::ok(actor.0.user))
}

/// Tells who it is, if anybody
#[utoipa::path(responses((status = 200)))]
#[get("/maybe/")]
async fn maybe(actor: OptionalUser) -> ApiResult<bool> {
    Ok(ApiResponse::ok(actor.0.is_some()))
}

/// For administrators
#[utoipa::path(responses((status = 200)))]
#[get("/admin/")]
async fn admin(_actor: Admin) -> ApiResult<Nothing> {
    Ok(ApiResponse::done("Yes."))
}

/// For moderators
#[utoipa::path(responses((status = 200)))]
#[get("/moderator/")]
async fn moderator(_actor: Moderator) -> ApiResult<Nothing> {
    Ok(ApiResponse::done("Yes."))
}

/// For people with a proven address
#[utoipa::path(responses((status = 200)))]
#[get("/verified/")]
async fn verified(_actor: Verified) -> ApiResult<Nothing> {
    Ok(ApiResponse::done("Yes."))
}

/// Breaks
#[utoipa::path(responses((status = 200)))]
#[get("/broken/")]
async fn broken() -> ApiResult<Nothing> {
    Err(AppError::internal("the password is hunter2").into())
}

/// Panics
#[utoipa::path(responses((status = 200)))]
#[get("/panicking/")]
async fn panicking() -> ApiResult<Nothing> {
    panic!("the password is hunter2")
}

/// Answers at length
#[utoipa::path(responses((status = 200)))]
#[get("/long/")]
async fn long() -> ApiResult<String> {
    Ok(ApiResponse::ok("x".repeat(5_000)))
}

/// Answers with a tag
#[utoipa::path(responses((status = 200)))]
#[get("/tagged/")]
async fn tagged() -> ApiResult<Value> {
    Ok(ApiResponse::ok(json!({"always": "the same"})).tagged())
}

/// Acts on the cookie
#[utoipa::path(responses((status = 200)))]
#[post("/refresh/")]
async fn refresh(request: HttpRequest) -> ApiResult<bool> {
    let header = request.headers().get("x-body-token");
    let body = header.map(|token| kernel::Secret::new(token.to_str().unwrap_or_default()));
    Ok(ApiResponse::ok(
        cookies::refresh_token(&request, body)?.is_some(),
    ))
}

/// Sets the cookie
#[utoipa::path(responses((status = 200)))]
#[post("/login/")]
async fn login(request: HttpRequest, services: Data<AppState>) -> ApiResult<Nothing> {
    same_origin::refuse_others(&request)?;
    let token = kernel::Secret::new("abc");
    let lasts = std::time::Duration::from_secs(60);
    let cookie = cookies::refresh(&token, lasts, &services.site.public_url);
    Ok(ApiResponse::done("Welcome.").cookies([cookie]))
}

/// Tells the address
#[utoipa::path(responses((status = 200)))]
#[get("/address/")]
async fn address(visitor: Visitor) -> ApiResult<String> {
    Ok(ApiResponse::ok(visitor.rate_key()))
}

gateway::rate!(Trying, "trying", 2 in 60, User);

gateway::rate!(FromNetwork, "from_network", 2 in 60, Network);

/// Answers twice a minute to a network
#[utoipa::path(responses((status = 200)))]
#[get("/limited-network/")]
async fn limited_network(_limit: Limit<FromNetwork>) -> ApiResult<Nothing> {
    Ok(ApiResponse::done("Yes."))
}

/// Makes a thing, twice a minute
#[utoipa::path(responses((status = 201, body = Envelope<u32>)))]
#[post("/limited/")]
async fn make_limited(
    once: Idempotent,
    body: NoBody,
    _limit: Limit<Trying>,
    services: Data<AppState>,
) -> Result<HttpResponse, Failure> {
    once.run(body.digest, async |key| {
        let count = |_: &mut Tx<'_>| Ok(MADE.fetch_add(1, Ordering::SeqCst));
        let made = services.store.write_once(key.as_ref(), count).await?;
        Ok(ApiResponse::created(made))
    })
    .await
}

/// Answers twice a minute
#[utoipa::path(responses((status = 200)))]
#[get("/limited/")]
async fn limited(_limit: Limit<Trying>) -> ApiResult<Nothing> {
    Ok(ApiResponse::done("Yes."))
}
