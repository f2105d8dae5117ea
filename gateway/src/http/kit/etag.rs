//! Sparing a reader what it has already.

use actix_web::http::header::HeaderValue;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// Bytes of the digest that make up a tag: far more than are needed to tell answers apart.
const TAG_BYTES: usize = 12;

/// The tag of these bytes. It is weak, as the same answer may travel compressed or not.
#[must_use]
pub fn of(bytes: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(bytes);
    let digest: &[u8] = digest.as_ref();
    let text = BASE64URL_NOPAD.encode(digest.get(..TAG_BYTES).unwrap_or(digest));
    HeaderValue::try_from(format!("W/\"{text}\"")).unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// Whether an `If-None-Match` header names this tag.
#[must_use]
pub fn is_named(if_none_match: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(wanted), Ok(tag)) = (if_none_match.to_str(), tag.to_str()) else {
        return false;
    };
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    wanted.trim() == "*" || wanted.split(',').any(|one| strong(one) == strong(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_among_several_weak_or_strong() {
        let tag = of(b"answer");
        let bare = tag.to_str().unwrap().trim_start_matches("W/").to_owned();
        let named = |text: &str| is_named(&HeaderValue::from_str(text).unwrap(), &tag);
        assert!(named(tag.to_str().unwrap()) && named(&bare) && named("*"));
        assert!(named(&format!("\"other\", {bare}")));
        assert!(!named("\"other\"") && !named(""));
        assert_ne!(of(b"answer"), of(b"answers"));
    }
}
