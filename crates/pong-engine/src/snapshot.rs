//! The whole of a match as plain data: to keep, to send to another machine, to go back to.

use core::fmt;

use crate::random::mix;
use crate::rules::{Rules, RulesError};
use crate::side::{Side, Sides};
use crate::state::{Ball, Coin, Effect, EffectKind, Ending, Paddle};

/// The version of the snapshot's bytes and of the hash over them.
pub const SNAPSHOT_VERSION: u8 = 2;
/// The length of a snapshot in bytes.
pub const SNAPSHOT_BYTES: usize = 48;

/// Everything that decides how a match goes on, the random state included: keep it to yourself.
///
/// Its fields can be set freely, to begin in the middle of a rally for instance;
/// [`Match::restore`](crate::Match::restore) refuses what can't be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Snapshot {
    /// What the players agreed on.
    pub rules: Rules,
    /// All randomness of the match comes from it.
    pub seed: u64,
    /// How many ticks have been played.
    pub tick: u16,
    /// The ball.
    pub ball: Ball,
    /// The paddles.
    pub paddles: Sides<Paddle>,
    /// The points.
    pub score: Sides<u8>,
    /// Hits since the serve.
    pub rally: u16,
    /// The tick of the next serve; none while the ball is in play.
    pub serve_at: Option<u16>,
    /// Toward whom the ball was or will be served.
    pub receiver: Side,
    /// What ended the match, if it is over.
    pub ending: Option<Ending>,
    /// The effect at work.
    pub effect: Option<Effect>,
    /// The coin; none without cool mode.
    pub coin: Option<Coin>,
    /// How many coins have appeared.
    pub coins: u8,
}

impl Snapshot {
    /// The snapshot with the sides exchanged.
    pub(crate) fn mirrored(self) -> Self {
        Self {
            ball: self.ball.mirrored(),
            paddles: self.paddles.swapped(),
            score: self.score.swapped(),
            receiver: self.receiver.other(),
            effect: self.effect.map(|effect| Effect {
                owner: effect.owner.other(),
                ..effect
            }),
            coin: self.coin.map(Coin::mirrored),
            ..self
        }
    }

    /// A hash of everything, equal on every machine for equal states. It changes only with
    /// [`SNAPSHOT_VERSION`].
    pub fn hash(&self) -> u64 {
        self.words()
            .into_iter()
            .fold(0, |hash, word| mix(hash ^ word))
    }

    /// The snapshot as bytes, little-endian, the same on every machine.
    pub fn to_bytes(&self) -> [u8; SNAPSHOT_BYTES] {
        let mut bytes = [0; SNAPSHOT_BYTES];
        for (chunk, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.words()) {
            *chunk = word.to_le_bytes();
        }
        bytes
    }

    /// Reads bytes that [`Self::to_bytes`] wrote. It checks the form only; whether such a state can
    /// be is for [`Match::restore`](crate::Match::restore) to say.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let bytes: &[u8; SNAPSHOT_BYTES] = bytes.try_into().map_err(|_| SnapshotError::Length)?;
        let mut words = [0; SNAPSHOT_BYTES / 8];
        for (word, chunk) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*chunk);
        }
        let snapshot = Self::from_words(words)?;
        // One state, one form: what isn't written back the same holds something out of place.
        if snapshot.words() == words {
            Ok(snapshot)
        } else {
            Err(SnapshotError::Form)
        }
    }

    fn words(&self) -> [u64; SNAPSHOT_BYTES / 8] {
        let [speed, score_to_win, time_limit, cool_mode] = self.rules.to_bytes();
        let ending = self.ending.map_or(0, |ending| ending as u8);
        let receiver = self.receiver as u8;
        let Sides { left, right } = self.paddles;
        let score = u16::from_le_bytes([self.score.left, self.score.right]);
        let (coin, coin_tick, lane) = coin_code(self.coin);
        let (effect, until) = effect_code(self.effect);
        [
            u64::from_le_bytes([
                SNAPSHOT_VERSION,
                speed,
                score_to_win,
                time_limit,
                cool_mode,
                receiver,
                ending,
                self.coins,
            ]),
            self.seed,
            join([self.tick, self.rally, self.serve_at.unwrap_or(0), score]),
            join([self.ball.x, self.ball.y, self.ball.vx, self.ball.vy].map(i16::cast_unsigned)),
            join([left.y, left.v, right.y, right.v].map(i16::cast_unsigned)),
            join([
                u16::from_le_bytes([effect, coin]),
                until,
                coin_tick,
                lane.cast_unsigned(),
            ]),
        ]
    }

    fn from_words(words: [u64; SNAPSHOT_BYTES / 8]) -> Result<Self, SnapshotError> {
        let [head, seed, clock, ball, paddles, extras] = words;
        let [
            version,
            speed,
            score_to_win,
            time_limit,
            cool_mode,
            receiver,
            ending,
            coins,
        ] = head.to_le_bytes();
        if version != SNAPSHOT_VERSION {
            return Err(SnapshotError::Version);
        }
        let [tick, rally, serve_at, score] = split(clock);
        let [left, right] = score.to_le_bytes();
        let [x, y, vx, vy] = split(ball).map(u16::cast_signed);
        let [left_y, left_v, right_y, right_v] = split(paddles).map(u16::cast_signed);
        let [codes, until, coin_tick, lane] = split(extras);
        let [effect, coin] = codes.to_le_bytes();
        Ok(Self {
            rules: Rules::from_bytes([speed, score_to_win, time_limit, cool_mode])?,
            seed,
            tick,
            ball: Ball { x, y, vx, vy },
            paddles: Sides {
                left: Paddle {
                    y: left_y,
                    v: left_v,
                },
                right: Paddle {
                    y: right_y,
                    v: right_v,
                },
            },
            score: Sides { left, right },
            rally,
            serve_at: (serve_at != 0).then_some(serve_at),
            receiver: if receiver == 0 {
                Side::Left
            } else {
                Side::Right
            },
            ending: Ending::from_code(ending),
            effect: effect_from_code(effect, until),
            coin: coin_from_code(coin, coin_tick, lane.cast_signed()),
            coins,
        })
    }
}

