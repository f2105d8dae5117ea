//! Two-factor authentication: authenticator apps, codes by email and recovery codes.

use accounts::AccountsService;
use actix_web::{HttpResponse, post, web};
use contract::accounts::SecondFactorState;
use contract::auth::{
    DisableSecondFactor, RecoveryCodes, SecondFactorEnabled, TotpEnable, TotpSetup,
};
use contract::envelope::Envelope;
use http_kit::{
    ApiResponse, ApiResult, Body, CurrentUser, Failure, Idempotent, Limit, NoBody, Routes,
    rate_limit,
};

rate_limit!(ChangingSecondFactor, "second_factor", 30 in 600, User);

pub(super) fn routes(auth: &mut Routes<'_>) {
    auth.add(set_totp_up)
        .add(enable_totp)
        .add(enable_email_codes);
    auth.add(disable_second_factor).add(renew_recovery_codes);
}

/// Set up an authenticator app
///
/// Returns a new secret as text, as a link and as a QR code. The app is enabled with
/// `/api/v1/auth/2fa/totp/enable/`. Requires a verified email address.
#[utoipa::path(tag = "Two-factor authentication",
    responses((status = 200, description = "The secret for the app.", body = Envelope<TotpSetup>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "auth.email_not_verified", "auth.second_factor_already_on",
        "too_many_requests"
    ]))))]
#[post("/2fa/totp/setup/")]
async fn set_totp_up(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ChangingSecondFactor>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<TotpSetup> {
    Ok(ApiResponse::ok(accounts.set_up_totp(&actor).await?))
}

/// Enable the authenticator app
///
/// Takes a code that the app shows. If it is the first second factor of the account, the response
/// contains ten recovery codes.
#[utoipa::path(tag = "Two-factor authentication", request_body = TotpEnable,
    responses((status = 200, description = "The second factor is enabled.", body = Envelope<SecondFactorEnabled>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "auth.email_not_verified", "auth.totp_not_set_up",
        "auth.second_factor_already_on", "auth.code_wrong", "too_many_requests"
    ]))))]
#[post("/2fa/totp/enable/")]
async fn enable_totp(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ChangingSecondFactor>,
    body: Body<TotpEnable>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<SecondFactorEnabled> {
    Ok(ApiResponse::ok(
        accounts.enable_totp(&actor, body.value).await?,
    ))
}

/// Enable login codes by email
///
/// A code is sent to the verified email address at each login.
#[utoipa::path(tag = "Two-factor authentication",
    responses((status = 200, description = "The second factor is enabled.", body = Envelope<SecondFactorEnabled>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "auth.email_not_verified", "auth.second_factor_already_on",
        "too_many_requests"
    ]))))]
#[post("/2fa/email/enable/")]
async fn enable_email_codes(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ChangingSecondFactor>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<SecondFactorEnabled> {
    Ok(ApiResponse::ok(accounts.enable_email_codes(&actor).await?))
}

/// Disable two-factor authentication
///
/// Disables the given method, or all methods if none is given. Disabling the last method also deletes
/// the recovery codes.
#[utoipa::path(tag = "Two-factor authentication", request_body = DisableSecondFactor,
    responses((status = 200, description = "The methods that are still enabled.", body = Envelope<SecondFactorState>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "auth.second_factor_off", "auth.method_unavailable",
        "too_many_requests"
    ]))))]
#[post("/2fa/disable/")]
async fn disable_second_factor(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ChangingSecondFactor>,
    body: Body<DisableSecondFactor>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<SecondFactorState> {
    Ok(ApiResponse::ok(
        accounts.disable_second_factor(&actor, body.value).await?,
    ))
}

/// Regenerate recovery codes
///
/// Returns ten new codes and invalidates the previous ones.
#[utoipa::path(tag = "Two-factor authentication", params(Idempotent),
    responses((status = 201, description = "The new codes. They cannot be retrieved again.", body = Envelope<RecoveryCodes>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "auth.second_factor_off", "too_many_requests"
    ]))))]
#[post("/2fa/recovery-codes/")]
async fn renew_recovery_codes(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<ChangingSecondFactor>,
    once: Idempotent,
    body: NoBody,
    accounts: web::Data<dyn AccountsService>,
) -> Result<HttpResponse, Failure> {
    once.run(body.digest, async |key| {
        let accounts = accounts.once(key);
        Ok(ApiResponse::created(
            accounts.renew_recovery_codes(&actor).await?,
        ))
    })
    .await
}
