//! Other people.

use accounts::AccountsService;
use actix_web::{HttpRequest, get, web};
use contract::envelope::{Envelope, ListEnvelope};
use contract::users::{PublicProfile, UserSummary};
use http_kit::query::{self, FromQuery};
use http_kit::{
    ApiResponse, ApiResult, CurrentUser, IfNoneMatch, Limit, ListResult, PageParams, PathParam,
    QueryPair, Routes, rate_limit,
};
use kernel::AppError;
use serde::Deserialize;
use validator::Validate;

rate_limit!(Searching, "search_users", 120 in 60, User);

pub(super) fn routes(users: &mut Routes<'_>) {
    users.add(search_users).add(read_public_profile);
}

/// What to look for.
#[derive(Debug, Clone, Deserialize, Validate)]
struct Search {
    #[validate(length(max = 100, message = "too long: 100 characters at most"))]
    #[serde(default)]
    search: String,
}

/// What is looked for, where there is something.
struct SearchTerm(String);

impl FromQuery for SearchTerm {
    fn from_query(request: &HttpRequest) -> Result<Self, AppError> {
        let Search { search } = query::read(request.query_string())?;
        accounts::check_search(&search)?;
        Ok(Self(search))
    }
}

/// Look for people
///
/// By the beginning of any word in their name or display name, ignoring case and accents (`e` finds
/// `É`); one character at least. Words begin where Unicode has them begin; spaces and signs only part
/// them, in names and in what is typed. Those whose name itself begins so come first.
#[utoipa::path(tag = "Users",
    params(("search" = String, Query, min_length = 1, max_length = 100,
            description = "The beginning of a word in a name.", example = "ad"),
        PageParams),
    responses((status = 200, description = "Who was found.", body = ListEnvelope<UserSummary>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.search_too_short", "too_many_requests"]))))]
#[get("/")]
async fn search_users(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Searching>,
    QueryPair(SearchTerm(term), page): QueryPair<SearchTerm, PageParams>,
    accounts: web::Data<dyn AccountsService>,
) -> ListResult<UserSummary> {
    Ok(page.respond(accounts.search(&actor, &term, page.request).await?))
}

/// Somebody's profile
///
/// By name or id, as far as they let me see it.
#[utoipa::path(tag = "Users",
    params(IfNoneMatch, ("username" = String, Path, min_length = 1, max_length = 60, description = "Name or id.", example = "ada")),
    responses((status = 200, description = "Who it is.", body = Envelope<PublicProfile>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.not_found"]))))]
#[get("/{username}/")]
async fn read_public_profile(
    CurrentUser(actor): CurrentUser,
    PathParam(username): PathParam<String>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<PublicProfile> {
    Ok(ApiResponse::ok(accounts.public_profile(&actor, &username).await?).tagged())
}
