//! The wire format of the public state: 24 bytes, without loss. FORMATS.md describes it.

use core::fmt;

use crate::field::{
    COIN_CROSSING, COIN_LANE_MAX, GOAL, HALF_HEIGHT, MAX_BALL_SPEED, MAX_PADDLE_SPEED, MAX_RALLY,
    MAX_TICKS, SERVE_PAUSE, WALL,
};
use crate::public::{PublicState, SeenCoin, SeenEffect};
use crate::side::{Side, Sides};
use crate::state::{Ball, EffectKind, Ending, Paddle};

/// The version of the wire format of [`PublicState`], and of its hash.
pub const WIRE_VERSION: u8 = 2;
/// The length of the wire format in bytes.
pub const WIRE_BYTES: usize = 24;

const MAX_SCORE: u64 = 20;

impl PublicState {
    /// The state in its wire format; see [`formats`](crate::formats).
    pub fn encode(&self) -> [u8; WIRE_BYTES] {
        let mut bytes = [0; WIRE_BYTES];
        for (chunk, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.wire_words()) {
            *chunk = word.to_le_bytes();
        }
        bytes
    }

    /// Reads the wire format. Anything but what [`Self::encode`] writes is an error.
    ///
    /// ```
    /// use pong_engine::{Match, PublicState, Rules, WireError};
    ///
    /// let state = Match::new(Rules::default(), 7).public();
    /// let bytes = state.encode();
    /// assert_eq!(PublicState::decode(&bytes), Ok(state));
    /// assert_eq!(PublicState::decode(&bytes[1..]), Err(WireError::Length));
    /// ```
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let bytes: &[u8; WIRE_BYTES] = bytes.try_into().map_err(|_| WireError::Length)?;
        let mut words = [0; WIRE_BYTES / 8];
        for (word, chunk) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*chunk);
        }
        if words[0] & 15 != u64::from(WIRE_VERSION) {
            return Err(WireError::Version);
        }
        let state = Self::from_wire_words(words).ok_or(WireError::Value)?;
        // A state has one encoding: bytes that are not written back the same are malformed.
        if state.wire_words() == words {
            Ok(state)
        } else {
            Err(WireError::Value)
        }
    }

    /// MurmurHash3 (x86, 32 bits) of the wire format with [`WIRE_VERSION`] as its seed, which browsers
    /// compute quickly.
    pub fn hash(&self) -> u32 {
        let words = self
            .wire_words()
            .into_iter()
            .flat_map(|word| [word as u32, (word >> 32) as u32]);
        let hash = words.fold(u32::from(WIRE_VERSION), |hash, word| {
            let word = word
                .wrapping_mul(0xcc9e_2d51)
                .rotate_left(15)
                .wrapping_mul(0x1b87_3593);
            (hash ^ word)
                .rotate_left(13)
                .wrapping_mul(5)
                .wrapping_add(0xe654_6b64)
        });
        let hash = hash ^ WIRE_BYTES as u32;
        let hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
        let hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
        hash ^ (hash >> 16)
    }

    fn wire_words(&self) -> [u64; WIRE_BYTES / 8] {
        let effect = self.effect.map_or((0, 0, 0), |seen| {
            (seen.kind as u16, seen.owner as u16, seen.ticks_left)
        });
        let coin = self
            .coin
            .map_or((0, 0, 0), |seen| (1, u16::from(seen.down), seen.age));
        let Sides { left, right } = self.paddles;
        [
            Packer::default()
                .put(WIRE_VERSION.into(), 4)
                .put(self.tick, 15)
                .put(self.serve_in.into(), 7)
                .put(self.receiver as u16, 1)
                .put(self.score.left.into(), 5)
                .put(self.score.right.into(), 5)
                .put(self.rally, 10)
                .put(self.ending.map_or(0, |ending| ending as u16), 2)
                .put(effect.0, 3)
                .put(effect.1, 1)
                .put(effect.2, 10),
            Packer::default()
                .put_signed(self.ball.x, 15)
                .put_signed(self.ball.y, 15)
                .put_signed(self.ball.vx, 11)
                .put_signed(self.ball.vy, 11)
                .put(coin.0, 1)
                .put(coin.1, 1)
                .put(coin.2, 9),
            Packer::default()
                .put_signed(left.y, 15)
                .put_signed(left.v, 10)
                .put_signed(right.y, 15)
                .put_signed(right.v, 10)
                .put_signed(self.coin.map_or(0, SeenCoin::x), 13),
        ]
        .map(|packer| packer.word)
    }

    fn from_wire_words(words: [u64; WIRE_BYTES / 8]) -> Option<Self> {
        let [mut head, mut middle, mut tail] = words.map(|word| Unpacker { word });
        head.take(4);
        let tick = head.up_to(15, MAX_TICKS.into())?;
        let serve_in = head.up_to(7, SERVE_PAUSE.into())?;
        let receiver = head.side();
        let left = head.up_to(5, MAX_SCORE)?;
        let right = head.up_to(5, MAX_SCORE)?;
        let rally = head.up_to(10, MAX_RALLY.into())?;
        let ending = Ending::from_code(head.take(2) as u8);
        let effect = head.effect();
        let ball = middle.ball()?;
        let left_paddle = tail.paddle()?;
        let right_paddle = tail.paddle()?;
        let lane = tail.within(13, COIN_LANE_MAX)?;
        let there = middle.take(1) == 1;
        let coin = middle.coin(lane);
        Some(Self {
            tick,
            ball,
            paddles: Sides {
                left: left_paddle,
                right: right_paddle,
            },
            score: Sides {
                left: left as u8,
                right: right as u8,
            },
            rally,
            serve_in: serve_in as u8,
            receiver,
            ending,
            effect,
            coin: if there { Some(coin?) } else { None },
        })
    }
}

