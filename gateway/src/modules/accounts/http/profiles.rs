//! One's own profile and settings.

use accounts::AccountsService;
use actix_web::{delete, get, patch, put, web};
use contract::envelope::{Envelope, Nothing};
use contract::users::{
    AiSettings, DeleteAccount, PatchProfile, Preferences, Profile, PutAiSettings, PutProfile,
};
use http_kit::HttpState;
use http_kit::{
    ApiResponse, ApiResult, Body, CurrentUser, Form, IfNoneMatch, Limit, Routes, cookies,
    rate_limit,
};
use json_reader::PartialForm;
use social::SocialService;

rate_limit!(Editing, "edit_profile", 60 in 60, User);
rate_limit!(Leaving, "delete_account", 10 in 600, User);

pub(super) fn routes(users: &mut Routes<'_>) {
    users.add(super::logins::register);
    users
        .add(read_profile)
        .add(patch_profile)
        .add(put_profile)
        .add(delete_account);
    users.add(read_preferences).add(put_preferences);
    users.add(read_ai_settings).add(put_ai_settings);
}

/// My profile
#[utoipa::path(tag = "Users", params(IfNoneMatch),
    responses((status = 200, description = "My profile.", body = Envelope<Profile>)),
    security(("bearer" = [])))]
#[get("/profile/")]
async fn read_profile(
    CurrentUser(actor): CurrentUser,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Profile> {
    Ok(ApiResponse::ok(accounts.profile(&actor).await?).tagged())
}

/// Change my profile
///
/// What is not named stays; null empties the display name or the bio. A new e-mail address counts once the link mailed to it was followed; an
/// address that was never verified is replaced at once, and nobody is found by the new one before
/// it is verified. Whether an address belongs to another account is told only to its mailbox. When
/// the new address counts, the old one is told, and the sessions that did not ask for the change
/// end.
#[utoipa::path(tag = "Users", request_body = PatchProfile,
    responses((status = 200, description = "My profile as it is now.", body = Envelope<Profile>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "users.display_name_invalid", "users.bio_invalid", "users.language_invalid",
        "auth.email_invalid", "auth.step_up_required", "auth.resend_too_soon",
        "too_many_requests"
    ]))))]
#[patch("/profile/")]
async fn patch_profile(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Editing>,
    form: Form<PatchProfile>,
    accounts: web::Data<dyn AccountsService>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<Profile> {
    let check = async |form: PartialForm<'_, _>| accounts::check_patch_profile(form.value());
    let body = form.checked(check).await?;
    let concerns_presence = body
        .value
        .privacy
        .is_some_and(|privacy| privacy.online_status.is_some());
    let profile = accounts.patch_profile(&actor, body.value).await?;
    if concerns_presence {
        social.presence().recompute(&[actor.user]);
    }
    Ok(ApiResponse::ok(profile))
}

/// Replace my profile
///
/// What is left out is empty, or as in a new account. The address must be there; another one than
/// that of now is asked for as with PATCH.
#[utoipa::path(tag = "Users", request_body = PutProfile,
    responses((status = 200, description = "My profile as it is now.", body = Envelope<Profile>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "users.display_name_invalid", "users.bio_invalid", "users.language_invalid",
        "auth.email_invalid", "auth.step_up_required", "auth.resend_too_soon",
        "too_many_requests"
    ]))))]
#[put("/profile/")]
async fn put_profile(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Editing>,
    form: Form<PutProfile>,
    accounts: web::Data<dyn AccountsService>,
    social: web::Data<dyn SocialService>,
) -> ApiResult<Profile> {
    let check = async |form: PartialForm<'_, _>| accounts::check_put_profile(form.value());
    let body = form.checked(check).await?;
    let profile = accounts.put_profile(&actor, body.value).await?;
    social.presence().recompute(&[actor.user]);
    Ok(ApiResponse::ok(profile))
}

/// Delete my account
///
/// What I wrote and played stays for others, under a name that says nothing. It cannot be undone.
/// With a second factor on it needs a fresh step-up.
#[utoipa::path(tag = "Users", request_body = DeleteAccount,
    responses((status = 200, description = "The account is gone.", body = Envelope<Nothing>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.password_wrong", "auth.too_many_attempts", "auth.step_up_required",
        "users.last_admin", "too_many_requests"
    ]))))]
#[delete("/profile/")]
async fn delete_account(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Leaving>,
    body: Body<DeleteAccount>,
    accounts: web::Data<dyn AccountsService>,
    http: web::Data<HttpState>,
) -> ApiResult<Nothing> {
    accounts.delete_account(&actor, body.value).await?;
    Ok(ApiResponse::done("The account is deleted.")
        .cookies([cookies::cleared(&http.config.public_url)]))
}

/// My free-form preferences
#[utoipa::path(tag = "Users", params(IfNoneMatch),
    responses((status = 200, description = "One JSON object.", body = Envelope<Preferences>)),
    security(("bearer" = [])))]
#[get("/profile/preferences/")]
async fn read_preferences(
    CurrentUser(actor): CurrentUser,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Preferences> {
    Ok(ApiResponse::ok(accounts.preferences(&actor).await?).tagged())
}

/// Replace my free-form preferences
#[utoipa::path(tag = "Users", request_body = Preferences,
    responses((status = 200, description = "As they are now.", body = Envelope<Preferences>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.preferences_too_large", "too_many_requests"]))))]
#[put("/profile/preferences/")]
async fn put_preferences(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Editing>,
    body: Body<Preferences>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Preferences> {
    Ok(ApiResponse::ok(
        accounts.set_preferences(&actor, body.value).await?,
    ))
}

/// How the computer plays against me
#[utoipa::path(tag = "Users", params(IfNoneMatch),
    responses((status = 200, description = "My settings.", body = Envelope<AiSettings>)),
    security(("bearer" = [])))]
#[get("/profile/ai-settings/")]
async fn read_ai_settings(
    CurrentUser(actor): CurrentUser,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<AiSettings> {
    Ok(ApiResponse::ok(accounts.ai_settings(&actor).await?).tagged())
}

/// Replace how the computer plays against me
#[utoipa::path(tag = "Users", request_body = PutAiSettings,
    responses((status = 200, description = "As they are now.", body = Envelope<AiSettings>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[put("/profile/ai-settings/")]
async fn put_ai_settings(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<Editing>,
    body: Body<PutAiSettings>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<AiSettings> {
    Ok(ApiResponse::ok(
        accounts.set_ai_settings(&actor, body.value.0).await?,
    ))
}
