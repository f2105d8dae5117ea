//! Error responses outside of requests: to refused connections, and in place of those of the framework.

use bytes::Bytes;
use kernel::{AppError, Env};

use crate::error::HttpError;
use crate::failure::{self, JSON};

/// The start of a response.
const PROTOCOL: &[u8] = b"HTTP/1.1 ";
/// The end of a head, or of a response without body.
const HEAD_END: &[u8] = b"\r\n\r\n";
/// The headers that an error response of the framework may have.
const BARE_HEADERS: [&str; 3] = ["connection", "content-length", "date"];

/// A complete response that ends its connection.
pub(super) fn raw(error: &AppError, env: &Env) -> Bytes {
    let id = format!("{:032x}", u128::from_le_bytes(env.bytes()));
    let status = failure::status(error.code().kind);
    let body = serde_json::to_string(&failure::envelope(error, &id)).unwrap_or_default();
    let length = body.len();
    let wait = error
        .retry_after_secs()
        .map(|seconds| format!("retry-after: {seconds}\r\n"));
    let wait = wait.unwrap_or_default();
    tracing::debug!(request_id = id, "refused: {error}");
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {JSON}\r\ncontent-length: {length}\r\n{wait}\
         x-request-id: {id}\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into()
}

/// Splits an error response of the framework off the end of the output, and returns its meaning.
pub(super) fn split(bytes: &[u8]) -> Option<(&[u8], HttpError)> {
    let response = bytes.strip_suffix(HEAD_END)?;
    let start = response.windows(PROTOCOL.len()).rposition(is_protocol)?;
    let (ours, bare) = bytes.split_at_checked(start)?;
    Some((ours, meaning(str::from_utf8(bare).ok()?)?))
}

fn is_protocol(window: &[u8]) -> bool {
    window == PROTOCOL
}

/// The meaning of an error response of the framework; `None` for other responses, which have more
/// headers.
fn meaning(head: &str) -> Option<HttpError> {
    let mut lines = head.trim_end().split("\r\n");
    let error = match lines.next()?.split(' ').nth(1)? {
        "400" => HttpError::MalformedRequest,
        "408" => HttpError::RequestTimeout,
        "431" => HttpError::HeadTooLarge,
        _ => return None,
    };
    let is_bare = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        BARE_HEADERS
            .iter()
            .any(|bare| name.eq_ignore_ascii_case(bare))
    };
    lines.all(is_bare).then_some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-request-id: 1\r\n\r\n{}";

    fn bare(status: &str) -> String {
        format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\ndate: now\r\n\r\n")
    }

    #[test]
    fn raw_is_an_envelope_with_a_request_id() {
        let refusal = raw(&HttpError::MalformedRequest.into(), &Env::system());
        let text = std::str::from_utf8(&refusal).unwrap();
        assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{text}");
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())));
        assert!(!head.contains("retry-after"), "{head}");
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["error"]["code"], "malformed_request");
        let id = body["error"]["request_id"].as_str().unwrap();
        assert!(head.contains(&format!("x-request-id: {id}\r\n")));
    }

    #[test]
    fn raw_has_a_retry_after_header() {
        let refusal = raw(&HttpError::TooManyConnections.into(), &Env::system());
        let text = std::str::from_utf8(&refusal).unwrap();
        assert!(text.contains("\r\nretry-after: 2\r\n"), "{text}");
    }

    #[test]
    fn split_finds_framework_errors_alone_and_behind_responses() {
        for (status, error) in [
            ("400 Bad Request", HttpError::MalformedRequest),
            ("408 Request Timeout", HttpError::RequestTimeout),
            (
                "431 Request Header Fields Too Large",
                HttpError::HeadTooLarge,
            ),
        ] {
            let alone = bare(status);
            assert_eq!(split(alone.as_bytes()), Some((&b""[..], error)));
            let behind = format!("{OURS}{alone}");
            assert_eq!(split(behind.as_bytes()), Some((OURS.as_bytes(), error)));
        }
    }

    #[test]
    fn split_leaves_other_responses() {
        let empty = bare("400 Bad Request").replace("date: now", "x-request-id: 1");
        let body = format!("{OURS}{}", bare("200 OK"));
        for ours in [OURS, &empty, &body, "", "\r\n\r\n", "HTTP/1.1 400"] {
            assert_eq!(split(ours.as_bytes()), None, "{ours}");
        }
    }
}
