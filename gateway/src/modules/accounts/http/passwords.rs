//! Password reset, password change and step-up authentication.

use accounts::AccountsService;
use accounts::forms::{NewPassword, PasswordChangeForm, PasswordResetForm};
use actix_web::{HttpRequest, post, web};
use contract::auth::{
    ChangePassword, ForgotPassword, Proven, ResetPassword, StepUp, StepUpAnswer, Verify,
};
use contract::envelope::{Envelope, NoData};
use http_kit::{ApiResponse, ApiResult, Body, CurrentUser, Form, Limit, Routes, rate_limit};
use json_reader::PartialForm;

use super::client_info::client_info;

rate_limit!(RequestingPasswordReset, "forgot_password", 10 in 3600, Address);
rate_limit!(ResettingPassword, "reset_password", 20 in 3600, Address);
rate_limit!(SteppingUp, "step_up", 20 in 300, User);

pub(super) fn routes(auth: &mut Routes<'_>) {
    auth.add(forgot_password)
        .add(reset_password)
        .add(change_password);
    auth.add(step_up).add(verify_step_up);
}

/// Request a password reset
///
/// The response and its timing are the same whether or not the address has an account. At most one
/// email per minute and five per day are sent to an account.
#[utoipa::path(tag = "Passwords", request_body = ForgotPassword,
    responses((status = 200, description = "If the address has an account, an email is sent.", body = Envelope<NoData>)),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[post("/password/forgot/")]
async fn forgot_password(
    _limit: Limit<RequestingPasswordReset>,
    body: Body<ForgotPassword>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<NoData> {
    accounts.forgot_password(body.value).await?;
    Ok(ApiResponse::done(
        "If this address has an account, an email with a reset link is sent.",
    ))
}

/// Reset the password
///
/// Sets a new password with the token from the email. Ends all sessions and invalidates all other
/// links. Two-factor authentication stays enabled, unless the email address was not verified before:
/// then the reset verifies the address and disables it. The three newest links are valid.
#[utoipa::path(tag = "Passwords", request_body = ResetPassword,
    responses((status = 200, description = "The new password is set.", body = Envelope<NoData>)),
    extensions(("x-errors" = json!([
        "auth.link_invalid", "auth.link_expired", "auth.password_length", "auth.password_weak",
        "auth.password_personal", "auth.password_mismatch", "too_many_requests"
    ]))))]
#[post("/password/reset/")]
async fn reset_password(
    request: HttpRequest,
    _limit: Limit<ResettingPassword>,
    form: Form<ResetPassword>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<NoData> {
    let (accounts, client) = (&accounts, client_info(&request)?);
    let check = async |form: PartialForm<'_, ResetPassword>| {
        let form = password_reset(&form);
        accounts.check_password_reset(form, &client).await
    };
    let body = form.checked(check).await?;
    accounts.reset_password(body.value, &client).await?;
    Ok(ApiResponse::done(
        "Password reset. Log in with the new password.",
    ))
}

/// The fields of a password reset that could be read.
fn password_reset<'a>(form: &PartialForm<'a, ResetPassword>) -> PasswordResetForm<'a> {
    PasswordResetForm {
        token: form.field("token", |form| &form.token),
        password: NewPassword {
            password: form.field("password", |form| &form.password),
            confirmation: form.field("password_confirm", |form| &form.password_confirm),
        },
    }
}

/// Change the password
///
/// Ends all other sessions and invalidates pending links. Requires a recent step-up if two-factor
/// authentication is enabled; does not count as a step-up itself.
#[utoipa::path(tag = "Passwords", request_body = ChangePassword,
    responses((status = 200, description = "The password is changed.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.password_wrong", "auth.password_unchanged", "auth.password_length",
        "auth.password_weak", "auth.password_personal", "auth.password_mismatch",
        "auth.step_up_required", "auth.too_many_attempts", "too_many_requests"
    ]))))]
#[post("/password/change/")]
async fn change_password(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<SteppingUp>,
    form: Form<ChangePassword>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<NoData> {
    let accounts = &accounts;
    let check = async |form: PartialForm<'_, ChangePassword>| {
        let form = password_change(&form);
        accounts.check_password_change(&actor, form).await
    };
    let body = form.checked(check).await?;
    accounts.change_password(&actor, body.value).await?;
    Ok(ApiResponse::done(
        "Password changed. All other sessions were ended.",
    ))
}

/// The fields of a password change that could be read.
fn password_change<'a>(form: &PartialForm<'a, ChangePassword>) -> PasswordChangeForm<'a> {
    PasswordChangeForm {
        current: form.field("current_password", |form| &form.current_password),
        password: NewPassword {
            password: form.field("password", |form| &form.password),
            confirmation: form.field("password_confirm", |form| &form.password_confirm),
        },
    }
}

/// Confirm the user's identity (step-up)
///
/// Required before security settings are changed. Takes the password; if two-factor authentication
/// is enabled, returns a challenge, which is completed with `/api/v1/auth/step-up/verify/`.
#[utoipa::path(tag = "Passwords", request_body = StepUp,
    responses((status = 200, description = "Confirmed, or a challenge for the second factor.", body = Envelope<StepUpAnswer>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.password_wrong", "auth.too_many_attempts", "too_many_requests"
    ]))))]
#[post("/step-up/")]
async fn step_up(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<SteppingUp>,
    body: Body<StepUp>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<StepUpAnswer> {
    Ok(ApiResponse::ok(accounts.step_up(&actor, body.value).await?))
}

/// Complete a step-up with a second factor
#[utoipa::path(tag = "Passwords", request_body = Verify,
    responses((status = 200, description = "The identity is confirmed.", body = Envelope<Proven>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.challenge_invalid", "auth.challenge_expired", "auth.too_many_tries",
        "auth.code_wrong", "auth.method_unavailable", "too_many_requests"
    ]))))]
#[post("/step-up/verify/")]
async fn verify_step_up(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<SteppingUp>,
    body: Body<Verify>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Proven> {
    Ok(ApiResponse::ok(
        accounts.verify_step_up(&actor, body.value).await?,
    ))
}
