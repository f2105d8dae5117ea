//! Access tokens: short-lived, signed, bound to one session.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kernel::{AppError, Secret, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::error::Error;
use crate::keys::{Keys, mac};
use crate::rules::session::ACCESS_LIFETIME;

/// The type of the token (RFC 9068), so that no other signed token is accepted.
const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "courtside";
/// Valid tokens are less than half as long.
const MAX_LEN: usize = 1024;

/// The content of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessClaims {
    /// The user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// An issued token.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// The token.
    pub token: Secret,
    /// When it expires.
    pub expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// Signs and verifies access tokens.
#[derive(Clone)]
pub struct AccessTokens {
    issuer: String,
    signing_key: EncodingKey,
    verification_key: DecodingKey,
    header: Header,
    validation: Validation,
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessTokens")
    }
}

impl AccessTokens {
    /// Tokens of the installation with these keys at this public address.
    #[must_use]
    pub fn new(keys: &Keys, issuer: impl Into<String>) -> Self {
        // A second call fails because the same provider is installed already.
        let _ = PROVIDER.install_default();
        let issuer = issuer.into();
        Self {
            signing_key: EncodingKey::from_secret(keys.access_key()),
            verification_key: DecodingKey::from_secret(keys.access_key()),
            header: Header {
                typ: Some(TYPE.to_owned()),
                ..Header::new(Algorithm::HS256)
            },
            validation: validation(&issuer),
            issuer,
        }
    }

    /// Issues a token for a session, valid for ten minutes.
    ///
    /// # Errors
    /// Never in practice.
    pub fn issue(
        &self,
        user: UserId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<IssuedToken, AppError> {
        // Tokens express times in whole seconds.
        let expires_at = Timestamp::from_micros((now + ACCESS_LIFETIME).seconds() * 1_000_000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            iat: now.seconds(),
            exp: expires_at.seconds(),
        };
        let token = jsonwebtoken::encode(&self.header, &claims, &self.signing_key)
            .map(Secret::new)
            .map_err(AppError::internal)?;
        Ok(IssuedToken { token, expires_at })
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// `auth.token_invalid` or `auth.token_expired`.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, Error> {
        if token.len() > MAX_LEN {
            return Err(Error::TokenInvalid);
        }
        let data = jsonwebtoken::decode::<Claims>(token, &self.verification_key, &self.validation)
            .map_err(|_| Error::TokenInvalid)?;
        if data.header.typ.as_deref() != Some(TYPE) {
            return Err(Error::TokenInvalid);
        }
        if data.claims.exp <= now.seconds() {
            return Err(Error::TokenExpired);
        }
        Ok(AccessClaims {
            user: data.claims.sub,
            session: data.claims.sid,
            expires_at: Timestamp::from_micros(data.claims.exp.saturating_mul(1_000_000)),
        })
    }
}

/// Accepts one algorithm, and requires the claims.
fn validation(issuer: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // The library would use the system clock and allow a minute; the caller compares with its own
    // clock and allows none.
    validation.validate_exp = false;
    validation
}

/// The providers of the library include RSA and elliptic curves. This one supports a single
/// algorithm, which rules out algorithm confusion.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(key.as_bytes().to_vec()))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    verifier_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(key.try_get_as_bytes()?.to_vec()))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    key_utils: KeyUtils::new_unimplemented(),
};

