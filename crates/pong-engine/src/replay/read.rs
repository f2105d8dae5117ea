//! Reads records and plays them again.

use super::{
    HEADER, INPUT_WAITS, MAGIC, OP_CHECK, OP_END, OP_SKIP, OP_WAIT, REPLAY_VERSION, Recorder,
    ReplayError,
};
use crate::events::Events;
use crate::field::MAX_TICKS;
use crate::game::Match;
use crate::input::Inputs;
use crate::rules::{PHYSICS_VERSION, Rules};

/// A record of a match whose header has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay<'a> {
    rules: Rules,
    seed: u64,
    record: &'a [u8],
    body: &'a [u8],
}

impl<'a> Replay<'a> {
    /// Reads the header of a record; the rest is read while it is played.
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

    /// The rules.
    pub const fn rules(&self) -> Rules {
        self.rules
    }

    /// The seed of the match.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// A player that plays the match again, tick by tick, from its beginning.
    pub fn player(&self) -> Player<'a> {
        Player {
            recorder: Recorder::new(self.rules, self.seed, Expected::new(self.record)),
            inputs: Inputs::default(),
            body: self.body,
            cursor: 0,
            next: None,
        }
    }

    /// Plays the whole record and returns the match at its end. A record that verifies proves that the
    /// match can be played with these inputs. A match has exactly one record: other bytes that describe
    /// the same match, such as an input that changes nothing, are malformed.
    pub fn verify(&self) -> Result<Match, ReplayError> {
        let mut player = self.player();
        while player.step()?.is_some() {}
        Ok(player.game().clone())
    }
}

/// A sink that compares what is written with a record.
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

/// Plays a record again, tick by tick.
#[derive(Clone, Debug)]
pub struct Player<'a> {
    /// Plays the match and records it again, to compare: a match has one record.
    recorder: Recorder<Expected<'a>>,
    inputs: Inputs,
    body: &'a [u8],
    /// The tick of the last operation.
    cursor: u16,
    /// The tick of the next operation, and the operation.
    next: Option<(u16, Operation)>,
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

    /// The inputs of the last tick.
    pub fn inputs(&self) -> Inputs {
        self.inputs
    }

    /// Plays the next tick and returns its events; `None` at the end of the record.
    pub fn step(&mut self) -> Result<Option<Events>, ReplayError> {
        while self.is_due()? {
            if self.apply_next()? {
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

    /// Plays the next tick of a record that has no end yet; `None` at the tick `until`.
    pub(super) fn step_unfinished(&mut self, until: u16) -> Result<Option<Events>, ReplayError> {
        while (self.next.is_some() || !self.body.is_empty()) && self.is_due()? {
            if self.apply_next()? {
                return Err(ReplayError::Malformed);
            }
        }
        if self.game().tick() >= until {
            // Further operations were recorded after that tick.
            return if self.next.is_none() {
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

    /// Whether an operation has to be applied before the next tick.
    fn is_due(&mut self) -> Result<bool, ReplayError> {
        let (due, operation) = match self.next {
            Some(next) => next,
            None => self.read()?,
        };
        self.next = Some((due, operation));
        Ok(due <= self.game().tick())
    }

    /// Applies the next operation; returns whether it was the end.
    fn apply_next(&mut self) -> Result<bool, ReplayError> {
        let Some((due, operation)) = self.next.take() else {
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
        // A match that is over never reaches the tick of the next operation.
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
            OP_END => (0, Operation::End(u64::from_le_bytes(self.take()?))),
            OP_CHECK => (0, Operation::Check(u32::from_le_bytes(self.take()?))),
            OP_SKIP => (u16::from_le_bytes(self.take()?), Operation::Skip),
            OP_WAIT => (u16::from(INPUT_WAITS), Operation::Skip),
            0..OP_WAIT => (
                u16::from(byte % INPUT_WAITS),
                Operation::Inputs(Inputs::from_code(byte / INPUT_WAITS)),
            ),
        };
        let due = self.cursor.saturating_add(wait);
        // No match has so many ticks.
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
