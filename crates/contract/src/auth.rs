//! Signing in, and everything that guards it.

use kernel::{Secret, SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::accounts::{self, SecondFactorMethod};
use crate::users::Profile;

/// A new account.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "username": "ada", "email": "ada@example.org",
    "password": "violet-comet-harbour-19", "password_confirm": "violet-comet-harbour-19"
}))]
pub struct Register {
    /// 3 to 30 letters, digits, `_`, `.` or `-`; unique, whatever the case.
    #[validate(length(min = 3, max = 30, message = "3 to 30 characters"))]
    #[schema(min_length = 3, max_length = 30)]
    pub username: String,
    /// Unique, whatever the case.
    #[validate(length(min = 3, max = 254, message = "3 to 254 characters"))]
    #[schema(format = Email, min_length = 3, max_length = 254)]
    pub email: String,
    /// 8 to 128 characters, hard to guess, not made of the username, the email address or the name of the service.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: Secret,
    /// The same again.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password_confirm: Secret,
}

/// Name and password, for clients that keep their tokens themselves.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ada", "password": "violet-comet-harbour-19"}))]
pub struct TokenRequest {
    /// The username or the e-mail address.
    #[validate(length(min = 1, max = 254, message = "1 to 254 characters"))]
    #[schema(min_length = 1, max_length = 254)]
    pub username: String,
    /// The password.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: Secret,
}

/// Both tokens; one of the two flat answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenPair {
    /// Always true.
    #[schema(schema_with = crate::envelope::always_true)]
    pub success: bool,
    /// The access token, good for 10 minutes.
    #[schema(value_type = String)]
    pub access: Secret,
    /// The refresh token, good once.
    #[schema(value_type = String)]
    pub refresh: Secret,
}

/// Fresh tokens; flat, as they were first given.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefreshedTokens {
    /// Always true.
    #[schema(example = true)]
    pub success: bool,
    /// The access token, good for 10 minutes.
    #[schema(value_type = String)]
    pub access: Secret,
    /// The new refresh token, good once; left out where the old one came in the cookie, which then
    /// carries the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub refresh: Option<Secret>,
}

/// A refresh token to spend.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh": "9Wq1n7yYt5hB0mZbq3vU2x8cK4sLd6eRfTgYhUjIkOl"}))]
pub struct Refresh {
    /// The newest refresh token; browsers leave it out and send their cookie.
    #[validate(custom(function = "accounts::token"))]
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 512)]
    pub refresh: Option<Secret>,
}

/// Name and password, for browsers: the refresh token goes into a cookie.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ada", "password": "violet-comet-harbour-19"}))]
pub struct Login {
    /// The username or the e-mail address.
    #[validate(length(min = 1, max = 254, message = "1 to 254 characters"))]
    #[schema(min_length = 1, max_length = 254)]
    pub username: String,
    /// The password.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: Secret,
}

/// What a login leads to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
#[allow(
    clippy::large_enum_variant,
    reason = "made once per login and written out at once"
)]
pub enum LoginAnswer {
    /// Signed in.
    SignedIn(SignedIn),
    /// One more step to go.
    SecondStep(SecondStep),
}

/// A finished login.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignedIn {
    /// The access token.
    #[schema(value_type = String)]
    pub access: Secret,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// The refresh token, where the login began at `/token/`; in a browser it is in the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub refresh: Option<Secret>,
    /// Who signed in.
    pub profile: Profile,
}

/// The password was right, and a second step is on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SecondStep {
    /// What to answer, and how.
    pub second_factor: SecondFactor,
}

/// A second step that waits for its code.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "challenge": "Jq0N6Ff3oZt2rU9wY4xV7bC1mK5sLd8eRfTgYhUjIkO",
    "methods": ["email", "totp", "recovery"],
    "expires_at": "2026-01-31T12:10:00.000000Z"
}))]
pub struct SecondFactor {
    /// Goes back with the code.
    #[schema(value_type = String)]
    pub challenge: Secret,
    /// The ways to answer.
    pub methods: Vec<SecondFactorMethod>,
    /// When it is too late.
    pub expires_at: Timestamp,
}

/// The code of a second step.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "challenge": "Jq0N6Ff3oZt2rU9wY4xV7bC1mK5sLd8eRfTgYhUjIkO", "method": "email", "code": "493027"
}))]
pub struct Verify {
    /// The challenge of the first step.
    #[validate(custom(function = "accounts::token"))]
    #[schema(value_type = String, max_length = 512)]
    pub challenge: Secret,
    /// Which way the code came.
    pub method: SecondFactorMethod,
    /// The code.
    #[validate(custom(function = "accounts::code"))]
    #[schema(value_type = String, max_length = 32)]
    pub code: Secret,
}

/// Asks for a new code for the same second step.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"challenge": "Jq0N6Ff3oZt2rU9wY4xV7bC1mK5sLd8eRfTgYhUjIkO"}))]
pub struct Resend {
    /// The challenge of the first step.
    #[validate(custom(function = "accounts::token"))]
    #[schema(value_type = String, max_length = 512)]
    pub challenge: Secret,
}

/// A code is on its way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Resent {
    /// When the challenge ends.
    pub expires_at: Timestamp,
    /// When the next code may be asked for.
    pub resend_after: Timestamp,
}

