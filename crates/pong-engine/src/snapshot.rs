//! The complete state of a match as plain data, to store, send or restore.

use core::fmt;

use crate::random::mix;
use crate::rules::{Rules, RulesError};
use crate::side::{Side, Sides};
use crate::state::{Ball, Coin, Effect, EffectKind, Ending, Paddle};

/// The version of the snapshot's byte format, and of the hash.
pub const SNAPSHOT_VERSION: u8 = 2;
/// The length of a snapshot in bytes.
pub const SNAPSHOT_BYTES: usize = 48;

/// The complete state of a match. It contains the seed, from which all serves and coins follow: do not
/// show it to players before the match is over.
///
/// Its fields can be set freely, to begin in the middle of a rally for instance;
/// [`Match::restore`](crate::Match::restore) refuses impossible states.
///
/// ```
/// use pong_engine::{Inputs, Match, Rules, Snapshot, SnapshotError};
///
/// let mut game = Match::new(Rules::default(), 42);
/// for _ in 0..100 {
///     game.step(Inputs::default());
/// }
/// let bytes = game.snapshot().to_bytes();
/// let mut snapshot = Snapshot::from_bytes(&bytes)?;
/// assert_eq!(Match::restore(&snapshot)?, game);
///
/// snapshot.ball.vx *= 3;
/// assert_eq!(Match::restore(&snapshot), Err(SnapshotError::Ball));
/// # Ok::<(), SnapshotError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Snapshot {
    /// The rules.
    pub rules: Rules,
    /// The seed of all serves and coins.
    pub seed: u64,
    /// The number of ticks played.
    pub tick: u16,
    /// The ball.
    pub ball: Ball,
    /// The paddles.
    pub paddles: Sides<Paddle>,
    /// The points.
    pub score: Sides<u8>,
    /// Hits since the serve.
    pub rally: u16,
    /// The tick of the next serve; `None` while the ball is in play.
    pub serve_at: Option<u16>,
    /// The side toward which the ball was or will be served.
    pub receiver: Side,
    /// How the match ended, if it is over.
    pub ending: Option<Ending>,
    /// The effect in force.
    pub effect: Option<Effect>,
    /// The coin; `None` without cool mode.
    pub coin: Option<Coin>,
    /// The number of coins that have appeared.
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

    /// A hash of the complete state, the same on every machine. It changes only with
    /// [`SNAPSHOT_VERSION`].
    pub fn hash(&self) -> u64 {
        self.words()
            .into_iter()
            .fold(0, |hash, word| mix(hash ^ word))
    }

    /// The snapshot as bytes, the same on every machine; see [`formats`](crate::formats).
    pub fn to_bytes(&self) -> [u8; SNAPSHOT_BYTES] {
        let mut bytes = [0; SNAPSHOT_BYTES];
        for (chunk, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.words()) {
            *chunk = word.to_le_bytes();
        }
        bytes
    }

    /// Reads bytes that [`Self::to_bytes`] wrote. Checks length, version, format and rules;
    /// [`Match::restore`](crate::Match::restore) checks whether the state is possible.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let bytes: &[u8; SNAPSHOT_BYTES] = bytes.try_into().map_err(|_| SnapshotError::Length)?;
        let mut words = [0; SNAPSHOT_BYTES / 8];
        for (word, chunk) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*chunk);
        }
        let snapshot = Self::from_words(words)?;
        // A state has one encoding: bytes that are not written back the same are malformed.
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

/// Why a snapshot was refused: by [`Snapshot::from_bytes`] (the first four) or
/// [`Match::restore`](crate::Match::restore).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// It does not have [`SNAPSHOT_BYTES`] bytes.
    Length,
    /// It was written by another version.
    Version,
    /// Its bytes are not what [`Snapshot::to_bytes`] writes for any state.
    Form,
    /// Its rules are not valid.
    Rules(RulesError),
    /// Score, tick, hits and ending contradict one another or the rules: a score that should have ended
    /// the match, more ticks than a match can have, more hits than a rally can have.
    Score,
    /// The ball is outside the field, does not rest before a serve or after the end, or has a velocity
    /// that no ball has after so many hits.
    Ball,
    /// A paddle is beyond a wall, given its length, or too fast.
    Paddle,
    /// The serve is due in the past, later than the pause between points allows, during a rally or after
    /// the end.
    Serve,
    /// The coin or the effect is impossible at this tick or under these rules.
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
            Self::Length => write!(f, "a snapshot has {SNAPSHOT_BYTES} bytes"),
            Self::Version => f.write_str("the snapshot was written by another version"),
            Self::Form => f.write_str("the bytes are not a snapshot"),
            Self::Rules(error) => error.fmt(f),
            Self::Score => f.write_str("score, tick, hits and ending contradict one another"),
            Self::Ball => f.write_str("the position or velocity of the ball is impossible"),
            Self::Paddle => f.write_str("the position or velocity of a paddle is impossible"),
            Self::Serve => f.write_str("the time of the serve is impossible"),
            Self::Coin => f.write_str("the coin or the effect is impossible"),
        }
    }
}

impl core::error::Error for SnapshotError {}