struct Hs256(Vec<u8>);

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(mac(&self.0, &[message]).to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let right = mac(&self.0, &[message]).ct_eq(signature.as_slice());
        bool::from(right)
            .then_some(())
            .ok_or_else(signature::Error::new)
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use data_encoding::BASE64URL_NOPAD;
    use kernel::Env;
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://play.example.org";

    fn tokens(secret: &str, issuer: &str) -> AccessTokens {
        AccessTokens::new(&Keys::derive(&Secret::new(secret)), issuer)
    }

    fn now() -> Timestamp {
        Timestamp::from_micros(1_700_000_000_500_000)
    }

    fn ids() -> (UserId, SessionId) {
        let env = Env::system();
        (env.id(), env.id())
    }

    /// A correctly signed token with any header and claims.
    fn forge(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let message = format!("{}.{}", part(header), part(claims));
        let key = Keys::derive(&Secret::new("s"));
        let signature = mac(key.access_key(), &[message.as_bytes()]);
        format!("{message}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    fn claims() -> Value {
        let (user, session) = ids();
        json!({"iss": ISSUER, "aud": "courtside", "sub": user, "sid": session,
               "iat": now().seconds(), "exp": now().seconds() + 600})
    }

    #[test]
    fn verify_returns_the_claims_until_expiry() {
        let tokens = tokens("s", ISSUER);
        let (user, session) = ids();
        let issued = tokens.issue(user, session, now()).unwrap();
        let verify =
            |after| tokens.verify(issued.token.expose(), now() + Duration::from_secs(after));
        let expected = AccessClaims {
            user,
            session,
            expires_at: issued.expires_at,
        };
        assert_eq!(verify(0), Ok(expected));
        assert_eq!(verify(599), Ok(expected));
        assert_eq!(verify(600), Err(Error::TokenExpired));
    }

    #[test]
    fn issue_gives_a_standard_jwt() {
        let header = json!({"typ": TYPE, "alg": "HS256"});
        assert!(
            tokens("s", ISSUER)
                .verify(&forge(&header, &claims()), now())
                .is_ok()
        );
        // The example of RFC 7515, appendix A.1.
        let key = BASE64URL_NOPAD.decode(b"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow").unwrap();
        let message = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(BASE64URL_NOPAD.encode(&mac(&key, &[message])), signature);
    }

    #[test]
    fn verify_refuses_other_keys_and_issuers() {
        let (user, session) = ids();
        let token = tokens("s", ISSUER)
            .issue(user, session, now())
            .unwrap()
            .token;
        for other in [tokens("t", ISSUER), tokens("s", "https://evil.example.org")] {
            assert_eq!(
                other.verify(token.expose(), now()),
                Err(Error::TokenInvalid)
            );
        }
    }

    #[test]
    fn verify_refuses_other_types_and_algorithms() {
        for header in [
            json!({"alg": "HS256"}),
            json!({"typ": "JWT", "alg": "HS256"}),
            json!({"typ": TYPE, "alg": "none"}),
            json!({"typ": TYPE, "alg": "HS384"}),
            json!({"typ": TYPE, "alg": "RS256"}),
            json!({"typ": TYPE}),
        ] {
            let token = forge(&header, &claims());
            assert_eq!(
                tokens("s", ISSUER).verify(&token, now()),
                Err(Error::TokenInvalid),
                "{header}"
            );
        }
    }

    #[test]
    fn verify_refuses_missing_and_wrong_claims() {
        let header = json!({"typ": TYPE, "alg": "HS256"});
        for (name, value) in [
            ("iss", Value::Null),
            ("iss", json!("other")),
            ("iss", json!(["other", ISSUER])),
            ("aud", Value::Null),
            ("aud", json!("other")),
            ("aud", json!([])),
            ("sub", Value::Null),
            ("sub", json!("ada")),
            ("sid", Value::Null),
            ("exp", Value::Null),
            ("exp", json!("tomorrow")),
            ("exp", json!(-1)),
        ] {
            let mut claims = claims();
            claims[name] = value;
            assert!(
                tokens("s", ISSUER)
                    .verify(&forge(&header, &claims), now())
                    .is_err(),
                "{name}"
            );
        }
    }

    #[test]
    fn verify_refuses_modified_and_malformed_tokens() {
        let tokens = tokens("s", ISSUER);
        let (user, session) = ids();
        let token = tokens.issue(user, session, now()).unwrap().token;
        let token = token.expose();
        let cut = token.rsplit_once('.').unwrap().0;
        let huge = "a".repeat(1_000_000);
        for wrong in [
            "",
            ".",
            "..",
            "a.b.c",
            cut,
            &format!("{cut}."),
            token.strip_prefix('e').unwrap(),
            &format!("{token}x"),
            &huge,
        ] {
            assert_eq!(tokens.verify(wrong, now()), Err(Error::TokenInvalid));
        }
    }
}
