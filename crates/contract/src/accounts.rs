//! What the account messages share: choices with names, and how long a text may be.

use kernel::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::ValidationError;

/// The longest password, in characters.
pub const PASSWORD_MAX: usize = 128;
/// The longest token of ours, with room to grow.
pub const TOKEN_MAX: usize = 512;
/// The longest code that people type: a recovery code with its dashes and stray spaces.
pub const CODE_MAX: usize = 32;

/// How the web client looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device is set.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// Who may do or see something of mine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// All who are signed in.
    Everyone,
    /// My friends.
    Friends,
    /// Only I.
    Nobody,
}

/// How strong the computer plays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AiLevel {
    /// For the first rally.
    Beginner,
    /// Makes many mistakes.
    Easy,
    /// A fair opponent.
    #[default]
    Medium,
    /// Rarely misses.
    Hard,
    /// As good as the rules allow.
    Expert,
}

/// A way to prove the second step of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactorMethod {
    /// A code sent by e-mail.
    Email,
    /// A code from an authenticator app.
    Totp,
    /// One of the recovery codes.
    Recovery,
}

/// How far a data export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// Being gathered.
    Preparing,
    /// Ready to download.
    Ready,
    /// It did not work; ask again.
    Failed,
    /// Its download is over; ask again.
    Expired,
}

/// Holds a password to the longest length.
pub(crate) fn password(secret: &Secret) -> Result<(), ValidationError> {
    at_most(secret, PASSWORD_MAX)
}

/// Holds a token to the longest length.
pub(crate) fn token(secret: &Secret) -> Result<(), ValidationError> {
    at_most(secret, TOKEN_MAX)
}

/// Holds a typed code to the longest length.
pub(crate) fn code(secret: &Secret) -> Result<(), ValidationError> {
    at_most(secret, CODE_MAX)
}

fn at_most(secret: &Secret, most: usize) -> Result<(), ValidationError> {
    if secret.expose().chars().nth(most).is_none() {
        return Ok(());
    }
    Err(ValidationError::new("length")
        .with_message(format!("too long: {most} characters at most").into()))
}
