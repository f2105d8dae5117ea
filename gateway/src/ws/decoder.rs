//! The reading half of a socket: frames out of bytes (RFC 6455, section 5).
//!
//! A frame that is larger than we take is refused as soon as its head says so. A decoder that waits
//! for the whole frame first lets anybody fill our memory.

use std::future::poll_fn;
use std::pin::Pin;

use actix_web::dev::Payload;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::Stream;

/// The largest message we take, in one frame or several.
pub(crate) const LARGEST: usize = 64 * 1024;
/// The most that a control frame may hold.
const LARGEST_CONTROL: usize = 125;

const FINAL: u8 = 0x80;
const RESERVED: u8 = 0x70;
const OPCODE: u8 = 0x0F;
const MASKED: u8 = 0x80;

/// Something that a client sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded {
    /// A text.
    Text(String),
    /// Bytes, of which nothing is made.
    Binary,
    /// A part of a message of which more is to come. Each counts as a frame, however little is in
    /// it.
    Fragment,
    /// A sign of life that wants an answer with the same bytes.
    Ping(BytesMut),
    /// The answer to ours.
    Pong,
    /// A good-bye.
    Close,
}

/// Why nothing more can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// The connection has ended.
    Cut,
    /// A message is larger than we take.
    TooBig,
    /// These bytes are no frame.
    NotAFrame,
    /// A text is not UTF-8.
    NotText,
}

/// Reads what a client sends.
pub struct Reader {
    payload: Payload,
    decoder: Decoder,
}

impl Reader {
    /// Reads from a connection.
    #[must_use]
    pub fn new(payload: Payload) -> Self {
        Self {
            payload,
            decoder: Decoder::default(),
        }
    }

    /// The next thing that comes. It can be given up and asked again without a loss.
    ///
    /// # Errors
    /// Nothing more can be read.
    pub async fn next(&mut self) -> Result<Decoded, DecodeError> {
        loop {
            if let Some(came) = self.decoder.next()? {
                return Ok(came);
            }
            let bytes = self.bytes().await.ok_or(DecodeError::Cut)?;
            self.decoder.feed(bytes);
        }
    }

    /// Reads and forgets everything until the other side hangs up, so that what we said last
    /// reaches it: a connection closed with something unread is reset.
    pub async fn drain(&mut self) {
        while self.bytes().await.is_some() {}
    }

    async fn bytes(&mut self) -> Option<Bytes> {
        let next = poll_fn(|context| Pin::new(&mut self.payload).poll_next(context));
        next.await?.ok()
    }
}

/// A message of which only the first frames have come.
#[derive(Debug)]
struct PartialFrame {
    is_text: bool,
    bytes: BytesMut,
}

/// Makes messages of bytes as they come.
#[derive(Debug, Default)]
struct Decoder {
    read: BytesMut,
    begun: Option<PartialFrame>,
}

/// The head of a frame.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// How many bytes it takes itself.
    size: usize,
    is_final: bool,
    opcode: u8,
    length: usize,
    mask: [u8; 4],
}

impl Decoder {
    fn feed(&mut self, bytes: Bytes) {
        if self.read.is_empty() {
            self.read = BytesMut::from(bytes);
        } else {
            self.read.extend_from_slice(&bytes);
        }
    }

    /// The next frame, if it is there as a whole.
    fn next(&mut self) -> Result<Option<Decoded>, DecodeError> {
        let Some(head) = Head::read(&self.read)? else {
            return Ok(None);
        };
        self.check(&head)?;
        if self.read.len() < head.size + head.length {
            return Ok(None);
        }
        self.read.advance(head.size);
        let mut payload = self.read.split_to(head.length);
        unmask(&mut payload, head.mask);
        self.take(&head, payload).map(Some)
    }

    /// Refuses a frame by its head alone.
    fn check(&self, head: &Head) -> Result<(), DecodeError> {
        if head.opcode >= 8 {
            let fits = head.is_final && head.length <= LARGEST_CONTROL;
            return if fits {
                Ok(())
            } else {
                Err(DecodeError::NotAFrame)
            };
        }
        let begun = self.begun.as_ref().map_or(0, |begun| begun.bytes.len());
        if head.length > LARGEST - begun {
            return Err(DecodeError::TooBig);
        }
        Ok(())
    }

    /// What a frame is, or completes.
    fn take(&mut self, head: &Head, payload: BytesMut) -> Result<Decoded, DecodeError> {
        match head.opcode {
            8 => check_close(&payload).map(|()| Decoded::Close),
            9 => Ok(Decoded::Ping(payload)),
            10 => Ok(Decoded::Pong),
            0 => self.go_on(head.is_final, &payload),
            1 | 2 if self.begun.is_none() => self.begin(head, payload),
            _ => Err(DecodeError::NotAFrame),
        }
    }

    fn begin(&mut self, head: &Head, bytes: BytesMut) -> Result<Decoded, DecodeError> {
        let is_text = head.opcode == 1;
        let begun = PartialFrame { is_text, bytes };
        if head.is_final {
            return begun.done();
        }
        self.begun = Some(begun);
        Ok(Decoded::Fragment)
    }

    fn go_on(&mut self, is_final: bool, payload: &[u8]) -> Result<Decoded, DecodeError> {
        let mut begun = self.begun.take().ok_or(DecodeError::NotAFrame)?;
        begun.bytes.extend_from_slice(payload);
        if is_final {
            return begun.done();
        }
        self.begun = Some(begun);
        Ok(Decoded::Fragment)
    }
}

impl PartialFrame {
    fn done(self) -> Result<Decoded, DecodeError> {
        if !self.is_text {
            return Ok(Decoded::Binary);
        }
        let text = String::from_utf8(self.bytes.into());
        text.map(Decoded::Text).map_err(|_| DecodeError::NotText)
    }
}

/// Refuses a good-bye whose code or reason is none (RFC 6455, 5.5.1 and 7.4).
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

impl Head {
    /// The head at the start of these bytes, if it is there as a whole.
    fn read(bytes: &[u8]) -> Result<Option<Self>, DecodeError> {
        let mut left = bytes;
        let (Ok(first), Ok(second)) = (left.try_get_u8(), left.try_get_u8()) else {
            return Ok(None);
        };
        // Nothing is agreed on that would use the reserved bits, and clients must mask.
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

    /// Everything that comes of these bytes, given in pieces of this size.
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
        let largest = vec![b'y'; LARGEST];
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
                Decoded::Binary,
                text(&largest),
                text(b""),
                Decoded::Close,
            ];
            assert_eq!(all, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn what_is_too_big_is_refused_by_its_head() {
        let too_big = frame(0x81, &vec![b'x'; LARGEST + 1]);
        let head = too_big[..14].to_vec();
        let endless = [0x81, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4];
        let in_pieces = [
            frame(0x01, &vec![b'x'; LARGEST]),
            frame(0x80, b"x")[..6].to_vec(),
        ];
        for bytes in [head, endless.to_vec(), in_pieces.concat()] {
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
        assert_eq!(read(&binary, 1).0, [Decoded::Binary]);
    }

    #[test]
    fn every_fragment_counts_also_an_empty_one() {
        let empty = [frame(0x01, b""), frame(0x00, b"").repeat(500)].concat();
        let (all, broken) = read(&empty, 64);
        assert_eq!((all.len(), broken), (501, None));
    }

    /// Bytes by chance, and frames with a bit turned: whatever comes is a frame or is refused, and
    /// in whatever pieces it comes the answer is the same.
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
