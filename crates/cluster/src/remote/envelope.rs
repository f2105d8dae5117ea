//! What travels through a channel: who sent it, what it is, and the message.

use std::io::Write;

use redis::{RedisWrite, ToRedisArgs};

/// Tells the buses of different nodes apart, also two in one process.
pub(super) type Node = [u8; 8];

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A message.
    Message,
    /// Word that messages of this topic were lost on their way.
    Missed,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Message => 0,
            Self::Missed => 1,
        }
    }
}

/// Something on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Envelope<'a> {
    pub(super) from: Node,
    pub(super) kind: Kind,
    pub(super) payload: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Reads one; nothing if another program, or another version, wrote to the channel.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let (from, rest) = bytes.split_first_chunk()?;
        let (kind, payload) = rest.split_first()?;
        let kind = [Kind::Message, Kind::Missed]
            .into_iter()
            .find(|known| known.byte() == *kind)?;
        Some(Self {
            from: *from,
            kind,
            payload,
        })
    }
}

impl ToRedisArgs for Envelope<'_> {
    /// Straight into the command's buffer, without a buffer of its own.
    fn write_redis_args<W: ?Sized + RedisWrite>(&self, out: &mut W) {
        let mut argument = out.writer_for_next_arg();
        // Writing to memory does not fail.
        let _ = argument.write_all(&self.from);
        let _ = argument.write_all(&[self.kind.byte()]);
        let _ = argument.write_all(self.payload);
    }
}

impl redis::ToSingleRedisArg for Envelope<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_can_be_opened_and_nothing_else() {
        for kind in [Kind::Message, Kind::Missed] {
            let sealed = Envelope {
                from: *b"node-one",
                kind,
                payload: b"hello",
            };
            let [bytes] = &sealed.to_redis_args()[..] else {
                panic!("not one argument");
            };
            assert_eq!(Envelope::open(bytes), Some(sealed));
        }
        assert_eq!(Envelope::open(b"short"), None);
        assert_eq!(Envelope::open(b"12345678\x09new kind"), None);
    }
}
