//! Request ids: taken from the client where they are valid, generated otherwise.

use std::cell::Cell;
use std::fmt::{self, Write};
use std::sync::Arc;

use kernel::Env;

/// Longest id accepted from a client.
const MAX_LEN: usize = 64;

/// The id of a request in responses and logs: 1 to 64 letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Accepts an id sent by a client, if it is valid.
    #[must_use]
    pub fn parse(given: &[u8]) -> Option<Self> {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        let is_valid = (1..=MAX_LEN).contains(&given.len()) && given.iter().all(allowed);
        let text = std::str::from_utf8(given).ok().filter(|_| is_valid)?;
        Some(Self(text.into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Generates request ids. Each worker thread has its own, so that generating takes no lock.
#[derive(Debug)]
pub struct RequestIdGenerator {
    /// Random, so that threads, processes and nodes generate different ids.
    prefix: u64,
    next: Cell<u64>,
}

impl RequestIdGenerator {
    /// A generator with a random prefix.
    #[must_use]
    pub fn new(env: &Env) -> Self {
        Self {
            prefix: u64::from_le_bytes(env.bytes()),
            next: Cell::new(0),
        }
    }

    /// The id sent by the client if it is valid, otherwise a new one.
    #[must_use]
    pub fn accept_or_generate(&self, given: Option<&[u8]>) -> RequestId {
        given
            .and_then(RequestId::parse)
            .unwrap_or_else(|| self.generate())
    }

    fn generate(&self) -> RequestId {
        let number = self.next.get();
        self.next.set(number.wrapping_add(1));
        let mut text = String::with_capacity(32);
        let _infallible = write!(text, "{:016x}-{number:08x}", self.prefix);
        RequestId(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_or_generate_keeps_valid_ids_and_replaces_others() {
        let ids = RequestIdGenerator::new(&Env::system());
        let accepted = |given: &str| ids.accept_or_generate(Some(given.as_bytes())).to_string();
        assert_eq!(accepted("abc-1.2_3"), "abc-1.2_3");
        for invalid in ["", "a b", "<script>", "é", &"x".repeat(65)] {
            assert_ne!(accepted(invalid), invalid);
        }
    }

    #[test]
    fn generate_is_unique_within_and_between_generators() {
        let (one, two) = (
            RequestIdGenerator::new(&Env::system()),
            RequestIdGenerator::new(&Env::system()),
        );
        let ids = [
            one.accept_or_generate(None),
            one.accept_or_generate(None),
            two.accept_or_generate(None),
        ];
        assert!(ids[0] != ids[1] && ids[0] != ids[2]);
    }
}
