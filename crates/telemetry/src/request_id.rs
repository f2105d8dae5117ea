//! A name for every request.

use std::cell::Cell;
use std::fmt::Write;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use kernel::Ambient;

/// The header that carries it, both ways.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest name that is taken from a caller.
const LONGEST: usize = 64;

/// Makes names. Each worker thread has one of these, so that making a name takes no lock.
#[derive(Debug)]
pub(super) struct RequestIds {
    /// Random, so that no two threads, processes or nodes make the same name.
    prefix: u64,
    next: Cell<u64>,
}

impl RequestIds {
    pub(super) fn new(ambient: &Ambient) -> Self {
        Self {
            prefix: u64::from_le_bytes(ambient.bytes()),
            next: Cell::new(0),
        }
    }

    /// The name that the request came with, if it is a sane one, or a new one.
    pub(super) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        match headers.get(HEADER) {
            Some(given) if is_sane(given.as_bytes()) => given.clone(),
            _ => self.make(),
        }
    }

    fn make(&self) -> HeaderValue {
        let number = self.next.get();
        self.next.set(number.wrapping_add(1));
        let mut text = String::with_capacity(32);
        let _infallible = write!(text, "{:016x}-{number:08x}", self.prefix);
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("unknown"))
    }
}

fn is_sane(given: &[u8]) -> bool {
    let known = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=LONGEST).contains(&given.len()) && given.iter().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(given: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_str(given).unwrap());
        let ids = RequestIds::new(&Ambient::system());
        ids.of(&headers).to_str().unwrap().to_owned()
    }

    #[test]
    fn a_sane_name_is_kept_and_any_other_replaced() {
        assert_eq!(named("abc-1.2_3"), "abc-1.2_3");
        for insane in ["", "a b", "<script>", &"x".repeat(65)] {
            assert_ne!(named(insane), insane);
        }
    }

    #[test]
    fn new_names_differ_within_a_thread_and_between_threads() {
        let (one, two) = (
            RequestIds::new(&Ambient::system()),
            RequestIds::new(&Ambient::system()),
        );
        let none = HeaderMap::new();
        let names = [one.of(&none), one.of(&none), two.of(&none)];
        assert!(names[0] != names[1] && names[0] != names[2]);
    }
}
