//! Registration, tokens, and login with and without a second factor.

use accounts::AccountsService;
use accounts::forms::{NewPassword, RegistrationForm};
use accounts::{LoginStep, Tokens};
use actix_web::{HttpRequest, HttpResponse, post, web};
use contract::auth::{
    Login, LoginAnswer, Refresh, RefreshedTokens, Register, Resend, Resent, SecondStep, SignedIn,
    TokenPair, TokenRequest, Verify,
};
use contract::envelope::Envelope;
use contract::users::Profile;
use http_kit::HttpState;
use http_kit::{
    ApiResponse, ApiResult, Body, Failure, FlatResult, Form, Idempotent, Limit, Query, Routes,
    cookies, rate_limit, same_origin,
};
use json_reader::PartialForm;
use kernel::AppError;
use serde::Deserialize;
use validator::Validate;

use super::client_info::client_info;

rate_limit!(Registering, "register", 10 in 3600, Address);
rate_limit!(SigningIn, "sign_in", 40 in 300, Address);
// The limit of ten addresses for a whole network: a /48 contains 65,536 networks of /64.
rate_limit!(SigningInFromNetwork, "sign_in_network", 400 in 300, Network);
// Devices known to the account are not limited by their network.
rate_limit!(SigningInFromDevice, "sign_in_device", 40 in 300, User);
rate_limit!(Refreshing, "refresh", 120 in 300, Address);
rate_limit!(Resending, "login_resend", 10 in 600, Address);

pub(super) fn routes(auth: &mut Routes<'_>) {
    auth.add(login).add(verify_login).add(resend_login_code);
}

/// Register a user
///
/// A verification link is sent to the email address. If the server requires verification, an
/// unverified account is read-only and is deleted after 7 days. This is the only operation that
/// reveals whether an email address has an account: it is rate-limited per client address, and
/// `auth.email_taken` is returned only if all fields are valid. A username that is taken is reported
/// together with other problems.
#[utoipa::path(tag = "Users", request_body = Register, params(Idempotent),
    responses((status = 201, description = "The new account's profile.", body = Envelope<Profile>)),
    extensions(("x-errors" = json!([
        "auth.username_invalid", "auth.username_mixed_scripts", "auth.username_reserved",
        "auth.username_taken", "auth.email_invalid", "auth.email_taken", "auth.password_length",
        "auth.password_weak", "auth.password_personal", "auth.password_mismatch",
        "too_many_requests"
    ]))))]
#[post("/register/")]
pub(super) async fn register(
    request: HttpRequest,
    _limit: Limit<Registering>,
    once: Idempotent,
    form: Form<Register>,
    accounts: web::Data<dyn AccountsService>,
) -> Result<HttpResponse, Failure> {
    let client = client_info(&request)?;
    let check = async |form: PartialForm<'_, Register>| {
        let form = registration(&form);
        accounts.check_registration(form, &client).await
    };
    let body = form.checked(check).await?;
    once.run(body.digest, async |key| {
        let accounts = accounts.once(key);
        let profile = accounts.register(body.value, &client).await?;
        Ok(ApiResponse::created(profile)
            .message("Account created. Verify your email address with the link in the email."))
    })
    .await
}

/// The fields of a registration that could be read.
fn registration<'a>(form: &PartialForm<'a, Register>) -> RegistrationForm<'a> {
    RegistrationForm {
        username: form.field("username", |form| form.username.as_str()),
        email: form.field("email", |form| form.email.as_str()),
        password: NewPassword {
            password: form.field("password", |form| &form.password),
            confirmation: form.field("password_confirm", |form| &form.password_confirm),
        },
    }
}

/// Obtain a token pair
///
/// For clients that store their tokens themselves; browsers use `/api/v1/auth/login/`. If two-factor
/// authentication is enabled, the response is `auth.second_factor_required` with `error.challenge`
/// and the available `error.methods`. Complete the login with `/api/v1/auth/login/verify/`.
#[utoipa::path(tag = "Authentication", request_body = TokenRequest,
    responses((status = 200, description = "Access token and refresh token.", body = TokenPair)),
    extensions(("x-errors" = json!([
        "auth.invalid_credentials", "auth.second_factor_required", "auth.too_many_attempts",
        "auth.suspended", "too_many_requests"
    ]))))]
