//! Exports of a user's data.

use accounts::AccountsService;
use actix_web::body::SizedStream;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, get, post, web};
use blobs::BlobStream;
use bytes::Bytes;
use contract::envelope::{Envelope, ListEnvelope};
use contract::users::{Export, ExportId};
use futures_util::{Stream, TryStreamExt};
use http_kit::{
    ApiResponse, ApiResult, Binary, CurrentUser, Failure, Idempotent, Limit, ListResult, NoBody,
    PageParams, PathParam, Routes, rate_limit,
};

rate_limit!(Exporting, "export", 5 in 3600, User);

pub(super) fn routes(users: &mut Routes<'_>) {
    users
        .add(request_export)
        .add(list_exports)
        .add(read_export)
        .add(download_export);
}

/// Request a data export
///
/// The export is prepared in the background, and an email is sent when it is ready. Requires a recent
/// step-up if two-factor authentication is enabled.
#[utoipa::path(tag = "Users", params(Idempotent),
    responses((status = 201, description = "The export, in state `preparing`.", body = Envelope<Export>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "users.export_pending", "too_many_requests"
    ]))))]
#[post("/profile/export/")]
async fn request_export(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Exporting>,
    once: Idempotent,
    body: NoBody,
    accounts: web::Data<dyn AccountsService>,
) -> Result<HttpResponse, Failure> {
    once.run(body.digest, async |key| {
        let accounts = accounts.once(key);
        Ok(ApiResponse::created(accounts.request_export(&actor).await?))
    })
    .await
}

/// List data exports
#[utoipa::path(tag = "Users",
    params(PageParams),
    responses((status = 200, description = "List of exports, newest first.", body = ListEnvelope<Export>)),
    security(("bearer" = [])))]
#[get("/profile/export/")]
async fn list_exports(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    accounts: web::Data<dyn AccountsService>,
) -> ListResult<Export> {
    Ok(page.respond(accounts.exports(&actor, page.request).await?))
}

/// Get a data export
#[utoipa::path(tag = "Users",
    params(("id" = ExportId, Path, description = "Export id.")),
    responses((status = 200, description = "The export with its state.", body = Envelope<Export>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.export_not_found"]))))]
#[get("/profile/export/{id}/")]
async fn read_export(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<ExportId>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Export> {
    Ok(ApiResponse::ok(accounts.export(&actor, id).await?))
}

/// Download a data export
///
/// Requires a recent step-up if two-factor authentication is enabled.
#[utoipa::path(tag = "Users",
    params(("id" = ExportId, Path, description = "Export id.")),
    responses((status = 200, description = "The export as a JSON file.", body = inline(Binary), content_type = "application/json")),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "users.export_not_found", "users.export_not_ready", "users.export_failed",
        "users.export_expired", "auth.step_up_required"
    ]))))]
#[get("/profile/export/{id}/download/")]
async fn download_export(
    CurrentUser(actor): CurrentUser,
    PathParam(id): PathParam<ExportId>,
    accounts: web::Data<dyn AccountsService>,
) -> Result<HttpResponse, Failure> {
    let file = accounts.download_export(&actor, id).await?;
    let name = format!("attachment; filename=\"{}\"", file.name);
    let name = HeaderValue::try_from(name).map_err(kernel::AppError::internal)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    ));
    answer.insert_header((header::CONTENT_DISPOSITION, name));
    Ok(answer.body(body(file.content)))
}

/// Streams the file. An error closes the connection, so that clients do not take a part of the file
/// for the whole.
fn body(file: BlobStream) -> SizedStream<impl Stream<Item = std::io::Result<Bytes>>> {
    let failed = |error: kernel::AppError| {
        tracing::warn!(error = %error.chain(), "export download aborted");
        std::io::Error::other(error.chain())
    };
    SizedStream::new(file.size, file.chunks.map_err(failed))
}
