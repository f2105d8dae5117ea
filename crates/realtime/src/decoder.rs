//! The reading half of a socket: decodes frames (RFC 6455, section 5).
//!
//! A frame that is too large is refused by its header alone. The decoder of `actix-ws` waits for the
//! whole frame first, so that clients could fill the memory with frames that are never completed;
//! that is why this one exists.

use std::future::poll_fn;
use std::pin::Pin;

use actix_web::dev::Payload;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::Stream;

/// The largest message that is accepted, in one frame or several.
pub const MAX_MESSAGE_LEN: usize = 64 * 1024;
/// The largest payload of a control frame.
const MAX_CONTROL_LEN: usize = 125;

const FINAL: u8 = 0x80;
const RESERVED: u8 = 0x70;
const OPCODE: u8 = 0x0F;
const MASKED: u8 = 0x80;

/// A message, or a part of one, that a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(BytesMut),
    /// A part of a message whose rest is to come. Each counts as a frame, even if it is empty.
    Fragment,
    /// A ping, to be answered with the same payload.
    Ping(BytesMut),
    /// The answer to a ping.
    Pong,
    /// A close frame.
    Close,
}

/// Why no more can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecodeError {
    /// The connection was lost.
    ConnectionLost,
    /// A message is too large.
    TooBig,
    /// The bytes are no valid frame.
    NotAFrame,
    /// A text message or a close reason is not UTF-8.
    NotText,
}

/// Reads what a client sends.
pub(crate) struct FrameReader {
    payload: Payload,
    decoder: Decoder,
}

impl FrameReader {
    /// Reads from a connection.
    pub(crate) fn new(payload: Payload) -> Self {
        Self {
            payload,
            decoder: Decoder::default(),
        }
    }

    /// The next frame. Cancelling the future loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Decoded, DecodeError> {
        loop {
            if let Some(decoded) = self.decoder.next()? {
                return Ok(decoded);
            }
            let bytes = self.bytes().await.ok_or(DecodeError::ConnectionLost)?;
            self.decoder.feed(bytes);
        }
    }

    /// Reads and discards everything up to the client's close frame or the end of the connection. A
    /// connection that is closed with something unread is reset, and the client might not get the close
    /// frame of the server.
    pub(crate) async fn drain(&mut self) {
        loop {
            match self.next().await {
                Ok(Decoded::Close) | Err(DecodeError::ConnectionLost) => return,
                Ok(_) => {}
                // What follows cannot be told apart.
                Err(_) => break,
            }
        }
        while self.bytes().await.is_some() {}
    }

    async fn bytes(&mut self) -> Option<Bytes> {
        let next = poll_fn(|context| Pin::new(&mut self.payload).poll_next(context));
        next.await?.ok()
    }
}

/// A fragmented message that is not complete.
#[derive(Debug)]
struct PartialMessage {
    is_text: bool,
    bytes: BytesMut,
}

/// Decodes bytes as they arrive.
#[derive(Debug, Default)]
struct Decoder {
    buffer: BytesMut,
    partial: Option<PartialMessage>,
}

/// The header of a frame.
#[derive(Debug, Clone, Copy)]
struct FrameHeader {
    /// The length of the header itself.
    size: usize,
    is_final: bool,
    opcode: u8,
    length: usize,
    mask: [u8; 4],
}

impl Decoder {
    fn feed(&mut self, bytes: Bytes) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::from(bytes);
        } else {
            self.buffer.extend_from_slice(&bytes);
        }
    }

    /// The next frame, if it is complete.
    fn next(&mut self) -> Result<Option<Decoded>, DecodeError> {
        let Some(header) = FrameHeader::read(&self.buffer)? else {
            return Ok(None);
        };
        self.check(&header)?;
        if self.buffer.len() < header.size + header.length {
            return Ok(None);
        }
        self.buffer.advance(header.size);
        let mut payload = self.buffer.split_to(header.length);
        unmask(&mut payload, header.mask);
        self.take(&header, payload).map(Some)
    }

    /// Refuses a frame by its header alone.
    fn check(&self, header: &FrameHeader) -> Result<(), DecodeError> {
        if header.opcode >= 8 {
            let fits = header.is_final && header.length <= MAX_CONTROL_LEN;
            return if fits {
                Ok(())
            } else {
                Err(DecodeError::NotAFrame)
            };
        }
        let partial = self
            .partial
            .as_ref()
            .map_or(0, |partial| partial.bytes.len());
        if header.length > MAX_MESSAGE_LEN - partial {
            return Err(DecodeError::TooBig);
        }
        Ok(())
    }

    /// What a frame is or completes.
    fn take(&mut self, header: &FrameHeader, payload: BytesMut) -> Result<Decoded, DecodeError> {
        match header.opcode {
            8 => check_close(&payload).map(|()| Decoded::Close),
            9 => Ok(Decoded::Ping(payload)),
            10 => Ok(Decoded::Pong),
            0 => self.continue_message(header.is_final, &payload),
            1 | 2 if self.partial.is_none() => self.begin_message(header, payload),
            _ => Err(DecodeError::NotAFrame),
        }
    }

    fn begin_message(
        &mut self,
        header: &FrameHeader,
        bytes: BytesMut,
    ) -> Result<Decoded, DecodeError> {
        let is_text = header.opcode == 1;
        let partial = PartialMessage { is_text, bytes };
        if header.is_final {
            return partial.complete();
        }
        self.partial = Some(partial);
        Ok(Decoded::Fragment)
    }

    fn continue_message(&mut self, is_final: bool, payload: &[u8]) -> Result<Decoded, DecodeError> {
        let mut partial = self.partial.take().ok_or(DecodeError::NotAFrame)?;
        partial.bytes.extend_from_slice(payload);
        if is_final {
            return partial.complete();
        }
        self.partial = Some(partial);
        Ok(Decoded::Fragment)
    }
}

