//! Registration, login, sessions, passwords and two-factor authentication.

mod second_factors;

use kernel::{Secret, SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::accounts::{self, SecondFactorMethod};
use crate::users::Profile;

pub use second_factors::{
    DisableSecondFactor, RecoveryCodes, SecondFactorEnabled, TotpEnable, TotpSetup,
};

/// Registers a user.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "username": "ada", "email": "ada@example.org",
    "password": "violet-comet-harbour-19", "password_confirm": "violet-comet-harbour-19"
}))]
pub struct Register {
    /// 3 to 30 letters, digits, `_`, `.` or `-`. Unique, ignoring case.
    #[validate(length(min = 3, max = 30, message = "must be 3 to 30 characters long"))]
    #[schema(min_length = 3, max_length = 30)]
    pub username: String,
    /// Email address. Unique, ignoring case.
    #[validate(length(min = 3, max = 254, message = "must be 3 to 254 characters long"))]
    #[schema(format = Email, min_length = 3, max_length = 254)]
    pub email: String,
    /// 8 to 128 characters. Must not be easy to guess, and not consist of the username, the email
    /// address or the name of the service.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: Secret,
    /// Must be equal to `password`.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password_confirm: Secret,
}

/// Credentials of clients that store their tokens themselves.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ada", "password": "violet-comet-harbour-19"}))]
pub struct TokenRequest {
    /// Username or email address.
    #[validate(length(min = 1, max = 254, message = "must be 1 to 254 characters long"))]
    #[schema(min_length = 1, max_length = 254)]
    pub username: String,
    /// Current password.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: Secret,
}

/// Access token and refresh token. This response has no `data`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenPair {
    /// Always true.
    #[schema(schema_with = crate::envelope::always_true)]
    pub success: bool,
    /// Access token, valid for 10 minutes.
    #[schema(value_type = String)]
    pub access: Secret,
    /// Refresh token, valid once.
    #[schema(value_type = String)]
    pub refresh: Secret,
}

/// New tokens. This response has no `data`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefreshedTokens {
    /// Always true.
    #[schema(example = true)]
    pub success: bool,
    /// Access token, valid for 10 minutes.
    #[schema(value_type = String)]
    pub access: Secret,
    /// New refresh token, valid once. Omitted if the old one was sent in the cookie: the new one is set
    /// as a cookie, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub refresh: Option<Secret>,
    /// The user's profile, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
}

/// The refresh token of a session.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh": "9Wq1n7yYt5hB0mZbq3vU2x8cK4sLd6eRfTgYhUjIkOl"}))]
pub struct Refresh {
    /// The latest refresh token. Browsers omit it and send the cookie.
    #[validate(custom(function = "accounts::token"))]
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 512)]
    pub refresh: Option<Secret>,
}

/// Credentials of a browser, which gets its refresh token as a cookie.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ada", "password": "violet-comet-harbour-19"}))]
pub struct Login {
    /// Username or email address.
    #[validate(length(min = 1, max = 254, message = "must be 1 to 254 characters long"))]
    #[schema(min_length = 1, max_length = 254)]
    pub username: String,
    /// Current password.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: Secret,
}

/// Result of a login: the session, or a challenge for the second factor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
#[allow(
    clippy::large_enum_variant,
    reason = "made once per login and written out at once"
)]
pub enum LoginAnswer {
    /// The login is complete.
    SignedIn(SignedIn),
    /// A second factor is required.
    SecondStep(SecondStep),
}

/// A completed login.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignedIn {
    /// Access token.
    #[schema(value_type = String)]
    pub access: Secret,
    /// Expiration of the access token.
    pub access_expires_at: Timestamp,
    /// Refresh token, if the login began at `/token/`. Browsers get it as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub refresh: Option<Secret>,
    /// The user's profile.
    pub profile: Profile,
}

/// The password is correct, and a second factor is required.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SecondStep {
    /// The challenge to answer.
    pub second_factor: SecondFactor,
}

/// A challenge for the second factor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "challenge": "Jq0N6Ff3oZt2rU9wY4xV7bC1mK5sLd8eRfTgYhUjIkO",
    "methods": ["email", "totp", "recovery"],
    "expires_at": "2026-01-31T12:10:00.000000Z"
}))]
pub struct SecondFactor {
    /// Identifies the challenge; sent back with the code.
    #[schema(value_type = String)]
    pub challenge: Secret,
    /// The available methods.
    pub methods: Vec<SecondFactorMethod>,
    /// Expiration of the challenge.
    pub expires_at: Timestamp,
}

