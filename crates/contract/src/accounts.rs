//! What several types of accounts contain, and their length checks.

use kernel::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::ValidationError;

/// The maximum length of a password, in characters.
pub const PASSWORD_MAX: usize = 128;
/// The maximum length of a token.
pub const TOKEN_MAX: usize = 512;
/// The maximum length of a typed code: a recovery code with dashes and spaces.
pub const CODE_MAX: usize = 32;

/// Theme of the web client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// The setting of the device.
    #[default]
    System,
    /// Light theme.
    Light,
    /// Dark theme.
    Dark,
}

/// Audience of a privacy setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// All users.
    Everyone,
    /// Friends only.
    Friends,
    /// Nobody but the user.
    Nobody,
}

/// Strength of the AI opponent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AiLevel {
    /// Very weak.
    Beginner,
    /// Weak.
    Easy,
    /// Average.
    #[default]
    Medium,
    /// Strong.
    Hard,
    /// As strong as possible.
    Expert,
}

/// Method of two-factor authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactorMethod {
    /// A code sent by email.
    Email,
    /// A code from an authenticator app.
    Totp,
    /// A recovery code.
    Recovery,
}

/// State of two-factor authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"email": false, "totp": true, "recovery_codes_left": 10}))]
pub struct SecondFactorState {
    /// Whether codes by email are enabled.
    pub email: bool,
    /// Whether an authenticator app is enabled.
    pub totp: bool,
    /// Number of unused recovery codes.
    pub recovery_codes_left: u32,
}

/// State of a data export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// The export is being prepared.
    Preparing,
    /// The export can be downloaded.
    Ready,
    /// The export failed; request a new one.
    Failed,
    /// The export can no longer be downloaded; request a new one.
    Expired,
}

/// Checks the length of a password.
pub(crate) fn password(secret: &Secret) -> Result<(), ValidationError> {
    at_most(secret, PASSWORD_MAX)
}

/// Checks the length of a token.
pub(crate) fn token(secret: &Secret) -> Result<(), ValidationError> {
    at_most(secret, TOKEN_MAX)
}

/// Checks the length of a typed code.
pub(crate) fn code(secret: &Secret) -> Result<(), ValidationError> {
    at_most(secret, CODE_MAX)
}

fn at_most(secret: &Secret, most: usize) -> Result<(), ValidationError> {
    if secret.expose().chars().nth(most).is_none() {
        return Ok(());
    }
    Err(ValidationError::new("length")
        .with_message(format!("must be at most {most} characters long").into()))
}
