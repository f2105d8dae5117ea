//! Downloading all one's data.

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

/// Ask for a download of all my data
///
/// It is made in the background; a mail says when it is ready. With a second factor on it needs a
/// fresh step-up.
#[utoipa::path(tag = "Users", params(Idempotent),
    responses((status = 201, description = "It is being made.", body = Envelope<Export>)),
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

/// My exports
#[utoipa::path(tag = "Users",
    params(PageParams),
    responses((status = 200, description = "Newest first.", body = ListEnvelope<Export>)),
    security(("bearer" = [])))]
#[get("/profile/export/")]
async fn list_exports(
    CurrentUser(actor): CurrentUser,
    page: PageParams,
    accounts: web::Data<dyn AccountsService>,
) -> ListResult<Export> {
    Ok(page.respond(accounts.exports(&actor, page.request).await?))
}

/// How an export is coming along
#[utoipa::path(tag = "Users",
    params(("id" = ExportId, Path, description = "Which export.")),
    responses((status = 200, description = "Its state.", body = Envelope<Export>)),
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

/// Download an export
///
/// With a second factor on it needs a fresh step-up.
#[utoipa::path(tag = "Users",
    params(("id" = ExportId, Path, description = "Which export.")),
    responses((status = 200, description = "The file.", body = inline(Binary), content_type = "application/json")),
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

/// The file as it is read. An error ends the connection, so that nobody takes part of it for the
/// whole.
fn body(file: BlobStream) -> SizedStream<impl Stream<Item = std::io::Result<Bytes>>> {
    let failed = |error: kernel::AppError| {
        tracing::warn!(error = %error.chain(), "a download broke off");
        std::io::Error::other(error.chain())
    };
    SizedStream::new(file.size, file.chunks.map_err(failed))
}