/// Answers a challenge for the second factor.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "challenge": "Jq0N6Ff3oZt2rU9wY4xV7bC1mK5sLd8eRfTgYhUjIkO", "method": "email", "code": "493027"
}))]
pub struct Verify {
    /// The challenge from the login or step-up.
    #[validate(custom(function = "accounts::token"))]
    #[schema(value_type = String, max_length = 512)]
    pub challenge: Secret,
    /// The method that the code belongs to.
    pub method: SecondFactorMethod,
    /// Code of the second factor.
    #[validate(custom(function = "accounts::code"))]
    #[schema(value_type = String, max_length = 32)]
    pub code: Secret,
}

/// Requests a new code for the same challenge.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"challenge": "Jq0N6Ff3oZt2rU9wY4xV7bC1mK5sLd8eRfTgYhUjIkO"}))]
pub struct Resend {
    /// The challenge from the login or step-up.
    #[validate(custom(function = "accounts::token"))]
    #[schema(value_type = String, max_length = 512)]
    pub challenge: Secret,
}

/// A new code was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Resent {
    /// Expiration of the challenge.
    pub expires_at: Timestamp,
    /// Earliest time to request another code.
    pub resend_after: Timestamp,
}

/// A session of the current user.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "device": "Firefox on Linux",
    "place": "203.0.113.7", "ip": "203.0.113.7",
    "created_at": "2026-01-31T12:00:00.000000Z", "last_used_at": "2026-01-31T12:00:00.000000Z",
    "expires_at": "2026-02-14T12:00:00.000000Z", "current": true, "connections": 1
}))]
pub struct Session {
    /// Session id.
    #[schema(value_type = String, format = Uuid)]
    pub id: SessionId,
    /// Browser or app, and operating system.
    pub device: String,
    /// Display text of the origin: this machine, the local network, or the IP address.
    pub place: String,
    /// IP address of the last use.
    pub ip: String,
    /// Time of the login.
    pub created_at: Timestamp,
    /// Time of the last token refresh.
    pub last_used_at: Timestamp,
    /// Expiration if the session is not used.
    pub expires_at: Timestamp,
    /// Whether it is the session of this request.
    pub current: bool,
    /// Number of open sockets.
    pub connections: usize,
}

/// Requests a password reset.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org"}))]
pub struct ForgotPassword {
    /// Email address of the account.
    #[validate(length(min = 3, max = 254, message = "must be 3 to 254 characters long"))]
    #[schema(format = Email, min_length = 3, max_length = 254)]
    pub email: String,
}

/// Sets a new password with the token from the email.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "token": "9Wq1n7yYt5hB0mZbq3vU2x8cK4sLd6eRfTgYhUjIkOl",
    "password": "amber-lantern-orbit-27", "password_confirm": "amber-lantern-orbit-27"
}))]
pub struct ResetPassword {
    /// Token from the email.
    #[validate(custom(function = "accounts::token"))]
    #[schema(value_type = String, max_length = 512)]
    pub token: Secret,
    /// New password: 8 to 128 characters.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: Secret,
    /// Must be equal to `password`.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password_confirm: Secret,
}

/// Changes the password.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "current_password": "violet-comet-harbour-19",
    "password": "amber-lantern-orbit-27", "password_confirm": "amber-lantern-orbit-27"
}))]
pub struct ChangePassword {
    /// Current password.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub current_password: Secret,
    /// New password: 8 to 128 characters.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: Secret,
    /// Must be equal to `password`.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password_confirm: Secret,
}

/// Verifies an email address with the token from the email.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "9Wq1n7yYt5hB0mZbq3vU2x8cK4sLd6eRfTgYhUjIkOl"}))]
pub struct VerifyEmail {
    /// Token from the email.
    #[validate(custom(function = "accounts::token"))]
    #[schema(value_type = String, max_length = 512)]
    pub token: Secret,
}

/// Confirms the user's identity before security settings are changed.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "violet-comet-harbour-19"}))]
pub struct StepUp {
    /// Current password.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: Secret,
}

/// Result of a step-up: the confirmation, or a challenge for the second factor, which is answered at
/// `/auth/step-up/verify/`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum StepUpAnswer {
    /// The identity is confirmed.
    Proven(Proven),
    /// A second factor is required.
    SecondStep(SecondStep),
}

/// A confirmed identity.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"proven_until": "2026-01-31T12:15:00.000000Z"}))]
pub struct Proven {
    /// Time until which security settings can be changed without another step-up.
    pub proven_until: Timestamp,
}

/// A ticket for opening one WebSocket.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "ticket": "9Wq1n7yYt5hB0mZbq3vU2x8cK4sLd6eRfTgYhUjIkOl",
    "expires_at": "2026-01-31T12:00:30.000000Z"
}))]
pub struct WsTicket {
    /// Value of `?ticket=`.
    #[schema(value_type = String)]
    pub ticket: Secret,
    /// Expiration of the ticket.
    pub expires_at: Timestamp,
}
