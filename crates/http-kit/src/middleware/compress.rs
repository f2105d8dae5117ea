//! Compression of responses.

use actix_http::encoding::Encoder;
use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding, HeaderValue};

/// Compressing shorter bodies costs more than it saves.
const MIN_LEN: u64 = 1024;

/// Compresses a response if it is long enough and compressible.
pub(super) fn compress(response: HttpResponse, preferred: Option<ContentEncoding>) -> HttpResponse {
    if !is_compressible(&response) {
        return response;
    }
    let Some(encoding) = preferred else {
        return vary(response);
    };
    response.map_body(|head, body| BoxBody::new(Encoder::response(encoding, head, body)))
}

fn is_compressible(response: &HttpResponse) -> bool {
    let headers = response.headers();
    let long = match response.body().size() {
        BodySize::None => false,
        BodySize::Sized(size) => size >= MIN_LEN,
        BodySize::Stream => true,
    };
    let whole = ![StatusCode::PARTIAL_CONTENT, StatusCode::SWITCHING_PROTOCOLS]
        .contains(&response.status());
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

fn vary(mut response: HttpResponse) -> HttpResponse {
    let value = HeaderValue::from_static("accept-encoding");
    let mut known = response.headers().get_all(header::VARY);
    if !known.any(|one| *one == value) {
        response.headers_mut().append(header::VARY, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compress_skips_short_partial_and_binary_responses() {
        let response =
            |kind: &'static str, size| HttpResponse::Ok().content_type(kind).body("x".repeat(size));
        let encoded = |response| {
            let response = compress(response, Some(ContentEncoding::Gzip));
            response.headers().contains_key(header::CONTENT_ENCODING)
        };
        assert!(encoded(response("application/json", 2000)));
        assert!(!encoded(response("application/json", 200)));
        assert!(!encoded(response("image/png", 2000)));
        let mut partial = response("text/plain", 2000);
        *partial.status_mut() = StatusCode::PARTIAL_CONTENT;
        assert!(!encoded(partial));
        let plain = compress(response("text/html", 2000), None);
        assert_eq!(
            plain.headers().get(header::VARY).unwrap(),
            "accept-encoding"
        );
    }
}
