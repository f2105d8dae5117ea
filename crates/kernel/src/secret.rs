//! Values that must not be logged.

use std::borrow::Cow;
use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::Env;

/// A text that is never logged: a password, a token, a code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A new token of 256 bits in URL-safe base64.
    #[must_use]
    pub fn token(env: &Env) -> Self {
        Self(BASE64URL_NOPAD.encode(&env.bytes::<32>()))
    }

    /// The text. The name makes each use visible in reviews.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl utoipa::PartialSchema for Secret {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        String::schema()
    }
}

impl utoipa::ToSchema for Secret {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_text_and_token_has_256_bits() {
        let secret = Secret::token(&Env::system());
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(
            BASE64URL_NOPAD
                .decode(secret.expose().as_bytes())
                .unwrap()
                .len(),
            32
        );
    }
}
