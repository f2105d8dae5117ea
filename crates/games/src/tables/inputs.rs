//! The inputs of one seat: a direction per tick, which may come a little late.

use contract::match_frames::MatchInput;

use crate::frames::InputAck;

/// How late an input may be and still count where it belongs: 100 ms.
pub(super) const LATE_TICKS: u32 = 6;
/// How early an input may be.
const EARLY_TICKS: u32 = 12;
/// One slot per tick from the settled state to the earliest input.
const SLOTS: usize = (LATE_TICKS + EARLY_TICKS + 2) as usize;

/// An input at its tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InputSlot {
    tick: u32,
    pub(super) direction: i8,
    pub(super) seq: u32,
}

/// The inputs of a seat that are not settled yet.
#[derive(Debug, Clone)]
pub(super) struct InputTrack {
    slots: [Option<InputSlot>; SLOTS],
    /// The highest number received; inputs are numbered from 1.
    newest_seq: u32,
    /// What states contain.
    ack: InputAck,
    /// How early the newest input came.
    lead: i8,
    has_steered: bool,
}

/// The ticks that inputs are placed by.
#[derive(Debug, Clone, Copy)]
pub(super) struct InputWindow {
    /// The last settled tick.
    pub(super) settled: u32,
    /// The last tick that was played live.
    pub(super) live: u32,
    /// Whether the match is being played. If not, inputs count from the next tick on.
    pub(super) is_running: bool,
}

impl InputTrack {
    pub(super) fn new(newest_seq: u32, has_steered: bool) -> Self {
        Self {
            slots: [None; SLOTS],
            newest_seq,
            ack: InputAck {
                seq: newest_seq,
                lead: 0,
            },
            lead: 0,
            has_steered,
        }
    }

    pub(super) const fn ack(&self) -> InputAck {
        self.ack
    }

    pub(super) const fn has_steered(&self) -> bool {
        self.has_steered
    }

    /// The player did something else than pressing a key.
    pub(super) fn note_steered(&mut self) {
        self.has_steered = true;
    }

    pub(super) const fn newest_seq(&self) -> u32 {
        self.newest_seq
    }

    /// Takes an input of a player. Returns the tick at which it counts, unless it is older than one before.
    pub(super) fn take(&mut self, input: &MatchInput, window: InputWindow) -> Option<u32> {
        if input.seq <= self.newest_seq {
            return None;
        }
        self.newest_seq = input.seq;
        self.has_steered |= input.direction != 0;
        let now = window.live + 1;
        let early = input.tick.saturating_sub(i64::from(now));
        self.lead = clamp_lead(early);
        let tick = place(early, window);
        self.put(tick, input.direction, input.seq);
        Some(tick)
    }

    /// Sets the direction from the next tick on: for computers, and for players who are gone.
    pub(super) fn set(&mut self, direction: i8, window: InputWindow) {
        self.put(window.live + 1, direction, self.newest_seq);
    }

    fn put(&mut self, tick: u32, direction: i8, seq: u32) {
        // Whatever was to follow is older.
        for slot in &mut self.slots {
            *slot = slot.filter(|slot| slot.tick < tick);
        }
        if let Some(slot) = self.slots.get_mut(index(tick)) {
            *slot = Some(InputSlot {
                tick,
                direction,
                seq,
            });
        }
    }

    /// The input at a tick.
    pub(super) fn at(&self, tick: u32) -> Option<InputSlot> {
        let slot = self.slots.get(index(tick)).copied().flatten();
        slot.filter(|slot| slot.tick == tick)
    }

    /// The live state contains this input.
    pub(super) fn acknowledge(&mut self, slot: InputSlot) {
        self.ack = InputAck {
            seq: slot.seq.max(self.ack.seq),
            lead: self.lead,
        };
    }

    /// The direction of the newest input that is not settled.
    pub(super) fn newest_direction(&self) -> Option<i8> {
        let slots = self.slots.iter().flatten();
        slots
            .max_by_key(|slot| slot.tick)
            .map(|slot| slot.direction)
    }

