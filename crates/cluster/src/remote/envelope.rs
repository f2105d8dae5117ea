//! The envelope of a message in a channel: sender, kind, payload.

use std::io::Write;

use redis::{RedisWrite, ToRedisArgs};

/// Random tag of a node, by which it drops its own messages.
pub(super) type NodeTag = [u8; 8];

/// The content of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EnvelopeKind {
    /// A message.
    Message,
    /// Messages of this topic were lost.
    Missed,
}

impl EnvelopeKind {
    fn byte(self) -> u8 {
        match self {
            Self::Message => 0,
            Self::Missed => 1,
        }
    }
}

/// An envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BusEnvelope<'a> {
    pub(super) sender: NodeTag,
    pub(super) kind: EnvelopeKind,
    pub(super) payload: &'a [u8],
}

impl<'a> BusEnvelope<'a> {
    /// Reads one; nothing if another program, or another version, wrote to the channel.
    pub(super) fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (sender, rest) = bytes.split_first_chunk()?;
        let (kind, payload) = rest.split_first()?;
        let kind = [EnvelopeKind::Message, EnvelopeKind::Missed]
            .into_iter()
            .find(|known| known.byte() == *kind)?;
        Some(Self {
            sender: *sender,
            kind,
            payload,
        })
    }
}

impl ToRedisArgs for BusEnvelope<'_> {
    /// Writes into the command's buffer without copying.
    fn write_redis_args<W: ?Sized + RedisWrite>(&self, out: &mut W) {
        let mut argument = out.writer_for_next_arg();
        // Writing to memory does not fail.
        let _ = argument.write_all(&self.sender);
        let _ = argument.write_all(&[self.kind.byte()]);
        let _ = argument.write_all(self.payload);
    }
}

impl redis::ToSingleRedisArg for BusEnvelope<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decode_reverses_encode_and_rejects_other_bytes() {
        for kind in [EnvelopeKind::Message, EnvelopeKind::Missed] {
            let encoded = BusEnvelope {
                sender: *b"node-one",
                kind,
                payload: b"hello",
            };
            let [bytes] = &encoded.to_redis_args()[..] else {
                panic!("not one argument");
            };
            assert_eq!(BusEnvelope::decode(bytes), Some(encoded));
        }
        assert_eq!(BusEnvelope::decode(b"short"), None);
        assert_eq!(BusEnvelope::decode(b"12345678\x09new kind"), None);
    }
}
