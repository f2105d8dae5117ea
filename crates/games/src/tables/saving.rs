//! What of a match is saved when: its head twice a second, and the record in chunks.

use std::time::Duration;

use kernel::AppError;
use serde::{Deserialize, Serialize};

use crate::rules::SavedLifecycle;
use crate::{PointScored, Seat, TimedPoint};

/// How much of the record a head carries.
const MAX_TAIL: usize = 256;
const MAX_TAIL_AGE: Duration = Duration::from_secs(10);
/// How soon a match is saved after something that should not be lost.
const URGENT: Duration = Duration::from_millis(50);

/// What the journal keeps of a table besides the simulation.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SavedTable {
    pub(super) lifecycle: SavedLifecycle,
    pub(super) played_ms: u64,
    pub(super) steered: [bool; 2],
    /// The last numbered message.
    pub(super) number: u32,
    /// Whether it was being played.
    #[serde(default)]
    pub(super) is_running: bool,
    /// The keys that were held when the match was handed over.
    #[serde(default)]
    pub(super) directions: Option<[i8; 2]>,
}

/// The part of the record that is not in a chunk yet.
#[derive(Debug)]
pub(super) struct Saving {
    tail: Vec<u8>,
    /// The chunks that are saved.
    chunks: u32,
    chunked_at: Duration,
    in_flight: Option<SaveInFlight>,
    /// When it has to be saved.
    due: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct SaveInFlight {
    at: Duration,
    /// The bytes that are in the chunk.
    chunk: usize,
}

/// The record as a head carries it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RecordParts {
    pub(super) tail: Vec<u8>,
    pub(super) chunk: Option<Vec<u8>>,
    pub(super) chunks: u32,
}

impl Saving {
    pub(super) fn new(chunks: u32, now: Duration) -> Self {
        Self {
            tail: vec![],
            chunks,
            chunked_at: now,
            in_flight: None,
            due: None,
        }
    }

    /// Goes on from a record whose end is in no chunk yet.
    pub(super) fn with_tail(mut self, tail: &[u8]) -> Self {
        self.tail.extend_from_slice(tail);
        self
    }

    /// Something happened that should be saved soon.
    pub(super) fn hurry(&mut self, now: Duration) {
        self.request(now + URGENT);
    }

    /// Something happened that waits for being saved.
    pub(super) fn request(&mut self, at: Duration) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    pub(super) fn is_due(&self, now: Duration) -> bool {
        self.in_flight.is_none() && self.due.is_some_and(|due| due <= now)
    }

    /// Where the record is to be appended to.
    pub(super) fn tail_mut(&mut self) -> &mut Vec<u8> {
        &mut self.tail
    }

    /// Begins to save.
    pub(super) fn begin(&mut self, now: Duration) -> RecordParts {
        let is_old = now.saturating_sub(self.chunked_at) >= MAX_TAIL_AGE;
        let needs_chunk = self.tail.len() > MAX_TAIL || (is_old && !self.tail.is_empty());
        let chunk = needs_chunk.then(|| self.tail.clone());
        self.due = None;
        self.in_flight = Some(SaveInFlight {
            at: now,
            chunk: chunk.as_ref().map_or(0, Vec::len),
        });
        RecordParts {
            tail: if needs_chunk {
                vec![]
            } else {
                self.tail.clone()
            },
            chunk,
            chunks: self.chunks,
        }
    }

    /// What was begun is saved, or not.
    pub(super) fn complete(&mut self, is_saved: bool, now: Duration) {
        let Some(saved) = self.in_flight.take() else {
            return;
        };
        if !is_saved {
            self.hurry(now);
            return;
        }
        if saved.chunk > 0 {
            self.tail.drain(..saved.chunk);
            self.chunks += 1;
            self.chunked_at = saved.at;
        }
    }
}

/// A point as the journal keeps it: tick, seat, rally, and time in milliseconds.
type PointColumns = (u32, Seat, u32, u64);

/// The points as the journal keeps them.
pub(super) fn write_points(points: &[TimedPoint]) -> Result<String, AppError> {
    let columns =
        |TimedPoint { point, at }: &TimedPoint| (point.tick, point.seat, point.rally, millis(*at));
    let rows: Vec<PointColumns> = points.iter().map(columns).collect();
    Ok(serde_json::to_string(&rows)?)
}

pub(crate) fn read_points(text: &str) -> Vec<TimedPoint> {
    let rows: Vec<PointColumns> = serde_json::from_str(text).unwrap_or_default();
    let points = rows.into_iter();
    points
        .map(|(tick, seat, rally, at)| TimedPoint {
            point: PointScored { tick, seat, rally },
            at: Duration::from_millis(at),
        })
        .collect()
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn points_read_back() {
        let point = |tick, seat, rally, at| TimedPoint {
            point: PointScored { tick, seat, rally },
            at: Duration::from_millis(at),
        };
        let points = [
            point(90, Seat::Second, 4, 1_500),
            point(400, Seat::First, 0, 6_666),
        ];
        assert_eq!(read_points(&write_points(&points).unwrap()), points);
        assert_eq!(read_points(""), []);
    }

    #[test]
    fn tail_grows_into_a_chunk() {
        let mut saving = Saving::new(3, SECOND);
        saving.tail_mut().extend([1; 256]);
        let head = saving.begin(SECOND);
        assert_eq!((head.tail.len(), head.chunk, head.chunks), (256, None, 3));
        saving.tail_mut().push(2);
        saving.complete(true, SECOND);
        let head = saving.begin(SECOND);
        assert_eq!(
            (head.tail.len(), head.chunk.unwrap().len(), head.chunks),
            (0, 257, 3)
        );
        saving.tail_mut().push(3);
        saving.complete(true, SECOND);
        let head = saving.begin(SECOND);
        assert_eq!((head.tail, head.chunk, head.chunks), (vec![3], None, 4));
    }

    #[test]
    fn tail_of_an_earlier_owner_is_saved_again() {
        let mut saving = Saving::new(2, SECOND).with_tail(&[1, 2]);
        saving.tail_mut().push(3);
        let head = saving.begin(SECOND);
        assert_eq!(
            (head.tail, head.chunk, head.chunks),
            (vec![1, 2, 3], None, 2)
        );
    }

    #[test]
    fn chunk_that_was_not_saved_is_saved_again() {
        let mut saving = Saving::new(0, SECOND);
        saving.tail_mut().extend([1; 300]);
        let first = saving.begin(SECOND);
        saving.complete(false, SECOND);
        assert!(saving.is_due(SECOND + URGENT));
        assert_eq!(saving.begin(SECOND * 2), first);
    }

    #[test]
    fn old_tail_becomes_a_chunk() {
        let mut saving = Saving::new(0, SECOND);
        saving.tail_mut().push(1);
        assert_eq!(saving.begin(SECOND * 11).chunk, Some(vec![1]));
        saving.complete(true, SECOND * 11);
        assert_eq!(
            saving.begin(SECOND * 22).chunk,
            None,
            "an empty one is not worth it"
        );
    }

    #[test]
    fn urgent_changes_are_due_within_50_milliseconds() {
        let mut saving = Saving::new(0, SECOND);
        assert!(!saving.is_due(SECOND * 9));
        saving.hurry(SECOND);
        saving.hurry(SECOND * 2);
        assert!(!saving.is_due(SECOND));
        assert!(saving.is_due(SECOND + URGENT));
        saving.begin(SECOND * 2);
        saving.hurry(SECOND);
        assert!(!saving.is_due(SECOND * 3), "one write at a time");
    }
}
