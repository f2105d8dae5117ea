//! The routes of the application under test.

use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use async_trait::async_trait;
use contract::envelope::{Envelope, NoData};
use db::Tx;
use http_kit::ports::{ActivityListener, Authenticator, RequestHasher};
use http_kit::{
    Admin, ApiResponse, ApiResult, Body, ClientAddress, CurrentUser, Failure, History, HttpState,
    Idempotent, Limit, ListResult, Moderator, NoBody, OptionalUser, PageParams, PathParam, Query,
    Routes, VerifiedUser, cookies, rate_limit, same_origin,
};
use kernel::error::Common;
use kernel::{Actor, AppError, Id, Page, Role, Timestamp, UserId};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use validator::Validate;

kernel::error_codes! {
    /// The error codes of these routes.
    pub enum ThingError {
        Full = "things.full", Conflict, "There are enough things.";
        Ended = "things.session_ended", Unauthenticated, "That session is over.";
    }
}

/// Two users with the tokens `member` and `admin`; only the administrator has a verified address.
pub(crate) struct Users;

#[async_trait]
impl Authenticator for Users {
    async fn authenticate(&self, token: &str) -> Result<Actor, AppError> {
        let role = match token {
            "member" => Role::Member,
            "admin" => Role::Admin,
            _ => return Err(ThingError::Ended.into()),
        };
        Ok(Actor {
            user: Id::from_uuid(uuid::Uuid::from_u128(role as u128 + 1)),
            session: Id::from_uuid(uuid::Uuid::from_u128(9)),
            role,
            verified: role == Role::Admin,
            reauthenticated_at: Timestamp::from_micros(0),
        })
    }

    fn require_verified(&self, actor: &Actor) -> Result<(), AppError> {
        if actor.verified {
            return Ok(());
        }
        Err(Common::EmailNotVerified.into())
    }
}

impl RequestHasher for Users {
    fn request_digest(&self, scope: &str, body: &[u8; 32]) -> [u8; 32] {
        Sha256::new_with_prefix("secret")
            .chain_update(scope)
            .chain_update(body)
            .finalize()
            .into()
    }
}

impl ActivityListener for Users {
    fn user_acted(&self, _user: UserId) {}
}

/// The number of things that were created.
pub(crate) static CREATED_COUNT: AtomicU32 = AtomicU32::new(0);

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes.add(healthz).add(readyz).add(metrics);
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

/// List things
#[utoipa::path(responses((status = 200, body = Vec<i64>)))]
#[get("/")]
async fn list(filter: Query<Filter>, page: PageParams) -> ListResult<i64> {
    let first = page.request.offset + i64::from(filter.0.level.unwrap_or(0));
    let items = (first..first + page.request.limit).collect();
    Ok(page.respond(Page { items, total: 50 }))
}

/// Create a thing
#[utoipa::path(request_body = NewThing, responses((status = 201, body = Envelope<u32>)))]
#[post("/")]
async fn make(
    idempotent: Idempotent,
    body: Body<NewThing>,
    state: Data<HttpState>,
) -> Result<HttpResponse, Failure> {
    idempotent
        .run(body.digest, async |key| {
            let make = move |_: &mut Tx<'_>| match body.value.name.as_str() {
                "full" => Err(ThingError::Full.into()),
                "away" => Err(Common::Unavailable.into()),
                _ => Ok(CREATED_COUNT.fetch_add(1, Ordering::SeqCst)),
            };
            let made = state.store.write_once(key.as_ref(), make).await?;
            Ok(ApiResponse::created(made))
        })
        .await
}

/// List a history
#[utoipa::path(responses((status = 200)))]
#[get("/history/")]
async fn history(history: History) -> ApiResult<String> {
    Ok(ApiResponse::ok(format!("{:?}", history.cursor)))
}

/// Get a thing
#[utoipa::path(params(("id" = uuid::Uuid, Path)), responses((status = 200)))]
#[get("/{id}/")]
async fn show(id: PathParam<UserId>) -> ApiResult<UserId> {
    Ok(ApiResponse::ok(id.0))
}

/// Delete a thing
#[utoipa::path(params(("id" = uuid::Uuid, Path)), responses((status = 200)))]
#[delete("/{id}/")]
async fn remove(_id: PathParam<UserId>) -> ApiResult<NoData> {
    Ok(ApiResponse::done("It is gone."))
}

/// Get the id of the user
#[utoipa::path(responses((status = 200)), security(("bearer" = [])))]
#[get("/who/")]
async fn who(actor: CurrentUser) -> ApiResult<UserId> {
    Ok(ApiResponse::ok(actor.0.user))
}

/// Get whether there is a user
#[utoipa::path(responses((status = 200)))]
#[get("/maybe/")]
async fn maybe(actor: OptionalUser) -> ApiResult<bool> {
    Ok(ApiResponse::ok(actor.0.is_some()))
}

