//! The error of an invalid configuration.

use kernel::AppError;
use telemetry::TelemetryError;

/// A setting that is wrong: one sentence that says which and what would be right. It never repeats
/// a value that may hold a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub String);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl From<AppError> for ConfigError {
    fn from(error: AppError) -> Self {
        Self(format!("The server cannot start: {}.", error.chain()))
    }
}

impl From<TelemetryError> for ConfigError {
    fn from(error: TelemetryError) -> Self {
        Self(error.0)
    }
}
