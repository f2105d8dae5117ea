//! The routes of groups.

use actix_web::{HttpResponse, get, post, web};
use contract::envelope::{Envelope, ListEnvelope};
use contract::groups::{CreateGroup, Group, GroupId};
use groups::GroupsService;
use http_kit::{
    ApiResponse, ApiResult, CurrentUser, Failure, Form, Idempotent, Limit, ListResult, PageParams,
    PathParam, Routes, VerifiedUser, rate_limit,
};
use json_reader::PartialForm;

rate_limit!(CreatingGroup, "create_group", 30 in 3600, User);

/// Registers the routes below `/api/v1`.
pub(super) fn routes(api: &mut Routes<'_>) {
    api.scope("/social/groups", |groups| {
        groups.add(create_group).add(list_groups).add(get_group);
    });
}

/// Create a group
///
/// The current user owns it.
#[utoipa::path(tag = "Groups", request_body = CreateGroup, params(Idempotent),
    responses((status = 201, description = "The group.", body = Envelope<Group>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["groups.name_invalid", "groups.description_invalid",
        "groups.name_taken", "groups.too_many_groups", "auth.email_not_verified",
        "too_many_requests"]))))]
#[post("/")]
async fn create_group(
    VerifiedUser(actor): VerifiedUser,
    _limit: Limit<CreatingGroup>,
    idempotent: Idempotent,
    form: Form<CreateGroup>,
    groups: web::Data<dyn GroupsService>,
) -> Result<HttpResponse, Failure> {
    let check = async |form: PartialForm<'_, _>| groups.check(form.value());
    let body = form.checked(check).await?;
    idempotent
        .run(body.digest, async |key| {
            let group = groups.once(key).create(&actor, body.value).await?;
            Ok(ApiResponse::created(group))
        })
        .await
}

/// List groups
///
/// Groups that are listed or that the current user is a member of, newest first.
#[utoipa::path(tag = "Groups",
    params(PageParams),
    responses((status = 200, description = "The groups.", body = ListEnvelope<Group>)),
    security(("bearer" = [])))]
#[get("/")]
async fn list_groups(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    groups: web::Data<dyn GroupsService>,
) -> ListResult<Group> {
    Ok(page.respond(groups.list(&actor, page.request).await?))
}

/// Get a group
#[utoipa::path(tag = "Groups",
    params(("id" = GroupId, Path, description = "The id of the group.")),
    responses((status = 200, description = "The group.", body = Envelope<Group>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["groups.not_found"]))))]
#[get("/{id}/")]
async fn get_group(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<GroupId>,
    groups: web::Data<dyn GroupsService>,
) -> ApiResult<Group> {
    Ok(ApiResponse::ok(groups.get(&actor, id).await?))
}
