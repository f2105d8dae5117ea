//! Refusals below HTTP: of connections, and in place of those that the framework makes before there
//! is a request.

use bytes::Bytes;
use kernel::{AppError, Env};

use crate::error::Error;
use crate::http::kit::failure;
use crate::http::kit::response::JSON;

/// How an answer begins.
const PROTOCOL: &[u8] = b"HTTP/1.1 ";
/// How the head of an answer ends; without a body, the answer.
const HEAD_END: &[u8] = b"\r\n\r\n";
/// The headers that a refusal of the framework has at the most.
const BARE_HEADERS: [&str; 3] = ["connection", "content-length", "date"];

/// A whole answer that ends its connection.
pub(super) fn raw(error: &AppError, env: &Env) -> Bytes {
    let id = format!("{:032x}", u128::from_le_bytes(env.bytes()));
    let status = failure::status(error.code().kind);
    let body = serde_json::to_string(&failure::envelope(error, &id)).unwrap_or_default();
    let length = body.len();
    let wait = failure::retry_after(error).map(|seconds| format!("retry-after: {seconds}\r\n"));
    let wait = wait.unwrap_or_default();
    tracing::debug!(request_id = id, "refused: {error}");
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {JSON}\r\ncontent-length: {length}\r\n{wait}\
         x-request-id: {id}\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into()
}

/// Takes a refusal of the framework off the end of what is to be sent, and says what it means.
pub(super) fn split(bytes: &[u8]) -> Option<(&[u8], Error)> {
    let answer = bytes.strip_suffix(HEAD_END)?;
    let start = answer.windows(PROTOCOL.len()).rposition(is_protocol)?;
    let (ours, bare) = bytes.split_at_checked(start)?;
    Some((ours, meaning(str::from_utf8(bare).ok()?)?))
}

fn is_protocol(window: &[u8]) -> bool {
    window == PROTOCOL
}

/// What a bare refusal means; nothing for answers of ours, which all have more headers.
fn meaning(head: &str) -> Option<Error> {
    let mut lines = head.trim_end().split("\r\n");
    let error = match lines.next()?.split(' ').nth(1)? {
        "400" => Error::MalformedRequest,
        "408" => Error::RequestTimeout,
        "431" => Error::HeadTooLarge,
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
    fn raw_refusal_is_an_envelope_with_its_id() {
        let refusal = raw(&Error::MalformedRequest.into(), &Env::system());
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
    fn raw_refusal_says_when_to_come_back() {
        let refusal = raw(&Error::TooManyConnections.into(), &Env::system());
        let text = std::str::from_utf8(&refusal).unwrap();
        assert!(text.contains("\r\nretry-after: 2\r\n"), "{text}");
    }

    #[test]
    fn split_finds_bare_refusals_alone_and_behind_answers() {
        for (status, error) in [
            ("400 Bad Request", Error::MalformedRequest),
            ("408 Request Timeout", Error::RequestTimeout),
            ("431 Request Header Fields Too Large", Error::HeadTooLarge),
        ] {
            let alone = bare(status);
            assert_eq!(split(alone.as_bytes()), Some((&b""[..], error)));
            let behind = format!("{OURS}{alone}");
            assert_eq!(split(behind.as_bytes()), Some((OURS.as_bytes(), error)));
        }
    }

    #[test]
    fn split_leaves_answers_of_ours_alone() {
        let empty = bare("400 Bad Request").replace("date: now", "x-request-id: 1");
        let body = format!("{OURS}{}", bare("200 OK"));
        for ours in [OURS, &empty, &body, "", "\r\n\r\n", "HTTP/1.1 400"] {
            assert_eq!(split(ours.as_bytes()), None, "{ours}");
        }
    }
}
