//! WebSocket frames of the server (RFC 6455, section 5): unmasked and never fragmented.

use bytes::{BufMut, Bytes, BytesMut};

use crate::close::Close;

const FINAL_TEXT: u8 = 0x81;
const FINAL_BINARY: u8 = 0x82;
const FINAL_CLOSE: u8 = 0x88;
const FINAL_PING: u8 = 0x89;
const FINAL_PONG: u8 = 0x8A;

/// The kind of a frame of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataKind {
    /// Text, which is UTF-8.
    Text,
    /// Bytes.
    Binary,
}

/// Writes a frame of data over what the buffer holds.
pub(crate) fn overwrite(buffer: &mut BytesMut, kind: DataKind, payload: &[u8]) {
    buffer.clear();
    write(
        buffer,
        match kind {
            DataKind::Text => FINAL_TEXT,
            DataKind::Binary => FINAL_BINARY,
        },
        payload,
    );
}

/// A text frame.
#[must_use]
pub(crate) fn text(payload: &[u8]) -> Bytes {
    with_header(FINAL_TEXT, payload)
}

/// A close frame.
#[must_use]
pub(crate) fn close(close: &Close) -> Bytes {
    let payload = [&close.code.to_be_bytes(), close.reason.as_bytes()].concat();
    with_header(FINAL_CLOSE, &payload)
}

/// A ping.
#[must_use]
pub(crate) fn ping() -> Bytes {
    with_header(FINAL_PING, b"")
}

/// The response to a ping.
#[must_use]
pub(crate) fn pong(payload: &[u8]) -> Bytes {
    with_header(FINAL_PONG, payload)
}

fn with_header(first: u8, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::new();
    write(&mut frame, first, payload);
    frame.freeze()
}

fn write(frame: &mut BytesMut, first: u8, payload: &[u8]) {
    frame.reserve(payload.len() + 10);
    frame.put_u8(first);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ 0..126), _) => frame.put_u8(length),
        (_, Ok(length)) => {
            frame.put_u8(126);
            frame.put_u16(length);
        }
        _ => {
            frame.put_u8(127);
            frame.put_u64(payload.len() as u64);
        }
    }
    frame.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_as_long_as_the_length_needs() {
        for (length, header) in [(125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            assert_eq!(text(&vec![b'x'; length]).len(), length + header);
        }
    }
}