#[post("/token/")]
pub(super) async fn obtain_tokens(
    request: HttpRequest,
    _limit: Limit<SigningIn>,
    body: Body<TokenRequest>,
    accounts: web::Data<dyn AccountsService>,
    http: web::Data<HttpState>,
) -> FlatResult<TokenPair> {
    let client = client_info(&request)?;
    limit_network(&request, &body.value.username, &client, &**accounts, &http).await?;
    let tokens = accounts.token(body.value, &client).await?;
    Ok(ApiResponse::flat(pair(tokens)))
}

/// What a refresh returns beside the tokens.
#[derive(Debug, Deserialize, Validate)]
struct RefreshQuery {
    #[serde(default)]
    profile: bool,
}

/// Refresh the tokens
///
/// The refresh token is sent in the body or, by browsers, in the cookie. It is valid once; the new
/// one is returned the same way. Sending a used refresh token again ends the session.
#[utoipa::path(tag = "Authentication", request_body = Refresh,
    params(("profile" = Option<bool>, Query, description = "Whether to return the user's profile, too: a client that starts then needs no other request.")),
    responses((status = 200, description = "New tokens.", body = RefreshedTokens)),
    extensions(("x-errors" = json!([
        "auth.refresh_invalid", "auth.refresh_reused", "auth.suspended",
        "auth.ambiguous_credentials", "auth.duplicate_cookie", "auth.cross_origin",
        "too_many_requests"
    ]))))]
#[post("/token/refresh/")]
pub(super) async fn refresh_tokens(
    request: HttpRequest,
    _limit: Limit<Refreshing>,
    Query(wanted): Query<RefreshQuery>,
    body: Body<Refresh>,
    accounts: web::Data<dyn AccountsService>,
    http: web::Data<HttpState>,
) -> FlatResult<RefreshedTokens> {
    let from_cookie = body.value.refresh.is_none();
    let token = cookies::refresh_token(&request, body.value.refresh)?;
    let token = token.ok_or(accounts::Error::RefreshInvalid)?;
    let client = client_info(&request)?;
    let (tokens, profile) = if wanted.profile {
        let (tokens, profile) = accounts.refresh_with_profile(&token, &client).await?;
        (tokens, Some(profile))
    } else {
        (accounts.refresh(&token, &client).await?, None)
    };
    let cookie = from_cookie.then(|| cookie(&tokens, &http));
    let refreshed = RefreshedTokens {
        success: true,
        access: tokens.access.token,
        refresh: (!from_cookie).then_some(tokens.refresh),
        profile,
    };
    Ok(ApiResponse::flat(refreshed).cookies(cookie))
}

/// Log in (browser)
///
/// Sets the refresh cookie and returns the access token and the profile. If two-factor authentication
/// is enabled, returns a challenge instead; complete the login with `/api/v1/auth/login/verify/`.
#[utoipa::path(tag = "Authentication", request_body = Login,
    responses((status = 200, description = "Logged in, or a challenge for the second factor.", body = Envelope<LoginAnswer>)),
    extensions(("x-errors" = json!([
        "auth.invalid_credentials", "auth.too_many_attempts", "auth.suspended",
        "auth.cross_origin", "too_many_requests"
    ]))))]
#[post("/login/")]
async fn login(
    request: HttpRequest,
    _limit: Limit<SigningIn>,
    body: Body<Login>,
    accounts: web::Data<dyn AccountsService>,
    http: web::Data<HttpState>,
) -> ApiResult<LoginAnswer> {
    same_origin::refuse_other_sites(&request)?;
    let client = client_info(&request)?;
    limit_network(&request, &body.value.username, &client, &**accounts, &http).await?;
    match accounts.login(body.value, &client).await? {
        LoginStep::Completed(signed_in) => {
            Ok(finished(signed_in, &request, &client, &**accounts, &http))
        }
        LoginStep::SecondFactorRequired(second_factor) => {
            Ok(ApiResponse::ok(LoginAnswer::SecondStep(SecondStep {
                second_factor,
            })))
        }
    }
}

