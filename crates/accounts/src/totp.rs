//! Codes from an authenticator app (RFC 6238).

use data_encoding::BASE32_NOPAD;
use kernel::{AppError, Env, Secret, Timestamp};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use totp_rs::{Builder, Totp};

/// The name that the app displays.
const ISSUER: &str = "Courtside";
/// How long a code is valid, in seconds.
const STEP_SECONDS: i64 = 30;
/// The tolerated difference of clocks in time steps.
const MAX_SKEW_STEPS: i64 = 1;
const SECRET_BYTES: usize = 20;
const QR_PIXELS: u32 = 240;

/// The shared secret of an authenticator app.
#[derive(Clone)]
pub struct TotpSecret(Vec<u8>);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl TotpSecret {
    /// A random secret of 160 bits.
    #[must_use]
    pub fn generate(env: &Env) -> Self {
        Self(env.bytes::<SECRET_BYTES>().to_vec())
    }

    /// A stored secret.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to be stored encrypted.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as it is entered into an app.
    #[must_use]
    pub fn base32(&self) -> Secret {
        Secret::new(BASE32_NOPAD.encode(&self.0))
    }

    /// The `otpauth` URL for the account with this username.
    #[must_use]
    pub fn url(&self, username: &str) -> Secret {
        let account =
            percent_encoding::utf8_percent_encode(username, percent_encoding::NON_ALPHANUMERIC);
        let secret = self.base32();
        let secret = secret.expose();
        Secret::new(format!(
            "otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits=6&period={STEP_SECONDS}"
        ))
    }

    /// The URL as a QR code.
    ///
    /// # Errors
    /// The username is too long for a QR code, which no valid one is.
    pub fn qr_svg(&self, username: &str) -> Result<Secret, AppError> {
        let url = self.url(username);
        let code = QrCode::with_error_correction_level(url.expose(), EcLevel::M)
            .map_err(|error| AppError::internal(error.to_string()))?;
        let svg = code
            .render::<svg::Color<'_>>()
            .min_dimensions(QR_PIXELS, QR_PIXELS)
            .build();
        Ok(Secret::new(svg))
    }

    /// The time step of a code, if it is close to now and later than the last accepted one (0 for
    /// none). The caller stores it as the last one, so that a code is accepted once.
    ///
    /// # Errors
    /// The stored secret is too short.
    pub fn step(&self, code: &Secret, last: i64, now: Timestamp) -> Result<Option<i64>, AppError> {
        let totp = self.totp()?;
        let now = now.seconds() / STEP_SECONDS;
        let is_valid = |step: &i64| {
            let time = u64::try_from(step * STEP_SECONDS).unwrap_or_default();
            totp.check(code.expose(), time).is_some()
        };
        Ok((now - MAX_SKEW_STEPS..=now + MAX_SKEW_STEPS)
            .filter(|step| *step > last)
            .find(is_valid))
    }

    fn totp(&self) -> Result<Totp, AppError> {
        Builder::new()
            .with_secret(self.0.clone())
            .with_skew(0)
            .with_step_duration(STEP_SECONDS.unsigned_abs())
            .build()
            .map_err(|error| AppError::internal(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret, and below the times and codes of RFC 6238, appendix B, shortened to six digits.
    const RFC: &[u8] = b"12345678901234567890";

    fn step(code: &str, last: i64, seconds: i64) -> Option<i64> {
        let now = Timestamp::from_micros(seconds * 1_000_000);
        TotpSecret::from_bytes(RFC.to_vec())
            .step(&Secret::new(code), last, now)
            .unwrap()
    }

    #[test]
    fn step_accepts_the_codes_of_rfc_6238() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(code, 0, seconds), Some(seconds / 30));
        }
    }

    #[test]
    fn step_tolerates_one_step_of_clock_skew() {
        let accepted = |seconds| step("287082", 0, seconds).is_some();
        assert_eq!([29, 30, 59, 89].map(accepted), [true; 4]);
        assert!(!accepted(90));
        assert_eq!(step("081804", 0, 1_111_111_109 - 60), None);
    }

    #[test]
    fn step_is_accepted_once() {
        assert_eq!(step("287082", 0, 59), Some(1));
        assert_eq!(step("287082", 1, 59), None);
        assert_eq!(step("287082", 2, 59), None);
    }

    #[test]
    fn step_refuses_malformed_codes() {
        for code in ["", "28708", "2870822", "abcdef", "28708２", "000000"] {
            assert_eq!(step(code, 0, 59), None, "{code}");
        }
    }

    #[test]
    fn url_and_qr_code_describe_the_account() {
        let secret = TotpSecret::from_bytes(RFC.to_vec());
        assert_eq!(
            secret.url("ada:l").expose(),
            "otpauth://totp/Courtside:ada%3Al?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Courtside&algorithm=SHA1&digits=6&period=30"
        );
        let svg = secret.qr_svg("ada").unwrap();
        assert!(svg.expose().contains("<svg"));
        assert!(secret.qr_svg(&"花".repeat(30)).is_ok());
    }

    #[test]
    fn generate_is_random_and_debug_is_redacted() {
        let env = Env::system();
        let (one, two) = (TotpSecret::generate(&env), TotpSecret::generate(&env));
        assert_ne!(one.bytes(), two.bytes());
        assert_eq!(format!("{one:?}"), "***");
    }
}
