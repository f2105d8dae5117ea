//! Setting up second factors.

use kernel::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::accounts::{self, SecondFactorMethod, SecondFactorState};

/// Setup of an authenticator app, which is enabled with its first code.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_url": "otpauth://totp/Courtside:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Courtside",
    "qr_svg": "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"
}))]
pub struct TotpSetup {
    /// Secret as text, to enter in the app.
    #[schema(value_type = String)]
    pub secret: Secret,
    /// Secret as a link, to open with the app.
    #[schema(value_type = String)]
    pub otpauth_url: Secret,
    /// Secret as a QR code in SVG, to scan with the app.
    #[schema(value_type = String)]
    pub qr_svg: Secret,
}

/// Enables the authenticator app.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "493027"}))]
pub struct TotpEnable {
    /// Code that the app shows.
    #[validate(custom(function = "accounts::code"))]
    #[schema(value_type = String, max_length = 32)]
    pub code: Secret,
}

/// Disables two-factor authentication.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "totp"}))]
pub struct DisableSecondFactor {
    /// `email` or `totp`. All methods if omitted.
    #[serde(default)]
    pub method: Option<SecondFactorMethod>,
}

/// A second factor was enabled.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SecondFactorEnabled {
    /// Current state of two-factor authentication.
    pub second_factor: SecondFactorState,
    /// Recovery codes, only for the first second factor of the account. They cannot be retrieved again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub recovery_codes: Option<Vec<Secret>>,
}

/// New recovery codes. They replace the previous ones and cannot be retrieved again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"recovery_codes": ["k7m2-p9xq-4tb3-n8rw", "b3n8-rw5h-zd7k-2m9x"]}))]
pub struct RecoveryCodes {
    /// Codes, each valid once.
    #[schema(value_type = Vec<String>)]
    pub recovery_codes: Vec<Secret>,
}
