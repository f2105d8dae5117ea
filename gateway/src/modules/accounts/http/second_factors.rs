//! Second steps: the authenticator app, mailed codes, recovery codes.

use accounts::AccountsService;
use actix_web::{HttpResponse, post, web};
use contract::auth::{
    DisableSecondFactor, RecoveryCodes, SecondFactorEnabled, SecondFactorState, TotpEnable,
    TotpSetup,
};
use contract::envelope::Envelope;
use http_kit::{
    ApiResponse, ApiResult, Body, CurrentUser, Failure, Idempotent, Limit, NoBody, Routes,
    rate_limit,
};

rate_limit!(Securing, "second_factor", 30 in 600, User);

pub(super) fn routes(auth: &mut Routes<'_>) {
    auth.add(set_totp_up)
        .add(enable_totp)
        .add(enable_email_codes);
    auth.add(disable_second_factor).add(renew_recovery_codes);
}

/// Set an authenticator app up
///
/// Answers a new secret as text, as a link and as a QR code. It is on once its first code was typed.
/// The e-mail address has to be verified.
#[utoipa::path(tag = "Second step",
    responses((status = 200, description = "What to put into the app.", body = Envelope<TotpSetup>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "auth.email_not_verified", "auth.second_factor_already_on",
        "too_many_requests"
    ]))))]
#[post("/2fa/totp/setup/")]
async fn set_totp_up(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Securing>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<TotpSetup> {
    Ok(ApiResponse::ok(accounts.set_up_totp(&actor).await?))
}

/// Turn the authenticator app on
///
/// With the first code that it shows. With the first second step come ten recovery codes.
#[utoipa::path(tag = "Second step", request_body = TotpEnable,
    responses((status = 200, description = "It is on.", body = Envelope<SecondFactorEnabled>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "auth.email_not_verified", "auth.totp_not_set_up",
        "auth.second_factor_already_on", "auth.code_wrong", "too_many_requests"
    ]))))]
#[post("/2fa/totp/enable/")]
async fn enable_totp(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Securing>,
    body: Body<TotpEnable>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<SecondFactorEnabled> {
    Ok(ApiResponse::ok(
        accounts.enable_totp(&actor, body.value).await?,
    ))
}

/// Have a code mailed with each login
#[utoipa::path(tag = "Second step",
    responses((status = 200, description = "It is on.", body = Envelope<SecondFactorEnabled>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "auth.email_not_verified", "auth.second_factor_already_on",
        "too_many_requests"
    ]))))]
#[post("/2fa/email/enable/")]
async fn enable_email_codes(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Securing>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<SecondFactorEnabled> {
    Ok(ApiResponse::ok(accounts.enable_email_codes(&actor).await?))
}

/// Turn second steps off
///
/// The one that is named, or all. With the last one the recovery codes go too.
#[utoipa::path(tag = "Second step", request_body = DisableSecondFactor,
    responses((status = 200, description = "What is still on.", body = Envelope<SecondFactorState>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "auth.second_factor_off", "auth.method_unavailable",
        "too_many_requests"
    ]))))]
#[post("/2fa/disable/")]
async fn disable_second_factor(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Securing>,
    body: Body<DisableSecondFactor>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<SecondFactorState> {
    Ok(ApiResponse::ok(
        accounts.disable_second_factor(&actor, body.value).await?,
    ))
}

/// Ten fresh recovery codes
///
/// The old ones are void.
#[utoipa::path(tag = "Second step", params(Idempotent),
    responses((status = 201, description = "The codes, shown this once.", body = Envelope<RecoveryCodes>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.step_up_required", "auth.second_factor_off", "too_many_requests"
    ]))))]
#[post("/2fa/recovery-codes/")]
async fn renew_recovery_codes(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Securing>,
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
