//! The current user's profile and settings.

use accounts::AccountsService;
use actix_web::{delete, get, patch, put, web};
use contract::envelope::{Envelope, NoData};
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

rate_limit!(EditingProfile, "edit_profile", 60 in 60, User);
rate_limit!(DeletingAccount, "delete_account", 10 in 600, User);

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

/// Get the current user's profile
#[utoipa::path(tag = "Users", params(IfNoneMatch),
    responses((status = 200, description = "The profile.", body = Envelope<Profile>)),
    security(("bearer" = [])))]
#[get("/profile/")]
async fn read_profile(
    CurrentUser(actor): CurrentUser,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Profile> {
    Ok(ApiResponse::ok(accounts.profile(&actor).await?).tagged())
}

/// Update the current user's profile
///
/// Fields that are omitted stay unchanged; `null` clears the display name or the bio. A new email
/// address takes effect when it is verified with the link sent to it; an address that was never
/// verified is replaced immediately. The response does not reveal whether the address belongs to
/// another account. When a new address takes effect, the old address is notified, and all sessions
/// except the one that requested the change end.
#[utoipa::path(tag = "Users", request_body = PatchProfile,
    responses((status = 200, description = "The updated profile.", body = Envelope<Profile>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "users.display_name_invalid", "users.bio_invalid", "users.language_invalid",
        "auth.email_invalid", "auth.step_up_required", "auth.resend_too_soon",
        "too_many_requests"
    ]))))]
#[patch("/profile/")]
async fn patch_profile(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<EditingProfile>,
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

/// Replace the current user's profile
///
/// Fields that are omitted are set to their defaults. `email` is required; a new address is verified
/// as with PATCH.
#[utoipa::path(tag = "Users", request_body = PutProfile,
    responses((status = 200, description = "The updated profile.", body = Envelope<Profile>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "users.display_name_invalid", "users.bio_invalid", "users.language_invalid",
        "auth.email_invalid", "auth.step_up_required", "auth.resend_too_soon",
        "too_many_requests"
    ]))))]
#[put("/profile/")]
async fn put_profile(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<EditingProfile>,
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

/// Delete the current user's account
///
/// Cannot be undone. Messages and matches stay available to other users under an anonymous name.
/// Requires a recent step-up if two-factor authentication is enabled.
#[utoipa::path(tag = "Users", request_body = DeleteAccount,
    responses((status = 200, description = "The account is deleted.", body = Envelope<NoData>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!([
        "auth.password_wrong", "auth.too_many_attempts", "auth.step_up_required",
        "users.last_admin", "too_many_requests"
    ]))))]
#[delete("/profile/")]
async fn delete_account(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<DeletingAccount>,
    body: Body<DeleteAccount>,
    accounts: web::Data<dyn AccountsService>,
    http: web::Data<HttpState>,
) -> ApiResult<NoData> {
    accounts.delete_account(&actor, body.value).await?;
    Ok(ApiResponse::done("Account deleted.").cookies([cookies::cleared(&http.config.public_url)]))
}

/// Get preferences
///
/// Preferences are a free-form JSON object that clients define.
#[utoipa::path(tag = "Users", params(IfNoneMatch),
    responses((status = 200, description = "The preferences, a JSON object.", body = Envelope<Preferences>)),
    security(("bearer" = [])))]
#[get("/profile/preferences/")]
async fn read_preferences(
    CurrentUser(actor): CurrentUser,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Preferences> {
    Ok(ApiResponse::ok(accounts.preferences(&actor).await?).tagged())
}

/// Replace preferences
#[utoipa::path(tag = "Users", request_body = Preferences,
    responses((status = 200, description = "The updated preferences.", body = Envelope<Preferences>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["users.preferences_too_large", "too_many_requests"]))))]
#[put("/profile/preferences/")]
async fn put_preferences(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<EditingProfile>,
    body: Body<Preferences>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Preferences> {
    Ok(ApiResponse::ok(
        accounts.set_preferences(&actor, body.value).await?,
    ))
}

/// Get AI opponent settings
#[utoipa::path(tag = "Users", params(IfNoneMatch),
    responses((status = 200, description = "The settings of the AI opponent.", body = Envelope<AiSettings>)),
    security(("bearer" = [])))]
#[get("/profile/ai-settings/")]
async fn read_ai_settings(
    CurrentUser(actor): CurrentUser,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<AiSettings> {
    Ok(ApiResponse::ok(accounts.ai_settings(&actor).await?).tagged())
}

/// Replace AI opponent settings
#[utoipa::path(tag = "Users", request_body = PutAiSettings,
    responses((status = 200, description = "The updated settings.", body = Envelope<AiSettings>)),
    security(("bearer" = [])),
    extensions(("x-errors" = json!(["too_many_requests"]))))]
#[put("/profile/ai-settings/")]
async fn put_ai_settings(
    CurrentUser(actor): CurrentUser,
    _limit: Limit<EditingProfile>,
    body: Body<PutAiSettings>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<AiSettings> {
    Ok(ApiResponse::ok(
        accounts.set_ai_settings(&actor, body.value.0).await?,
    ))
}
