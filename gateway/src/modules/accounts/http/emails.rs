//! Email verification.

use accounts::AccountsService;
use actix_web::{post, web};
use contract::auth::VerifyEmail;
use contract::envelope::{Envelope, NoData};
use http_kit::{ApiResponse, ApiResult, Body, CurrentUser, Limit, Routes, rate_limit};

rate_limit!(VerifyingEmail, "verify_email", 30 in 3600, Address);
rate_limit!(ResendingLink, "resend_link", 10 in 3600, User);

pub(super) fn routes(auth: &mut Routes<'_>) {
    auth.add(verify_email).add(resend_verification);
}

/// Verify an email address
///
/// Confirms the address of a new account or an address change with the token from the mail. After a
/// change, the old address is notified, and all sessions except the one that requested the change
/// end.
#[utoipa::path(tag = "Users", request_body = VerifyEmail,
    responses((status = 200, description = "The address is verified.", body = Envelope<NoData>)),
    extensions(("x-errors" = json!([
        "auth.link_invalid", "auth.link_expired", "auth.email_taken", "too_many_requests"
    ]))))]
#[post("/email/verify/")]
async fn verify_email(
    _limit: Limit<VerifyingEmail>,
    body: Body<VerifyEmail>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<NoData> {
    accounts.verify_email(body.value).await?;
    Ok(ApiResponse::done("Email address verified."))
}

/// Resend the verification email
#[utoipa::path(tag = "Users",
    responses((status = 200, description = "The email is sent.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.email_already_verified", "auth.resend_too_soon", "too_many_requests"
    ]))))]
#[post("/email/resend/")]
async fn resend_verification(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ResendingLink>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<NoData> {
    accounts.resend_verification(&actor).await?;
    Ok(ApiResponse::done("Verification email sent."))
}