/// Complete a login with a second factor
///
/// Accepts a code sent by email, a code from an authenticator app, or a recovery code. For a login
/// that began at `/api/v1/auth/login/`, the refresh token is set as a cookie; for one that began at
/// `/api/v1/token/`, it is returned in the body.
#[utoipa::path(tag = "Authentication", request_body = Verify,
    responses((status = 200, description = "Logged in.", body = Envelope<LoginAnswer>)),
    extensions(("x-errors" = json!([
        "auth.challenge_invalid", "auth.challenge_expired", "auth.too_many_tries",
        "auth.code_invalid", "auth.method_unavailable", "auth.too_many_attempts",
        "auth.suspended", "auth.cross_origin", "too_many_requests"
    ]))))]
#[post("/login/verify/")]
async fn verify_login(
    request: HttpRequest,
    _limit: Limit<SigningIn>,
    body: Body<Verify>,
    accounts: web::Data<dyn AccountsService>,
    http: web::Data<HttpState>,
) -> ApiResult<LoginAnswer> {
    same_origin::refuse_other_sites(&request)?;
    let client = client_info(&request)?;
    let signed_in = accounts.verify_login(body.value, &client).await?;
    Ok(finished(signed_in, &request, &client, &**accounts, &http))
}

/// Resend the login code by email
#[utoipa::path(tag = "Authentication", request_body = Resend,
    responses((status = 200, description = "A new code is sent.", body = Envelope<Resent>)),
    extensions(("x-errors" = json!([
        "auth.challenge_invalid", "auth.challenge_expired", "auth.method_unavailable",
        "auth.resend_too_soon", "too_many_requests"
    ]))))]
#[post("/login/resend/")]
async fn resend_login_code(
    _limit: Limit<Resending>,
    body: Body<Resend>,
    accounts: web::Data<dyn AccountsService>,
) -> ApiResult<Resent> {
    Ok(ApiResponse::ok(accounts.resend_code(body.value).await?))
}

/// Counts a login against its network. A device known to the account is counted by the account
/// instead, so that other clients in the network cannot lock it out.
async fn limit_network(
    request: &HttpRequest,
    typed: &str,
    client: &accounts::ClientInfo,
    accounts: &dyn AccountsService,
    http: &HttpState,
) -> Result<(), AppError> {
    match accounts.user_of_known_device(typed, client).await? {
        Some(user) => rate_limit::check_user::<SigningInFromDevice>(http, user).await,
        None => rate_limit::check::<SigningInFromNetwork>(request).await,
    }
}

fn pair(tokens: Tokens) -> TokenPair {
    TokenPair {
        success: true,
        access: tokens.access.token,
        refresh: tokens.refresh,
    }
}

fn cookie(tokens: &Tokens, http: &HttpState) -> actix_web::cookie::Cookie<'static> {
    let lasts = tokens.refresh_expires_at.since(http.env.now());
    cookies::refresh(&tokens.refresh, lasts, &http.config.public_url)
}

/// The response of a completed login. A browser's refresh token goes into the cookie, which scripts
/// cannot read.
fn finished(
    done: accounts::CompletedLogin,
    request: &HttpRequest,
    client: &accounts::ClientInfo,
    accounts: &dyn AccountsService,
    http: &HttpState,
) -> ApiResponse<Envelope<LoginAnswer>> {
    let in_cookie = done.transport == accounts::TokenTransport::Browser;
    let set = in_cookie.then(|| {
        let known = accounts.remember_device(client.device.as_ref(), done.profile.id);
        let site = &http.config.public_url;
        let known = cookies::known_device(&known.to_value(), site);
        [cookie(&done.tokens, http), known]
    });
    let outdated = cookies::outdated(request, &http.config.public_url);
    let answer = ApiResponse::ok(LoginAnswer::SignedIn(SignedIn {
        access: done.tokens.access.token,
        access_expires_at: done.tokens.access.expires_at,
        refresh: (!in_cookie).then_some(done.tokens.refresh),
        profile: done.profile,
    }));
    answer.cookies(set.into_iter().flatten().chain(outdated))
}