    /// Removes the input at a tick, which is settled.
    pub(super) fn settle(&mut self, tick: u32) -> Option<InputSlot> {
        let slot = self.at(tick);
        if slot.is_some()
            && let Some(entry) = self.slots.get_mut(index(tick))
        {
            *entry = None;
        }
        slot
    }

    pub(super) fn clear(&mut self) {
        self.slots = [None; SLOTS];
    }
}

fn place(early: i64, window: InputWindow) -> u32 {
    let now = window.live + 1;
    if !window.is_running {
        return now;
    }
    if early >= 0 {
        let early = u32::try_from(early).unwrap_or(EARLY_TICKS);
        return now + early.min(EARLY_TICKS);
    }
    let late = u32::try_from(early.saturating_neg()).unwrap_or(u32::MAX);
    let tick = now.saturating_sub(late);
    if tick > window.settled { tick } else { now }
}

fn clamp_lead(early: i64) -> i8 {
    let bounded = early.clamp(i64::from(i8::MIN), i64::from(i8::MAX));
    i8::try_from(bounded).unwrap_or_default()
}

fn index(tick: u32) -> usize {
    usize::try_from(tick).unwrap_or_default() % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: InputWindow = InputWindow {
        settled: 94,
        live: 100,
        is_running: true,
    };

    fn input(seq: u32, tick: i64, direction: i8) -> MatchInput {
        MatchInput {
            seq,
            tick,
            direction,
            seat: None,
        }
    }

    #[test]
    fn inputs_count_at_their_tick_up_to_6_ticks_late_and_12_early() {
        for (tick, placed) in [
            (101, 101),
            (95, 95),
            (94, 101),
            (-5, 101),
            (i64::MIN, 101),
            (113, 113),
            (114, 113),
            (10_101, 113),
            (i64::MAX, 113),
        ] {
            let mut track = InputTrack::new(0, false);
            assert_eq!(
                track.take(&input(1, tick, 1), WINDOW),
                Some(placed),
                "{tick}"
            );
            assert_eq!(track.at(placed).unwrap().direction, 1);
        }
    }

    #[test]
    fn numbers_must_grow() {
        let mut track = InputTrack::new(7, false);
        assert_eq!(track.take(&input(7, 101, 1), WINDOW), None);
        assert_eq!(track.take(&input(8, 101, 1), WINDOW), Some(101));
        assert_eq!(track.take(&input(3, 101, -1), WINDOW), None);
        assert_eq!(track.at(101).unwrap().direction, 1);
    }

    #[test]
    fn last_of_several_inputs_of_a_tick_counts() {
        let mut track = InputTrack::new(0, false);
        track.take(&input(1, 105, 1), WINDOW);
        track.take(&input(2, 105, -1), WINDOW);
        assert_eq!(track.at(105).unwrap().direction, -1);
    }

    #[test]
    fn later_input_at_an_earlier_tick_replaces_what_was_to_follow() {
        let mut track = InputTrack::new(0, false);
        track.take(&input(1, 110, 1), WINDOW);
        track.take(&input(2, 104, -1), WINDOW);
        assert_eq!(track.at(110), None);
        assert_eq!(track.at(104).unwrap().direction, -1);
    }

    #[test]
    fn inputs_of_a_match_that_stands_still_count_from_the_next_tick() {
        let mut track = InputTrack::new(0, false);
        let window = InputWindow {
            is_running: false,
            ..WINDOW
        };
        assert_eq!(track.take(&input(1, 90, 1), window), Some(101));
        assert_eq!(track.take(&input(2, 500, 1), window), Some(101));
    }

    #[test]
    fn acknowledgement_tells_number_and_lead() {
        let mut track = InputTrack::new(0, false);
        track.take(&input(4, 103, 1), WINDOW);
        assert_eq!(track.ack(), InputAck { seq: 0, lead: 0 });
        let slot = track.at(103).unwrap();
        track.acknowledge(slot);
        assert_eq!(track.ack(), InputAck { seq: 4, lead: 2 });
    }

    #[test]
    fn only_keys_count_as_steering() {
        let mut track = InputTrack::new(0, false);
        track.take(&input(1, 101, 0), WINDOW);
        assert!(!track.has_steered());
        track.take(&input(2, 101, -1), WINDOW);
        assert!(track.has_steered());
    }
}