impl PartialMessage {
    fn complete(self) -> Result<Decoded, DecodeError> {
        if !self.is_text {
            return Ok(Decoded::Binary(self.bytes));
        }
        let text = String::from_utf8(self.bytes.into());
        text.map(Decoded::Text).map_err(|_| DecodeError::NotText)
    }
}

/// Checks the code and the reason of a close frame (RFC 6455, 5.5.1 and 7.4).
fn check_close(payload: &[u8]) -> Result<(), DecodeError> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::NotAFrame)
        };
    };
    match u16::from_be_bytes(*code) {
        1000..=1003 | 1007..=1014 | 3000..=4999 => {}
        _ => return Err(DecodeError::NotAFrame),
    }
    let reason = std::str::from_utf8(reason);
    reason.map(|_| ()).map_err(|_| DecodeError::NotText)
}

impl FrameHeader {
    /// The header at the start of these bytes, if it is complete.
    fn read(bytes: &[u8]) -> Result<Option<Self>, DecodeError> {
        let mut left = bytes;
        let (Ok(first), Ok(second)) = (left.try_get_u8(), left.try_get_u8()) else {
            return Ok(None);
        };
        // No extension that uses the reserved bits is negotiated, and clients must mask.
        if first & RESERVED != 0 || second & MASKED == 0 {
            return Err(DecodeError::NotAFrame);
        }
        let length = match second & !MASKED {
            126 => left.try_get_u16().map(u64::from),
            127 => left.try_get_u64(),
            short => Ok(u64::from(short)),
        };
        let Ok(length) = length else {
            return Ok(None);
        };
        let Ok(mask) = left.try_get_u32() else {
            return Ok(None);
        };
        Ok(Some(Self {
            size: bytes.len() - left.len(),
            is_final: first & FINAL != 0,
            opcode: first & OPCODE,
            length: usize::try_from(length).unwrap_or(usize::MAX),
            mask: mask.to_be_bytes(),
        }))
    }
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    for four in payload.chunks_mut(4) {
        for (byte, key) in four.iter_mut().zip(mask) {
            *byte ^= key;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![first];
        match payload.len() {
            short @ 0..126 => frame.push(0x80 | short as u8),
            middle @ 126..0x1_0000 => {
                frame.push(0xFE);
                frame.extend((middle as u16).to_be_bytes());
            }
            long => {
                frame.push(0xFF);
                frame.extend((long as u64).to_be_bytes());
            }
        }
        frame.extend(KEY);
        let masked = payload.iter().zip(KEY.iter().cycle());
        frame.extend(masked.map(|(byte, key)| byte ^ key));
        frame
    }

    /// Everything decoded from these bytes, fed in pieces of this size.
    fn read(bytes: &[u8], piece: usize) -> (Vec<Decoded>, Option<DecodeError>) {
        let (mut decoder, mut all) = (Decoder::default(), vec![]);
        for some in bytes.chunks(piece) {
            decoder.feed(Bytes::copy_from_slice(some));
            loop {
                match decoder.next() {
                    Ok(Some(came)) => all.push(came),
                    Ok(None) => break,
                    Err(broken) => return (all, Some(broken)),
                }
            }
        }
        (all, None)
    }

    fn text(text: &[u8]) -> Decoded {
        Decoded::Text(String::from_utf8(text.to_vec()).unwrap())
    }

    #[test]
    fn frames_come_out_as_they_went_in_however_they_are_cut() {
        let long = vec![b'x'; 300];
        let largest = vec![b'y'; MAX_MESSAGE_LEN];
        let bytes = [
            frame(0x81, b"hello"),
            frame(0x89, b"?"),
            frame(0x01, b"in "),
            frame(0x8A, b""),
            frame(0x00, b"two "),
            frame(0x80, b"pieces"),
            frame(0x82, &long),
            frame(0x81, &largest),
            frame(0x81, b""),
            frame(0x88, b"\x03\xE8"),
        ]
        .concat();
        for piece in [1, 2, 3, 7, 1_000, bytes.len()] {
            let (all, broken) = read(&bytes, piece);
            assert_eq!(broken, None);
            let expected = [
                text(b"hello"),
                Decoded::Ping(BytesMut::from(&b"?"[..])),
                Decoded::Fragment,
                Decoded::Pong,
                Decoded::Fragment,
                text(b"in two pieces"),
                Decoded::Binary(BytesMut::from(&long[..])),
                text(&largest),
                text(b""),
                Decoded::Close,
            ];
            assert_eq!(all, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn what_is_too_big_is_refused_by_its_head() {
        let too_big = frame(0x81, &vec![b'x'; MAX_MESSAGE_LEN + 1]);
        let header = too_big[..14].to_vec();
        let endless = [0x81, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4];
        let in_pieces = [
            frame(0x01, &vec![b'x'; MAX_MESSAGE_LEN]),
            frame(0x80, b"x")[..6].to_vec(),
        ];
        for bytes in [header, endless.to_vec(), in_pieces.concat()] {
            let (all, broken) = read(&bytes, bytes.len());
            assert_eq!(broken, Some(DecodeError::TooBig));
            assert!(all.iter().all(|came| *came == Decoded::Fragment), "{all:?}");
        }
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        let unmasked = vec![0x81, 0x01, b'x'];
        for bytes in [
            frame(0xC1, b"reserved"),
            frame(0x83, b"no such kind"),
            frame(0x8B, b""),
            frame(0x80, b"goes on from nothing"),
            [frame(0x01, b"a"), frame(0x81, b"b")].concat(),
            frame(0x09, b"a ping in pieces"),
            frame(0x89, &[b'x'; 126]),
            frame(0x88, b"\x03"),
            frame(0x88, b"\x03\xEE"),
            frame(0x88, b"\x0B\xB7"),
            unmasked,
        ] {
            let (all, broken) = read(&bytes, bytes.len());
            assert_eq!(broken, Some(DecodeError::NotAFrame), "{bytes:?}");
            assert!(all.iter().all(|came| *came == Decoded::Fragment), "{all:?}");
        }
    }

    #[test]
    fn what_is_not_utf_8_is_refused_in_texts_and_reasons_alone() {
        for bytes in [
            frame(0x81, b"\xFF"),
            [frame(0x01, b"\xC3"), frame(0x80, b"(")].concat(),
            frame(0x88, b"\x03\xE8\xFF"),
        ] {
            assert_eq!(read(&bytes, bytes.len()).1, Some(DecodeError::NotText));
        }
        let split = [frame(0x01, b"\xC3"), frame(0x80, b"\xBC")].concat();
        assert_eq!(read(&split, 1).0, [Decoded::Fragment, text("ü".as_bytes())]);
        let binary = frame(0x82, b"\xFF");
        assert_eq!(
            read(&binary, 1).0,
            [Decoded::Binary(BytesMut::from(&b"\xFF"[..]))]
        );
    }

    #[test]
    fn every_fragment_counts_also_an_empty_one() {
        let empty = [frame(0x01, b""), frame(0x00, b"").repeat(500)].concat();
        let (all, broken) = read(&empty, 64);
        assert_eq!((all.len(), broken), (501, None));
    }

    /// Random bytes, and frames with one bit flipped, give the same result in whatever pieces they
    /// are fed.
    #[test]
    fn any_bytes_are_read_or_refused_whatever_pieces_they_come_in() {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for round in 0..3_000 {
            let payload: Vec<u8> = (0..next() % 200).map(|_| next() as u8).collect();
            let first = [0x01, 0x81, 0x82, 0x00, 0x80, 0x88, 0x89, 0x8A][(next() % 8) as usize];
            let mut bytes = [frame(0x01, b"a"), frame(first, &payload)].concat();
            if round % 2 == 0 {
                let at = next() as usize % bytes.len();
                bytes[at] ^= 1 << (next() % 8);
            }
            let whole = read(&bytes, bytes.len());
            for piece in [1, 2, 7] {
                assert_eq!(read(&bytes, piece), whole, "{bytes:?}");
            }
        }
    }
}