/// One place where I am signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01890a5d-ac96-774b-bcce-b302099a8057", "device": "Firefox on Linux",
    "place": "203.0.113.7", "ip": "203.0.113.7",
    "created_at": "2026-01-31T12:00:00.000000Z", "last_used_at": "2026-01-31T12:00:00.000000Z",
    "expires_at": "2026-02-14T12:00:00.000000Z", "current": true, "connections": 1
}))]
pub struct Session {
    /// Names it when ending it.
    #[schema(value_type = String, format = Uuid)]
    pub id: SessionId,
    /// Browser or app, and system.
    pub device: String,
    /// Where from, for people: this machine, the local network, or the address.
    pub place: String,
    /// The address it was last used from.
    pub ip: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When its tokens were last renewed.
    pub last_used_at: Timestamp,
    /// When it ends if it is not used.
    pub expires_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
    /// How many of its sockets are open now.
    pub connections: usize,
}

/// Asks for a link to set a new password.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org"}))]
pub struct ForgotPassword {
    /// The address of the account.
    #[validate(length(min = 3, max = 254, message = "3 to 254 characters"))]
    #[schema(format = Email, min_length = 3, max_length = 254)]
    pub email: String,
}

/// Sets a new password with the token of the mail.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "token": "9Wq1n7yYt5hB0mZbq3vU2x8cK4sLd6eRfTgYhUjIkOl",
    "password": "amber-lantern-orbit-27", "password_confirm": "amber-lantern-orbit-27"
}))]
pub struct ResetPassword {
    /// From the mail.
    #[validate(custom(function = "accounts::token"))]
    #[schema(value_type = String, max_length = 512)]
    pub token: Secret,
    /// The new password.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: Secret,
    /// The same again.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password_confirm: Secret,
}

/// Sets a new password with the old one.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "current_password": "violet-comet-harbour-19",
    "password": "amber-lantern-orbit-27", "password_confirm": "amber-lantern-orbit-27"
}))]
pub struct ChangePassword {
    /// The password so far.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub current_password: Secret,
    /// The new password.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: Secret,
    /// The same again.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password_confirm: Secret,
}

/// Proves an e-mail address with the token of the mail.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "9Wq1n7yYt5hB0mZbq3vU2x8cK4sLd6eRfTgYhUjIkOl"}))]
pub struct VerifyEmail {
    /// From the mail.
    #[validate(custom(function = "accounts::token"))]
    #[schema(value_type = String, max_length = 512)]
    pub token: Secret,
}

/// Proves again who is there, before security settings are touched.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "violet-comet-harbour-19"}))]
pub struct StepUp {
    /// The password.
    #[validate(custom(function = "accounts::password"))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: Secret,
}

/// What a step-up leads to; with a second step on, its code is asked for as in a login and goes
/// to `/auth/step-up/verify/`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum StepUpAnswer {
    /// Proven.
    Proven(Proven),
    /// One more step to go.
    SecondStep(SecondStep),
}

/// A proof of who is there, for a while.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"proven_until": "2026-01-31T12:15:00.000000Z"}))]
pub struct Proven {
    /// Until when security settings can be changed without asking again.
    pub proven_until: Timestamp,
}

/// A new authenticator app, not on before its first code.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_url": "otpauth://totp/Courtside:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Courtside",
    "qr_svg": "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"
}))]
pub struct TotpSetup {
    /// To type into the app.
    #[schema(value_type = String)]
    pub secret: Secret,
    /// To open with the app.
    #[schema(value_type = String)]
    pub otpauth_url: Secret,
    /// To scan with the app.
    #[schema(value_type = String)]
    pub qr_svg: Secret,
}

/// Turns the authenticator app on.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "493027"}))]
pub struct TotpEnable {
    /// What the app shows.
    #[validate(custom(function = "accounts::code"))]
    #[schema(value_type = String, max_length = 32)]
    pub code: Secret,
}

/// Which second steps to turn off.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "totp"}))]
pub struct DisableSecondFactor {
    /// `email` or `totp`; all where it is left out.
    #[serde(default)]
    pub method: Option<SecondFactorMethod>,
}

/// Which second steps are on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"email": false, "totp": true, "recovery_codes_left": 10}))]
pub struct SecondFactorState {
    /// A code by e-mail.
    pub email: bool,
    /// An authenticator app.
    pub totp: bool,
    /// How many recovery codes are unused.
    pub recovery_codes_left: u32,
}

/// A second step was turned on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SecondFactorEnabled {
    /// What is on now.
    pub second_factor: SecondFactorState,
    /// The recovery codes, with the first second step only; they are not shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub recovery_codes: Option<Vec<Secret>>,
}

/// Fresh recovery codes; they are not shown again and the old ones are void.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"recovery_codes": ["k7m2-p9xq-4tb3-n8rw", "b3n8-rw5h-zd7k-2m9x"]}))]
pub struct RecoveryCodes {
    /// Each good once.
    #[schema(value_type = Vec<String>)]
    pub recovery_codes: Vec<Secret>,
}

/// A ticket that opens one socket.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "ticket": "9Wq1n7yYt5hB0mZbq3vU2x8cK4sLd6eRfTgYhUjIkOl",
    "expires_at": "2026-01-31T12:00:30.000000Z"
}))]
pub struct WsTicket {
    /// Goes into `?ticket=`.
    #[schema(value_type = String)]
    pub ticket: Secret,
    /// When it is too late.
    pub expires_at: Timestamp,
}