/// Packs fields into a word, from its lowest bit.
#[derive(Default)]
struct Packer {
    word: u64,
    used: u32,
}

impl Packer {
    fn put(self, value: u16, bits: u32) -> Self {
        debug_assert!(u32::from(value) < 1 << bits);
        Self {
            word: self.word + (u64::from(value) << self.used),
            used: self.used + bits,
        }
    }

    fn put_signed(self, value: i16, bits: u32) -> Self {
        self.put(value.wrapping_add(1 << (bits - 1)).cast_unsigned(), bits)
    }
}

/// Unpacks the fields of a word, from its lowest bit.
struct Unpacker {
    word: u64,
}

impl Unpacker {
    fn take(&mut self, bits: u32) -> u64 {
        let value = self.word & ((1 << bits) - 1);
        self.word >>= bits;
        value
    }

    fn up_to(&mut self, bits: u32, max: u64) -> Option<u16> {
        let value = self.take(bits);
        (value <= max).then_some(value as u16)
    }

    fn within(&mut self, bits: u32, max: i16) -> Option<i16> {
        let value = self.take(bits) as i16 - (1 << (bits - 1));
        (-max..=max).contains(&value).then_some(value)
    }

    fn side(&mut self) -> Side {
        if self.take(1) == 0 {
            Side::Left
        } else {
            Side::Right
        }
    }

    fn ball(&mut self) -> Option<Ball> {
        Some(Ball {
            x: self.within(15, GOAL - 1)?,
            y: self.within(15, WALL)?,
            vx: self.within(11, MAX_BALL_SPEED)?,
            vy: self.within(11, MAX_BALL_SPEED)?,
        })
    }

    fn paddle(&mut self) -> Option<Paddle> {
        Some(Paddle {
            y: self.within(15, HALF_HEIGHT)?,
            v: self.within(10, MAX_PADDLE_SPEED)?,
        })
    }

    fn effect(&mut self) -> Option<SeenEffect> {
        let kind = EffectKind::from_code(self.take(3) as u8);
        let owner = self.side();
        let ticks_left = self.take(10) as u16;
        kind.filter(|kind| (1..=kind.ticks()).contains(&ticks_left))
            .map(|kind| SeenEffect {
                kind,
                owner,
                ticks_left,
            })
    }

    fn coin(&mut self, lane: i16) -> Option<SeenCoin> {
        let down = self.take(1) == 1;
        let age = self.up_to(9, u64::from(COIN_CROSSING) - 1)?;
        Some(SeenCoin { lane, down, age })
    }
}

/// Why bytes were refused by [`PublicState::decode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireError {
    /// Its length is not [`WIRE_BYTES`].
    Length,
    /// It was written by another version.
    Version,
    /// It contains a value that no state has.
    Value,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "an encoded state has 24 bytes",
            Self::Version => "the state was written by another version",
            Self::Value => "the encoded state contains an impossible value",
        })
    }
}

impl core::error::Error for WireError {}
