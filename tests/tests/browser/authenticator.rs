//! An authenticator app.

use std::time::{SystemTime, UNIX_EPOCH};

use totp_rs::{Algorithm, Builder};

/// The code that the app shows `ahead` seconds from now.
pub(crate) fn code(secret: &str, ahead: u64) -> String {
    let secret = data_encoding::BASE32_NOPAD
        .decode(secret.as_bytes())
        .unwrap();
    let app = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(secret)
        .build()
        .unwrap();
    #[allow(clippy::disallowed_methods, reason = "the app looks at the real clock")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    app.generate(now.as_secs() + ahead).to_string()
}
