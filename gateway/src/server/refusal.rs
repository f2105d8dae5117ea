//! Refusals below HTTP: of connections, and in place of those that the framework makes before there
//! is a request.

use bytes::Bytes;
use kernel::{Ambient, Fault};

use crate::error::Error;
use crate::http::kit::answer::JSON;
use crate::http::kit::failure;

/// A whole answer that ends its connection.
pub(super) fn raw(fault: &Fault, ambient: &Ambient) -> Bytes {
    let id = format!("{:032x}", u128::from_le_bytes(ambient.bytes()));
    let status = failure::status(fault.code().kind);
    let body = serde_json::to_string(&failure::envelope(fault, &id)).unwrap_or_default();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {JSON}\r\ncontent-length: {length}\r\n\
         x-request-id: {id}\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into()
}

/// The refusal that says in our words what the framework says with a bare status.
pub(super) fn in_place_of(answer: &[u8], ambient: &Ambient) -> Option<Bytes> {
    let status = answer.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    let error = match status {
        b"400" => Error::MalformedRequest,
        b"408" => Error::RequestTimeout,
        b"431" => Error::HeadTooLarge,
        _ => return None,
    };
    Some(raw(&error.into(), ambient))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_place_of_bare_refusals_stands_an_envelope() {
        let ambient = Ambient::system();
        for (bare, code) in [
            ("400 Bad Request", "malformed_request"),
            ("408 Request Timeout", "request_timeout"),
            ("431 Request Header Fields Too Large", "head_too_large"),
        ] {
            let answer = format!("HTTP/1.1 {bare}\r\ncontent-length: 0\r\n\r\n");
            let refusal = in_place_of(answer.as_bytes(), &ambient).unwrap();
            let text = std::str::from_utf8(&refusal).unwrap();
            assert!(text.starts_with(&format!("HTTP/1.1 {bare}\r\n")), "{text}");
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("content-length: {}\r\n", body.len())));
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            assert_eq!(body["error"]["code"], code);
            let id = body["error"]["request_id"].as_str().unwrap();
            assert!(head.contains(&format!("x-request-id: {id}\r\n")));
        }
        assert!(in_place_of(b"HTTP/1.1 200 OK\r\n\r\n", &ambient).is_none());
        assert!(in_place_of(b"", &ambient).is_none());
    }
}
