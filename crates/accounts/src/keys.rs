//! Keys derived from the secret of the installation, one per purpose; digests of codes and tokens;
//! encryption of secrets at rest.

use hmac::{Hmac, KeyInit, Mac};
use kernel::{AppError, Env, Secret, UserId};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// The stored digest of a code or token.
#[derive(Debug, Clone, Copy)]
pub struct TokenDigest(pub [u8; 32]);

impl TokenDigest {
    /// The digest of a token of 256 bits, which is random enough to need no key.
    #[must_use]
    pub fn of(token: &Secret) -> Self {
        Self(Sha256::digest(token.expose().as_bytes()).into())
    }

    /// Compares with a stored digest in constant time.
    #[must_use]
    pub fn matches(&self, stored: &[u8]) -> bool {
        self.0.as_slice().ct_eq(stored).into()
    }
}

/// The keys of an installation.
#[derive(Clone)]
pub struct Keys {
    access: [u8; 32],
    codes: [u8; 32],
    refresh: [u8; 32],
    requests: [u8; 32],
    seal: [u8; 32],
    unsubscribe: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// Derives the keys from the secret of the installation, which is the same on all nodes.
    #[must_use]
    pub fn derive(secret: &Secret) -> Self {
        let key = |purpose: &[u8]| mac(secret.expose().as_bytes(), &[b"courtside/v1/", purpose]);
        Self {
            access: key(b"access"),
            codes: key(b"codes"),
            refresh: key(b"refresh"),
            requests: key(b"requests"),
            seal: key(b"seal"),
            unsubscribe: key(b"unsubscribe"),
        }
    }

    /// The key that signs access tokens.
    #[must_use]
    pub fn access_key(&self) -> &[u8; 32] {
        &self.access
    }

    /// The digest of a short code. It is bound to its flow (a challenge, an account), and cannot be
    /// brute-forced without the key.
    #[must_use]
    pub fn code_digest(&self, flow: &[u8], code: &Secret) -> TokenDigest {
        let length = u64::try_from(flow.len()).unwrap_or(u64::MAX).to_be_bytes();
        TokenDigest(mac(&self.codes, &[&length, flow, code.expose().as_bytes()]))
    }

    /// The digest by which a request is recognized. Its body may contain a password, which cannot
    /// be brute-forced without the key.
    #[must_use]
    pub fn request_digest(&self, scope: &str, body: &[u8; 32]) -> [u8; 32] {
        mac(&self.requests, &[body, scope.as_bytes()])
    }

    /// The refresh token that follows this one. It is unpredictable without the key, and the same
    /// each time, so that a repeated refresh gets the same successor.
    #[must_use]
    pub fn successor(&self, refresh: &Secret) -> Secret {
        let bytes = mac(&self.refresh, &[refresh.expose().as_bytes()]);
        Secret::new(data_encoding::BASE64URL_NOPAD.encode(&bytes))
    }

    /// The token that unsubscribes a user from mails without a login. It is valid as long as the
    /// secret of the installation is the same.
    #[must_use]
    pub fn unsubscribe_token(&self, user: UserId) -> Secret {
        let mac = data_encoding::BASE64URL_NOPAD.encode(&self.unsubscribe_mac(user));
        Secret::new(format!("{user}.{mac}"))
    }

    /// The user of an unsubscribe token; none if the token is invalid.
    #[must_use]
    pub fn verify_unsubscribe_token(&self, token: &Secret) -> Option<UserId> {
        let (user, mac) = token.expose().split_once('.')?;
        let user: UserId = user.parse().ok()?;
        let mac = data_encoding::BASE64URL_NOPAD.decode(mac.as_bytes()).ok()?;
        let is_valid: bool = self.unsubscribe_mac(user).as_slice().ct_eq(&mac).into();
        is_valid.then_some(user)
    }

    fn unsubscribe_mac(&self, user: UserId) -> [u8; 32] {
        mac(&self.unsubscribe, &[user.uuid().as_bytes()])
    }

