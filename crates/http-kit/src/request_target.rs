//! Validation of the path and query of a request.

use actix_web::http::Uri;

use crate::error::HttpError;

/// Checks that the path and the query decode to text. The router and the query parser would replace
/// or keep invalid bytes, so that handlers look for something else; PostgreSQL refuses NUL characters.
///
/// # Errors
/// A `%` is not followed by two hexadecimal digits, or the bytes are not UTF-8 or contain a NUL.
pub fn check_encoding(uri: &Uri) -> Result<(), HttpError> {
    let whole = uri.path_and_query().map_or("/", |whole| whole.as_str());
    if is_text(whole.as_bytes()) {
        return Ok(());
    }
    Err(HttpError::MalformedAddress)
}

fn is_text(encoded: &[u8]) -> bool {
    if !encoded.contains(&b'%') {
        return true;
    }
    decode(encoded).is_some_and(|bytes| !bytes.contains(&0) && str::from_utf8(&bytes).is_ok())
}

/// Decodes percent-encoding; `None` if an escape is malformed.
pub(crate) fn decode(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'%' => digit(*rest.next()?)? << 4 | digit(*rest.next()?)?,
            other => *other,
        });
    }
    Some(decoded)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_text_refuses_malformed_escapes_and_nul() {
        for good in ["/", "/a%20b?q=%C3%A9%25", "/%F0%9F%98%80", "/?q=é"] {
            assert!(is_text(good.as_bytes()), "{good}");
        }
        for bad in [
            "/%ZZ",
            "/a%",
            "/a%4",
            "/%FF",
            "/?q=%C3",
            "/%00",
            "/?q=a%00b",
            "/%+1",
        ] {
            assert!(!is_text(bad.as_bytes()), "{bad}");
        }
    }
}