impl Coin {
    fn mirrored(self) -> Self {
        match self {
            Self::Crossing { lane, down, since } => Self::Crossing {
                lane: -lane,
                down,
                since,
            },
            away @ Self::Away { .. } => away,
        }
    }
}

fn effect_code(effect: Option<Effect>) -> (u8, u16) {
    effect.map_or((0, 0), |effect| {
        (effect.kind as u8 * 2 + effect.owner as u8, effect.until)
    })
}

fn effect_from_code(code: u8, until: u16) -> Option<Effect> {
    let owner = if code & 1 == 0 {
        Side::Left
    } else {
        Side::Right
    };
    Some(Effect {
        kind: EffectKind::from_code(code >> 1)?,
        owner,
        until,
    })
}

fn coin_code(coin: Option<Coin>) -> (u8, u16, i16) {
    match coin {
        None => (0, 0, 0),
        Some(Coin::Away { until }) => (1, until, 0),
        Some(Coin::Crossing { lane, down, since }) => (2 + u8::from(down), since, lane),
    }
}

fn coin_from_code(code: u8, tick: u16, lane: i16) -> Option<Coin> {
    match code {
        1 => Some(Coin::Away { until: tick }),
        2 | 3 => Some(Coin::Crossing {
            lane,
            down: code == 3,
            since: tick,
        }),
        _ => None,
    }
}

fn join(parts: [u16; 4]) -> u64 {
    parts
        .into_iter()
        .rev()
        .fold(0, |word, part| (word << 16) + u64::from(part))
}

fn split(word: u64) -> [u16; 4] {
    [0, 16, 32, 48].map(|shift| (word >> shift) as u16)
}

/// Why a snapshot was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Its length is not that of a snapshot.
    Length,
    /// It was written by another version.
    Version,
    /// Its bytes aren't in the form in which a state is written.
    Form,
    /// Its rules are not valid.
    Rules(RulesError),
    /// Its score, its clock and how it ended don't agree.
    Score,
    /// Its ball is where, or as fast as, no ball can be.
    Ball,
    /// A paddle is where, or as fast as, none can be.
    Paddle,
    /// Its serve is not due within the pause.
    Serve,
    /// Its coin or effect can't be at this time or under these rules.
    Coin,
}

impl From<RulesError> for SnapshotError {
    fn from(error: RulesError) -> Self {
        Self::Rules(error)
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("a snapshot has another length"),
            Self::Version => f.write_str("the snapshot was written by another version"),
            Self::Form => f.write_str("the bytes aren't in the form of a snapshot"),
            Self::Rules(error) => error.fmt(f),
            Self::Score => f.write_str("score, clock and ending don't agree"),
            Self::Ball => f.write_str("no ball can be like this"),
            Self::Paddle => f.write_str("no paddle can be like this"),
            Self::Serve => f.write_str("no serve can be due then"),
            Self::Coin => f.write_str("no coin or effect can be like this"),
        }
    }
}

impl core::error::Error for SnapshotError {}
