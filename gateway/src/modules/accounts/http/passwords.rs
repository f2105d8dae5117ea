//! Forgotten, reset and changed passwords, and proving again who is there.

use accounts::AccountsService;
use accounts::forms::{NewPassword, PasswordChangeForm, PasswordResetForm};
use actix_web::{HttpRequest, post, web};
use contract::auth::{
    ChangePassword, ForgotPassword, Proven, ResetPassword, StepUp, StepUpAnswer, Verify,
};
use contract::envelope::{Envelope, Nothing};
use http_kit::{ApiResponse, ApiResult, Body, CurrentUser, Form, Limit, Routes, rate_limit};
use json_reader::PartialForm;

use super::client_info::client_info;

rate_limit!(Forgetting, "forgot_password", 10 in 3600, Address);
rate_limit!(Resetting, "reset_password", 20 in 3600, Address);
rate_limit!(Proving, "step_up", 20 in 300, User);

pub(super) fn routes(auth: &mut Routes<'_>) {
    auth.add(forgot_password)
        .add(reset_password)
        .add(change_password);
    auth.add(step_up).add(verify_step_up);
}

/// Ask for a link to set a new password
///
/// The answer is the same, and takes as long, whether or not the address belongs to an account. An
/// account gets one such mail a minute and five a day.
#[utoipa::path(tag = "Passwords", request_body = ForgotPassword,
    responses((status = 200, description = "If there is such an account, a mail is on its way.", body = Envelope<Nothing>)),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[post("/password/forgot/")]
async fn forgot_password(
    _limit: Limit<Forgetting>,
    body: Body<ForgotPassword>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Nothing> {
    accounts.forgot_password(body.value).await?;
    Ok(ApiResponse::done(
        "If there is an account with this address, a mail is on its way.",
    ))
}

/// Set a new password with the mailed link
///
/// Ends all sessions and voids all other links; a second factor stays on, unless the address was
/// not verified before: then this link is its first proof, and factors are removed. The newest three
/// links are valid.
#[utoipa::path(tag = "Passwords", request_body = ResetPassword,
    responses((status = 200, description = "It is set.", body = Envelope<Nothing>)),
    extensions(("x-errors" = json!([
        "auth.link_invalid", "auth.link_expired", "auth.password_length", "auth.password_weak",
        "auth.password_personal", "auth.password_mismatch", "too_many_requests"
    ]))))]
#[post("/password/reset/")]
async fn reset_password(
    request: HttpRequest,
    _limit: Limit<Resetting>,
    form: Form<ResetPassword>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Nothing> {
    let (accounts, client) = (&accounts, client_info(&request)?);
    let check = async |form: PartialForm<'_, ResetPassword>| {
        let form = password_reset(&form);
        accounts.check_password_reset(form, &client).await
    };
    let body = form.checked(check).await?;
    accounts.reset_password(body.value, &client).await?;
    Ok(ApiResponse::done(
        "The new password is set; sign in with it.",
    ))
}

/// What could be read of a new password and its link.
fn password_reset<'a>(form: &PartialForm<'a, ResetPassword>) -> PasswordResetForm<'a> {
    PasswordResetForm {
        token: form.field("token", |form| &form.token),
        password: NewPassword {
            password: form.field("password", |form| &form.password),
            confirmation: form.field("password_confirm", |form| &form.password_confirm),
        },
    }
}

/// Change my password
///
/// Ends my other sessions and voids open links. With a second factor on it needs a fresh step-up,
/// and is none itself.
#[utoipa::path(tag = "Passwords", request_body = ChangePassword,
    responses((status = 200, description = "It is changed.", body = Envelope<Nothing>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.password_wrong", "auth.password_unchanged", "auth.password_length",
        "auth.password_weak", "auth.password_personal", "auth.password_mismatch",
        "auth.step_up_required", "auth.too_many_attempts", "too_many_requests"
    ]))))]
#[post("/password/change/")]
async fn change_password(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Proving>,
    form: Form<ChangePassword>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Nothing> {
    let accounts = &accounts;
    let check = async |form: PartialForm<'_, ChangePassword>| {
        let form = password_change(&form);
        accounts.check_password_change(&actor, form).await
    };
    let body = form.checked(check).await?;
    accounts.change_password(&actor, body.value).await?;
    Ok(ApiResponse::done(
        "The password is changed; other sessions have ended.",
    ))
}

/// What could be read of the old password and the new one.
fn password_change<'a>(form: &PartialForm<'a, ChangePassword>) -> PasswordChangeForm<'a> {
    PasswordChangeForm {
        current: form.field("current_password", |form| &form.current_password),
        password: NewPassword {
            password: form.field("password", |form| &form.password),
            confirmation: form.field("password_confirm", |form| &form.password_confirm),
        },
    }
}

/// Prove again who I am
///
/// Before changing security settings: with the password, and with the second step where one is on.
#[utoipa::path(tag = "Passwords", request_body = StepUp,
    responses((status = 200, description = "Proven, or one more step to go.", body = Envelope<StepUpAnswer>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.password_wrong", "auth.too_many_attempts", "too_many_requests"
    ]))))]
#[post("/step-up/")]
async fn step_up(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Proving>,
    body: Body<StepUp>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<StepUpAnswer> {
    Ok(ApiResponse::ok(accounts.step_up(&actor, body.value).await?))
}

/// Finish proving with the second step
#[utoipa::path(tag = "Passwords", request_body = Verify,
    responses((status = 200, description = "Proven.", body = Envelope<Proven>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.challenge_invalid", "auth.challenge_expired", "auth.too_many_tries",
        "auth.code_wrong", "auth.method_unavailable", "too_many_requests"
    ]))))]
#[post("/step-up/verify/")]
async fn verify_step_up(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Proving>,
    body: Body<Verify>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Proven> {
    Ok(ApiResponse::ok(
        accounts.verify_step_up(&actor, body.value).await?,
    ))
}
