//! User search and public profiles.

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

/// The query of a search.
#[derive(Debug, Clone, Deserialize, Validate)]
struct Search {
    #[validate(length(max = 100, message = "must be at most 100 characters long"))]
    #[serde(default)]
    search: String,
}

/// A valid search term.
struct SearchTerm(String);

impl FromQuery for SearchTerm {
    fn from_query(request: &HttpRequest) -> Result<Self, AppError> {
        let Search { search } = query::read(request.query_string())?;
        accounts::check_search(&search)?;
        Ok(Self(search))
    }
}

/// Search users
///
/// Matches the beginning of any word of the username or display name, ignoring case and accents (`e`
/// matches `É`). Words are split at Unicode word boundaries; spaces and punctuation are ignored.
/// Users whose username begins with the term come first.
#[utoipa::path(tag = "Users",
    params(("search" = String, Query, min_length = 1, max_length = 100,
            description = "Search term, at least one character.", example = "ad"),
        PageParams),
    responses((status = 200, description = "List of matching users.", body = ListEnvelope<UserSummary>)),
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

/// Get a user's public profile
///
/// Contains the fields that the user's privacy settings allow.
#[utoipa::path(tag = "Users",
    params(IfNoneMatch, ("username" = String, Path, min_length = 1, max_length = 60, description = "Username or user id.", example = "ada")),
    responses((status = 200, description = "The user's public profile.", body = Envelope<PublicProfile>)),
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
