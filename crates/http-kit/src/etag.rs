//! Entity tags for conditional requests.

use actix_web::http::header::HeaderValue;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// Bytes of the digest that make up a tag, far more than are needed to tell responses apart.
const TAG_BYTES: usize = 12;

/// The tag of a body. It is weak, as the same body may be sent compressed or not.
#[must_use]
pub fn of(bytes: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(bytes);
    let digest: &[u8] = digest.as_ref();
    let text = BASE64URL_NOPAD.encode(digest.get(..TAG_BYTES).unwrap_or(digest));
    HeaderValue::try_from(format!("W/\"{text}\"")).unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// Whether an `If-None-Match` header contains a tag.
#[must_use]
pub fn matches(if_none_match: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(listed), Ok(tag)) = (if_none_match.to_str(), tag.to_str()) else {
        return false;
    };
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    listed.trim() == "*" || listed.split(',').any(|one| strong(one) == strong(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_finds_weak_and_strong_tags_in_a_list() {
        let tag = of(b"answer");
        let bare = tag.to_str().unwrap().trim_start_matches("W/").to_owned();
        let named = |text: &str| matches(&HeaderValue::from_str(text).unwrap(), &tag);
        assert!(named(tag.to_str().unwrap()) && named(&bare) && named("*"));
        assert!(named(&format!("\"other\", {bare}")));
        assert!(!named("\"other\"") && !named(""));
        assert_ne!(of(b"answer"), of(b"answers"));
    }
}