/// For administrators
#[utoipa::path(responses((status = 200)))]
#[get("/admin/")]
async fn admin(_actor: Admin) -> ApiResult<NoData> {
    Ok(ApiResponse::done("Yes."))
}

/// For moderators
#[utoipa::path(responses((status = 200)))]
#[get("/moderator/")]
async fn moderator(_actor: Moderator) -> ApiResult<NoData> {
    Ok(ApiResponse::done("Yes."))
}

/// For users with a verified address
#[utoipa::path(responses((status = 200)))]
#[get("/verified/")]
async fn verified(_actor: VerifiedUser) -> ApiResult<NoData> {
    Ok(ApiResponse::done("Yes."))
}

/// Fail
#[utoipa::path(responses((status = 200)))]
#[get("/broken/")]
async fn broken() -> ApiResult<NoData> {
    Err(AppError::internal("the password is hunter2").into())
}

/// Panic
#[utoipa::path(responses((status = 200)))]
#[get("/panicking/")]
async fn panicking() -> ApiResult<NoData> {
    panic!("the password is hunter2")
}

/// Get a long text
#[utoipa::path(responses((status = 200)))]
#[get("/long/")]
async fn long() -> ApiResult<String> {
    Ok(ApiResponse::ok("x".repeat(5_000)))
}

/// Get a response with an ETag
#[utoipa::path(responses((status = 200)))]
#[get("/tagged/")]
async fn tagged() -> ApiResult<Value> {
    Ok(ApiResponse::ok(json!({"always": "the same"})).tagged())
}

/// Act on the cookie
#[utoipa::path(responses((status = 200)))]
#[post("/refresh/")]
async fn refresh(request: HttpRequest) -> ApiResult<bool> {
    let header = request.headers().get("x-body-token");
    let body = header.map(|token| kernel::Secret::new(token.to_str().unwrap_or_default()));
    Ok(ApiResponse::ok(
        cookies::refresh_token(&request, body)?.is_some(),
    ))
}

/// Set the cookie
#[utoipa::path(responses((status = 200)))]
#[post("/login/")]
async fn login(request: HttpRequest, state: Data<HttpState>) -> ApiResult<NoData> {
    same_origin::refuse_other_sites(&request)?;
    let token = kernel::Secret::new("abc");
    let lasts = std::time::Duration::from_secs(60);
    let cookie = cookies::refresh(&token, lasts, &state.config.public_url);
    Ok(ApiResponse::done("Welcome.").cookies([cookie]))
}

/// Get the client address
#[utoipa::path(responses((status = 200)))]
#[get("/address/")]
async fn address(client: ClientAddress) -> ApiResult<String> {
    Ok(ApiResponse::ok(client.rate_key()))
}

rate_limit!(Attempting, "trying", 2 in 60, User);

rate_limit!(FromNetwork, "from_network", 2 in 60, Network);

/// Respond twice a minute per network
#[utoipa::path(responses((status = 200)))]
#[get("/limited-network/")]
async fn limited_network(_limit: Limit<FromNetwork>) -> ApiResult<NoData> {
    Ok(ApiResponse::done("Yes."))
}

/// Create a thing, twice a minute
#[utoipa::path(responses((status = 201, body = Envelope<u32>)))]
#[post("/limited/")]
async fn make_limited(
    idempotent: Idempotent,
    body: NoBody,
    _limit: Limit<Attempting>,
    state: Data<HttpState>,
) -> Result<HttpResponse, Failure> {
    idempotent
        .run(body.digest, async |key| {
            let count = |_: &mut Tx<'_>| Ok(CREATED_COUNT.fetch_add(1, Ordering::SeqCst));
            let made = state.store.write_once(key.as_ref(), count).await?;
            Ok(ApiResponse::created(made))
        })
        .await
}

/// Respond twice a minute
#[utoipa::path(responses((status = 200)))]
#[get("/limited/")]
async fn limited(_limit: Limit<Attempting>) -> ApiResult<NoData> {
    Ok(ApiResponse::done("Yes."))
}

/// Respond to a liveness probe
#[utoipa::path(responses((status = 200)))]
#[get("/healthz")]
async fn healthz() -> ApiResult<NoData> {
    Ok(ApiResponse::done("Alive."))
}

/// Respond to a readiness probe
#[utoipa::path(responses((status = 200)))]
#[get("/readyz")]
async fn readyz() -> ApiResult<NoData> {
    Ok(ApiResponse::done("Ready."))
}

/// Respond to a scraper
#[utoipa::path(responses((status = 200)))]
#[get("/metrics")]
async fn metrics() -> ApiResult<NoData> {
    Ok(ApiResponse::done("None."))
}
