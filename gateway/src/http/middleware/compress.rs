//! Smaller answers for those who can read them.

use actix_http::encoding::Encoder;
use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding, HeaderMap, HeaderValue};

use crate::http::kit::encoding;

/// Below this, compressing costs more than it saves.
const WORTH_IT: u64 = 1024;

/// The encoding that a caller likes best among those we make, Brotli where it makes no difference
/// to them; nothing where they want none.
pub(super) fn wanted(headers: &HeaderMap) -> Option<ContentEncoding> {
    let gzip = encoding::is_accepted(headers, "gzip");
    let brotli = encoding::is_accepted(headers, "br")
        && encoding::weight(headers, "br") >= encoding::weight(headers, "gzip");
    if brotli {
        Some(ContentEncoding::Brotli)
    } else {
        gzip.then_some(ContentEncoding::Gzip)
    }
}

/// Compresses an answer if that is worth it.
pub(super) fn compress(answer: HttpResponse, wanted: Option<ContentEncoding>) -> HttpResponse {
    if !is_worth_it(&answer) {
        return answer;
    }
    let Some(encoding) = wanted else {
        return vary(answer);
    };
    answer.map_body(|head, body| BoxBody::new(Encoder::response(encoding, head, body)))
}

fn is_worth_it(answer: &HttpResponse) -> bool {
    let headers = answer.headers();
    let long = match answer.body().size() {
        BodySize::None => false,
        BodySize::Sized(size) => size >= WORTH_IT,
        BodySize::Stream => true,
    };
    let whole =
        ![StatusCode::PARTIAL_CONTENT, StatusCode::SWITCHING_PROTOCOLS].contains(&answer.status());
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    long && whole && !headers.contains_key(header::CONTENT_ENCODING) && kind.is_some_and(is_text)
}

fn is_text(kind: &str) -> bool {
    [
        "application/json",
        "application/javascript",
        "image/svg+xml",
    ]
    .iter()
    .any(|text| kind.starts_with(text))
        || (kind.starts_with("text/") && !kind.starts_with("text/event-stream"))
}

fn vary(mut answer: HttpResponse) -> HttpResponse {
    let value = HeaderValue::from_static("accept-encoding");
    answer.headers_mut().append(header::VARY, value);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accepted: &'static str) -> Option<ContentEncoding> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        wanted(&headers)
    }

    #[test]
    fn brotli_before_gzip_before_nothing() {
        assert_eq!(
            chosen("gzip, deflate, br, zstd"),
            Some(ContentEncoding::Brotli)
        );
        assert_eq!(chosen("GZIP;q=0.5, br;q=0"), Some(ContentEncoding::Gzip));
        assert_eq!(chosen("br;q=0.1, gzip;q=0.9"), Some(ContentEncoding::Gzip));
        assert_eq!(chosen("gzip;q=0"), None);
        assert_eq!(chosen("identity"), None);
        assert_eq!(chosen(""), None);
        assert_eq!(wanted(&HeaderMap::new()), None);
    }

    #[test]
    fn only_long_whole_texts_are_compressed() {
        let answer =
            |kind: &'static str, size| HttpResponse::Ok().content_type(kind).body("x".repeat(size));
        let encoded = |answer| {
            let answer = compress(answer, Some(ContentEncoding::Gzip));
            answer.headers().contains_key(header::CONTENT_ENCODING)
        };
        assert!(encoded(answer("application/json", 2000)));
        assert!(!encoded(answer("application/json", 200)));
        assert!(!encoded(answer("image/png", 2000)));
        let mut partial = answer("text/plain", 2000);
        *partial.status_mut() = StatusCode::PARTIAL_CONTENT;
        assert!(!encoded(partial));
        let plain = compress(answer("text/html", 2000), None);
        assert_eq!(
            plain.headers().get(header::VARY).unwrap(),
            "accept-encoding"
        );
    }
}