    /// Encrypts a secret that must be read again, such as that of an authenticator app, for one
    /// owner.
    ///
    /// # Errors
    /// Never in practice: the key has the right length.
    pub fn seal(&self, owner: &[u8], plain: &[u8], env: &Env) -> Result<Vec<u8>, AppError> {
        let nonce = env.bytes::<NONCE_LEN>();
        let mut sealed = plain.to_vec();
        self.sealing_key()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(owner),
                &mut sealed,
            )
            .map_err(|_| AppError::internal("encryption of a secret failed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what was sealed for this owner.
    ///
    /// # Errors
    /// `internal` if it was sealed with another secret, for another owner, or was modified.
    pub fn open(&self, owner: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AppError> {
        let error =
            || AppError::internal("decryption of a secret failed: has the secret file changed?");
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or_else(error)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| error())?;
        let mut buffer = sealed.to_vec();
        self.sealing_key()?
            .open_in_place(nonce, Aad::from(owner), &mut buffer)
            .map(|plain| plain.to_vec())
            .map_err(|_| error())
    }

    fn sealing_key(&self) -> Result<LessSafeKey, AppError> {
        UnboundKey::new(&CHACHA20_POLY1305, &self.seal)
            .map(LessSafeKey::new)
            .map_err(|_| AppError::internal("the sealing key has the wrong length"))
    }
}

/// HMAC-SHA-256 of the concatenated parts.
pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        // HMAC accepts keys of any length.
        return [0; 32];
    };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secret: &str) -> Keys {
        Keys::derive(&Secret::new(secret))
    }

    #[test]
    fn derive_gives_a_key_per_purpose_and_secret() {
        let (a, b) = (keys("a"), keys("b"));
        let all = [a.access, a.codes, a.refresh, a.seal, b.access];
        let different: std::collections::HashSet<_> = all.into_iter().collect();
        assert_eq!(different.len(), 5);
        assert_eq!(keys("a").access, a.access);
    }

    #[test]
    fn mac_is_hmac_sha_256() {
        let known = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        let parts: [&[u8]; 2] = [b"The quick brown fox ", b"jumps over the lazy dog"];
        assert_eq!(data_encoding::HEXLOWER.encode(&mac(b"key", &parts)), known);
    }

    #[test]
    fn code_digest_is_bound_to_its_flow() {
        let (keys, code) = (keys("a"), Secret::new("123456"));
        let stored = keys.code_digest(b"one", &code).0;
        assert!(keys.code_digest(b"one", &code).matches(&stored));
        assert!(!keys.code_digest(b"two", &code).matches(&stored));
        assert!(
            !keys
                .code_digest(b"one1", &Secret::new("23456"))
                .matches(&stored)
        );
        assert!(!keys.code_digest(b"one", &code).matches(&stored[..31]));
        assert!(!keys.code_digest(b"one", &code).matches(&[]));
    }

    #[test]
    fn request_digest_depends_on_body_scope_and_key() {
        let known = keys("a").request_digest("POST /", &[1; 32]);
        assert_eq!(keys("a").request_digest("POST /", &[1; 32]), known);
        assert_ne!(keys("a").request_digest("POST /", &[2; 32]), known);
        assert_ne!(keys("a").request_digest("POST /a", &[1; 32]), known);
        assert_ne!(keys("b").request_digest("POST /", &[1; 32]), known);
    }

    #[test]
    fn successor_is_deterministic() {
        let keys = keys("a");
        let first = Secret::token(&Env::system());
        let second = keys.successor(&first);
        assert_eq!(second, keys.successor(&first));
        assert_eq!(second.expose().len(), first.expose().len());
        assert_ne!(second, keys.successor(&second));
    }

    #[test]
    fn verify_unsubscribe_token_refuses_forged_tokens() {
        let (keys, user): (_, UserId) = (keys("a"), Env::system().id());
        let token = keys.unsubscribe_token(user);
        assert_eq!(keys.verify_unsubscribe_token(&token), Some(user));
        assert_eq!(
            Keys::derive(&Secret::new("b")).verify_unsubscribe_token(&token),
            None
        );
        let longer = format!("{}AAAA", token.expose());
        let unsigned = format!("{user}.AAAA");
        for wrong in ["", "AAAA", "%", ".", &longer, &unsigned] {
            assert_eq!(keys.verify_unsubscribe_token(&Secret::new(wrong)), None);
        }
    }

    #[test]
    fn open_requires_the_owner_and_the_key() {
        let (keys_a, env) = (keys("a"), Env::system());
        let sealed = keys_a.seal(b"ada", b"secret", &env).unwrap();
        assert_eq!(keys_a.open(b"ada", &sealed).unwrap(), b"secret");
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert!(keys_a.open(b"bob", &sealed).is_err());
        assert!(keys("b").open(b"ada", &sealed).is_err());
        assert!(keys_a.open(b"ada", &sealed[..10]).is_err());
        let mut touched = sealed.clone();
        touched[14] ^= 1;
        assert!(keys_a.open(b"ada", &touched).is_err());
        assert_ne!(sealed, keys_a.seal(b"ada", b"secret", &env).unwrap());
    }
}
