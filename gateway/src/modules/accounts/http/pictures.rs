//! Avatars.

use accounts::AccountsService;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use contract::envelope::Envelope;
use contract::users::Avatar;
use http_kit::{
    ApiResponse, ApiResult, Binary, CurrentUser, Failure, FileForm, IfNoneMatch, Limit, PathParam,
    Query, Routes, UploadedFile, VerifiedUser, rate_limit,
};
use serde::Deserialize;
use validator::Validate;

rate_limit!(Uploading, "upload_avatar", 20 in 600, User);

/// The image at an address with a version never changes.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The image at an address without a version may change.
const FOR_NOW: HeaderValue = HeaderValue::from_static("public, max-age=60");
/// Prevents scripts and requests in SVG images.
const PICTURE_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

pub(super) fn routes(users: &mut Routes<'_>) {
    users.add(upload_avatar).add(delete_avatar).add(read_avatar);
}

/// The version of an avatar.
#[derive(Debug, Clone, Deserialize, Validate)]
struct Version {
    #[validate(length(max = 100, message = "must be at most 100 characters long"))]
    v: Option<String>,
}

/// Upload an avatar
///
/// Accepts a PNG, JPEG, WebP or GIF file of at most 5 MiB, as the body or as the field `file` of a
/// form. The image is scaled to 256 by 256 pixels and encoded again without metadata.
#[utoipa::path(tag = "Users",
    request_body(description = "The image file.", content(
        (inline(Binary) = "image/png"), (inline(Binary) = "image/jpeg"), (inline(Binary) = "image/webp"),
        (inline(Binary) = "image/gif"), (inline(FileForm) = "multipart/form-data"))),
    responses((status = 200, description = "Address of the avatar.", body = Envelope<Avatar>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "users.avatar_too_large", "users.avatar_wrong_type", "users.avatar_too_many_pixels",
        "users.avatar_broken", "malformed_form", "body_too_large", "request_timeout",
        "unsupported_content_encoding", "auth.email_not_verified", "too_many_requests"
    ]))))]
#[post("/profile/avatar/")]
async fn upload_avatar(
    VerifiedUser(actor): VerifiedUser,
    _limit: Limit<Uploading>,
    upload: UploadedFile,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Avatar> {
    Ok(ApiResponse::ok(
        accounts.set_avatar(&actor, upload.0).await?,
    ))
}

/// Delete the avatar
///
/// The default avatar is shown instead.
#[utoipa::path(tag = "Users",
    responses((status = 200, description = "Address of the default avatar.", body = Envelope<Avatar>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.avatar_missing"]))))]
#[delete("/profile/avatar/")]
async fn delete_avatar(
    CurrentUser(actor): CurrentUser,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Avatar> {
    Ok(ApiResponse::ok(accounts.remove_avatar(&actor).await?))
}

/// Get a user's avatar
///
/// Requires no authentication, as browsers load images without credentials; blocks do not affect it.
/// The addresses in profiles contain a version; their responses can be cached permanently.
#[utoipa::path(tag = "Users",
    params(IfNoneMatch, ("username" = String, Path, min_length = 1, max_length = 60, description = "Name or id.", example = "ada"),
        ("v" = Option<String>, Query, max_length = 100, description = "Version of the avatar.")),
    responses((status = 200, description = "The image.",
        content((inline(Binary) = "image/png"), (inline(Binary) = "image/jpeg"), (String = "image/svg+xml")))),
    extensions(("x-errors" = json!(["users.not_found"]))))]
#[get("/{username}/avatar/")]
async fn read_avatar(
    _request: HttpRequest,
    PathParam(username): PathParam<String>,
    Query(version): Query<Version>,
    accounts: web::Data<dyn AccountsService>,
) -> Result<HttpResponse, Failure> {
    let picture = accounts.avatar(&username, version.v.as_deref()).await?;
    let tag = HeaderValue::try_from(format!("\"{}\"", picture.version))
        .map_err(kernel::AppError::internal)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::ETAG, tag));
    answer.insert_header((header::CONTENT_TYPE, picture.media_type));
    answer.insert_header((
        header::CACHE_CONTROL,
        if picture.is_immutable {
            FOR_GOOD
        } else {
            FOR_NOW
        },
    ));
    answer.insert_header((header::CONTENT_SECURITY_POLICY, PICTURE_POLICY));
    Ok(answer.body(picture.bytes))
}
