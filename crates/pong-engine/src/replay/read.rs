//! Reading a record and playing it again.

use super::{CHECK, END, HEADER, MAGIC, REACH, REPLAY_VERSION, Recorder, ReplayError, SKIP, WAIT};
use crate::events::Events;
use crate::field::MAX_TICKS;
use crate::game::Match;
use crate::input::Inputs;
use crate::rules::{PHYSICS_VERSION, Rules};

/// A record of a match, whose header has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay<'a> {
    rules: Rules,
    seed: u64,
    record: &'a [u8],
    body: &'a [u8],
}

impl<'a> Replay<'a> {
    /// Reads a record's header; what follows is read as it is played.
    pub fn parse(record: &'a [u8]) -> Result<Self, ReplayError> {
        let (header, body) = record
            .split_first_chunk::<HEADER>()
            .ok_or(ReplayError::Header)?;
        let [m0, m1, m2, m3, version, physics, r0, r1, r2, r3, seed @ ..] = *header;
        if [m0, m1, m2, m3] != MAGIC {
            return Err(ReplayError::Header);
        }
        if version != REPLAY_VERSION {
            return Err(ReplayError::Version(version));
        }
        if physics != PHYSICS_VERSION {
            return Err(ReplayError::Physics(physics));
        }
        let rules = Rules::from_bytes([r0, r1, r2, r3])?;
        Ok(Self {
            rules,
            seed: u64::from_le_bytes(seed),
            record,
            body,
        })
    }

    /// What the players agreed on.
    pub const fn rules(&self) -> Rules {
        self.rules
    }

    /// The match's seed.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Plays the match again from its beginning.
    pub fn player(&self) -> Player<'a> {
        Player {
            recorder: Recorder::new(self.rules, self.seed, Expected::new(self.record)),
            inputs: Inputs::default(),
            body: self.body,
            cursor: 0,
            ahead: None,
        }
    }

    /// Plays the whole record and gives the match as it was in the end. An error tells where the
    /// record is wrong: whoever shows a verified record has played that match. A match has one record:
    /// the same told in other bytes, with a key pressed that was held already for instance, is
    /// malformed.
    pub fn verify(&self) -> Result<Match, ReplayError> {
        let mut player = self.player();
        while player.step()?.is_some() {}
        Ok(player.game().clone())
    }
}

/// A sink that holds what is written against a record.
#[derive(Clone, Debug)]
pub(super) struct Expected<'a> {
    rest: &'a [u8],
    equal: bool,
}

impl<'a> Expected<'a> {
    const fn new(record: &'a [u8]) -> Self {
        Self {
            rest: record,
            equal: true,
        }
    }

    /// Whether exactly the record has been written.
    const fn is_complete(&self) -> bool {
        self.equal && self.rest.is_empty()
    }
}

impl Extend<u8> for Expected<'_> {
    fn extend<T: IntoIterator<Item = u8>>(&mut self, bytes: T) {
        for byte in bytes {
            match self.rest.split_first() {
                Some((first, rest)) if *first == byte => self.rest = rest,
                _ => self.equal = false,
            }
        }
    }
}

/// A record being played again, tick by tick.
#[derive(Clone, Debug)]
pub struct Player<'a> {
    /// Plays the match and records it anew: one match has one record.
    recorder: Recorder<Expected<'a>>,
    inputs: Inputs,
    body: &'a [u8],
    /// The tick of the operation carried out last.
    cursor: u16,
    /// The next operation, and when it is due.
    ahead: Option<(u16, Operation)>,
}

#[derive(Clone, Copy, Debug)]
enum Operation {
    Inputs(Inputs),
    Skip,
    Check(u32),
    End(u64),
}

impl Player<'_> {
    /// The match as it is now.
    pub fn game(&self) -> &Match {
        self.recorder.game()
    }

    /// What the players do in the tick played last.
    pub fn inputs(&self) -> Inputs {
        self.inputs
    }

    /// Plays the next tick; none once the record has come to its end.
    pub fn step(&mut self) -> Result<Option<Events>, ReplayError> {
        while self.is_due()? {
            if self.carry_out()? {
                self.recorder.close();
                self.expect_canonical()?;
                return Ok(None);
            }
        }
        self.play().map(Some)
    }

    fn expect_canonical(&self) -> Result<(), ReplayError> {
        if self.recorder.record().is_complete() {
            Ok(())
        } else {
            Err(ReplayError::Malformed)
        }
    }

    /// Plays the next tick of a record without end, up to a tick.
    pub(super) fn step_open(&mut self, until: u16) -> Result<Option<Events>, ReplayError> {
        while (self.ahead.is_some() || !self.body.is_empty()) && self.is_due()? {
            if self.carry_out()? {
                return Err(ReplayError::Malformed);
            }
        }
        if self.game().tick() >= until {
            // Anything left was recorded later than that.
            return if self.ahead.is_none() {
                self.expect_canonical().map(|()| None)
            } else {
                Err(self.diverged())
            };
        }
        self.play().map(Some)
    }

    pub(super) fn position(&self) -> (u16, Inputs) {
        (self.cursor, self.inputs)
    }

    /// Whether an operation is to be carried out before the next tick.
    fn is_due(&mut self) -> Result<bool, ReplayError> {
        let (due, operation) = match self.ahead {
            Some(ahead) => ahead,
            None => self.read()?,
        };
        self.ahead = Some((due, operation));
        Ok(due <= self.game().tick())
    }

    /// Carries out the next operation and tells whether it was the end.
    fn carry_out(&mut self) -> Result<bool, ReplayError> {
        let Some((due, operation)) = self.ahead.take() else {
            return Ok(false);
        };
        self.cursor = due;
        match operation {
            Operation::Inputs(inputs) => self.inputs = inputs,
            Operation::Skip => {}
            Operation::Check(hash) => self.expect(self.game().hash() as u32 == hash)?,
            Operation::End(hash) => {
                self.expect(self.game().hash() == hash)?;
                return if self.body.is_empty() {
                    Ok(true)
                } else {
                    Err(ReplayError::Malformed)
                };
            }
        }
        Ok(false)
    }

    fn play(&mut self) -> Result<Events, ReplayError> {
        // A match that is over would never get to what the record says comes next.
        self.expect(self.game().outcome().is_none())?;
        Ok(self.recorder.step(self.inputs))
    }

    fn expect(&self, condition: bool) -> Result<(), ReplayError> {
        if condition {
            Ok(())
        } else {
            Err(self.diverged())
        }
    }

    fn diverged(&self) -> ReplayError {
        ReplayError::Diverged {
            tick: self.game().tick(),
        }
    }

    /// Reads the next operation.
    fn read(&mut self) -> Result<(u16, Operation), ReplayError> {
        let [byte] = self.take()?;
        let (wait, operation) = match byte {
            END => (0, Operation::End(u64::from_le_bytes(self.take()?))),
            CHECK => (0, Operation::Check(u32::from_le_bytes(self.take()?))),
            SKIP => (u16::from_le_bytes(self.take()?), Operation::Skip),
            WAIT => (u16::from(REACH), Operation::Skip),
            0..WAIT => (
                u16::from(byte % REACH),
                Operation::Inputs(Inputs::from_code(byte / REACH)),
            ),
        };
        let due = self.cursor.saturating_add(wait);
        // No match gets there.
        if due > MAX_TICKS {
            Err(ReplayError::Malformed)
        } else {
            Ok((due, operation))
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], ReplayError> {
        let (taken, rest) = self
            .body
            .split_first_chunk()
            .ok_or(ReplayError::Truncated)?;
        self.body = rest;
        Ok(*taken)
    }
}
